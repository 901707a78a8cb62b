"""What is said of a count against the twelve months before: up or down, never better or worse."""

from __future__ import annotations

import math

from shortplank.wording.numbers import number_text, signed_text

CERTAIN = {"up": "确有上升", "down": "确有下降"}
UNSURE = "升降不明显"
TOO_FEW_CASES = "数太少，不比"
NO_YEAR_BEFORE = "没有可比的上年同期，未作比较"
NOT_FILED = "报表未报齐，不作比较"
BY_REPORTS = "已按上报份数折算"
BIRTHS, PERSONS = "出生", "人"


def moved_word(direction: str | None) -> str:
    """Return whether a count rose or fell: 确有上升, 确有下降, 升降不明显."""
    return UNSURE if direction is None else CERTAIN[direction]


def percent_change_text(percent: float, lower: float, upper: float, *, scaled: bool = False) -> str:
    """Return a change in per cent with its interval; "" where nothing was counted before.

    ``scaled`` is whether it counts in that fewer reports came in one of the two windows.

    >>> percent_change_text(2.31, -1.5, 6.3), percent_change_text(-100.0, -100.0, -38.2)
    ('升 2.3%（−1.5% 至 +6.3%）', '降 100.0%（−100.0% 至 −38.2%）')
    >>> percent_change_text(0.01, -3.0, 3.1), percent_change_text(math.inf, 20.0, math.inf)
    ('持平（−3.0% 至 +3.1%）', '')
    """
    if not math.isfinite(percent):
        return ""
    size = number_text(abs(percent), 1)
    word = "持平" if not round(percent, 1) else f"{'升' if percent > 0 else '降'} {size}%"
    how = f"，{BY_REPORTS}" if scaled else ""
    return f"{word}（{signed_text(lower)}% 至 {signed_text(upper)}%{how}）"


def counts_text(unit: str, now: float, before: float) -> str:
    """Return both counts: 近12月 5,740 人，上年同期 5,610 人."""
    return f"近12月 {number_text(now)} {unit}，上年同期 {number_text(before)} {unit}"
