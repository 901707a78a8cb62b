"""The words of the product: numbers, periods, verdicts and states as the reports write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator, Window

WINDOW_LABELS: dict[Window, str] = {"month": "当月", "ytd": "年度累计", "r12": "近12月"}
VERDICT_WORDS = {
    "better": "好",
    "worse": "差",
    "similar": "难分高低",
    "higher": "高",
    "lower": "低",
    "too_few": "样本太少",
    "none": "不作评价",
}
VERDICT_MARKS = {
    "better": "▲",
    "worse": "▼",
    "similar": "●",
    "higher": "△",
    "lower": "▽",
    "too_few": "○",
    "none": "–",
}
# Legends of many marks at once: each is held against its own 95 % interval, uncorrected, so that
# none of them alone is "beyond chance"; the sentences say how many chance alone would give.
BEYOND_INTERVAL = "超出 95% 区间"
NOT_BEYOND_INTERVAL = "未超出 95% 区间"
# The same in a column of a table, beside the interval itself.
MOVED, NOT_MOVED = "超出", "未超出"
VERDICT_LONG = {
    "better": f"好于全县，{BEYOND_INTERVAL}",
    "worse": f"差于全县，{BEYOND_INTERVAL}",
    "higher": f"高于全县，{BEYOND_INTERVAL}",
    "lower": f"低于全县，{BEYOND_INTERVAL}",
    "similar": f"与全县的差异{NOT_BEYOND_INTERVAL}",
    "too_few": "样本太少，不作评价",
}
RANGE_LONG = {
    "better": "在{range}之内",
    "worse": "偏离{range}，" + BEYOND_INTERVAL,
    "similar": "与{range}的差异" + NOT_BEYOND_INTERVAL,
    "too_few": "样本太少，不作评价",
}
STATE_WORDS = {
    "missing": "未报",
    "not_expected": "不适用",
    "suppressed": "不公布",
    "too_few": "样本太少",
    "not_full": "时段未满",
}
ASSURANCE = {
    "always": "按目前的波动能稳定达到",
    "never": "按目前的波动达不到",
    "hit_and_miss": "按目前的波动时而达到、时而达不到",
}
WITHIN_LIMITS = "在正常波动内"
# An interval this wide would not show a large change either.
WIDE = "但区间宽，不足以断定没有变动"
WITHIN = f"{WITHIN_LIMITS}，无需解读"
BEYOND = "超出偶然"
BY_CHANCE = "在偶然范围内"
# What a test did not find is not proved to be alike: no word for it says that it is.
UNPROVED = f"未{BEYOND}"
NOT_BEYOND = f"差异{UNPROVED}"


def number_text(value: float, decimals: int = 0) -> str:
    """Return a number with thousands separators; a true minus sign.

    >>> number_text(12345.678, 1), number_text(-3, 0)
    ('12,345.7', '−3')
    """
    if value is None or math.isnan(value):
        return "–"
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def unit_suffix(item: Indicator) -> str:
    """Return what stands behind a value; sex ratios carry none."""
    return (
        item.unit if item.unit in ("%", "‰") else "" if item.interval == "srb" else f" {item.unit}"
    )


def value_text(item: Indicator, value: float, decimals: int | None = None) -> str:
    """Return an indicator's value as the reports write it: 90.94%, 112.3, 12 件."""
    if value is None or math.isnan(value):
        return "–"
    places = item.decimals if decimals is None else decimals
    return number_text(value, places) + unit_suffix(item)


def short_value(item: Indicator, value: float) -> str:
    """Return a value with one decimal for pictures and tiles."""
    return value_text(item, value, min(item.decimals, 1))


def points_text(item: Indicator, difference: float, decimals: int = 1) -> str:
    """Return a signed difference: +0.4 个百分点."""
    if difference is None or math.isnan(difference):
        return "–"
    sign = "+" if round(difference, decimals) > 0 else ""
    unit = {"%": " 个百分点", "‰": " 个千分点"}.get(item.unit, "")
    return f"{sign}{number_text(difference, decimals)}{unit}"


def interval_text(item: Indicator, lower: float, upper: float) -> str:
    """Return an interval: 88.9–91.2."""
    if math.isnan(lower) or math.isnan(upper):
        return "–"
    places = min(item.decimals, 1)
    return f"{number_text(lower, places)}–{number_text(upper, places)}"


def month_text(month: date) -> str:
    """Return a month: 2010年5月."""
    return f"{month.year}年{month.month}月"


def month_key(month: date) -> str:
    """Return a month as links and tables write it: 2010-05."""
    return f"{month:%Y-%m}"


