"""The year's end on the demo and on small counties: what is said, and when nothing is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank import stats
from shortplank.drawing.theme import Style
from shortplank.reading.view import View
from shortplank.store import add_months, engine
from shortplank.topics.trends.answer.year_end import (
    calibration_line,
    outlook_text,
    year_end,
    year_end_table,
)
from shortplank.topics.trends.figure.year_end import year_end_figure
from tests.store import workspaces as w
from tests.topics.months import engine_of, look
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
MAY = date(2010, 5, 1)


def view(indicator: str, month: date = MAY, area: str = "990101") -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), "analyst", month, "ytd", indicator, area)


def test_a_flow_is_forecast_from_its_own_months_and_the_peers() -> None:
    made = year_end(view("report_timeliness"))
    assert made.lower < made.value < made.upper
    assert made.target is not None and 0 <= made.target_chance <= 1
    assert made.compared == 28 and not np.isnan(made.rank_chance)
    assert made.calibration is not None and made.calibration.forecasts == 17 * 2 * 11
    assert 0.9 <= made.calibration.covered_95 <= 1
    assert "统计年度还剩 4 个月" in made.sentence


def test_the_forecast_is_the_statistics_packages_own() -> None:
    made = year_end(view("report_timeliness"))
    shared = engine(DEMO)
    table = shared.ask(
        "series_by_area",
        None,
        "analyst",
        indicator="report_timeliness",
        county="990101",
        month=MAY,
        year_opens=10,
    ).to_pylist()
    own = [r for r in table if r["area_code"] == "990101"]
    years = sorted({r["statistical_year"] for r in own})
    x, n = (
        np.array([[r[part] for r in own if r["statistical_year"] == y] for y in years[:-1]])
        for part in ("numerator", "denominator")
    )
    now = [r for r in own if r["statistical_year"] == years[-1]]
    alone = stats.year_end_chance(
        [r["numerator"] for r in now], [r["denominator"] for r in now], x, n, target=0.98
    )
    assert made.value / 100 == pytest.approx(alone.value, abs=0.003)


def test_births_get_a_line_but_no_target_and_no_chance() -> None:
    made = year_end(view("policy_compliance"))
    assert made.target is None and np.isnan(made.target_chance) and np.isnan(made.rank_chance)
    assert "不设目标" in made.sentence and "目标" not in made.title


def test_a_finished_year_is_certain() -> None:
    made = year_end(view("report_timeliness", date(2009, 9, 1)))
    assert made.lower == made.value == made.upper and "已经结束" in made.sentence


@pytest.mark.parametrize(
    ("indicator", "met"),
    [
        ("migrant_filing", "未达 84%"),
        ("statistical_accuracy", "达到 95%"),
        ("policy_compliance", ""),
    ],
)
def test_a_finished_year_has_results_and_no_chances(indicator: str, met: str) -> None:
    made = year_end(view(indicator, date(2009, 9, 1)))
    row = year_end_table(made).to_pylist()[0]
    for text in (made.title, outlook_text(made)):
        assert "年度已结束：" in text and met in text and "可能" not in text and "预计" not in text
    assert "可能" not in made.sentence and not any("可能" in name for name in row)
    assert calibration_line([made]) == ""


def test_a_finished_year_with_a_gap_is_still_a_forecast() -> None:
    made = year_end(view("policy_compliance", date(2009, 9, 1), area="990101109"))
    assert not made.is_over and "未报的月份是推算的" in made.sentence


def test_a_township_has_no_place_among_counties() -> None:
    made = year_end(view("report_timeliness", area="990101109"))
    assert np.isnan(made.rank_chance) and "个可比的县" not in made.sentence


def test_the_fan_runs_from_the_last_month_to_the_end_of_the_year() -> None:
    figure = year_end_figure(year_end(view("migrant_filing")), Style())
    fan = figure["data"][0]
    assert fan["x"] == [8, 12, 12, 8] and fan["y"][0] == fan["y"][3]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < min(fan["y"]) and max(fan["y"]) < high


def test_the_table_claims_no_more_than_the_sentence() -> None:
    row = year_end_table(year_end(view("report_timeliness"))).to_pylist()[0]
    assert row["达到目标的可能"] == "不到 1%" and row["第 28 位以内的可能"] == "超过 99%"
    stock = year_end(view("migrant_filing"))
    assert year_end_table(stock).to_pylist()[0]["第 28 位以内的可能"] == "–"
    assert "不推算名次" in stock.sentence


def births(_code: str, _number: int) -> dict[str, int]:
    return {"births_p1_m": 20, "births_p1_f": 20, "births_p1_in": 36}


@pytest.mark.parametrize("months", [1, 8])
def test_without_a_last_year_nothing_is_forecast(tmp_path: Path, months: int) -> None:
    shared = engine_of(tmp_path, months, births)
    made = year_end(look(shared, "policy_compliance", add_months(date(2007, 10, 1), months - 1)))
    assert made.is_empty and np.isnan(made.lower) and made.calibration is None
    assert "已知的月份太少" in made.title and "上年度的 9 个月" in made.sentence
    assert year_end_table(made).num_rows == 1


@pytest.mark.parametrize(("gaps", "empty"), [(3, False), (4, True)])
def test_a_last_year_with_more_gaps_than_a_quarter_is_none(
    tmp_path: Path, gaps: int, empty: bool
) -> None:
    town = w.N1[:9]
    shared = engine_of(tmp_path, 20, births, silent=[(town, 2 + n) for n in range(gaps)])
    made = year_end(look(shared, "policy_compliance", date(2009, 5, 1), area=town))
    assert made.is_empty == empty


def test_months_in_which_nothing_is_inspected_are_no_gaps() -> None:
    made = year_end(view("statistical_accuracy"))
    assert made.lower < made.value < made.upper
    town = year_end(view("statistical_accuracy", area="990101102"))
    assert town.lower < town.value < town.upper  # no inspection came after May last year


@pytest.mark.parametrize(
    ("moves", "months", "words"),
    [
        (0, 20, "各月的变动都一样，不作年底预测"),
        (1, 20, "年底预计"),
        (0, 24, "年度已结束：90.0%，达到 85%"),
        (0, 3, "已知的月份太少，不作年底预测"),
    ],
)
def test_a_stock_that_never_moved_is_not_forecast(
    tmp_path: Path, moves: int, months: int, words: str
) -> None:
    def counts(code: str, number: int) -> dict[str, int]:
        return {"migrants_due": 100, "migrants_filed": 90 - moves * (number % 3)}

    shared = engine_of(tmp_path / "steady", months, counts)
    month = add_months(date(2007, 10, 1), months - 1)
    made = year_end(look(shared, "migrant_filing", month, window="ytd"))
    assert words in made.title
    assert made.is_empty == ("不作" in words) and made.is_over == (months == 24)
    assert made.is_empty or made.is_over or made.lower < made.value < made.upper
