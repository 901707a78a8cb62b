"""How sure and in what order: units' shares under one prior that may hold no spread at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats, special
from shortplank.stats.ranking import DEFAULT_SEED, competition_ranks

# Spreads that are tried beside 0, as shares of √(P(1 - P)): evenly spaced in √τ up to one half,
# because what decides between chance and a little spread lies near 0, and because a county whose
# units scatter by more than half of "all or nothing" is not seen. Equal prior mass on each point
# is a density of 1/√τ, between Gelman's uniform in τ and one in log τ.
SPREADS = 0.5 * (np.arange(1.0, 12.0) / 11.0) ** 2
# Half the prior mass says that all units share the county's value.
PRIOR_SPIKE = 0.5
# Enough for the 2.5 % tail to half a point; twice as many take twice the time for 185 villages.
DRAWS = 1_000
LEVEL = 0.95
# Spreads with less of the posterior than this change no digit that is shown.
_LEAST_WEIGHT = 1e-5


class Posterior(NamedTuple):
    """What is known of every unit, arrays (units,) with NaN for a unit that has no counts.

    `worse` and `below` are chances, `mean`, `lower` and `upper` shares, the ranks run from 1, the
    best. `reliability` is one number: the share of the units' spread that is not chance.
    """

    worse: FloatArray
    below: FloatArray
    mean: FloatArray
    lower: FloatArray
    upper: FloatArray
    expected_rank: FloatArray
    rank_low: FloatArray
    rank_high: FloatArray
    reliability: float


class _Mixture(NamedTuple):
    """The mass of "all alike" with its share's beta, and betas (spreads, units) beside it."""

    county: float
    spike: float
    alike: tuple[float, float]
    weight: FloatArray
    a: FloatArray
    b: FloatArray
    tau: FloatArray


def check_side(side: str) -> None:
    """Raise ValueError unless the side is "below" or "above"."""
    if side not in ("below", "above"):
        raise ValueError(f"the side must be below or above, not {side!r}")


def effective(x: Values, n: Values, phi: float) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return x/φ and n/φ of the units that have counts, and which units these are.

    A sum of clusters of mean size φ tells as much as n/φ independent cases. ValueError for a
    negative count, x > n, or a φ that is not above 0; a φ of NaN leaves nobody known.
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    if phi <= 0.0 or np.isinf(phi):
        raise ValueError(f"the dispersion must be above 0, not {phi}")
    known = (n_ > 0.0) & ~np.isnan(x_) & ~np.isnan(phi)
    return x_[known] / phi, n_[known] / phi, known


def first_twins(x: FloatArray, n: FloatArray) -> NDArray[np.intp]:
    """Return for every unit where the first of the same counts stands; the units are in order.

    A sum in another order may end in another digit: twins take the first one's answer, or two
    equal villages would swap theirs with their places.
    """
    new = np.append(True, (np.diff(x) != 0.0) | (np.diff(n) != 0.0))
    return np.maximum.accumulate(np.where(new, np.arange(x.size), 0))


def _mixture(x: FloatArray, n: FloatArray) -> _Mixture:
    """Return the posterior of the spread by marginal likelihood, and each unit's beta under it."""
    county = float(x.sum() / n.sum())
    rest = n - x
    # Where all are alike, what is not known of the one share is what the whole county leaves open.
    alike = (float(x.sum()) + 0.5, float(rest.sum()) + 0.5)
    if not 0.0 < county < 1.0:
        # Nobody has a case, or everybody: no spread to be seen.
        nothing = np.empty((0, x.size))
        return _Mixture(county, 1.0, alike, np.empty(0), nothing, nothing, np.empty(0))
    precision = 1.0 / SPREADS**2 - 1.0
    alpha, beta = (county * precision)[:, None], ((1.0 - county) * precision)[:, None]
    a, b = x + alpha, rest + beta
    likelihood = np.sum(special.betaln(a, b) - special.betaln(alpha, beta), axis=1)
    chance = float(np.sum(special.xlogy(x, county) + special.xlog1py(rest, -county)))
    logs = np.append(likelihood + np.log((1.0 - PRIOR_SPIKE) / SPREADS.size), chance)
    logs[-1] += np.log(PRIOR_SPIKE)
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    spike, weight = float(weight[-1]), weight[:-1]
    used = weight >= _LEAST_WEIGHT * weight.max()
    tau = SPREADS[used] * np.sqrt(county * (1.0 - county))
    weight = weight[used] / weight[used].sum()
    return _Mixture(county, spike, alike, weight, a[used], b[used], tau)


