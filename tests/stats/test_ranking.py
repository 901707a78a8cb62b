"""Ranks, rank intervals, cases to gain a rank, contributions."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import (
    SEX_RATIO,
    Scale,
    cases_to_gain_rank,
    competition_ranks,
    contribution,
    rank_interval,
    rank_posterior,
    ranking_key,
    round_to_total,
    shadow_rank,
    tied_with,
)

values = st.lists(st.one_of(st.none(), st.integers(0, 20).map(float)), min_size=1, max_size=30)


@given(values, st.sampled_from(["up", "down", "none"]))
def test_ranks_are_one_more_than_the_better(v: list[float | None], polarity: str) -> None:
    ranks = competition_ranks(v, polarity)
    known = [value for value in v if value is not None]
    for value, rank in zip(v, ranks, strict=True):
        if value is None:
            assert np.isnan(rank)
        elif polarity == "down":
            assert rank == 1 + sum(other < value for other in known)
        else:
            assert rank == 1 + sum(other > value for other in known)


def test_ranks_against_scipy() -> None:
    from scipy.stats import rankdata

    v = np.random.default_rng(1).integers(0, 30, 200).astype(float)
    assert competition_ranks(v, "down").tolist() == rankdata(v, method="min").tolist()


def test_range_ranks_by_the_miss() -> None:
    ratio = [100.0, 105.0, 106.0, 120.0, None]
    ranks = competition_ranks(ratio, "range", (103.0, 107.0))
    assert ranks[:4].tolist() == [3.0, 1.0, 1.0, 4.0]
    with pytest.raises(ValueError, match="polarity"):
        ranking_key(ratio, "range")


def test_rank_interval_holds_the_rank_and_is_repeatable() -> None:
    rng = np.random.default_rng(2)
    n = rng.integers(0, 60, 29)
    x = rng.binomial(n, 0.8)
    for polarity in ("up", "down"):
        lower, upper = rank_interval(x, n, polarity=polarity)
        ranks = competition_ranks(x / np.where(n > 0, n, np.nan), polarity)
        known = n > 0
        assert np.isnan(lower[~known]).all() and np.isnan(upper[~known]).all()
        assert (lower[known] <= ranks[known]).all() and (ranks[known] <= upper[known]).all()
        assert lower[known].min() >= 1 and upper[known].max() <= known.sum()
        again = rank_interval(x, n, polarity=polarity)
        assert again[0][known].tolist() == lower[known].tolist()


def test_rank_interval_narrows_with_counts_and_widens_with_level() -> None:
    x, n = np.array([80, 85, 90, 70]), np.full(4, 100)
    width = [np.subtract(*rank_interval(x * k, n * k)[::-1]).sum() for k in (1, 3, 1000)]
    assert width[0] > width[1] > width[2] == 0
    outer = rank_interval(x, n, 0.998)
    inner = rank_interval(x, n, 0.8)
    assert (outer[0] <= inner[0]).all() and (inner[1] <= outer[1]).all()


def test_rank_interval_covers_the_true_rank() -> None:
    """600 simulated counties of 16: true ranks lie inside their 95 % limits."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(600):
        truth = rng.beta(45, 5, 16)
        n = rng.integers(100, 800, 16)
        lower, upper = rank_interval(rng.binomial(n, truth), n, draws=500)
        ranks = competition_ranks(truth)
        held.append(((lower <= ranks) & (ranks <= upper)).mean())
    assert 0.935 < np.mean(held) < 0.985


def test_sex_ratio_ranks_by_distance_from_the_natural_range() -> None:
    births = np.full(3, 100_000)
    boys = (births * np.array([105 / 205, 120 / 220, 101 / 201])).round()
    lower, upper = rank_interval(
        boys, births, polarity="range", target=(103.0, 107.0), scale=SEX_RATIO
    )
    assert lower.tolist() == upper.tolist() == [1.0, 3.0, 2.0]


def test_a_range_in_another_unit_than_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="unit of the scale"):
        rank_interval([52], [100], polarity="range", target=(103.0, 107.0))
    with pytest.raises(ValueError, match="unit of the scale"):
        rank_interval([52], [100], polarity="range", target=(90.0, 110.0), scale=Scale(100.0))


def test_all_inside_a_range_share_a_rank_in_every_draw() -> None:
    """Units that are surely inside the range are first, whichever stands first in the list."""
    boys, births = [51_200] * 3 + [55_000], [100_000] * 4
    limits = rank_interval(boys, births, polarity="range", target=(103.0, 107.0), scale=SEX_RATIO)
    assert [each.tolist() for each in limits] == [[1.0, 1.0, 1.0, 4.0]] * 2


counted = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=8,
)


