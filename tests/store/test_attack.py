"""An attack on the banding: all that a viewer can ask, put together, recovers no banded count."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shortplank.store import Engine, Store, engine
from shortplank.store.disclosure import COUNTS, HIDDEN, band_counts
from tests.demo.conftest import DEMO
from tests.pages.apps import opened, tables, text
from tests.store import workspaces as w
from tests.store.attack import Seen, fewest_changes, options, possible
from tests.store.test_noninterference import AREAS, reports

YEARS = (2007, 2008, 2009)


def demo() -> Engine:
    return engine(DEMO)


def relation(edition: int, name: str) -> Any:
    opened = demo().open(edition, "viewer")
    with opened.reading([name]) as cursor:
        return cursor.sql(f'select * from "{name}"').to_arrow_table()


def month_end(year: int) -> date:
    return date(year, 9, 1)


@cache
def seen(edition: int, year: int) -> dict[str, dict[str, Seen]]:
    """Return what a viewer reads of every village by township, from the whole of the relation."""
    table = relation(edition, "village_indicator")
    rows = table.filter(pc.equal(table["stat_month"], month_end(year))).to_pylist()
    texts = {
        (row["area_code"], row["indicator"]): row["shown"] or str(row["ytd_numerator"])
        for row in rows
        if row["indicator"] in ("births_out", "policy_compliance")
    }
    found: dict[str, dict[str, Seen]] = {}
    for row in rows:
        if row["indicator"] == "births_out":
            code = row["area_code"]
            rate = texts.get((code, "policy_compliance"), HIDDEN)
            found.setdefault(row["parent_code"], {})[code] = Seen(texts[code, "births_out"], rate)
    return found


@cache
def exact(edition: int, year: int) -> dict[str, int]:
    answer = demo().ask("births_out_by_village", edition, "analyst", month=month_end(year))
    return dict(zip(answer["area_code"].to_pylist(), answer["births_out"].to_pylist(), strict=True))


@cache
def births(edition: int, year: int) -> dict[str, int]:
    answer = demo().ask(
        "villages_by_indicator", edition, "analyst",
        indicator="policy_compliance", month=month_end(year),
    )  # fmt: skip
    values = [round(each or 0) for each in answer["ytd_denominator"].to_pylist()]
    return dict(zip(answer["area_code"].to_pylist(), values, strict=True))


def left(edition: int, year: int) -> dict[str, set[int]]:
    """Return the counts that a viewer cannot rule out for each village.

    The attacker is given more than the pages say: the villages' own totals, township by township
    (a merged village's earlier months taken out), to the case and the birth.
    """
    truth, born = exact(edition, year), births(edition, year)
    found: dict[str, set[int]] = {}
    for villages in seen(edition, year).values():
        cases, all_born = (sum(side[code] or 0 for code in villages) for side in (truth, born))
        each = [options(texts, cases, all_born) for texts in villages.values()]
        found |= dict(zip(villages, possible(each, cases, all_born), strict=True))
    return found


def banded(edition: int, year: int) -> set[str]:
    return {
        code
        for villages in seen(edition, year).values()
        for code, texts in villages.items()
        if not texts.count.isdigit()
    }


@pytest.mark.parametrize("year", YEARS)
def test_ranges_rates_births_and_totals_leave_two_counts_at_least(year: int) -> None:
    newest = demo().newest()
    found, truth = left(newest, year), exact(newest, year)
    hidden = banded(newest, year)
    assert len(hidden) > 20
    for code in hidden:
        assert truth[code] in found[code], code  # the attacker's reckoning is sound
        assert len(found[code]) > 1, (code, seen(newest, year))


@pytest.mark.slow
def test_editions_taken_together_leave_two_counts_at_least() -> None:
    """What is true of a closed year in every edition is true: bands of all editions meet.

    All editions show one (`test_closing` holds every pair to it), so three stand for all.
    """
    newest = demo().newest()
    for year in YEARS[1:]:
        together = left(newest, year)
        held = [n for n in demo().store.numbers() if month_end(year) in _months(n)]
        for number in (held[0], held[len(held) // 2]):
            assert exact(number, year) == exact(newest, year)
            for code, counts in left(number, year).items():
                together[code] = together[code] & counts
        for code in banded(newest, year):
            assert len(together[code]) > 1, (year, code)


def test_a_restatement_leaves_two_counts_even_to_who_supposes_that_one_village_changed(
    tmp_path: Path,
) -> None:
    """Each village of five in turn falls to one or two births; its township says by how many."""
    for number, now in product(range(5), (1, 2)):
        first = [5, 5, 4, 6, 6]
        later = [now if at == number else each for at, each in enumerate(first)]
        shared = two_editions(tmp_path / f"{number}{now}", first, later)
        found = supposing_fewest(shared, sum(first), sum(later))
        assert now in found[number] and len(found[number]) > 1, (number, now)


def test_what_remains_is_a_change_that_one_village_alone_could_carry(tmp_path: Path) -> None:
    """A township that falls by eight, where one village had as many: its totals alone say it."""
    shared = two_editions(tmp_path / "one", [5, 5, 4, 9, 6], [5, 5, 4, 1, 6])
    assert supposing_fewest(shared, 29, 21)[3] == {1}


def test_supposing_that_finds_what_there_is_to_find() -> None:
    """Had the second edition its own bands, the village that changed would be read: 5, so 1."""
    before = [[5], [5], [4], [9], [6]]
    after = [[1, 2], [5], [4], [3, 4, 5, 6, 7, 8, 9], [6]]
    assert fewest_changes(before, after, (29, 25)) == [{1}, {5}, {4}, {9}, {6}]


def two_editions(root: Path, first: list[int], later: list[int]) -> Engine:
    store = Store(w.make(root, areas=AREAS))
    for day, counts in enumerate((first, later), start=1):
        w.publish(store, day, village_month=reports([*counts, 3, 3, 4, 5, 6], [month_end(2009)]))
    return engine(store.root)


def supposing_fewest(shared: Engine, before: int, after: int) -> list[set[int]]:
    """Return the later counts of the first township that the texts of both editions leave.

    A text is about the edition that closed the year: of a later one it says nothing.
    """
    texts = []
    for number, total in ((1, before), (2, after)):
        answer = shared.ask("births_out_by_village", number, "viewer", month=month_end(2009))
        about = shared.closings(number)["village_month", month_end(2009)]
        told = answer["births_out_shown"].to_pylist()[:5]
        of_it = [Seen(text, HIDDEN) if about == number else Seen(HIDDEN, HIDDEN) for text in told]
        texts.append([[k for k, _, _ in options(each, total, 500)] for each in of_it])
    return fewest_changes(texts[0], texts[1], (before, after))


@cache
def _months(edition: int) -> frozenset[date]:
    return frozenset(relation(edition, "village_indicator")["stat_month"].unique().to_pylist())


def test_no_month_or_window_but_the_closed_year_has_a_figure_of_births() -> None:
    """Differences of cumulative months, and windows that overlap, have nothing to work on."""
    table = relation(demo().newest(), "village_indicator")
    sensitive = {key for key in demo().ws.indicators if demo().ws.sensitive(key)}
    for row in table.to_pylist():
        if row["indicator"] not in sensitive:
            continue
        held = {name for name in COUNTS if row[name] is not None}
        if row["stat_month"].month == 9:
            assert held <= {"ytd_numerator"}
        else:
            assert not held and row["shown"] == HIDDEN


def test_the_number_of_villages_over_the_line_stops_at_the_county() -> None:
    table = relation(demo().newest(), "indicator")
    rows = table.filter(pc.equal(table["indicator"], "villages_out_ge3")).to_pylist()
    assert {row["level"] for row in rows} >= {"county", "township"}
    for row in rows:
        if row["level"] != "county":
            assert all(row[name] is None for name in COUNTS)
    [county] = [
        row for row in rows if row["level"] == "county" and row["stat_month"] == month_end(2009)
    ]
    assert county["ytd_numerator"] == 88


def test_no_township_has_an_indicator_that_rests_on_chosen_villages() -> None:
    """An inspected village's births are its own count, in every edition and window."""
    for number in (1, 14, demo().newest()):
        table = relation(number, "indicator")
        keys = [key for key in demo().ws.indicators if demo().ws.viewer_level(key) == "county"]
        assert {"omission_rate", "statistical_accuracy"} <= set(keys)
        rows = table.filter(pc.is_in(table["indicator"], pa.array(keys))).to_pylist()
        assert {row["level"] for row in rows} == {"county", "township"}
        for row in rows:
            if row["level"] == "township":
                assert {row[name] for name in (*COUNTS, "reported", "expected")} == {None}


def test_with_that_number_alike_villages_would_be_pinned() -> None:
    """Why it stops there: four villages, 8 cases, none of three or more."""
    texts = band_counts([2, 2, 2, 2])
    each = [options(Seen(text or "", HIDDEN), 8, 80) for text in texts]
    assert possible(each, 8, 80, over=0) == [{2}] * 4
    assert all(len(counts) > 1 for counts in possible(each, 8, 80))


def test_the_reckoning_finds_what_there_is_to_find() -> None:
    """Unbanded neighbours and a public total would give a count away."""
    careless = [Seen("<3", HIDDEN), Seen("5", HIDDEN), Seen("0", HIDDEN)]
    each = [options(texts, 7, 90) for texts in careless]
    assert possible(each, 7, 90) == [{2}, {5}, {0}]
    # 28 to 32 births of which 60 to 70 % are within policy: 9 to 12 cases, never 1 or 2.
    narrow = options(Seen(HIDDEN, "60–70%（出生约 30）"), 40, 90)
    assert (narrow[0][0], narrow[-1][0]) == (9, 12)


def test_against_every_small_township_by_brute_force() -> None:
    for counts in product(range(5), repeat=4):
        texts = band_counts(list(counts))
        shown = [
            Seen(str(c) if t is None else t, HIDDEN) for c, t in zip(counts, texts, strict=True)
        ]
        total = sum(counts)
        found = possible([options(each, total, 40) for each in shown], total, 40)
        for count, said, each in zip(counts, texts, found, strict=True):
            assert count in each
            assert said is None or len(each) > 1, (counts, texts)


def test_a_township_of_villages_alike_is_not_hidden_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The county's own number less the others' would say that none of them is over the line."""
    store = Store(w.make(tmp_path_factory.mktemp("alike")))
    rows = [
        w.village(code, month_end(2009), births_p1_m=20, births_p1_in=20 - out)
        for code, out in zip(w.VILLAGES, (2, 2, 2, 3, 4, 5), strict=True)
    ]
    w.publish(store, village_month=rows)
    answer = engine(store.root).ask("births_out_by_village", None, "viewer", month=month_end(2009))
    assert answer["births_out_shown"].to_pylist() == [HIDDEN] * 6


@pytest.mark.parametrize("page", ["rankings", "trends"])
@pytest.mark.parametrize("indicator", ["villages_out_ge3", "omission_rate"])
def test_what_is_taken_out_is_said_to_be_withheld_not_missing(
    page: str, indicator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    asked = {"indicator": indicator, "month": "2008-09", "role": "viewer"}
    asked |= {"area": "990101101"} if page == "trends" else {}
    test = opened(page, **asked)
    said = text(test) + "".join(str(frame.to_dict()) for frame in tables(test))
    assert "未报" not in said and "不适用" not in said and "不公布" in said
    assert "0 个乡镇" not in said