def day_text(day: date) -> str:
    """Return a day: 2010年6月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def period_text(window: Window, month: date, start: date, year: int) -> str:
    """Return a window's period: 统计年度2010累计（2009年10月–2010年5月）."""
    if window == "month":
        return f"{month_text(month)}当月"
    label = f"统计年度{year}累计" if window == "ytd" else "近12月"
    return f"{label}（{month_text(start)}–{month_text(month)}）"


def joined(names: Sequence[str], most: int = 3) -> str:
    """Return names in a row, at the most some of them: 峰浦镇、湖渡镇等 5 个."""
    if len(names) <= most:
        return "、".join(names)
    return "、".join(names[:most]) + f"等 {len(names)} 个"


def count_text(value: float) -> str:
    """Return an expected count: about, with one decimal below ten.

    >>> count_text(4.58), count_text(95.2)
    ('4.6', '95')
    """
    return number_text(value, 1 if value < 10 else 0)


def chance_words(at_least: float) -> str:
    """Return what a tail probability says of a count, in words."""
    if at_least < 0.002:
        return "不是偶然"
    if at_least < 0.05:
        return "不像偶然"
    if at_least < 0.2:
        return "证据尚弱"
    return "与偶然相符"


def move_mark(move: float) -> str:
    """Return a move in rank as a mark: ↑2, ↓1, – for none; nothing where it is unknown.

    >>> move_mark(2), move_mark(-1), move_mark(0), move_mark(float("nan"))
    ('↑2', '↓1', '–', '')
    """
    if math.isnan(move):
        return ""
    return f"↑{int(move)}" if move > 0 else f"↓{int(-move)}" if move < 0 else "–"


def target_text(item: Indicator, value: float, target: float) -> str:
    """Return the target and how far the value is from it: 目标 85，低 2.1 个百分点."""
    gap = round(value - target, 1)
    unit = {"%": " 个百分点", "‰": " 个千分点"}.get(item.unit, "")
    far = "已达到" if gap == 0 else f"{'高' if gap > 0 else '低'} {number_text(abs(gap), 1)}{unit}"
    return f"{line_word(item)} {number_text(target)}，{far}"


def signal_text(rule: int, direction: int, months: int, beyond: int) -> str:
    """Return what a control chart's rules say of some months; ``beyond`` of them are off limits.

    >>> signal_text(1, -1, 1, 1), signal_text(4, 1, 9, 0)
    ('低于下限', '连续 9 个月高于平均')
    >>> signal_text(4, 1, 9, 2)
    '连续 9 个月高于平均，其中 2 个月高于上限'
    """
    over, edge = ("高于", "上限") if direction > 0 else ("低于", "下限")
    if rule == 2:
        return f"连续 {months} 个月{'上升' if direction > 0 else '下降'}"
    if rule == 3 and not beyond:
        return f"三个月中有两个月接近{edge}"
    if beyond == months:
        return f"{over}{edge}" if months == 1 else f"连续 {months} 个月{over}{edge}"
    text = f"连续 {months} 个月{over}平均"
    return f"{text}，其中 {beyond} 个月{over}{edge}" if beyond else text


def months_text(first: date, last: date) -> str:
    """Return a span of months: 2007年1月–7月.

    >>> months_text(date(2007, 11, 1), date(2008, 2, 1))
    '2007年11月–2008年2月'
    """
    if first == last:
        return month_text(first)
    end = f"{last.month}月" if first.year == last.year else month_text(last)
    return f"{month_text(first)}–{end}"


def rule_text(rule: int, direction: int) -> str:
    """Return what one month's rule says of it: 高于上限, 连续下降, 接近上限, 连续同在平均以上.

    >>> rule_text(1, -1), rule_text(4, 1)
    ('低于下限', '连续同在平均以上')
    """
    up = direction > 0
    return {
        1: "高于上限" if up else "低于下限",
        2: "连续上升" if up else "连续下降",
        3: "接近上限" if up else "接近下限",
        4: "连续同在平均以上" if up else "连续同在平均以下",
    }[rule]


def when_text(window: Window, month: date, year: int) -> str:
    """Return a window's end in a few characters, for titles: 2010年5月, 统计年度2010至5月.

    >>> when_text("ytd", date(2010, 5, 1), 2010)
    '统计年度2010至5月'
    """
    if window == "month":
        return month_text(month)
    if window == "ytd":
        return f"统计年度{year}至{month.month}月"
    return f"至{month_text(month)}的近12月"


def counts_text(item: Indicator, x: float, n: float) -> str:
    """Return the counts behind a value: 分子 1,488，分母 1,839 (boys and girls for a sex ratio)."""
    top, bottom = ("男", "女") if item.interval == "srb" else ("分子", "分母")
    return f"{top} {number_text(x)}，{bottom} {number_text(n)}"


