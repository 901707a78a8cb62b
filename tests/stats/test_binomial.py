"""The exact tests, against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from shortplank.stats import binomial_at_least, binomial_p_values, binomial_quantile


def test_two_sided_p_values_are_scipys() -> None:
    from scipy.stats import binomtest

    rng = np.random.default_rng(1)
    n = rng.integers(1, 2000, 600)
    p0 = rng.choice([0.01, 0.3, 0.5, 106 / 206, 0.98], 600)
    x = rng.binomial(n, np.clip(p0 + rng.normal(0, 0.03, 600), 0, 1))
    expected = [binomtest(int(k), int(m), p).pvalue for k, m, p in zip(x, n, p0, strict=True)]
    assert binomial_p_values(x, n, p0) == pytest.approx(expected, rel=1e-7)


def test_every_count_of_small_samples() -> None:
    from scipy.stats import binomtest

    for n in range(1, 13):
        for p0 in (0.0, 0.1, 0.5, 0.9, 1.0):
            found = binomial_p_values(np.arange(n + 1), n, p0)
            expected = [binomtest(k, n, p0).pvalue for k in range(n + 1)]
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-300), (n, p0)


def test_edges() -> None:
    assert binomial_p_values(0, 0, 0.3) == 1.0
    assert np.isnan(binomial_p_values(None, 5, 0.3))
    assert type(binomial_p_values(1, 5, 0.3)) is float
    assert binomial_p_values([[1, 2], [3, 4]], 5, 0.3).shape == (2, 2)
    with pytest.raises(ValueError, match="exceeds"):
        binomial_p_values(6, 5, 0.3)


def test_at_least_against_scipy() -> None:
    from scipy.stats import binom

    k = np.arange(-1, 13)
    for p in (0.0, 0.2, 0.9, 1.0):
        assert binomial_at_least(k, 10, p) == pytest.approx(binom.sf(k - 1, 10, p))
    assert np.isnan(binomial_at_least(1, None, 0.5))


@pytest.mark.parametrize("p", [0.0, 0.02, 0.5, 0.995, 1.0])
@pytest.mark.parametrize("q", [0.00135, 0.5, 0.975])
def test_quantiles_are_scipys(p: float, q: float) -> None:
    n = np.array([0, 1, 5, 20, 100, 641])
    assert binomial_quantile(q, n, p).tolist() == np.maximum(binom.ppf(q, n, p), 0).tolist()


def test_a_quantile_of_nothing_known_is_nan() -> None:
    assert np.isnan(binomial_quantile([0.5, 0.5], [None, 9], [0.5, None])).all()
