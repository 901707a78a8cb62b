"""One township in every indicator: what stands in a row, and what the month's ledger says of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank.access import Actor
from shortplank.drawing.theme import Style
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.rankings.answer.spine import Spine, spine, spine_table
from shortplank.topics.rankings.figure.spine import EDGE, spine_figure
from tests.store import workspaces as w
from tests.topics.months import engine_of, look
from tools.browser import REPOSITORY

TOWN = "990101111"


def view(month: date = date(2010, 5, 1), role: str = "analyst") -> View:
    shared = engine(REPOSITORY / "data" / "demo")
    return View(shared, shared.newest(), Actor(role), month, "ytd", "policy_compliance", "990101")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made() -> Spine:
    return spine(view(), TOWN)


def test_a_row_holds_the_rankings_own_figures(made: Spine) -> None:
    for row in made.rows:
        if row.window != "ytd":
            continue
        other = ranking(view().with_(indicator=row.indicator))
        at = other.towns.codes.index(TOWN)
        assert row.value == pytest.approx(other.towns.value[at], nan_ok=True)
        assert row.county == other.county.value[0]
        assert row.code == other.verdicts[at]
        if row.place:
            assert row.place.split("/")[0] == str(int(other.ranks[at]))


def test_nothing_that_is_not_judged_is_called_better_or_worse(made: Spine) -> None:
    for row in made.rows:
        assert row.item.judged or row.code in ("none", "too_few")
        assert row.code != "better"


def test_a_township_of_which_nothing_is_announced_says_of_how_many(made: Spine) -> None:
    alike = [row for row in made.rows if row.code == "similar"]
    assert made.title == f"桂浦镇：{len(alike)} 项指标看不出差别，本月不列"
    assert made.sentence == "" and made.named == () and made.tested == len(alike)
    assert any(row.towns.lower[row.at] > row.county for row in made.rows)


@pytest.mark.parametrize("role", ["analyst", "viewer"])
@pytest.mark.parametrize("month", [date(2009, 9, 1), date(2010, 5, 1)])
def test_what_is_announced_of_a_township_is_what_the_ledger_has(role: str, month: date) -> None:
    own = view(month, role)
    for code, name in own.towns.items():
        found, told = [f for f in ledger_of(own).findings if f.area_code == code], spine(own, code)
        assert told.named == ((name,) if found else ())
        for each in found:
            assert each.item.label in told.title and each.item.label in told.sentence
            [row] = [row for row in told.rows if row.indicator == each.indicator]
            assert row.code in ("worse", "higher", "lower")
        marked = {row.indicator for row in told.rows if row.code in ("worse", "higher", "lower")}
        assert marked == {each.indicator for each in found}


def test_a_range_is_held_against_by_itself() -> None:
    found = spine(view(), "990101101")
    [gap] = [row for row in found.rows if row.indicator == "cross_source_gap"]
    assert gap.value == 0.0 and gap.code == "similar"
    assert found.title == "峰浦镇：出生人口性别比明显高于自然范围，列入本月核对名单"
    assert "按近36月判" in found.sentence and "其余 12 项看不出差别" in found.sentence
    [ratio] = [row for row in found.rows if row.indicator == "sex_ratio_at_birth"]
    assert ratio.code == "higher" and ratio.place == ""


def test_better_is_right_and_no_row_leaves_the_picture(made: Spine) -> None:
    figure = spine_figure(made, Style())
    for trace in figure["data"]:
        assert all(x is None or abs(x) <= EDGE for x in trace["x"])
    down = next(row for row in made.rows if row.item.polarity == "down")
    best = np.nanmin(down.towns.value)
    assert down.across(np.array([best]))[0] >= 0
    assert down.across(np.array([down.county]))[0] == 0
    assert len(figure["data"][-1]["customdata"]) == len(made.rows)


@pytest.mark.parametrize("role", ["analyst", "viewer"])
@pytest.mark.parametrize("month", [date(2006, 10, 1), date(2009, 2, 1), date(2010, 5, 1)])
def test_every_township_in_thin_months(role: str, month: date) -> None:
    own = view(month, role)
    for code in own.towns:
        found = spine(own, code)
        spine_figure(found, Style())
        told = str(spine_table(found).to_pylist()) + found.title + found.sentence
        assert "nan" not in told.lower()


def test_a_silent_township_is_said_to_be_silent() -> None:
    silent, other = (spine(view(date(2009, 2, 1)), code) for code in ("990101109", TOWN))
    assert "松崖镇本月报表未到齐，累计数只含已到的月份" in silent.notes
    assert not any("未到齐" in note for note in other.notes)


def test_one_indicator_and_two_townships_that_are_alike(tmp_path: Path) -> None:
    shared = engine_of(tmp_path, 3, lambda code, n: {"migrants_due": 30, "migrants_filed": 20})
    found = spine(look(shared, "migrant_filing", date(2007, 12, 1)), w.NORTH)
    [row] = [row for row in found.rows if row.indicator == "migrant_filing"]
    assert (row.place, row.code) == ("1/2", "similar")
    assert found.title == "北岭乡：1 项指标看不出差别，本月不列"
    assert row.across(row.towns.value).tolist() == [0.0, 0.0]
    spine_figure(found, Style())
