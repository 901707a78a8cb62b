"""The year's end: certainty, chances, calibration of the back-test."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as scipy_t

from shortplank.stats import (
    Peers,
    back_test,
    chance_holds,
    level_holds,
    month_dispersion,
    starts_anew,
    year_end_chance,
)


@given(
    st.integers(2, 5),
    st.integers(1, 12),
    st.floats(0.05, 0.2),
    st.floats(0.5, 0.95),
    st.integers(0, 2**31),
)
def test_a_stock_that_leaps_back_at_each_opening_starts_anew(
    years: int, now: int, low: float, high: float, seed: int
) -> None:
    """A backlog cleared from low to high each year, of any level, with months' luck in it."""
    rng = np.random.default_rng(seed)
    n = np.full((years, 12), 4000.0)
    rate = np.linspace(low, high, 12) + rng.normal(0.0, 0.004, (years, 12))
    x = np.round(n * rate)
    x[-1, now:] = n[-1, now:] = np.nan
    assert starts_anew(x, n) == starts_anew(n - x, n) is True


@given(st.integers(1, 5), st.floats(-0.004, 0.004), st.integers(0, 2**31))
def test_a_stock_that_goes_on_does_not_start_anew(years: int, drift: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rate = 0.7 + drift * np.arange(12 * years) + rng.normal(0.0, 0.01, 12 * years)
    n = np.full((years, 12), 5000.0)
    assert not starts_anew(np.round(n * rate.reshape(years, 12)), n)
    assert not starts_anew(np.full((years, 12), np.nan), n)


def test_a_finished_year_is_certain() -> None:
    x, n = np.full(12, 91), np.full(12, 100)
    found = year_end_chance(x, n, target=0.9)
    assert found.value == found.lower == found.upper == pytest.approx(0.91)
    assert found.target_chance == 1.0
    assert year_end_chance(x, n, target=0.92).target_chance == 0.0
    assert year_end_chance(x, n, target=0.92, polarity="down").target_chance == 1.0
    assert year_end_chance(x, n, target=(0.9, 0.92), polarity="range").target_chance == 1.0


def test_limits_narrow_as_months_come_in() -> None:
    last = [[430] * 12], [[480] * 12]
    widths = []
    for months in (1, 4, 8, 11):
        found = year_end_chance([432] * months, [480] * months, *last)
        assert found.lower < 0.9 < found.upper
        widths.append(found.upper - found.lower)
    assert widths == sorted(widths, reverse=True)


def test_at_the_target_the_chance_is_one_half() -> None:
    found = year_end_chance([432] * 8, [480] * 8, [[432] * 12], [[480] * 12], target=0.9)
    assert found.target_chance == pytest.approx(0.5, abs=0.06)
    again = year_end_chance([432] * 8, [480] * 8, [[432] * 12], [[480] * 12], target=0.9)
    assert again.target_chance == found.target_chance


def test_simulation_agrees_with_the_beta_binomial() -> None:
    from scipy.stats import betabinom

    # No history, φ = 1: θ ~ Beta(430·6/… + ½), six months of Poisson(480) to come.
    x, n = [430] * 6, [480] * 6
    found = year_end_chance(x, n, draws=100_000)
    rest = betabinom(6 * 480, sum(x) + 0.5, sum(n) - sum(x) + 0.5)
    expected = (sum(x) + rest.ppf([0.025, 0.5, 0.975])) / (2 * sum(n))
    assert (found.lower, found.value, found.upper) == pytest.approx(expected, abs=0.0008)


def test_missing_months_are_still_to_come() -> None:
    gap = year_end_chance([90, None, 90, 90], [100, None, 100, 100])
    full = year_end_chance([90] * 4, [100] * 4)
    assert gap.upper - gap.lower > full.upper - full.lower


def test_a_month_that_last_year_did_not_report_does_not_swell_what_is_to_come() -> None:
    this = [90.0] * 8, [100.0] * 8
    whole = year_end_chance(*this, [[90.0] * 12], [[100.0] * 12])
    last_x, last_n = np.full((1, 12), 90.0), np.full((1, 12), 100.0)
    for gap in (2, 10):  # a month that has passed since, and one to come
        last_x[0, gap] = last_n[0, gap] = np.nan
        made = year_end_chance(*this, last_x, last_n)
        assert made.upper - made.lower == pytest.approx(whole.upper - whole.lower, rel=0.05)


def test_no_case_at_the_end_of_last_year_makes_nothing_certain() -> None:
    last_x, last_n = [[9.0] * 8 + [0.0] * 4], [[10.0] * 8 + [0.0] * 4]
    made = year_end_chance([9.0] * 8, [10.0] * 8, last_x, last_n)
    assert made.upper - made.lower > 0.02


def test_last_year_counts_less_when_this_year_is_different() -> None:
    alike = year_end_chance([900] * 3, [1000] * 3, [[900] * 12], [[1000] * 12])
    apart = year_end_chance([900] * 3, [1000] * 3, [[700] * 12], [[1000] * 12])
    assert apart.upper - apart.lower > alike.upper - alike.lower
    assert apart.value == pytest.approx(0.9, abs=0.02)


def test_a_season_of_the_rate_is_carried_forward() -> None:
    year = np.r_[np.full(6, 95), np.full(6, 85)]
    history = np.array([year, year]), np.full((2, 12), 100)
    found = year_end_chance([95] * 6, [100] * 6, history[0] * 10, history[1] * 10)
    # 600 of this year against 6,000 of the ones before: nearly all of the season is believed.
    assert found.value == pytest.approx(0.90, abs=0.01)
    assert year_end_chance([95] * 6, [100] * 6).value == pytest.approx(0.95, abs=0.01)


def test_rank_among_peers() -> None:
    home = [430] * 8, [480] * 8, [[430] * 12], [[480] * 12]
    worse, better = np.full(20, 0.7), np.full(8, 0.97)
    rate = np.r_[worse, better]
    peers = Peers(3840 * rate, np.full(28, 3840), 5760 * rate, np.full(28, 5760))
    found = year_end_chance(*home, peers=peers, keep_rank=9)
    assert found.rank_chance == 1.0 and found.compared == 28
    assert year_end_chance(*home, peers=peers, keep_rank=8).rank_chance == 0.0
    down = year_end_chance(*home, peers=peers, keep_rank=21, polarity="down")
    assert down.rank_chance == 1.0
    equal = Peers([430 * 8], [480 * 8], [430 * 12], [480 * 12])
    assert year_end_chance(*home, peers=equal, keep_rank=1).rank_chance == pytest.approx(
        0.5, abs=0.05
    )


def test_peers_without_counts_are_left_out() -> None:
    home = [430] * 8, [480] * 8
    peers = Peers([400, np.nan, 0], [480, np.nan, 0])
    assert year_end_chance(*home, peers=peers, keep_rank=1).compared == 1
    nobody = year_end_chance(*home, peers=Peers([np.nan], [np.nan]), keep_rank=1)
    assert nobody.compared == 0 and np.isnan(nobody.rank_chance)


def test_a_stock_ends_at_its_last_month() -> None:
    x = np.array([80, 82, 83, 85, 86, 88, 89, 90]) * 10
    n = np.full(8, 1000)
    found = year_end_chance(x, n, kind="stock", target=0.9)
    assert 0.9 < found.value < 0.96 and found.target_chance > 0.8
    done = year_end_chance(np.full(12, 90), np.full(12, 100), kind="stock", target=0.9)
    assert done.value == done.lower == 0.9 and done.target_chance == 1.0
    assert np.isnan(year_end_chance([90], [100], kind="stock").value)
    level = year_end_chance([90] * 8, [100] * 8, [[90] * 12], [[100] * 12], kind="stock")
    assert np.isnan([level.value, level.lower, level.upper]).all()  # it never moved
    assert np.isnan(year_end_chance([], [], kind="stock").value)
    assert np.isnan(year_end_chance([0, 0, 0], [0, 0, 0], kind="stock").value)


def test_nothing_known_is_nan() -> None:
    for found in (year_end_chance([], []), year_end_chance([0, 0], [0, 0], target=0.9)):
        assert np.isnan(found.value) and np.isnan(found.target_chance)


def test_before_the_first_month_last_year_speaks() -> None:
    found = year_end_chance([], [], [[430] * 12], [[480] * 12])
    assert found.value == pytest.approx(430 / 480, abs=0.01)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: year_end_chance([1] * 13, [2] * 13),
        lambda: year_end_chance([3], [2]),
        lambda: year_end_chance([1], [2], [[1, 2]], [[3, 4]]),
        lambda: year_end_chance([1], [2], kind="other"),
        lambda: year_end_chance([1], [2], target=0.9, polarity="none"),
    ],
)
def test_wrong_use_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"year|exceeds|kind|polarity"):
        wrong()


