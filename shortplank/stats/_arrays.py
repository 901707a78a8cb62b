"""Arrays or scalars in, the same out; SciPy's special functions, loaded at their first use."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
# What every statistic takes: numbers, arrays or lists of them, None for "not reported".
Values = ArrayLike | Sequence[Any] | None
# A float when every argument was a scalar, else a float64 array of their common shape.
FloatLike = Any


class _LazySpecial:
    """`scipy.special`, imported when a function of it is first asked for.

    Importing it takes 0.1 to 0.2 s, which a page that needs no statistic must not wait for.
    """

    def __getattr__(self, name: str) -> Any:
        from scipy import special as module

        function = getattr(module, name)
        setattr(self, name, function)
        return function


special: Any = _LazySpecial()
_NORMAL = NormalDist()


def floats(*values: Values) -> tuple[list[FloatArray], bool]:
    """Return the values as float64 arrays of one shape, and whether all of them were scalars.

    None becomes NaN, which every statistic here reads as "not reported".
    """
    arrays = [np.asarray(value, dtype=np.float64) for value in values]
    scalar = all(array.ndim == 0 for array in arrays)
    return [np.array(array) for array in np.broadcast_arrays(*arrays)], scalar


def give(result: NDArray[Any], scalar: bool) -> Any:
    """Return a Python scalar when the arguments were scalars, else the array."""
    return result.item() if scalar else result


def check_counts(x: FloatArray, n: FloatArray | None = None) -> None:
    """Raise ValueError for a negative or infinite count, or for a part above its whole."""
    for counts in (x,) if n is None else (x, n):
        if np.any(counts < 0):
            raise ValueError("a count is negative")
        if np.any(np.isinf(counts)):
            raise ValueError("a count is infinite")
    if n is not None and np.any(x > n):
        raise ValueError("a numerator exceeds its denominator")


def z_value(level: float) -> float:
    """Return the two-sided normal quantile of a level: norm.ppf((1 + level) / 2).

    From the standard library (algorithm AS 241, 16 digits), because the first page needs no more
    of SciPy than this one number.

    >>> round(z_value(0.95), 6), round(z_value(0.998), 6)
    (1.959964, 3.090232)
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    return _NORMAL.inv_cdf((1.0 + level) / 2.0)
