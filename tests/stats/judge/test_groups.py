"""Two groups: against a naive sum, by properties, and in simulated counties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats.judge.groups import GAPS, PENALTY, SHARES, SPREADS, listed, two_groups
from tests.shared import shared_or_skip

NATURAL, HIGH = 106 / 206, 125 / 225


def naive(x: list[int], n: list[int], worse: str) -> list[list[float]]:
    """Return null, false sign and mean of every unit, one point of the grid after another."""
    from scipy.stats import beta, betabinom, binom

    reach = np.sqrt(NATURAL * (1.0 - NATURAL)) * GAPS
    centres = np.concatenate([NATURAL - reach, [NATURAL], NATURAL + reach])
    total, sums = 0.0, np.zeros((3, len(x)))
    alone = binom.pmf(x, n, NATURAL)
    for centre in centres[(centres > 0.0) & (centres < 1.0)]:
        for spread in SPREADS:
            a, b = centre * (1 / spread**2 - 1), (1 - centre) * (1 / spread**2 - 1)
            slab = betabinom.pmf(x, n, a, b)
            own = beta(np.array(x) + a, np.array(n) - np.array(x) + b)
            better = own.cdf(NATURAL) if worse == "above" else own.sf(NATURAL)
            for share in SHARES:
                mixed = share * alone + (1.0 - share) * slab
                weight = np.prod(mixed) * share ** (PENALTY - 1.0)
                null = share * alone / mixed
                rows = (null, null + (1 - null) * better, null * NATURAL + (1 - null) * own.mean())
                total, sums = total + weight, sums + weight * np.array(rows)
    return (sums / total).tolist()


@pytest.mark.parametrize("worse", ["above", "below"])
def test_it_is_the_sum_over_the_whole_grid(worse: str) -> None:
    x, n = [20, 70, 51, 260], [50, 100, 100, 420]
    found = two_groups(x, n, 1.0, NATURAL, worse=worse)
    for values, expected in zip(found, naive(x, n, worse), strict=True):
        assert values == pytest.approx(expected, abs=2e-5)


@given(
    st.lists(
        st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["above", "below"]),
    st.randoms(use_true_random=False),
)
def test_what_holds_in_every_county(units: list[tuple[int, int]], worse: str, random: Any) -> None:
    x, n = np.array(units, dtype=float).T
    found = two_groups(x, n, 1.0, NATURAL, worse=worse)
    slack = 1e-9
    assert (found.null >= 0.0).all() and (found.null <= found.false_sign + slack).all()
    assert (found.false_sign <= 1.0 + slack).all()
    assert (found.mean >= np.minimum(x / n, 0.0)).all() and (found.mean <= 1.0).all()
    order = list(range(len(units)))
    random.shuffle(order)
    again = two_groups(x[order], n[order], 1.0, NATURAL, worse=worse)
    for one, other in zip(found, again, strict=True):
        np.testing.assert_array_equal(one[order], other)


@given(st.lists(st.integers(0, 400), min_size=2, max_size=12), st.sampled_from(["above", "below"]))
def test_at_the_same_n_a_worse_unit_is_expected_to_lie_farther_out(
    x: list[int], worse: str
) -> None:
    found = two_groups(x, [400] * len(x), 1.0, NATURAL, worse=worse)
    beyond = np.array(x) / 400 > NATURAL if worse == "above" else np.array(x) / 400 < NATURAL
    order = np.argsort(x if worse == "above" else -np.array(x), kind="stable")
    order = order[beyond[order]]
    assert (np.diff(found.false_sign[order]) <= 1e-9).all()


def test_unknown_units_count_for_nobody() -> None:
    some = two_groups([60, None, 900, 0], [100, 100, 1500, 0], 1.0, NATURAL, worse="above")
    known = two_groups([60, 900], [100, 1500], 1.0, NATURAL, worse="above")
    for one, other in zip(some, known, strict=True):
        np.testing.assert_array_equal(one, [other[0], np.nan, other[1], np.nan])
    nobody = two_groups([None], [1], 1.0, NATURAL, worse="above")
    assert all(np.isnan(values).all() for values in nobody)


def test_dispersion_makes_counts_tell_less() -> None:
    x, n = np.array([773.0, 850.0, 772.0]), np.full(3, 1500.0)
    one = two_groups(x, n, 2.4, NATURAL, worse="above")
    other = two_groups(x / 2.4, n / 2.4, 1.0, NATURAL, worse="above")
    for values, again in zip(one, other, strict=True):
        np.testing.assert_array_equal(values, again)
    assert one.false_sign[1] > two_groups(x, n, 1.0, NATURAL, worse="above").false_sign[1]


def test_given_centres_are_used() -> None:
    x, n = [833, 772], [1500, 1500]
    found = two_groups(x, n, 1.0, NATURAL, centres=[HIGH], worse="above")
    assert found.false_sign[0] < two_groups(x, n, 1.0, NATURAL, worse="above").false_sign[0]
    with pytest.raises(ValueError, match="centre"):
        two_groups(x, n, 1.0, NATURAL, centres=[1.2], worse="above")


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="spike"):
        two_groups([1], [2], 1.0, 1.0, worse="above")
    with pytest.raises(ValueError, match="side"):
        two_groups([1], [2], 1.0, 0.5, worse="up")
    with pytest.raises(ValueError, match="exceeds"):
        two_groups([3], [2], 1.0, 0.5, worse="above")


@pytest.mark.parametrize("scale", [1e-3, 1e8])
def test_counts_of_any_size_give_no_warning(scale: float) -> None:
    n = np.array([1.0, 3.0, 200.0, 5e4]) * scale
    for share in ([0.0, 1.0, 0.5, 0.6], [1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]):
        found = two_groups(n * share, n, 1.0, NATURAL, worse="above")
        assert all(np.isfinite(values).all() for values in found)


def listed_above(x: np.ndarray, n: np.ndarray) -> np.ndarray:
    found = two_groups(x, n, 1.0, NATURAL, worse="above")
    return listed(found.false_sign, 0.05, found.mean - NATURAL, 0.005)


def test_where_half_are_high_most_of_them_are_listed_and_few_others() -> None:
    """100 counties: 8 of 16 townships at 125, the others natural, 1,500 births each."""
    rng = np.random.default_rng(20100601)
    truth = np.where(np.arange(16) < 8, HIGH, NATURAL)
    false, hits = [], []
    for _ in range(100):
        named = listed_above(rng.binomial(1500, truth), np.full(16, 1500))
        false.append(named[8:].sum() / max(int(named.sum()), 1))
        hits.append(named[:8].sum())
    assert np.mean(false) <= 0.05
    assert np.mean(hits) > 4.7


@pytest.mark.parametrize(("units", "births"), [(16, 400), (16, 1500), (29, 20_000), (185, 60)])
def test_where_all_are_natural_almost_nothing_is_listed(units: int, births: int) -> None:
    rng = np.random.default_rng(7)
    n = np.full(units, births)
    worlds = [listed_above(rng.binomial(n, NATURAL), n).any() for _ in range(100)]
    assert np.mean(worlds) <= 0.03


def test_where_all_differ_a_little_the_signs_are_right() -> None:
    """100 counties whose shares scatter around the spike: few listed ones lie on its other side."""
    rng = np.random.default_rng(8)
    false, named = 0, 0
    for _ in range(100):
        truth = NATURAL + 0.03 * rng.standard_normal(16)
        one = listed_above(rng.binomial(1500, truth), np.full(16, 1500))
        false, named = false + int((truth[one] <= NATURAL).sum()), named + int(one.sum())
    assert named > 100
    assert false / named <= 0.05


def test_indian_states_of_2011_are_told_apart() -> None:
    import csv

    from shortplank.stats.judge.posterior import posterior

    source = shared_or_skip("real/india_2011/pca-full.csv")
    states: dict[str, np.ndarray] = {}
    with source.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["TRU"] == "Total":
                both = np.array([float(row["M_06"]), float(row["P_06"])])
                states[row["State"]] = states.get(row["State"], 0.0) + both
    boys, children = np.array(list(states.values())).T
    found = posterior(boys, children, 1.0, None, "above")
    assert found.reliability > 0.95
    names = list(states)
    # The census numbers Haryana 06 and Punjab 03.
    for state, rank in (("06", 35.0), ("03", 34.0)):
        at = names.index(state)
        assert found.rank_low[at] == found.rank_high[at] == rank
        assert listed_above(boys, children)[at]


@given(
    st.lists(st.one_of(st.floats(0.0, 1.0), st.just(float("nan"))), max_size=14),
    st.floats(0.0, 0.5),
)
def test_the_longest_run_whose_average_is_low_enough(rates: list[float], q: float) -> None:
    found = listed(rates, q, [0.1] * len(rates), 0.02)
    known = sorted(rate for rate in rates if rate == rate)
    if found.any():
        assert np.mean(np.array(rates)[found]) <= q + 1e-12
        # The next value up, with all that share it, would carry the average past q.
        last = max(np.array(rates)[found])
        longer = [rate for rate in known if rate > last]
        if longer:
            run = [rate for rate in known if rate <= longer[0]]
            assert np.mean(run) > q - 1e-12
    elif known:
        assert known[0] > q - 1e-12


def test_a_gap_too_small_or_unknown_is_not_listed() -> None:
    gap = [0.02, 0.019, float("nan"), -0.1, 0.02]
    found = listed([0.0, 0.0, 0.0, 0.0, float("nan")], 0.05, gap, 0.02)
    assert found.tolist() == [True, False, False, False, False]
    assert listed([], 0.05, [], 0.02).tolist() == []
