"""Seasons: a series without them, and each month against the same month a year before."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from shortplank.stats._arrays import FloatArray, Values, floats, special
from shortplank.stats.spc import xmr_fired

# A season that is not taken out makes nearly every series signal; one taken out needlessly costs
# a few points of false alarms. So the test for it is lenient.
SEASON_LEVEL = 0.2


def seasonal_factors(values: Values, period: int = 12) -> FloatArray:
    """Return the factor of every phase of the season, with a mean of 1 (phase 0 comes first).

    Formula: least squares of the values on phases and a straight trend; a phase's factor is the
    sum of its values over the sum of the trend there. A ratio to a moving average, the textbook
    method, fits two years' months exactly and so doubles the false alarms of the rules.
    Edge cases: fewer than two values in any phase, or a trend that is not positive, give NaN.
    Source: ratio-to-trend, e.g. Croxton and Cowden, Applied General Statistics (1939), ch. 17.

    >>> seasonal_factors([8, 12] * 4, period=2).round(3).tolist()
    [0.8, 1.2]
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    phase, time = np.arange(v.size) % period, np.arange(v.size, dtype=np.float64)
    known = ~np.isnan(v)
    v, phase, time = v[known], phase[known], time[known]
    blank = np.full(period, np.nan)
    if np.bincount(phase, minlength=period).min() < 2:
        return blank
    time = time - time.mean()
    design = np.column_stack([phase[:, None] == np.arange(period), time])
    effects = np.linalg.lstsq(design, v, rcond=None)[0]
    trend = effects[:period].mean() + effects[period] * time
    if trend.min() <= 0.0:
        return blank
    factors = np.bincount(phase, v, period) / np.bincount(phase, trend, period)
    return factors / factors.mean()


def shows_season(values: Values, period: int = 12, level: float = SEASON_LEVEL) -> bool | None:
    """Return whether a series shows a season: calendar months differ beyond its own scatter.

    Formula: F = ((RSS₀ - RSS₁)/(period - 1)) / (RSS₁/ν), RSS₁ of the least squares on phases and a
    straight trend, RSS₀ on the trend alone, ν the values less period + 1; a season where the upper
    tail of F(period - 1, ν) is at most `level`.
    Edge cases: fewer than two values in any phase give None: it cannot be known yet; a series that
    never moves shows none.
    Source: analysis of variance, e.g. Draper and Smith, Applied Regression Analysis (1998), ch. 6.

    >>> shows_season([8, 12.1, 7.9, 12] * 4, period=2), shows_season([8, 9, 8, 10, 9, 8], 2)
    (True, False)
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    phase, time = np.arange(v.size) % period, np.arange(v.size, dtype=np.float64)
    known = ~np.isnan(v)
    v, phase, time = v[known], phase[known], time[known]
    freedom = v.size - period - 1
    if freedom < 1 or np.bincount(phase, minlength=period).min() < 2:
        return None
    if not np.ptp(v):
        return False
    time = time - time.mean()
    plain = np.column_stack([np.ones(v.size), time])
    seasonal = np.column_stack([phase[:, None] == np.arange(period), time])
    rests = [v - x @ np.linalg.lstsq(x, v, rcond=None)[0] for x in (plain, seasonal)]
    without, within = (float((rest**2).sum()) for rest in rests)
    if within <= 1e-12 * without:
        return True
    f = (without - within) / (period - 1) / (within / freedom)
    return bool(special.fdtrc(period - 1, freedom, f) <= level)


def deseasonalise(values: Values, period: int = 12, factors: Values = None) -> FloatArray:
    """Return the series divided by its seasonal factors; all NaN where they cannot be known.

    `factors` (phase 0 first) may come from a larger area: a township's own are mostly noise.
    A rule fires on this series or on the same-period difference (`same_period_change`), never
    on a raw month against the raw mean.

    >>> deseasonalise([8, 12] * 4, period=2).round(6).tolist()
    [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0]
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    known = seasonal_factors(v, period) if factors is None else floats(factors)[0][0]
    divisor = np.resize(known, v.shape)
    return np.where(divisor > 0.0, v / np.where(divisor > 0.0, divisor, 1.0), np.nan)


def same_period_change(values: Values, period: int = 12) -> FloatArray:
    """Return each value less the one a period earlier; NaN for the first period.

    >>> same_period_change([1, 2, 3, 5], period=2).tolist()
    [nan, nan, 2.0, 3.0]
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    change = np.full(v.shape, np.nan)
    change[period:] = v[period:] - v[:-period]
    return change


@lru_cache(maxsize=64)
def seasonal_false_alarm_rates(
    points: int = 36, simulations: int = 4000, seed: int = 20100601
) -> dict[int, float]:
    """Return what `xmr_false_alarm_rates` does, of series from which their own season was taken.

    Simulated: steady normal series, a twentieth of their mean in scatter, divided by the seasonal
    factors that each shows by itself. Under two years there are none.

    >>> rates = seasonal_false_alarm_rates(36, 500)
    >>> sorted(rates), rates[1] < rates[0] < 0.5
    ([0, 1, 2, 3, 4], True)
    """
    v = 1.0 + 0.05 * np.random.default_rng(seed).standard_normal((simulations, points))
    phase, time = np.arange(points) % 12, np.arange(points) - (points - 1) / 2.0
    if points >= 24:
        months = (phase[:, None] == np.arange(12)).astype(np.float64)
        effects = v @ np.linalg.pinv(np.column_stack([months, time])).T
        trend = effects[:, :12].mean(axis=1, keepdims=True) + effects[:, 12:] * time
        factors = (v @ months) / (trend @ months)
        v = v / (factors / factors.mean(axis=1, keepdims=True))[:, phase]
    return xmr_fired(v)
