"""What the box says: where each suggestion leads, and what it has not understood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shortplank.catalogue.models import Level
from shortplank.wording.periods import month_text

LABEL = "按页面、乡镇、指标、月份找"
PLACEHOLDER = "找：页面、乡镇、指标、月份"
OPENED_BY = "按 / 键打开"
HEAD = "找"
CLOSE = "关闭"
LISTED = "可去的地方"
UNABLE = "这次没有找成，请再打一遍；原因已记入日志。"
NOWHERE = "没有找到可去的地方。"
_LEVELS: dict[Level, str] = {"county": "县", "township": "乡镇", "village": "村"}


def hint(town: str, indicator: str) -> str:
    """Return how one asks, by an example.

    >>> hint("梅坪", "流动人口建档率")
    '汉字、拼音或首字母、代码，词之间空一格，如：梅坪 流动人口建档率 去年9月'
    """
    asked = " ".join(filter(None, (town, indicator, "去年9月")))
    return f"汉字、拼音或首字母、代码，词之间空一格，如：{asked}"


def unknown_text(words: Sequence[str]) -> str:
    """Return which words mean nothing here.

    >>> unknown_text(["abc", "xyz"])
    '没有认出“abc”“xyz”'
    """
    return "没有认出" + "".join(f"“{word}”" for word in words)


def nearest_text(word: str) -> str:
    """Return that a word is taken without its last letter: zll for 竹麓."""
    return f"没有“{word}”，按“{word[:-1]}”找"


def no_month_text(month: date) -> str:
    """Return that a month has no reports in the edition."""
    return f"这一版没有{month_text(month)}的月报"


def not_then_text(names: Sequence[str], month: date) -> str:
    """Return that areas do not stand in the register of a month."""
    return f"{month_text(month)}的登记册里没有{'、'.join(names)}"


def level_text(label: str, lowest: Level, *, own: bool) -> str:
    """Return how far down a figure goes; ``own`` where that is who looks, not the figure.

    >>> level_text("出生人口性别比", "township", own=False)
    '出生人口性别比只到乡镇，没有村的数'
    """
    below = {"county": "乡镇和村", "township": "村"}.get(lowest, "")
    if own:
        return f"{label}对当前身份只到{_LEVELS[lowest]}，不公布{below}的数"
    return f"{label}只到{_LEVELS[lowest]}，没有{below}的数"


def inside_text(village: str, town: str) -> str:
    """Return a township that stands for one of its villages: 竹麓乡（沙田村所在乡镇）."""
    return f"{town}（{village}所在乡镇）"


def lead_text(parts: Sequence[str], page: str, look: str, left: Sequence[str]) -> str:
    """Return where a suggestion leads, and what was asked for that it cannot show.

    >>> lead_text(["竹麓乡", "出生人口性别比", "近36月"], "性别比", "", [])
    '竹麓乡 · 出生人口性别比 · 近36月 → 性别比'
    >>> lead_text([], "数据质量", "抽查核查", ["近三年"])
    '数据质量 · 抽查核查（不含“近三年”）'
    """
    place = f"{page} · {look}" if look else page
    whole = f"{' · '.join(parts)} → {place}" if parts else place
    return f"{whole}（不含{''.join(f'“{each}”' for each in left)}）" if left else whole


def found_text(count: int) -> str:
    """Return how many suggestions there are, as it is read out."""
    return f"{count} 个去处，回车去第一个，上下键选择" if count else NOWHERE
