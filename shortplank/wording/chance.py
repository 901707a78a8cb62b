"""What a probability says, in words."""

from __future__ import annotations

import math

PALE = "颜色越淡，越不足以下结论"


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


def signal_chance_text(months: int, false_alarm: float) -> str:
    """Return how likely a steady series of some months shows a signal all the same."""
    chance = "不到 1%" if false_alarm < 0.01 else f"约 {100 * false_alarm:.0f}%"
    return f"{months} 个月都平稳时，也有{chance} 的机会出现至少一处信号"
