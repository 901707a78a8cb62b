"""Sentences of villages as planks: how many are on the wrong side, how long, how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from shortplank.catalogue.models import Indicator
from shortplank.wording.judged import (
    ALIKE,
    CLEARLY_WORSE,
    LIST,
    LISTED,
    NOT_LISTED,
    ON_LIST,
    SHRUNKEN,
    TOO_FEW,
    VILLAGES,
    alike_text,
    apart_text,
    expected_text,
    rank_text,
    stock_text,
)
from shortplank.wording.naming import joined
from shortplank.wording.numbers import count_text
from shortplank.wording.sides import COUNTY, OFF_RANGE, PASSED, weak_side, wrong_side

LAST_YEAR = "近12月"
SHORTEST = "最短的"
BY_SHORTEST = f"由{SHORTEST}板决定"
# Why no village is compared: births, gaps of two counts and unjudged shares are only counted.
COUNTED_ONLY = f"村一级只列数，不{LISTED}"
BY_PART = "按贡献"
NONE_WARNED = f"没有村{ON_LIST}"


# --- months below the line, as facts --------------------------------------------------------------
def months_text(item: Indicator, short: int, known: int, line: str) -> str:
    """Return in how many months a village was on the wrong side: 近12月中 6 个月低于 85%."""
    of = f"{LAST_YEAR}中" if known == 12 else f"{LAST_YEAR}有报的 {known} 个月中"
    return f"{of} {short} 个月{weak_side(item)} {line}"


def running_text(item: Indicator, months: int, line: str) -> str:
    """Return how long a stock has been on the wrong side: 连续 12 个月低于 85%；名册多是同一批人….

    One month says nothing that its own figure does not.
    """
    return stock_text(item, months, line) if months > 1 else ""


def running_cell(months: int) -> str:
    """Return the same for a table's cell, whose column says 连续: 12 个月."""
    return f"{months} 个月" if months else "–"


def months_heading(item: Indicator, *, stock: bool) -> str:
    """Return the heading of a column of such months: 近12月低于线, 连续低于线."""
    return f"连续{wrong_side(item)}" if stock else f"{LAST_YEAR}{wrong_side(item)}"


# --- who is listed --------------------------------------------------------------------------------
def listed_villages_text(item: Indicator, names: Sequence[str], most: int) -> str:
    """Return which villages are listed: 3 个村明显差于全县，列入核对：梅坪镇老屋村、…."""
    return f"{len(names)} 个村{apart_text(item)}，{LISTED}：{joined(names, most)}"


def too_few_text(villages: int) -> str:
    """Return that all villages are too small to be compared: 8 个村数太少，不比."""
    return f"{villages} 个村{TOO_FEW}"


def listed_mark(item: Indicator) -> str:
    """Return what a mark in a list or a picture says: 明显差于全县，列入核对."""
    return f"{apart_text(item)}，{LISTED}"


def no_order_text(why: str) -> str:
    """Return that no order by rate is shown, and why: …，不按率排先后，请看贡献."""
    return f"{why}。不按率排先后，请看贡献。"


def alike_short(villages: int) -> str:
    """Return that nobody is told apart, for a list's head: 185 个村看不出差别，本月不列."""
    return f"{villages} 个村{ALIKE}，本月{NOT_LISTED}"


def on_list_text(item: Indicator, value: str, county: str) -> str:
    """Return that a village is listed: 69.5%，明显差于全县（82.6%），列入本月核对名单."""
    return f"{value}，{apart_text(item)}（{county}），{ON_LIST}"


def among_ranks(villages: int, low: float, high: float) -> str:
    """Return between which places a village may stand: 185 个村中名次可在 160–185 之间."""
    return f"{villages} 个村中{rank_text(low, high)}"


# --- whom to visit --------------------------------------------------------------------------------
def visits_heading(count: int, listed: int) -> str:
    """Return what the part of the page is called: 先去这 5 个村, 按贡献先看这 5 个村."""
    if not count:
        return "先去哪几个村"
    return f"先去这 {count} 个村" if listed else f"{BY_PART}先看这 {count} 个村"


def visits_why(count: int, listed: int, compared: int) -> str:
    """Return why these: listed first, the others by what they add to the county's gap."""
    if listed == count:
        return f"都{ON_LIST}"
    rest = f"按对{COUNTY}差额的贡献从大到小排，大村会居前"
    if listed:
        return f"前 {listed} 个{ON_LIST}；其余 {count - listed} 个{ALIKE}，{rest}"
    if not compared:
        return f"没有可比的村；{rest}"
    return f"{alike_short(compared)}；{rest}"