def test_month_dispersion() -> None:
    rng = np.random.default_rng(1)
    steady = rng.binomial(480, 0.9, (40, 12))
    assert month_dispersion(steady, np.full((40, 12), 480)) == pytest.approx(1.0, abs=0.1)
    shaken = rng.binomial(480, rng.beta(90, 10, (40, 12)))
    assert month_dispersion(shaken, np.full((40, 12), 480)) > 3
    assert month_dispersion([[0, 0]], [[5, 5]]) == 1.0


@pytest.mark.parametrize(
    ("year_sd", "phi", "season", "n"),
    [(0.0, 1.0, 0.0, 480), (0.01, 1.0, 0.0, 30), (0.0, 2.0, 0.0, 480), (0.0, 1.0, 0.03, 480)],
)
def test_back_test_finds_forecasts_calibrated(
    year_sd: float, phi: float, season: float, n: int
) -> None:
    """60 simulated units of three years: 1,320 forecasts in each setting."""
    rng = np.random.default_rng(2)
    size = rng.poisson(n, (60, 3, 12))
    rate = 0.9 + rng.normal(0, year_sd, (60, 3, 1)) + season * np.linspace(-0.5, 0.5, 12)
    if phi > 1:
        precision = (n - phi) / (phi - 1)
        rate = rng.beta(rate * precision, (1 - rate) * precision)
    found = back_test(rng.binomial(size, rate), size, target=0.9, draws=400)
    assert found.forecasts == 1320
    assert 0.72 < found.covered_80 < 0.90
    assert 0.89 < found.covered_95 < 0.99
    # The target is the true rate itself: no forecast can do much better than 0.25.
    assert found.brier < 0.25
    assert found.counts.sum() == 1320
    if not season:
        assert np.nanmax(np.abs(found.said - found.came)) < 0.2


