"""What an inspection's draw costs, and what help before it would change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats
from shortplank.stats.drawing import Chance, Picked, _missed, _only, _simulated, _totals

# A hair of slack: a rate brought exactly to the line has passed it.
SLACK = 1e-12
Z95 = 1.959964  # the 97.5 % point of the normal distribution


class Loss(NamedTuple):
    """Expected points lost, and the 95 % limits of the simulation; NaN limits where exact."""

    points: float
    lower: float
    upper: float


def weak_counts(picked: Picked, weak: Values) -> FloatArray:
    """Return the simulated distribution of how many weak villages a draw holds, 0..its size.

    `weak` is True for every weak village. `weak_drawn` is the exact one of equal chances.

    >>> weak_counts(np.array([[0, 1], [0, 2], [1, 2], [2, 1]]), [True, False, False]).tolist()
    [0.5, 0.5, 0.0]
    """
    held = _totals(np.asarray(weak, dtype=np.float64), picked).astype(np.int64)
    return np.bincount(held, minlength=picked.shape[1] + 1) / picked.shape[0]


def capped_loss(chances: Values, each: float, most: float) -> Loss:
    """Return the expected loss when every weak village costs `each` and all together at the most.

    `chances` is the exact distribution of how many weak villages are drawn, 0, 1, 2, …
    Formula: Σ P(j)·min(each·j, most).

    >>> capped_loss([0.25, 0.5, 0.25], each=2, most=3).points
    1.75
    """
    (share,), _ = floats(chances)
    costs = np.minimum(each * np.arange(share.size, dtype=np.float64), most)
    return Loss(float(share @ costs), float("nan"), float("nan"))


def drawn_loss(
    picked: Picked, weak: Values, missed: Values, each: float, once: float, most: float
) -> Loss:
    """Return the expected loss when weak villages cost `each` and missing the line costs `once`.

    `missed` is True for every draw whose result missed the line; a draw never costs more than
    `most`. The limits are the simulation's own.

    >>> drawn_loss(np.array([[0], [1]]), [True, False], [True, False], 1, 5, 10).points
    3.0
    """
    held = _totals(np.asarray(weak, dtype=np.float64), picked)
    costs = np.minimum(each * held + once * np.asarray(missed, dtype=np.float64), most)
    mean = float(costs.mean())
    far = Z95 * float(costs.std()) / float(np.sqrt(costs.size))
    return Loss(mean, max(mean - far, 0.0), min(mean + far, most))


def _gains(x: FloatArray, n: FloatArray, value: float, polarity: str) -> FloatArray:
    gain = value * n - x
    return np.maximum(gain, 0.0) if polarity == "up" else np.minimum(gain, 0.0)


def _known(x: Values, n: Values) -> tuple[FloatArray, FloatArray]:
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    known = ~(np.isnan(x_) | np.isnan(n_))
    return np.where(known, x_, 0.0), np.where(known, n_, 0.0)


def _miss(top: FloatArray, whole: FloatArray, line: float, polarity: str) -> FloatArray:
    size = np.where(whole > 0.0, whole, np.nan)
    slack = SLACK if polarity == "up" else -SLACK
    return np.asarray(_missed(top / size + slack, line, polarity), dtype=np.float64)


def group_drops(
    x: Values,
    n: Values,
    picked: Picked,
    line: float,
    value: float,
    groups: Values,
    polarity: str = "up",
) -> FloatArray:
    """Return how much the chance of missing the line drops if one group as a whole is helped.

    `groups` gives each village's group as a number 0..G-1; every village of the group in turn is
    brought to `value` (one that is already there stays), and the same draws are judged again.
    `lever_drops` does so for one village. ValueError as in `wilson_interval`.

    >>> picked = np.array([[0], [1], [2], [3]])
    >>> group_drops([9, 1, 2, 9], [10] * 4, picked, line=0.8, value=0.9, groups=[0, 0, 1, 1])
    array([0.25, 0.25])
    """
    x_, n_ = _known(x, n)
    home = np.asarray(groups, dtype=np.int64)
    gain = _gains(x_, n_, value, polarity)
    top, whole = _totals(x_, picked), _totals(n_, picked)
    before = _miss(top, whole, line, polarity).astype(bool)
    rows, top, whole = _only(picked, before), top[before], whole[before]
    drops = []
    for group in range(int(home.max()) + 1 if home.size else 0):
        more = _totals(np.where(home == group, gain, 0.0), rows)
        left = _miss(top + more, whole, line, polarity).sum()
        drops.append((rows.shape[0] - float(left)) / picked.shape[0])
    return np.array(drops)


def miss_after(
    x: Values,
    n: Values,
    picked: Picked,
    line: float,
    value: float,
    helped: Values,
    polarity: str = "up",
) -> Chance:
    """Return the chance of missing the line once some villages have been brought to `value`.

    `helped` is True for each of them. ValueError as in `wilson_interval`.

    >>> picked = np.array([[0], [1], [2], [3]])
    >>> miss_after([9, 1, 2, 9], [10] * 4, picked, 0.8, 0.9, [False, True, True, False]).chance
    0.0
    """
    x_, n_ = _known(x, n)
    gain = np.where(np.asarray(helped, dtype=bool), _gains(x_, n_, value, polarity), 0.0)
    missed = _miss(_totals(x_ + gain, picked), _totals(n_, picked), line, polarity)
    return _simulated(int(missed.sum()), missed.size)


def help_needed(
    x: Values,
    n: Values,
    picked: Picked,
    line: float,
    value: float,
    order: Values,
    at_most: float,
    polarity: str = "up",
) -> int | None:
    """Return how many villages, in this order, must reach `value` before the chance is low enough.

    The chance of missing the line falls as more are helped, so the number is found by halving.
    None where even all of `order` are not enough. ValueError as in `wilson_interval`.

    >>> picked = np.array([[0], [1], [2], [3]])
    >>> help_needed([9, 1, 2, 9], [10] * 4, picked, 0.8, 0.9, order=[1, 2], at_most=0.25)
    1
    """
    x_, n_ = _known(x, n)
    places, gain = np.asarray(order, dtype=np.int64), _gains(x_, n_, value, polarity)
    top, whole = _totals(x_, picked), _totals(n_, picked)
    # Help lets no draw miss the line that has passed it: the others alone are judged again.
    before = _miss(top, whole, line, polarity).astype(bool)
    rows, top, whole = _only(picked, before), top[before], whole[before]

    def chance(count: int) -> float:
        given = np.zeros(gain.size)
        given[places[:count]] = gain[places[:count]]
        missed = _miss(top + _totals(given, rows), whole, line, polarity)
        return float(missed.sum()) / picked.shape[0]

    low, high = 0, int(places.size)
    if chance(high) > at_most:
        return None
    while low < high:
        middle = (low + high) // 2
        if chance(middle) <= at_most:
            high = middle
        else:
            low = middle + 1
    return low
