"""Published figures held against themselves: a value and its parts, ranks and values, moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, floats
from shortplank.stats.quality import MAD_FACTOR

# Grades of `grade_against_parts`.
FITS, CUT_OFF, CONTRADICTS = 0, 1, 2
# A quotient of two counts is not exact in binary either: this much of it is no difference.
_RELATIVE = 1e-9
# Over 44 bulletins of nine indicators no honest move passed 7 (the demo county's 29 counties).
SUDDEN = 8.0
# A column stands in wrong lines where it is so many times nearer to the figures of the next ones.
SHIFTED = 4.0
# Fewer counties than this have no common move that one of them can differ from.
LEAST_COUNTIES = 5


def grade_against_parts(
    value: Values, counted: Values, decimals: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return whether published values are what their own parts come to, by the digits shown.

    ``counted`` is factor × numerator ÷ denominator. Half a unit of the last digit shown is
    rounding (`FITS`), a whole unit is a figure cut off instead of rounded (`CUT_OFF`), more is
    none (`CONTRADICTS`). NaN on either side fits.

    >>> parts = [100 * 34021 / 41169] * 4
    >>> grade_against_parts([82.64, 82.63, 28.64, 82.6], parts, np.array([2, 2, 2, 1])).tolist()
    [0, 1, 2, 0]
    """
    (v, c), _ = floats(value, counted)
    unit = 10.0 ** -np.asarray(decimals, dtype=np.float64)
    away = np.nan_to_num(np.abs(v - c)) - _RELATIVE * np.maximum(1.0, np.nan_to_num(np.abs(c)))
    return np.where(away <= unit / 2, FITS, np.where(away <= unit, CUT_OFF, CONTRADICTS))


def out_of_order(ranks: Values, keys: Values) -> NDArray[np.bool_]:
    """Return the fewest units without which the ranks order the keys (smaller is better).

    Equal keys may have different ranks (they were ranked before rounding); equal ranks must have
    equal keys. NaN takes no part. The rest is a longest chain, found by dynamic programming.

    >>> out_of_order([1, 27, 3, 4], [-93.6, -90.1, -89.5, -88.0]).tolist()
    [False, True, False, False]
    """
    (r, k), _ = floats(ranks, keys)
    known = np.flatnonzero(~(np.isnan(r) | np.isnan(k)))
    order = known[np.lexsort((k[known], r[known]))]
    ranked, sorted_keys = r[order], k[order]
    longest, before = np.ones(len(order), dtype=np.int64), np.full(len(order), -1)
    for i in range(1, len(order)):
        ties = ranked[:i] == ranked[i]
        fits = np.where(ties, sorted_keys[:i] == sorted_keys[i], sorted_keys[:i] <= sorted_keys[i])
        chains = np.where(fits, longest[:i], 0)
        best = int(np.argmax(chains))
        if chains[best]:
            longest[i], before[i] = chains[best] + 1, best
    wrong = np.zeros(r.shape, dtype=bool)
    wrong[known] = True
    at = int(np.argmax(longest)) if len(order) else -1
    while at >= 0:
        wrong[order[at]] = False
        at = int(before[at])
    return wrong


def sudden_moves(before: Values, now: Values, least: float, alone: float) -> NDArray[np.bool_]:
    """Return the units that moved as no other did.

    That is further from the median move than `SUDDEN` times the moves' own scale (the median
    absolute deviation by Iglewicz and Hoaglin's factor), which is never taken below a quarter of
    ``least``: figures that all stand still have no scale. With fewer than `LEAST_COUNTIES` there
    is nothing in common, and a move of ``alone`` or more is sudden.

    >>> was, now = [82.2, 88.1, 85.0, 89.2, 93.1, 86.9], [28.6, 88.5, 85.4, 89.5, 93.6, 87.2]
    >>> sudden_moves(was, now, 1.0, 20.0).tolist()
    [True, False, False, False, False, False]
    """
    (b, v), _ = floats(before, now)
    moves: FloatArray = v - b
    known = moves[~np.isnan(moves)]
    if len(known) < LEAST_COUNTIES:
        return np.nan_to_num(np.abs(moves)) >= alone
    away = np.abs(moves - np.median(known))
    scale = max(float(np.nanmedian(away)) / MAD_FACTOR, least / 4)
    return np.nan_to_num(away) > SUDDEN * scale


def level_move(before: Values, now: Values) -> float:
    """Return by how much a column moved as a whole: the median move of `LEAST_COUNTIES` or more.

    0 where fewer are known on both sides.

    >>> level_move([82.0, 88.0, 85.0, 89.0, 93.0], [27.0, 9.0, 20.0, 6.0, 1.0])
    -79.0
    """
    (b, v), _ = floats(before, now)
    moves = (v - b)[~np.isnan(v - b)]
    return float(np.median(moves)) if len(moves) >= LEAST_COUNTIES else 0.0


def shifted_by(before: Values, now: Values, least: float) -> int:
    """Return by how many lines a column stands too low (below 0: too high), 0 where it does not.

    It does where the usual distance from the line's own figure before is at least ``least`` and
    `SHIFTED` times that from the figure of the line above, or below.

    >>> was = [82.6, 88.5, 85.5, 89.5, 93.1, 82.1, 86.9]
    >>> shifted_by(was, [88.6, 85.6, 89.6, 93.2, 82.2, 87.0, 82.7], 1.0)
    -1
    """
    (b, v), _ = floats(before, now)
    away = {lines: np.abs(v - np.roll(b, lines)) for lines in (0, 1, -1)}
    known = {lines: one[~np.isnan(one)] for lines, one in away.items()}
    if min(map(len, known.values())) < LEAST_COUNTIES:
        return 0
    usual = {lines: float(np.median(one)) for lines, one in known.items()}
    best = min(usual, key=lambda lines: usual[lines])
    return best if usual[0] >= max(least, SHIFTED * usual[best]) else 0


def level_ratio(before: Values, now: Values) -> float:
    """Return how many times the level of a column is that of another: medians of the same units.

    NaN where they have none in common, or either level is not positive.

    >>> round(level_ratio([82.0, 88.0, 85.0], [0.82, 0.88, 0.85]), 4)
    0.01
    """
    (b, v), _ = floats(before, now)
    both = ~(np.isnan(b) | np.isnan(v))
    if not both.any():
        return float("nan")
    was, level = float(np.median(b[both])), float(np.median(v[both]))
    return level / was if was > 0 and level > 0 else float("nan")
