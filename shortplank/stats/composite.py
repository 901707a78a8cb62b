"""Several indicators in one order, and what the order owes to the weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats
from shortplank.stats.funnel import pooled_share
from shortplank.stats.ranking import competition_ranks, ranking_key


class Composite(NamedTuple):
    """A unit's composite score, and the share of all weights that its score rests on."""

    score: FloatArray
    coverage: FloatArray


class WeightSensitivity(NamedTuple):
    """Ranks as they are, under each changed weight, and the best and worst that each unit sees.

    `ranks` has one row a change: weight 1 lowered, weight 1 raised, weight 2 lowered, …
    """

    base: FloatArray
    ranks: FloatArray
    best: FloatArray
    worst: FloatArray


class WhatIf(NamedTuple):
    """The whole's value before and after the chosen units reached a rate."""

    before: float
    after: float
    x: FloatArray
    chosen: NDArray[np.bool_]


def linear_score(values: Values, floor: Values, goal: Values) -> FloatArray:
    """Return scores from 0 at the floor to 100 at the goal, linear between and clipped outside.

    A goal below its floor makes lower values better. NaN stays NaN; ValueError for floor = goal.

    >>> linear_score([85.0, 92.5, 101.0], 85.0, 100.0).tolist()
    [0.0, 50.0, 100.0]
    >>> linear_score(2.0, 5.0, 0.0).tolist()
    60.0
    """
    (v, low, high), _ = floats(values, floor, goal)
    if np.any(low == high):
        raise ValueError("a floor equals its goal")
    return np.clip(100.0 * (v - low) / (high - low), 0.0, 100.0)


def composite_score(scores: Values, weights: Values) -> Composite:
    """Return each unit's weighted mean score (units × indicators) over what it has reported.

    Missing is never silently zero: the weights of missing indicators are left out, and
    `coverage` says how much of the weight is left. No weight left gives NaN and coverage 0.
    ValueError for a negative weight or weights that sum to 0.

    >>> composite_score([[100.0, 50.0], [80.0, None]], [3, 1])
    Composite(score=array([87.5, 80. ]), coverage=array([1.  , 0.75]))
    """
    table, w = np.atleast_2d(floats(scores)[0][0]), floats(weights)[0][0]
    if np.any(w < 0.0) or not w.sum() > 0.0:
        raise ValueError("weights must not be negative and must not all be zero")
    known = ~np.isnan(table)
    held = known @ w
    total = np.where(known, table, 0.0) @ w
    with np.errstate(divide="ignore", invalid="ignore"):
        return Composite(np.where(held > 0.0, total / held, np.nan), held / w.sum())


def weight_sensitivity(scores: Values, weights: Values, change: float = 0.2) -> WeightSensitivity:
    """Return how the composite's ranks move when each weight alone is lowered and raised.

    `scores` is units × indicators, `change` the relative step (0.2 = ±20 %).
    Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7.

    >>> weight_sensitivity([[90.0, 60.0], [70.0, 85.0]], [1, 1]).worst.tolist()
    [2.0, 1.0]
    >>> weight_sensitivity([[90.0, 80.0], [70.0, 60.0]], [1, 1]).worst.tolist()
    [1.0, 2.0]
    """
    w = np.atleast_1d(floats(weights)[0][0])
    base = competition_ranks(composite_score(scores, w).score)
    rows = []
    for i in range(w.size):
        for factor in (1.0 - change, 1.0 + change):
            changed = w.copy()
            changed[i] *= factor
            rows.append(competition_ranks(composite_score(scores, changed).score))
    ranks = np.array(rows)
    everything = np.vstack([base, ranks])
    return WeightSensitivity(base, ranks, everything.min(axis=0), everything.max(axis=0))


def raise_weakest(
    x: Values,
    n: Values,
    count: int,
    to: float,
    polarity: str = "up",
    *,
    order: Sequence[int] | None = None,
) -> WhatIf:
    """Return the whole's proportion if the weakest `count` units reached the rate `to`.

    Units are chosen by raw rate (ties: the larger first), or as `order` names them; each gets the
    fewest whole cases that reach `to`, and one that is already there stays as it is. For service
    and quality indicators only: on births it would be a quota.
    Edge cases: units with n = 0 or NaN are never chosen. ValueError as in `wilson_interval`.

    >>> result = raise_weakest([50, 80, 90], [100, 100, 100], count=1, to=0.9)
    >>> round(result.before, 4), round(result.after, 4), result.chosen.tolist()
    (0.7333, 0.8667, [True, False, False])
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    if not 0.0 <= to <= 1.0:
        raise ValueError("the rate to reach lies outside 0 to 1")
    share = x_ / np.where(n_ > 0.0, n_, np.nan)
    badness = np.where(np.isnan(share), -np.inf, ranking_key(share, polarity))
    worst = np.lexsort((-np.nan_to_num(n_), -badness))
    if order is not None:
        worst = np.asarray(order, dtype=np.int64)
    chosen = np.zeros(x_.shape, dtype=bool)
    chosen[worst[: max(count, 0)]] = True
    chosen &= ~np.isnan(share)
    # 0.9 · 30 is not 27 in binary: forgive a billionth before rounding to whole cases.
    if polarity == "down":
        reached = np.minimum(x_, np.floor(to * n_ + 1e-9))
    else:
        reached = np.maximum(x_, np.ceil(to * n_ - 1e-9))
    after = np.where(chosen, reached, x_)
    return WhatIf(pooled_share(x_, n_), pooled_share(after, n_), after, chosen)
