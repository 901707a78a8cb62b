"""Months as people type them, told from the month that is looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from shortplank.store import add_months
from shortplank.wording.asked.known import MONTHS, MONTHS_ON, NUMBERS, YEARS_BACK


def months_in(text: str, looked: date, months: Sequence[date]) -> list[tuple[int, int, date]]:
    """Return where a text names a month, and which: (begin, end, month).

    >>> known = [add_months(date(2010, 5, 1), -back) for back in range(24)]
    >>> [month.isoformat() for _, _, month in months_in("去年9月", date(2010, 5, 1), known)]
    ['2009-09-01', '2009-09-01']
    """
    found = []
    for pattern in MONTHS:
        for match in pattern.finditer(text):
            if (month := _month(match, looked, months)) is not None:
                found.append((match.start(), match.end(), month))
    return found


def _month(match: re.Match[str], looked: date, months: Sequence[date]) -> date | None:
    """Return what a match names, None where there is no such month."""
    parts = {"year": "", "month": "", "word": "", "same": "", "newest": ""} | match.groupdict()
    year = looked.year - YEARS_BACK.get(parts["word"] or "", 0)
    if parts["newest"]:
        return max(months, default=looked)
    if same := parts["same"]:
        on = MONTHS_ON.get(same, 0) - 12 * YEARS_BACK.get(parts["word"] or "", 0)
        return add_months(looked, on)
    number = _number(parts["month"])
    if not 1 <= number <= 12:
        return None
    if parts["year"]:
        full = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
        return date(full, number, 1) if 1 <= full <= 9999 else None
    if not 1 <= year <= 9999:
        return None
    return date(year, number, 1) if parts["word"] else _last(date(year, number, 1), months)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else NUMBERS.get(text, 0)


def _last(month: date, months: Sequence[date]) -> date:
    """Return a month without its year: this year's, or last year's where only that is there."""
    before = add_months(month, -12)
    return before if month not in months and before in months else month
