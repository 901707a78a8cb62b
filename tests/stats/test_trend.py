"""Recent trend over five years."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank.stats import recent_trend


def test_chi2_against_the_definition() -> None:
    x, n = np.array([100, 112, 121, 140, 155]), np.array([1000, 990, 1010, 1005, 1000])
    found = recent_trend(x, n)
    from scipy.stats import chi2_contingency

    # The trend's χ² is the regression part of the table's χ²: never above it.
    whole = chi2_contingency(np.array([x, n - x]), correction=False).statistic
    t = np.arange(5)
    weights = n / n.sum()
    slope = (weights * (t - (weights * t).sum()) * (x / n)).sum()
    p = x.sum() / n.sum()
    spread = (weights * (t - (weights * t).sum()) ** 2).sum()
    assert found.chi2 == pytest.approx(slope**2 / spread * n.sum() / (p * (1 - p)))
    assert found.chi2 <= whole
    assert found.direction == "increasing" and found.points == 5


def test_directions() -> None:
    n = [1000] * 5
    assert recent_trend([180, 160, 140, 120, 100], n).direction == "decreasing"
    assert recent_trend([100, 105, 98, 103, 101], n).direction == "none"
    assert recent_trend([0] * 5, n).direction == "none"
    assert recent_trend([100, 140, 120, 160, 180], n).direction == "increasing"
    poisson = recent_trend([100, 120, 140, 160, 180], [10**6] * 5, family="poisson")
    assert poisson.direction == "increasing"


def test_the_sign_must_survive_each_point() -> None:
    # One last year carries it all: without it the direction turns.
    n = [10_000] * 5
    found = recent_trend([1000, 990, 980, 970, 1300], n)
    assert found.chi2 > 9.5495 and found.direction == "none"


def test_too_few_or_broken_is_unknown() -> None:
    assert recent_trend([1, 2, 3, 4], [10] * 4).direction == "unknown"
    assert recent_trend([1, 2, None, 4, 5], [10] * 5).direction == "unknown"
    assert recent_trend([1, 2, 3, 4, 0], [10, 10, 10, 10, 0]).direction == "unknown"
    # Only the last five count.
    assert recent_trend([None, 100, 120, 140, 160, 180], [1000] * 6).direction == "increasing"
    with pytest.raises(ValueError, match="family"):
        recent_trend([1] * 5, [2] * 5, family="normal")
    with pytest.raises(ValueError, match="exceeds"):
        recent_trend([3] * 5, [2] * 5)


def test_false_alarm_rate() -> None:
    """5,000 simulated series without a trend: at most the nominal 0.2 % are called."""
    rng = np.random.default_rng(1)
    x = rng.binomial(800, 0.9, (5000, 5))
    called = [recent_trend(row, [800] * 5).direction != "none" for row in x]
    assert np.mean(called) <= 0.004
