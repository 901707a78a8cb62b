"""Seasons: factors recovered, and rules that do not fire on the season."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank.stats import (
    deseasonalise,
    same_period_change,
    seasonal_factors,
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
