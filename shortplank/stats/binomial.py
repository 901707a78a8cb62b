"""Exact binomial probabilities for whole arrays, without loading scipy.stats."""

from __future__ import annotations

import numpy as np

from shortplank.stats._arrays import (
    FloatArray,
    FloatLike,
    Values,
    floats,
    give,
    special,
)


def check_share(p0: FloatArray) -> None:
    """Raise ValueError for a proportion outside 0 to 1."""
    if np.any((p0 < 0.0) | (p0 > 1.0)):
        raise ValueError("a proportion lies outside 0 to 1")


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
