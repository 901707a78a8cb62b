"""Under "nothing is going on" every alarm keeps its stated rate: 1,000 simulated counties."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank.stats import (
    NATURAL_SEX_RATIO,
    benjamini_hochberg,
    binomial_at_least,
    funnel_limits,
    line_count,
    newcombe_difference,
    share_of_ratio,
    verdict,
    wilson_interval,
)
from shortplank.stats.judge.comparisons import dispersion_test

COUNTIES, TOWNSHIPS = 1000, 16


@pytest.fixture(scope="module")
def counties() -> tuple[np.ndarray, np.ndarray]:
    """Return x and n of 1,000 counties of 16 townships with one common rate of 0.91."""
    rng = np.random.default_rng(20100601)
    n = np.rint(5740 * rng.dirichlet(np.full(TOWNSHIPS, 12.0), COUNTIES)).astype(int)
    return rng.binomial(n, 0.91), n


def test_any_township_outside_the_99_8_limits(counties: tuple[np.ndarray, np.ndarray]) -> None:
    x, n = counties
    # 16 independent townships at 0.2 %; three standard errors of 1,000 counties are 1.7 points.
    nominal = 1 - 0.998**TOWNSHIPS
    own = x.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
    lower, upper = funnel_limits(own, n, 0.998)
    outside = (x / n < lower) | (x / n > upper)
    assert outside.any(axis=1).mean() == pytest.approx(nominal, abs=0.017)


def fewer_than(x: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return the exact chance of as few cases as each x, or fewer, where the rate is 0.91."""
    return np.asarray(binomial_at_least(n - x, n, 0.09))


def test_benjamini_hochberg_keeps_5_per_cent(counties: tuple[np.ndarray, np.ndarray]) -> None:
    x, n = counties
    p = fewer_than(x, n)
    found = [bool((benjamini_hochberg(row) <= 0.05).any()) for row in p]
    # Without any true difference every discovery is false: FDR = P(any).
    assert np.mean(found) <= 0.05


def test_benjamini_hochberg_with_some_true_differences() -> None:
    """1,000 counties in which 4 of 16 townships really lie 5 points lower."""
    rng = np.random.default_rng(7)
    n = rng.integers(200, 600, (COUNTIES, TOWNSHIPS))
    truth = np.where(np.arange(TOWNSHIPS) < 4, 0.86, 0.91)
    p = fewer_than(rng.binomial(n, truth), n)
    found = np.array([benjamini_hochberg(row) <= 0.05 for row in p])
    false = found[:, 4:].sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    assert false.mean() <= 0.05
    assert found[:, :4].mean() > 0.4


def test_verdicts_against_a_fixed_line(counties: tuple[np.ndarray, np.ndarray]) -> None:
    x, n = counties
    for level, nominal in ((0.95, 0.05), (0.998, 0.002)):
        codes = verdict(*wilson_interval(x, n, level), 0.91, "up")
        assert (codes != "similar").mean() <= nominal + 0.006
        wrong_way = (codes == "better").mean() - (codes == "worse").mean()
        assert abs(wrong_way) <= 0.03


def test_same_period_differences(counties: tuple[np.ndarray, np.ndarray]) -> None:
    x, n = counties
    half = COUNTIES // 2
    _, lower, upper = newcombe_difference(x[:half], n[:half], x[half:], n[half:])
    assert ((lower > 0) | (upper < 0)).mean() <= 0.055


def test_the_range_beside_a_count_beyond_a_line_holds_nine_tenths(
    counties: tuple[np.ndarray, np.ndarray],
) -> None:
    """In 300 counties, the count below the line lies within what the county's value expects."""
    x, n = counties
    every = [
        line_count(won, size, 1.0, 0.90, "below")
        for won, size in zip(x[:300], n[:300], strict=True)
    ]
    assert np.mean([count.lower <= count.seen <= count.upper for count in every]) >= 0.9
    assert np.mean([count.seen for count in every]) == pytest.approx(
        np.mean([count.expected for count in every]), abs=0.25
    )


def test_natural_sex_ratios_raise_no_alarm() -> None:
    """300 counties with 106 boys to 100 girls: 120 and 130 are crossed as often as said."""
    rng = np.random.default_rng(8)
    counts = []
    for _ in range(300):
        births = rng.integers(80, 400, TOWNSHIPS)
        boys = rng.binomial(births, 106 / 206)
        line, natural = share_of_ratio(120), share_of_ratio(NATURAL_SEX_RATIO)
        counts.append(line_count(boys, births, 1.0, line, "above", natural))
        assert counts[-1].seen == (boys * 100 > 120 * (births - boys)).sum()
    seen, expected, *_ = np.mean(counts, axis=0)
    assert seen == pytest.approx(expected, abs=0.25)


def test_scatter_beyond_chance_is_rarely_claimed(
    counties: tuple[np.ndarray, np.ndarray],
) -> None:
    """In 100 counties with one common rate the test of their scatter keeps 5 %."""
    x, n = counties
    found = [dispersion_test(won, size, 1.0) for won, size in zip(x[:100], n[:100], strict=True)]
    assert np.mean([p < 0.05 for p in found]) <= 0.1
