"""Ranks, their uncertainty, and what each unit adds to the whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, FloatLike, Values, check_counts, floats

DEFAULT_SEED = 20100601
# Keys that differ by less are one value computed on two ways, and tie.
TIE_DECIMALS = 9


class Scale(NamedTuple):
    """The unit in which units are ranked and a target range is given, made from a proportion.

    A proportion p is worth `factor` p, or `factor` p / (1 - p) where `odds` is set: a sex ratio
    is 100 times the odds of the male share. A target range is in this unit, never in another.

    >>> Scale(100.0).of(0.9), round(float(SEX_RATIO.of(107 / 207)), 6)
    (90.0, 107.0)
    """

    factor: float = 1.0
    odds: bool = False

    def of(self, share: FloatLike) -> FloatLike:
        """Return proportions in this unit; odds of 1 are infinite."""
        if not self.odds:
            return self.factor * share
        with np.errstate(divide="ignore"):
            return self.factor * share / (1.0 - np.asarray(share))

    @property
    def top(self) -> float:
        """Return the largest value that there is."""
        return np.inf if self.odds else self.factor


SHARE = Scale()
SEX_RATIO = Scale(100.0, odds=True)


class RankPosterior(NamedTuple):
    """Limits and median of each unit's rank; NaN where it is unranked."""

    lower: FloatArray
    median: FloatArray
    upper: FloatArray


def ranking_key(
    values: Values, polarity: str = "up", target: tuple[float, float] | None = None
) -> FloatArray:
    """Return what a ranking sorts by, smaller being better: -value, value, or miss of a range.

    Polarity `none` sorts from high to low without calling it better; `range` needs its target
    (low, high) and sorts by the distance outside it.

    >>> ranking_key([100.0, 105.0, 120.0], "range", (103.0, 107.0)).tolist()
    [3.0, 0.0, 13.0]
    """
    (v,), _ = floats(values)
    if polarity in ("up", "none"):
        return -v
    if polarity == "down":
        return v
    if polarity == "range" and target is not None:
        return np.maximum(np.maximum(target[0] - v, v - target[1]), 0.0)
    raise ValueError("polarity must be up, down, none, or range with its target")


def competition_ranks(
    values: Values, polarity: str = "up", target: tuple[float, float] | None = None
) -> FloatArray:
    """Return competition ranks (1, 2, 2, 4): one more than the number of better units.

    NaN is unranked (NaN) and counts for nobody. Values tie that are equal to nine decimals, and
    all inside a target range; see `ranking_key` for the polarities.

    >>> competition_ranks([90.0, 95.0, 90.0, None, 80.0]).tolist()
    [2.0, 1.0, 2.0, nan, 4.0]
    """
    key = np.round(np.atleast_1d(ranking_key(values, polarity, target)), TIE_DECIMALS)
    known = ~np.isnan(key)
    ordered = np.sort(key[known])
    ranks = np.full(key.shape, np.nan)
    ranks[known] = np.searchsorted(ordered, key[known], side="left") + 1.0
    return ranks


