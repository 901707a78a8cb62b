"""Units beyond a line: the exact binomial and Poisson-binomial, and what dispersion does to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import binomial_at_least, poisson_binomial_pmf, threshold_chances
from shortplank.stats.judge.lines import line_count, reach_count

SIZES = [359, 120, 77, 500, 31, 30, 260, 410]
CASES = [330, 99, 70, 440, 27, 27, 240, 371]


@pytest.mark.parametrize("side", ["below", "above"])
@pytest.mark.parametrize("share", [None, 0.93])
def test_without_dispersion_it_is_the_exact_count(side: str, share: float | None) -> None:
    found = line_count(CASES, SIZES, 1.0, 0.9, side, share)
    common = sum(CASES) / sum(SIZES) if share is None else share
    chances = threshold_chances(common, SIZES, 0.9, side)
    assert found.expected == pytest.approx(chances.sum())
    upto = np.cumsum(poisson_binomial_pmf(chances))
    for limit, chance in ((found.lower, 0.05), (found.upper, 0.95)):
        assert upto[limit] >= chance and (limit == 0 or upto[limit - 1] < chance)
    values = np.array(CASES) / SIZES
    beyond = values < 0.9 if side == "below" else values > 0.9
    # 27 of 30 lies on the line, and on neither side.
    assert found.seen == beyond.sum() and CASES[5] == 27


def test_the_range_holds_its_nine_tenths() -> None:
    rng = np.random.default_rng(5)
    n = np.array(SIZES)
    drawn = (rng.binomial(n, 0.91, (20_000, n.size)) / n < 0.9).sum(axis=1)
    found = line_count(CASES, SIZES, 1.0, 0.9, "below", 0.91)
    assert found.expected == pytest.approx(drawn.mean(), abs=0.03)
    assert ((found.lower <= drawn) & (drawn <= found.upper)).mean() >= 0.9


def test_dispersion_makes_a_far_line_likelier_and_the_range_wider() -> None:
    n = np.full(100, 200.0)
    counts = [line_count(n * 0.9, n, phi, 0.86, "below") for phi in (1.0, 1.5, 2.4, 5.0)]
    expected = [count.expected for count in counts]
    width = [count.upper - count.lower for count in counts]
    assert expected == sorted(expected) and width == sorted(width) and width[-1] > width[0]


def test_dispersion_is_that_of_clustered_counts() -> None:
    """20,000 draws of 50 clusters of 4 alike: φ = 4 expects what they give."""
    rng = np.random.default_rng(9)
    drawn = 4 * rng.binomial(50, 0.9, 20_000)
    for line in (0.85, 0.88, 0.92):
        found = line_count([180.0], [200.0], 4.0, line, "below")
        # A sum of clusters has steps of 4, which the smooth chance passes in the middle.
        low, high = (drawn < 200 * line - 2).mean(), (drawn < 200 * line + 4).mean()
        assert low <= found.expected <= high


@given(
    st.lists(
        st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=20,
    ),
    st.floats(0.0, 1.0),
    st.sampled_from([0.7, 1.0, 2.4]),
)
def test_below_is_above_of_the_non_cases(
    units: list[tuple[int, int]], line: float, phi: float
) -> None:
    line = round(line, 2)
    x, n = np.array(units, dtype=float).T
    one = line_count(x, n, phi, line, "below")
    other = line_count(n - x, n, phi, 1.0 - line, "above")
    assert one.seen == other.seen
    assert one.expected == pytest.approx(other.expected, abs=1e-9)
    assert 0 <= one.lower <= one.upper <= len(units)
    assert one.seen + line_count(x, n, phi, line, "above").seen <= len(units)


def test_each_unit_may_have_its_own_dispersion() -> None:
    both = line_count([90, 90], [100, 100], [1.0, 3.0], 0.85, "below")
    each = [line_count([90], [100], phi, 0.85, "below").expected for phi in (1.0, 3.0)]
    assert both.expected == pytest.approx(sum(each))


def test_averages_over_months_need_not_be_whole() -> None:
    # 0.3 · 3 is not 0.9 in binary, and still on the line.
    assert line_count([0.3 * 3], [3.0], 1.0, 0.3, "above").seen == 0
    assert line_count([12.4], [20.5], 1.0, 0.6, "above").seen == 1


def test_unreported_units_are_left_out() -> None:
    one = line_count([90, None, 0], [100, 100, 0], 1.0, 0.95, "below")
    assert one == line_count([90], [100], 1.0, 0.95, "below")
    assert line_count([None], [100], 1.0, 0.95, "below") == (0, 0.0, 0, 0)


def test_nothing_lies_beyond_the_ends() -> None:
    assert line_count([10, 4], [10, 10], 2.0, 1.0, "above", 0.99) == (0, 0.0, 0, 0)
    assert line_count([0, 4], [10, 10], 2.0, 0.0, "below", 0.01) == (0, 0.0, 0, 0)


def test_bad_arguments_are_refused() -> None:
    for line, share in ((1.5, None), (float("nan"), None), (0.9, -0.1), (0.9, float("nan"))):
        with pytest.raises(ValueError, match="outside"):
            line_count([1], [2], 1.0, line, "below", share)
    with pytest.raises(ValueError, match="dispersion"):
        line_count([1], [2], 0.0, 0.9, "below")
    with pytest.raises(ValueError, match="side"):
        line_count([1], [2], 1.0, 0.9, "sideways")


# --- how many have so many cases ------------------------------------------------------------------
def test_so_many_cases_are_counted_beside_what_one_share_gives() -> None:
    rng = np.random.default_rng(20100601)
    n = rng.integers(5, 80, 185).astype(float)
    x = rng.binomial(n.astype(int), 0.09).astype(float)
    found = reach_count(x, n, 3, 0.09)
    drawn = (rng.binomial(n.astype(int), 0.09, (20_000, 185)) >= 3).sum(axis=1)
    assert found.seen == int((x >= 3).sum())
    assert found.expected == pytest.approx(drawn.mean(), abs=0.15)
    assert found.expected == pytest.approx(np.sum(binomial_at_least(3.0, n, 0.09)))
    assert (found.lower, found.upper) == pytest.approx(np.quantile(drawn, [0.05, 0.95]), abs=1)


def test_so_many_cases_leave_out_the_unreported_and_refuse_no_share() -> None:
    assert reach_count([3, None, 0], [30, 30, 0], 3, 0.1)[:1] == (1,)
    assert reach_count([None], [30], 3, 0.1) == (0, 0.0, 0, 0)
    with pytest.raises(ValueError, match="outside"):
        reach_count([3], [30], 3, 1.5)
