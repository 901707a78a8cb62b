"""What official documents say beside the answers' own sentences, in words without statistics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shortplank.catalogue.models import Window
from shortplank.wording.judged import LISTED
from shortplank.wording.naming import joined
from shortplank.wording.periods import WINDOW_LABELS, day_text

# So many townships with their reports are read in one sentence.
MOST_LATE = 6
NOBODY = f"本月没有可以比较的数，没有单位{LISTED}"
OPEN = "未办结"


def period_words(window: Window) -> str:
    """Return over which time a figure is: 按年度累计数."""
    return f"按{WINDOW_LABELS[window]}数"


def place_words(rank: int, size: int) -> str:
    """Return the county's place among the counties.

    >>> place_words(27, 29)
    '在 29 个县中列第 27 位'
    """
    return f"在 {size} 个县中列第 {rank} 位"


def late_text(unreported: Sequence[str], late: Sequence[str]) -> str:
    """Return who has not filed and who filed late, as a sentence; of many the first.

    >>> late_text(["松崖镇：村月报"], ["潭渚镇（6月6日）"])
    '报表未报齐的有：松崖镇：村月报；迟报的有：潭渚镇（6月6日）。'
    """
    parts = [("报表未报齐的有", unreported), ("迟报的有" if unreported else "报表迟报的有", late)]
    return (
        "；".join(f"{word}：{joined(names, MOST_LATE, '个乡镇')}" for word, names in parts if names)
        + "。"
    )


def signals_words(title: str, named: Sequence[str], most: int) -> str:
    """Return how many figures are worth a look, and where the first of them stand.

    >>> signals_words("3 处值得核对", ["甲镇建档率", "乙镇建档率"], 1)
    '报表数据 3 处值得核对，须核对台账的有：甲镇建档率等。'
    """
    more = "等" if len(named) > most else ""
    return f"报表数据 {title}，须核对台账的有：{'、'.join(named[:most])}{more}。"


def town_text(town: str, labels: Sequence[str]) -> str:
    """Return what a listed township is to do: look into its own records first."""
    told = "、".join(labels)
    return f"{town}（{told}）：由乡镇先核对台账，下次调度会上说明结果，县里按核对结果帮助。"


def helped_text(unit: str, figure: str, owner: str, until: date) -> str:
    """Return which village is to be helped, by whom, until when."""
    return f"{unit}：{figure}；帮扶或责任单位：{owner}；{day_text(until)}前说明核对结果。"


def given_text(unit: str, what: str, figure: str, owner: str, until: date) -> str:
    """Return what a meeting asks of whom."""
    return f"{unit}：{what}（{figure}）；责任单位：{owner}；{day_text(until)}前办结。"


def followed_text(unit: str, what: str, label: str, then: str, now: str, outcome: str) -> str:
    """Return what became of an item: the figures then and now, and the outcome."""
    return f"{unit}：{what}；{label}当时 {then}，现在 {now}；{outcome or OPEN}。"
