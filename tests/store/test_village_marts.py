"""Village marts of many counties: one pass gives the files that each county's own build gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from benchmarks import scale
from shortplank.store import Store, marts, units
from shortplank.store.marts import MartBuilder, edition_months
from shortplank.store.units import village_groups
from tests.store import workspaces as w
from tests.store.figures import figures

SMALL = scale.Scale(counties=5, townships=3, villages=4, months=14)
# A village of one county goes to another county's, which by then has taken one of its own.
OTHER, OTHER_TOWN = w.PEER, f"{w.PEER}101"
BEFORE, AFTER = w.months(date(2009, 1, 1), 2)
MOVED, HEIR = w.S3, f"{OTHER_TOWN}201"
FORMER = f"{OTHER_TOWN}202"
AREAS = w.AREAS.replace(
    f"{MOVED},{w.SOUTH},village,溪口村,村,2000-01-01,",
    f"{MOVED},{w.SOUTH},village,溪口村,村,2000-01-01,2009-01-31",
) + (
    f"{OTHER},99,county,大溪县,县,2000-01-01,\n"
    f"{OTHER_TOWN},{OTHER},township,东乡,乡,2000-01-01,\n"
    f"{HEIR},{OTHER_TOWN},village,甲村,村,2000-01-01,\n"
    f"{FORMER},{OTHER_TOWN},village,乙村,村,2000-01-01,2008-12-31\n"
)
SUCCESSORS = f"old_code,new_code,from\n{FORMER},{MOVED},2009-01-01\n{MOVED},{HEIR},2009-02-01\n"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("scale") / "province"
    scale.make(folder, SMALL)
    return Store(folder)


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two counties; in three months one village's figures cross their border twice."""
    store = Store(w.make(tmp_path_factory.mktemp("moved"), areas=AREAS, successors=SUCCESSORS))
    rows = [w.village(FORMER, date(2008, 12, 1), births_p1_m=4)]
    rows += [w.village(MOVED, month, births_p1_m=2) for month in (date(2008, 12, 1), BEFORE)]
    rows += [w.village(HEIR, m, births_p1_m=1) for m in (date(2008, 12, 1), BEFORE, AFTER)]
    rows += [w.village(w.N1, m, births_p1_m=3) for m in (date(2008, 12, 1), BEFORE, AFTER)]
    w.publish(store, village_month=rows)
    return store


def counties(store: Store) -> tuple[str, ...]:
    return tuple(code for group in village_groups(store.workspace) for code in group)


def built(store: Store, folder: Path, *passes: Iterable[str]) -> dict[str, bytes]:
    """Return the village marts' files, built in a copy by one pass after another."""
    shutil.copytree(store.root, folder, ignore=shutil.ignore_patterns("marts"))
    copy = w.reload(Store(folder))
    for each in passes:
        MartBuilder(copy.workspace, copy.edition(), counties=tuple(each)).build()
    return indicator_files(folder)


def indicator_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "marts/village").rglob("indicator/*/*.parquet"))
    }


@pytest.mark.parametrize("store", ["province", "moved"])
def test_one_pass_and_county_by_county_give_the_same_files(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made: Store = request.getfixturevalue(store)
    codes = counties(made)
    own = built(made, tmp_path / "own", *([code] for code in codes))
    assert len(own) == len(codes) * len(edition_months(made.workspace, made.edition()))
    assert built(made, tmp_path / "pass", codes) == own
    assert built(made, tmp_path / "halves", codes[:2], codes[2:]) == own
    assert built(made, tmp_path / "mixed", codes[1:2], codes) == own


def test_a_county_takes_its_villages_from_those_that_were_counted_for_all(
    province: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = built(province, tmp_path / "pass", counties(province))
    shutil.rmtree(tmp_path / "pass/marts/village/990103")
    copy = w.reload(Store(tmp_path / "pass"))
    with monkeypatch.context() as patched:
        patched.setattr(MartBuilder, "_count_month", None)
        MartBuilder(copy.workspace, copy.edition(), county="990103").build()
    assert indicator_files(tmp_path / "pass") == own
    assert not (tmp_path / "pass/marts/village/990103/measure").exists()


def test_what_is_there_is_not_made_again(province: Store, tmp_path: Path) -> None:
    built(province, tmp_path / "pass", counties(province))
    copy = w.reload(Store(tmp_path / "pass"))
    ws, edition = copy.workspace, copy.edition()
    for path in sorted((tmp_path / "pass/marts/village/990104/indicator").rglob("*.parquet"))[:2]:
        path.unlink()
    written: list[Path] = []
    write = marts.MartFile.write
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            marts.MartFile,
            "write",
            lambda file, *args, **kw: written.append(file.folder) or write(file, *args, **kw),
        )
        builder = MartBuilder(ws, edition, counties=counties(province))
        assert [f"{month:%Y-%m}" for month in builder.missing()] == ["2000-10", "2000-11"]
        builder.build()
    assert [folder.parts[-3] for folder in written] == ["990104", "990104"]


def test_a_village_that_goes_to_another_county_takes_its_year_along(moved: Store) -> None:
    rows = {}
    for county in counties(moved):
        builder = MartBuilder(moved.workspace, moved.edition(), county=county)
        rows |= figures(marts.read_marts(builder).to_pylist())
    births = {
        (code, month): row["ytd_denominator"]
        for (code, month, key), row in rows.items()
        if key == "policy_compliance"
    }
    assert births[MOVED, BEFORE] == 4 + 2 * 2  # with what the former one had
    assert (MOVED, AFTER) not in births and (FORMER, BEFORE) not in births
    assert births[HEIR, AFTER] == 4 + 2 * 2 + 3
    assert births[w.N1, AFTER] == 9


def test_reports_that_no_village_has_a_part_in_build_no_village_mart_again(
    province: Store, tmp_path: Path
) -> None:
    own = built(province, tmp_path / "pass", counties(province))
    copy = w.reload(Store(tmp_path / "pass"))
    MartBuilder(copy.workspace, copy.edition()).build()
    month = date(2001, 11, 1)
    old = copy.edition().table("township_month", month)
    assert old is not None
    copy.publish({("township_month", month): old.slice(1)}, why="订正")
    builder = MartBuilder(copy.workspace, copy.edition(), counties=counties(province))
    assert builder.missing() == []
    assert MartBuilder(copy.workspace, copy.edition()).missing() == [month]
    assert indicator_files(tmp_path / "pass") == own


def test_counties_are_passed_together_as_far_as_memory_goes(
    province: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [len(group) for group in village_groups(province.workspace)] == [5]
    monkeypatch.setattr(units, "MOST_VILLAGES", 24)
    groups = village_groups(province.workspace)
    assert [len(group) for group in groups] == [2, 2, 1]
    assert counties(province) == tuple(f"99010{n}" for n in range(1, 6))
