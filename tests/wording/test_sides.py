"""Each direction has its own words, whatever they are said of."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from shortplank.catalogue.models import Indicator, Threshold
from shortplank.reading.judged.beyond import beyond_lines
from shortplank.reading.measured import Measured, measure
from shortplank.wording import planks, sides
from shortplank.wording.verdicts import legend_words


def card(polarity: str, **changes: object) -> Indicator:
    """Return a card of services with a direction."""
    values: dict[str, object] = {
        "label": "某率",
        "kind": "ratio",
        "family": "service",
        "numerator": ("a",),
        "denominator": ("b",),
        "interval": "wilson",
        "polarity": polarity,
        "levels": ("county", "township", "village"),
        "definition": "–",
        "why": "–",
        "source": "–",
    }
    return Indicator.model_validate(values | changes)


UP, DOWN = card("up"), card("down")
RANGE = card("range", target_range=(40, 60))
WORDS = [
    (sides.weak_side, "低于", "高于", "偏离"),
    (sides.weak_text, "低于全县", "高于全县", "偏离合理范围"),
    (sides.weakest_word, "率最低", "率最高", "偏离最多"),
    (sides.more_word, "再增", "再减", "再增"),
    (sides.line_kind, "线", "上限", "线"),
    (sides.wrong_side, "低于线", "高于上限", "偏离线"),
    (partial(sides.not_enough, count=5), *(f"只{w}这 5 个村不够" for w in "补帮补")),
    (sides.gap_word, "缺口", "超出部分", "偏离"),
    (sides.check_term, "低于线先核对", "高于上限先核对", "偏离合理范围先核对"),
]


@pytest.mark.parametrize(
    ("word", "up", "down", "ranged"), WORDS, ids=lambda v: getattr(v, "__name__", "")
)
def test_a_direction_has_its_own_word(word: object, up: str, down: str, ranged: str) -> None:
    assert callable(word)
    assert (word(UP), word(DOWN), word(RANGE)) == (up, down, ranged)


def test_the_distance_to_a_line_is_told_from_the_side_that_counts() -> None:
    assert sides.gap_from_line(UP, -2.1, "85% 线") == "距 85% 线差 2.10 个百分点"
    assert sides.gap_from_line(UP, 2.1, "85% 线") == "好于 85% 线 2.10 个百分点"
    assert sides.gap_from_line(DOWN, 2.1, "15% 上限") == "高出 15% 上限 2.10 个百分点"
    assert sides.gap_from_line(DOWN, -2.1, "15% 上限") == "低于 15% 上限 2.10 个百分点"
    assert sides.gap_from_line(DOWN, 0.001, "15% 上限") == "正在 15% 上限上"
    inside = [sides.in_range_text(RANGE, value) for value in (50, 30, 70)]
    assert [text[:2] for text in inside] == ["在合", "低于", "高于"]


def test_a_target_is_met_by_coming_up_to_it_or_by_not_passing_it() -> None:
    assert sides.meet_text(UP, "84%") == "达到 84%" and sides.meet_text(DOWN, "5%") == "不超过 5%"
    assert [sides.met_text(UP, "84%", met=met) for met in (True, False)] == ["达到 84%", "未达 84%"]
    assert [sides.met_text(DOWN, "5%", met=met) for met in (True, False)] == [
        "未超过 5%",
        "超过 5%",
    ]
    assert sides.met_line(DOWN, "15% 上限", met=True) == "已在 15% 上限以内"
    assert [sides.target_met(met=met) for met in (True, False)] == ["达到目标", "未达目标"]


def test_births_have_lines_and_no_ceilings() -> None:
    births = card("down", family="births")
    assert sides.line_kind(births) == "线" and sides.wrong_side(births) == "高于线"


def test_how_long_and_how_many_are_told_on_the_weak_side() -> None:
    assert planks.months_text(DOWN, 6, 12, "15%") == "近12月中 6 个月高于 15%"
    assert planks.months_text(UP, 6, 9, "85%") == "近12月有报的 9 个月中 6 个月低于 85%"
    assert planks.running_text(UP, 12, "85%") == (
        "连续 12 个月低于 85%；名册多是同一批人，只作一次算"
    )
    assert planks.running_text(UP, 1, "85%") == planks.running_text(UP, 0, "85%") == ""
    assert planks.months_heading(DOWN, stock=True) == "连续高于上限"
    assert sides.wrong_sides([UP, DOWN]) == "差于线" and sides.wrong_sides([UP, UP]) == "低于线"
    assert legend_words(RANGE, "worse") == "偏离合理范围（40–60），超出 95% 区间"


def counted(item: Indicator, codes: list[str], x: list[float], n: float) -> Measured:
    sizes = np.full(len(x), n)
    return measure(item, codes, codes, np.array(x), sizes, np.ones(len(x)))


@pytest.mark.parametrize(
    ("polarity", "names", "word"), [("up", ["甲"], "低于"), ("down", ["丙"], "高于")]
)
def test_townships_are_counted_on_the_weak_side_of_the_county(
    polarity: str, names: list[str], word: str
) -> None:
    item = card(polarity, county_line=True)
    towns = counted(item, ["甲", "乙", "丙"], [20.0, 50.0, 80.0], 100.0)
    county = counted(item, ["县"], [150.0], 300.0)
    own = Threshold(value=90, side="above", label="全县口径 90%", source="–")
    line, whole = beyond_lines(item, [own], towns, county)
    assert whole.whole and not line.whole and line.label == "90%"
    assert whole.names == names
    assert whole.sentence == f"1 个乡镇{word}全县 50.00%；若各乡镇都同全县一样，应有 1 个（0–3）"