def visits_told(names: Sequence[str], listed: int) -> str:
    """Return whom to visit for a hall, who is listed and who is not told in one go."""
    first = "、".join(names[:listed])
    if listed == len(names):
        return f"{first}（{ON_LIST}）"
    return f"{first}（{ON_LIST}），{'、'.join(names[listed:])}（{BY_PART}）"


def none_named_text(compared: int) -> str:
    """Return for a hall that nobody is named: 185 个村看不出差别，本月不列，不点名。"""
    return f"{alike_short(compared)}，不点名。" if compared else "没有可比的村，不点名。"


def none_short_text(compared: int) -> str:
    """Return that there is nobody to go to: nobody is listed and the county is past its line."""
    return f"{compared} 个村{ALIKE}，{COUNTY}已{PASSED}，不必专程去哪个村。"


def among_listed(count: int) -> str:
    """Return how many of those that would be helped are listed: 其中 3 个列入本月核对名单."""
    return f"其中 {count} 个{ON_LIST}"


def not_the_list_text(listed: int) -> str:
    """Return that a draw's weak villages are not the month's list: 抽查只看原始率，…."""
    whole = f"抽查只看原始率，{LIST}另判"
    if not listed:
        return f"{whole}：这项指标没有村{LISTED}"
    return f"{whole}：这项指标{LISTED}的有 {listed} 个村"


NONE_TO_COMPARE = "没有够大的村可以比较。"


# --- the warning list -----------------------------------------------------------------------------
def warned_title(villages: int, first: Sequence[str]) -> str:
    """Return how many villages are on the list, and whom to look at first.

    >>> warned_title(2, ["老屋村", "双店村"]), warned_title(9, ["老屋村"])
    ('2 个村列入本月核对名单：老屋村、双店村', '9 个村列入本月核对名单，先看老屋村')
    """
    all_told = villages == len(first)
    return f"{villages} 个村{ON_LIST}{'：' if all_told else '，先看'}{'、'.join(first)}"


def compared_text(count: int, labels: Sequence[str]) -> str:
    """Return what was compared, to go on with: 370 个村级数（流动人口建档率、…）一并比过."""
    return f"{count} 个村级数（{'、'.join(labels)}）一并比过"


def none_warned_text(what: str) -> str:
    """Return that of all that was compared nothing is listed."""
    return f"{what}，没有一个{CLEARLY_WORSE}{COUNTY}，本月{NOT_LISTED}。"


def warned_text(what: str) -> str:
    """Return who is on the list, and what it is not."""
    return f"{what}，{CLEARLY_WORSE}{COUNTY}的才列入；先核对、再帮助，不作处理的依据。"


# --- rates ----------------------------------------------------------------------------------------
def weakest_heading(item: Indicator) -> str:
    """Return the heading of the weakest shrunken rates: 折算率最低, 折算率偏离最多."""
    most = {"down": "最高", "range": f"{OFF_RANGE}最多"}.get(item.polarity, "最低")
    return f"{SHRUNKEN}{most}"


def few_text(count: int, least: float) -> str:
    """Return how many villages are too small to be judged by their own rate."""
    return f"{count} 个村不足 {least:g}，{TOO_FEW}"


SHRINKING = (
    f"{SHRUNKEN}：小村的率往{COUNTY}平均靠，村越小靠得越多；贝塔二项后验均值，"
    "一半先验放在各村都一样上，95% 区间为后验区间，只作图，不据此列名"
)


# --- bands of births ------------------------------------------------------------------------------
def many_text(item: Indicator, many: str, expected: float, lower: float, upper: float) -> str:
    """Return how many villages have many cases, beside how many would if all were alike.

    88 个村（47.57%）政策外出生≥3 例；若各村都同全县一样，应有 95 个（86–103）
    """
    beside = expected_text(expected, lower, upper, about=False)
    return f"{many}；{alike_text(item, VILLAGES)}，{beside}"


def one_rate_text(item: Indicator, expected: float) -> str:
    """Return how many villages one rate for all would give, for a picture: …，应有 50 个."""
    return f"{alike_text(item, VILLAGES)}，应有 {count_text(expected)} 个"


def band_label(code: str, least: int) -> str:
    """Return a band's name.

    >>> band_label("few", 3), band_label("few", 2), band_label("many", 3)
    ('1–2 例', '1 例', '≥3 例')
    """
    few = "1 例" if least == 2 else f"1–{least - 1} 例"
    return {"none": "0 例", "few": few, "many": f"≥{least} 例"}[code]


def rate_band_label(item: Indicator, low: int, width: int) -> str:
    """Return a band of rates: 90–100%, −10–0%."""
    return f"{low}–{low + width}{item.unit}".replace("-", "−")
