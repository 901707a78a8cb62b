"""Counts against the year before: told only where they can be, up or down and nothing more."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank.access import Actor, Role
from shortplank.reading.judged.counts import CountFact, count_changes, count_fact, is_count
from shortplank.reading.view import View
from shortplank.stats.judge.counts import count_change, count_dispersion
from shortplank.store import Engine, add_months, engine
from shortplank.topics.overview import page
from shortplank.topics.overview.answer import tile
from shortplank.topics.trends.answer.trend import trend, trend_table
from tests.store import workspaces as w
from tests.topics.months import FIRST, engine_of, look
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
CASES = "births_out"


def demo(role: Role, month: date = date(2010, 5, 1)) -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), Actor(role), month, "ytd", CASES, "990101")


def county(path: Path, months: int, now: int, before: int, **more: object) -> Engine:
    """Return a county in which every village has so many births a month, before and in the last
    twelve months; every second birth is a case."""
    least = months - 12

    def counts(_code: str, number: int) -> dict[str, int]:
        births = (now if number >= least else before) + number % 2
        return {"births_p1_m": births, "births_p1_f": births, "births_p1_in": births}

    return engine_of(path, months, counts, **more)  # type: ignore[arg-type]


def facts(shared: Engine, months: int, role: Role = "analyst") -> dict[str, CountFact]:
    month = add_months(FIRST, months - 1)
    return {f.indicator: f for f in count_changes(look(shared, CASES, month, role=role))}


@pytest.mark.parametrize(
    ("now", "before", "direction", "word"),
    [(9, 9, None, "升降不明显"), (12, 9, "up", "确有上升"), (7, 9, "down", "确有下降")],
)
def test_births_and_cases_of_a_county_are_told(
    tmp_path: Path, now: int, before: int, direction: str | None, word: str
) -> None:
    found = facts(county(tmp_path, 36, now, before), 36)
    assert found[""].label == "出生" and found[""].now == 12 * 6 * 2 * (now + 0.5)
    for fact in found.values():
        if fact.indicator in ("", CASES):
            assert fact.direction == direction and fact.sentence.endswith(word)
            assert not any(judged in fact.sentence for judged in ("好", "差", "目标"))
            change = count_change(fact.now, fact.before)
            assert fact.percent == pytest.approx(100 * (change.ratio - 1))
            assert fact.lower == pytest.approx(100 * (change.lower - 1))
            assert (fact.direction is None) == (fact.lower <= 0 <= fact.upper)


@pytest.mark.parametrize(("months", "told"), [(23, False), (24, True)])
def test_both_windows_must_lie_in_the_history(tmp_path: Path, months: int, told: bool) -> None:
    shared = county(tmp_path, months, 9, 9)
    assert bool(facts(shared, months)) == told
    view = look(shared, CASES, add_months(FIRST, months - 1), window="r12")
    assert ("没有可比的上年同期，未作比较" in trend(view, "curve").sentence) != told


def test_few_cases_are_not_compared(tmp_path: Path) -> None:
    def one(code: str, number: int) -> dict[str, int]:
        return {"births_p1_m": int(code == w.N1 and number % 2)}

    found = facts(engine_of(tmp_path, 24, one), 24)
    for fact in (found[""], found[CASES]):
        assert fact.sentence.endswith("近12月 6 人，上年同期 6 人，数太少，不比")
        assert np.isnan(fact.percent) and fact.direction is None


def test_missing_reports_are_no_fall(tmp_path: Path) -> None:
    """Half of the county's villages file nothing in some of the last months."""
    one = county(tmp_path / "one", 36, 9, 9, silent=[(w.NORTH, 30)])
    made = facts(one, 36)[""]
    assert made.now < made.before and "已按上报份数折算" in made.sentence
    assert made.direction is None and abs(made.percent) < 1
    four = county(tmp_path / "four", 36, 9, 9, silent=[(w.NORTH, 30 + n) for n in range(4)])
    made = facts(four, 36)[""]
    assert made.sentence.endswith("报表未报齐，不作比较") and made.direction is None


def test_every_role_is_told_the_same_of_the_county() -> None:
    for month in (date(2008, 9, 1), date(2010, 5, 1)):
        told = [repr(count_changes(demo(role, month))) for role in ("analyst", "viewer")]
        assert told[0] == told[1] and "出生" in told[0]


def test_the_demo_countys_figures_are_recomputed_from_single_months() -> None:
    view = demo("analyst", date(2008, 9, 1))
    rows = view.ask(
        "series_by_area", indicator=CASES, county="990101", month=view.month, year_opens=10
    ).to_pylist()
    own = [float(r["numerator"]) for r in rows if r["area_code"] == "990101"]
    made = count_fact(view)
    assert made is not None
    change = count_change(sum(own[-12:]), sum(own[-24:-12]), count_dispersion(own))
    assert (made.now, made.before) == (sum(own[-12:]), sum(own[-24:-12]))
    assert [made.percent, made.lower, made.upper] == pytest.approx(
        [100 * (v - 1) for v in change[:3]]
    )


@pytest.mark.parametrize("window", ["month", "ytd", "r12"])
def test_the_trend_of_a_count_has_its_interval_and_its_comparison(window: str) -> None:
    view = demo("analyst").with_(window=window)
    made = trend(view, "curve")
    known = ~np.isnan(made.series.measured.value)
    assert (made.series.measured.lower[known] <= made.series.measured.value[known]).all()
    assert (made.series.measured.upper[known] > made.series.measured.value[known]).all()
    assert "未作检验" not in made.sentence and "升降不明显" in made.sentence
    assert "95% 区间" in trend_table(made).column_names


def test_a_tile_of_a_count_tells_its_comparison(tmp_path: Path) -> None:
    view = look(county(tmp_path, 36, 12, 9), CASES, add_months(FIRST, 35))
    history = view.ask(
        "county_history_by_indicator",
        area=view.county.area_code,
        first_month=add_months(view.month, -24),
        month=view.month,
    )
    made = tile(view, CASES, history)
    assert made.counted is not None and made.moved == ""  # no finding, but
    assert made.counted.told.endswith("确有上升")  # a fact
    assert made.lower < made.value < made.upper
    assert any("确有上升" in text for text, _ in page._lines(made))


def test_what_counts_no_cases_has_neither_interval_nor_comparison() -> None:
    """A stock, and a difference that the workspace holds to be no part of a whole."""
    ws = engine(DEMO).ws
    item = ws.indicators[CASES]
    assert is_count(ws, item)
    for total in ("natural_increase", "migrants_due"):
        assert not is_count(ws, item.model_copy(update={"numerator": (total,)}))
    assert not is_count(ws, ws.indicators["villages_out_ge3"])


def test_a_townships_cases_of_closed_years_are_told_at_a_years_end_alone() -> None:
    ws = engine(DEMO).ws
    key = next(k for k, item in ws.indicators.items() if item.closed_years_only)
    town = next(code for code in demo("analyst").towns)
    for month, told in ((date(2010, 5, 1), False), (date(2009, 9, 1), True)):
        view = demo("analyst", month).with_(indicator=key, area=town)
        assert (count_fact(view) is not None) == told
        assert count_fact(demo("viewer", month).with_(indicator=key, area=town)) is None or told