def _wrong_side(found: _Mixture, line: float, worse: str, alike: float) -> FloatArray:
    """Return P(on the worse side of a line), `alike` being P(below it) if all units are alike."""
    under = found.weight @ special.betainc(found.a, found.b, line)
    # A sum of weights may end a last digit above 1.
    under = np.clip(found.spike * alike + (1.0 - found.spike) * under, 0.0, 1.0)
    return under if worse == "below" else 1.0 - under


def _quantiles(weight: FloatArray, a: FloatArray, b: FloatArray, chance: FloatArray) -> FloatArray:
    """Return quantiles (units,) of mixtures of betas (parts, units).

    Newton's steps on probit against logit, where a beta's distribution is nearly a straight line
    (a few steps), kept inside the bracket of the single betas' quantiles.
    """
    # Within 36 of 0 a share is told from 0 and 1.
    every = np.clip(special.logit(special.betaincinv(a, b, chance)), -36.0, 36.0)
    low, high, place = every.min(axis=0), every.max(axis=0), weight @ every
    goal, scale = special.ndtri(chance), special.betaln(a, b)
    share = special.expit(place)
    for _ in range(40):
        score = special.ndtri(np.clip(weight @ special.betainc(a, b, share), 1e-12, 1.0 - 1e-12))
        low, high = np.where(score < goal, place, low), np.where(score < goal, high, place)
        density = weight @ np.exp(a * place + (a + b) * special.log_expit(-place) - scale)
        slope = density * np.exp(score**2 / 2.0) * np.sqrt(2.0 * np.pi)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = place + (goal - score) / slope
        place = np.where((step >= low) & (step <= high), step, (low + high) / 2.0)
        before, share = share, special.expit(place)
        # The error left is the square of this step.
        if np.max(np.abs(share - before)) < 1e-4:
            break
    return share


