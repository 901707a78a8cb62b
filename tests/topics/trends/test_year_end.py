"""The year's end on the demo and on small counties: what is said, and when nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank import stats
from shortplank.access import Actor
from shortplank.drawing.theme import Style
from shortplank.reading.view import View
from shortplank.store import add_months, engine
from shortplank.topics.trends.answer.year_end import (
    YearEndOutlook,
    calibration_line,
    has_year_end,
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
    return View(shared, shared.newest(), Actor("analyst"), month, "ytd", indicator, area)


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
    assert "年末时点数不预测名次" in stock.sentence


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


# --- chances are said where the back-test holds ---------------------------------------------------
def filed(rate: Callable[[str, int], float], noise: float = 0.01) -> Callable[..., dict[str, int]]:
    """Return reports of 200 births a village and month, so many of them within the policy."""
    rng = np.random.default_rng(20100601)

    def counts(code: str, number: int) -> dict[str, int]:
        share = min(max(rate(code, number) + rng.normal(0.0, noise), 0.0), 1.0)
        return {"births_p1_m": 100, "births_p1_f": 100, "births_p1_in": round(200 * share)}

    return counts


def services(rate: Callable[[str, int], float]) -> Callable[..., dict[str, int]]:
    """Return a stock of 400 a village, so many of them filed."""

    def counts(code: str, number: int) -> dict[str, int]:
        return {"migrants_due": 400, "migrants_filed": round(400 * rate(code, number))}

    return counts


def end(path: Path, months: int, counts: Callable[..., dict[str, int]], key: str) -> YearEndOutlook:
    shared = engine_of(path, months, counts)
    return year_end(look(shared, key, add_months(date(2007, 10, 1), months - 1), window="ytd"))


def test_one_finished_year_gives_limits_and_no_chance(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    luck = rng.normal(0.0, 0.01, (400,))
    made = end(tmp_path, 20, services(lambda _c, k: 0.84 + luck[k]), "migrant_filing")
    assert made.lower < made.value < made.upper and made.target is not None
    assert made.calibration is None and np.isnan(made.target_chance)
    assert "完整的统计年度不足两个" in made.sentence and "不推算可能" in made.sentence
    for text in (made.title, outlook_text(made)):
        assert "可能" not in text
    assert calibration_line([made]).startswith("完整的统计年度不足两个")


def test_a_back_test_that_held_lets_the_chance_be_said() -> None:
    made = year_end(view("statistical_accuracy"))
    assert made.calibration is not None and made.calibration.holds
    assert made.calibration.chance_holds and not np.isnan(made.target_chance)
    assert "用同一方法回测 277 次" in made.sentence and "落在区间内" in made.sentence
    assert calibration_line([made]).startswith("用同一方法回测 277 次")


def test_years_that_turned_leave_the_limits_and_no_chance(tmp_path: Path) -> None:
    """In the finished years the last months went another way than those before, each its own."""

    def turned(_code: str, number: int) -> float:
        year, place = divmod(number, 12)
        way = (0.0, 0.12, -0.2, 0.0)[year]
        return 0.8 + (way if place >= 8 else 0.0)

    made = end(tmp_path, 44, filed(turned), "policy_compliance")
    assert made.calibration is not None and made.calibration.covered_95 < 0.9
    assert not made.holds and made.lower < made.value < made.upper
    assert "回测不够准，区间仅供参考" in made.sentence
    assert "政策符合率回测不够准，不推算可能" in calibration_line([made])


def test_no_chance_is_said_without_a_back_test_that_holds() -> None:
    shared = engine(DEMO)
    for month in (date(2009, 4, 1), MAY):
        for key, item in shared.ws.indicators.items():
            if not has_year_end(item):
                continue
            made = year_end(view(key, month))
            said = [made.target_chance, made.rank_chance]
            if made.calibration is None or not made.calibration.holds:
                assert np.isnan(said).all() and (made.is_empty or not made.anew)
            elif not made.calibration.chance_holds:
                assert np.isnan(said[0])
            assert made.is_empty or made.lower <= made.value <= made.upper


@pytest.mark.parametrize(
    ("months", "swing", "words"),
    [
        (44, 0.01, "年底预计"),
        (32, 0.01, "从头计起，不作年底预测"),
        (44, 0.6, "从头计起，不作年底预测"),
        (48, 0.01, "年度已结束"),
    ],
    ids=["three like years", "two years", "years unlike", "over"],
)
def test_a_stock_that_begins_anew_goes_its_own_years_way(
    tmp_path: Path, months: int, swing: float, words: str
) -> None:
    """Filed from nothing each October; ``swing`` is how unlike the years are after May."""
    rng = np.random.default_rng(7)
    luck = rng.normal(0.0, 0.004, (len(w.VILLAGES), 4, 12))

    def anew(code: str, number: int) -> float:
        year, place = divmod(number, 12)
        late = swing * (0.0, 0.3, -0.1, 0.0)[year] * max(place - 7, 0) / 4
        noise = luck[w.VILLAGES.index(code), year, place]
        return min(max(0.05 + 0.065 * place + late + noise, 0.0), 1.0)

    made = end(tmp_path, months, services(anew), "migrant_filing")
    assert words in made.title and made.anew
    if words == "年底预计":
        assert made.lower < 76.5 < made.upper and made.upper - made.lower < 20
        assert "年末时点数" in made.sentence and "回测" in made.sentence
    if months == 32:
        assert "完整的统计年度不足三个" in made.sentence
    if swing > 0.1:
        assert "各年的走势相差太大，推算不出" in made.sentence and made.is_empty


@pytest.mark.parametrize("month", [date(2009, 4, 1), MAY])
def test_every_role_is_told_the_same_of_the_countys_year(month: date) -> None:
    for key, item in engine(DEMO).ws.indicators.items():
        if has_year_end(item):
            exact = year_end(view(key, month))
            masked = year_end(exact.view.with_(actor=Actor("viewer")))
            assert (masked.title, masked.sentence) == (exact.title, exact.sentence), key
