"""What a viewer can ask is the same in two worlds that differ only in what no viewer may know.

Two workspaces have the same register, reports, totals and services; they differ in which village
had which births. Every relation that a viewer's query may read, and every query, must then answer
alike in every edition: so nothing read, subtracted or joined over editions can tell them apart.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortplank.access import Actor, Reads
from shortplank.catalogue import load_workspace
from shortplank.reading.view import View
from shortplank.store import Engine, Store, add_months
from shortplank.store.queries import all_queries
from shortplank.topics.points.answer import points, points_table, statement_table
from shortplank.topics.rankings.answer.ranking import ranking, ranking_table
from shortplank.topics.rankings.answer.spine import spine, spine_table
from shortplank.topics.short_plank.answer.warning_list import warning_list
from tests.store import workspaces as w

SEPTEMBER = date(2009, 9, 1)
MONTHS = (date(2009, 8, 1), SEPTEMBER, date(2009, 10, 1))
TOWNS = {town: [f"{town}2{number:02d}" for number in range(5)] for town in (w.NORTH, w.SOUTH)}
VILLAGES = [code for codes in TOWNS.values() for code in codes]
AREAS = f"""{w.AREA_HEADER}
{w.COUNTY},99,county,小溪县,县,2000-01-01,
{w.NORTH},{w.COUNTY},township,北岭乡,乡,2000-01-01,
{w.SOUTH},{w.COUNTY},township,南溪镇,镇,2000-01-01,
""" + "".join(
    f"{code},{town},village,{number}号村,村,2000-01-01,\n"
    for town, codes in TOWNS.items()
    for number, code in enumerate(codes)
)
Counts = Sequence[int]
pytestmark = pytest.mark.slow


def reports(out: Counts, months: Iterable[date] = MONTHS) -> list[w.Row]:
    """Return the villages' reports, with out-of-policy births of September by village."""
    return [
        w.village(
            code,
            month,
            births_p1_m=20,
            births_p2_f=3,
            births_p2_in=3,
            births_p1_in=20 - each * (month == SEPTEMBER),
            migrants_due=40,
            migrants_filed=30 + number,
            benefits_due=30,
            benefits_paid=20,
        )
        for month in months
        for number, (code, each) in enumerate(zip(VILLAGES, out, strict=True))
    ]


def filings() -> list[w.Row]:
    return [
        w.filed(town, month, form, add_months(month, 1))
        for town in TOWNS
        for month in MONTHS
        for form in ("village_month", "township_month")
    ]


def world(root: Path, *editions: dict[str, list[w.Row]]) -> Engine:
    store = Store(w.make(root, areas=AREAS))
    for day, datasets in enumerate(editions, start=1):
        w.publish(store, day, **datasets)
    return Engine(load_workspace(store.root))


def relations(shared: Engine, edition: int, role: Reads = "viewer") -> dict[str, list[str]]:
    """Return all that a role's queries may read of an edition, rows in an order of their own."""
    opened = shared.open(edition, role)
    found = {}
    for name in opened.relations:
        with opened.reading([name]) as cursor:
            table = cursor.sql(f'select * from "{name}"').to_arrow_table()
        found[name] = sorted(map(str, table.to_pylist()))
    return found


def answers(shared: Engine, edition: int) -> dict[Any, pa.Table]:
    """Return the answer to every query with every choice of parameters."""
    choices: dict[str, Sequence[object]] = {
        "county": [w.COUNTY],
        "month": MONTHS[1:],
        "year_month": [date(2008, 10, 1)],
        "first_month": [date(2008, 10, 1)],
        "indicator": [k for k in shared.ws.indicators if _rests_on_births(shared, k)],
        "area": [w.COUNTY, w.NORTH, VILLAGES[0]],
        "village": VILLAGES[:6],
        "line": [90.0],
        "factor": [100.0],
        "year_opens": [10],
        "year": [2009],
    }
    found: dict[Any, pa.Table] = {}
    for name, query in all_queries().items():
        for values in product(*(choices.get(key, [None]) for key in query.params)):
            asked = dict(zip(query.params, values, strict=True))
            found[name, values] = shared.ask(name, edition, "viewer", **asked)
    return found


def _rests_on_births(shared: Engine, key: str) -> bool:
    ws = shared.ws
    return ws.sensitive(key) or ws.viewer_level(key) == "county" or key == "migrant_filing"


def told(shared: Engine, edition: int) -> list[object]:
    """Return what pages and papers say of townships beside the queries: points, ranks, warnings."""
    base = View(shared, edition, Actor("viewer"), MONTHS[-1], "r12", "omission_rate", w.COUNTY)
    found: list[object] = []
    made = points(base)
    found += [points_table(made), *(statement_table(made, code) for code in made.codes), made.notes]
    for key in ("omission_rate", "statistical_accuracy", "policy_compliance", "recount_gap"):
        answer = ranking(base.with_(indicator=key))
        found += [answer.title, answer.notes, ranking_table(answer)]
    found += [spine_table(spine(base, town)) for town in TOWNS]
    return [*found, str(warning_list(base).rows)]


