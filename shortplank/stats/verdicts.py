"""The one verdict engine: what an interval says against a benchmark, as a code.

Codes, not words: `better` and `worse` where the indicator has a direction, `higher` and `lower`
where it has none, `similar` where the benchmark lies inside the interval, `too_few` where the
denominator is below the least that is shown, `none` where there is nothing to compare.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, FloatLike, Values, floats, give

Polarity = Literal["up", "down", "none", "range"]
# Verdict code, or an array of them.
CodeLike = Any
CODES = ("better", "worse", "similar", "higher", "lower", "too_few", "none")
# Half an interval's width, as a share of the value, from which on it does not speak for no change.
LITTLE_TOLD = 0.1
_ABOVE = {"up": "better", "down": "worse", "none": "higher", "range": "worse"}
_BELOW = {"up": "worse", "down": "better", "none": "lower", "range": "worse"}


class GradedVerdict(NamedTuple):
    """A verdict and the strongest level it holds at: 0.998, 0.95, or 0 when it is no difference."""

    code: CodeLike
    level: FloatLike


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


def tells_little(lower: float, upper: float, value: float) -> bool:
    """Return whether a difference's interval is too wide to speak for no change.

    An interval that holds 0 does not show a change; one that reaches a tenth of the value to
    either side would not show a large one. False where anything is unknown.

    >>> tells_little(-19.5, 103.2, 143.4), tells_little(-0.3, 2.2, 91.68)
    (True, False)
    """
    return bool((upper - lower) / 2 > LITTLE_TOLD * abs(value))


def graded_verdict(
    at_95: tuple[Values, Values],
    at_998: tuple[Values, Values],
    benchmark: Values,
    polarity: Polarity = "none",
    *,
    n: Values = None,
    least: Values = 0.0,
    comparable: Values = True,
) -> GradedVerdict:
    """Return the verdict at 95 % and the strongest level at which the difference still holds.

    Arguments are those of `verdict`, with one (lower, upper) for each level. The level is 0.998
    or 0.95 where the interval of that level leaves the benchmark out, and 0 elsewhere.

    >>> graded_verdict((0.84, 0.88), (0.82, 0.895), 0.90, "up")
    GradedVerdict(code='worse', level=0.998)
    """
    code = verdict(*at_95, benchmark, polarity, n=n, least=least, comparable=comparable)
    codes = np.asarray(code)
    strong, weak = (
        np.abs(np.asarray(side(*limits, benchmark), dtype=np.float64)) == 1.0
        for limits in (at_998, at_95)
    )
    judged = (codes != "none") & (codes != "too_few")
    level = np.where(judged & strong, 0.998, np.where(judged & weak, 0.95, 0.0))
    return GradedVerdict(code, give(level, codes.ndim == 0))