def test_back_test_of_stocks_and_of_too_little() -> None:
    rng = np.random.default_rng(3)
    walk = np.cumsum(rng.normal(0.02, 0.1, (30, 36)), axis=1).reshape(30, 3, 12)
    n = np.full(walk.shape, 2000)
    x = np.rint(n / (1 + np.exp(-walk - 1)))
    found = back_test(x, n, kind="stock", target=0.8, draws=400)
    assert found.forecasts == 660
    assert 0.7 < found.covered_80 < 0.92 and 0.88 < found.covered_95 < 0.99
    nothing = back_test(np.ones((1, 12)), np.ones((1, 12)))
    assert nothing.forecasts == 0 and np.isnan(nothing.covered_95)
    assert back_test(np.zeros((2, 12)), np.zeros((2, 12))).forecasts == 0
    free = back_test([[90] * 12] * 2, [[100] * 12] * 2)
    assert free.forecasts == 11 and np.isnan(free.brier)


def test_speed() -> None:
    peers = Peers(np.full(28, 3600), np.full(28, 4000), np.full(28, 5400), np.full(28, 6000))
    home = [437] * 8, [480] * 8, [[430] * 12], [[480] * 12]
    year_end_chance(*home, peers=peers, keep_rank=28)
    started = time.perf_counter()
    year_end_chance(*home, target=0.9, peers=peers, keep_rank=28)
    year_end_chance(*home, target=0.9, draws=100_000)
    assert time.perf_counter() - started < 1.0


