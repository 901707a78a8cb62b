"""What an interval says against a benchmark, as a code; what is announced is `judge`'s to say.

Codes, not words: `better` and `worse` where the indicator has a direction, `higher` and `lower`
where it has none, `similar` where the benchmark lies inside the interval, `too_few` where the
denominator is below the least that is shown, `none` where there is nothing to compare.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, FloatLike, Values, floats, give

Polarity = Literal["up", "down", "none", "range"]
# Verdict code, or an array of them.
CodeLike = Any
CODES = ("better", "worse", "similar", "higher", "lower", "too_few", "none")
_ABOVE = {"up": "better", "down": "worse", "none": "higher", "range": "worse"}
_BELOW = {"up": "worse", "down": "better", "none": "lower", "range": "worse"}


def _bounds(benchmark: Values, polarity: str) -> tuple[Values, Values, bool]:
    """Return a benchmark's low and high end, and whether it is a range."""
    if polarity not in _ABOVE:
        raise ValueError(f"polarity must be up, down, none or range, not {polarity!r}")
    if isinstance(benchmark, tuple):
        if len(benchmark) != 2:
            raise ValueError("a range benchmark is a pair (low, high)")
        return benchmark[0], benchmark[1], True
    return benchmark, benchmark, False


def side(lower: Values, upper: Values, benchmark: Values) -> FloatLike:
    """Return +1 where the interval lies above the benchmark, -1 below, 0 where they meet.

    The benchmark is a value, an array of values, or a tuple (low, high) for a range. A benchmark
    exactly on a limit is inside. NaN where anything is unknown.

    >>> side([80.0, 91.0, 95.0], [85.0, 96.0, 99.0], 95.0)
    array([-1.,  0.,  0.])
    """
    low, high, _ = _bounds(benchmark, "none")
    (lo, up, a, b), scalar = floats(lower, upper, low, high)
    result = np.where(lo > b, 1.0, np.where(up < a, -1.0, 0.0))
    unknown = np.isnan(lo) | np.isnan(up) | np.isnan(a) | np.isnan(b)
    return give(np.where(unknown, np.nan, result), scalar)


def _codes(
    where: FloatArray, polarity: str, inside: NDArray[np.bool_], ranged: bool
) -> NDArray[np.str_]:
    judged = "none" if polarity == "range" and not ranged else polarity
    codes = np.full(where.shape, "none", dtype="<U7")
    codes[where == 0] = "similar"
    codes[where > 0] = _ABOVE[judged]
    codes[where < 0] = _BELOW[judged]
    if polarity == "range" and ranged:
        codes[(where == 0) & inside] = "better"
    return codes


def verdict(
    lower: Values,
    upper: Values,
    benchmark: Values,
    polarity: Polarity = "none",
    *,
    n: Values = None,
    least: Values = 0.0,
    comparable: Values = True,
) -> CodeLike:
    """Return the verdict code of an interval against a benchmark, one string or an array.

    Rule: the benchmark inside the interval is `similar`; else above and below are judged by the
    polarity (up, down), or named without judgement (none). With polarity `range` and a tuple
    (low, high), an interval wholly outside is `worse` on either side (`side` tells which) and
    one wholly inside is `better`; against a single value a range indicator is not judged.
    `n` below `least` is `too_few`. `comparable` is False where a benchmark contains only the
    unit itself: `none`, as for anything unknown (NaN).
    Source: OHID Fingertips, "Compared with benchmark"; limits touch = similar.

    >>> verdict(0.84, 0.89, 0.90, "up")
    'worse'
    >>> verdict([109.0, 101.0, 104.0], [131.0, 118.0, 106.0], (103.0, 107.0), "range")
    array(['worse', 'similar', 'better'], dtype='<U7')
    >>> verdict(0.10, 0.90, 0.95, "up", n=3, least=20)
    'too_few'
    """
    low, high, ranged = _bounds(benchmark, polarity)
    known = np.nan if n is None else n
    (lo, up, a, b, size, floor, same), scalar = floats(
        lower, upper, low, high, known, least, comparable
    )
    where = np.asarray(side(lo, up, (a, b)))
    codes = _codes(where, polarity, (lo >= a) & (up <= b), ranged)
    codes[np.isnan(where)] = "none"
    if n is not None:
        codes[np.isnan(size)] = "none"
        codes[size < floor] = "too_few"
    codes[same == 0.0] = "none"
    return give(codes, scalar)
