"""Sentences of villages as planks: how many are on the wrong side, how long, how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shortplank.catalogue.models import Indicator
from shortplank.wording.chance import BEYOND, NO_BY_CHANCE
from shortplank.wording.judged import SHRUNKEN
from shortplank.wording.numbers import count_text
from shortplank.wording.sides import (
    COUNTY,
    OFF_RANGE,
    shortest_text,
    this_line,
    weak_side,
    weak_text,
    wrong_side,
    wrong_sides,
)

LAST_YEAR = "近12月"
SHORTEST = "最短的"
BY_SHORTEST = f"由{SHORTEST}板决定"
WORTH_A_CHECK = "值得核对、可能需要帮助"


def months_text(item: Indicator, short: int, known: int, line: str = "") -> str:
    """Return in how many months a village was on the wrong side: 近12月中 6 个月低于线."""
    of = f"{LAST_YEAR}中" if known == 12 else f"{LAST_YEAR}有报的 {known} 个月中"
    side = f"{weak_side(item)} {line}" if line else wrong_side(item)
    return f"{of} {short} 个月{side}"


def months_of_all_text(item: Indicator, least: int, *, every: bool) -> str:
    """Return how long some villages have been on the wrong side, all of them together."""
    if every:
        return f"{LAST_YEAR}有报的月份都{wrong_side(item)}"
    return f"{LAST_YEAR}至少 {least} 个月{wrong_side(item)}"


def months_heading(item: Indicator) -> str:
    """Return the heading of a column of such months: 近12月低于线."""
    return f"{LAST_YEAR}{wrong_side(item)}"


def alike_count_text(item: Indicator, count: int, expected: float) -> str:
    """Return how many villages miss a line that the county misses itself, beside how many would
    if all had its value."""
    text = f"{count} 个村{wrong_side(item)}{county_misses(item)}"
    if math.isnan(expected):
        return text
    return f"{text}，各村都同{COUNTY}时约 {count_text(expected)} 个"


def also_county(item: Indicator) -> str:
    """Return that the county is on the same wrong side: 全县也低于."""
    return f"{COUNTY}也{weak_side(item)}"


def county_misses(item: Indicator) -> str:
    """Return that the county misses a village's line too, to go on with: ，全县也低于这条线."""
    return f"，{also_county(item)}{this_line(item)}"


def beyond_text(text: str) -> str:
    """Return that something is told apart from chance: 低于线、超出偶然."""
    return f"{text}、{BEYOND}"


def worse_villages_title(item: Indicator, count: int, compared: int, place: str, rate: str) -> str:
    """Return how many villages are worse than the county beyond chance, and the weakest one."""
    weakest, side = shortest_text(item, place, rate), beyond_text(weak_text(item))
    if not count:
        return f"{weakest}，但比较的 {compared} 个村没有一个{side}"
    return f"{count} 个村{side}，{weakest}"


def short_villages_text(item: Indicator, count: int, together: int, persist: str) -> str:
    """Return how many villages miss their line by themselves, and how many of them together."""
    sure = f"（放在一起看 {together} 个，见预警名单）" if together < count else ""
    return f"{count} 个村{beyond_text(wrong_side(item))}{sure}，{WORTH_A_CHECK}{persist}"


def none_short_text(item: Indicator, compared: int, line: str) -> str:
    """Return that of the villages compared with a line none misses it beyond chance."""
    side = beyond_text(f"{weak_side(item)} {line}")
    return f"已比较的 {compared} 个村没有一个{side}，不必专程去哪个村。"


def none_sure_text(compared: int) -> str:
    """Return that of villages looked at together none stands out."""
    return f"{compared} 个村放在一起看，没有一个{NO_BY_CHANCE}：先核对数字，不点名。"


def none_warned_text(items: Sequence[Indicator], what: str) -> str:
    """Return that no village's figure is on the wrong side of its line and unlike chance."""
    return f"{what}，没有一个{wrong_sides(items)}而{NO_BY_CHANCE}。"


def warned_text(items: Sequence[Indicator], what: str, chance: str) -> str:
    """Return which villages' figures are listed, and how many of them by chance."""
    return (
        f"{what}，{wrong_sides(items)}又{NO_BY_CHANCE}的才列入，名单里平均最多 {chance}% 是碰巧；"
        "先核对、再帮助，不作处理的依据。"
    )


def alone_text(items: Sequence[Indicator], count: int) -> str:
    """Return how many villages stand out one by one, of whom some do by chance."""
    return (
        f"逐个单看有 {count} 个{beyond_text(wrong_sides(items))}；"
        "看的村多，其中一些只是碰巧，没有列入"
    )


def not_warned_text(item: Indicator, line: str) -> str:
    """Return that a village misses a line, and that it may be chance."""
    return f"{weak_side(item)} {line}，放在一起看可能只是偶然"


def weakest_heading(item: Indicator) -> str:
    """Return the heading of the weakest shrunken rates: 折算率最低, 折算率偏离最多."""
    most = {"down": "最高", "range": f"{OFF_RANGE}最多"}.get(item.polarity, "最低")
    return f"{SHRUNKEN}{most}"


def few_text(count: int, least: float, *, shrunken: bool) -> str:
    """Return how many villages are too small to be judged by their own rate."""
    text = f"{count} 个村样本太少（不足 {least:g}），原始率不评价"
    return text + (f"，{SHRUNKEN}靠近{COUNTY}" if shrunken else "")


SHRINKING = f"{SHRUNKEN}：小村的率往{COUNTY}平均靠，村越小靠得越多，免得把碰巧当短板"


# --- bands of births ------------------------------------------------------------------------------
NOT_MORE_THAN_CHANCE = "未多于偶然"


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
