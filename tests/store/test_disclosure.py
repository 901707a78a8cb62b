"""Banding: nothing that a viewer sees gives away a village's one or two births."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.catalogue import Workspace, load_workspace
from shortplank.store import Engine, Store, engine
from shortplank.store.disclosure import COUNTS, HIDDEN, band_counts, band_villages, rate_band
from shortplank.store.indicators import SCHEMA
from tests.store import workspaces as w

SEPTEMBER, AUGUST = date(2009, 9, 1), date(2009, 8, 1)
Vector = tuple[int, ...]
View = tuple[int | str, ...]


# --- one township --------------------------------------------------------------------------------
def view(counts: Vector, small: int = 3) -> View:
    """Return what a viewer sees of a township's villages."""
    texts = band_counts(list(counts), small)
    return tuple(count if text is None else text for count, text in zip(counts, texts, strict=True))


def could_be(shown: int | str, count: int, small: int = 3) -> bool:
    """Return whether a count fits the text that is shown for it."""
    if isinstance(shown, int):
        return count == shown
    return {HIDDEN: True, f"<{small}": 0 < count < small, f"≥{small}": count >= small}[shown]


def vectors(villages: int, total: int) -> list[Vector]:
    """Return all ways in which so many villages add up to a total."""
    if villages == 1:
        return [(total,)]
    return [
        (first, *rest)
        for first in range(total + 1)
        for rest in vectors(villages - 1, total - first)
    ]


townships = st.lists(st.integers(0, 6), min_size=2, max_size=5).filter(lambda c: sum(c) <= 14)


@given(townships)
def test_no_small_count_can_be_worked_out_from_the_total_and_the_others(counts: list[int]) -> None:
    seen = view(tuple(counts))
    fitting = [
        vector
        for vector in vectors(len(counts), sum(counts))
        if all(could_be(*pair) for pair in zip(seen, vector, strict=True))
    ]
    assert tuple(counts) in fitting
    for number, count in enumerate(counts):
        if 0 < count < 3:
            assert len({vector[number] for vector in fitting}) > 1, (counts, seen)


@pytest.mark.parametrize(("villages", "most"), [(2, 14), (3, 13), (4, 10), (5, 8)])
def test_nor_by_someone_who_knows_the_rule(villages: int, most: int) -> None:
    """Of all townships that would be shown just so, none has a small count in common."""
    alike: dict[tuple[int, View], list[Vector]] = defaultdict(list)
    for total in range(most + 1):
        for vector in vectors(villages, total):
            alike[total, view(vector)].append(vector)
    for same in alike.values():
        for values in map(set, zip(*same, strict=True)):
            assert values not in ({1}, {2}), same


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(2, 6))
def test_what_is_shown_is_true(counts: list[int], small: int) -> None:
    for shown, count in zip(view(tuple(counts), small), counts, strict=True):
        assert could_be(shown, count, small)
        assert not isinstance(shown, int) or shown == 0 or shown >= small


@given(st.lists(st.integers(0, 9) | st.none(), max_size=12))
def test_a_village_that_did_not_report_has_no_text_of_a_count(counts: list[int | None]) -> None:
    texts = band_counts(counts)
    assert len(texts) == len(counts)
    assert all(text == HIDDEN for text, c in zip(texts, counts, strict=True) if c is None)


def test_where_no_count_is_small_all_stand() -> None:
    assert view((0, 3, 9, 0)) == (0, 3, 9, 0)


def test_one_village_of_three_or_more_is_hidden_with_the_small_ones() -> None:
    assert view((0, 1, 2, 7, 5)) == (0, "<3", "<3", "≥3", 5)
    assert view((0, 2, 5, 7, 0)) == (0, "<3", "≥3", 7, 0)


# --- rates ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return load_workspace(w.make(tmp_path_factory.mktemp("ws")))


def rate_row(top: int | None, bottom: int | None, name: str = "policy_compliance") -> Any:
    """Return a village's rate over a closed year."""
    return {"indicator": name, "ytd_numerator": top, "ytd_denominator": bottom}


@pytest.mark.parametrize(
    ("top", "bottom", "text"),
    [
        (18, 26, "60–70%（出生约 25）"),
        (30, 30, "90–100%（出生约 30）"),
        (28, 30, "90–100%（出生约 30）"),
        (0, 41, "0–10%（出生约 40）"),
        (10, 19, "样本太少（出生约 20）"),
        (0, 0, HIDDEN),
        (None, None, HIDDEN),
    ],
)
def test_a_rate_is_a_band_with_births_rounded(
    ws: Workspace, top: int | None, bottom: int | None, text: str
) -> None:
    assert rate_band(ws, rate_row(top, bottom)) == text


