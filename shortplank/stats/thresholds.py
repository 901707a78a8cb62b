"""How many units lie beyond a threshold, beside the number that chance alone would put there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shortplank.stats._arrays import FloatArray, FloatLike, Values, check_counts, floats, give
from shortplank.stats.binomial import binomial_at_least, check_share
from shortplank.stats.intervals import share_of_ratio

# Boys per 100 girls at birth where nobody interferes: inside the natural 103-107.
NATURAL_SEX_RATIO = 106.0


class ThresholdCount(NamedTuple):
    """How many units chance alone would put beyond a threshold, and how odd the count seen is."""

    expected: float
    at_least: float
    at_most: float


def poisson_binomial_pmf(chances: Values) -> FloatArray:
    """Return the distribution of how many of independent events happen, an array 0..k.

    Formula: the product of the events' generating functions, one convolution each (exact).
    NaN chances are left out. ValueError outside 0 to 1.

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


def poisson_binomial_tail(chances: Values, observed: int) -> float:
    """Return P(at least `observed` of independent events happen), given each one's chance.

    >>> poisson_binomial_tail([0.5, 0.5, 0.5], 2)
    0.5
    """
    if observed <= 0:
        return 1.0
    return float(min(1.0, poisson_binomial_pmf(chances)[observed:].sum()))


def _count(chances: FloatArray, observed: int) -> ThresholdCount:
    pmf = poisson_binomial_pmf(chances)
    known = chances[~np.isnan(chances)]
    at_least = float(min(1.0, pmf[max(observed, 0) :].sum()))
    at_most = float(min(1.0, pmf[: max(observed + 1, 0)].sum()))
    return ThresholdCount(float(known.sum()), at_least, at_most)


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


def threshold_count(
    p0: Values,
    n: Values,
    threshold: Values,
    observed: int,
    direction: str = "above",
) -> ThresholdCount:
    """Return how many units chance alone would put beyond a threshold, with both tails.

    `p0` is the null: the county's own value for a rate. `at_least` is P(≥ observed) and
    `at_most` P(≤ observed), from the Poisson-binomial of `threshold_chances`. Proportions 0-1.
    Units not reported (NaN) are left out.
    Source: Wang, Statistica Sinica 3 (1993) 295-312, for the Poisson-binomial.

    >>> count = threshold_count(0.9094, [359] * 16, 0.90, observed=4, direction="below")
    >>> round(count.expected, 1), round(count.at_least, 2)
    (4.6, 0.71)
    """
    (p, size, t), _ = floats(p0, n, threshold)
    return _count(np.atleast_1d(threshold_chances(p, size, t, direction)), observed)


def sex_ratio_threshold_count(
    births: Values,
    threshold: float,
    observed: int,
    null_ratio: float = NATURAL_SEX_RATIO,
) -> ThresholdCount:
    """Return how many units a natural sex ratio would put above a threshold, with both tails.

    The null is the natural 106, not the county's own ratio: against a county that is itself
    high, 11 units above 130 would look like nothing.

    >>> count = sex_ratio_threshold_count([120] * 16, 130, observed=11)
    >>> round(count.expected, 1), count.at_least < 1e-5
    (2.3, True)
    """
    return threshold_count(share_of_ratio(null_ratio), births, share_of_ratio(threshold), observed)


def at_least_count(p0: Values, n: Values, least: int, observed: int) -> ThresholdCount:
    """Return how many units one common rate would give `least` cases or more, with both tails.

    Each unit's chance is P(X ≥ least), X binomial (n, p0); fewer units than expected is in
    `at_most`. The county's "88 of 185 villages with three or more" stands beside this.

    >>> round(at_least_count(0.0906, [31] * 185, least=3, observed=88).expected)
    100
    """
    (p, size), _ = floats(p0, n)
    check_counts(size)
    return _count(np.atleast_1d(binomial_at_least(float(least), size, p)), observed)
