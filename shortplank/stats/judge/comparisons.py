"""The judge's comparisons: each gives one p-value, 1 where a difference is not worth a word."""

from __future__ import annotations

from typing import Literal, NamedTuple

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
from shortplank.stats.judge.scatter import series_dispersion

Side = Literal["below", "above"]

# How many months of plain chance a series' own scatter is held with.
PRIOR_MONTHS = 10.0
# A scatter this many times another's is no chance of its own: 1 % with twenty months' freedom.
TOGETHER = 1.9


class Step(NamedTuple):
    """A step of a series: its p-value, how many of the last months it is over, and by how much."""

    p: float
    months: int
    difference: float = float("nan")


class Change(NamedTuple):
    """A change in share with its 95 % limits and p-value."""

    p: float
    difference: float
    lower: float
    upper: float


def tail_below(x: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    """Return P(X ≤ x) of a binomial, by the incomplete beta; x and n may be fractions."""
    inside = x < n
    some = np.where(inside, n - x, 1.0)
    return np.where(inside, special.betainc(some, x + 1.0, 1.0 - p), 1.0)


def tail_above(x: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    """Return P(X ≥ x) of a binomial, by the incomplete beta; x and n may be fractions."""
    inside = x > 0.0
    some = np.where(inside, x, 1.0)
    return np.where(inside, special.betainc(some, np.maximum(n - x, 0.0) + 1.0, p), 1.0)


def against_rest(
    x: Values,
    n: Values,
    phi: float = 1.0,
    margin: float = 0.0,
    worse: Side = "below",
    *,
    total: tuple[float, float] | None = None,
) -> FloatArray:
    """Return the p-value of each unit being worse than the rest of the county, (units,).

    Formula: the rest's share P = (X + ½)/(N + 1); with c = φ(1 + n/N), the tail of x/c cases of
    n/c under P (incomplete beta). The factor 1 + n/N is the rest's own sampling. `margin`, a
    share: p = 1 where the unit is less than that worse. `total` is the county's x and n, the
    units' sum by default. Unknown units give NaN; so does a unit without a rest.
    Source: Fisher 1935; where the county is ten times the unit and φ = 1, p is his hypergeometric
    test's within 6 % down to 0.02, and up to a third smaller at 0.0001.

    >>> against_rest([12, 180, 190], [20, 200, 200]).round(4).tolist()
    [0.0001, 0.3208, 1.0]
    """
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    whole_x, whole_n = (
        (np.nansum(x_), np.nansum(np.where(np.isnan(x_), 0.0, n_))) if (total is None) else total
    )
    rest_x, rest_n = np.maximum(whole_x - x_, 0.0), whole_n - n_
    known = ~np.isnan(x_) & (n_ > 0.0) & (rest_n > 0.0)
    size, rest = np.where(known, n_, 1.0), np.where(known, rest_n, 1.0)
    share = (np.where(known, rest_x, 0.0) + 0.5) / (rest + 1.0)
    c = phi * (1.0 + size / rest)
    cases = np.where(known, x_, 0.0)
    tail = tail_below if worse == "below" else tail_above
    p = tail(cases / c, size / c, np.minimum(share, 1.0))
    gap = share - cases / size if worse == "below" else cases / size - share
    return np.where(known, np.where(gap < margin, 1.0, p), np.nan)


def against_range(males: Values, births: Values, upper: float, least: float = 50.0) -> FloatLike:
    """Return the p-value of a male share above a natural range's upper end, one-sided.

    `upper` is the range's end as a male share (not per 100). Exact binomial; NaN below `least`
    births. Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.

    >>> round(against_range(320, 570, 0.516908), 4)
    0.0185
    """
    (m, b), scalar = floats(males, births)
    check_counts(m, b)
    enough = ~np.isnan(m) & (b >= least)
    p = tail_above(np.where(enough, m, 0.0), np.where(enough, b, 1.0), np.full(m.shape, upper))
    return give(np.where(enough, p, np.nan), scalar)


def gap_beyond_range(
    gap: Values, n: Values, months_gap: Values, months_n: Values, ends: tuple[float, float]
) -> FloatArray:
    """Return the p-value of each unit's net gap lying outside a range, (units,).

    Two counts of the same events: `gap` is their difference of `n`, `months_*` the same by month
    (months, units). Formula: t = (|gap/n| beyond the nearer end)/√(s²/n), one-sided, with s² the
    pooled residual variance a case, Σ (g - r n)²/n of months around each unit's own rate r, and
    at least |r|, a unit's own differences all one way. Fewer than ten degrees of freedom: NaN.

    >>> gap_beyond_range([30], [200], [[3]] * 12, [[20]] * 12, (-0.05, 0.05)).round(4).tolist()
    [0.0019]
    """
    (g, n_), _ = floats(gap, n)
    (mg, mn), _ = floats(months_gap, months_n)
    known = ~np.isnan(mg) & (mn > 0.0)
    mg, mn = np.where(known, mg, 0.0), np.where(known, mn, 0.0)
    whole = mn.sum(axis=0)
    rate = mg.sum(axis=0) / np.where(whole > 0.0, whole, 1.0)
    residual = np.where(known, (mg - rate * mn) ** 2 / np.where(known, mn, 1.0), 0.0)
    freedom = float((known.sum(axis=0) - 1).clip(min=0).sum())
    if freedom < 10:
        return np.full(g.shape, np.nan)
    usable = ~np.isnan(g) & (n_ > 0.0)
    share = np.where(usable, g, 0.0) / np.where(usable, n_, 1.0)
    variance = np.maximum(residual.sum() / freedom, np.abs(share))
    beyond = np.maximum(share - ends[1], ends[0] - share)
    error = np.sqrt(np.maximum(variance, 1e-12) / np.where(usable, n_, 1.0))
    p = 1.0 - special.stdtr(freedom, beyond / error)
    return np.where(usable, np.where(beyond > 0.0, p, 1.0), np.nan)


def dispersion_test(x: Values, n: Values, phi: float = 1.0) -> float:
    """Return the p-value of units scattering more than chance around one share.

    Formula: χ² = Σ (x - nP)²/(nP(1 - P)) / φ, against a gamma with its exact mean and variance
    given all the margins (factorial moments of the hypergeometric, at effective counts n/φ).
    Edge cases: a unit of under one effective case is left out; fewer than three units, or fewer
    (effective) cases of the rarer outcome than units, give NaN: nothing can be said.
    Source: Dawson, Biometrika 41 (1954) 274-275; Nass, Biometrika 46 (1959) 365-385.

    >>> round(dispersion_test([8, 9, 10, 9], [10, 10, 10, 10]), 4)
    0.5772
    """
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    known = ~np.isnan(x_) & (n_ >= phi)
    x_, n_ = x_[known] / phi, n_[known] / phi
    cases, whole = float(x_.sum()), float(n_.sum())
    # A gamma is no likeness of χ² where most units have none of the rarer outcome (two vacancies
    # in 16 townships: p < 0.001 in one county of thirty), and its variance needs four cases.
    if x_.size < 3 or not min(cases, whole - cases) >= x_.size or whole <= 4.0:
        return float("nan")
    mean, variance = chi2_moments(n_, cases)
    if not variance > 1e-12:
        return float("nan")
    share = cases / whole
    chi2 = float(((x_ - n_ * share) ** 2 / n_).sum()) / (share * (1.0 - share))
    return float(special.gammaincc(mean**2 / variance, chi2 * mean / variance))


def chi2_moments(n: FloatArray, cases: float) -> tuple[float, float]:
    """Return mean and variance of χ² of a 2 × k table given its margins."""
    whole = float(n.sum())
    falls = np.cumprod([(cases - i) / (whole - i) for i in range(4)])
    # x² = x⁽²⁾ + x and so on: moments of Σ x²/n by factorial moments of the hypergeometric.
    first, second = n, n * (n - 1.0)
    third, fourth = second * (n - 2.0), second * (n - 2.0) * (n - 3.0)
    own = np.sum((fourth * falls[3] + 6 * third * falls[2] + 7 * second * falls[1]
                  + first * falls[0]) / n**2)  # fmt: skip
    a, b = second / n, first / n
    pairs = (
        (a.sum() ** 2 - (a**2).sum()) * falls[3]
        + 2.0 * (a.sum() * b.sum() - (a * b).sum()) * falls[2]
        + (b.sum() ** 2 - (b**2).sum()) * falls[1]
    )
    mean = float((a * falls[1] + b * falls[0]).sum())
    scale = whole**2 / (cases * (whole - cases))
    return scale * (mean - cases**2 / whole), scale**2 * float(own + pairs - mean**2)


def step(
    x: Values,
    n: Values,
    lengths: tuple[int, ...] = (1, 3, 6),
    least: int = 12,
    margin: float = 0.0,
    declared: float = 1.0,
) -> Step:
    """Return whether the last months of a series stand apart from those before.

    `x` of `n`, (months,), the last is now. For each length L two p-values, two-sided, of which the
    larger counts: the months as one unit against those before, as in `against_rest` with the
    `declared` φ, so that few cases are told by their exact tail; and
    t = (p₁ - p₀)/√(φp̄(1-p̄)(1/n₁+1/n₀)) with φ of the months before, to which chance alone (or
    `declared`) adds ten months' worth, and as many degrees of freedom, unless φ is 1.9 times
    that: twenty months say little of φ alone. The smallest over the lengths times their number
    (Bonferroni). `least` months must stand before; `margin` is the change from which a word is
    worth while. NaN where no length can be compared.
    Source of the moderated t: Smyth, Stat. Appl. Genet. Mol. Biol. 3 (2004) article 3.

    >>> step([80] * 18 + [40] * 6, [100] * 24).months
    6
    """
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    known = ~np.isnan(x_) & (n_ > 0.0)
    found: list[Step] = []
    for length in lengths:
        now, before = known.copy(), known.copy()
        now[:-length], before[-length:] = False, False
        if now.sum() < length or before.sum() < max(least, 2):
            continue
        found.append(_step_of(x_, n_, (now, before), margin, declared))
    if not found:
        return Step(float("nan"), 0)
    best = min(found, key=lambda each: each.p)
    return best._replace(p=min(1.0, best.p * len(found)))


def _step_of(
    x: FloatArray,
    n: FloatArray,
    parts: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    margin: float,
    declared: float,
) -> Step:
    now, before = parts
    a, m, b, k = (float(of[part].sum()) for part in parts for of in (x, n))
    months, difference = int(now.sum()), a / m - b / k
    if abs(difference) < margin:
        return Step(1.0, months, difference)
    side: Side = "below" if difference < 0.0 else "above"
    least = max(1.0, declared)
    phi, freedom = _moderated(series_dispersion(x[before], n[before]), before.sum() - 1, least)
    tail = float(against_rest([a], [m], least, 0.0, side, total=(a + b, m + k))[0])
    share = (a + b + 0.5) / (m + k + 1.0)
    error = np.sqrt(phi * share * (1.0 - share) * (1.0 / m + 1.0 / k))
    t = abs(difference) / max(float(error), 1e-12)
    return Step(min(1.0, 2.0 * max(tail, float(special.stdtr(freedom, -t)))), months, difference)


def _moderated(phi: float, freedom: float, usual: float) -> tuple[float, float]:
    """Return a series' φ and its degrees of freedom, held with the usual one where it can be."""
    if phi > TOGETHER * usual:
        return phi, freedom
    whole = freedom + PRIOR_MONTHS
    return (freedom * phi + PRIOR_MONTHS * usual) / whole, whole


def change(
    now: tuple[float, float],
    before: tuple[float, float],
    kappa: float,
    df: float,
    margin: float = 0.0,
) -> Change:
    """Return a share's change with its interval and p-value; `now`, `before` are (x, n).

    Formula: variance κ p̄(1 - p̄)(1/n₁ + 1/n₂), t with `df`, two-sided; p = 1 where the change is
    smaller than `margin`. NaN where either period has nothing.

    >>> change((820, 1000), (840, 1000), 1.0, 30, margin=0.01).p > 0.05
    True
    """
    (a, n), (b, m) = now, before
    if not (n > 0 and m > 0) or np.isnan(kappa) or np.isnan(a) or np.isnan(b):
        return Change(*(float("nan"),) * 4)
    difference = a / n - b / m
    share = (a + b + 0.5) / (n + m + 1.0)
    error = float(np.sqrt(kappa * share * (1.0 - share) * (1.0 / n + 1.0 / m)))
    far = float(special.stdtrit(df, 0.975)) * error
    p = (
        1.0
        if abs(difference) < margin
        else float(2.0 * special.stdtr(df, -abs(difference) / error))
    )
    return Change(p, difference, difference - far, difference + far)
