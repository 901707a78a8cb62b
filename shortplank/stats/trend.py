"""Recent trend of a yearly series."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats, special

# χ²₁ at 0.998: the limit is 9.5495.
TREND_LEVEL = 0.998


class Trend(NamedTuple):
    """Direction of the last points: increasing, decreasing, none, or unknown (too few)."""

    direction: str
    chi2: float
    points: int


def _trend_score(x: FloatArray, n: FloatArray, t: FloatArray) -> float:
    return float((t * (x - n * x.sum() / n.sum())).sum())


def recent_trend(x: Values, n: Values, points: int = 5, family: str = "binomial") -> Trend:
    """Return the direction of the last `points` yearly proportions (or Poisson rates) x / n.

    Formula: χ² for trend, T²/V with T = Σ t(x - n p), V = p(1 - p)(Σ n t² - (Σ n t)²/Σn), p the
    pooled rate (for `poisson` V has p in place of p(1 - p)). It is a trend when χ² > 9.5495
    (χ²₁ at 0.998) and T keeps its sign when any one point is dropped.
    Edge cases: fewer than `points` unbroken points at the end give `unknown`; all 0 or all n
    gives `none`. ValueError for a negative count, or x > n for proportions.
    Source: Armitage, Biometrics 11 (1955) 375-386; OHID Fingertips, recent trends.

    >>> recent_trend([100, 120, 140, 160, 180], [1000] * 5).direction
    'increasing'
    >>> recent_trend([100, 104, 98, 101, 103], [1000] * 5).direction
    'none'
    """
    if family not in ("binomial", "poisson"):
        raise ValueError("family must be binomial or poisson")
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_)[-points:], np.atleast_1d(n_)[-points:]
    check_counts(x_, n_ if family == "binomial" else None)
    check_counts(n_)
    if x_.size < points or np.isnan(x_).any() or not (n_ > 0.0).all():
        return Trend("unknown", float("nan"), x_.size)
    t = np.arange(points, dtype=np.float64)
    p = x_.sum() / n_.sum()
    spread = p * (1.0 - p) if family == "binomial" else p
    variance = spread * float((n_ * t**2).sum() - (n_ * t).sum() ** 2 / n_.sum())
    if variance <= 0.0:
        return Trend("none", 0.0, points)
    score = _trend_score(x_, n_, t)
    chi2 = score**2 / variance
    kept = [np.delete(np.arange(points), i) for i in range(points)]
    signs = {np.sign(_trend_score(x_[k], n_[k], t[k])) for k in kept}
    if chi2 > float(special.chdtri(1.0, 1.0 - TREND_LEVEL)) and signs == {np.sign(score)}:
        return Trend("increasing" if score > 0.0 else "decreasing", chi2, points)
    return Trend("none", chi2, points)