def village_rows(
    counts: dict[str, tuple[int, int]], month: date = SEPTEMBER
) -> list[dict[str, Any]]:
    """Return mart rows of (out-of-policy births, births) by village, all windows the same."""
    rows = []
    for code, (out, births) in counts.items():
        for name, top, bottom in (
            ("births_out", out, None),
            ("policy_compliance", births - out, births),
            ("migrant_filing", 1, 2),
        ):
            row: dict[str, Any] = {
                "area_code": code,
                "level": "village",
                "parent_code": w.NORTH,
                "stat_month": month,
                "indicator": name,
                "expected": 1,
                "reported": 1,
            }
            values = (top, bottom and float(bottom))
            rows.append(row | dict(zip(COUNTS, values * 3, strict=True)))
    return rows


def banded(ws: Workspace, counts: dict[str, tuple[int, int]]) -> dict[tuple[str, str], Any]:
    """Return the banded rows by village and indicator."""
    table = pa.Table.from_pylist(village_rows(counts), schema=SCHEMA)
    rows = band_villages(ws, table).to_pylist()
    return {(row["area_code"], row["indicator"]): row for row in rows}


CODES = [f"{w.NORTH}3{number:02d}" for number in range(12)]


def test_a_rate_does_not_tell_a_hidden_count(ws: Workspace) -> None:
    """Of 23 births 5 out: a band of 70–80 % would leave 5 only, and so 1 for the other."""
    counts = dict(zip(CODES, [(1, 30), (5, 23), (0, 40), (0, 40)], strict=False))
    rows = banded(ws, counts)
    assert rows[CODES[1], "births_out"]["shown"] == "≥3"
    assert rows[CODES[1], "policy_compliance"]["shown"] == HIDDEN
    assert rows[CODES[0], "births_out"]["shown"] == "<3"
    assert rows[CODES[0], "policy_compliance"]["shown"] == "90–100%（出生约 30）"
    assert rows[CODES[2], "policy_compliance"]["shown"] == "90–100%（出生约 40）"


def test_no_rate_tells_one_from_two(ws: Workspace) -> None:
    """Below the least denominator of 20 no rate is shown; lower it, and bands that tell go too."""
    item = ws.indicators["policy_compliance"].model_copy(update={"min_denominator": 5})
    lowered = {**ws.indicators, "policy_compliance": item}
    risky = replace(ws, indicators=lowered)
    for births in range(5, 40):
        texts = set()
        for out in (1, 2):
            counts = dict(zip(CODES, [(out, births), (9, 60), (0, 40), (0, 40)], strict=False))
            rows = banded(risky, counts)
            assert rows[CODES[0], "births_out"]["shown"] == "<3"
            texts.add(rows[CODES[0], "policy_compliance"]["shown"])
        assert len(texts) == 1, (births, texts)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 60)), min_size=4, max_size=12))
def test_a_viewers_rows_hold_no_exact_birth_but_counts_that_stand(
    ws: Workspace, villages: list[tuple[int, int]]
) -> None:
    counts = {code: (out, out + more) for code, (out, more) in zip(CODES, villages, strict=False)}
    for (code, name), row in banded(ws, counts).items():
        exact = {column: row[column] for column in COUNTS if row[column] is not None}
        out, _ = counts[code]
        if name == "migrant_filing":
            assert (len(exact), row["shown"]) == (6, None)
        elif name == "policy_compliance":
            assert exact == {} and row["shown"]
        else:
            assert exact in ({}, {"ytd_numerator": out})
            assert (exact == {}) == (row["shown"] is not None)
            assert not (exact and 0 < out < 3)


# --- a whole edition -----------------------------------------------------------------------------
@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The last two months of a statistical year."""
    store = Store(w.make(tmp_path_factory.mktemp("closed")))
    births = (0, 1, 2, 3, 4, 5)
    rows = [
        w.village(
            code,
            month,
            births_p1_m=20,
            births_p1_in=20 - out * (month == SEPTEMBER),
            migrants_due=9,
            migrants_filed=out,
            benefits_due=2,
            benefits_paid=1,
        )
        for month in (AUGUST, SEPTEMBER)
        for code, out in zip(w.VILLAGES, births, strict=True)
    ]
    cases = [
        {"area_code": code, "stat_month": month, "sex_selection_cases": 1}
        for month in (AUGUST, SEPTEMBER)
        for code in (w.NORTH, w.SOUTH)
    ]
    recounts = [
        {"area_code": w.N1, "stat_month": AUGUST, "recount_date": date(2010, 1, 1)}
        | {"births_m": 30, "births_f": 10}
    ]
    w.publish(store, village_month=rows, township_month=cases, recount=recounts)
    return engine(store.root)


def asked(closed: Engine, indicator: str, month: date) -> list[dict[str, Any]]:
    """Return a viewer's villages."""
    answer = closed.ask("villages_by_indicator", None, "viewer", indicator=indicator, month=month)
    return answer.to_pylist()


