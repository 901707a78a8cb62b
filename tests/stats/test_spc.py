"""Control charts: limits, the four rules one by one, rebasing, p-charts, assurance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from shortplank.stats import (
    RULES,
    assurance,
    laney_sigma,
    p_chart,
    p_false_alarm_rates,
    rule_signals,
    xmr_chart,
    xmr_false_alarm_rates,
    xmr_limits,
    xmr_signals,
)

LINES = (0.0, -6.0, 6.0, -4.0, 4.0)  # centre, lower, upper, near lower, near upper
series = st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=1, max_size=60)


def rules(values: list[float | None]) -> list[int]:
    return rule_signals(values, *LINES)[0].tolist()


def directions(values: list[float | None]) -> list[int]:
    return rule_signals(values, *LINES)[1].tolist()


def test_limits_by_hand() -> None:
    found = xmr_limits([10, 12, 11, 13, 12])
    assert found._fields == ("centre", "lower", "upper", "near_lower", "near_upper")
    assert found == pytest.approx((11.6, 7.61, 15.59, 11.6 - 2.66, 11.6 + 2.66))


def test_a_gap_breaks_the_chain_of_ranges() -> None:
    assert xmr_limits([1, 2, None, 101, 102]).upper - 51.5 == pytest.approx(2.66)
    assert np.isnan(xmr_limits([1, None, 2]).upper)
    assert xmr_limits([1, None, 2]).centre == 1.5
    assert np.isnan(xmr_limits([None])).all()


def test_screening_is_off_by_default_and_drops_once() -> None:
    values = [0, 1] * 6 + [30, 31] + [0, 1] * 6
    assert xmr_limits(values) == xmr_limits(values, screen=False)
    ranges = np.abs(np.diff(values))
    kept = ranges[ranges < 3.267 * ranges.mean()]
    found = xmr_limits(values, screen=True)
    assert found.upper - found.centre == pytest.approx(2.66 * kept.mean())
    flat = xmr_limits([5, 5, 5], screen=True)
    assert flat.lower == flat.upper == 5.0


def test_rule_1_outside() -> None:
    assert rules([1, -1, 7, 1, -7]) == [0, 0, 1, 0, 1]
    assert directions([1, -1, 7, 1, -7]) == [0, 0, 1, 0, -1]
    assert rules([6.0, -6.0]) == [0, 0]  # on a limit is inside


def test_rule_2_seven_strictly_monotone() -> None:
    assert rules([-3, -2, -1, 0, 1, 2, 3]) == [2] * 7
    assert directions([3, 2, 1, 0, -1, -2, -3]) == [-1] * 7
    assert rules([-3, -2, -1, 0, 1, 2]) == [0] * 6
    assert rules([-3, -2, -1, 0, 0, 1, 2]) == [0] * 7
    assert rules([-3, -2, -1, None, 0, 1, 2, 3]) == [0] * 8


def test_rule_3_two_of_three_beyond_a_near_limit() -> None:
    assert rules([0, 5, 0, 5, -1]) == [0, 3, 0, 3, 0]
    assert rules([0, 5, 5, 0, -1]) == [0, 3, 3, 0, 0]
    assert rules([0, 5, -5, 0, 1]) == [0, 0, 0, 0, 0]  # not on one side
    assert rules([0, 5, 0, 0, 5]) == [0, 0, 0, 0, 0]
    assert directions([0, -5, 0, -5, 0]) == [0, -1, 0, -1, 0]
    # A point outside lies beyond the near limit too, and keeps its own rule.
    assert rules([0, 7, 0, 5, -1]) == [0, 1, 0, 3, 0]
    assert rules([5, None, 5, 0]) == [0, 0, 0, 0]
    assert rules([5, 5]) == [0, 0]


def test_rule_4_seven_on_one_side() -> None:
    assert rules([1, 2, 1, 2, 1, 2, 1, -1]) == [4] * 7 + [0]
    assert rules([-1, -2, -1, -2, -1, -2]) == [0] * 6
    assert rules([1, 2, 1, 0, 1, 2, 1]) == [0] * 7  # on the centre ends the run
    assert directions([-1, -2, -1, -2, -1, -2, -1]) == [-1] * 7


def test_precedence() -> None:
    # Rising on one side, its end beyond the near limit and then outside.
    found = rules([1, 2, 3, 3.5, 4.5, 5, 7])
    assert found == [2, 2, 2, 2, 2, 2, 1]
    assert rules([1, 2, 1, 2, 1, 5, 5]) == [4, 4, 4, 4, 4, 3, 3]
    assert set(RULES) == {1, 2, 3, 4}


def test_no_variation_gives_no_verdict() -> None:
    assert not xmr_signals([90.0] * 20).any()
    assert not xmr_signals([90.0]).any()
    assert not xmr_signals([None] * 9).any()


@given(series)
def test_signals_do_not_depend_on_the_unit(values: list[int | None]) -> None:
    v = np.array(values, dtype=float)
    assert xmr_signals(v).tolist() == xmr_signals(v * 4.0).tolist()
    rule, direction = rule_signals(v, *xmr_limits(v))
    mirrored, opposite = rule_signals(-v, *xmr_limits(-v))
    if np.abs(v[~np.isnan(v)] - np.nanmean(v) if (~np.isnan(v)).any() else v).min(initial=1) > 1e-9:
        assert rule.tolist() == mirrored.tolist()
        assert direction.tolist() == (-opposite).tolist()


def test_rebase_by_hand_only() -> None:
    values = [10, 11, 10, 12, 10, 11, 10] * 2 + [30, 31, 30, 32, 30, 31, 30] * 2
    assert xmr_signals(values).any()
    assert not xmr_signals(values, rebase=[14]).any()
    chart = xmr_chart(values, rebase=[14])
    assert chart.centre[13] == xmr_limits(values[:14]).centre
    assert chart.centre[14] == xmr_limits(values[14:]).centre
    assert not chart.trial.any()
    assert xmr_chart(values, rebase=[20]).trial.tolist() == [False] * 20 + [True] * 8
    assert xmr_chart(values, rebase=[0, 99]).centre[0] == xmr_limits(values).centre


def test_fewer_than_13_points_are_trial_limits() -> None:
    assert xmr_chart([1, 2] * 6).trial.all()
    assert not xmr_chart([*[1, 2] * 6, 1]).trial.any()
    assert xmr_chart([*[1, 2] * 6, None]).trial.all()


def test_many_series_at_once() -> None:
    v = np.array([[0, 0, 7.0], [0, 0, 0.0]])
    assert rule_signals(v, *LINES)[0].tolist() == [[0, 0, 1], [0, 0, 0]]


def test_p_chart_limits_by_hand() -> None:
    x, n = np.array([90, 85, 180, 45]), np.array([100, 100, 200, 50])
    p = x.sum() / n.sum()
    chart = p_chart(x, n, prime=False)
    sigma = np.sqrt(p * (1 - p) / n)
    assert chart.upper == pytest.approx(np.minimum(p + 3 * sigma, 1.0))
    assert chart.lower == pytest.approx(p - 3 * sigma)
    assert chart.near_lower == pytest.approx(p - 2 * sigma)
    z = (x / n - p) / sigma
    prime = p_chart(x, n, prime=True)
    assert prime.sigma_z == pytest.approx(laney_sigma(z))
    assert prime.sigma_z == pytest.approx(np.abs(np.diff(z)).mean() / 1.128)
    assert prime.lower == pytest.approx(p - 3 * prime.sigma_z * sigma)


def test_p_chart_turns_to_laney_only_when_over_dispersed() -> None:
    """1,000 simulated series of 24 months: 5 % turn under chance, nearly all at φ = 6."""
    rng = np.random.default_rng(1)
    n = rng.integers(200, 600, 24)

    def turned(p: float | np.ndarray) -> float:
        charts = [p_chart(rng.binomial(n, p), n) for _ in range(1000)]
        return float(np.mean([chart.sigma_z > 1.0 for chart in charts]))

    assert 0.02 < turned(0.9) < 0.08
    assert turned(rng.beta(70, 8, 24)) > 0.95


@pytest.mark.parametrize(("n", "p"), [(20, 0.95), (60, 0.98), (100, 0.995), (100, 0.02)])
def test_p_chart_keeps_its_tail_next_to_0_and_1(n: int, p: float) -> None:
    """800 simulated series of 24 months a setting: outside a limit as seldom as 3σ promises.

    Symmetric limits would be passed in 15 to 30 % of them.
    """
    rng = np.random.default_rng(2)
    charts = [p_chart(rng.binomial(n, p, 24), np.full(24, n)) for _ in range(800)]
    outside = np.mean([(chart.signals == 1).any() for chart in charts])
    assert outside <= xmr_false_alarm_rates(24)[1]


def test_p_chart_limits_next_to_1_are_the_binomials_own() -> None:
    chart = p_chart([99, 100, 100, 99, 100, 99.5], [100] * 6, prime=False)
    p = float(chart.centre[0])
    tail = [float(binom.cdf(k, 100, p)) for k in np.rint(100 * chart.lower[:1] - [1, 0])]
    assert tail[0] < norm.sf(3) <= tail[1]
    assert chart.lower[0] < p - 3 * np.sqrt(p * (1 - p) / 100)


@pytest.mark.parametrize(("n", "p"), [(100, 0.9), (30, 0.9), (100, 0.99), (12, 0.5)])
def test_stated_false_alarm_rates_of_p_charts_are_those_of_the_chart(n: int, p: float) -> None:
    """600 series of 30 months through the chart itself: the stated rate, ± 5 points."""
    rng = np.random.default_rng(3)
    size = np.full(30, float(n))
    size[7] = np.nan
    x = rng.binomial(n, p, (600, 30)).astype(float)
    charts = [p_chart(np.where(np.isnan(size), np.nan, row), size) for row in x]
    stated = p_false_alarm_rates(tuple(size.tolist()), p)
    found = np.mean([(chart.signals > 0).any() for chart in charts])
    first = np.mean([(chart.signals == 1).any() for chart in charts])
    assert found == pytest.approx(stated[0], abs=0.05)
    assert first == pytest.approx(stated[1], abs=0.03)


def test_p_chart_edges() -> None:
    chart = p_chart([5, 0, None, 5], [10, 0, 9, 10])
    assert np.isnan(chart.values[1:3]).all() and not chart.signals.any()
    assert not p_chart([10] * 8, [10] * 8).signals.any()
    assert np.isnan(p_chart([0], [0]).centre[0])
    moved = p_chart([90] * 5 + [10] * 5, [100] * 10, rebase=[5])
    assert moved.centre[[0, 5]] == pytest.approx([0.9, 0.1])
    assert not moved.signals.any()
    with pytest.raises(ValueError, match="exceeds"):
        p_chart([3], [2])


def test_assurance() -> None:
    assert assurance(90, 85, 89, "up") == "never"
    assert assurance(90, 85, 89, "down") == "always"
    assert assurance(90, 91, 95, "down") == "never"
    assert assurance(90, 85, 95) == "hit_and_miss"
    assert assurance((103, 107), 104, 106, "range") == "always"
    assert assurance((103, 107), 108, 120, "range") == "never"
    assert assurance((103, 107), 100, 105, "range") == "hit_and_miss"
    assert assurance(90, float("nan"), 95) == "none"
    assert assurance(90, 85, 95, "none") == "none"
    assert assurance(90, 85, 95, "range") == "none"
    with pytest.raises(ValueError, match="range"):
        assurance((1.0, 2.0), 0, 1, "up")


def test_stated_false_alarm_rates() -> None:
    """4,000 simulated steady series: the rates on the methods page, ± 1.5 points."""
    stated = {13: (6.8, 3.4, 0.2, 2.6, 2.1), 24: (17.2, 6.2, 0.6, 4.2, 9.7)}
    stated[44] = (34.7, 11.3, 1.5, 7.6, 22.8)
    for points, per_cent in stated.items():
        found = xmr_false_alarm_rates(points)
        assert [100 * found[rule] for rule in range(5)] == pytest.approx(per_cent, abs=1.5)
        assert max(found[rule] for rule in RULES) <= found[0] <= sum(found[r] for r in RULES)
