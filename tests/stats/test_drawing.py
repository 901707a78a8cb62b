"""Draws: exact risks against enumeration, simulations against exact risks, levers, speed."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import (
    draw_risk,
    draw_two_stage,
    draw_villages,
    drawn_results,
    lever_drops,
    two_stage_risk,
    weak_drawn,
    weak_hit_chance,
)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(*[st.integers(0, n)] * 2, st.just(n))))
def test_draw_risk_against_scipy(plan: tuple[int, int, int]) -> None:
    from scipy.stats import hypergeom

    weak, drawn, total = plan
    found = draw_risk(total, weak, drawn)
    assert type(found) is float and 0.0 <= found <= 1.0
    assert found == pytest.approx(hypergeom.sf(0, total, weak, drawn), abs=1e-10)
    pmf = weak_drawn(total, weak, drawn)
    assert pmf == pytest.approx(hypergeom.pmf(np.arange(drawn + 1), total, weak, drawn), abs=1e-10)


def test_draw_risk_edges() -> None:
    assert draw_risk(10, 0, 5) == 0.0
    assert draw_risk(10, 5, 0) == 0.0
    assert draw_risk(10, 5, 6) == 1.0
    assert np.isnan(draw_risk(10, None, 5))
    for wrong in ((5, 6, 1), (5, 1, 6), (5, -1, 1)):
        with pytest.raises(ValueError, match="draw needs"):
            draw_risk(*wrong)


def test_two_stage_risk_by_enumeration() -> None:
    sizes, weak = [4, 3, 5], [1, 0, 2]
    villages = [[k < w for k in range(n)] for n, w in zip(sizes, weak, strict=True)]
    for t, m in ((1, 1), (2, 2), (3, 1), (2, 4)):
        clean, plans = 0.0, list(combinations(range(3), t))
        for chosen in plans:
            share = 1.0
            for i in chosen:
                draws = list(combinations(villages[i], min(m, sizes[i])))
                share *= sum(not any(draw) for draw in draws) / len(draws)
            clean += share / len(plans)
        assert two_stage_risk(sizes, weak, t, m) == pytest.approx(1 - clean)
    with pytest.raises(ValueError, match="townships"):
        two_stage_risk(sizes, weak, 4, 1)


@pytest.mark.parametrize("m", [1, 6, 30, 185])
def test_simulated_draws_hit_as_the_formula_says(m: int) -> None:
    """100,000 draws; equal chances, no village twice."""
    picked = draw_villages(185, m)
    assert (np.diff(np.sort(picked[:500], axis=1), axis=1) > 0).all()
    share = np.bincount(picked.ravel(), minlength=185) / 100_000
    assert share == pytest.approx(m / 185, abs=5.5 * np.sqrt(m / 185 / 100_000))
    found = weak_hit_chance(picked, np.arange(185) < 20)
    assert found.chance == pytest.approx(draw_risk(185, 20, m), abs=0.006)


def test_proportional_draws_follow_their_weights() -> None:
    picked = draw_villages(4, 2, [1, 1, 2, 0], draws=100_000)
    assert np.bincount(picked[:, 0]) / 100_000 == pytest.approx([0.25, 0.25, 0.5], abs=0.006)
    assert 3 not in picked
    # The third is drawn first with 1/2, or second with 2 · 1/4 · 2/3.
    assert (picked == 2).any(axis=1).mean() == pytest.approx(1 / 2 + 1 / 3, abs=0.006)
    # A village of nearly all the weight takes the sorting path: the same law.
    heavy = draw_villages(4, 3, [100, 1, 1, 1], draws=20_000)
    assert (heavy == 0).any(axis=1).mean() > 0.999
    assert np.bincount(heavy.ravel())[1:] / 20_000 == pytest.approx([2 / 3] * 3, abs=0.02)


def test_two_stage_draws_agree_with_the_exact_risk() -> None:
    rng = np.random.default_rng(1)
    township = np.sort(rng.integers(0, 16, 185))
    township = rng.permutation(township)
    weak = rng.random(185) < 0.15
    sizes, bad = np.bincount(township, minlength=16), np.bincount(township, weak, 16)
    for t, m in ((2, 3), (16, 1), (3, 30)):
        picked = draw_two_stage(township, t, m)
        found = weak_hit_chance(picked, weak)
        assert found.chance == pytest.approx(two_stage_risk(sizes, bad, t, m), abs=0.006)
        drawn = picked[:200]
        for row in drawn:
            chosen = row[row >= 0]
            assert len(set(chosen)) == chosen.size
            homes, counts = np.unique(township[chosen], return_counts=True)
            assert homes.size == t
            assert counts.tolist() == np.minimum(sizes[homes], m).tolist()


def test_two_stage_proportional_to_size() -> None:
    picked = draw_two_stage([0, 1, 1], 1, 1, [1, 3], draws=50_000)
    assert (picked == 0).mean() == pytest.approx(0.25, abs=0.01)
    with pytest.raises(ValueError, match="cannot draw"):
        draw_two_stage([0, 1], 3, 1)
    with pytest.raises(ValueError, match="cannot draw"):
        draw_villages(3, 4)
    with pytest.raises(ValueError, match="one weight"):
        draw_villages(3, 1, [1, 2])


def test_drawn_results_and_levers_against_enumeration() -> None:
    x, n = np.array([9, 30, 10, 4, 0]), np.array([10, 40, 20, 4, 0])
    every = np.array(list(combinations(range(5), 2)))
    line = 0.7
    rates = np.array([x[list(pair)].sum() / max(n[list(pair)].sum(), 1) for pair in every])
    found = drawn_results(x, n, every, line)
    assert found.rates == pytest.approx(rates)
    assert found.miss.chance == pytest.approx((rates < line).mean())
    levers = lever_drops(x, n, every, line, value=0.8)
    for i in range(5):
        raised = x.astype(float)
        raised[i] = max(x[i], 0.8 * n[i])
        after = np.array([raised[list(p)].sum() / max(n[list(p)].sum(), 1) for p in every])
        assert levers.drop[i] == pytest.approx(levers.base - (after < line).mean())


def test_levers_for_a_rate_to_keep_low() -> None:
    every = np.array(list(combinations(range(3), 2)))
    levers = lever_drops([5, 0, 0], [10, 10, 10], every, 0.2, value=0.1, polarity="down")
    assert levers.base == pytest.approx(2 / 3)
    assert levers.drop == pytest.approx([2 / 3, 0.0, 0.0])
    with pytest.raises(ValueError, match="polarity"):
        lever_drops([5], [10], np.array([[0]]), 0.2, 0.1, "none")


def test_nothing_reported_has_no_rate() -> None:
    found = drawn_results([None, 0], [None, 0], draw_villages(2, 1, draws=50), 0.5)
    assert np.isnan(found.rates).all() and np.isnan(found.miss.chance)
    assert lever_drops([0, 0], [0, 0], draw_villages(2, 1, draws=50), 0.5, 0.9).base == 0.0


def test_same_seed_same_draws() -> None:
    assert (draw_villages(185, 6, draws=100) == draw_villages(185, 6, draws=100)).all()
    assert (draw_villages(185, 6, draws=100, seed=2) != draw_villages(185, 6, draws=100)).any()


def test_100_000_draws_within_half_a_second() -> None:
    rng = np.random.default_rng(2)
    n = rng.integers(15, 60, 185)
    x, township = rng.binomial(n, 0.85), np.repeat(np.arange(16), 12)[:185]
    started = time.perf_counter()
    drawn_results(x, n, draw_villages(185, 6, n), 0.85)
    proportional = time.perf_counter() - started
    started = time.perf_counter()
    drawn_results(x, n, draw_two_stage(township, 4, 3), 0.85)
    assert max(proportional, time.perf_counter() - started) < 0.5
