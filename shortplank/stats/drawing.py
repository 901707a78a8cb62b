"""Drawing villages at random: what an inspection is likely to find, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

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
from shortplank.stats.intervals import wilson_interval

DEFAULT_DRAWS = 100_000
NORMAL_95 = 1.959964  # the standard normal's two-sided 95 % point
DEFAULT_SEED = 20100601
# One row a draw; the indices of the villages drawn, -1 where a township had no more to give.
Picked = NDArray[np.int64]
# Above this sample size sorting keys is faster than drawing repeated villages again.
_MOST_REDRAWN = 20


class Chance(NamedTuple):
    """A simulated probability and the 95 % limits of its simulation error."""

    chance: float
    lower: float
    upper: float


class DrawnResult(NamedTuple):
    """The pooled rate of every draw, the chance that it misses the line, and its quantiles."""

    rates: FloatArray
    miss: Chance
    mean: float
    low: float
    median: float
    high: float


class Levers(NamedTuple):
    """The chance of missing the line, and by how much each village alone would lower it."""

    base: float
    drop: FloatArray


def _log_choose(n: FloatArray, k: FloatArray) -> FloatArray:
    log = special.gammaln
    result: FloatArray = log(n + 1.0) - log(k + 1.0) - log(n - k + 1.0)
    return result


def draw_risk(N: Values, K: Values, m: Values) -> FloatLike:
    """Return the probability that m villages drawn from N hit at least one of K weak ones.

    Formula: 1 - C(N - K, m)/C(N, m), hypergeometric, every village equally likely, no village
    twice. Edge cases: m = 0 or K = 0 gives 0, m > N - K gives 1. ValueError unless
    0 ≤ K ≤ N and 0 ≤ m ≤ N.
    Source: the hypergeometric distribution, e.g. Cochran, Sampling Techniques (1977), 3.5.

    >>> [round(100 * draw_risk(185, 88, m), 1) for m in (1, 2, 3, 4, 6)]
    [47.6, 72.6, 85.8, 92.7, 98.1]
    """
    (total, weak, drawn), scalar = floats(N, K, m)
    if np.any((weak < 0) | (drawn < 0) | (weak > total) | (drawn > total)):
        raise ValueError("a draw needs 0 <= K <= N and 0 <= m <= N")
    sound = total - weak
    possible = drawn <= sound
    ways = _log_choose(sound, np.where(possible, drawn, 0.0)) - _log_choose(total, drawn)
    risk = np.where(possible, -np.expm1(np.minimum(ways, 0.0)), 1.0)
    risk = np.where((weak == 0.0) | (drawn == 0.0), 0.0, risk)
    unknown = np.isnan(total) | np.isnan(weak) | np.isnan(drawn)
    return give(np.where(unknown, np.nan, risk), scalar)


def two_stage_risk(sizes: Values, weak: Values, townships: int, villages: int) -> float:
    """Return the chance that a two-stage draw hits a weak village, exactly.

    `townships` of the T townships are drawn with equal chance, then `villages` in each (all of
    a smaller one). Formula: 1 - e_t(q₁..q_T)/C(T, t), e_t the elementary symmetric polynomial
    and q_i the chance that township i, once drawn, shows no weak village. ValueError for an
    impossible plan.

    >>> round(two_stage_risk([10, 10], [5, 0], townships=1, villages=1), 6)
    0.25
    """
    (size, bad), _ = floats(sizes, weak)
    size, bad = np.atleast_1d(size), np.atleast_1d(bad)
    if not 0 <= townships <= size.size or villages < 0:
        raise ValueError("the plan draws more townships than there are")
    clean = 1.0 - np.asarray(draw_risk(size, bad, np.minimum(size, float(villages))))
    # e_j / C(T, j), built one township at a time so that nothing overflows.
    even = np.zeros(townships + 1)
    even[0] = 1.0
    for seen, q in enumerate(clean, start=1):
        j = np.arange(1, townships + 1)
        share = np.minimum(j / seen, 1.0)
        even[1:] = share * q * even[:-1] + (1.0 - share) * even[1:]
    return float(min(max(1.0 - even[townships], 0.0), 1.0))


def _distinct(draw: Callable[[int], NDArray], m: int, draws: int) -> NDArray:
    """Return m × draws indices from `draw(size)`, drawn again while equal to an earlier one."""
    picked = np.empty((m, draws), dtype=np.int64)
    for row in range(m):
        picked[row] = draw(draws)
        again = np.arange(draws)
        while again.size:
            repeated = (picked[:row, again] == picked[row, again]).any(axis=0)
            again = again[repeated]
            picked[row, again] = draw(again.size)
    return picked


def _by_keys(weights: FloatArray, m: int, draws: int, rng: np.random.Generator) -> NDArray:
    """Return m × draws indices by the m smallest exponential keys (for large samples)."""
    picked = np.empty((m, draws), dtype=np.int64)
    block = 8192
    rate = np.where(weights > 0.0, weights, np.nan).astype(np.float32)
    for start in range(0, draws, block):
        rows = min(block, draws - start)
        keys = rng.standard_exponential((rows, rate.size), dtype=np.float32) / rate
        if m < rate.size:
            chosen = np.argpartition(keys, m - 1, axis=1)[:, :m]
        else:
            chosen = np.argsort(keys, axis=1)
        picked[:, start : start + rows] = chosen.T
    return picked


def _sample(weights: FloatArray, m: int, draws: int, rng: np.random.Generator) -> NDArray:
    """Return m × draws indices without repetition, each next one proportional to its weight."""
    usable = int(np.count_nonzero(weights > 0.0))
    if not 0 < m <= usable:
        raise ValueError(f"cannot draw {m} of {usable}")
    heaviest = np.sort(weights)[::-1][: m - 1].sum() / weights.sum()
    if heaviest > 0.5 or m > _MOST_REDRAWN:
        return _by_keys(weights, m, draws, rng)
    steps = np.cumsum(weights)
    last = int(np.flatnonzero(weights > 0.0)[-1])

    def draw(size: int) -> NDArray:
        found = np.searchsorted(steps, rng.random(size) * steps[-1], side="right")
        return np.minimum(found, last)

    return _distinct(draw, m, draws)


def draw_villages(
    villages: int,
    m: int,
    weights: Values = None,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
) -> Picked:
    """Return simulated one-stage draws of m of `villages`, an array draws × m of indices.

    Without weights every village is equally likely; with weights (people, births) each next
    village is drawn proportional to its weight among those left (successive sampling). A weight
    of 0 or NaN is never drawn. ValueError when fewer than m can be drawn.
    Source: Cochran, Sampling Techniques (1977), ch. 9A; Rosén, Ann. Math. Statist. 43 (1972).

    >>> draw_villages(5, 2, draws=3).shape
    (3, 2)
    """
    share = np.ones(villages) if weights is None else np.nan_to_num(floats(weights)[0][0])
    check_counts(share)
    if share.shape != (villages,):
        raise ValueError("one weight a village is needed")
    return _sample(share, m, draws, np.random.default_rng(seed)).T


def draw_two_stage(
    township: Values,
    townships: int,
    villages: int,
    weights: Values = None,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
) -> Picked:
    """Return simulated two-stage draws, an array draws × (townships · villages) of indices.

    `township` gives each village's township as a number 0..T-1. First `townships` are drawn,
    equally likely or proportional to `weights` (one a township), then `villages` in each,
    equally likely; a township with fewer gives all, and -1 fills the rest. ValueError when
    there are too few townships.

    >>> draw_two_stage([0, 0, 1, 1, 1], townships=1, villages=2, draws=4).shape
    (4, 2)
    """
    home = np.asarray(township, dtype=np.int64)
    sizes = np.bincount(home)
    order, starts = np.argsort(home, kind="stable"), np.cumsum(sizes) - sizes
    share = np.ones(sizes.size) if weights is None else np.nan_to_num(floats(weights)[0][0])
    check_counts(share)
    rng = np.random.default_rng(seed)
    first = _sample(np.where(sizes > 0, share, 0.0), townships, draws, rng)
    columns = []
    for chosen in first:
        columns.extend(_within(sizes[chosen], villages, rng, order, starts[chosen]))
    return np.stack(columns, axis=1)


def _within(
    sizes: NDArray, m: int, rng: np.random.Generator, order: NDArray, starts: NDArray
) -> list[NDArray]:
    """Return m columns of villages drawn inside each draw's township, -1 beyond its size."""
    columns: list[NDArray] = []
    for done in range(m):
        place = np.full(sizes.size, -1, dtype=np.int64)
        again = np.flatnonzero(sizes > done)
        while again.size:
            place[again] = (rng.random(again.size) * sizes[again]).astype(np.int64)
            repeated = np.zeros(again.size, dtype=bool)
            for earlier in columns:
                repeated |= earlier[again] == place[again]
            again = again[repeated]
        columns.append(place)
    return [np.where(place >= 0, order[starts + np.maximum(place, 0)], -1) for place in columns]


