"""Months, days and windows as the reports write them."""

from __future__ import annotations

from datetime import date

from shortplank.catalogue.models import Window

WINDOW_LABELS: dict[Window, str] = {"month": "当月", "ytd": "年度累计", "r12": "近12月"}


def month_text(month: date) -> str:
    """Return a month: 2010年5月."""
    return f"{month.year}年{month.month}月"


def month_key(month: date) -> str:
    """Return a month as links and tables write it: 2010-05."""
    return month.isoformat()[:7]


def day_text(day: date) -> str:
    """Return a day: 2010年6月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def period_text(window: Window, month: date, start: date, year: int) -> str:
    """Return a window's period: 2010统计年度累计（2009年10月–2010年5月）."""
    if window == "month":
        return f"{month_text(month)}当月"
    label = f"{year}统计年度累计" if window == "ytd" else "近12月"
    return f"{label}（{month_text(start)}–{month_text(month)}）"


def months_text(first: date, last: date) -> str:
    """Return a span of months: 2007年1月–7月.

    >>> months_text(date(2007, 11, 1), date(2008, 2, 1))
    '2007年11月–2008年2月'
    """
    if first == last:
        return month_text(first)
    end = f"{last.month}月" if first.year == last.year else month_text(last)
    return f"{month_text(first)}–{end}"


def when_text(window: Window, month: date, year: int) -> str:
    """Return a window's end in a few characters, for titles: 2010年5月, 2010统计年度至5月.

    >>> when_text("ytd", date(2010, 5, 1), 2010)
    '2010统计年度至5月'
    """
    if window == "month":
        return month_text(month)
    if window == "ytd":
        return f"{year}统计年度至{month.month}月"
    return f"至{month_text(month)}的近12月"


def redefined_text(edition: int, why: str, *, units: bool = False) -> str:
    """Return since which edition figures are counted as they are, and why.

    >>> redefined_text(27, "县里定的目标")
    '口径自第27版改（县里定的目标）'
    """
    return f"{'名册' if units else '口径'}自第{edition}版改（{why}）"
