"""The marts against a naive oracle, and as files that come back by themselves."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shortplank.errors import StoreError
from shortplank.store import Store
from shortplank.store.marts import MartBuilder, read_marts
from tests.store import history
from tests.store import workspaces as w
from tests.store.oracle import INDICATORS, County, Oracle

FIGURES = (
    *("numerator", "denominator", "ytd_numerator", "ytd_denominator"),
    *("r12_numerator", "r12_denominator", "expected", "reported"),
)
Figures = dict[tuple[str, date, str], dict[str, Any]]


def figures(rows: Iterable[dict[str, Any]]) -> Figures:
    """Return mart rows by area, month and indicator."""
    return {
        (row["area_code"], row["stat_month"], row["indicator"]): {k: row[k] for k in FIGURES}
        for row in rows
    }


def marts(store: Store, county: str | None = None) -> Figures:
    """Return the newest edition's marts."""
    store = w.reload(store)
    table = read_marts(MartBuilder(store.workspace, store.edition(), county=county))
    return figures(table.to_pylist())


@pytest.fixture(scope="module")
def towns(published: Store) -> Figures:
    return marts(published)


@pytest.fixture(scope="module")
def villages(published: Store) -> Figures:
    return marts(published, w.COUNTY)


def assert_same(found: Figures, wanted: Figures) -> None:
    assert found.keys() == wanted.keys()
    wrong = {
        key: {n: (v, wanted[key][n]) for n, v in row.items() if v != pytest.approx(wanted[key][n])}
        for key, row in found.items()
    }
    assert {key: row for key, row in wrong.items() if row} == {}


# --- the whole mart, against plain loops --------------------------------------------------------
def test_every_figure_of_counties_and_townships_is_the_oracles(
    towns: Figures, made: County
) -> None:
    assert_same(towns, Oracle(made).mart(("county", "township")))


def test_every_figure_of_villages_is_the_oracles(villages: Figures, made: County) -> None:
    assert_same(villages, Oracle(made).mart(("village",)))


def test_the_oracle_knows_every_indicator_that_is_built(published: Store) -> None:
    built = {k for k, i in published.workspace.indicators.items() if i.kind != "published"}
    assert built == set(INDICATORS)


# --- what the definitions mean, in small figures ------------------------------------------------
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = w.months(date(2009, 8, 1), 4)


