"""Outliers: the planted are found, the blameless are left in peace."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank.stats import count_tail, find_outliers, modified_z


def test_large_series_keep_the_stated_limits() -> None:
    rng = np.random.default_rng(1)
    v = rng.poisson(200, (40, 24)).astype(float)
    v[3, 10], v[5, 20] = 400, 20
    found = find_outliers(v)
    assert found.grade[3, 10] == found.grade[5, 20] == 2
    assert found.affected[3, 10] == pytest.approx(200, abs=10)
    graded = found.grade > 0
    assert (np.abs(found.z[graded]) >= 3.5).all()
    assert (np.abs(found.z[found.grade == 2]) >= 5.0).all()
    assert found.z == pytest.approx(modified_z(v))


def test_sparse_series_use_tails() -> None:
    rng = np.random.default_rng(2)
    v = rng.poisson(1.0, (185, 24)).astype(float)
    v[7, -1] = 14
    found = find_outliers(v, only_last=True)
    assert found.grade[7, -1] == 2 and np.isnan(found.z).all()
    assert np.isnan(found.q[:, :-1]).all()
    assert (found.grade > 0).sum() == 1


@pytest.mark.parametrize("mean", [0.3, 2, 12, 50, 400])
def test_blameless_imports_are_rarely_stopped(mean: float) -> None:
    """400 simulated imports of 185 villages each: at most 1 in 20 with any outlier."""
    rng = np.random.default_rng(3)
    for months in (12, 24):
        noisy = [
            find_outliers(rng.poisson(mean, (185, months)), only_last=True).grade.any()
            for _ in range(200)
        ]
        assert np.mean(noisy) <= 0.05


def test_the_bare_limit_would_cry_wolf() -> None:
    """What the methods page states: 1,000 simulated years, 12 % with a |z| of 3.5 or more."""
    rng = np.random.default_rng(4)
    z = np.abs(modified_z(rng.poisson(50, (1000, 12))))
    assert (z >= 3.5).any(axis=1).mean() == pytest.approx(0.12, abs=0.03)


def test_count_tail_holds_its_level() -> None:
    """8,000 simulated series of 12 Poisson counts: at most 1 % at or below p = 1 %."""
    rng = np.random.default_rng(5)
    for mean in (0.5, 3, 30):
        p = count_tail(rng.poisson(mean, (8000, 12)))[:, -1]
        assert (p <= 0.01).mean() <= 0.0125


def test_overdispersed_series_are_given_room() -> None:
    scattered = [0, 9, 1, 7, 0, 12, 2, 8, 0, 10, 1, 14]
    steady = [5, 6, 5, 4, 6, 5, 5, 6, 4, 5, 6, 14]
    assert count_tail(scattered)[-1] > 0.1 > 0.02 > count_tail(steady)[-1]


def test_too_short_flat_and_unknown() -> None:
    short = find_outliers([5, 5, 5, 5, 90])
    assert not short.grade.any() and np.isnan(short.q).all() and np.isnan(short.affected).all()
    flat = find_outliers([30.0] * 12)
    assert not flat.grade.any() and np.isnan(flat.z).all()
    gap = find_outliers([50, 51, None, 49, 50, 52, 50, 48, 120])
    assert gap.grade[-1] == 2 and gap.grade[2] == 0 and np.isnan(gap.q[2])
    assert gap.grade.shape == (9,)
    assert not find_outliers([None] * 8).grade.any()
    assert not find_outliers([0] * 12).grade.any()
    with pytest.raises(ValueError, match="negative"):
        find_outliers([-1] * 8)
