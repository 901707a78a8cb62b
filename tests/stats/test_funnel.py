"""Funnel limits, over-dispersion, and the false discoveries of many tests."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import (
    benjamini_hochberg,
    binomial_at_least,
    funnel_limits,
    funnel_z,
    overdispersed_limits,
    overdispersion,
    pooled_share,
)

shares = st.floats(0.0, 1.0)


@given(shares, st.integers(1, 10**6), st.integers(2, 100))
def test_limits_stay_inside_and_narrow(p0: float, n: int, times: int) -> None:
    lower, upper = funnel_limits(p0, n)
    assert 0.0 <= lower <= p0 <= upper <= 1.0
    inner = funnel_limits(p0, n * times)
    assert lower <= inner[0] and inner[1] <= upper


@given(shares, st.integers(1, 10**6), st.floats(0.0, 0.1))
def test_overdispersed_limits_are_wider(p0: float, n: int, tau2: float) -> None:
    narrow, wide = overdispersed_limits(p0, n, 0.0), overdispersed_limits(p0, n, tau2)
    assert 0.0 <= wide[0] <= narrow[0] and narrow[1] <= wide[1] <= 1.0
    assert narrow[0] <= p0 + 1e-9 and p0 - 1e-9 <= narrow[1]


def test_overdispersion_by_hand() -> None:
    x, n = np.array([90, 80, 95, 60]), np.full(4, 100)
    z = (np.arcsin(np.sqrt(x / n)) - np.arcsin(np.sqrt(325 / 400))) / (1 / (2 * np.sqrt(n)))
    ends = np.quantile(z, [0.1, 0.9])
    squeezed = np.clip(z, *ends)
    w = 4.0 * n
    tau2 = ((squeezed**2).sum() - 3) / (w.sum() - (w**2).sum() / w.sum())
    found = overdispersion(x, n)
    assert found.phi == pytest.approx((z**2).mean())
    assert found.phi_winsorised == pytest.approx((squeezed**2).mean())
    assert found.tau2 == pytest.approx(tau2)
    assert funnel_z(x, n) == pytest.approx(z)


def test_overdispersion_is_a_pair_with_one_more_attribute() -> None:
    found = overdispersion([1, 5, 9], [10, 10, 10])
    phi, tau2 = found
    assert (phi, tau2) == (found.phi, found.tau2)
    again = pickle.loads(pickle.dumps(found))
    assert again == found and again.phi_winsorised == found.phi_winsorised
    assert "phi_winsorised" in repr(found)


def test_overdispersion_of_too_little() -> None:
    for x, n in (([5], [10]), ([0, 0], [0, 0]), ([3, None], [10, 10])):
        found = overdispersion(x, n)
        assert np.isnan(found.phi) and found.tau2 == 0.0


def test_under_chance_raw_phi_is_1_and_the_winsorised_about_0_7() -> None:
    """2,000 simulated counties of 16 townships with one common rate."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(2000):
        n = rng.integers(150, 800, 16)
        found.append(overdispersion(rng.binomial(n, 0.7), n))
    assert np.mean([f.phi for f in found]) == pytest.approx(1.0 * 15 / 16, abs=0.05)
    assert np.mean([f.phi_winsorised for f in found]) == pytest.approx(0.7, abs=0.07)
    assert np.mean([f.tau2 > 0 for f in found]) < 0.15


def test_tau2_finds_scatter_that_is_there() -> None:
    rng = np.random.default_rng(3)
    n = rng.integers(200, 2000, 400)
    centre = np.arcsin(np.sqrt(0.6)) + rng.normal(0.0, 0.1, n.size)
    found = overdispersion(rng.binomial(n, np.sin(centre) ** 2), n)
    assert found.phi > 5
    # Winsorising takes about a third of the variance of normal scatter away.
    assert 0.0045 < found.tau2 < 0.011
    share = rng.binomial(n, np.sin(centre) ** 2) / n
    for limits, least, most in (
        (overdispersed_limits(0.6, n, found.tau2, 0.998), 0.0, 0.03),
        (funnel_limits(0.6, n, 0.998), 0.3, 1.0),
    ):
        assert least <= ((share < limits[0]) | (share > limits[1])).mean() < most


def test_pooled_share_skips_what_was_not_reported() -> None:
    assert pooled_share([1, None, 3], [10, 10, 10]) == pytest.approx(0.2)
    assert np.isnan(pooled_share([], []))
    assert np.isnan(pooled_share([0, 0], [0, 0]))


def test_limits_are_a_picture_and_no_test() -> None:
    """200,000 draws: outside the normal 99.8 % limits lie 0.33 % at p = 0.98 and n = 300."""
    rng = np.random.default_rng(4)
    share = rng.binomial(300, 0.98, 200_000) / 300
    lower, upper = funnel_limits(0.98, 300, 0.998)
    outside = ((share < lower) | (share > upper)).mean()
    least = np.floor(300 * upper) + 1.0, 300 - np.ceil(300 * lower) + 1.0
    exact = binomial_at_least(least, 300, [0.98, 0.02]).sum()
    assert outside == pytest.approx(exact, abs=0.0005)
    assert 100 * exact == pytest.approx(0.33, abs=0.005)


@given(st.lists(st.one_of(st.none(), shares), max_size=40))
def test_benjamini_hochberg_against_scipy(p: list[float | None]) -> None:
    from scipy.stats import false_discovery_control

    found = benjamini_hochberg(p) if p else np.array([])
    known = [value for value in p if value is not None]
    if known:
        assert found[~np.isnan(found)] == pytest.approx(false_discovery_control(known))
    assert [bool(gap) for gap in np.isnan(found)] == [value is None for value in p]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: funnel_limits(1.2, 10),
        lambda: funnel_limits(0.5, -1),
        lambda: overdispersed_limits(0.5, 10, -0.1),
        lambda: overdispersion([5], [3]),
        lambda: benjamini_hochberg([1.5]),
    ],
)
def test_impossible_arguments_are_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"outside|negative|exceeds"):
        wrong()
