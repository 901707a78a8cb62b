"""The judge's comparisons: exact and published values, what always holds, and the edges."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats.judge.comparisons import (
    against_range,
    against_rest,
    change,
    chi2_moments,
    dispersion_test,
    gap_beyond_range,
    step,
    tail_above,
    tail_below,
)

Counts = list[tuple[int, int]]
UNITS = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=12,
)


# --- tails ----------------------------------------------------------------------------------------
def test_tails_are_the_binomials_at_whole_counts() -> None:
    from scipy.stats import binom

    x, n = np.arange(0.0, 21.0), np.full(21, 20.0)
    for share in (0.02, 0.5, 0.97):
        p = np.full(21, share)
        assert tail_below(x, n, p) == pytest.approx(binom.cdf(x, 20, share), abs=1e-12)
        assert tail_above(x, n, p) == pytest.approx(binom.sf(x - 1, 20, share), abs=1e-12)


# --- a unit against the rest ----------------------------------------------------------------------
@pytest.mark.parametrize(("n", "rest"), [(20, 200), (40, 900), (150, 5_000), (400, 4_000)])
@pytest.mark.parametrize("share", [0.75, 0.83, 0.91])
def test_it_is_near_fishers_where_the_county_is_ten_times_the_unit(
    n: int, rest: int, share: float
) -> None:
    """Within 6 % from p = 0.5 to 0.02; further out smaller, by a third at p = 0.0001."""
    from scipy.stats import hypergeom

    others = round(rest * share)
    for x in range(n + 1):
        exact = hypergeom.cdf(x, n + rest, x + others, n)
        p = against_rest([x], [n], total=(x + others, n + rest))[0]
        if 0.02 < exact < 0.5:
            assert p == pytest.approx(exact, rel=0.06), (x, exact)
        elif 1e-4 < exact <= 0.02:
            assert 0.6 * exact <= p <= exact, (x, exact)


@given(UNITS, st.integers(0, 11), st.floats(1.0, 5.0), st.sampled_from(["below", "above"]),
       st.floats(0.0, 0.1))  # fmt: skip
def test_a_worse_unit_never_gets_a_larger_p(
    units: Counts, at: int, phi: float, worse: Any, margin: float
) -> None:
    x, n = np.array(units, dtype=float).T
    at %= len(x)
    by = -1.0 if worse == "below" else 1.0
    more = x.copy()
    more[at] += by
    if not 0.0 <= more[at] <= n[at]:
        return
    before = against_rest(x, n, phi, margin, worse)[at]
    after = against_rest(more, n, phi, margin, worse)[at]
    assert after <= before + 1e-12


@given(UNITS, st.randoms(use_true_random=False), st.sampled_from(["below", "above"]))
def test_units_in_another_order_get_the_same_p(units: Counts, random: Any, worse: Any) -> None:
    order = list(range(len(units)))
    random.shuffle(order)
    x, n = np.array(units, dtype=float).T
    p = against_rest(x, n, 1.3, 0.02, worse)
    assert against_rest(x[order], n[order], 1.3, 0.02, worse) == pytest.approx(
        p[order], nan_ok=True
    )
    spread = dispersion_test(x, n, 1.3)
    assert dispersion_test(x[order], n[order], 1.3) == pytest.approx(spread, nan_ok=True)


@given(UNITS, st.floats(1.0, 5.0), st.sampled_from(["below", "above"]))
def test_p_is_a_chance_and_the_unknown_stay_unknown(units: Counts, phi: float, worse: Any) -> None:
    x, n = np.array([*units, (np.nan, 20.0), (0.0, 0.0)]).T
    p = against_rest(x, n, phi, 0.0, worse)
    assert np.isnan(p[-2:]).all()
    known = p[~np.isnan(p)]
    assert ((known >= 0.0) & (known <= 1.0)).all()
    # A silent unit is not in the rest, either.
    assert p[:-2] == pytest.approx(against_rest(x[:-2], n[:-2], phi, 0.0, worse), nan_ok=True)


def test_edges_of_a_unit_against_the_rest() -> None:
    assert np.isnan(against_rest([8], [10])).all()  # the whole county
    assert against_rest([10, 10], [10, 10]).tolist() == [1.0, 1.0]
    assert against_rest([0, 0], [10, 10], worse="above").tolist() == [1.0, 1.0]
    assert against_rest([0, 100], [10, 100])[0] < 1e-6
    # 18.5 points below is not worth a word from 20 on, and is from 18 on.
    x, n = [62, 800], [100, 1000]
    assert against_rest(x, n, 1.0, 0.20)[0] == 1.0
    assert against_rest(x, n, 1.0, 0.15)[0] < 1e-3
    # More that come together, or a smaller rest, say less.
    assert against_rest(x, n, 4.0)[0] > against_rest(x, n, 1.0)[0]
    assert against_rest([62, 80], [100, 100])[0] > against_rest(x, n)[0]
    with pytest.raises(ValueError, match="exceeds"):
        against_rest([11], [10])


# --- ranges ---------------------------------------------------------------------------------------
@given(st.integers(50, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_sex_ratio_is_out_where_clopper_and_pearson_leave_the_range(
    case: tuple[int, int],
) -> None:
    from scipy.stats import binomtest

    males, births = case
    upper = 107 / 207
    exact = binomtest(males, births, upper, alternative="greater")
    p = against_range(males, births, upper)
    assert p == pytest.approx(exact.pvalue, abs=1e-9)
    low = exact.proportion_ci(0.95, method="exact").low
    if abs(p - 0.05) > 1e-6:
        assert (p < 0.05) == (low > upper)


def test_too_few_births_are_not_compared() -> None:
    assert np.isnan(against_range(49, 49, 0.5169))
    assert np.isnan(against_range([np.nan, 30], [100, 49], 0.5169)).all()
    assert against_range(50, 50, 0.5169) < 1e-9


def test_a_gap_is_judged_by_its_own_months() -> None:
    from scipy.stats import t

    months = np.array([[1, 0], [3, 2], [2, 1]] * 4, dtype=float)
    n = np.full((12, 2), 20.0)
    gap, whole = months.sum(axis=0), n.sum(axis=0)
    rate = gap / whole
    s2 = ((months - rate * n) ** 2 / n).sum() / 22
    beyond = rate - 0.05
    expected = np.where(beyond > 0, t.sf(beyond / np.sqrt(np.maximum(s2, rate) / whole), 22), 1.0)
    found = gap_beyond_range(gap, whole, months, n, (-0.05, 0.05))
    assert found == pytest.approx(expected)
    # The other end, and what is inside, unknown, empty or told by too few months.
    assert gap_beyond_range(-gap, whole, -months, n, (-0.05, 0.05)) == pytest.approx(expected)
    odd = gap_beyond_range([0, np.nan, 0], [100, 100, 0], np.zeros((12, 3)), np.full((12, 3), 9.0),
                           (-0.05, 0.05))  # fmt: skip
    assert odd[0] == 1.0
    assert np.isnan(odd[1:]).all()
    assert np.isnan(gap_beyond_range([9], [10], [[3]] * 3, [[3]] * 3, (-0.05, 0.05))).all()


# --- scatter among units --------------------------------------------------------------------------
def test_moments_are_those_of_all_tables_with_these_margins() -> None:
    """Dawson's and Nass's mean and variance, by adding up every 2 × k table."""
    from scipy.stats import multivariate_hypergeom

    for n, cases in (([3, 4, 5], 6), ([2, 2, 7, 3], 5), ([6, 1, 4], 2)):
        sizes, whole = np.array(n), sum(n)
        share = cases / whole
        tables = [t for t in product(*(range(k + 1) for k in n)) if sum(t) == cases]
        weight = multivariate_hypergeom.pmf(tables, n, cases)
        spread = (np.array(tables) - sizes * share) ** 2 / (sizes * share * (1 - share))
        chi2 = spread.sum(axis=1)
        mean = float((weight * chi2).sum())
        variance = float((weight * (chi2 - mean) ** 2).sum())
        assert chi2_moments(sizes.astype(float), float(cases)) == pytest.approx((mean, variance))
        # Haldane's mean: (k - 1) N/(N - 1).
        assert mean == pytest.approx((len(n) - 1) * whole / (whole - 1))


def test_spread_is_chi_squared_where_units_are_large() -> None:
    from scipy.stats import chi2_contingency

    x, n = np.array([820, 790, 845, 801, 811]), np.full(5, 1000)
    usual = chi2_contingency([x, n - x], correction=False).pvalue
    assert dispersion_test(x, n) == pytest.approx(usual, rel=0.02)
    # Groups of two: half the cases, half the χ².
    assert dispersion_test(x, n, 2.0) > dispersion_test(x, n)


def test_spread_is_not_judged_where_units_have_next_to_no_cases() -> None:
    # Two vacancies in one of 16 townships: 1 chance in 31, and a gamma says 1 in 5,000.
    assert np.isnan(dispersion_test([0] + [2] * 15, [2] * 16))
    assert np.isnan(dispersion_test([8, 9], [10, 10]))
    assert np.isnan(dispersion_test([10, 10, 10], [10, 10, 10]))
    assert np.isnan(dispersion_test([np.nan, 9, 8], [10, 10, 10]))
    assert not np.isnan(dispersion_test([7, 9, 8, np.nan], [10, 10, 10, 10]))


# --- changes --------------------------------------------------------------------------------------
def test_change_is_a_t_of_two_shares() -> None:
    from scipy.stats import t

    now, before, kappa, df = (830.0, 1000.0), (880.0, 1000.0), 1.4, 15.0
    share = (830 + 880 + 0.5) / 2001
    error = np.sqrt(kappa * share * (1 - share) * 2 / 1000)
    found = change(now, before, kappa, df, 0.01)
    assert found.p == pytest.approx(2 * t.sf(0.05 / error, df))
    assert found.lower == pytest.approx(-0.05 - t.ppf(0.975, df) * error)
    assert found.upper == pytest.approx(-0.05 + t.ppf(0.975, df) * error)
    assert change(now, before, kappa, df, 0.06).p == 1.0


@pytest.mark.parametrize(
    ("now", "before", "kappa"),
    [((0.0, 0.0), (8.0, 10.0), 1.0), ((8.0, 10.0), (np.nan, np.nan), 1.0),
     ((8.0, 10.0), (8.0, 10.0), np.nan)],
)  # fmt: skip
def test_a_change_without_a_year_before_is_none(
    now: tuple[float, float], before: tuple[float, float], kappa: float
) -> None:
    assert np.isnan(change(now, before, kappa, 15.0)).all()


def test_changes_between_shares_of_0_and_1() -> None:
    assert change((50, 50), (50, 50), 1.0, 15.0, 0.01).p == 1.0
    assert change((0, 50), (50, 50), 1.0, 15.0, 0.01).p < 1e-6


def test_a_step_is_found_at_its_length_and_by_its_size() -> None:
    n = np.full(24, 400.0)
    for length in (1, 3, 6):
        x = np.full(24, 360.0)
        x[-length:] = 300.0
        found = step(x, n)
        assert found.months == length
        assert found.p < 1e-6
        assert found.difference == pytest.approx(-0.15)
        assert step(n - x, n).difference == pytest.approx(0.15)
    assert step([360] * 24, n, margin=0.01).p == 1.0


def test_few_cases_in_a_month_are_told_by_their_exact_tail() -> None:
    """Two late of 40 after 23 months of 2 ‰: nobody would bet on a normal curve."""
    x, n = np.full(24, 40.0), np.full(24, 40.0)
    x[[4, 15]] = 39.0
    x[-1] = 38.0
    # 2·P(X ≥ 2) of 40 at 2.5/921, and three lengths looked at.
    assert step(x, n).p > 0.03


def test_a_month_of_a_restless_series_is_no_step() -> None:
    n = np.full(24, 400.0)
    x = 360.0 + np.tile([30.0, -30.0, 5.0], 8)
    x[-1] = 325.0
    assert step(x, n).p > 0.2
    calm = np.full(24, 360.0)
    calm[-1] = 325.0
    assert step(calm, n).p < 0.001


def test_steps_need_their_months() -> None:
    assert np.isnan(step([8] * 12, [10] * 12).p)
    silent = np.array([8.0] * 23 + [np.nan])
    assert np.isnan(step(silent, np.full(24, 10.0)).p)
    # Every third month only: a quarter's figure stands against the quarters before, if enough.
    thin = np.where(np.arange(48) % 3 == 2, 8.0, np.nan)
    assert step(thin, np.full(48, 10.0)).months == 1
    assert np.isnan(step(thin[-24:], np.full(24, 10.0)).p)