# --- stocks that begin anew -----------------------------------------------------------------------
def backlogs(units: int, years: int, pace: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return stocks filled from nothing each year, each year at its own pace."""
    rng = np.random.default_rng(seed)
    n = np.full((units, years, 12), 2000.0)
    speed = rng.normal(1.0, pace, (units, years, 1))
    logit = -2.5 + speed * 0.3 * np.arange(12) + rng.normal(0.0, 0.03, (units, years, 12))
    return np.round(n / (1.0 + np.exp(-logit))), n


def test_a_stock_begun_anew_ends_as_its_own_years_went_on() -> None:
    x = np.array([[40, 100, 200, 300, 400, 500, 600, 650, 700, 740, 770, 800]] * 3, dtype=float)
    x[1] += 8
    x[2, -1] += 10
    n = np.full(12, 1000.0)
    made = year_end_chance(x[0][:6], n[:6], x, np.full((3, 12), 1000.0), kind="anew")
    ways = np.log((x[:, -1] + 0.5) / (1000.5 - x[:, -1])) - np.log(
        (x[:, 5] + 0.5) / (1000.5 - x[:, 5])
    )
    start = np.log(500.5 / 500.5)
    expected = 1 / (1 + np.exp(-(start + ways.mean())))
    assert made.value == pytest.approx(expected, abs=0.002)
    reach = scipy_t.ppf(0.975, 2) * ways.std(ddof=1) * np.sqrt(4 / 3)
    low, high = (1 / (1 + np.exp(-(start + ways.mean() + side * reach))) for side in (-1, 1))
    assert (made.lower, made.upper) == (
        pytest.approx(low, abs=0.004),
        pytest.approx(high, abs=0.004),
    )


def test_a_stock_begun_anew_needs_two_years_that_are_not_the_same() -> None:
    year = [40.0, 120, 210, 290, 380, 460, 540, 630, 710, 800, 880, 960]
    whole = [1000.0] * 12
    for history in ([year], [year, year, year]):
        assert np.isnan(
            year_end_chance(year[:5], whole[:5], history, [whole] * len(history), kind="anew").value
        )
    over = year_end_chance(year, whole, [year], [whole], kind="anew")
    assert over.lower == over.value == over.upper == pytest.approx(0.96)
    with pytest.raises(ValueError, match="anew"):
        year_end_chance(year, whole, kind="other")


@pytest.mark.parametrize("pace", [0.0, 0.05, 0.2])
def test_limits_of_stocks_begun_anew_hold_at_any_pace(pace: float) -> None:
    found = back_test(*backlogs(40, 4, pace, 20100601), kind="anew", draws=400)
    assert found.forecasts == 40 * 2 * 11  # two years to learn from come first
    assert 0.92 <= found.covered_95 <= 0.99


def test_last_years_end_says_nothing_of_a_stock_begun_anew() -> None:
    """Its own years' way is far narrower than a walk from month to month."""
    x, n = backlogs(1, 4, 0.02, 3)
    widths = []
    for kind in ("anew", "stock"):
        made = year_end_chance(x[0, -1, :6], n[0, -1, :6], x[0, :-1], n[0, :-1], kind=kind)
        widths.append(made.upper - made.lower)
    assert widths[0] < widths[1] / 3


# --- whether a back-test lets a chance be said ----------------------------------------------------
def county(turn: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a county and 12 townships over three years; ``turn`` is how far the last months of
    the third go another way."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(rng.integers(20, 60, (12, 1, 1)), (12, 3, 12)) + 1
    rate = 0.86 + rng.normal(0.0, 0.02, (12, 1, 1)) + rng.normal(0.0, 0.01, (1, 3, 1))
    rate = rate + turn * np.array([0, 0, 1])[:, None] * (np.arange(12) >= 7)
    x = rng.binomial(n, np.clip(rate, 0.0, 1.0))
    return np.concatenate([x.sum(0)[None], x]), np.concatenate([n.sum(0)[None], n])


def test_fair_back_tests_mostly_hold_and_turned_years_do_not() -> None:
    fair = [back_test(*county(0.0, seed), target=0.86, draws=150) for seed in range(12)]
    turned = [back_test(*county(-0.12, seed), target=0.86, draws=150) for seed in range(12)]
    assert sum(level_holds(test, 8) for test in fair) >= 8
    assert sum(chance_holds(test) for test in fair) >= 10
    assert sum(level_holds(test, 8) for test in turned) == 0
    assert sum(chance_holds(test) for test in turned) <= 6


def test_every_part_of_the_rule_can_refuse() -> None:
    inside = np.ones((10, 2, 11))
    test = back_test([[90] * 12] * 2, [[100] * 12] * 2)
    all_held = test._replace(inside=inside, covered_95=1.0)
    assert level_holds(all_held, 8, 3)
    assert not level_holds(all_held._replace(covered_95=0.89), 8, 3)
    month = inside.copy()
    month[:4, 0, 7] = 0.0  # four of 20 in this month
    assert not level_holds(all_held._replace(inside=month), 8, 9)
    assert level_holds(all_held._replace(inside=month), 7, 9)
    own = inside.copy()
    own[3, 0, :5] = 0.0  # five of the unit's 22
    assert not level_holds(all_held._replace(inside=own), 8, 3)
    assert level_holds(all_held._replace(inside=own), 8, 2)
    for nothing in (0, 12):
        assert not level_holds(all_held, nothing, 3)
    gone = inside.copy()
    gone[3] = np.nan
    assert not level_holds(all_held._replace(inside=gone), 8, 3)
    assert not level_holds(back_test(np.ones((1, 12)), np.ones((1, 12))), 5)


def test_chances_must_come_as_often_as_they_are_said() -> None:
    made = back_test([[90] * 12] * 2, [[100] * 12] * 2, target=0.5)
    counts = np.array([50, 0, 0, 0, 50])
    nan = float("nan")
    said, came = np.array([0.1, nan, nan, nan, 0.9]), np.array([0.2, nan, nan, nan, 0.85])
    test = made._replace(said=said, came=came, counts=counts, brier=0.1, brier_base=0.25)
    assert chance_holds(test)
    assert not chance_holds(test._replace(came=np.array([0.4, nan, nan, nan, 0.85])))
    assert not chance_holds(test._replace(brier=0.3))
    assert chance_holds(test._replace(brier=0.01, brier_base=0.0))
    assert not chance_holds(back_test([[90] * 12] * 2, [[100] * 12] * 2))  # no target
