"""Values that stand out of their own series: large counts by modified z, sparse ones by tails."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats, special
from shortplank.stats.funnel import benjamini_hochberg
from shortplank.stats.quality import MAD_FACTOR, modified_z

MODERATE, EXTREME = 3.5, 5.0
# Below this median a count is sparse: the modified z would cry wolf at every import.
SPARSE_MEDIAN = 10.0
FALSE_DISCOVERY_RATE = 0.05
# A sparse count is extreme where even this rate of false discoveries would list it.
EXTREME_RATE = 0.001
# Efficiency of the MAD as an estimate of a normal's scale.
MAD_EFFICIENCY = 0.37
# Fewer values than this in a series give no verdict.
LEAST_POINTS = 6


class Outliers(NamedTuple):
    """Grades 0 none, 1 moderate, 2 extreme, with the evidence and the people affected.

    `z` is the modified z of large series (NaN for sparse ones), `q` the adjusted p-value;
    `affected` is |value - median of its series|, by which a list is ordered.
    """

    grade: NDArray[np.int64]
    z: FloatArray
    q: FloatArray
    affected: FloatArray


def _others(v: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return number, mean and variance of the other values of the same row."""
    known = ~np.isnan(v)
    filled = np.where(known, v, 0.0)
    total, squares = filled.sum(-1, keepdims=True), (filled**2).sum(-1, keepdims=True)
    k = known.sum(-1, keepdims=True) - 1.0
    size = np.where(k > 1.0, k, np.nan)
    mean = (total - filled) / size
    variance = np.maximum((squares - filled**2 - size * mean**2) / (size - 1.0), 0.0)
    return size, mean, variance


def count_tail(values: Values) -> FloatArray:
    """Return each count's two-sided p-value given the other counts of its series (last axis).

    Predictive of a Poisson count after k others of mean m (a negative binomial, which carries
    the mean's own uncertainty); where the others scatter more than Poisson, their excess
    variance widens it. p = 2 · the smaller tail, at most 1. Fewer than six values give NaN.
    Source: Gelman et al., Bayesian Data Analysis (2013), 2.6; Hilbe, Negative Binomial
    Regression (2011).

    >>> count_tail([1, 0, 2, 1, 0, 1, 1, 9]).round(3).tolist()
    [1.0, 0.768, 0.702, 1.0, 0.768, 1.0, 1.0, 0.0]
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    check_counts(v)
    return _count_tail(v, slice(None))


def _count_tail(v: FloatArray, months: slice) -> FloatArray:
    """Return `count_tail` of some months, NaN in the others."""
    result = np.full(v.shape, np.nan)
    k, mean, variance = (np.broadcast_to(part, v.shape)[..., months] for part in _others(v))
    v = v[..., months]
    known = ~np.isnan(v) & (k + 1.0 >= LEAST_POINTS)
    centre = mean + 0.5 / k
    excess = np.maximum(variance - mean, 0.0) / centre**2
    # One over the negative binomial's size: over-dispersion plus what k values leave unknown.
    size = 1.0 / (excess + 1.0 / (k * centre))
    share = size / (size + centre)
    x = np.where(known, v, 0.0)
    size, share = np.where(known, size, 1.0), np.where(known, share, 0.5)
    at_most = special.betainc(size, x + 1.0, share)
    at_least = np.where(x > 0.0, special.betaincc(size, np.maximum(x, 1.0), share), 1.0)
    p = np.minimum(2.0 * np.minimum(at_most, at_least), 1.0)
    result[..., months] = np.where(known, p, np.nan)
    return result


def _robust_tail(v: FloatArray, k: FloatArray, middle: FloatArray) -> FloatArray:
    """Return two-sided p-values of whole-number series by their median and MAD.

    The MAD of k values knows σ no better than a standard deviation of 0.37 k does: Student's t
    with that many degrees, widened by the median's own error (variance π/2k). A whole-number
    MAD of d may stand for anything up to d + ½, and is taken as that.
    """
    empty = np.isnan(v).all(axis=-1, keepdims=True)
    away = np.where(empty, 0.0, np.abs(v - middle))
    scale = (np.nanmedian(away, axis=-1, keepdims=True) + 0.5) / MAD_FACTOR
    scale = scale * np.sqrt(1.0 + np.pi / (2.0 * np.maximum(k, 1.0)))
    freedom = np.maximum(MAD_EFFICIENCY * k, 1.0)
    tail: FloatArray = 2.0 * special.stdtr(freedom, -away / scale)
    return np.where(np.isnan(v), np.nan, tail)


def find_outliers(values: Values, only_last: bool = False) -> Outliers:
    """Return graded outliers of series of counts, units × months (or one series).

    A series with a median of at least 10 is judged by its modified z (3.5 moderate, 5 extreme),
    a sparse one by `count_tail` alone; every p-value judged here (for a large series, twice the
    smaller of `count_tail` and Student's t of the modified z) goes through one
    Benjamini-Hochberg, and a grade needs q ≤ 5 % as well (a sparse count is extreme at 0.1 %).
    The bare 3.5 would mark one of eight blameless years, and nine of ten blameless imports.
    `only_last` judges the newest month alone, as an import does. Fewer than six values, or no
    variation in a large series, give grade 0 and NaN. ValueError for a negative count.

    >>> found = find_outliers([[50, 52, 49, 51, 50, 48, 51, 90], [0, 1, 0, 0, 2, 1, 0, 1]])
    >>> found.grade[:, -1].tolist(), found.affected[:, -1].tolist()
    ([2, 0], [39.5, 0.5])
    """
    (v,), _ = floats(values)
    shape, v = np.atleast_1d(v).shape, np.atleast_2d(v)
    check_counts(v)
    k = np.count_nonzero(~np.isnan(v), axis=-1, keepdims=True).astype(np.float64)
    enough = k >= LEAST_POINTS
    middle = np.nanmedian(np.where(enough, v, 0.0), axis=-1, keepdims=True)
    large = enough & (middle >= SPARSE_MEDIAN)
    judged = enough & np.ones(v.shape, dtype=bool)
    if only_last:
        judged[:, :-1] = False
    z = np.where(large & judged, modified_z(v), np.nan)
    tail = _count_tail(v, slice(-1, None) if only_last else slice(None))
    # Two looks at a large series, the better one doubled: few months say little about σ, but
    # a count's own Poisson scatter is known.
    both = np.minimum(2.0 * np.minimum(_robust_tail(v, k, middle), tail), 1.0)
    p = np.where(judged, np.where(large, both, tail), np.nan)
    q = benjamini_hochberg(p.ravel()).reshape(v.shape)
    with np.errstate(invalid="ignore"):
        listed = q <= FALSE_DISCOVERY_RATE
        moderate = listed & (~large | (np.abs(z) >= MODERATE))
        extreme = moderate & np.where(large, np.abs(z) >= EXTREME, q <= EXTREME_RATE)
    grade = (moderate.astype(np.int64) + extreme).reshape(shape)
    affected = np.where(enough, np.abs(v - middle), np.nan)
    return Outliers(grade, z.reshape(shape), q.reshape(shape), affected.reshape(shape))
