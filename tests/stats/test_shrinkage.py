"""Empirical Bayes: the fit, its boundary, and where the shrunken rate lies."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import beta_binomial_fit, shrink

pairs = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=40,
)


def test_fit_against_a_general_optimiser() -> None:
    from scipy.optimize import minimize
    from scipy.stats import betabinom

    rng = np.random.default_rng(1)
    for a, b in ((3.0, 30.0), (20.0, 2.0), (0.5, 0.5)):
        n = rng.integers(8, 60, 185)
        x = rng.binomial(n, rng.beta(a, b, 185))

        def loss(t: np.ndarray, x: np.ndarray = x, n: np.ndarray = n) -> float:
            return -float(betabinom.logpmf(x, n, *np.exp(t)).sum())

        best = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9})
        found = beta_binomial_fit(x, n)
        assert found.beyond_chance and found.p_value < 0.01
        assert loss(np.log([found.alpha, found.beta])) <= best.fun + 1e-6
        assert [found.alpha, found.beta] == pytest.approx(np.exp(best.x), rel=1e-3)


def test_half_of_chance_only_counties_are_at_the_boundary() -> None:
    """100 simulated counties of 185 villages with one common rate."""
    rng = np.random.default_rng(2)
    fits = []
    for _ in range(100):
        n = np.rint(5740 * rng.dirichlet(np.full(185, 8.0)))
        fits.append(beta_binomial_fit(rng.binomial(n.astype(int), 0.09), n))
    assert np.mean([not fit.beyond_chance for fit in fits]) == pytest.approx(0.5, abs=0.14)
    assert np.mean([fit.p_value < 0.05 for fit in fits]) <= 0.1


@given(pairs)
def test_shrunken_lies_between_raw_and_prior(units: list[tuple[int, int]]) -> None:
    x, n = np.array(units, dtype=float).T
    fit = beta_binomial_fit(x, n)
    found = shrink(x, n, fit)
    for i in range(x.size):
        if n[i] == 0:
            continue
        low, high = sorted([x[i] / n[i], fit.mean])
        assert low - 1e-9 <= found.rate[i] <= high + 1e-9
        assert found.lower[i] - 1e-9 <= found.rate[i] <= found.upper[i] + 1e-9
        assert 0.0 <= found.weight[i] < 1.0


def test_larger_units_keep_more_of_their_own_rate() -> None:
    fit = beta_binomial_fit([1, 9, 5, 2, 8], [10] * 5)
    found = shrink([2, 20, 200], [10, 100, 1000], fit)
    assert np.all(np.diff(found.weight) > 0)
    assert np.all(np.diff(np.abs(found.rate - 0.2)) < 0)
    assert np.all(np.diff(found.upper - found.lower) < 0)


def test_boundary_gives_everyone_the_mean() -> None:
    found = shrink([5, 50, None, 0], [10, 100, 10, 0])
    assert found.rate[[0, 1, 3]].tolist() == [0.5, 0.5, 0.5]
    assert np.isnan(found.rate[2]) and found.weight[0] == 0.0


def test_all_none_empty() -> None:
    assert beta_binomial_fit([0, 0], [10, 20]).mean == 0.0
    assert beta_binomial_fit([10, 20], [10, 20]).mean == 1.0
    assert np.isnan(beta_binomial_fit([], []).mean)
    assert np.isnan(beta_binomial_fit([0, None], [0, 5]).mean)
    assert np.isnan(shrink([None], [5]).rate[0])
    assert not beta_binomial_fit([1, 0, 1], [1, 1, 1]).beyond_chance


def test_all_or_nothing_villages() -> None:
    fit = beta_binomial_fit([10, 0, 10, 0], [10] * 4)
    assert fit.beyond_chance and fit.precision < 1


def test_a_nation_of_villages_in_little_time() -> None:
    rng = np.random.default_rng(3)
    n = rng.integers(10, 60, 7800)
    x = rng.binomial(n, rng.beta(3, 30, 7800))
    beta_binomial_fit(x, n)
    started = time.perf_counter()
    beta_binomial_fit(x, n)
    assert time.perf_counter() - started < 1.0
