"""Whether a series may be judged by a control chart's rules at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shortplank.stats._arrays import check_counts, floats, z_value
from shortplank.stats.funnel import pooled_share

# Fewest expected cases, and fewest expected non-cases, in a typical period.
LEAST_CASES = 5.0


def is_serially_dependent(values: ArrayLike, level: float = 0.95) -> bool:
    """Return whether each value depends on the one before it, beyond what chance gives.

    Formula: r₁ = Σ(vₜ - v̄)(vₜ₊₁ - v̄) / Σ(vₜ - v̄)² over adjacent known values, against Bartlett's
    one-sided limit z/√(pairs). Stocks such as registers carry last month's cases into this
    month; the rules of a control chart suppose that they do not, and would fire all the time.
    Edge cases: fewer than three adjacent pairs, or no variation, give False.
    Source: Box, Jenkins and Reinsel, Time Series Analysis (1994), section 2.1.6.

    >>> is_serially_dependent(range(24)), is_serially_dependent([1, 2] * 12)
    (True, False)
    """
    (v,), _ = floats(values)
    gap = np.atleast_1d(v) - np.nanmean(v) if np.any(~np.isnan(v)) else np.atleast_1d(v)
    products = gap[:-1] * gap[1:]
    pairs = int(np.count_nonzero(~np.isnan(products)))
    spread = float(np.nansum(gap**2))
    if pairs < 3 or spread <= 0.0:
        return False
    return bool(np.nansum(products) / spread > z_value(2.0 * level - 1.0) / np.sqrt(pairs))


def run_rules_hold(x: ArrayLike, n: ArrayLike) -> bool:
    """Return whether proportions x / n are near enough to normal for the rules about runs.

    Rule: in a period of median size both the expected cases n p̄ and non-cases n (1 - p̄) are at
    least five. Nearer to 0 or 1 the mean is not the median, and "seven on one side" is no sign
    of anything: a process at 99.8 % stands above its own mean nearly always.
    Edge cases: nothing counted gives False. ValueError for a negative count.
    Source: the usual rule for p-charts, e.g. Montgomery, Introduction to Statistical Quality
    Control (2013), section 7.2.

    >>> run_rules_hold([90, 88, 91], [100] * 3), run_rules_hold([32, 32, 31], [32] * 3)
    (True, False)
    """
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    known = ~np.isnan(x_) & (n_ > 0.0)
    if not known.any():
        return False
    share, size = pooled_share(x_[known], n_[known]), float(np.median(n_[known]))
    return size * min(share, 1.0 - share) >= LEAST_CASES
