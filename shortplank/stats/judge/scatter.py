"""How far counts scatter beyond chance: flows by month, stocks in groups, changes over a year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats

# Rounds of proportional fitting; rates by unit times rates by month settle within a few.
ROUNDS = 12
# A group size is believed where it stands two of its own errors above single persons.
ERRORS = 2.0


class PairedScatter(NamedTuple):
    """Variance of changes as a multiple of two independent samples', and what it rests on."""

    kappa: float
    df: float


def month_dispersion(x: Values, n: Values, declared: float = 1.0) -> float:
    """Return the scatter φ of a flow beyond binomial chance, from unit × month counts.

    `x` of `n`, shape (months, units). Formula: Pearson's χ² of the cells against a two-way fit (a
    rate a unit times a factor a month, on the rarer of the two outcomes), over (months - 1) ×
    (units - 1); at least `declared`, the size of cases that come together, and at least 1.
    Edge cases: cells that are unknown or empty are left out; fewer than ten degrees of freedom
    give `declared`. ValueError for a negative count or x > n.
    Source: McCullagh and Nelder, Generalized Linear Models (1989), section 4.5.

    >>> month_dispersion([[5, 10], [10, 5]] * 8, [[20, 20]] * 16) > 1.0
    True
    """
    (x_, n_), _ = floats(x, n)
    least = max(1.0, declared)
    if x_.ndim != 2 or not x_.size:
        return least
    check_counts(x_, n_)
    known = ~np.isnan(x_) & (n_ > 0.0)
    x_, n_ = np.where(known, x_, 0.0), np.where(known, n_, 0.0)
    rare = x_ if 2.0 * x_.sum() <= n_.sum() else n_ - x_
    expected = _two_way(rare, n_)
    spread = expected * (1.0 - expected / np.where(n_ > 0.0, n_, 1.0))
    used = spread > 1e-9
    freedom = used.sum() - np.any(used, axis=0).sum() - np.any(used, axis=1).sum() + 1
    if freedom < 10:
        return least
    chi2 = float(((rare - expected)[used] ** 2 / spread[used]).sum())
    return max(least, chi2 / float(freedom))


def _two_way(x: FloatArray, n: FloatArray) -> FloatArray:
    """Return cases expected from n times a rate a unit times a factor a month, by its margins."""
    fitted = np.array(n)
    for _ in range(ROUNDS):
        for axis in (0, 1):
            have, want = fitted.sum(axis=axis, keepdims=True), x.sum(axis=axis, keepdims=True)
            fitted = fitted * np.where(have > 0.0, want / np.where(have > 0.0, have, 1.0), 0.0)
        fitted = np.minimum(fitted, n)
    return fitted


def series_dispersion(x: Values, n: Values) -> float:
    """Return the scatter φ of one series of months around its own level; 0 is none at all.

    `x` of `n`, shape (months,). Formula: Pearson's χ² against the pooled rate over months - 1.
    Edge cases: unknown and empty months are left out; fewer than two, or a rate of 0 or 1, give 0.

    >>> round(series_dispersion([40, 50, 60], [100, 100, 100]), 2)
    4.0
    """
    (x_, n_), _ = floats(x, n)
    known = ~np.isnan(x_) & (n_ > 0.0)
    x_, n_ = x_[known], n_[known]
    p = x_.sum() / n_.sum() if n_.size else 0.0
    if x_.size < 2 or not 0.0 < p < 1.0:
        return 0.0
    chi2 = float(((x_ - n_ * p) ** 2 / n_).sum() / (p * (1.0 - p)))
    return chi2 / (x_.size - 1)


