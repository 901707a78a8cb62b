"""Quality of reported figures: is it all here, does it agree, is anything worth checking.

Nothing here accuses: every result is evidence that a figure is worth checking.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import (
    FloatArray,
    FloatLike,
    Values,
    check_counts,
    floats,
    give,
    special,
)
from shortplank.stats.binomial import binomial_at_least
from shortplank.stats.funnel import pooled_share
from shortplank.stats.intervals import paired_interval, wilson_interval

# Iglewicz and Hoaglin: 0.6745 is the normal's upper quartile, MAD = 0.6745 σ.
MAD_FACTOR = 0.6745
# √(2/π): the mean absolute deviation of a normal is 0.7979 σ.
MEAN_AD_FACTOR = 0.7979
# Least number of counts for the last-digit test: five expected in each of ten digits.
LEAST_DIGITS = 50
# Least expected successes and failures a unit for the dispersion test's χ² to hold.
LEAST_VARIANCE = 3.0


class Verification(NamedTuple):
    """Recounted over reported with its limits, and (recounted - reported) / recounted."""

    factor: FloatLike
    lower: FloatLike
    upper: FloatLike
    net_gap: FloatLike


class ErrorShare(NamedTuple):
    """Errors of every kind over records verified, and their limits."""

    share: FloatLike
    lower: FloatLike
    upper: FloatLike


class DispersionTest(NamedTuple):
    """χ² of units around one common rate, with the chance of as little or as much scatter."""

    chi2: float
    freedom: int
    p_low: float
    p_high: float


class Runs(NamedTuple):
    """Longest run of equal values, and the run that reaches the last value."""

    longest: NDArray[np.int64]
    current: NDArray[np.int64]


class DigitTest(NamedTuple):
    """χ² of last digits against equal shares; NaN with fewer than 50 counts above 20."""

    chi2: float
    p: float
    digits: NDArray[np.int64]


class PeerSmoothness(NamedTuple):
    """Mean squared step against chance, and its modified z among the units."""

    steps: FloatArray
    z: FloatArray


class YearEndJump(NamedTuple):
    """What the closing month should hold, and the chance of as much as was reported."""

    expected: FloatArray
    p: FloatArray


def completeness(received: Values, expected: Values) -> FloatLike:
    """Return reports received over reports expected; also received by the due day: timeliness.

    Expected and missing counts 0 (NaN received is 0); nothing expected is NaN, a blank.
    ValueError when more was received than expected.

    >>> completeness([3, None, 0], [4, 2, 0]).tolist()
    [0.75, 0.0, nan]
    """
    (got, due), scalar = floats(received, expected)
    got = np.where(np.isnan(got), 0.0, got)
    check_counts(got, due)
    return give(got / np.where(due > 0.0, due, np.nan), scalar)


def verification_factor(recounted: Values, reported: Values, level: float = 0.95) -> Verification:
    """Return recounted / reported with its interval, and the net gap over the recount.

    The limits are those of `paired_interval` for the gap g, mapped by 1 / (1 - g): one interval
    for the factor and for the gap. 1.05 reads "five births in every 105 were not reported".
    Edge cases: nothing recounted is NaN; nothing reported is infinite. ValueError for negatives.
    Source: WHO, Data Quality Review toolkit, verification factor.

    >>> [round(value, 3) for value in verification_factor(525, 500)]
    [1.05, 1.03, 1.076, 0.048]
    """
    (again, before), scalar = floats(recounted, reported)
    lower, upper = (np.asarray(limit) for limit in paired_interval(again, before, level))
    base = np.where(again > 0.0, again, np.nan)
    gap = (again - before) / base
    with np.errstate(divide="ignore"):
        factor, low, high = (
            np.where(part >= 1.0, np.inf, 1.0 / (1.0 - np.minimum(part, 1.0)))
            for part in (gap, lower, upper)
        )
    values = (factor, low, high, gap)
    blank = [np.where(np.isnan(gap), np.nan, value) for value in values]
    return Verification(*(give(value, scalar) for value in blank))


def absolute_error(
    verified: Values,
    omitted: Values,
    duplicate: Values,
    false: Values,
    misclassified: Values,
    level: float = 0.95,
) -> ErrorShare:
    """Return (omitted + duplicate + false + misclassified) / verified, with Wilson's limits.

    Errors of opposite sign do not cancel here, as they do in the net gap. verified = 0 is NaN;
    ValueError for negative counts or more errors than records.

    >>> [round(value, 4) for value in absolute_error(400, 12, 2, 1, 5)]
    [0.05, 0.0326, 0.076]
    """
    (n, *parts), scalar = floats(verified, omitted, duplicate, false, misclassified)
    for part in parts:
        check_counts(part)
    errors = np.sum(parts, axis=0)
    lower, upper = wilson_interval(errors, n, level)
    share = errors / np.where(n > 0.0, n, np.nan)
    return ErrorShare(give(share, scalar), lower if not scalar else float(lower), upper)


def dispersion_test(x: Values, n: Values) -> DispersionTest:
    """Return the test of proportions x / n scattering less (p_low) or more (p_high) than chance.

    Formula: χ² = Σ (x - n p)² / (n p(1 - p)), p = Σx/Σn, on k - 1 degrees; p_low its lower tail.
    Units are independent ones (villages of a township in one month, or a flow's months), never
    the months of a stock, which holds the same people every month.
    Edge cases: units with n p(1 - p) < 3 are left out, since χ² fails there; fewer than five
    units, or p of 0 or 1, give NaN.
    Source: Fisher's index of dispersion; Cochran, Biometrics 10 (1954) 417-451.

    >>> test = dispersion_test([90, 90, 91, 90, 89, 90, 90, 90], [100] * 8)
    >>> round(test.chi2, 3), test.p_low < 0.001
    (0.222, True)
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    p = pooled_share(x_, n_)
    used = n_ * p * (1.0 - p) >= LEAST_VARIANCE
    x_, n_ = x_[used & ~np.isnan(x_)], n_[used & ~np.isnan(x_)]
    p, k = pooled_share(x_, n_), x_.size
    if k < 5:
        return DispersionTest(float("nan"), max(k - 1, 0), float("nan"), float("nan"))
    chi2 = float(((x_ - n_ * p) ** 2 / (n_ * p * (1.0 - p))).sum())
    half = (k - 1) / 2.0
    low, high = special.gammainc(half, chi2 / 2.0), special.gammaincc(half, chi2 / 2.0)
    return DispersionTest(chi2, k - 1, float(low), float(high))


def peer_smoothness(x: Values, n: Values) -> PeerSmoothness:
    """Return how smooth each unit's series (units × months) is beside the others'.

    Formula: mean of (p₂ - p₁)² / (p(1 - p)(1/n₁ + 1/n₂)) over successive months, p the unit's
    own rate; its logarithm's modified z among the units, strongly negative for a suspiciously
    smooth one. It serves stocks, for which chance itself gives no yardstick but the others do.
    Edge cases: a series without a single step, or at 0 or 100 % throughout, gives NaN; one that
    never moves is given half the smallest step seen, so that it too can be compared.

    >>> x = [[90, 80, 92, 85], [91, 84, 90, 82], [88, 80, 85, 92], [90, 90, 90, 91]]
    >>> peer_smoothness(x, [[100] * 4] * 4).z.round(1).tolist()
    [1.3, 0.1, -0.1, -8.1]
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_2d(x_), np.atleast_2d(n_)
    check_counts(x_, n_)
    size = np.where((n_ > 0.0) & ~np.isnan(x_), n_, np.nan)
    whole = np.nansum(size, axis=1, keepdims=True)
    p = np.nansum(np.where(np.isnan(size), 0.0, x_), axis=1, keepdims=True)
    p = p / np.where(whole > 0.0, whole, np.nan)
    spread = p * (1.0 - p) * (1.0 / size[:, 1:] + 1.0 / size[:, :-1])
    squares = np.diff(x_ / size, axis=1) ** 2 / np.where(spread > 0.0, spread, np.nan)
    steps = np.sum(np.nan_to_num(squares), axis=1)
    counted = np.count_nonzero(~np.isnan(squares), axis=1)
    steps = steps / np.where(counted > 0, counted, np.nan)
    moved = steps[steps > 0.0]
    floor = moved.min() / 2.0 if moved.size else np.nan
    return PeerSmoothness(steps, modified_z(np.log(np.where(steps > 0.0, steps, steps + floor))))


def modified_z(values: Values) -> FloatArray:
    """Return the modified z-scores of values along the last axis, signed.

    Formula: 0.6745 (x - median) / MAD; where MAD = 0, 0.7979 (x - median) / mean absolute
    deviation from the median; where both are 0 (no variation) NaN, no verdict. NaN stays NaN.
    Moderate from 3.5, extreme from 5.
    Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993).

    >>> modified_z([10, 11, 10, 12, 11, 30]).round(2).tolist()
    [-0.67, 0.0, -0.67, 0.67, 0.0, 12.82]
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    middle = _nanmedian(v)
    away = v - middle
    mad = _nanmedian(np.abs(away))
    counted = np.count_nonzero(~np.isnan(v), axis=-1, keepdims=True)
    mean_ad = np.nansum(np.abs(away), axis=-1, keepdims=True) / np.maximum(counted, 1)
    scale = np.where(mad > 0.0, mad / MAD_FACTOR, mean_ad / MEAN_AD_FACTOR)
    return away / np.where(scale > 0.0, scale, np.nan)


