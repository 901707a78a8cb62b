"""Quality of the figures: agreement, smoothness, digits, jumps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.stats import (
    absolute_error,
    completeness,
    dispersion_test,
    last_digit_test,
    modified_z,
    paired_interval,
    peer_smoothness,
    unchanged_runs,
    verification_factor,
    year_end_jump,
)


def test_completeness_tells_missing_from_not_expected() -> None:
    found = completeness([3, None, None, 4], [4, 2, 0, 4])
    assert found[[0, 1, 3]].tolist() == [0.75, 0.0, 1.0] and np.isnan(found[2])
    assert completeness(0, 5) == 0.0
    with pytest.raises(ValueError, match="exceeds"):
        completeness(6, 5)


@given(st.integers(1, 10**5), st.integers(1, 10**5))
def test_verification_and_gap_are_one_interval(recounted: int, reported: int) -> None:
    found = verification_factor(recounted, reported)
    assert found.factor == pytest.approx(recounted / reported)
    assert found.lower <= found.factor <= found.upper
    low, high = paired_interval(recounted, reported)
    assert found.lower == pytest.approx(1 / (1 - low))
    assert found.upper == pytest.approx(1 / (1 - high) if high < 1 else np.inf)


def test_verification_edges() -> None:
    assert np.isnan(verification_factor(0, 5)).all()
    assert verification_factor(5, 0).factor == np.inf
    assert verification_factor([10, 10], [9, 10]).net_gap.tolist() == [0.1, 0.0]


def test_absolute_error_does_not_cancel() -> None:
    found = absolute_error(400, 10, 10, 0, 0)
    assert found.share == 0.05 and found.lower < 0.05 < found.upper
    assert absolute_error([400, 0], [4, 0], 0, 0, 0).share[0] == 0.01
    assert np.isnan(absolute_error(0, 0, 0, 0, 0)).all()
    with pytest.raises(ValueError, match="exceeds"):
        absolute_error(10, 5, 5, 5, 0)
    with pytest.raises(ValueError, match="negative"):
        absolute_error(10, -5, 5, 5, 0)


def test_dispersion_tails_hold_their_level() -> None:
    """2,000 simulated townships of 12 villages: 5 % in either tail."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(2000):
        n = rng.integers(40, 120, 12)
        found.append(dispersion_test(rng.binomial(n, 0.9), n))
    assert np.mean([f.p_low < 0.05 for f in found]) == pytest.approx(0.05, abs=0.015)
    assert np.mean([f.p_high < 0.05 for f in found]) == pytest.approx(0.05, abs=0.015)


def test_dispersion_finds_the_too_smooth() -> None:
    n = np.array([83, 100, 61, 119, 94, 77, 68, 102])
    smooth = dispersion_test(np.rint(0.9 * n), n)
    assert smooth.p_low < 0.001 and smooth.freedom == 7
    assert dispersion_test([50, 99, 60, 95, 70, 88], [100] * 6).p_high < 1e-6


def test_dispersion_needs_counts() -> None:
    assert np.isnan(dispersion_test([9, 8, 9, 10, 9], [10] * 5).p_low)
    assert np.isnan(dispersion_test([90, 91], [100, 100]).p_low)
    assert np.isnan(dispersion_test([100] * 9, [100] * 9).p_low)
    assert np.isnan(dispersion_test([], []).p_low)


def test_peer_smoothness_names_the_smooth_one() -> None:
    """200 simulated counties of 16 townships, one of which hardly moves."""
    rng = np.random.default_rng(2)
    named = cried = 0
    for _ in range(200):
        n = np.full((16, 24), 300)
        walk = np.clip(0.9 + np.cumsum(rng.normal(0, 0.006, (16, 24)), axis=1), 0.05, 0.98)
        x = np.rint(n * walk)
        x[7] = 270 + (np.arange(24) % 8 == 0)
        z = peer_smoothness(x, n).z
        named += bool(z[7] < -3.5)
        cried += int((np.delete(z, 7) < -3.5).sum())
    assert named == 200
    assert cried / (200 * 15) < 0.02


def test_peer_smoothness_edges() -> None:
    found = peer_smoothness([[9, 9, 9], [8, 9, 7], [None] * 3, [5, 0, 0]], np.full((4, 3), 10))
    assert found.steps[0] == 0.0 and found.z[0] < found.z[1]
    assert np.isnan(found.steps[2])
    one = peer_smoothness([9, 8], [10, 10])
    assert one.steps.shape == (1,) and np.isnan(one.z[0])


def test_modified_z_falls_back_and_gives_up() -> None:
    # MAD 0, mean absolute deviation 1/8 · 8 = 1: 0.7979 · 8.
    found = modified_z([5, 5, 5, 5, 5, 5, 5, 13])
    assert found[-1] == pytest.approx(0.7979 * 8 / 1)
    assert np.isnan(modified_z([5, 5, 5])).all()
    assert np.isnan(modified_z([np.nan, np.nan])).all()
    table = modified_z([[1, 2, 3, 4, 100], [5, 5, 5, 5, 5]])
    assert table[0, -1] == pytest.approx(0.6745 * 97) and np.isnan(table[1]).all()


@given(st.lists(st.integers(-100, 100), min_size=3, max_size=40), st.integers(-50, 50))
def test_modified_z_ignores_shift_and_unit(values: list[int], shift: int) -> None:
    v = np.array(values, dtype=float)
    moved = modified_z(v * 4 + shift)
    assert moved == pytest.approx(modified_z(v), nan_ok=True)


def test_unchanged_runs() -> None:
    found = unchanged_runs([[40, 41, 41, 41, 40, 40], [7, 7, None, 7, 7, 7], [1, 2, 3, 4, 5, 6]])
    assert found.longest.tolist() == [3, 3, 1]
    assert found.current.tolist() == [2, 3, 1]
    assert unchanged_runs([None, None]).current == 0


def test_last_digits() -> None:
    rng = np.random.default_rng(3)
    p = [last_digit_test(rng.poisson(300, 200)).p for _ in range(500)]
    assert np.mean(np.array(p) < 0.05) < 0.08  # 500 simulated sets of 200 counts
    heaped = last_digit_test(np.rint(rng.poisson(300, 200) / 5) * 5)
    assert heaped.p < 1e-6 and heaped.digits[[0, 5]].sum() == 200
    assert np.isnan(last_digit_test(rng.poisson(300, 49)).p)
    assert np.isnan(last_digit_test(rng.poisson(5, 500)).p)
    assert last_digit_test([None, 30, 40.0]).digits.sum() == 2


def test_year_end_jump() -> None:
    found = year_end_jump([60, 25, 24, 26], [300] * 4)
    assert found.expected[0] == pytest.approx(300 * 75 / 900)
    from scipy.stats import binom

    assert found.p[0] == pytest.approx(binom.sf(59, 300, 75 / 900))
    fixed = year_end_jump(60, 300, share=30 / 365)
    assert fixed.p[0] < 1e-6
    assert np.isnan(year_end_jump([60], [300]).p[0])
    part = year_end_jump([60, None, 25], [300, None, 300])
    assert np.isnan(part.p[1]) and part.p[0] == pytest.approx(binom.sf(59, 300, 25 / 300))