def _drawn_ranks(
    x: FloatArray,
    n: FloatArray,
    draws: int,
    seed: int,
    polarity: str,
    target: tuple[float, float] | None,
    scale: Scale,
) -> NDArray[np.int64]:
    """Return competition ranks (draws × units) in draws from each unit's Jeffreys posterior."""
    rng = np.random.default_rng(seed)
    shares = rng.beta(x + 0.5, n - x + 0.5, size=(draws, x.size))
    key = ranking_key(scale.of(shares), polarity, target)
    order = np.argsort(key, axis=1)
    places = np.broadcast_to(np.arange(1, x.size + 1), key.shape)
    if target is not None:
        # Inside a range every key is 0: all of them share the first place. Elsewhere none tie.
        ordered = np.take_along_axis(key, order, axis=1)
        first = places.copy()
        first[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = 0
        places = np.maximum.accumulate(first, axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks


def rank_posterior(
    x: Values,
    n: Values,
    level: float = 0.95,
    seed: int = DEFAULT_SEED,
    *,
    polarity: str = "up",
    target: tuple[float, float] | None = None,
    scale: Scale = SHARE,
    draws: int = 20_000,
) -> RankPosterior:
    """Return (lower, median, upper) of each unit's rank, simulated from its posterior.

    Each unit's proportion has a Beta(x + ½, n - x + ½) posterior; ranks are taken in every draw
    and the limits are their quantiles, widened where needed to hold the rank observed. Ranks
    are taken, and `target` is given, in the unit of `scale`; for a sex ratio, x is the males,
    n the births, polarity `range` and the scale `SEX_RATIO`.
    Edge cases: n = 0 or NaN is unranked (NaN); one unit alone ranks 1 to 1. ValueError for a
    negative count, x > n, or a target beyond the scale's largest value.
    Source: Goldstein and Spiegelhalter, J. R. Statist. Soc. A 159 (1996) 385-443.

    >>> rank_posterior([90, 50, 10], [100, 100, 100])
    RankPosterior(lower=array([1., 2., 3.]), median=array([1., 2., 3.]), upper=array([1., 2., 3.]))
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    if target is not None and not 0.0 <= target[0] <= target[1] <= scale.top:
        raise ValueError("the target range is not in the unit of the scale")
    known = (n_ > 0.0) & ~np.isnan(x_)
    blank = np.full(x_.shape, np.nan)
    if not known.any():
        return RankPosterior(blank, blank.copy(), blank.copy())
    ranks = _drawn_ranks(x_[known], n_[known], draws, seed, polarity, target, scale)
    tail = (1.0 - level) / 2.0
    limits = np.quantile(ranks, [tail, 0.5, 1.0 - tail], axis=0, method="inverted_cdf")
    observed = competition_ranks(scale.of(x_[known] / n_[known]), polarity, target)
    lower, median, upper = (blank.copy() for _ in range(3))
    lower[known] = np.minimum(limits[0], observed)
    median[known] = limits[1]
    upper[known] = np.maximum(limits[2], observed)
    return RankPosterior(lower, median, upper)


def rank_interval(
    x: Values,
    n: Values,
    level: float = 0.95,
    seed: int = DEFAULT_SEED,
    *,
    polarity: str = "up",
    target: tuple[float, float] | None = None,
    scale: Scale = SHARE,
    draws: int = 20_000,
) -> tuple[FloatArray, FloatArray]:
    """Return (lower, upper) of each unit's rank among all, 1 being the best.

    The limits of `rank_posterior`, where method, edge cases and source stand.

    >>> lower, upper = rank_interval([90, 88, 10], [100, 100, 100])
    >>> lower.tolist(), upper.tolist()
    ([1.0, 1.0, 3.0], [2.0, 2.0, 3.0])
    """
    posterior = rank_posterior(
        x, n, level, seed, polarity=polarity, target=target, scale=scale, draws=draws
    )
    return posterior.lower, posterior.upper


def tied_with(posterior: RankPosterior) -> FloatArray:
    """Return, for every unit, how many others have a rank interval that holds its median rank.

    >>> tied_with(rank_posterior([90, 88, 10], [100, 100, 100])).tolist()
    [1.0, 1.0, 0.0]
    """
    lower, median, upper = posterior
    with np.errstate(invalid="ignore"):
        holds = (lower[None, :] <= median[:, None]) & (median[:, None] <= upper[None, :])
    others = holds.sum(axis=1) - 1.0
    return np.where(np.isnan(median), np.nan, others)


def _cases_to_reach(x: float, n: float, better: tuple[float, float, float], up: bool) -> float:
    """Return the fewest cases that carry x / n to a better unit's rate."""
    other_x, other_n, rate = better
    if np.isnan(other_x) or np.isnan(other_n):
        # A published rate is rounded; forgive a billionth so that a tie needs no extra case.
        gap = n * rate - x if up else x - n * rate
        return max(1.0, float(np.ceil(gap - 1e-9)))
    gap = (other_x * n - x * other_n) if up else (x * other_n - other_x * n)
    return max(1.0, float(-(-gap // other_n)))


def cases_to_gain_rank(
    x: Values,
    n: Values,
    polarity: str = "up",
    rates: Values = None,
) -> FloatArray:
    """Return how many more (polarity up) or fewer (down) cases would gain each unit one rank.

    The smallest whole number that brings x / n level with the nearest better unit: equal rates
    share the better rank. Denominators stay as they are. `rates` (proportions) stand in for
    rivals that are known only by a published rate; they get no answer themselves.
    For service and quality indicators only: on births it would be a quota.
    Edge cases: NaN for the best, for n = 0 and for the unranked. ValueError as in `wilson`.

    >>> cases_to_gain_rank([90, 85, 170], [100, 100, 200]).tolist()
    [nan, 5.0, 10.0]
    """
    if polarity not in ("up", "down"):
        raise ValueError("only a polarity of up or down has a rank to gain")
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    size = np.where(n_ > 0.0, n_, np.nan)
    value = x_ / size
    if rates is not None:
        value = np.where(np.isnan(value), np.atleast_1d(floats(rates)[0][0]), value)
    key = ranking_key(value, polarity)
    result = np.full(x_.shape, np.nan)
    for i in np.flatnonzero(~np.isnan(x_ / size)):
        ahead = np.flatnonzero(key < key[i])
        if ahead.size:
            j = ahead[np.argmax(key[ahead])]
            rival = (float(x_[j]), float(size[j]), float(value[j]))
            result[i] = _cases_to_reach(float(x_[i]), float(n_[i]), rival, polarity == "up")
    return result


def contribution(x: Values, n: Values, benchmark: float, scale: float = 1.0) -> FloatArray:
    """Return what each unit adds to the whole's gap from a benchmark; the parts sum to the gap.

    Formula: (scale·x - benchmark·n) / Σn, so that Σ = scale·Σx/Σn - benchmark. With scale 100
    and a benchmark in per cent the result is in points. Units that did not report (NaN) give
    NaN and stay out of Σn; a unit with n = 0 gives 0. All n = 0 gives NaN.

    >>> contribution([80, 95], [100, 100], 90, scale=100).tolist()
    [-5.0, 2.5]
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_)
    check_counts(n_)
    known = ~(np.isnan(x_) | np.isnan(n_))
    whole = float(n_[known].sum())
    if whole <= 0.0:
        return np.full(x_.shape, np.nan)
    return np.where(known, (scale * x_ - benchmark * n_) / whole, np.nan)


def round_to_total(values: Values, decimals: int = 2) -> FloatArray:
    """Return values rounded so that what is shown adds up to the rounded total.

    Largest remainders: floor everything, then give the missing units to the largest remainders
    (the first of equals). NaN stays NaN.
    Source: Hare's method; Balinski and Young, Fair Representation (1982).

    >>> round_to_total([0.333, 0.333, 0.334], 1).tolist()
    [0.3, 0.3, 0.4]
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    known = ~np.isnan(v)
    scaled = v[known] * 10.0**decimals
    floor = np.floor(scaled)
    spare = int(np.rint(scaled.sum() - floor.sum()))
    order = np.argsort(floor - scaled, kind="stable")
    floor[order[:spare]] += 1.0
    result = np.full(v.shape, np.nan)
    result[known] = np.round(floor / 10.0**decimals, decimals)
    return result


def shadow_rank(value: float, rivals: Values, polarity: str = "up") -> FloatLike:
    """Return the competition rank that a value would take among rivals it is not one of.

    >>> shadow_rank(90.0, [95.0, 90.0, 80.0])
    2.0
    """
    (others,), _ = floats(rivals)
    joined = np.append(np.atleast_1d(others), value)
    return float(competition_ranks(joined, polarity)[-1])


def medians_by_group(
    groups: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Return each group with the median of its values and how many they are; NaN is no value.

    ``groups`` and ``values`` are of one shape; the groups come back in order.

    >>> [a.tolist() for a in medians_by_group(np.array([2, 1, 2, 2]), np.array([5.0, 3, 1, 2]))]
    [[1, 2], [3.0, 2.0], [1, 3]]
    """
    known = ~np.isnan(values)
    groups, values = groups[known], values[known]
    order = np.lexsort((values, groups))
    found, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
    lower, upper = (values[order][starts + middle // 2] for middle in (counts - 1, counts))
    return found, (lower + upper) / 2, counts