def signed_text(value: float, decimals: int = 1) -> str:
    """Return a number with its sign: +0.3, −1.2, 0.0.

    >>> signed_text(0.31), signed_text(-1.2), signed_text(0.02)
    ('+0.3', '−1.2', '0.0')
    """
    sign = "+" if round(value, decimals) > 0 else ""
    return sign + number_text(value, decimals)


def rounded(value: float, decimals: int) -> float | int | None:
    """Return a value for a table's cell: rounded, None where it is unknown.

    >>> rounded(90.938, 2), rounded(float("nan"), 2), rounded(3.0, 0)
    (90.94, None, 3)
    """
    if math.isnan(value):
        return None
    return round(float(value), decimals) if decimals else round(float(value))


def against_text(item: Indicator) -> str:
    """Return what areas are compared with: the county, or the natural or reasonable range."""
    if item.target_range is None:
        return "全县"
    low, high = item.target_range
    return f"{range_name(item)}（{number_text(low)}–{number_text(high)}）"


def legend_words(item: Indicator, code: str) -> str | None:
    """Return what a verdict's colour means for an indicator, None where it means nothing."""
    if item.target_range is None:
        return VERDICT_LONG.get(code)
    text = RANGE_LONG.get(code)
    return None if text is None else text.format(range=against_text(item))


def weak_side(item: Indicator) -> str:
    """Return on which side of a line or of the county the weaker ones stand: 低于, 高于."""
    return "高于" if item.polarity == "down" else "低于"


def line_word(item: Indicator) -> str:
    """Return what a line is called: births and background carry no targets, only lines."""
    return "线" if item.family in ("births", "context") else "目标"


def alike_text(what: str) -> str:
    """Return that a value cannot be told from something, in a few characters.

    >>> alike_text("目标")
    '与目标难分高低'
    """
    return f"与{what}{VERDICT_WORDS['similar']}"


def undecided_text(what: str) -> str:
    """Return that the difference from something is not beyond chance; not that there is none.

    >>> undecided_text("上年同期")
    '与上年同期的差异未超出偶然'
    """
    return f"与{what}的{NOT_BEYOND}"


def range_name(item: Indicator) -> str:
    """Return what an indicator's target range is called: 自然范围, 合理范围."""
    return "自然范围" if item.interval == "srb" else "合理范围"


def target_verdict(item: Indicator, code: str) -> str | None:
    """Return a verdict against the target or the line in words, None where there is none."""
    if line_word(item) == "目标":
        told = {"better": "好于目标", "worse": "未达目标", "similar": alike_text("目标")}
    else:
        above, below = ("better", "worse") if item.polarity == "up" else ("worse", "better")
        told = {above: "高于线", below: "低于线", "similar": alike_text("线")}
    return told.get(code)


def most_moved(names: Sequence[str], best: NDArray[np.float64], worst: NDArray[np.float64]) -> str:
    """Return who changes places most, to go on with; "" where nobody does or all do alike.

    >>> most_moved(["甲", "乙", "丙"], np.array([1, 2, 3]), np.array([3, 4, 3]))
    '，变动最大的是甲、乙（各 2 位）'
    """
    span = worst - best
    most = np.nanmax(span) if span.size and not np.isnan(span).all() else 0
    moved = [name for name, wide in zip(names, span, strict=True) if wide == most]
    if most <= 0 or len(moved) == len(names):
        return f"，最多变动 {int(most)} 位" if most > 0 else ""
    each = "各 " if len(moved) > 1 else ""
    return f"，变动最大的是{joined(moved, 4)}（{each}{int(most)} 位）"


def chance_text(chance: float) -> str:
    """Return a probability as per cent: one decimal, never rounded to certainty.

    >>> chance_text(0.98134), chance_text(0.99996), chance_text(0.0)
    ('98.1%', '99.9% 以上', '不到 0.1%')
    """
    if chance > 0.9995:
        return "99.9% 以上"
    return "不到 0.1%" if chance < 0.0005 else f"{100 * chance:.1f}%"


def likely_text(chance: float) -> str:
    """Return a probability as words go on with: 98.1% 的可能.

    >>> likely_text(0.98134), likely_text(0.99996)
    ('98.1% 的可能', '99.9% 以上的可能')
    """
    text = chance_text(chance)
    return f"{text} 的可能" if text.endswith("%") else f"{text}的可能"


def size_word(ws: Workspace, item: Indicator) -> str:
    """Return what a village's size is when villages are drawn proportional to it."""
    names = item.denominator
    known = {key: each.label for key, each in ws.measures.items()}
    known.update({key: each.label for key, each in ws.derived.items()})
    return known.get(names[0], "规模") if names else "规模"