def _limits(found: _Mixture, units: int) -> FloatArray:
    """Return the lower and upper limit of each unit's share (2, units)."""
    weight = np.append((1.0 - found.spike) * found.weight, found.spike)
    a, b = (
        np.tile(np.vstack([own, np.full(units, common)]), 2)
        for own, common in zip((found.a, found.b), found.alike, strict=True)
    )
    chance = np.repeat([(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0], units)
    return _quantiles(weight, a, b, chance).reshape(2, units)


def _expected_ranks(found: _Mixture, worse: str) -> FloatArray:
    """Return 1 + Σ P(another is better), ties half, from every pair of units.

    Pairs are compared on the logit scale, where the beta's mean and variance are exact (digamma
    and trigamma) and its shape near the normal; the two chances of a pair add up to 1.
    """
    units = found.a.shape[1]
    ranks = np.full(units, found.spike * (units + 1.0) / 2.0)
    for weight, a, b in zip(found.weight, found.a, found.b, strict=True):
        centre = special.psi(a) - special.psi(b)
        variance = special.zeta(2.0, a) + special.zeta(2.0, b)
        ahead = centre[None, :] - centre[:, None]
        ahead /= np.sqrt(variance[None, :] + variance[:, None])
        better = special.ndtr(ahead if worse == "below" else -ahead).sum(axis=1)
        ranks += (1.0 - found.spike) * weight * (0.5 + better)
    return ranks


def _drawn_ranks(found: _Mixture, worse: str) -> FloatArray:
    """Return the chance (ranks, units) of every rank where the units do spread.

    Draws are shared out over the spreads by their weight. The rarer of case and non-case is
    drawn: near 0 numbers keep their digits, near 1 they would tie; what still ties falls at random.
    """
    units = found.a.shape[1]
    rng = np.random.Generator(np.random.SFC64(DEFAULT_SEED))
    times = np.diff(np.rint(np.cumsum(found.weight) * DRAWS).astype(int), prepend=0)
    rare = found.county <= 0.5
    near, far = (found.a, found.b) if rare else (found.b, found.a)
    counts = np.zeros(units * units)
    for a, b, many in zip(near, far, times, strict=True):
        drawn = rng.beta(a, b, (many, units))
        none = drawn == 0.0
        if none.any():
            drawn[none] = -rng.random(int(none.sum()))
        # Where a unit stands in each draw: the row is the place, lowest first, the column the unit.
        places = np.argsort(drawn, axis=1) + units * np.arange(units)
        counts += np.bincount(places.ravel(), minlength=units * units)
    highest_first = rare == (worse == "below")
    return counts.reshape(units, units)[:: -1 if highest_first else 1] / DRAWS


def _same_for_twins(chances: FloatArray, first: NDArray[np.intp]) -> FloatArray:
    """Return chances (ranks, units) with one mean for twins, of whom `first` names the first."""
    starts, units = np.unique(first, return_counts=True)
    return np.repeat(np.add.reduceat(chances, starts, axis=1) / units, units, axis=1)


def _rank_limits(found: _Mixture, worse: str, first: NDArray[np.intp]) -> list[FloatArray]:
    """Return the limits of each unit's rank; where all are alike every rank is as likely."""
    units = first.size
    upto = found.spike * (np.arange(1.0, units + 1.0) / units)[:, None] * np.ones(units)
    if found.weight.size:
        drawn = _same_for_twins(_drawn_ranks(found, worse), first)
        upto += (1.0 - found.spike) * np.cumsum(drawn, axis=0)
    tail = (1.0 - LEVEL) / 2.0
    return [1.0 + (upto < chance - 1e-9).sum(axis=0) for chance in (tail, 1.0 - tail)]


def _reliability(found: _Mixture, n: FloatArray) -> float:
    """Return E[τ² / (τ² + mean sampling variance)]; a spread of 0 counts as 0."""
    between = found.tau**2
    within = (found.county * (1.0 - found.county) - between) * np.mean(1.0 / n)
    return (1.0 - found.spike) * float(found.weight @ (between / (between + within)))


def reliability(x: Values, n: Values, phi: float) -> float:
    """Return the share of the units' spread that is not chance, as `posterior` has it, by itself.

    `x` of `n` (units,); nobody known gives NaN.

    >>> round(reliability([60, 90, 92, 91], [100] * 4, 1.0), 2)
    0.9
    """
    x_, n_, known = effective(x, n, phi)
    return _reliability(_mixture(x_, n_), n_) if known.any() else float("nan")


def _estimates(x: FloatArray, n: FloatArray, line: float, worse: str) -> list[FloatArray]:
    """Return the rows of a `Posterior` before the ranks are widened; the last is reliability."""
    found, first = _mixture(x, n), first_twins(x, n)
    of_spread = found.weight @ (found.a / (found.a + found.b))
    mean = found.spike * found.county + (1.0 - found.spike) * of_spread
    lower, upper = _limits(found, x.size)
    below = np.full(x.size, np.nan)
    if not np.isnan(line):
        below = _wrong_side(found, line, worse, special.betainc(*found.alike, line))
    rows = [
        _wrong_side(found, found.county, worse, 0.0 if worse == "below" else 1.0),
        below,
        mean,
        np.minimum(lower, mean),
        np.maximum(upper, mean),
        _expected_ranks(found, worse),
        *_rank_limits(found, worse, first),
        np.full(x.size, _reliability(found, n)),
    ]
    return [row[first] for row in rows]


def posterior(
    x: Values, n: Values, phi: float, line: float | None, worse: str, key: Values = None
) -> Posterior:
    """Return how sure a difference from the county is for every unit, and what order is known.

    Model: x/φ of n/φ is binomial with a share θ; with probability ½ all θ are the county's
    P = Σx/Σn, else θ ~ Beta with mean P and standard deviation τ, τ on the grid `SPREADS` times
    √(P(1 - P)); the posterior of τ is the beta-binomial marginal likelihood.

    Args (units,): `x` of `n`, whole or not; `phi` the dispersion; `line` a share or None; `worse`
    the worse side, "below" or "above"; `key` what decides the shown rank, larger being better, if
    that is not the share itself (a distance from a range, say).

    - `worse`: P(θ on the worse side of P). Where all are alike nobody is worse: that mass counts
      as 0, so 0.95 is stated only where the spread itself is all but certain.
    - `below`: P(θ on the worse side of `line`).
    - `mean`, `lower`, `upper`: the shrunken share and its 95 % limits. For these and for `below`
      the one share of units that are all alike is Beta(Σx + ½, Σ(n - x) + ½), not a point.
    - `expected_rank`: 1 + Σ P(another is better), ties half; k units have Σ = k(k + 1)/2.
    - `rank_low`, `rank_high`: 95 % limits of the rank by `DRAWS` draws with a fixed seed, any rank
      being as likely where all are alike, widened to hold the competition rank of `key`.
    - `reliability`: E[τ²/(τ² + mean sampling variance)].

    Edge cases: n = 0 or anything NaN gives NaN and counts for nobody; nobody known gives NaN
    throughout; P of 0 or 1 leaves all alike. The order of the units does not matter, and units
    with the same counts get the same answer. ValueError for a negative count, x > n, φ ≤ 0,
    a line outside 0-1, or another side.
    Source: Kleinman, JASA 68 (1973) 46-54; Gelman, Bayesian Analysis 1 (2006) 515-533; Lin, Louis,
    Paddock and Ridgeway, Bayesian Analysis 1 (2006) 915-946.

    >>> found = posterior([60, 90, 92, 91], [100] * 4, 1.0, 0.85, "below")
    >>> found.worse.round(2).tolist(), found.below.round(2).tolist()
    ([1.0, 0.03, 0.01, 0.02], [1.0, 0.08, 0.02, 0.05])
    >>> found.expected_rank.round(1).tolist(), found.rank_low.tolist(), found.rank_high.tolist()
    ([4.0, 2.3, 1.7, 2.0], [4.0, 1.0, 1.0, 1.0], [4.0, 3.0, 3.0, 3.0])
    """
    check_side(worse)
    edge = float("nan") if line is None else line
    if edge < 0.0 or edge > 1.0:
        raise ValueError(f"a line is a share between 0 and 1, not {line}")
    x_, n_, known = effective(x, n, phi)
    blank = np.full((9, known.size), np.nan)
    if not known.any():
        return Posterior._make([*blank[:8], float("nan")])
    # One order for all sums and draws, so that the order of the units changes no digit.
    order = np.lexsort((x_, n_))
    x_, n_ = x_[order], n_[order]
    rows = _estimates(x_, n_, edge, worse)
    places = np.flatnonzero(known)[order]
    for row, values in zip(blank, rows, strict=True):
        row[places] = values
    if key is None:
        shown = np.full(known.size, np.nan)
        shown[places] = x_ / n_ if worse == "below" else -x_ / n_
    else:
        shown = np.where(known, floats(key)[0][0], np.nan)
    ranks = competition_ranks(shown)
    blank[6], blank[7] = np.fmin(blank[6], ranks), np.fmax(blank[7], ranks)
    return Posterior._make([*blank[:8], float(rows[-1][0])])
