"""One decision a month: which of all its tests are announced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 0.05


def weighted_q(levels: Sequence[str], p: Sequence[float]) -> NDArray[np.float64]:
    """Return each test's q-value; every level of the month has the same share of the weight.

    Formula: Benjamini-Hochberg on p/w with w = M/(L·m), M tests over L levels, m of a test's own
    level: the weights' mean is 1. A test without a p-value (NaN) is none.
    Source: Genovese, Roeder and Wasserman, Biometrika 93 (2006) 509-524. Valid under positive
    dependence; whether a month's tests are so rests on simulation (docs/methods/judge.md).

    >>> weighted_q(["county", "village", "village"], [0.01, 0.02, 0.5]).round(4).tolist()
    [0.02, 0.04, 0.6667]
    """
    names, values = np.asarray(levels, dtype=object), np.asarray(p, dtype=np.float64)
    result = np.full(values.shape, np.nan)
    made = ~np.isnan(values)
    if not made.any():
        return result
    kinds, place, counts = np.unique(
        names[made].astype(str), return_inverse=True, return_counts=True
    )
    total = int(made.sum())
    scaled = values[made] * len(kinds) * counts[place] / total
    order = np.argsort(scaled, kind="stable")
    steps = scaled[order] * total / np.arange(1, total + 1)
    q = np.empty(total)
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    result[made] = q
    return result


def ledger(tests: Sequence[tuple[str, float]], q: float = RATE) -> list[bool]:
    """Return which of a month's tests, (level, p) each, are announced.

    >>> ledger([("county", 0.5), ("village", 0.001), ("village", 0.4)])
    [False, True, False]
    """
    found = weighted_q([level for level, _ in tests], [p for _, p in tests])
    return [bool(value <= q) for value in found]