@pytest.mark.parametrize("indicator", ["policy_compliance", "births_out", "recount_gap"])
def test_running_windows_are_hidden_from_viewers(closed: Engine, indicator: str) -> None:
    rows = asked(closed, indicator, AUGUST)
    assert len(rows) == 6
    assert {row["shown"] for row in rows} == {HIDDEN}
    assert {row[column] for row in rows for column in COUNTS} == {None}


def test_a_closed_year_has_counts_that_stand_and_texts(closed: Engine) -> None:
    rows = asked(closed, "births_out", SEPTEMBER)
    south = {row["area_code"]: row for row in rows if row["area_code"].startswith(w.SOUTH)}
    assert [south[code]["ytd_numerator"] for code in (w.S1, w.S2, w.S3)] == [3, 4, 5]
    assert {row[c] for row in rows for c in COUNTS if c != "ytd_numerator"} == {None}
    north = [row for row in rows if row["area_code"].startswith(w.NORTH)]
    assert {row["shown"] for row in north} == {HIDDEN}  # three villages: all or nothing
    assert {row["ytd_numerator"] for row in north} == {None}


@pytest.mark.parametrize("month", [AUGUST, SEPTEMBER])
@pytest.mark.parametrize("indicator", ["migrant_filing", "benefit_delivery"])
def test_filing_and_benefits_stay_exact(closed: Engine, indicator: str, month: date) -> None:
    asking = {"indicator": indicator, "month": month}
    exact = closed.ask("villages_by_indicator", None, "analyst", **asking)
    assert closed.ask("villages_by_indicator", None, "viewer", **asking).equals(exact)
    assert exact["numerator"].null_count == 0


def test_a_viewers_store_holds_no_births_at_all_but_those_that_stand(closed: Engine) -> None:
    opened = closed.open(closed.newest(), "viewer")
    with opened.reading(opened.relations) as cursor:
        rows = cursor.sql("select * from village_indicator").to_arrow_table().to_pylist()
    births = [row for row in rows if closed.ws.sensitive(row["indicator"])]
    held = {
        (row["indicator"], row["area_code"], row["stat_month"], row[column])
        for row in births
        for column in COUNTS
        if row[column] is not None
    }
    stand = zip((w.S1, w.S2, w.S3), (3, 4, 5), strict=True)
    assert held == {("births_out", code, SEPTEMBER, count) for code, count in stand}
    assert all(row["shown"] for row in births if row["ytd_numerator"] is None)


def test_an_analysts_store_holds_them_all(closed: Engine) -> None:
    answer = closed.ask(
        "villages_by_indicator", None, "analyst", indicator="births_out", month=SEPTEMBER
    )
    assert answer["ytd_numerator"].to_pylist() == [0, 1, 2, 3, 4, 5]
    assert answer["shown"].null_count == 6


def test_no_other_relation_holds_villages_for_a_viewer(closed: Engine) -> None:
    opened = closed.open(closed.newest(), "viewer")
    registers = {"village_indicator", "area", "successor", "status", "support", "target"}
    for name in set(opened.relations) - registers:
        with opened.reading([name]) as cursor:
            table = cursor.sql(f'select * from "{name}"').to_arrow_table()
        if "area_code" in table.column_names:
            assert not set(table["area_code"].to_pylist()) & set(w.VILLAGES), name


def test_sex_selection_cases_of_townships_are_closed_years_only(closed: Engine) -> None:
    for month, role, wanted in (
        (AUGUST, "viewer", (None, None, None)),
        (SEPTEMBER, "viewer", (None, 2, None)),
        (AUGUST, "analyst", (1, 1, None)),
    ):
        answer = closed.ask(
            "series_by_area",
            None,
            "viewer" if role == "viewer" else "analyst",
            indicator="sex_selection_cases",
            county=w.COUNTY,
            month=month,
            year_opens=10,
        )
        rows = {(r["area_code"], r["stat_month"]): r for r in answer.to_pylist()}
        row = rows[w.NORTH, month]
        assert tuple(row[k] for k in ("numerator", "ytd_numerator", "r12_numerator")) == wanted
        assert rows[w.COUNTY, month]["numerator"] == 2  # the county's are public


def test_january_years_close_in_december(tmp_path: Path) -> None:
    settings = w.SETTINGS.replace("first_month = 10", "first_month = 1")
    store = Store(w.make(tmp_path, settings=settings))
    months = (date(2009, 11, 1), date(2009, 12, 1))
    w.publish(
        store, village_month=[w.village(c, m, births_p1_m=5) for m in months for c in w.VILLAGES]
    )
    shared = engine(store.root)
    shown = [{row["shown"] for row in asked(shared, "births_out", month)} for month in months]
    assert shown == [{HIDDEN}, {None}]
