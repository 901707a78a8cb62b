"""Numbers as the reports write them: values, points, intervals, counts."""

from __future__ import annotations

import math

from shortplank.catalogue.models import Indicator


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


def minus_text(text: str) -> str:
    """Return a text with true minus signs."""
    return text.replace("-", "−")


def unit_suffix(item: Indicator) -> str:
    """Return what stands behind a value; a ratio to a base (女=100) carries none."""
    if "=" in item.unit or item.interval == "srb":
        return ""
    return item.unit if item.unit in ("%", "‰") else f" {item.unit}"


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
    unit = f" 个{points_unit(item)}" if item.unit in ("%", "‰") else ""
    return f"{sign}{number_text(difference, decimals)}{unit}"


def points_unit(item: Indicator) -> str:
    """Return what differences of an indicator are counted in: 百分点, 千分点."""
    return {"%": "百分点", "‰": "千分点"}.get(item.unit, item.unit)


def interval_text(item: Indicator, lower: float, upper: float) -> str:
    """Return an interval: 88.9–91.2."""
    if math.isnan(lower) or math.isnan(upper):
        return "–"
    places = min(item.decimals, 1)
    return f"{number_text(lower, places)}–{number_text(upper, places)}"


def count_text(value: float) -> str:
    """Return an expected count: about, with one decimal below ten.

    >>> count_text(4.58), count_text(95.2)
    ('4.6', '95')
    """
    return number_text(value, 1 if value < 10 else 0)


def fewer_than(least: float, unit: str = "") -> str:
    """Return that there are fewer than so many: 不足 30, 不足 13 个月."""
    return f"不足 {least:g}{unit}"


def move_mark(move: float) -> str:
    """Return a move in rank as a mark: ↑2, ↓1, – for none; nothing where it is unknown.

    >>> move_mark(2), move_mark(-1), move_mark(0), move_mark(float("nan"))
    ('↑2', '↓1', '–', '')
    """
    if math.isnan(move):
        return ""
    return f"↑{int(move)}" if move > 0 else f"↓{int(-move)}" if move < 0 else "–"


def place_text(rank: int, size: int, move: float | None = None) -> str:
    """Return a place among peers with how far it moved: 29 县第 21，升 1 位.

    >>> place_text(21, 29, 1), place_text(21, 29, -2), place_text(21, 29, 0), place_text(21, 29)
    ('29 县第 21，升 1 位', '29 县第 21，降 2 位', '29 县第 21，位次未变', '29 县第 21')
    """
    text = f"{size} 县第 {rank}"
    if move is None:
        return text
    way = "升" if move > 0 else "降"
    return f"{text}，{way} {int(abs(move))} 位" if move else f"{text}，位次未变"


def places_since_text(first: str, rank: int, move: int, best: int, worst: int) -> str:
    """Return how a place among peers moved since a first month, and between which it was.

    >>> places_since_text("2007年6月", 3, 2, 1, 3)
    '自2007年6月的第 3 位前移 2 位，期间最好第 1、最差第 3'
    >>> places_since_text("2007年6月", 2, 0, 1, 3), places_since_text("2007年6月", 2, 0, 2, 2)
    ('2007年6月也是第 2 位，期间最好第 1、最差第 3', '自2007年6月起一直是第 2 位')
    """
    if best == worst:
        return f"自{first}起一直是第 {rank} 位"
    way = f"前移 {move} 位" if move > 0 else f"后移 {-move} 位"
    since = f"自{first}的第 {rank} 位{way}" if move else f"{first}也是第 {rank} 位"
    return f"{since}，期间最好第 {best}、最差第 {worst}"


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


def whole(value: float) -> int | None:
    """Return a place or a count for a table's cell, None where it is unknown.

    >>> whole(3.0), whole(float("nan"))
    (3, None)
    """
    return None if math.isnan(value) else int(value)


def places_text(best: float, worst: float) -> str:
    """Return the span of places that changed weights give, for a table's cell.

    >>> places_text(1.0, 3.0), places_text(float("nan"), float("nan"))
    ('1–3', '–')
    """
    return "–" if math.isnan(best) else f"{int(best)}–{int(worst)}"
