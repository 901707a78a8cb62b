"""Whether a series may be judged by a chart's rules at all."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank.stats import is_serially_dependent, run_rules_hold

NAN = float("nan")


def test_a_stock_depends_on_its_past_and_a_flow_does_not() -> None:
    """1,000 simulated series of 24 months each: 5 % of the independent, most of the walks."""
    rng = np.random.default_rng(1)
    flows = rng.normal(0, 1, (1000, 24))
    stocks = np.cumsum(flows, axis=1)
    assert np.mean([is_serially_dependent(v) for v in flows]) < 0.07
    assert np.mean([is_serially_dependent(v) for v in stocks]) > 0.9


def test_too_little_says_nothing() -> None:
    for values in ([], [1.0], [1, 2, 3], [5.0] * 12, [NAN] * 12, [1, NAN, 2, NAN, 3, NAN]):
        assert not is_serially_dependent(values)


def test_near_the_ends_runs_are_no_sign() -> None:
    assert run_rules_hold([450] * 12, [500] * 12)
    assert not run_rules_hold([499] * 12, [500] * 12)
    assert not run_rules_hold([1] * 12, [500] * 12)
    assert not run_rules_hold([0, 0], [0, 0])
    assert not run_rules_hold([NAN], [NAN])
    with pytest.raises(ValueError, match="negative"):
        run_rules_hold([-1], [5])
