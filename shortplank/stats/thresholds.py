"""The chance of each unit to lie beyond a threshold, and the number of those that do."""

from __future__ import annotations

import numpy as np

from shortplank.stats._arrays import FloatArray, FloatLike, Values, check_counts, floats, give
from shortplank.stats.binomial import binomial_at_least, check_share

# Boys per 100 girls at birth where nobody interferes: inside the natural 103-107.
NATURAL_SEX_RATIO = 106.0


def poisson_binomial_pmf(chances: Values) -> FloatArray:
    """Return the distribution of how many of independent events happen, an array 0..k.

    Formula: the product of the events' generating functions, one convolution each (exact).
    NaN chances are left out. ValueError outside 0 to 1.
    Source: Wang, Statistica Sinica 3 (1993) 295-312, for the Poisson-binomial.

    >>> poisson_binomial_pmf([0.5, 0.5]).tolist()
    [0.25, 0.5, 0.25]
    """
    (p,), _ = floats(chances)
    p = np.atleast_1d(p)
    p = p[~np.isnan(p)]
    check_share(p)
    pmf = np.zeros(p.size + 1)
    pmf[0] = 1.0
    for done, chance in enumerate(p, start=1):
        pmf[1 : done + 1] = pmf[1 : done + 1] * (1.0 - chance) + pmf[:done] * chance
        pmf[0] *= 1.0 - chance
    return pmf


def threshold_chances(
    p0: Values, n: Values, threshold: Values, direction: str = "above"
) -> FloatLike:
    """Return each unit's chance of a rate strictly above (or below) a threshold under p0.

    Exact binomial: P(X > n·threshold) or P(X < n·threshold). A unit exactly on the threshold is
    on neither side; n = 0 has no chance.

    >>> round(threshold_chances(0.5, 10, 0.6), 6)
    0.171875
    """
    if direction not in ("above", "below"):
        raise ValueError(f"direction must be above or below, not {direction!r}")
    (p, size, t), scalar = floats(p0, n, threshold)
    check_counts(size)
    edge = size * t
    # 0.9 · 30 is not 27 in binary: a product this near a whole number is that number.
    edge = np.where(np.abs(edge - np.rint(edge)) < 1e-9 * (1.0 + edge), np.rint(edge), edge)
    if direction == "above":
        return give(np.asarray(binomial_at_least(np.floor(edge) + 1.0, size, p)), scalar)
    fewest_failures = size - np.ceil(edge) + 1.0
    return give(np.asarray(binomial_at_least(fewest_failures, size, 1.0 - p)), scalar)
