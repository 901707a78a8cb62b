"""The worked values of the methods page, and of the papers its formulas come from."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank import stats
from shortplank.stats.judge.lines import reach_count

SPEECH_BIRTHS = 5740


@pytest.mark.parametrize(
    ("males", "females", "ratio", "lower", "upper"),
    [(11, 9, 122, 52, 287), (54, 46, 117, 79, 174), (540, 460, 117, 104, 133)],
)
def test_sex_ratio_intervals(males: int, females: int, ratio: int, lower: int, upper: int) -> None:
    found = stats.sex_ratio_interval(males, females)
    assert round(100 * males / females) == ratio
    assert [round(limit) for limit in found] == [lower, upper]


def test_births_needed_to_call_a_ratio_above_107() -> None:
    found = [stats.births_needed(ratio) for ratio in (110, 115, 120, 130)]
    assert found[0] == pytest.approx(20_000, rel=0.01)
    assert found[1:] == pytest.approx([2970, 1180, 410], rel=0.005)
    for ratio, births in zip((115, 120, 130), found[1:], strict=True):
        males = births * stats.share_of_ratio(ratio)
        assert stats.sex_ratio_interval(males, births - males)[0] == pytest.approx(107, abs=0.03)


def test_z_is_not_rounded() -> None:
    # At x = 0 the upper limit is z²/(n + z²).
    for level, z in ((0.95, 1.959963984540054), (0.998, 3.090232306167813)):
        upper = stats.wilson_interval(0, 50, level)[1]
        assert upper == pytest.approx(z * z / (50 + z * z), rel=1e-14)


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    # Newcombe, Statist. Med. 17 (1998) 857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_newcombe_1998_single_proportions(x: int, n: int, lower: float, upper: float) -> None:
    assert stats.wilson_interval(x, n) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    # Newcombe, Statist. Med. 17 (1998) 873-890, table II, method 10.
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_1998_differences(
    counts: tuple[int, int, int, int], lower: float, upper: float
) -> None:
    found = stats.newcombe_difference(*counts)
    assert found[1:] == pytest.approx((lower, upper), abs=5e-5)
    assert found.difference == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])


def test_draw_risk() -> None:
    found = stats.draw_risk(185, 88, np.array([1, 2, 3, 4, 6]))
    assert (100 * found).round(1).tolist() == [47.6, 72.6, 85.8, 92.7, 98.1]


def test_constants_of_the_charts() -> None:
    limits = stats.xmr_limits([0.0, 1.0] * 10)
    assert limits.upper - limits.centre == pytest.approx(2.66)
    assert limits.near_upper - limits.centre == pytest.approx(2.66 * 2 / 3)
    # One range of 10 among ranges of 1 is screened, at 3.267 times the mean.
    values = [0.0, 1.0] * 8 + [11.0] + [10.0, 11.0] * 4
    screened = stats.xmr_limits(values, screen=True)
    assert screened.upper - screened.centre == pytest.approx(2.66)
    assert stats.xmr_limits(values).upper > screened.upper


def test_trend_limit() -> None:
    from shortplank.stats._arrays import special
    from shortplank.stats.trend import TREND_LEVEL

    assert special.chdtri(1, 1 - TREND_LEVEL) == pytest.approx(9.5495, abs=5e-5)


def test_modified_z_is_not_masked_by_a_second_outlier() -> None:
    values = [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3]
    found = np.abs(stats.modified_z(values)) >= 3.5
    assert found.tolist() == [False] * 8 + [True, True]


def test_villages_with_three_cases_under_one_common_rate() -> None:
    """About 95 of 185 at 5,740 births, so that the 88 of the speech is fewer, not more."""
    rng = np.random.default_rng(20100601)
    sizes = rng.gamma(8.0, size=185)
    births = np.rint(SPEECH_BIRTHS * sizes / sizes.sum())
    found = reach_count(np.zeros(185), births, 3, 1 - 0.9094)
    assert found.expected == pytest.approx(95, abs=3)
    assert found.lower <= 88 <= found.upper and found.expected > 88


def test_four_townships_below_90_are_what_the_county_expects() -> None:
    births = np.full(16, SPEECH_BIRTHS / 16).round()
    rates = np.repeat([0.88, 0.9196], [4, 12])
    found = stats.line_count(rates * births, births, 1.0, 0.90, "below", 0.9094)
    assert found.seen == 4 and found.expected == pytest.approx(4, abs=1)
    assert found.lower <= 4 <= found.upper


def test_eleven_above_130_are_many_beside_106_and_usual_beside_136() -> None:
    second = np.full(16, round(SPEECH_BIRTHS * 0.33 / 16))
    boys = stats.share_of_ratio(np.repeat([145.0, 116.0], [11, 5])) * second
    line = stats.share_of_ratio(130)
    natural, county = (
        stats.line_count(boys, second, 1.0, line, "above", stats.share_of_ratio(ratio))
        for ratio in (stats.NATURAL_SEX_RATIO, 136)
    )
    assert natural.seen == county.seen == 11
    assert natural.upper < 6 and county.lower <= 11 <= county.upper
