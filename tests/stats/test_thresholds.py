"""Counts beyond a threshold beside the count that chance gives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import (
    at_least_count,
    poisson_binomial_pmf,
    poisson_binomial_tail,
    sex_ratio_threshold_count,
    threshold_chances,
    threshold_count,
)


@given(st.lists(st.floats(0.0, 1.0), max_size=40))
def test_poisson_binomial_is_a_distribution(chances: list[float]) -> None:
    pmf = poisson_binomial_pmf(chances) if chances else poisson_binomial_pmf([])
    assert pmf.size == len(chances) + 1
    assert (pmf >= 0.0).all() and pmf.sum() == pytest.approx(1.0)
    assert (pmf * np.arange(pmf.size)).sum() == pytest.approx(sum(chances))
    tails = [poisson_binomial_tail(chances, k) for k in range(-1, len(chances) + 2)]
    assert tails[0] == 1.0 and tails[-1] == 0.0
    assert all(a >= b - 1e-12 for a, b in pairwise(tails))


def test_equal_chances_are_binomial() -> None:
    from scipy.stats import binom

    assert poisson_binomial_pmf([0.3] * 12) == pytest.approx(binom.pmf(np.arange(13), 12, 0.3))


def test_on_the_threshold_is_on_neither_side() -> None:
    # 27 of 30 is exactly 0.9, though 0.9 · 30 is not 27 in binary.
    below = threshold_chances(0.9, 30, 0.9, "below")
    above = threshold_chances(0.9, 30, 0.9, "above")
    from scipy.stats import binom

    assert below == pytest.approx(binom.cdf(26, 30, 0.9))
    assert above == pytest.approx(binom.sf(27, 30, 0.9))
    assert threshold_chances(0.9, 0, 0.9, "below") == 0.0
    assert threshold_chances(0.9, 0, 0.9, "above") == 0.0


def test_sex_ratio_threshold_by_enumeration() -> None:
    from scipy.stats import binom

    n = 22  # 12 boys and 10 girls are exactly 120
    boys = np.arange(n + 1)
    ratio = np.array([100 * b / (n - b) if b < n else np.inf for b in boys])
    expected = binom.pmf(boys, n, 106 / 206)[ratio > 120].sum()
    assert sex_ratio_threshold_count([n], 120, 1).expected == pytest.approx(expected)


def test_tails_share_the_observed_count() -> None:
    found = threshold_count(0.9, [100] * 16, 0.9, observed=5, direction="below")
    pmf = poisson_binomial_pmf(threshold_chances(0.9, [100] * 16, 0.9, "below"))
    assert found.at_least + found.at_most == pytest.approx(1.0 + pmf[5])
    assert threshold_count(0.9, [100], 0.9, observed=-1).at_most == 0.0


def test_unreported_units_are_left_out() -> None:
    one = threshold_count(0.9, [100, None], 0.9, observed=1)
    assert one == threshold_count(0.9, [100], 0.9, observed=1)


def test_at_least_count_against_simulation() -> None:
    """100,000 simulated counties of 20 villages."""
    rng = np.random.default_rng(5)
    n = rng.integers(5, 60, 20)
    drawn = (rng.binomial(n, 0.09, (100_000, 20)) >= 3).sum(axis=1)
    found = at_least_count(0.09, n, least=3, observed=8)
    assert found.expected == pytest.approx(drawn.mean(), abs=0.02)
    assert found.at_least == pytest.approx((drawn >= 8).mean(), abs=0.006)
    assert found.at_most == pytest.approx((drawn <= 8).mean(), abs=0.006)


def test_wrong_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="direction"):
        threshold_chances(0.5, 10, 0.5, "sideways")
    with pytest.raises(ValueError, match="outside"):
        poisson_binomial_pmf([1.5])
