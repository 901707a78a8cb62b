"""How many townships stand beyond a line is told beside how many would if all were alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats as sps

from shortplank.catalogue.models import Indicator, Threshold
from shortplank.reading.judged.beyond import beyond_lines
from shortplank.reading.judged.natural import usual_ratio
from shortplank.reading.measured import Measured, measure
from shortplank.store import engine
from tests.topics import villages
from tests.wording.test_sides import card
from tools.browser import REPOSITORY

RATE = card("up", decimals=2)
RATIO = engine(REPOSITORY / "data" / "demo").ws.indicators["sex_ratio_at_birth"]


def line(value: float, side: str = "below") -> Threshold:
    return Threshold(value=value, side=side, label="线", source="测试")  # type: ignore[arg-type]


def counted(item: Indicator, x: list[float], n: list[float]) -> Measured:
    names = [f"{i}镇" for i in range(len(x))]
    return measure(item, names, names, np.array(x), np.array(n), np.ones(len(x)))


def told(item: Indicator, x: list[float], n: list[float], drawn: Threshold, **more: float) -> str:
    county = counted(item, [sum(x)], [sum(n)])
    [found] = beyond_lines(item, [drawn], counted(item, x, n), county, **more)
    return found.sentence


def test_a_count_is_held_against_townships_that_are_all_as_the_county() -> None:
    x, n = [88.0] * 4 + [93.0] * 12, [100.0] * 16
    share = sum(x) / sum(n)
    each = sps.binom.cdf(89, 100, share)
    low, high = sps.binom.ppf([0.05, 0.95], 16, each)
    assert told(RATE, x, n, line(90)) == (
        f"4 个乡镇低于 90%；若各乡镇都同全县（{100 * share:.2f}%）一样，"
        f"应有 {16 * each:.0f} 个（{low:.0f}–{high:.0f}）"
    )


def test_cases_that_come_together_widen_the_range_and_make_it_about() -> None:
    x, n = [88.0] * 4 + [93.0] * 12, [100.0] * 16
    assert "应有约 " in told(RATE, x, n, line(90), scatter=2.4)
    assert "应有 " in told(RATE, x, n, line(90))


@pytest.mark.parametrize(("natural", "word"), [(106.0, "自然的 106"), (109.5, "自然的 109.5")])
def test_sex_ratios_are_held_against_nature_and_the_county_is_told(
    natural: float, word: str
) -> None:
    boys, girls = [130.0] * 3 + [105.0] * 5, [100.0] * 8
    said = told(RATIO, boys, girls, line(120, "above"), usual=natural)
    assert said.startswith(f"3 个乡镇高于 120；若各乡镇都是{word}（全县 114.4），应有 ")
    far = natural / (100 + natural)
    edge = sum(sps.binom.sf(np.floor(n * 120 / 220), n, far) for n in (230, 230, 230, *[205] * 5))
    assert f"应有 {edge:.0f} 个" in said


def test_what_is_no_share_of_cases_has_only_its_count() -> None:
    rate = card("up", interval="none")
    assert told(rate, [80.0, 95.0], [100.0, 100.0], line(90)) == "1 个乡镇低于 90%"
    assert told(RATE, [80.0, 95.0], [100.0, 100.0], line(120)) == "2 个乡镇低于 120%"
    towns, nobody = counted(RATE, [80.0], [100.0]), counted(RATE, [], [])
    [alone] = beyond_lines(RATE, [line(90)], towns, nobody)
    assert alone.sentence == "1 个乡镇低于 90%" and alone.names == ["0镇"]


def test_townships_without_a_figure_are_not_counted() -> None:
    least = card("up", min_denominator=20)
    assert told(least, [1.0, 80.0], [10.0, 100.0], line(90)).startswith("1 个乡镇低于 90%")
    assert told(least, [90.0], [100.0], line(90)).startswith("没有乡镇低于 90%")
    unknown = counted(least, [1.0], [10.0])
    assert not beyond_lines(least, [line(90)], unknown, unknown)  # nobody was looked at


def test_a_workspace_names_its_own_usual_ratio(tmp_path: Path) -> None:
    root = villages.make_county(tmp_path / "w", (2,))
    assert usual_ratio(villages.load_workspace(root)) == 106.0
    settings = root / "workspace.toml"
    settings.write_text(settings.read_text("utf-8") + "[natural]\nhighest = 110.0\nusual = 108.0\n")
    assert usual_ratio(villages.load_workspace(root)) == 108.0