def assert_alike(one: Engine, other: Engine, *, queries: bool = False) -> None:
    assert one.store.numbers() == other.store.numbers()
    for number in one.store.numbers():
        mine, theirs = relations(one, number), relations(other, number)
        for name in mine:
            assert mine[name] == theirs[name], (number, name)
        if queries:
            mine_asked, theirs_asked = answers(one, number), answers(other, number)
            for key, table in mine_asked.items():
                assert table.equals(theirs_asked[key]), (number, key)
            assert told(one, number) == told(other, number)


def shuffled(out: Counts, order: Counts) -> list[int]:
    """Return counts with those of each township in another order, so that its total stays."""
    return [out[start + order[i]] for start in (0, 5) for i in range(5)]


counts = st.lists(st.integers(0, 6), min_size=10, max_size=10)


@settings(max_examples=6, deadline=None)
@given(
    first=counts, later=st.lists(counts, min_size=1, max_size=2), order=st.permutations(range(5))
)
def test_a_restated_year_does_not_tell_which_village_changed(
    first: list[int], later: list[list[int]], order: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = {"village_month": reports(first), "submission": filings()}
        again = [{"village_month": reports(out)} for out in later]
        moved = [{"village_month": reports(shuffled(out, order))} for out in later]
        one = world(Path(folder) / "one", base, *again)
        other = world(Path(folder) / "other", base, *moved)
        assert_alike(one, other)


def test_nor_does_any_query(tmp_path: Path) -> None:
    """A village of five that had one after all, and with it another that had one more."""
    first = [5, 0, 4, 9, 0, 3, 3, 4, 5, 6]
    base = {"village_month": reports(first), "submission": filings()}
    one = world(tmp_path / "one", base, {"village_month": reports([1, *first[1:]])})
    moved = shuffled([1, *first[1:]], [2, 1, 0, 3, 4])
    other = world(tmp_path / "other", base, {"village_month": reports(moved)})
    assert_alike(one, other, queries=True)
    assert relations(one, 2, "analyst") != relations(other, 2, "analyst")


# --- chosen villages ------------------------------------------------------------------------------
def inspected(places: Sequence[str], found: Sequence[tuple[int, int]]) -> list[w.Row]:
    return [
        {
            **{"area_code": code, "stat_month": SEPTEMBER, "inspection_id": f"{number}"},
            **{"date": SEPTEMBER, "level": "city", "kind": "sample", "subject": "births"},
            **{"verified": verified, "omitted": omitted, "duplicate": 0},
            **{"false": 0, "misclassified": 0, "listed": None, "confirmed": None},
        }
        for number, (code, (verified, omitted)) in enumerate(zip(places, found, strict=True))
    ]


def recounted(places: Sequence[str], born: Sequence[int]) -> list[w.Row]:
    return [
        {"area_code": code, "stat_month": SEPTEMBER, "recount_date": date(2010, 1, 1)}
        | {"births_m": each, "births_f": 3}
        for code, each in zip(places, born, strict=True)
    ]


PLACES = (VILLAGES[0], VILLAGES[3], VILLAGES[6])


@pytest.mark.parametrize("before", [False, True], ids=["one edition", "an edition before"])
def test_an_inspection_does_not_tell_what_was_found_where(tmp_path: Path, before: bool) -> None:
    base = {"village_month": reports([3] * 10), "submission": filings()}
    first = [base | {"inspection": inspected(PLACES[:1], [(50, 0)])}] if before else [base]
    found = [(40, 9), (31, 0), (55, 2)]
    one = world(tmp_path / "one", *first, {"inspection": inspected(PLACES, found)})
    other = world(tmp_path / "other", *first, {"inspection": inspected(PLACES, found[::-1])})
    assert_alike(one, other, queries=not before)
    assert relations(one, 2, "analyst") != relations(other, 2, "analyst")


def test_a_recount_of_some_villages_does_not_tell_theirs(tmp_path: Path) -> None:
    base = {"village_month": reports([3] * 10), "submission": filings()}
    born = [20, 30, 40]
    one = world(tmp_path / "one", base, {"recount": recounted(PLACES, born)})
    other = world(tmp_path / "other", base, {"recount": recounted(PLACES, born[::-1])})
    assert_alike(one, other, queries=True)
    assert relations(one, 2, "analyst") != relations(other, 2, "analyst")


def test_a_recount_of_all_villages_is_told_by_township(tmp_path: Path) -> None:
    base = {"village_month": reports([3] * 10)}
    shared = world(tmp_path / "one", base, {"recount": recounted(VILLAGES, [22] * 10)})
    asked = {"county": w.COUNTY, "first_month": SEPTEMBER, "month": SEPTEMBER}
    answer = shared.ask("recounts_by_township", None, "viewer", **asked)
    assert answer["males"].to_pylist() == [110, 110]
    rows = shared.ask("townships_by_indicator", None, "viewer", county=w.COUNTY, month=SEPTEMBER)
    gaps = [r["ytd_numerator"] for r in rows.to_pylist() if r["indicator"] == "recount_gap"]
    assert gaps == [20, 10, 10]
