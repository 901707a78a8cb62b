"""Small areas: empirical Bayes by a beta-binomial prior fitted to all of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats, special

# Prior precisions α + β that are searched: from "all or nothing" to "no scatter to be seen".
_LOG_PRECISION = (np.log(0.05), np.log(1e6))
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


class BetaBinomialFit(NamedTuple):
    """A fitted prior. At the boundary the precision is infinite and `beyond_chance` False."""

    mean: float
    precision: float
    alpha: float
    beta: float
    beyond_chance: bool
    p_value: float


class Shrunken(NamedTuple):
    """Posterior means with their limits, and the weight that each unit's own rate kept."""

    rate: FloatArray
    lower: FloatArray
    upper: FloatArray
    weight: FloatArray


class _Counts(NamedTuple):
    """Distinct (x, n) pairs and how many units share each."""

    x: FloatArray
    n: FloatArray
    units: FloatArray


def _distinct(x: FloatArray, n: FloatArray) -> _Counts:
    pairs, units = np.unique(np.stack([x, n], axis=1), axis=0, return_counts=True)
    return _Counts(pairs[:, 0], pairs[:, 1], units.astype(np.float64))


def _log_likelihood(counts: _Counts, mean: float, precision: float) -> float:
    a, b = mean * precision, (1.0 - mean) * precision
    x, rest = counts.x, counts.n - counts.x
    each = special.betaln(x + a, rest + b) - special.betaln(a, b)
    return float(np.sum(counts.units * each))


def _best_mean(counts: _Counts, mean: float, precision: float) -> float:
    """Return the mean that maximises the likelihood at one precision (Newton, concave)."""
    x, rest, units = counts.x, counts.n - counts.x, counts.units
    for _ in range(8):
        a, b = mean * precision, (1.0 - mean) * precision
        slope = special.psi(x + a) - special.psi(a) - special.psi(rest + b) + special.psi(b)
        bend = special.zeta(2.0, x + a) - special.zeta(2.0, a)
        bend += special.zeta(2.0, rest + b) - special.zeta(2.0, b)
        curvature = precision * float(np.sum(units * bend))
        if curvature >= 0.0:
            return mean
        step = float(np.sum(units * slope)) / curvature
        better = min(max(mean - step, mean / 2.0), (1.0 + mean) / 2.0)
        if abs(better - mean) < 1e-12:
            return better
        mean = better
    return mean


def _search(counts: _Counts, pooled: float) -> tuple[float, float, float]:
    """Return (log-likelihood, mean, precision) at the maximum inside the searched range."""

    def at(log_precision: float) -> tuple[float, float, float]:
        precision = float(np.exp(log_precision))
        mean = _best_mean(counts, pooled, precision)
        return _log_likelihood(counts, mean, precision), mean, precision

    grid = np.linspace(*_LOG_PRECISION, 25)
    best = int(np.argmax([at(step)[0] for step in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = at(left), at(right)
    while high - low > 1e-6:
        if at_left[0] >= at_right[0]:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = at(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = at(right)
    return max(at_left, at_right)


def beta_binomial_fit(x: Values, n: Values) -> BetaBinomialFit:
    """Return the beta prior of the units' rates, fitted by maximum likelihood to x of n.

    Model: x ~ Binomial(n, θ), θ ~ Beta(α, β), α = mean·precision, β = (1 - mean)·precision.
    Where the likelihood is highest at infinite precision (as in half of all counties in which
    only chance is at work) there is no scatter beyond chance: precision = ∞, `beyond_chance`
    False, mean = Σx/Σn. `p_value` is the likelihood-ratio test of that boundary, half a χ²₁.
    Edge cases: units with n = 0 or NaN are left out; none left gives NaN. ValueError as usual.
    Source: Griffiths, Biometrics 29 (1973) 637-648; boundary: Self and Liang, JASA 82 (1987).

    >>> fit = beta_binomial_fit([1, 9, 5, 2, 8], [10, 10, 10, 10, 10])
    >>> round(fit.mean, 3), round(fit.precision, 2), fit.beyond_chance
    (0.5, 2.55, True)
    >>> beta_binomial_fit([5, 5, 5, 5], [10, 10, 10, 10]).beyond_chance
    False
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    used = (n_ > 0.0) & ~np.isnan(x_)
    if not used.any():
        return BetaBinomialFit(*(float("nan"),) * 4, False, float("nan"))
    counts = _distinct(x_[used], n_[used])
    pooled = float(x_[used].sum() / n_[used].sum())
    boundary = BetaBinomialFit(pooled, np.inf, np.inf, np.inf, False, 1.0)
    if pooled in (0.0, 1.0):
        return boundary
    chance = counts.units * (
        special.xlogy(counts.x, pooled) + special.xlog1py(counts.n - counts.x, -pooled)
    )
    found, mean, precision = _search(counts, pooled)
    gain = found - float(np.sum(chance))
    if gain <= 1e-6 or np.log(precision) > _LOG_PRECISION[1] - 0.01:
        return boundary
    p_value = 0.5 * float(special.erfc(np.sqrt(gain)))
    alpha, beta = mean * precision, (1.0 - mean) * precision
    return BetaBinomialFit(mean, precision, alpha, beta, True, p_value)


def shrink(
    x: Values, n: Values, fit: BetaBinomialFit | None = None, level: float = 0.95
) -> Shrunken:
    """Return every unit's rate pulled towards the common mean by as much as its n is small.

    Formula: posterior mean (x + α)/(n + α + β) = w·x/n + (1 - w)·mean, w = n/(n + α + β), with
    equal-tailed posterior limits. It orders a list; the raw rate and n stand beside it.
    Edge cases: n = 0 gives the prior's mean; NaN gives NaN; at the boundary everyone gets the
    mean with weight 0 and both limits on it: order by contribution instead.
    Source: Clayton and Kaldor, Biometrics 43 (1987) 671-681.

    >>> shrink([1, 9, 5, 2, 8], [10] * 5).rate.round(3).tolist()
    [0.181, 0.819, 0.5, 0.261, 0.739]
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    prior = beta_binomial_fit(x_, n_) if fit is None else fit
    unknown = np.isnan(x_) | np.isnan(n_)
    if not prior.beyond_chance:
        flat = np.where(unknown, np.nan, prior.mean)
        return Shrunken(flat, flat.copy(), flat.copy(), np.where(unknown, np.nan, 0.0))
    a, b = x_ + prior.alpha, n_ - x_ + prior.beta
    tail = (1.0 - level) / 2.0
    lower, upper = special.betaincinv(a, b, tail), special.betaincinv(a, b, 1.0 - tail)
    return Shrunken(a / (a + b), lower, upper, n_ / (n_ + prior.precision))
