"""Intervals: invariants over all counts, edge cases, and how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import (
    byar_interval,
    funnel_limits,
    newcombe_difference,
    paired_interval,
    rate_interval,
    ratio_of_share,
    sex_ratio_interval,
    share_of_ratio,
    wilson_interval,
)

counts = st.integers(0, 10**7)
levels = st.sampled_from([0.5, 0.8, 0.95, 0.998])


@st.composite
def parts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 10**7))
    return draw(st.integers(0, n)), n


@given(parts(), levels)
def test_wilson_holds_the_share(part: tuple[int, int], level: float) -> None:
    x, n = part
    lower, upper = wilson_interval(x, n, level)
    assert 0.0 <= lower <= x / n <= upper <= 1.0
    assert upper - lower > 0.0


@given(parts(), st.integers(2, 50))
def test_wilson_narrows_as_n_grows(part: tuple[int, int], times: int) -> None:
    x, n = part
    narrow, wide = wilson_interval(x * times, n * times), wilson_interval(x, n)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


@given(parts())
def test_wilson_mirrors_and_widens_with_the_level(part: tuple[int, int]) -> None:
    x, n = part
    lower, upper = wilson_interval(x, n)
    other = wilson_interval(n - x, n)
    assert (1 - upper, 1 - lower) == pytest.approx(other, abs=1e-12)
    outer = wilson_interval(x, n, 0.998)
    assert outer[0] <= lower and upper <= outer[1]


@given(parts(), st.floats(0.001, 0.999), levels)
def test_funnel_inverts_wilson(part: tuple[int, int], p0: float, level: float) -> None:
    x, n = part
    inside = wilson_interval(x, n, level)[0] <= p0 <= wilson_interval(x, n, level)[1]
    lower, upper = funnel_limits(p0, n, level)
    edges = (x / n - lower, x / n - upper, *(p0 - w for w in wilson_interval(x, n, level)))
    if min(abs(edge) for edge in edges) > 1e-9:
        assert inside == (lower <= x / n <= upper)


@given(counts, levels)
def test_byar_holds_the_count(x: int, level: float) -> None:
    lower, upper = byar_interval(x, level)
    assert 0.0 <= lower <= x < upper


def test_byar_near_the_exact_poisson_limits() -> None:
    from scipy.special import gammaincinv

    x = np.arange(10, 500)
    lower, upper = byar_interval(x)
    assert np.abs(lower / gammaincinv(x, 0.025) - 1).max() < 0.005
    assert np.abs(upper / gammaincinv(x + 1, 0.975) - 1).max() < 0.005


@given(st.integers(0, 10**6), st.integers(0, 10**6), levels)
def test_sex_ratio_holds_the_ratio(males: int, females: int, level: float) -> None:
    lower, upper = sex_ratio_interval(males, females, level)
    if males + females == 0:
        assert np.isnan([lower, upper]).all()
    else:
        ratio = 100.0 * males / females if females else np.inf
        assert 0.0 <= lower <= ratio <= upper


@given(parts(), parts(), levels)
def test_newcombe_holds_the_difference(
    one: tuple[int, int], two: tuple[int, int], level: float
) -> None:
    difference, lower, upper = newcombe_difference(*one, *two, level)
    assert -1.0 - 1e-12 <= lower <= difference <= upper <= 1.0 + 1e-12
    back = newcombe_difference(*two, *one, level)
    assert (-back.upper, -back.lower) == pytest.approx((lower, upper), abs=1e-12)


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_paired_interval_holds_the_gap(first: int, second: int) -> None:
    lower, upper = paired_interval(first, second)
    assert lower <= (first - second) / first <= upper


def test_paired_interval_widens_with_differences_that_cancel() -> None:
    netted = paired_interval(500, 470)
    apart = paired_interval(500, 470, only_first=60, only_second=30)
    assert apart[0] < netted[0] and netted[1] < apart[1]


@given(st.floats(0.0, 0.9999))
def test_share_and_ratio_are_inverse(share: float) -> None:
    assert share_of_ratio(ratio_of_share(share)) == pytest.approx(share)


def test_coverage_of_wilson_and_newcombe() -> None:
    """20,000 simulated pairs at each p: between 93 and 97 % hold the truth."""
    rng = np.random.default_rng(1)
    for p, q, n, m in ((0.9, 0.85, 60, 80), (0.98, 0.95, 300, 200), (0.5, 0.5, 40, 40)):
        x, y = rng.binomial(n, p, 20_000), rng.binomial(m, q, 20_000)
        lower, upper = wilson_interval(x, n)
        assert 0.93 <= ((lower <= p) & (p <= upper)).mean() <= 0.97
        _, low, high = newcombe_difference(x, n, y, m)
        assert 0.93 <= ((low <= p - q) & (p - q <= high)).mean() <= 0.97


def test_scalars_give_floats_and_arrays_arrays() -> None:
    for result in (
        *wilson_interval(1, 2), *byar_interval(3), *sex_ratio_interval(5, 4),
        *rate_interval(1, 10), *newcombe_difference(1, 2, 1, 2), *paired_interval(9, 8),
    ):  # fmt: skip
        assert type(result) is float
    lower, upper = wilson_interval([1, 2], 4)
    assert isinstance(lower, np.ndarray) and lower.shape == upper.shape == (2,)
    assert wilson_interval(np.ones((2, 3)), 4)[0].shape == (2, 3)


def test_unknown_and_empty_are_nan() -> None:
    for pair in (
        wilson_interval(0, 0), wilson_interval(None, 5), wilson_interval(1, None),
        byar_interval(None), rate_interval(3, 0), sex_ratio_interval(0, 0),
        newcombe_difference(0, 0, 1, 2), paired_interval(0, 3),
    ):  # fmt: skip
        assert np.isnan(pair).all()


def test_no_girls_no_boys() -> None:
    assert sex_ratio_interval(5, 0)[1] == np.inf
    assert sex_ratio_interval(0, 5)[0] == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: wilson_interval(-1, 5),
        lambda: wilson_interval(6, 5),
        lambda: wilson_interval([1, 2, 9], [3, 3, 3]),
        lambda: wilson_interval(1, 5, level=95),
        lambda: wilson_interval(np.inf, np.inf),
        lambda: byar_interval(-0.5),
        lambda: rate_interval(1, -5),
        lambda: sex_ratio_interval(-1, 3),
        lambda: sex_ratio_interval(1, -3),
        lambda: newcombe_difference(3, 2, 1, 2),
        lambda: paired_interval(-3, 2),
    ],
)
def test_impossible_counts_are_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"negative|exceeds|level|infinite"):
        wrong()
