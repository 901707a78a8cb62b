"""Verdict codes for every polarity, and what is not judged."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank.stats import side, verdict, wilson_interval


@pytest.mark.parametrize(
    ("polarity", "above", "below"),
    [("up", "better", "worse"), ("down", "worse", "better"), ("none", "higher", "lower")],
)
def test_polarities(polarity: str, above: str, below: str) -> None:
    found = verdict([0.6, 0.1, 0.4], [0.7, 0.2, 0.6], 0.5, polarity)  # type: ignore[arg-type]
    assert found.tolist() == [above, below, "similar"]


def test_a_benchmark_on_the_limit_is_inside() -> None:
    assert verdict(0.5, 0.7, 0.5, "up") == "similar"
    assert verdict(0.3, 0.5, 0.5, "up") == "similar"


def test_range_is_two_sided() -> None:
    natural = (103.0, 107.0)
    lower, upper = [90.0, 108.0, 100.0, 104.0], [102.0, 120.0, 110.0, 106.0]
    assert verdict(lower, upper, natural, "range").tolist() == [
        "worse",
        "worse",
        "similar",
        "better",
    ]
    assert side(lower, upper, natural).tolist() == [-1.0, 1.0, 0.0, 0.0]
    # Against one value (the county's own ratio) a range indicator is higher or lower, not worse.
    assert verdict(108.0, 120.0, 105.0, "range") == "higher"


def test_not_compared() -> None:
    assert verdict(0.6, 0.7, 0.5, "up", comparable=False) == "none"
    assert verdict(0.6, 0.7, np.nan, "up") == "none"
    assert verdict(*wilson_interval(0, 0), 0.5, "up") == "none"
    assert verdict(0.6, 0.7, 0.5, "up", n=None) == "better"
    assert verdict([0.6, 0.6], [0.7, 0.7], 0.5, "up", n=[None, 50], least=20).tolist() == [
        "none",
        "better",
    ]


def test_too_few_comes_before_any_judgement() -> None:
    assert verdict(0.6, 0.7, 0.5, "up", n=19, least=20) == "too_few"
    assert verdict(*wilson_interval(0, 0), 0.5, "up", n=0, least=20) == "too_few"
    assert verdict(0.6, 0.7, 0.5, "up", n=19, least=20, comparable=False) == "none"


@pytest.mark.parametrize("benchmark", [(1.0, 2.0, 3.0), ()])
def test_a_range_is_a_pair(benchmark: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="pair"):
        verdict(0.1, 0.2, benchmark, "range")


def test_unknown_polarity_is_refused() -> None:
    with pytest.raises(ValueError, match="polarity"):
        verdict(0.1, 0.2, 0.3, "sideways")  # type: ignore[arg-type]