def _totals(values: FloatArray, picked: Picked) -> FloatArray:
    # A last element of 0 is what index -1 (nothing drawn) reads.
    padded = np.append(values, 0.0)
    total = np.zeros(picked.shape[0])
    for column in picked.T:
        total += padded.take(column)
    return total


def _only(picked: Picked, kept: NDArray[np.bool_]) -> Picked:
    """Return some of the draws, laid out village after village as they are read."""
    return np.ascontiguousarray(picked.T[:, kept]).T


def _simulated(hits: int, draws: int) -> Chance:
    lower, upper = wilson_interval(hits, draws)
    return Chance(hits / draws, lower, upper)


def _missed(rates: FloatArray, line: float, polarity: str) -> NDArray[np.bool_]:
    if polarity not in ("up", "down"):
        raise ValueError("a line to pass needs a polarity of up or down")
    with np.errstate(invalid="ignore"):
        return rates < line if polarity == "up" else rates > line


def drawn_results(
    x: Values, n: Values, picked: Picked, line: float, polarity: str = "up"
) -> DrawnResult:
    """Return the distribution of the pooled rate Σx/Σn of the drawn villages.

    `miss` is the chance that it lies on the wrong side of the line, with the simulation's own
    95 % limits; low, median and high are the 5, 50 and 95 % quantiles. A draw without any
    denominator has no rate (NaN) and misses nothing. ValueError as in `wilson_interval`.

    >>> picked = draw_villages(4, 2, draws=2000)
    >>> result = drawn_results([9, 9, 9, 1], [10, 10, 10, 10], picked, line=0.8)
    >>> round(result.miss.chance, 1), round(result.mean, 1)
    (0.5, 0.7)
    """
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    known = ~(np.isnan(x_) | np.isnan(n_))
    top, whole = (_totals(np.where(known, part, 0.0), picked) for part in (x_, n_))
    rates = top / np.where(whole > 0.0, whole, np.nan)
    found = rates[~np.isnan(rates)]
    if not found.size:
        return DrawnResult(rates, Chance(*(float("nan"),) * 3), *(float("nan"),) * 4)
    miss = _simulated(int(_missed(rates, line, polarity).sum()), rates.size)
    low, median, high = (float(q) for q in np.quantile(found, [0.05, 0.5, 0.95]))
    return DrawnResult(rates, miss, float(found.mean()), low, median, high)


