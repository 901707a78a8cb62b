"""Exact binomial tails and quantiles, against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from shortplank.stats import binomial_at_least, binomial_quantile


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
