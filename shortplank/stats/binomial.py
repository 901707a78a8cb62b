"""Exact binomial probabilities for whole arrays, without loading scipy.stats."""

from __future__ import annotations

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


def check_share(p0: FloatArray) -> None:
    """Raise ValueError for a proportion outside 0 to 1."""
    if np.any((p0 < 0.0) | (p0 > 1.0)):
        raise ValueError("a proportion lies outside 0 to 1")


def _log_pmf(k: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    log = special.gammaln
    ways = log(n + 1.0) - log(k + 1.0) - log(n - k + 1.0)
    result: FloatArray = ways + special.xlogy(k, p) + special.xlog1py(n - k, -p)
    return result


def binomial_at_least(k: Values, n: Values, p: Values) -> FloatLike:
    """Return P(X ≥ k) for X binomial (n, p), exactly; 1 for k ≤ 0 and 0 for k > n.

    >>> round(binomial_at_least(2, 3, 0.5), 6)
    0.5
    """
    (k_, n_, p_), scalar = floats(k, n, p)
    inside = (k_ > 0.0) & (k_ <= n_)
    with np.errstate(invalid="ignore"):
        tail = special.betainc(np.where(inside, k_, 1.0), np.where(inside, n_ - k_ + 1, 1.0), p_)
    result = np.where(inside, tail, np.where(k_ <= 0.0, 1.0, 0.0))
    unknown = np.isnan(k_) | np.isnan(n_) | np.isnan(p_)
    return give(np.where(unknown, np.nan, result), scalar)


def binomial_quantile(q: Values, n: Values, p: Values) -> FloatLike:
    """Return the smallest count k with P(X ≤ k) ≥ q for X binomial (n, p); NaN gives NaN.

    >>> binomial_quantile([0.5, 0.00135], 100, 0.995).tolist()
    [100.0, 96.0]
    """
    (q_, n_, p_), scalar = floats(q, n, p)
    unknown = np.isnan(q_) | np.isnan(n_) | np.isnan(p_)
    q_, n_, p_, _ = np.broadcast_arrays(q_, n_, p_, unknown)
    below, high = np.full(q_.shape, -1.0), np.where(unknown, 0.0, n_)
    while np.any(high - below > 1.0):
        middle = np.floor((below + high) / 2.0)
        enough = 1.0 - np.asarray(binomial_at_least(middle + 1.0, n_, p_)) >= q_
        below, high = np.where(enough, below, middle), np.where(enough, middle, high)
    return give(np.where(unknown, np.nan, high), scalar)


def _mirror(x: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    """Return the count nearest p·n on the other side that is no likelier than x (bisection).

    Left of the mean the result is the largest such count of the lower tail, right of it the
    smallest of the upper tail; -1 or n + 1 where there is none.
    """
    # SciPy's binomtest forgives rounding by the same 1e-7.
    limit = _log_pmf(x, n, p) + np.log1p(1e-7)
    up = x < p * n
    near = np.where(up, np.ceil(p * n), np.floor(p * n))
    far = np.where(up, n + 1.0, -1.0)
    while np.any(np.abs(far - near) > 1.0):
        middle = np.where(np.abs(far - near) > 1.0, np.floor((near + far) / 2.0), far)
        inside = np.clip(middle, 0.0, n)
        rare = (_log_pmf(inside, n, p) <= limit) | (middle != inside)
        near, far = np.where(rare, near, middle), np.where(rare, middle, far)
    rare = _log_pmf(near, n, p) <= limit
    return np.where(rare, near, far)


def binomial_p_values(x: Values, n: Values, p0: Values) -> FloatLike:
    """Return the exact two-sided binomial p-value of x out of n against p0, element by element.

    Formula: the probability of every count no likelier than x (the rule of SciPy's `binomtest`),
    for whole arrays and without loading scipy.stats.
    Edge cases: n = 0 gives 1; NaN gives NaN; counts are rounded to whole numbers. ValueError
    for x > n, a negative count or p0 outside 0 to 1.
    Source: Clopper and Pearson's test in the minimum-likelihood ordering (R's binom.test).

    >>> round(binomial_p_values(682, 925, 0.75), 4)
    0.3825
    """
    (x_, n_, p), scalar = floats(x, n, p0)
    check_counts(x_, n_)
    check_share(p)
    shape, unknown = x_.shape, np.isnan(x_) | np.isnan(n_) | np.isnan(p)
    flat = (np.rint(np.where(unknown, 0.0, a)).ravel() for a in (x_, n_))
    k, m = flat
    p = np.where(unknown, 0.5, p).ravel()
    other = _mirror(k, m, p)
    low, high = np.where(k < p * m, k, other), np.where(k < p * m, other, k)
    result = 1.0 - np.asarray(binomial_at_least(low + 1.0, m, p))
    # 1 - P(X ≥ low + 1) loses the small tails: take them from the complement instead.
    inside = (low >= 0.0) & (low < m)
    tail = special.betaincc(np.where(inside, low + 1.0, 1.0), np.where(inside, m - low, 1.0), p)
    result = np.where(inside, tail, result)
    result = np.minimum(result + np.asarray(binomial_at_least(high, m, p)), 1.0)
    result = np.where(k == p * m, 1.0, result).reshape(shape)
    return give(np.where(unknown, np.nan, result), scalar)
