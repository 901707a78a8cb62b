"""Composite scores and what-if."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import (
    composite_score,
    linear_score,
    raise_weakest,
    weight_sensitivity,
)


def test_linear_score_runs_either_way() -> None:
    assert linear_score([0, 50, 100, 120], 50, 100).tolist() == [0.0, 0.0, 100.0, 100.0]
    assert linear_score([5, 2.5, 0], 5, 0).tolist() == [0.0, 50.0, 100.0]
    assert np.isnan(linear_score(None, 0, 1))
    with pytest.raises(ValueError, match="floor"):
        linear_score(1, 2, 2)


def test_missing_is_never_zero() -> None:
    found = composite_score([[100, None], [None, None], [0, 100]], [3, 1])
    assert found.score[0] == 100.0 and found.coverage[0] == 0.75
    assert np.isnan(found.score[1]) and found.coverage[1] == 0.0
    assert found.score[2] == 25.0 and found.coverage[2] == 1.0


@pytest.mark.parametrize("weights", [[-1, 2], [0, 0]])
def test_weights_must_weigh(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        composite_score([[1, 2]], weights)


def test_sensitivity_brackets_the_base() -> None:
    rng = np.random.default_rng(1)
    scores = rng.uniform(0, 100, (16, 4))
    found = weight_sensitivity(scores, [4, 3, 2, 1])
    assert found.ranks.shape == (8, 16)
    assert (found.best <= found.base).all() and (found.base <= found.worst).all()
    assert (found.best < found.worst).any()
    still = weight_sensitivity(scores, [4, 3, 2, 1], change=0.0)
    assert (still.best == still.worst).all()


def test_raise_weakest_by_hand() -> None:
    found = raise_weakest([5, 30, 90, 0, None], [10, 30, 100, 0, 9], count=2, to=0.95)
    assert found.chosen.tolist() == [True, False, True, False, False]
    assert found.x[:3].tolist() == [10.0, 30.0, 95.0]
    assert found.before == pytest.approx(125 / 140)
    assert found.after == pytest.approx(135 / 140)


def test_raise_weakest_downwards_and_whole_cases() -> None:
    found = raise_weakest([5, 1], [10, 10], count=1, to=0.25, polarity="down")
    assert found.x.tolist() == [2.0, 1.0]
    assert raise_weakest([20], [30], count=1, to=0.9).x.tolist() == [27.0]
    with pytest.raises(ValueError, match="outside"):
        raise_weakest([1], [2], 1, to=90)


@given(
    st.lists(
        st.integers(0, 99).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=40,
    ),
    st.integers(0, 50),
    st.floats(0, 1),
)
def test_raising_never_lowers(pairs: list[tuple[int, int]], count: int, to: float) -> None:
    x, n = np.array(pairs, dtype=float).T
    found = raise_weakest(x, n, count, to)
    assert (found.x >= x).all() and (found.x <= n).all()
    assert found.chosen.sum() == min(count, int((n > 0).sum()))
    more = raise_weakest(x, n, count + 1, to)
    if n.sum() > 0:
        assert found.before <= found.after <= more.after + 1e-12