def weak_hit_chance(picked: Picked, weak: Values, least: int = 1) -> Chance:
    """Return the simulated chance that a draw holds at least `least` weak villages.

    `weak` is True for every weak village. For one stage with equal chances `draw_risk` is exact.

    >>> chance = weak_hit_chance(draw_villages(185, 3), [True] * 88 + [False] * 97)
    >>> chance.lower < draw_risk(185, 88, 3) < chance.upper
    True
    """
    flags = np.asarray(weak, dtype=np.float64)
    hits = _totals(flags, picked) >= least
    return _simulated(int(hits.sum()), hits.size)


def lever_drops(
    x: Values,
    n: Values,
    picked: Picked,
    line: float,
    value: float,
    polarity: str = "up",
) -> Levers:
    """Return how much the chance of missing the line would drop if one village reached `value`.

    Each village in turn is brought to `value` (the county's rate) with its n as it is, and the
    same draws are judged again: a drop is never below zero. How often a village was drawn is chance
    all the same, so that drops nearer to each other than `drop_noise` have no order. A village
    that is already there has no drop.
    ValueError as in `wilson_interval`.

    >>> picked = draw_villages(4, 2, draws=2000)
    >>> levers = lever_drops([9, 9, 9, 1], [10] * 4, picked, line=0.8, value=0.9)
    >>> round(levers.base, 1), levers.drop.round(1).tolist()
    (0.5, [0.0, 0.0, 0.0, 0.5])
    """
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    known = ~(np.isnan(x_) | np.isnan(n_))
    x_, n_ = np.where(known, x_, 0.0), np.where(known, n_, 0.0)
    gain = value * n_ - x_
    gain = np.maximum(gain, 0.0) if polarity == "up" else np.minimum(gain, 0.0)
    top, whole = _totals(x_, picked), _totals(n_, picked)
    size = np.where(whole > 0.0, whole, np.nan)
    missed = _missed(top / size, line, polarity)
    rows = _only(picked, missed)
    top, size = top[missed], size[missed]
    padded, drop = np.append(gain, 0.0), np.zeros(x_.size + 1)
    for column in rows.T:
        # A hair of slack: a rate brought exactly to the line has passed it.
        slack = 1e-12 if polarity == "up" else -1e-12
        passed = ~_missed((top + padded.take(column)) / size + slack, line, polarity)
        drop += np.bincount(column[passed] % drop.size, minlength=drop.size)
    return Levers(float(missed.mean()), drop[:-1] / picked.shape[0])


def drop_noise(drop: float, draws: int = DEFAULT_DRAWS) -> float:
    """Return by how much two simulated drops of about this size differ by chance alone (95 %).

    Formula: 1.96 √(2 d (1 − d) / draws), the difference of two independent shares.

    >>> round(drop_noise(0.0013, 100_000), 5)
    0.00032
    """
    return NORMAL_95 * float(np.sqrt(2.0 * drop * (1.0 - drop) / draws))


def weak_drawn(N: int, K: int, m: int) -> FloatArray:
    """Return the exact distribution of how many of K weak villages a draw of m holds, 0..m.

    Formula: C(K, j) C(N - K, m - j) / C(N, m). ValueError unless 0 ≤ K ≤ N and 0 ≤ m ≤ N.

    >>> weak_drawn(4, 2, 2).round(4).tolist()
    [0.1667, 0.6667, 0.1667]
    """
    draw_risk(N, K, m)
    j = np.arange(m + 1, dtype=np.float64)
    possible = (j <= K) & (m - j <= N - K)
    inside = np.where(possible, j, max(0, m - (N - K)))
    total = _log_choose(np.float64(N) + 0.0 * j, np.float64(m) + 0.0 * j)
    ways = _log_choose(K + 0.0 * j, inside) + _log_choose(N - K + 0.0 * j, m - inside)
    return np.where(possible, np.exp(ways - total), 0.0)