def _nanmedian(v: FloatArray) -> FloatArray:
    """Return medians along the last axis (kept), NaN and no warning where all is NaN."""
    empty = np.isnan(v).all(axis=-1, keepdims=True)
    return np.where(empty, np.nan, np.nanmedian(np.where(empty, 0.0, v), axis=-1, keepdims=True))


def unchanged_runs(values: Values) -> Runs:
    """Return the longest run of equal values along the last axis, and the run at its end.

    A missing value ends a run and counts as none. "Unchanged for six months" speaks only where
    the median is at least 20: small counts repeat by chance.

    >>> runs = unchanged_runs([40, 41, 41, 41, 40, 40])
    >>> int(runs.longest), int(runs.current)
    (3, 2)
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    longest = np.zeros(v.shape[:-1], dtype=np.int64)
    current = np.zeros(v.shape[:-1], dtype=np.int64)
    for t in range(v.shape[-1]):
        same = (v[..., t] == v[..., t - 1]) if t else np.zeros(v.shape[:-1], dtype=bool)
        current = np.where(same, current + 1, np.where(np.isnan(v[..., t]), 0, 1))
        longest = np.maximum(longest, current)
    return Runs(longest, current)


def last_digit_test(counts: Values, least: float = 20.0) -> DigitTest:
    """Return the χ² test of last digits being equally frequent, on nine degrees of freedom.

    Only counts above `least` are used: below, the first digits alone make some last digits
    commoner. Fewer than 50 such counts give NaN.
    Source: Mosimann et al., Accountability in Research 9 (2002) 75-92.

    >>> last_digit_test([30, 40, 50, 60, 70] * 20).p < 1e-6
    True
    """
    (v,), _ = floats(counts)
    v = np.atleast_1d(v).ravel()
    used = np.rint(v[v > least]).astype(np.int64)
    digits = np.bincount(used % 10, minlength=10)
    if used.size < LEAST_DIGITS:
        return DigitTest(float("nan"), float("nan"), digits)
    even = used.size / 10.0
    chi2 = float(((digits - even) ** 2 / even).sum())
    return DigitTest(chi2, float(special.chdtrc(9.0, chi2)), digits)


def year_end_jump(closing: Values, year: Values, share: Values = None) -> YearEndJump:
    """Return what a year's closing month should hold, and P(as much as it does), by unit.

    `closing` is the last month's count, `year` the whole year's with it. Exact binomial upper
    tail with the share that the *other* units' closing months hold of their years, or `share`
    (30/365 for "no season at all"). One unit alone without a share gives NaN.

    >>> jump = year_end_jump([60, 25, 24, 26], [300, 300, 300, 300])
    >>> jump.expected.round(1).tolist(), (jump.p < 0.001).tolist()
    ([25.0, 36.7, 37.0, 36.3], [True, False, False, False])
    """
    (x, n), _ = floats(closing, year)
    x, n = np.atleast_1d(x), np.atleast_1d(n)
    check_counts(x, n)
    known = ~(np.isnan(x) | np.isnan(n))
    if share is None:
        rest = np.where(known, n, 0.0).sum() - np.where(known, n, 0.0)
        others = np.where(known, x, 0.0).sum() - np.where(known, x, 0.0)
        p = others / np.where(rest > 0.0, rest, np.nan)
    else:
        p = np.broadcast_to(floats(share)[0][0], x.shape)
    return YearEndJump(n * p, np.atleast_1d(binomial_at_least(x, n, p)))
