"""Counts of cases: their scatter beyond chance, intervals, and comparisons given the total."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shortplank.stats._arrays import (
    FloatArray,
    FloatLike,
    Values,
    check_counts,
    floats,
    give,
    special,
)
from shortplank.stats.intervals import Interval, byar_interval

MONTHS = 12
# Older months say less of how the figures are made today.
MOST_YEARS = 5
LEAST_YEARS = 2
# Rounds of proportional fitting; margins then agree to far below one case.
ROUNDS = 25


class CountChange(NamedTuple):
    """A count against the one before: their ratio with its 95 % limits, and the two-sided p."""

    ratio: float
    lower: float
    upper: float
    p: float


def count_dispersion(x: Values, e: Values = None) -> float:
    """Return how much single months of a count scatter beyond Poisson chance, at least 1.

    `x` are single months one after the other, the last one last (NaN: not reported), `e` their
    exposures (all alike without). The last two to five whole years of months are laid out as
    years × calendar months and fitted by a level a year and a factor a calendar month.
    Formula: φ = Σ(x - μ)²/μ / (ν - 2), ν = months - years - calendar months + 1: a season and a
    rise from year to year are no scatter, and dividing by ν - 2 instead of ν gives the normal
    limits that use φ the variance of Student's t with ν degrees of freedom.
    Edge cases: under 24 months, or ν < 3, give 1: nothing shows a scatter.
    Source: McCullagh and Nelder, Generalized Linear Models (1989), ch. 6.

    >>> count_dispersion([30, 50] * 12), round(count_dispersion([20, 60, 60, 20] * 6), 1)
    (1.0, 1.0)
    >>> round(count_dispersion([20] * 6 + [60] * 6 + [60] * 6 + [20] * 6), 1)
    26.7
    """
    (x_, e_), _ = floats(x, 1.0 if e is None else e)
    check_counts(x_)
    x_, e_ = np.atleast_1d(x_), np.atleast_1d(e_)
    years = min(x_.size // MONTHS, MOST_YEARS)
    if years < LEAST_YEARS:
        return 1.0
    x_, e_ = (part[-years * MONTHS :].reshape(years, MONTHS) for part in (x_, e_))
    known = ~np.isnan(x_) & (e_ > 0.0)
    x_, e_ = np.where(known, x_, 0.0), np.where(known, e_, 0.0)
    mean = _two_way(x_, e_)
    used = mean > 0.0
    chi2 = float((((x_ - mean) ** 2)[used] / mean[used]).sum())
    rows, columns = used.any(axis=1).sum(), used.any(axis=0).sum()
    freedom = int(used.sum() - rows - columns + 1)
    return max(1.0, chi2 / (freedom - 2)) if freedom > 2 else 1.0


def _two_way(x: FloatArray, e: FloatArray) -> FloatArray:
    """Return e·a(row)·b(column) with the margins of x, by proportional fitting."""
    mean = e.copy()
    for _ in range(ROUNDS):
        for axis in (1, 0):
            have = mean.sum(axis=axis, keepdims=True)
            want = x.sum(axis=axis, keepdims=True)
            mean = mean * np.where(have > 0.0, want / np.where(have > 0.0, have, 1.0), 0.0)
    return mean


def count_interval(x: Values, phi: Values = 1.0, level: float = 0.95) -> Interval:
    """Return Byar's interval of a count whose variance is φ times the Poisson one.

    Formula: Byar's limits of the effective count x/φ, times φ. φ = 1 is `byar_interval`.

    >>> [round(v, 1) for v in count_interval(100)], [round(v, 1) for v in count_interval(100, 4)]
    ([81.4, 121.6], [64.7, 147.6])
    """
    (x_, phi_), scalar = floats(x, phi)
    lower, upper = byar_interval(x_ / phi_, level)
    return give(lower * phi_, scalar), give(upper * phi_, scalar)


def _tails(x: FloatArray, total: FloatArray, share: FloatArray) -> FloatArray:
    """Return twice the smaller binomial tail of x of a total, at most 1; fractions allowed."""
    # Nothing is always reached and the whole never passed; the 1s keep the functions defined.
    some, rest = np.where(x > 0.0, x, 1.0), np.where(x < total, total - x, 1.0)
    least = np.where(x > 0.0, special.betainc(some, total - x + 1.0, share), 1.0)
    most = np.where(x < total, special.betaincc(x + 1.0, rest, share), 1.0)
    p: FloatArray = np.minimum(1.0, 2.0 * np.minimum(least, most))
    return np.where(np.isnan(x) | np.isnan(total) | np.isnan(share), np.nan, p)


def count_change(
    now: float,
    before: float,
    phi: float = 1.0,
    exposure: tuple[float, float] = (1.0, 1.0),
    level: float = 0.95,
) -> CountChange:
    """Return a count against the one before, of periods as long: ratio, limits, two-sided p.

    `exposure` are the two periods' (now, before), where they are not alike.
    Formula: given the total, the count now is binomial with share e₁/(e₁ + e₂); p is twice the
    smaller tail, and the limits of the ratio are Clopper-Pearson's of that share, so p ≤ 5 %
    exactly where the limits leave 1 out. With φ > 1 both counts are taken as x/φ.
    Edge cases: 0 before gives a ratio and an upper limit of infinity, 0 in both no ratio and p = 1;
    unknown counts give NaN.
    Source: Przyborowski and Wilenski, Biometrika 31 (1940) 313-323.

    >>> change = count_change(5740, 5610)
    >>> [round(v, 3) for v in change]
    [1.023, 0.986, 1.062, 0.226]
    """
    a, b = now / phi, before / phi
    if np.isnan(a + b):
        return CountChange(*(float("nan"),) * 4)
    if a < 0.0 or b < 0.0:
        raise ValueError("a count is negative")
    share = exposure[0] / sum(exposure)
    tail = (1.0 - level) / 2.0
    low = float(special.betaincinv(a, b + 1.0, tail)) if a > 0.0 else 0.0
    high = float(special.betaincinv(a + 1.0, b, 1.0 - tail)) if b > 0.0 else 1.0
    p = float(_tails(*(np.asarray(v) for v in (a, a + b, share))))
    odds = [_odds(v) * exposure[1] / exposure[0] for v in (low, high)]
    ratio = (a / exposure[0]) / (b / exposure[1]) if b > 0.0 else np.inf if a > 0.0 else np.nan
    return CountChange(float(ratio), odds[0], odds[1], p)


def _odds(share: float) -> float:
    return share / (1.0 - share) if share < 1.0 else float("inf")


def against_rest_count(x: Values, e: Values, phi: Values = 1.0) -> FloatLike:
    """Return the two-sided p of every unit's count against the rest, by exposure.

    Formula: given the total X, a unit's count is binomial with share eᵢ/E (E over the units that
    have both); p is twice the smaller tail. With φ > 1 the counts are taken as x/φ. Units lie
    along the last axis.
    Edge cases: a unit without a count or an exposure is NaN and no part of the rest; a lone unit
    has nothing to be compared with and gives p = 1.
    Source: Przyborowski and Wilenski, Biometrika 31 (1940) 313-323.

    >>> against_rest_count([2, 8], [1.0, 1.0]).round(4).tolist()
    [0.1094, 0.1094]
    """
    (x_, e_, phi_), _ = floats(x, e, phi)
    check_counts(x_)
    known = ~np.isnan(x_) & (e_ > 0.0)
    counts, exposed = np.where(known, x_, 0.0), np.where(known, e_, 0.0)
    whole = counts.sum(axis=-1, keepdims=True)
    over = exposed.sum(axis=-1, keepdims=True)
    share = exposed / np.where(over > 0.0, over, 1.0)
    p = _tails(counts / phi_, whole / phi_, share)
    return np.where(known, np.where(share < 1.0, p, 1.0), np.nan)