def stock_groups(x: Values) -> float:
    """Return the size c of groups that enter and leave a stock together; 1 is single persons.

    `x` is (months, units), the stock at each month's end. Formula: months' changes as a compound
    Poisson process with jumps of size C have cumulants k₂ = λE[C²], k₄ = λE[C⁴]; √(Σk₄/Σk₂) over
    the units, by Fisher's k-statistics, bounds E[C²]/E[C] from above. 1 unless it stands two
    jackknife errors (one unit left out at a time) above 1.
    Edge cases: units with fewer than six changes say nothing; fewer than five units give 1.
    Source: Fisher, Proc. London Math. Soc. 30 (1929) 199-238, the k-statistics.

    >>> stock_groups([[100 + step % 3] * 6 for step in range(24)])
    1.0
    """
    (x_,), _ = floats(x)
    if x_.ndim != 2:
        raise ValueError("a stock is (months, units)")
    k2, k4 = _cumulants(np.diff(x_, axis=0))
    if k2.size < 5 or k2.sum() <= 0.0:
        return 1.0
    ratios = (k4.sum() - k4) / np.maximum(k2.sum() - k2, 1e-300)
    whole = float(np.sqrt(max(k4.sum() / k2.sum(), 0.0)))
    left = np.sqrt(np.maximum(ratios, 0.0))
    error = float(np.sqrt((k2.size - 1) / k2.size * ((left - left.mean()) ** 2).sum()))
    return whole if whole - ERRORS * error > 1.0 else 1.0


def _cumulants(changes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Fisher's k₂ and k₄ of each column, unbiased; columns that say too little left out."""
    known = ~np.isnan(changes)
    count = known.sum(axis=0)
    changes, count = changes[:, count >= 6], count[count >= 6].astype(np.float64)
    if not changes.size:
        return np.zeros(0), np.zeros(0)
    gap = changes - np.nanmean(changes, axis=0)
    s2, s4 = np.nansum(gap**2, axis=0), np.nansum(gap**4, axis=0)
    k2 = s2 / (count - 1)
    k4 = count * (count + 1) * s4 - 3 * (count - 1) * s2**2
    return k2, k4 / ((count - 1) * (count - 2) * (count - 3))


def paired_dispersion(x1: Values, n1: Values, x2: Values, n2: Values) -> PairedScatter:
    """Return how far units' changes scatter, as a multiple κ of two independent samples' chance.

    `x1` of `n1` now and `x2` of `n2` a year before, shape (units,). Formula: with each unit's
    change d, h = n₁n₂/(n₁ + n₂) and D the mean of d by h, κ = Σ h(d - D)² / Σ v(1 - h/Σh), where
    v = p(1 - p)N/(N - 1) of both periods together (N = n₁ + n₂) is without bias also where most
    units have no case. df = (Σh)²/Σh² - 1. A stock of which most stay counts the same persons
    twice: κ is below 1; where units move by more than chance it is above.
    Edge cases: units without both figures are left out; fewer than two, or no case at all, give
    κ = NaN, df = 0. ValueError for a negative count or x > n.
    Source: Wedderburn, Biometrika 61 (1974) 439-447 (quasi-likelihood).

    >>> paired_dispersion([8, 8, 8], [10, 10, 10], [8, 8, 8], [10, 10, 10])
    PairedScatter(kappa=0.0, df=2.0)
    """
    (a, n, b, m), _ = floats(x1, n1, x2, n2)
    check_counts(a, n)
    check_counts(b, m)
    known = ~(np.isnan(a) | np.isnan(b)) & (n > 0.0) & (m > 0.0) & (n + m > 1.0)
    a, n, b, m = a[known], n[known], b[known], m[known]
    p, size = (a + b) / (n + m), n * m / (n + m)
    variance = p * (1.0 - p) * (n + m) / (n + m - 1.0)
    usual = float((variance * (1.0 - size / size.sum())).sum()) if a.size > 1 else 0.0
    if not usual > 0.0:
        return PairedScatter(float("nan"), 0.0)
    d = a / n - b / m
    mean = float((size * d).sum() / size.sum())
    freedom = float(size.sum() ** 2 / (size**2).sum()) - 1.0
    return PairedScatter(float((size * (d - mean) ** 2).sum()) / usual, freedom)
