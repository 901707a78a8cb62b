"""What the limits of a control chart say, in words."""

from __future__ import annotations

from shortplank.wording.naming import home_units

ASSURANCE = {
    "always": "按目前的波动能稳定达到",
    "never": "按目前的波动达不到",
    "hit_and_miss": "按目前的波动时而达到、时而达不到",
}
WITHIN_LIMITS = "在正常波动内"
# A chart's limits are a picture: what is announced is the ledger's to say.
PICTURE_ONLY = "只作图示，不作判定"
BEYOND_LIMITS = "超出正常波动"
# The limits that a funnel draws.
FUNNEL_LINES = "实线为 95% 和 99.8% 界限"
BAND_CUT = "灰带超出图的部分截去"
# For seasons, and of the finished years that a forecast is tested on.
TOO_SHORT = "历史不足两年"
TOO_FEW_YEARS = "完整的统计年度不足两个"


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


def wide_lines() -> str:
    """Return that the dashed lines of a funnel are wider than chance alone."""
    return f"虚线按{home_units()}间离散放宽"