@given(counted, st.sampled_from(["up", "down", "range"]), st.sampled_from([1.0, 100.0, 1000.0]))
def test_a_rank_taken_in_any_unit_lies_in_its_interval(
    units: list[tuple[int, int]], polarity: str, factor: float
) -> None:
    """Values are made here as a page makes them: by the unit's own formula, not by the scale."""
    x, n = (np.array(side, dtype=float) for side in zip(*units, strict=True))
    for scale in (Scale(factor), Scale(factor, odds=True)):
        whole = n - x if scale.odds else n
        with np.errstate(divide="ignore"):
            values = np.where(whole > 0, factor * x / whole, np.inf)
        target = (0.4 * factor, 0.6 * factor) if polarity == "range" else None
        lower, upper = rank_interval(x, n, polarity=polarity, target=target, scale=scale, draws=200)
        ranks = competition_ranks(values, polarity, target)
        assert ((lower <= ranks) & (ranks <= upper)).all()


def test_one_unit_none_and_ties() -> None:
    assert [limit.tolist() for limit in rank_interval([5], [9])] == [[1.0], [1.0]]
    assert np.isnan(rank_interval([None, 0], [5, 0])[0]).all()
    posterior = rank_posterior([50] * 5, [100] * 5)
    assert tied_with(posterior).tolist() == [4.0] * 5
    assert tied_with(rank_posterior([50, 50, None], [100, 100, 5]))[:2].tolist() == [1.0, 1.0]
    assert np.isnan(tied_with(rank_posterior([50, None], [100, 5]))[1])


@given(
    st.lists(
        st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=2,
        max_size=12,
    ),
    st.sampled_from(["up", "down"]),
)
def test_cases_to_gain_rank_is_the_fewest(pairs: list[tuple[int, int]], polarity: str) -> None:
    x, n = np.array(pairs, dtype=float).T
    ranks = competition_ranks(x / n, polarity)
    sign = 1 if polarity == "up" else -1
    for i, cases in enumerate(cases_to_gain_rank(x, n, polarity)):
        if math.isnan(cases):
            assert ranks[i] == 1.0
            continue
        assert cases == int(cases) >= 1
        for more, gains in ((cases, True), (cases - 1, False)):
            moved = x.copy()
            moved[i] += sign * more
            assert 0 <= moved[i] <= n[i]
            assert (competition_ranks(moved / n, polarity)[i] < ranks[i]) == gains


def test_cases_against_published_rates() -> None:
    found = cases_to_gain_rank([170, None], [200, None], rates=[None, 0.9])
    assert found[0] == 10.0 and np.isnan(found[1])
    assert np.isnan(cases_to_gain_rank([0, 3], [0, 4])).all()
    with pytest.raises(ValueError, match="polarity"):
        cases_to_gain_rank([1], [2], "none")


@given(
    st.lists(
        st.integers(0, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=200,
    ),
    st.floats(0, 100),
)
def test_contributions_add_up_to_the_gap(pairs: list[tuple[int, int]], benchmark: float) -> None:
    x, n = np.array(pairs, dtype=float).T
    parts = contribution(x, n, benchmark, scale=100)
    if n.sum() == 0:
        assert np.isnan(parts).all()
    else:
        assert parts.sum() == pytest.approx(100 * x.sum() / n.sum() - benchmark, abs=1e-9)
        shown = round_to_total(parts, 2)
        assert shown.sum() == pytest.approx(round(parts.sum(), 2), abs=0.0101)
        assert np.abs(shown - parts).max() < 0.0100001


def test_unreported_units_contribute_nothing() -> None:
    parts = contribution([80, None, 95], [100, 50, 100], 0.9)
    assert np.isnan(parts[1]) and parts[[0, 2]].sum() == pytest.approx(175 / 200 - 0.9)
    assert np.isnan(round_to_total([0.5, None])[1])


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=60), st.integers(0, 3))
def test_rounded_parts_add_up_exactly(parts: list[float], decimals: int) -> None:
    shown = round_to_total(parts, decimals)
    units = np.rint(shown * 10**decimals).sum()
    assert units == np.rint(np.sum(np.array(parts) * 10**decimals)) or units == pytest.approx(
        np.sum(np.array(parts) * 10**decimals), abs=0.5001
    )


def test_shadow_rank() -> None:
    assert shadow_rank(88.0, [95.0, 90.0, None, 80.0]) == 3.0
    assert np.isnan(shadow_rank(float("nan"), [95.0]))


def test_29_counties_in_little_time() -> None:
    rng = np.random.default_rng(4)
    n = rng.integers(3000, 8000, 29)
    x = rng.binomial(n, 0.9)
    rank_interval(x, n)
    started = time.perf_counter()
    rank_interval(x, n)
    assert time.perf_counter() - started < 0.5
