"""What a test or a probability says, in words."""

from __future__ import annotations

import math

from shortplank.wording.numbers import count_text

BEYOND = "超出偶然"
BY_CHANCE = "在偶然范围内"
# What a test did not find is not proved to be alike: no word for it says that it is.
UNPROVED = f"未{BEYOND}"
NO_BY_CHANCE = "不像偶然"
BY_CHANCE_ALONE = "仅凭偶然"
# Of sex ratios: what the marks say, and what one township by itself does not.
MARKS_BEYOND = f"△▽ 和边框为{BEYOND}的高、低"
NOT_ALONE = "单看哪个乡镇都不足以断定，要合起来看"
PALE = "颜色越淡，越不足以下结论"
NOT_BEYOND = f"差异{UNPROVED}"


def chance_words(at_least: float) -> str:
    """Return what a tail probability says of a count, in words."""
    if at_least < 0.002:
        return "不是偶然"
    if at_least < 0.05:
        return NO_BY_CHANCE
    if at_least < 0.2:
        return "证据尚弱"
    return "与偶然相符"


def undecided_text(what: str) -> str:
    """Return that the difference from something is not beyond chance; not that there is none.

    >>> undecided_text("上年同期")
    '与上年同期的差异未超出偶然'
    """
    return f"与{what}的{NOT_BEYOND}"


def not_beyond_text(what: str) -> str:
    """Return that a difference is not beyond chance: 185 个村之间的差异未超出偶然."""
    return f"{what}{UNPROVED}"


def probability_text(chance: float) -> str:
    """Return a probability as per cent: one decimal, never rounded to certainty.

    >>> probability_text(0.98134), probability_text(0.99996), probability_text(0.0)
    ('98.1%', '99.9% 以上', '不到 0.1%')
    """
    if chance > 0.9995:
        return "99.9% 以上"
    return "不到 0.1%" if chance < 0.0005 else f"{100 * chance:.1f}%"


def likely_text(chance: float) -> str:
    """Return a probability as words go on with: 98.1% 的可能.

    >>> likely_text(0.98134), likely_text(0.99996)
    ('98.1% 的可能', '几乎一定')
    """
    return "几乎一定" if chance > 0.9995 else f"{probability_text(chance)} 的可能"


def forecast_chance_text(chance: float) -> str:
    """Return a chance in words that do not claim more than a simulation can.

    >>> forecast_chance_text(0.003), forecast_chance_text(0.42), forecast_chance_text(0.999)
    ('不到 1%', '约 42%', '超过 99%')
    """
    if math.isnan(chance):
        return "–"
    if chance < 0.01:
        return "不到 1%"
    if chance > 0.99:
        return "超过 99%"
    return f"约 {100 * chance:.0f}%"


# --- how many chance alone would give -------------------------------------------------------------
def by_chance_text(expected: float, unit: str = "个") -> str:
    """Return how many chance alone would give: 仅凭偶然约 4.6 个."""
    return f"{BY_CHANCE_ALONE}约 {count_text(expected)} {unit}"


def signal_chance_text(months: int, false_alarm: float) -> str:
    """Return how likely a steady series of some months shows a signal all the same."""
    chance = "不到 1%" if false_alarm < 0.01 else f"约 {100 * false_alarm:.0f}%"
    return f"{months} 个月都平稳时，也有{chance} 的机会出现至少一处信号"
