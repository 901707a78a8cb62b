"""Published figures held against themselves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats.published import (
    CONTRADICTS,
    FITS,
    grade_against_parts,
    level_ratio,
    out_of_order,
    sudden_moves,
)
from shortplank.stats.ranking import competition_ranks, ranking_key

COUNTS = st.tuples(st.integers(1, 10**6), st.integers(1, 10**6))
VALUES = st.lists(st.integers(0, 10_000), min_size=3, max_size=30)


@given(COUNTS, st.integers(0, 6), st.sampled_from([100.0, 1000.0]))
def test_every_rounding_of_a_quotient_fits(counts: tuple[int, int], digits: int, k: float) -> None:
    counted = k * counts[0] / counts[1]
    shown = np.array([digits])
    assert grade_against_parts([round(counted, digits)], [counted], shown)[0] == FITS
    away = counted + 1.01 * 10.0**-digits + 2e-9 * max(counted, 1)
    assert grade_against_parts([away], [counted], shown)[0] == CONTRADICTS


def test_a_figure_cut_off_is_not_a_contradiction() -> None:
    assert grade_against_parts([82.63, np.nan], [82.638, 1.0], np.array([2, 2])).tolist() == [1, 0]


@given(VALUES, st.sampled_from(["up", "down"]))
def test_ranks_taken_from_values_are_in_order(values: list[int], polarity: str) -> None:
    ranks = competition_ranks(values, polarity)
    assert not out_of_order(ranks, ranking_key(values, polarity)).any()


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=30, unique=True), st.data())
def test_one_rank_that_is_moved_is_the_one_that_is_named(values: list[int], data: object) -> None:
    ranks = competition_ranks(values)
    best = int(np.argmin(ranks))
    ranks[best] = len(values) + 1
    assert np.flatnonzero(out_of_order(ranks, ranking_key(values))).tolist() == [best]


def test_equal_values_may_have_different_ranks_and_equal_ranks_no_different_values() -> None:
    assert not out_of_order([1, 2, 3], [-5.0, -5.0, -4.0]).any()
    assert out_of_order([1, 1, 3], [-5.0, -4.5, -4.0]).sum() == 1
    assert not out_of_order([1, np.nan, 3], [-5.0, -9.0, -4.0]).any()
    assert not out_of_order([], []).any()


def test_moves_are_sudden_beside_the_moves_of_others() -> None:
    rng = np.random.default_rng(7)
    before = rng.normal(85, 3, 29)
    now = before + rng.normal(0.4, 0.5, 29)
    assert not sudden_moves(before, now, 1.0, 20.0).any()
    now[4] = 28.64
    assert np.flatnonzero(sudden_moves(before, now, 1.0, 20.0)).tolist() == [4]
    assert sudden_moves([80.0, 81.0], [28.0, 81.0], 1.0, 20.0).tolist() == [True, False]
    assert not sudden_moves([80.0, np.nan], [np.nan, 81.0], 1.0, 20.0).any()


def test_a_level_is_compared_for_the_same_units() -> None:
    assert level_ratio([80.0, 90.0, np.nan], [0.8, 0.9, 500.0]) == 0.01
    assert np.isnan(level_ratio([np.nan], [1.0]))
    assert np.isnan(level_ratio([0.0], [1.0]))
