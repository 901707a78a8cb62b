"""A quarter beside the one before: sums of what was reported, and the list at both ends."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow.compute as pc
import pytest

from shortplank.access import Actor, Role
from shortplank.papers.pack import Pack, pack, quarter_of
from shortplank.papers.quarters import (
    AT_END,
    CAME,
    LEFT,
    NO_BEFORE,
    POOLED,
    STAYED,
    QuarterTold,
    figures_table,
    moves_table,
    quarter_told,
)
from shortplank.reading.judged.ledger import findings_for
from shortplank.reading.view import View
from shortplank.store import add_months, engine
from shortplank.wording.verdicts import ONLY_FIGURES
from tools.browser import REPOSITORY

SHARED = engine(REPOSITORY / "data" / "demo")


def view(month: date, role: Role = "viewer") -> View:
    return View(SHARED, SHARED.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")


def told_of(text: str, role: Role = "viewer") -> tuple[Pack, QuarterTold]:
    quarter = quarter_of(SHARED, text)
    made = pack(view(quarter.months[-1], role), quarter)
    told = quarter_told(made)
    assert told is not None
    return made, told


@pytest.fixture(scope="module")
def both() -> tuple[Pack, QuarterTold]:
    return told_of("2010Q2")


def test_a_pooled_figure_is_the_sum_of_its_months_and_a_stock_its_last(
    both: tuple[Pack, QuarterTold],
) -> None:
    made, told = both
    ways = {each.how for each in told.figures}
    assert {POOLED, AT_END} <= ways
    for quarter, held in ((told.quarter, "now"), (told.before, "before")):
        assert quarter is not None
        table = made.view.ask(
            "county_history_by_indicator",
            area=made.view.county.area_code,
            first_month=quarter.months[0],
            month=quarter.months[-1],
        )
        for each in told.figures:
            rows = table.filter(pc.equal(table["indicator"], each.indicator)).to_pylist()
            own = getattr(each, held)
            if each.how == POOLED:
                known = [row for row in rows if row["numerator"] is not None]
                assert own.x[0] == sum(row["numerator"] for row in known)
                assert own.n[0] == sum(row["denominator"] for row in known)
            elif each.how == AT_END:
                assert own.x[0] == rows[-1][f"{each.item.default_window}_numerator"]
            assert np.isclose(own.value[0], made_value(each.item, own))


def made_value(item: object, own: object) -> float:
    x, n = float(own.x[0]), float(own.n[0])  # type: ignore[attr-defined]
    return float(item.factor * x / n)  # type: ignore[attr-defined]


def test_who_came_and_who_left_is_the_difference_of_two_lists(
    both: tuple[Pack, QuarterTold],
) -> None:
    _, told = both
    assert told.before is not None

    def listed(month: date) -> set[tuple[str, str]]:
        return {
            (f.indicator, f.area_code)
            for f in findings_for(view(month))
            if f.kind in ("named", "listed") and f.level != "county"
        }

    now, then = listed(told.quarter.months[-1]), listed(told.before.months[-1])
    found = {
        way: {(m.found.indicator, m.found.area_code) for m in told.moves if m.way == way}
        for way in (CAME, LEFT, STAYED)
    }
    assert found[CAME] == now - then and found[STAYED] == now & then
    assert found[LEFT] <= then - now and found[LEFT]
    assert moves_table(told).num_rows == len(told.moves)


def test_a_change_has_no_verdict_but_the_ledgers() -> None:
    for text in ("2009Q3", "2010Q1", "2010Q2"):
        made, told = told_of(text)
        end = made.view.with_(month=told.quarter.months[-1])
        steps = {f.indicator for f in findings_for(end) if f.kind == "changed" and f.months == 3}
        for each in told.figures:
            assert (each.verdict != ONLY_FIGURES) == (each.indicator in steps)


def test_the_first_quarter_says_that_there_is_none_before() -> None:
    _, told = told_of("2007Q1")
    assert told.before is None and not told.moves
    assert NO_BEFORE in told.title and NO_BEFORE in told.sentence
    table = figures_table(told)
    assert set(table["上季度"].to_pylist()) == {"–"} and table["本季度"][0].as_py() != "–"


def test_restatements_are_those_of_the_quarters_months() -> None:
    _, told = told_of("2010Q2")
    months = {f"{m:%Y-%m}" for m in told.quarter.months}
    wanted = [n for n in SHARED.store.numbers() if months & set(SHARED.edition(n).restates)]
    pairs = zip(reversed(wanted), told.restated, strict=True)
    assert all(f"第{n}版" in line for n, line in pairs)
    assert told.quarter.months[0] == add_months(told.quarter.months[-1], -2)


def test_a_months_pack_has_no_quarter() -> None:
    assert quarter_told(pack(view(date(2010, 5, 1)))) is None
