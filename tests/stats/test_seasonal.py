"""Seasons: factors recovered, and rules that do not fire on the season."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f as f_distribution

from shortplank.stats import (
    deseasonalise,
    same_period_change,
    seasonal_factors,
    seasonal_false_alarm_rates,
    shows_season,
    xmr_false_alarm_rates,
    xmr_signals,
)

SEASON = 1 + 0.25 * np.sin(np.arange(12) / 12 * 2 * np.pi)


def test_factors_of_an_exact_season_with_a_trend() -> None:
    months = np.arange(44)
    values = np.resize(SEASON, 44) * 450
    assert seasonal_factors(values) == pytest.approx(SEASON)
    assert deseasonalise(values) == pytest.approx(np.full(44, 450))
    growing = values * (1 + 0.002 * months)
    assert seasonal_factors(growing) == pytest.approx(SEASON, abs=0.01)


def test_too_short_is_unknown() -> None:
    assert np.isnan(seasonal_factors([5.0] * 23)).all()
    assert np.isnan(deseasonalise([5.0] * 23)).all()
    assert np.isnan(seasonal_factors([0.0] * 24)).all()
    gap = [5.0] * 24
    gap[3] = np.nan
    assert np.isnan(seasonal_factors(gap)).all()
    assert seasonal_factors([*gap, *[5.0] * 12]) == pytest.approx(np.ones(12))


def test_factors_of_a_larger_area() -> None:
    values = np.resize(SEASON, 30) * 20
    assert deseasonalise(values, factors=SEASON) == pytest.approx(np.full(30, 20))


def test_same_period_change() -> None:
    assert same_period_change([1, 2, None, 5], period=2)[2:].tolist()[1] == 3.0
    assert np.isnan(same_period_change([1, 2, None, 5], period=2)[:3]).all()
    assert np.isnan(same_period_change([1.0])).all()


def test_the_season_itself_fires_no_rule() -> None:
    """300 simulated townships of 44 months: as many alarms as without a season."""
    rng = np.random.default_rng(1)
    fired = {"raw": 0, "steady": 0, "own": 0, "county": 0, "change": 0}
    for _ in range(300):
        mean = np.resize(SEASON, 44) * 450
        values = rng.poisson(mean).astype(float)
        county = seasonal_factors(rng.poisson(mean * 15))
        looks = {
            "raw": values,
            "steady": rng.poisson(450, 44),
            "own": deseasonalise(values),
            "county": deseasonalise(values, factors=county),
            "change": same_period_change(values),
        }
        for name, series in looks.items():
            fired[name] += bool(xmr_signals(series).any())
    assert fired["raw"] > 290
    for name in ("own", "county", "change"):
        assert fired[name] < fired["steady"] + 40


# --- whether there is a season --------------------------------------------------------------------
def test_it_is_the_f_test_of_months_beside_a_trend() -> None:
    """By partial regression: months and values both without their trends (Frisch and Waugh)."""
    rng = np.random.default_rng(2)
    for months in (24, 37, 60):
        values = rng.normal(100.0, 5.0, months) + np.arange(months)
        time = np.column_stack([np.ones(months), np.arange(months)])
        dummies = (np.arange(months)[:, None] % 12 == np.arange(11)).astype(float)
        plain = np.eye(months) - time @ np.linalg.pinv(time)
        y, d = plain @ values, plain @ dummies
        fit = d @ np.linalg.pinv(d) @ y
        f = (fit @ fit / 11) / ((y @ y - fit @ fit) / (months - 13))
        p = float(f_distribution.sf(f, 11, months - 13))
        assert shows_season(values, level=p * 1.0001) and not shows_season(values, level=p * 0.9999)


@pytest.mark.parametrize("level", [0.05, 0.2])
@pytest.mark.parametrize("months", [24, 44])
def test_steady_series_show_a_season_as_often_as_stated(months: int, level: float) -> None:
    rng = np.random.default_rng(20100601)
    shown = [shows_season(rng.poisson(30, months), 12, level) for _ in range(800)]
    assert np.mean(shown) == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / 800))


@pytest.mark.parametrize("months", [24, 36])
def test_a_season_of_births_is_always_seen(months: int) -> None:
    rng = np.random.default_rng(20100601)
    level = np.resize(SEASON, months) * 450
    assert all(shows_season(rng.poisson(level)) for _ in range(200))
    assert all(shows_season(rng.poisson(level * np.linspace(1, 1.3, months))) for _ in range(50))


def test_two_years_are_needed_to_know() -> None:
    assert shows_season(np.resize(SEASON, 23)) is None
    assert shows_season(np.resize(SEASON, 24)) is True
    assert shows_season(np.full(36, 7.0)) is False
    gap = np.resize(SEASON, 24).tolist()
    gap[3] = None
    assert shows_season(gap) is None
    assert shows_season([*gap, *SEASON.tolist()]) is True


@pytest.mark.parametrize(("swing", "most"), [(0.0, 0.06), (0.05, 0.13), (0.25, 0.13)])
def test_test_and_chart_together_keep_near_the_stated_rate(swing: float, most: float) -> None:
    """Of 36 months, 30 a month: the way that the page goes, with a season or without."""
    rng = np.random.default_rng(20100601)
    level = 30 * (1 + swing * np.sin(np.arange(36) / 12 * 2 * np.pi))
    fired = []
    for _ in range(400):
        x = rng.poisson(level).astype(float)
        fired.append(bool(xmr_signals(deseasonalise(x) if shows_season(x) else x).any()))
    assert np.mean(fired) < xmr_false_alarm_rates(36)[0] + most


@pytest.mark.parametrize("points", [24, 44])
def test_the_rate_of_series_without_their_own_season_is_simulated_as_charted(points: int) -> None:
    rng = np.random.default_rng(9)
    fired = [
        bool(xmr_signals(deseasonalise(100 + 5 * rng.standard_normal(points))).any())
        for _ in range(600)
    ]
    stated = seasonal_false_alarm_rates(points)[0]
    assert np.mean(fired) == pytest.approx(stated, abs=0.055)
    assert stated > xmr_false_alarm_rates(points)[0]
    assert seasonal_false_alarm_rates(20, 500) == pytest.approx(
        xmr_false_alarm_rates(20, 500), abs=0.06
    )
