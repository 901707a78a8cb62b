"""How far counts scatter: against Fisher's k-statistics and in simulated counties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats.judge.scatter import (
    month_dispersion,
    paired_dispersion,
    series_dispersion,
    stock_groups,
)

MONTHS, UNITS = 12, 16


# --- flows ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_flow_of_single_cases_scatters_by_chance(share: float) -> None:
    """100 counties whose townships and months have levels of their own: φ is about 1."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(100):
        n = rng.poisson(np.outer(rng.uniform(20, 40, MONTHS), rng.uniform(0.5, 2.0, UNITS)))
        rate = np.clip(share * rng.uniform(0.95, 1.05, (MONTHS, 1)), 0.0, 1.0)
        found.append(month_dispersion(rng.binomial(n, rate), n, 0.0))
    # Never under 1, so a little above it on average.
    assert 1.0 <= np.mean(found) < 1.08


def test_cases_that_come_together_are_seen() -> None:
    rng = np.random.default_rng(6)
    groups = rng.poisson(15.0, (MONTHS, UNITS))
    x = 3 * rng.binomial(groups, 0.9)
    assert month_dispersion(x, 3 * groups) == pytest.approx(3.0, rel=0.25)
    assert month_dispersion(x, 3 * groups, 5.0) == 5.0


@given(st.randoms(use_true_random=False))
def test_neither_order_nor_the_silent_change_a_flows_scatter(random: Any) -> None:
    rng = np.random.default_rng(random.randrange(1000))
    n = rng.poisson(20.0, (MONTHS, 5)).astype(float)
    x = rng.binomial(n.astype(int), 0.8 * rng.uniform(0.7, 1.2, (MONTHS, 5))).astype(float)
    units = rng.permutation(5)
    found = month_dispersion(x, n)
    assert month_dispersion(x[:, units], n[:, units]) == pytest.approx(found)
    silent = np.column_stack([x, np.full(MONTHS, np.nan)]), np.column_stack([n, np.zeros(MONTHS)])
    assert month_dispersion(*silent) == pytest.approx(found)


def test_what_says_nothing_of_scatter_leaves_what_is_declared() -> None:
    assert month_dispersion([[1, 2]], [[2, 3]], 2.4) == 2.4
    assert month_dispersion(np.zeros((0, 16)), np.zeros((0, 16)), 2.4) == 2.4
    full = np.full((MONTHS, UNITS), 5.0)
    assert month_dispersion(full, full) == 1.0
    assert month_dispersion(0 * full, full) == 1.0
    assert month_dispersion(np.full((MONTHS, UNITS), np.nan), full) == 1.0


def test_a_series_scatter_is_pearsons() -> None:
    x, n = np.array([30.0, 42, 35, np.nan, 0]), np.array([50.0, 60, 55, 50, 0])
    share = 107 / 165
    cells = (x[:3] - n[:3] * share) ** 2 / (n[:3] * share * (1 - share))
    assert series_dispersion(x, n) == pytest.approx(cells.sum() / 2)
    assert series_dispersion([5, 5, 5], [5, 5, 5]) == 0.0
    assert series_dispersion([], []) == 0.0


# --- stocks ---------------------------------------------------------------------------------------
def test_groups_are_the_root_of_fourth_over_second_k_statistic() -> None:
    from scipy.stats import kstat

    rng = np.random.default_rng(7)
    moved = rng.poisson(0.3, (25, 185)) - rng.poisson(0.3, (25, 185))
    x = 400.0 + 4 * np.cumsum(moved, axis=0)
    moves = np.diff(x, axis=0)
    k2 = sum(kstat(column, 2) for column in moves.T)
    k4 = sum(kstat(column, 4) for column in moves.T)
    assert stock_groups(x) == pytest.approx(np.sqrt(k4 / k2))
    assert stock_groups(x) == pytest.approx(4.0, rel=0.25)
    assert stock_groups(x[:, ::-1]) == pytest.approx(stock_groups(x))


def test_single_persons_are_rarely_taken_for_groups() -> None:
    """200 stocks of 185 villages, 25 months: one error in forty is what two errors leave."""
    rng = np.random.default_rng(8)
    found = []
    for _ in range(200):
        moves = rng.poisson(3.0, (24, 185)) - rng.poisson(3.0, (24, 185))
        found.append(stock_groups(200.0 + np.cumsum(moves, axis=0).clip(-200)))
    assert np.mean(np.array(found) > 1.0) <= 0.05
    assert max(found) < 2.0


def test_stocks_that_say_nothing_are_single_persons() -> None:
    assert stock_groups(np.full((25, 185), 40.0)) == 1.0
    assert stock_groups(np.full((5, 185), 40.0)) == 1.0
    assert stock_groups(np.zeros((25, 3))) == 1.0
    assert stock_groups(np.full((25, 185), np.nan)) == 1.0
    with pytest.raises(ValueError, match="months"):
        stock_groups([1, 2, 3])


# --- changes over a year --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("n", "share", "units"), [(30, 0.91, 185), (20, 0.99, 185), (28, 0.98, 16), (2, 0.94, 16)]
)
def test_independent_years_scatter_once(n: int, share: float, units: int) -> None:
    """Also where most units have no case at all."""
    rng = np.random.default_rng(9)
    size = np.full(units, n)
    found = [
        paired_dispersion(rng.binomial(size, share), size, rng.binomial(size, share), size).kappa
        for _ in range(400)
    ]
    assert np.nanmean(found) == pytest.approx(1.0, abs=0.06)


def test_a_stock_of_which_most_stay_scatters_less_and_groups_more() -> None:
    rng = np.random.default_rng(10)
    n = rng.integers(30, 90, 185)
    before = rng.binomial(n, 0.8)
    stay = rng.binomial(before, 0.6), rng.binomial(n - before, 0.6)
    now = stay[0] + rng.binomial(n - stay[0] - stay[1], 0.8)
    assert paired_dispersion(now, n, before, n).kappa == pytest.approx(0.4, abs=0.12)
    four = 4 * rng.binomial(n, 0.8), 4 * rng.binomial(n, 0.8)
    assert paired_dispersion(four[0], 4 * n, four[1], 4 * n).kappa == pytest.approx(4.0, rel=0.3)


def test_a_change_that_all_units_share_is_no_scatter() -> None:
    found = paired_dispersion([60] * 5, [100] * 5, [80] * 5, [100] * 5)
    assert found.kappa == pytest.approx(0.0, abs=1e-20)
    assert found.df == pytest.approx(4.0)


def test_freedom_is_that_of_the_large_units() -> None:
    one_large = [1000, 1, 1, 1]
    found = paired_dispersion([500, 1, 0, 1], one_large, [500, 0, 1, 1], one_large)
    assert found.df < 0.02


@pytest.mark.parametrize("rows", [
    ([], [], [], []), ([5], [10], [6], [10]), ([np.nan, 5], [10, 10], [5, 5], [10, 10]),
    ([10, 10], [10, 10], [10, 10], [10, 10]), ([0, 0], [0, 0], [1, 1], [2, 2]),
])  # fmt: skip
def test_no_scatter_where_nothing_can_be_paired(rows: tuple[Any, ...]) -> None:
    kappa, df = paired_dispersion(*rows)
    assert np.isnan(kappa)
    assert df == 0.0
