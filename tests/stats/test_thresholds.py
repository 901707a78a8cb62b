"""The chance to lie beyond a threshold, and how many of independent events happen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import (
    NATURAL_SEX_RATIO,
    poisson_binomial_pmf,
    share_of_ratio,
    threshold_chances,
)


@given(st.lists(st.floats(0.0, 1.0), max_size=40))
def test_poisson_binomial_is_a_distribution(chances: list[float]) -> None:
    pmf = poisson_binomial_pmf(chances) if chances else poisson_binomial_pmf([])
    assert pmf.size == len(chances) + 1
    assert (pmf >= 0.0).all() and pmf.sum() == pytest.approx(1.0)
    assert (pmf * np.arange(pmf.size)).sum() == pytest.approx(sum(chances))


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
    natural, line = share_of_ratio(NATURAL_SEX_RATIO), share_of_ratio(120)
    assert threshold_chances(natural, n, line) == pytest.approx(expected)


def test_unreported_units_are_left_out() -> None:
    chances = threshold_chances(0.9, [100, None], 0.9)
    assert np.isnan(chances[1])
    assert poisson_binomial_pmf(chances) == pytest.approx([1.0 - chances[0], chances[0]])


def test_wrong_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="direction"):
        threshold_chances(0.5, 10, 0.5, "sideways")
    with pytest.raises(ValueError, match="outside"):
        poisson_binomial_pmf([1.5])
