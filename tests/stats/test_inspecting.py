"""What draws cost and what help changes, against counting every draw one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from shortplank import stats

X = np.array([90.0, 40.0, 70.0, 95.0, 20.0, 60.0])
N = np.array([100.0, 50.0, 100.0, 100.0, 40.0, 70.0])
TOWN = np.array([0, 0, 1, 1, 2, 2])
EVERY = np.array(list(combinations(range(6), 2)))
LINE, REACH = 0.8, 0.85


def missed(x: np.ndarray) -> float:
    """The share of all 15 pairs whose pooled rate lies below the line, by a plain loop."""
    return sum(sum(x[list(p)]) / sum(N[list(p)]) < LINE - 1e-12 for p in EVERY) / len(EVERY)


def helped(places: list[int]) -> np.ndarray:
    x = X.copy()
    x[places] = np.maximum(x[places], REACH * N[places])
    return x


def test_group_drops_are_those_of_every_draw() -> None:
    found = stats.group_drops(X, N, EVERY, LINE, REACH, TOWN)
    by_hand = [missed(X) - missed(helped([2 * k, 2 * k + 1])) for k in range(3)]
    assert found == pytest.approx(by_hand)


def test_a_group_of_one_is_a_village() -> None:
    alone = stats.group_drops(X, N, EVERY, LINE, REACH, range(6))
    assert alone == pytest.approx(stats.lever_drops(X, N, EVERY, LINE, REACH).drop)


def test_miss_after_help_is_that_of_every_draw() -> None:
    chance = stats.miss_after(X, N, EVERY, LINE, REACH, [k in (2, 4) for k in range(6)])
    assert chance.chance == pytest.approx(missed(helped([2, 4])))


def test_help_needed_is_the_fewest() -> None:
    order = [2, 4, 5, 1]
    found = stats.help_needed(X, N, EVERY, LINE, REACH, order, at_most=0.2)
    by_hand = next(k for k in range(5) if missed(helped(order[:k])) <= 0.2)
    assert found == by_hand and by_hand > 0
    assert stats.help_needed(X, N, EVERY, LINE, REACH, [1], at_most=0.0) is None


def test_downwards_is_the_mirror_of_upwards() -> None:
    up = stats.group_drops(X, N, EVERY, LINE, REACH, TOWN)
    down = stats.group_drops(N - X, N, EVERY, 1 - LINE, 1 - REACH, TOWN, "down")
    assert down == pytest.approx(up)


def test_loss_is_that_of_every_draw() -> None:
    weak = np.array([False, True, True, False, True, False])
    rates = X[EVERY].sum(axis=1) / N[EVERY].sum(axis=1)
    loss = stats.drawn_loss(EVERY, weak, rates < LINE, each=2, once=5, most=7)
    by_hand = [
        min(2 * weak[list(p)].sum() + 5 * (r < LINE), 7) for p, r in zip(EVERY, rates, strict=True)
    ]
    assert loss.points == pytest.approx(np.mean(by_hand))
    exact = stats.capped_loss(stats.weak_drawn(6, 3, 2), each=2, most=3)
    assert exact.points == pytest.approx(np.mean([min(2 * weak[list(p)].sum(), 3) for p in EVERY]))


def test_weak_counts_agree_with_the_exact_distribution() -> None:
    picked = stats.draw_villages(185, 6)
    weak = np.arange(185) < 88
    assert stats.weak_counts(picked, weak) == pytest.approx(stats.weak_drawn(185, 88, 6), abs=0.006)
    assert stats.weak_counts(EVERY, [True] * 3 + [False] * 3) == pytest.approx(
        stats.weak_drawn(6, 3, 2)
    )


def test_the_speech_of_88_weak_villages() -> None:
    risks = [round(float(stats.draw_risk(185, 88, m)), 3) for m in (1, 2, 3, 4, 6)]
    assert risks == [0.476, 0.726, 0.858, 0.927, 0.981]
