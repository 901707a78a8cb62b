"""Townships as lines: sums that begin anew are not joined, open months stand out, all is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shortplank.access import Actor
from shortplank.catalogue.models import Window
from shortplank.drawing.theme import Style
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.trends.answer.comparison import comparison
from shortplank.topics.trends.figure.comparison import comparison_figure
from shortplank.topics.trends.figure.trend_parts import other_lines
from tests.store import workspaces as w
from tests.topics.months import engine_of, look
from tools.browser import REPOSITORY

SILENT, OTHER = "990101109", "990101101"


def figure_of(window: str, *chosen: str) -> dict[str, Any]:
    shared = engine(REPOSITORY / "data" / "demo")
    month = date(2010, 5, 1)
    view = View(
        shared, shared.newest(), Actor("analyst"), month, window, "policy_compliance", "990101"
    )  # type: ignore[arg-type]
    return comparison_figure(comparison(view, chosen), Style())


def lines(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace["mode"] == "lines"]


@pytest.mark.parametrize(("window", "gaps"), [("ytd", 3), ("r12", 0), ("month", 0)])
def test_a_line_is_broken_where_its_sum_begins_anew(window: str, gaps: int) -> None:
    for trace in lines(figure_of(window, OTHER)):
        assert trace["x"].count(None) == gaps
        assert len(trace["x"]) == len(trace["y"]) == len(trace["customdata"])
        for i, x in enumerate(trace["x"]):
            if x is None:
                assert trace["x"][i - 1][5:7] == "09" and trace["x"][i + 1][5:7] == "10"


def test_the_rest_is_as_grey_as_on_the_other_pictures() -> None:
    rest = [trace for trace in lines(figure_of("ytd", OTHER)) if trace["line"]["width"] == 1.5]
    assert len(rest) == 15
    assert {trace["line"]["color"] for trace in rest} == {other_lines(Style())}


def test_a_month_that_is_not_fully_reported_is_open() -> None:
    figure = figure_of("ytd", SILENT, OTHER)
    opens = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert len(opens) == 2
    assert all(trace["marker"]["color"] == Style().tokens.paper for trace in opens)


def test_a_hover_says_counts_window_reports_edition_and_form() -> None:
    trace = lines(figure_of("ytd", OTHER))[-1]
    last = trace["customdata"][-1]
    for part in ("峰浦镇 2010统计年度至5月", "95% 区间", "分子", "分母", "上报/应报"):
        assert part in last
    assert "第26版 · " in trace["hovertemplate"]


def test_a_quarterly_indicator_says_which_month_its_figures_are_of() -> None:
    shared = engine(REPOSITORY / "data" / "demo")
    month = date(2010, 5, 1)
    view = View(shared, shared.newest(), Actor("analyst"), month, "ytd", "recount_gap", "990101")
    assert comparison(view, [OTHER, SILENT]).title.startswith("回溯差距率 2009年9月：峰浦镇 3.8%")


@pytest.mark.parametrize(
    ("window", "silent", "figure", "note"),
    [
        ("ytd", True, "北岭乡 90.0%", "北岭乡本月报表未到齐，累计数只含已到的月份"),
        ("r12", True, "北岭乡 90.0%", "北岭乡本月报表未到齐，累计数只含已到的月份"),
        ("month", True, "北岭乡 未报", ""),
        ("ytd", False, "北岭乡 90.0%", ""),
    ],
)
def test_a_silent_townships_earlier_figure_is_said_to_be_one(
    tmp_path: Path, window: Window, silent: bool, figure: str, note: str
) -> None:
    def counts(_code: str, _number: int) -> dict[str, int]:
        return {"benefits_due": 100, "benefits_paid": 90}

    gone = [(w.NORTH, 15)] if silent else []
    shared = engine_of(tmp_path / "silent", 16, counts, silent=gone)
    asked = look(shared, "benefit_delivery", date(2009, 1, 1), window=window)
    made = comparison(asked, [w.NORTH, w.SOUTH])
    assert figure in made.title
    assert note in made.sentence and ("未到齐" in made.sentence) == bool(note)
