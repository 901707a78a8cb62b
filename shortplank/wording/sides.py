"""On which side of a line, a range or the county the weaker ones stand: read from polarity."""

from __future__ import annotations

from shortplank.catalogue.models import Indicator
from shortplank.wording.numbers import number_text


def target_text(item: Indicator, value: float, target: float) -> str:
    """Return the target and how far the value is from it: 目标 85，低 2.1 个百分点."""
    gap = round(value - target, 1)
    unit = {"%": " 个百分点", "‰": " 个千分点"}.get(item.unit, "")
    far = "已达到" if gap == 0 else f"{'高' if gap > 0 else '低'} {number_text(abs(gap), 1)}{unit}"
    return f"{line_word(item)} {number_text(target)}，{far}"


def against_text(item: Indicator) -> str:
    """Return what areas are compared with: the county, or the natural or reasonable range."""
    if item.target_range is None:
        return "全县"
    low, high = item.target_range
    return f"{range_name(item)}（{number_text(low)}–{number_text(high)}）"


def weak_side(item: Indicator) -> str:
    """Return on which side of a line or of the county the weaker ones stand: 低于, 高于."""
    return "高于" if item.polarity == "down" else "低于"


def line_word(item: Indicator) -> str:
    """Return what a line is called: births and background carry no targets, only lines."""
    return "线" if item.family in ("births", "context") else "目标"


def range_name(item: Indicator) -> str:
    """Return what an indicator's target range is called: 自然范围, 合理范围."""
    return "自然范围" if item.interval == "srb" else "合理范围"
