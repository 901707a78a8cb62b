"""One weighted Benjamini-Hochberg a month: against SciPy's and a naive one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats.judge.ledger import ledger, weighted_q

TESTS = st.lists(
    st.tuples(st.sampled_from(["county", "township", "village"]), st.floats(1e-9, 1.0)),
    min_size=1,
    max_size=40,
)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40))
def test_one_level_is_benjamini_and_hochbergs(p: list[float]) -> None:
    from scipy.stats import false_discovery_control

    assert weighted_q(["village"] * len(p), p) == pytest.approx(false_discovery_control(p))


@given(TESTS)
def test_it_is_genoveses_procedure(tests: list[tuple[str, float]]) -> None:
    """Weights M/(L·m) have the mean 1; the largest k with p/w ≤ kα/M rejects k tests."""
    levels, p = [level for level, _ in tests], np.array([p for _, p in tests])
    sizes = Counter(levels)
    w = np.array([len(tests) / (len(sizes) * sizes[level]) for level in levels])
    assert w.mean() == pytest.approx(1.0)
    scaled = p / w
    ordered = np.sort(scaled)
    ranks = np.arange(1, len(p) + 1)
    for alpha in (0.05, 0.4):
        passed = np.flatnonzero(ordered <= ranks * alpha / len(p))
        line = ordered[passed[-1]] if passed.size else -1.0
        near = np.isclose(weighted_q(levels, p.tolist()), alpha, rtol=1e-9)
        assert (np.array(ledger(tests, alpha)) == (scaled <= line))[~near].all()


@given(TESTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(tests: list[tuple[str, float]], random: object) -> None:
    order = np.random.default_rng(len(tests)).permutation(len(tests))
    mixed = [tests[i] for i in order]
    q = weighted_q([level for level, _ in tests], [p for _, p in tests])
    assert weighted_q([a for a, _ in mixed], [p for _, p in mixed]) == pytest.approx(q[order])


def test_each_level_has_the_same_share_whatever_its_size() -> None:
    levels = ["county"] + ["village"] * 185
    first = weighted_q(levels, [0.02] + [1.0] * 185)[0]
    among = weighted_q(levels, [1.0, 0.02 / 185] + [1.0] * 184)[1]
    assert first == pytest.approx(0.04)
    assert among == pytest.approx(0.04)


def test_a_test_that_was_not_made_counts_for_nothing() -> None:
    q = weighted_q(["county", "village", "spread"], [0.02, 0.5, float("nan")])
    assert np.isnan(q[2])
    assert q[:2] == pytest.approx(weighted_q(["county", "village"], [0.02, 0.5]))
    assert ledger([("county", float("nan"))]) == [False]
    assert ledger([]) == []
