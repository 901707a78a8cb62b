"""Confidence intervals of proportions, counts, sex ratios, differences and paired counts.

Every function takes scalars or arrays and gives back the same: floats, or float64 arrays of the
common shape. NaN (or None) means "not reported" and gives NaN; so does a denominator of zero.
"""

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
    z_value,
)

Interval = tuple[FloatLike, FloatLike]


class Difference(NamedTuple):
    """A difference of two proportions and its limits, each between -1 and 1."""

    difference: FloatLike
    lower: FloatLike
    upper: FloatLike


def _wilson(x: FloatArray, n: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    z = z_value(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = z * np.sqrt(z * z + 4.0 * x * (n - x) / n)
        share = x / n
        lower = (2.0 * x + z * z - root) / (2.0 * (n + z * z))
        upper = (2.0 * x + z * z + root) / (2.0 * (n + z * z))
    # Rounding in the last digit may carry a limit past 0, 1 or the share itself.
    lower = np.where(x == 0.0, 0.0, np.minimum(np.maximum(lower, 0.0), share))
    upper = np.where(x == n, 1.0, np.maximum(np.minimum(upper, 1.0), share))
    unknown = ~(n > 0.0) | np.isnan(x)
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def wilson_interval(x: Values, n: Values, level: float = 0.95) -> Interval:
    """Return the Wilson score interval of a proportion x / n, as (lower, upper) within 0 to 1.

    Formula: (2x + z² ± z √(z² + 4x(1 - x/n))) / (2(n + z²)), z = ndtri((1 + level) / 2).
    Edge cases: n = 0 or anything NaN gives NaN; x = 0 gives a lower limit of exactly 0, x = n an
    upper limit of exactly 1. ValueError for a negative count or x > n.
    Source: Wilson, JASA 22 (1927) 209-212; Newcombe, Statist. Med. 17 (1998) 857-872.

    >>> lower, upper = wilson_interval(81, 263)
    >>> round(lower, 4), round(upper, 4)
    (0.2553, 0.3662)
    """
    (x_, n_), scalar = floats(x, n)
    check_counts(x_, n_)
    lower, upper = _wilson(x_, n_, level)
    return give(lower, scalar), give(upper, scalar)


def byar_interval(x: Values, level: float = 0.95) -> Interval:
    """Return Byar's interval of a Poisson count, as (lower, upper) counts.

    Formula: lower = x(1 - 1/(9x) - z/(3√x))³, 0 when x = 0; upper the same with x + 1 and +z.
    A lower limit that the approximation would carry below 0 (x = 1 at 99.8 %) is 0.
    NaN gives NaN; ValueError for a negative count.
    Source: Breslow and Day, Statistical Methods in Cancer Research II (IARC, 1987), 69.

    >>> lower, upper = byar_interval(65)
    >>> round(lower, 3), round(upper, 3)
    (50.163, 82.849)
    """
    (x_,), scalar = floats(x)
    check_counts(x_)
    z = z_value(level)
    more = x_ + 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = x_ * (1.0 - 1.0 / (9.0 * x_) - z / (3.0 * np.sqrt(x_))) ** 3
    lower = np.where(x_ == 0.0, 0.0, np.maximum(lower, 0.0))
    upper = more * (1.0 - 1.0 / (9.0 * more) + z / (3.0 * np.sqrt(more))) ** 3
    return give(lower, scalar), give(upper, scalar)


def rate_interval(x: Values, n: Values, level: float = 0.95) -> Interval:
    """Return Byar's interval of a rate x / n on a large population n, in the unit of x / n.

    The population counts as known, so the limits are those of the count divided by n.
    n = 0 gives NaN; ValueError for a negative count.

    >>> lower, upper = rate_interval(65, 100_000)
    >>> round(lower * 100_000, 3), round(upper * 100_000, 3)
    (50.163, 82.849)
    """
    (x_, n_), scalar = floats(x, n)
    check_counts(n_)
    lower, upper = (np.asarray(limit) for limit in byar_interval(x_, level))
    size = np.where(n_ > 0.0, n_, np.nan)
    return give(lower / size, scalar), give(upper / size, scalar)


def ratio_of_share(share: Values) -> FloatLike:
    """Return the sex ratio, males per 100 females, of a male share of births.

    A share of 1 (no girls) is a ratio of infinity.

    >>> round(ratio_of_share(0.5145631067961165), 6)
    106.0
    """
    (p,), scalar = floats(share)
    with np.errstate(divide="ignore", invalid="ignore"):
        return give(np.where(p >= 1.0, np.inf, 100.0 * p / (1.0 - p)), scalar)


def share_of_ratio(ratio: Values) -> FloatLike:
    """Return the male share of births of a sex ratio per 100.

    >>> round(share_of_ratio(106), 6)
    0.514563
    """
    (r,), scalar = floats(ratio)
    with np.errstate(invalid="ignore"):
        return give(np.where(np.isinf(r), 1.0, r / (100.0 + r)), scalar)


def sex_ratio_interval(males: Values, females: Values, level: float = 0.95) -> Interval:
    """Return the interval of a sex ratio at birth, males per 100 females, as (lower, upper).

    Formula: Wilson's limits of the male share p, each mapped by 100 p / (1 - p).
    Edge cases: no births gives NaN; no girls gives an upper limit of infinity, no boys a lower
    limit of 0. ValueError for a negative count.
    Source: Wilson's interval keeps its coverage under a monotone map (Newcombe 1998).

    >>> [round(limit) for limit in sex_ratio_interval(54, 46)]
    [79, 174]
    """
    (m, f), scalar = floats(males, females)
    check_counts(m)
    check_counts(f)
    limits = (np.asarray(ratio_of_share(limit)) for limit in _wilson(m, m + f, level))
    lower, upper = limits
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(f > 0.0, 100.0 * m / f, np.inf)
    lower, upper = np.minimum(lower, ratio), np.maximum(upper, ratio)
    unknown = ~(m + f > 0.0)
    lower, upper = np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)
    return give(lower, scalar), give(upper, scalar)


def births_needed(ratio: Values, benchmark: Values = 107.0, level: float = 0.95) -> FloatLike:
    """Return how many births a sex ratio needs for its interval to leave a benchmark behind.

    Formula: Wilson inverted, z² p₀(1 - p₀) / (p - p₀)² on the male shares of both ratios,
    rounded up. The benchmark itself needs infinitely many.

    >>> [births_needed(ratio) for ratio in (115, 120, 130)]
    [2969.0, 1178.0, 412.0]
    """
    (r, b), scalar = floats(ratio, benchmark)
    p, p0 = np.asarray(share_of_ratio(r)), np.asarray(share_of_ratio(b))
    with np.errstate(divide="ignore", invalid="ignore"):
        births = z_value(level) ** 2 * p0 * (1.0 - p0) / (p - p0) ** 2
    return give(np.ceil(births), scalar)


def newcombe_difference(
    x1: Values, n1: Values, x2: Values, n2: Values, level: float = 0.95
) -> Difference:
    """Return x1/n1 - x2/n2 with its interval, as (difference, lower, upper).

    Formula: Newcombe's hybrid score (method 10), with l and u the Wilson limits of each part:
    lower = d - √((p1 - l1)² + (u2 - p2)²), upper = d + √((u1 - p1)² + (p2 - l2)²).
    Edge cases: either n = 0 gives NaN; ValueError for a negative count or x > n.
    Source: Newcombe, Statist. Med. 17 (1998) 873-890, table II: 56/70 against 48/80.

    >>> [round(value, 4) for value in newcombe_difference(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    (a, n, b, m), scalar = floats(x1, n1, x2, n2)
    check_counts(a, n)
    check_counts(b, m)
    (l1, u1), (l2, u2) = _wilson(a, n, level), _wilson(b, m, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = a / n, b / m
    difference = p1 - p2
    lower = difference - np.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    upper = difference + np.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    difference = np.where(np.isnan(lower), np.nan, difference)
    return Difference(give(difference, scalar), give(lower, scalar), give(upper, scalar))


def paired_interval(
    first: Values,
    second: Values,
    level: float = 0.95,
    *,
    only_first: Values = None,
    only_second: Values = None,
) -> Interval:
    """Return the interval of (first - second) / first, two counts of the same events.

    Recount against reports, one department against another: the events that both found cancel,
    and chance lies only in those that one of them found. Formula: with b found by the first
    only and c by the second only, each with Byar's limits, MOVER of b - c, over `first`:
    (b - c - √((b - l_b)² + (u_c - c)²)) / first, (b - c + √((u_b - b)² + (c - l_c)²)) / first.
    Without b and c, the narrowest case that the totals allow: all differences one way.
    Edge cases: first = 0 gives NaN. ValueError for a negative count.
    Source: Zou and Donner, Statist. Med. 27 (2008) 1693-1702, on Byar's limits.

    >>> [round(100 * limit, 1) for limit in paired_interval(500, 470)]
    [3.9, 8.6]
    """
    (a, b), scalar = floats(first, second)
    check_counts(a)
    check_counts(b)
    more = np.maximum(a - b, 0.0) if only_first is None else only_first
    less = np.maximum(b - a, 0.0) if only_second is None else only_second
    (more, less, base), alone = floats(more, less, a)
    l1, u1 = (np.asarray(limit) for limit in byar_interval(more, level))
    l2, u2 = (np.asarray(limit) for limit in byar_interval(less, level))
    base = np.where(base > 0.0, base, np.nan)
    lower = (more - less - np.sqrt((more - l1) ** 2 + (u2 - less) ** 2)) / base
    upper = (more - less + np.sqrt((u1 - more) ** 2 + (less - l2) ** 2)) / base
    return give(lower, scalar and alone), give(upper, scalar and alone)
