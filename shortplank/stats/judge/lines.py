"""How many units lie beyond a line, beside how many would if all had one share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats, special
from shortplank.stats.binomial import binomial_at_least
from shortplank.stats.judge.posterior import check_side
from shortplank.stats.thresholds import poisson_binomial_pmf

# The range that is said beside an expected count.
LEVEL = 0.90
# 0.9 · 30 is not 27 in binary: a number this near to another is that number.
_SLACK = 1e-9


class LineCount(NamedTuple):
    """Units beyond a line: how many there are, are expected, and a 90 % range of whole numbers."""

    seen: int
    expected: float
    lower: int
    upper: int


def _edge(n: FloatArray, line: float) -> FloatArray:
    """Return the cases that lie exactly on the line, made whole where they are all but whole."""
    edge = n * line
    return np.where(np.abs(edge - np.rint(edge)) < _SLACK * (1.0 + edge), np.rint(edge), edge)


def _chances(share: float, n: FloatArray, phi: FloatArray, line: float, side: str) -> FloatArray:
    """Return each unit's chance to lie strictly beyond the line.

    P(X ≥ k) of n is I_p(k, n - k + 1). The step at k - ½ divided by φ is a step of n/φ effective
    cases, so that φ = 1 gives exactly the binomial and other φ the same continuity.
    """
    edge = _edge(n, line)
    # Counted towards the line's far side: cases above it, or non-cases below it.
    least = np.floor(edge) + 1.0 if side == "above" else n - np.ceil(edge) + 1.0
    chance = share if side == "above" else 1.0 - share
    possible = least <= n
    held = np.where(possible, least, n)
    tail = special.betainc((held - 0.5) / phi + 0.5, (n - held + 0.5) / phi + 0.5, chance)
    return np.where(possible, tail, 0.0)


def _check(line: float, share: float, phi: FloatArray) -> None:
    if not (0.0 <= line <= 1.0 and 0.0 <= share <= 1.0):
        raise ValueError("a line or a share lies outside 0 to 1")
    if not np.all(phi > 0.0) or np.any(np.isinf(phi)):
        raise ValueError("a dispersion is not above 0")


def line_count(
    x: Values, n: Values, phi: Values, line: float, side: str, share: float | None = None
) -> LineCount:
    """Return how many units lie strictly beyond a line, and how many would by chance alone.

    The null is one share for all, Σx/Σn unless `share` says another (the natural one, for sex
    ratios). Each unit's chance is the incomplete beta at x/φ, n/φ (the binomial at φ = 1), the
    number's distribution the Poisson-binomial, its range the quantiles at 5 and 95 %. Shapes:
    x, n, φ (units,) or scalar; line and share 0-1; side "below" or "above".
    A range, never a test: what the county's own value expects is no verdict on anybody.
    Edge cases: n = 0 or NaN is left out; a unit exactly on the line is on neither side; nobody
    left gives 0 throughout. ValueError for a line or share outside 0-1, φ ≤ 0, or bad counts.
    Source: Wang, Statistica Sinica 3 (1993) 295-312, for the Poisson-binomial.

    >>> found = line_count([880] * 4 + [915] * 12, [1000] * 16, 1.0, 0.90, "below")
    >>> found.seen, round(found.expected, 1), found.lower, found.upper
    (4, 3.7, 1, 7)
    """
    check_side(side)
    (x_, n_, phi_), _ = floats(x, n, phi)
    x_, n_, phi_ = np.atleast_1d(x_), np.atleast_1d(n_), np.atleast_1d(phi_)
    check_counts(x_, n_)
    known = (n_ > 0.0) & ~np.isnan(x_)
    x_, n_, phi_ = x_[known], n_[known], phi_[known]
    if not known.any():
        return LineCount(0, 0.0, 0, 0)
    common = float(x_.sum() / n_.sum()) if share is None else share
    _check(line, common, phi_)
    edge = _edge(n_, line)
    past = x_ - edge if side == "above" else edge - x_
    chances = np.asarray(_chances(common, n_, phi_, line, side))
    return _counted(int((past > _SLACK * (1.0 + edge)).sum()), chances)


def _counted(seen: int, chances: FloatArray) -> LineCount:
    upto = np.cumsum(poisson_binomial_pmf(chances))
    lower, upper = (int(np.searchsorted(upto, q - 1e-12)) for q in (0.05, 0.95))
    return LineCount(seen, float(chances.sum()), lower, upper)


def reach_count(x: Values, n: Values, least: int, share: float) -> LineCount:
    """Return how many units have `least` cases or more, and how many would if all had one share.

    Each unit's chance is P(X ≥ least) of its own n, exact; the number's distribution is the
    Poisson-binomial. Shapes: x, n (units,); share 0-1. A range, never a test.
    Edge cases: n = 0 has no case; NaN is left out. ValueError for a share outside 0-1.

    >>> found = reach_count([0, 1, 4, 5] * 20, [31] * 80, 3, 0.09)
    >>> found.seen, round(found.expected, 1), found.lower, found.upper
    (40, 43.0, 36, 50)
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    _check(0.0, share, np.ones(1))
    known = ~(np.isnan(x_) | np.isnan(n_))
    chances = np.atleast_1d(binomial_at_least(float(least), n_[known], share))
    return _counted(int(np.count_nonzero(x_[known] >= least)), chances)
