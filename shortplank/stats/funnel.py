"""Many units against one value: funnel limits and over-dispersion; many tests at once."""

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
from shortplank.stats.binomial import check_share

# Share of the z-scores pulled in at each end (FunnelPlotR's `trim_by`).
WINSORISED_SHARE = 0.1


class _PhiTau(NamedTuple):
    phi: float
    tau2: float


class Overdispersion(_PhiTau):
    """Raw φ and between-unit variance τ², with the winsorised φ beside them.

    A pair, so that `phi, tau2 = overdispersion(x, n)` reads; `phi_winsorised` is an attribute.
    """

    phi_winsorised: float

    def __new__(
        cls, phi: float, tau2: float, phi_winsorised: float = float("nan")
    ) -> Overdispersion:
        self = super().__new__(cls, phi, tau2)
        self.phi_winsorised = phi_winsorised
        return self

    def __repr__(self) -> str:
        return (
            f"Overdispersion(phi={self.phi!r}, tau2={self.tau2!r}, "
            f"phi_winsorised={self.phi_winsorised!r})"
        )


def funnel_limits(p0: Values, n: Values, level: float = 0.95) -> tuple[FloatLike, FloatLike]:
    """Return the funnel limits of a proportion p0 at denominators n, as (lower, upper).

    Formula: p0 ± z √(p0(1 - p0)/n), clipped to 0 to 1. They invert Wilson's interval exactly: a
    unit lies outside these limits when its Wilson interval leaves p0 out.
    Edge cases: n = 0 or NaN gives NaN. ValueError for a negative n or p0 outside 0 to 1.
    Source: Spiegelhalter, Statist. Med. 24 (2005) 1185-1202.

    >>> [round(limit, 4) for limit in funnel_limits(0.9, 100)]
    [0.8412, 0.9588]
    """
    (p, size), scalar = floats(p0, n)
    check_counts(size)
    check_share(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z_value(level) * np.sqrt(p * (1.0 - p) / np.where(size > 0.0, size, np.nan))
    lower, upper = np.clip(p - spread, 0.0, 1.0), np.clip(p + spread, 0.0, 1.0)
    return give(lower, scalar), give(upper, scalar)


def overdispersed_limits(
    p0: Values, n: Values, tau2: float, level: float = 0.95
) -> tuple[FloatLike, FloatLike]:
    """Return the funnel limits widened by a between-unit variance τ², as (lower, upper).

    Formula: sin²(clamp(asin √p0 ± z √(1/(4n) + τ²), 0, π/2)), on the scale of `overdispersion`.
    n = 0 gives NaN.
    Source: Spiegelhalter et al., J. R. Statist. Soc. A 175 (2012) 1-47; FunnelPlotR.

    >>> [round(limit, 4) for limit in overdispersed_limits(0.9, 100, 0.01)]
    [0.7349, 0.9895]
    """
    (p, size), scalar = floats(p0, n)
    check_counts(size)
    check_share(p)
    if not tau2 >= 0.0:
        raise ValueError("tau2 is negative")
    spread = z_value(level) * np.sqrt(0.25 / np.where(size > 0.0, size, np.nan) + tau2)
    centre = np.arcsin(np.sqrt(p))
    lower = np.sin(np.clip(centre - spread, 0.0, np.pi / 2.0)) ** 2
    upper = np.sin(np.clip(centre + spread, 0.0, np.pi / 2.0)) ** 2
    return give(lower, scalar), give(upper, scalar)


def pooled_share(x: Values, n: Values) -> float:
    """Return Σx / Σn over the units that reported both; NaN where nothing was counted.

    >>> pooled_share([1, 2, None], [10, 20, 30])
    0.1
    """
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    known = ~(np.isnan(x_) | np.isnan(n_))
    whole = float(n_[known].sum())
    return float(x_[known].sum()) / whole if whole > 0.0 else float("nan")


def funnel_z(x: Values, n: Values, p0: Values = None, tau2: float = 0.0) -> FloatLike:
    """Return each unit's z-score on the arcsine scale, (asin √(x/n) - asin √p0) / √(s² + τ²).

    s² = 1/(4n); p0 is Σx / Σn unless given. n = 0 gives NaN.

    >>> [round(float(z), 2) for z in funnel_z([50, 70], [100, 100], 0.6)]
    [-2.01, 2.11]
    """
    value = pooled_share(x, n) if p0 is None else p0
    (x_, n_, p), scalar = floats(x, n, value)
    check_counts(x_, n_)
    size = np.where(n_ > 0.0, n_, np.nan)
    gap = np.arcsin(np.sqrt(x_ / size)) - np.arcsin(np.sqrt(p))
    return give(gap / np.sqrt(0.25 / size + tau2), scalar)


def overdispersion(x: Values, n: Values, p0: float | None = None) -> Overdispersion:
    """Return the raw φ and τ² of proportions x / n around p0 (Σx / Σn unless given).

    Formula: y = asin √p, s = 1/(2√n), z = (y - asin √p0)/s; φ = Σz²/k, about 1 under chance.
    τ² uses z winsorised by 10 % at each end (`phi_winsorised`, about 0.7 under chance): 0 where
    kφ_w < k - 1, else max(0, (kφ_w - (k - 1)) / (Σw - Σw²/Σw)) with w = 1/s².
    Edge cases: units with n = 0 are left out; fewer than two units give φ = NaN and τ² = 0.
    Source: FunnelPlotR (Mainey), after Spiegelhalter 2005 and DerSimonian and Laird 1986.

    >>> phi, tau2 = overdispersion([90, 80, 95, 60], [100, 100, 100, 100])
    >>> round(phi, 3), round(tau2, 5)
    (12.169, 0.02505)
    """
    (x_, n_), _ = floats(x, n)
    z = np.atleast_1d(np.asarray(funnel_z(x_, n_, p0)))
    known = ~np.isnan(z)
    z, k = z[known], int(known.sum())
    if k < 2:
        return Overdispersion(float("nan"), 0.0)
    ends = np.quantile(z, [WINSORISED_SHARE, 1.0 - WINSORISED_SHARE])
    phi = float(np.mean(z**2))
    winsorised = float(np.mean(np.clip(z, *ends) ** 2))
    weights = 4.0 * np.atleast_1d(n_)[known]
    spare = weights.sum() - (weights**2).sum() / weights.sum()
    excess = k * winsorised - (k - 1)
    return Overdispersion(phi, max(0.0, float(excess / spare)), winsorised)


def benjamini_hochberg(p: Values) -> FloatArray:
    """Return the Benjamini-Hochberg adjusted p-values; flag those at or under the wanted rate.

    Formula: p₍ᵢ₎ m / i, made monotone from the largest down, at most 1. NaN stays NaN and is
    not counted in m. ValueError outside 0 to 1.
    Source: Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995) 289-300.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(4)
    array([0.04  , 0.0533, 0.0533, 0.5   ])
    """
    (values,), _ = floats(p)
    values = np.atleast_1d(values)
    if np.any((values < 0.0) | (values > 1.0)):
        raise ValueError("a p-value lies outside 0 to 1")
    known = ~np.isnan(values)
    ordered = np.argsort(values[known], kind="stable")
    m = ordered.size
    scaled = values[known][ordered] * m / np.arange(1, m + 1)
    monotone = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    adjusted, result = np.empty(m), np.full(values.shape, np.nan)
    adjusted[ordered] = monotone
    result[known] = adjusted
    return result