def test_the_year_to_date_starts_anew_with_the_statistical_year(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    rows = [
        w.village(w.N1, month, births_p1_m=births, births_p1_in=1, migrants_due=due)
        for month, births, due in ((AUGUST, 3, 8), (SEPTEMBER, 5, 9), (OCTOBER, 7, 4))
    ]
    w.publish(store, village_month=rows)
    towns = marts(store)
    births = [
        towns[w.NORTH, m, "policy_compliance"]["ytd_denominator"] for m in (SEPTEMBER, OCTOBER)
    ]
    due = [towns[w.NORTH, m, "migrant_filing"]["ytd_denominator"] for m in (SEPTEMBER, OCTOBER)]
    assert births == [8, 7]  # a flow is summed
    assert due == [9, 4]  # of a stock the last value stands


def test_population_is_counted_in_person_years(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    sizes = {AUGUST: 1200, SEPTEMBER: 1800}
    w.publish(store, village_month=[w.village(w.N1, m, pop_end=n) for m, n in sizes.items()])
    row = marts(store)[w.COUNTY, SEPTEMBER, "crude_birth_rate"]
    assert (row["denominator"], row["ytd_denominator"]) == (150, 250)


def test_twelve_months_are_not_shown_before_there_are_twelve(towns: Figures) -> None:
    months = w.months(history.FIRST, history.COUNT)
    rows = [towns[w.SOUTH, month, "policy_compliance"]["r12_numerator"] for month in months]
    assert rows[:11] == [None] * 11
    assert None not in rows[11:]


def test_a_silent_township_is_unknown_not_zero(towns: Figures) -> None:
    row = towns[w.NORTH, history.SILENT, "policy_compliance"]
    assert (row["numerator"], row["denominator"]) == (None, None)
    assert (row["expected"], row["reported"]) == (3, 0)
    assert (
        row["ytd_denominator"]
        == towns[w.NORTH, date(2009, 3, 1), "policy_compliance"]["ytd_denominator"]
    )
    assert towns[w.COUNTY, history.SILENT, "policy_compliance"]["reported"] == 3


def test_a_reported_zero_is_zero(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    w.publish(store, village_month=[w.village(code, AUGUST) for code in w.VILLAGES[:3]])
    towns = marts(store)
    assert towns[w.NORTH, AUGUST, "births_out"]["numerator"] == 0
    assert towns[w.NORTH, AUGUST, "policy_compliance"]["denominator"] == 0
    assert towns[w.SOUTH, AUGUST, "births_out"]["numerator"] is None


def test_villages_that_merge_stand_for_themselves_before_and_hand_on_after(
    villages: Figures,
) -> None:
    before, after = date(2009, 1, 1), history.MERGER
    codes = {month: {a for a, m, _ in villages if m == month} for month in (before, after)}
    assert {history.N4, history.N5} <= codes[before] and w.N3 not in codes[before]
    assert w.N3 in codes[after] and not {history.N4, history.N5} & codes[after]
    old = [
        villages[code, before, "births_out"]["ytd_numerator"] for code in (history.N4, history.N5)
    ]
    new = villages[w.N3, after, "births_out"]
    assert new["ytd_numerator"] == sum(old) + new["numerator"]


def test_villages_over_the_line_are_those_of_the_month(tmp_path: Path) -> None:
    areas, successors = history.AREAS, history.SUCCESSORS
    store = Store(w.make(tmp_path, areas=areas, successors=successors))
    rows = [
        w.village(code, month, births_p1_m=2)
        for month in (date(2009, 1, 1), date(2009, 2, 1))
        for code in ((history.N4, history.N5) if month.month == 1 else (w.N3,))
    ]
    w.publish(store, village_month=rows)
    towns = marts(store)
    over = {m: towns[w.NORTH, date(2009, m, 1), "villages_out_ge3"] for m in (1, 2)}
    assert (over[1]["ytd_numerator"], over[1]["ytd_denominator"]) == (0, 4)
    assert (over[2]["ytd_numerator"], over[2]["ytd_denominator"]) == (1, 3)


def test_villages_over_the_line_are_unknown_where_nothing_is_reported(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    rows = [w.village(code, SEPTEMBER, births_p1_m=5) for code in w.VILLAGES]
    rows += [w.village(code, OCTOBER, births_p1_m=5) for code in w.VILLAGES[3:]]
    w.publish(store, village_month=rows)
    towns = marts(store)
    wanted = {w.NORTH: None, w.SOUTH: 3, w.COUNTY: 3}
    for code, count in wanted.items():
        assert towns[code, OCTOBER, "villages_out_ge3"]["ytd_numerator"] == count, code


def test_a_renamed_area_is_counted_once(tmp_path: Path) -> None:
    old = f"{w.N1},{w.NORTH},village,上坪村,村,2000-01-01,"
    renamed = old + f"2009-08-31\n{w.N1},{w.NORTH},village,高坪村,村,2009-09-01,"
    store = Store(w.make(tmp_path, areas=w.AREAS.replace(old, renamed)))
    w.publish(store, village_month=[w.village(w.N1, m, deaths=2) for m in (AUGUST, SEPTEMBER)])
    row = marts(store)[w.NORTH, SEPTEMBER, "natural_increase_rate"]
    assert (row["numerator"], row["ytd_numerator"], row["expected"]) == (-2, -4, 3)
    assert marts(store, w.COUNTY)[w.N1, AUGUST, "births_out"]["numerator"] == 0


def test_timely_is_what_came_first_by_the_due_day(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    reports = [
        w.filed(w.NORTH, AUGUST, "village_month", date(2009, 9, 5)),
        w.filed(w.NORTH, AUGUST, "village_month", date(2009, 9, 20), revision=2),
        w.filed(w.NORTH, AUGUST, "township_month", date(2009, 9, 6)),
    ]
    w.publish(store, village_month=[w.village(w.N1, AUGUST)], submission=reports)
    towns = marts(store)
    assert [towns[w.NORTH, AUGUST, "report_timeliness"][k] for k in FIGURES[:2]] == [1, 2]
    assert [towns[w.NORTH, AUGUST, "report_completeness"][k] for k in FIGURES[:2]] == [2, 2]
    assert [towns[w.COUNTY, AUGUST, "report_completeness"][k] for k in FIGURES[:2]] == [2, 4]


def test_a_form_that_nobody_owes_does_not_stand_for_one_that_is_owed(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    extra = 'label = "另表"\ndataset = "village_month"\n[columns]\ndeaths = ["deaths"]\n'
    (tmp_path / "catalogue/forms/extra.toml").write_text(extra, "utf-8")
    reports = [
        w.filed(w.NORTH, AUGUST, form, date(2009, 9, 1)) for form in ("village_month", "extra")
    ]
    w.publish(store, village_month=[w.village(w.N1, AUGUST)], submission=reports)
    assert marts(store)[w.NORTH, AUGUST, "report_completeness"]["numerator"] == 1


def test_the_latest_recount_is_matched_with_what_those_villages_had_reported(
    tmp_path: Path,
) -> None:
    store = w.store(tmp_path)
    births = [w.village(code, AUGUST, births_p1_m=4) for code in w.VILLAGES[:2]]
    recounts = [
        {
            "area_code": w.N1,
            "stat_month": AUGUST,
            "recount_date": date(2009, month, 1),
            "births_m": count,
            "births_f": 1,
        }
        for month, count in ((10, 9), (11, 5))
    ]
    w.publish(store, village_month=births, recount=recounts)
    row = marts(store)[w.NORTH, AUGUST, "recount_gap"]
    assert (row["ytd_numerator"], row["ytd_denominator"]) == (2, 6)


def test_the_largest_department_is_compared_with_the_reports_of_the_same_month(
    tmp_path: Path,
) -> None:
    store = w.store(tmp_path)
    births = [w.village(w.N1, m, births_p1_m=10) for m in (AUGUST, SEPTEMBER)]
    sources = [
        {"area_code": w.NORTH, "stat_month": AUGUST, "source": "hospital", "births_hospital": 12},
        {
            "area_code": w.NORTH,
            "stat_month": AUGUST,
            "source": "vaccination",
            "births_vaccination": 14,
        },
    ]
    w.publish(store, village_month=births, cross_source=sources)
    row = marts(store)[w.NORTH, SEPTEMBER, "cross_source_gap"]
    assert (row["numerator"], row["ytd_numerator"], row["ytd_denominator"]) == (None, 4, 14)


def test_a_measure_added_later_is_unknown_in_older_months(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    w.publish(store, village_month=[w.village(w.N1, AUGUST, deaths=1)])
    measures = tmp_path / "catalogue/measures.toml"
    added = '[measures]\nrooms_opened = { label = "新开村室", dataset = "village_month" }\n'
    measures.write_text(measures.read_text("utf-8").replace("[measures]\n", added, 1), "utf-8")
    card = 'label = "新开"\nkind = "count"\nfamily = "team"\nnumerator = ["rooms_opened"]\n'
    card += (
        'polarity = "none"\nlevels = ["township"]\ndefinition = "数"\nwhy = "数"\nsource = "表"\n'
    )
    (tmp_path / "catalogue/indicators/rooms.toml").write_text("[rooms_opened]\n" + card, "utf-8")
    store = w.reload(store)
    later = w.village(w.N1, SEPTEMBER, rooms_opened=3)
    w.publish(store, day=2, village_month=[later])
    towns = marts(store)
    assert towns[w.NORTH, AUGUST, "rooms_opened"]["numerator"] is None
    assert towns[w.NORTH, AUGUST, "natural_increase_rate"]["numerator"] == -1
    assert towns[w.NORTH, SEPTEMBER, "rooms_opened"]["ytd_numerator"] == 3


# --- files ---------------------------------------------------------------------------------------
SPRING = w.months(date(2009, 3, 1), 3)


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory, made: County) -> Store:
    """Three of the months, with their marts."""
    store = Store(w.make(tmp_path_factory.mktemp("spring"), areas=history.AREAS))
    rows = {
        dataset: [row for row in rows if row["stat_month"] in SPRING]
        for dataset, rows in made.rows.items()
    }
    w.publish(store, **rows)
    marts(store)
    return store


@pytest.fixture
def copied(spring: Store, tmp_path: Path) -> Store:
    """The three months in a folder of the test's own."""
    shutil.copytree(spring.root, tmp_path, dirs_exist_ok=True)
    return Store(tmp_path)


@pytest.fixture(scope="module")
def right(spring: Store) -> Figures:
    return marts(spring)


def built(store: Store, county: str | None = None) -> list[int]:
    """Return how many months a builder builds, one number a call of its progress."""
    store, steps = w.reload(store), list[int]()
    builder = MartBuilder(
        store.workspace, store.edition(), county=county, progress=lambda done, _: steps.append(done)
    )
    builder.build()
    return steps


def mart_files(store: Store, kind: str) -> dict[str, Path]:
    """Return the township mart's files by month."""
    return {
        path.parent.name[-7:]: path
        for path in sorted((store.root / f"marts/township/{kind}").rglob("*.parquet"))
    }


def test_nothing_is_built_twice(copied: Store) -> None:
    assert built(copied) == []


def test_restating_a_month_builds_only_the_months_whose_windows_hold_it(
    published: Store, towns: Figures, tmp_path: Path
) -> None:
    shutil.copytree(published.root, tmp_path, dirs_exist_ok=True)
    store, month = Store(tmp_path), date(2008, 10, 1)
    before = {kind: mart_files(store, kind) for kind in ("measure", "indicator")}
    rows = [w.village(code, month, deaths=9) for code in (w.N1, w.S1)]
    w.publish(store, day=2, village_month=rows)
    assert len(built(store)) == 12
    fresh = {
        kind: {
            path.parent.name[-7:]
            for path in (tmp_path / f"marts/township/{kind}").rglob("*.parquet")
            if path not in old.values()
        }
        for kind, old in before.items()
    }
    assert fresh["measure"] == {"2008-10"}
    assert fresh["indicator"] == {f"{m:%Y-%m}" for m in w.months(month, 12)}


def test_an_old_editions_marts_are_found_again(copied: Store) -> None:
    month = SPRING[-1]
    w.publish(copied, day=2, village_month=[w.village(w.N1, month)])
    assert len(built(copied)) == 1
    copied.restore(1, who="测试")
    assert built(copied) == []


DAMAGE: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "emptied": lambda path: path.write_bytes(b""),
    "flipped": lambda path: path.write_bytes(flip(path.read_bytes())),
    "removed": lambda path: path.unlink(),
}


def flip(data: bytes) -> bytes:
    """Return bytes with one bit of a value turned."""
    middle = len(data) // 3
    return data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_mart_is_built_again(
    copied: Store, right: Figures, damage: Callable[[Path], object]
) -> None:
    damage(mart_files(copied, "indicator")["2009-03"])
    assert_same(marts(copied), right)
    damage(mart_files(copied, "measure")["2009-03"])
    mart_files(copied, "indicator")["2009-05"].unlink()
    assert_same(marts(copied), right)


def test_marts_are_built_again_when_the_folder_is_gone(copied: Store, right: Figures) -> None:
    shutil.rmtree(copied.root / "marts/township/indicator")
    assert_same(marts(copied), right)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_data_file_is_named(copied: Store, damage: Callable[[Path], object]) -> None:
    [path] = w.reload(copied).edition().files("village_month", [date(2009, 5, 1)])
    damage(path)
    shutil.rmtree(copied.root / "marts")
    with pytest.raises(StoreError) as caught:
        built(copied)
    assert caught.value.place == path.relative_to(copied.root).as_posix()
    assert caught.value.mend


def test_a_data_file_that_is_damaged_after_its_month_was_counted_is_named_too(
    copied: Store,
) -> None:
    edition = w.reload(copied).edition()
    [path] = edition.files("village_month", [date(2009, 3, 1)])
    path.write_bytes(b"PAR1")
    mart_files(copied, "indicator")["2009-05"].unlink()
    with pytest.raises(StoreError, match="stat_month=2009-03"):
        built(copied)


def test_marts_that_no_edition_has_asked_for_in_a_month_are_dropped(copied: Store) -> None:
    folder = copied.root / "marts/township/indicator/stat_month=2009-05"
    for name, days in (("old-0000000000000000", 31), ("new-0000000000000000", 29)):
        path = folder / f"{name}.parquet"
        path.write_bytes(b"")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    mart_files(copied, "indicator")["2009-05"].unlink(missing_ok=True)
    for path in folder.glob("[0-9a-f]*-*.parquet"):
        path.unlink()
    built(copied)
    assert {path.name[:3] for path in folder.glob("???-*.parquet")} == {"new"}


def test_a_full_disk_is_told_and_leaves_the_marts_as_they_were(
    copied: Store, right: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart_files(copied, "indicator")["2009-05"].unlink()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", no_space)
        with pytest.raises(StoreError, match="磁盘已满"):
            built(copied)
    assert not list((copied.root / "marts").rglob(".tmp-*"))
    assert_same(marts(copied), right)


def no_space(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_two_builders_at_once_build_the_same(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    w.publish(store, village_month=[w.village(w.N1, m) for m in (AUGUST, SEPTEMBER)])
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: marts(store), range(2))
    assert first == second and first


def test_a_workspace_without_editions_has_an_empty_mart(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    table = read_marts(MartBuilder(store.workspace, store.edition()))
    assert (table.num_rows, table.column_names[:2]) == (0, ["area_code", "level"])


def test_the_same_rows_give_the_same_bytes(spring: Store, tmp_path: Path) -> None:
    made = {}
    for name in ("one", "two"):
        shutil.copytree(spring.root, tmp_path / name, ignore=shutil.ignore_patterns("marts"))
        built(Store(tmp_path / name))
        made[name] = [
            path.relative_to(tmp_path / name)
            for path in sorted((tmp_path / name / "marts").rglob("*.parquet"))
        ]
    assert made["one"] == made["two"]  # names hold the hash of the bytes
