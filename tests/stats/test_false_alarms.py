"""Under "nothing is going on" every alarm keeps its stated rate: 1,000 simulated counties."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank.stats import (
    any_flag_chance,
    benjamini_hochberg,
    binomial_p_values,
    funnel_p_values,
    newcombe_difference,
    sex_ratio_threshold_count,
    threshold_count,
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


def test_any_township_beyond_99_8(counties: tuple[np.ndarray, np.ndarray]) -> None:
    x, n = counties
    flagged = binomial_p_values(x, n, 0.91) < 0.002
    nominal = any_flag_chance(TOWNSHIPS)
    # Exact tests are conservative; three standard errors of 1,000 counties are 1.7 points.
    assert flagged.any(axis=1).mean() <= nominal + 0.005
    # Against the county's own value, of which each township is a part, it is rarer still.
    own = x.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
    assert (funnel_p_values(x, n, own) < 0.002).any(axis=1).mean() <= nominal + 0.005


def test_benjamini_hochberg_keeps_5_per_cent(counties: tuple[np.ndarray, np.ndarray]) -> None:
    x, n = counties
    p = binomial_p_values(x, n, 0.91)
    announced = [bool((benjamini_hochberg(row) <= 0.05).any()) for row in p]
    # Without any true difference every announcement is false: FDR = P(any).
    assert np.mean(announced) <= 0.05


def test_benjamini_hochberg_with_some_true_differences() -> None:
    """1,000 counties in which 4 of 16 townships really lie 5 points lower."""
    rng = np.random.default_rng(7)
    n = rng.integers(200, 600, (COUNTIES, TOWNSHIPS))
    truth = np.where(np.arange(TOWNSHIPS) < 4, 0.86, 0.91)
    p = binomial_p_values(rng.binomial(n, truth), n, 0.91)
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


def test_threshold_tails_are_calibrated(counties: tuple[np.ndarray, np.ndarray]) -> None:
    """In 300 counties, "too many beyond the line" at 5 % comes up in at most 5 %."""
    x, n = counties
    tails = []
    for won, size in zip(x[:300], n[:300], strict=True):
        below = int((won / size < 0.90).sum())
        tails.append(threshold_count(0.91, size, 0.90, below, direction="below").at_least)
    assert np.mean(np.array(tails) <= 0.05) <= 0.05 + 0.02


def test_natural_sex_ratios_raise_no_alarm() -> None:
    """300 counties with 106 boys to 100 girls: 120 and 130 are crossed as often as said."""
    rng = np.random.default_rng(8)
    found, expected = [], []
    for _ in range(300):
        births = rng.integers(80, 400, TOWNSHIPS)
        boys = rng.binomial(births, 106 / 206)
        above = int((boys * 100 > 120 * (births - boys)).sum())
        count = sex_ratio_threshold_count(births, 120, above)
        found.append(above)
        expected.append(count.expected)
    assert np.mean(found) == pytest.approx(np.mean(expected), abs=0.25)


def test_scatter_beyond_chance_is_rarely_claimed(
    counties: tuple[np.ndarray, np.ndarray],
) -> None:
    """In 100 counties with one common rate the test of their scatter keeps 5 %."""
    x, n = counties
    found = [dispersion_test(won, size, 1.0) for won, size in zip(x[:100], n[:100], strict=True)]
    assert np.mean([p < 0.05 for p in found]) <= 0.1
