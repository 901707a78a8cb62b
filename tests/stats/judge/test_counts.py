"""Counts against counts: exact tests, φ from the months, and the rates that both keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from shortplank.stats import byar_interval
from shortplank.stats.judge.counts import (
    against_rest_count,
    count_change,
    count_dispersion,
    count_interval,
)

SEED = 20100601
counts = st.integers(0, 400)


# --- one count against another --------------------------------------------------------------------
def test_every_p_of_totals_up_to_40_is_the_exact_binomial_one() -> None:
    for total in range(1, 41):
        for now in range(total + 1):
            exact = scipy_stats.binomtest(now, total, 0.5).pvalue
            assert count_change(now, total - now).p == pytest.approx(exact, rel=1e-9)


def test_the_least_counts_that_differ_are_those_of_the_table() -> None:
    """Two-sided at 5 %, against 0 to 5: by hand, 2·Σ C(T, k)/2^T ≤ 0.05."""
    least = []
    for before in range(6):
        least.append(
            next(n for n in range(100) if count_change(n, before).p <= 0.05 and n > before)
        )
    assert least == [6, 8, 10, 12, 13, 15]


def test_the_conditional_test_of_dodder_seeds() -> None:
    """0 seeds in one sample, 3 in another as large: one-sided (1/2)³."""
    assert count_change(0, 3).p == pytest.approx(2 * 0.125)
    assert count_change(0, 3, exposure=(2.0, 1.0)).p == pytest.approx(2 / 27)


@pytest.mark.parametrize("pair", [(0, 5), (3, 9), (20, 36), (120, 90), (5740, 5610)])
def test_the_unconditional_test_agrees_but_for_what_is_discrete(pair: tuple[int, int]) -> None:
    e_test = scipy_stats.poisson_means_test(pair[0], 1.0, pair[1], 1.0).pvalue
    p = count_change(*pair).p
    assert e_test <= p + 1e-9 and p - e_test < 0.07


@pytest.mark.parametrize(("now", "before"), [(12, 30), (0, 7), (7, 0), (450, 380)])
def test_the_limits_are_those_of_clopper_and_pearson(now: int, before: int) -> None:
    made = count_change(now, before)
    low, high = scipy_stats.binomtest(now, now + before).proportion_ci(0.95, "exact")
    assert made.lower == pytest.approx(low / (1 - low))
    assert made.upper == (np.inf if high == 1 else pytest.approx(high / (1 - high)))


@given(counts, counts, st.floats(1.0, 6.0))
def test_p_and_limits_agree_and_sides_mirror(now: int, before: int, phi: float) -> None:
    made, turned = count_change(now, before, phi), count_change(before, now, phi)
    assert 0 <= made.p <= 1 and made.p == pytest.approx(turned.p)
    if now + before:
        assert (made.p <= 0.05) == (made.lower >= 1 or made.upper <= 1)
    if now and before:
        assert made.lower < made.ratio < made.upper
        assert made.lower == pytest.approx(1 / turned.upper)


@given(counts, counts, st.floats(0.2, 5.0))
def test_scatter_never_makes_a_change_surer(now: int, before: int, factor: float) -> None:
    plain, wide = count_change(now, before), count_change(now, before, 3.0)
    assert wide.p >= plain.p - 1e-12
    scaled = count_change(now, before, exposure=(factor, factor))
    assert scaled.p == pytest.approx(plain.p) and scaled.lower == pytest.approx(plain.lower)


def test_nothing_known_and_nothing_counted() -> None:
    assert np.isnan(count_change(float("nan"), 3)).all()
    made = count_change(0, 0)
    assert np.isnan(made.ratio) and (made.lower, made.upper, made.p) == (0.0, np.inf, 1.0)
    with pytest.raises(ValueError, match="negative"):
        count_change(-1, 3)


# --- units against the rest -----------------------------------------------------------------------
def test_every_unit_against_the_rest_is_a_binomial_of_its_share() -> None:
    x, e = [3, 9, 0, 22], [100.0, 250.0, 50.0, 300.0]
    for unit, p in enumerate(against_rest_count(x, e)):
        share = e[unit] / sum(e)
        tails = (
            scipy_stats.binom.cdf(x[unit], sum(x), share),
            scipy_stats.binom.sf(x[unit] - 1, sum(x), share),
        )
        assert p == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-9)


def test_a_unit_without_exposure_is_left_out_and_a_lone_one_stands_alone() -> None:
    p = against_rest_count([3, np.nan, 9, 4], [1.0, 1.0, 3.0, 0.0])
    assert np.isnan(p[[1, 3]]).all()
    assert p[[0, 2]] == pytest.approx(against_rest_count([3, 9], [1.0, 3.0]))
    assert against_rest_count([5], [2.0]).tolist() == [1.0]
    assert against_rest_count([0, 0], [1.0, 1.0]).tolist() == [1.0, 1.0]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=2, max_size=12))
def test_the_order_of_units_does_not_matter(units: list[tuple[int, int]]) -> None:
    x, e = np.array(units, dtype=float).T
    p = against_rest_count(x, e)
    assert ((p >= 0) & (p <= 1)).all()
    assert against_rest_count(x[::-1], e[::-1])[::-1] == pytest.approx(p)
    months = against_rest_count(np.stack([x, x]), e)
    assert months[1] == pytest.approx(p)


def test_at_the_same_rest_a_worse_unit_has_no_larger_p() -> None:
    p = [against_rest_count([x, 200], [1.0, 9.0])[0] for x in range(30, 60)]
    assert (np.diff(p) <= 1e-12).all()


def test_units_are_named_by_chance_no_more_than_stated() -> None:
    rng = np.random.default_rng(SEED)
    e = rng.uniform(0.5, 3.0, 16)
    p = against_rest_count(rng.poisson(12 * e, (2000, 16)), e)
    assert (p <= 0.05).mean() <= 0.05
    wide = rng.negative_binomial(12 * e / 2, 1 / 3, (2000, 16))  # φ = 3
    assert (against_rest_count(wide, e) <= 0.05).mean() > 0.2
    assert (against_rest_count(wide, e, 3.0) <= 0.05).mean() <= 0.05


# --- scatter of the months ------------------------------------------------------------------------
def test_with_whole_years_the_fit_is_rows_times_columns() -> None:
    rng = np.random.default_rng(SEED)
    x = rng.negative_binomial(20, 0.2, (4, 12)).astype(float)
    mean = x.sum(1, keepdims=True) * x.sum(0, keepdims=True) / x.sum()
    chi2 = scipy_stats.chi2_contingency(x).statistic
    assert chi2 == pytest.approx(((x - mean) ** 2 / mean).sum())
    assert count_dispersion(x.ravel()) == pytest.approx(max(1.0, chi2 / (33 - 2)))
    assert count_dispersion(x.ravel(), np.full(48, 7.0)) == pytest.approx(
        count_dispersion(x.ravel())
    )


def test_neither_seasons_nor_rises_nor_sizes_are_scatter() -> None:
    season = 100 + 40 * np.sin(np.arange(12) / 12 * 2 * np.pi)
    rising = np.concatenate([season, 1.3 * season, 1.5 * season])
    assert count_dispersion(rising) == 1.0
    sizes = np.where(np.arange(36) % 5 == 0, 2.0, 1.0)
    assert count_dispersion(rising * sizes) > 5
    assert count_dispersion(rising * sizes, sizes) == pytest.approx(1.0)


def test_too_few_months_show_no_scatter_and_gaps_are_left_out() -> None:
    x = np.tile([20.0, 60.0, 60.0, 20.0], 6)[::-1]
    assert count_dispersion([1, 90] * 11) == 1.0
    uneven = np.concatenate([x[:12], np.roll(x[:12], 1)])
    assert count_dispersion(uneven) > 5
    uneven[3] = np.nan
    assert count_dispersion(uneven) > 5
    assert count_dispersion(np.zeros(36)) == 1.0
    assert count_dispersion(np.full(36, np.nan)) == 1.0
    old = np.concatenate([np.tile([0.0, 300.0, 7.0], 8), np.full(60, 50.0)])
    assert count_dispersion(old) == 1.0  # older than five years


@pytest.mark.parametrize("years", [2, 3, 5])
@pytest.mark.parametrize(("mean", "phi"), [(2, 1), (40, 1), (40, 3), (450, 2)])
def test_a_quiet_year_is_called_a_change_in_one_of_twenty_at_most(
    years: int, mean: int, phi: int
) -> None:
    """φ is estimated from the same months that are compared, as on the page."""
    rng = np.random.default_rng(SEED)
    level = np.tile(mean * (1 + 0.25 * np.sin(np.arange(12) / 12 * 2 * np.pi)), years)
    found = []
    for _ in range(400):
        x = rng.poisson(level) if phi == 1 else rng.negative_binomial(level / (phi - 1), 1 / phi)
        made = count_change(x[-12:].sum(), x[-24:-12].sum(), count_dispersion(x))
        found.append(made.p <= 0.05)
    assert np.mean(found) <= 0.07  # 5 %, and two standard errors of 400


def test_a_rise_of_a_quarter_is_seen() -> None:
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(200):
        x = rng.poisson(np.repeat([40.0, 40.0, 50.0], 12))
        found.append(count_change(x[-12:].sum(), x[-24:-12].sum(), count_dispersion(x)).lower > 1)
    assert np.mean(found) > 0.9


# --- intervals ------------------------------------------------------------------------------------
def test_the_interval_is_byars_and_widens_with_the_scatter() -> None:
    x = np.array([0.0, 1.0, 35.0, 5740.0, np.nan])
    assert np.array(count_interval(x)) == pytest.approx(np.array(byar_interval(x)), nan_ok=True)
    (low, high), (far_low, far_high) = count_interval(x[2]), count_interval(x[2], 3.0)
    assert far_low < low < 35 < high < far_high


@pytest.mark.parametrize(("mean", "phi"), [(20, 1), (20, 3), (400, 2)])
def test_the_interval_covers_what_it_should(mean: int, phi: int) -> None:
    rng = np.random.default_rng(SEED)
    x = (
        rng.poisson(mean, 4000)
        if phi == 1
        else rng.negative_binomial(mean / (phi - 1), 1 / phi, 4000)
    )
    lower, upper = count_interval(x, float(phi))
    assert 0.935 <= ((lower <= mean) & (mean <= upper)).mean() <= 0.985
