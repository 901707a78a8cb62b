"""What a test or a probability says, in words."""

from __future__ import annotations

BEYOND = "超出偶然"
BY_CHANCE = "在偶然范围内"
# What a test did not find is not proved to be alike: no word for it says that it is.
UNPROVED = f"未{BEYOND}"
NO_BY_CHANCE = "不像偶然"
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
