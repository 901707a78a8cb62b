"""Number formats: which of a workbook's cell styles show a percentage, a day or a time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

from shortplank.sheets.content import number_text
from shortplank.sheets.package import Package, attribute, local, named


class Shown(Enum):
    """How a cell shows its number."""

    PLAIN = "plain"
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"


# ECMA-376 part 1, 18.8.30: the formats that need not be written out, those of East Asia among them.
_DATES = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56}
_PERCENTS = {9, 10}
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LAST_DAY = 2_958_465  # 9999-12-31
_LEAP_THAT_WAS_NOT = 60  # 1900-02-29, which the program that made the format counts


class Styles:
    """A workbook's cell styles, and the first day of its calendar."""

    def __init__(self, package: Package, book: str) -> None:
        self._shown: dict[str, Shown] = {}
        for part in package.related(book, "styles")[:1]:
            self._read(package, part)
        properties = next(named(package.tree(book), "workbookPr"), None)
        since_1904 = properties is not None and attribute(properties, "date1904") in ("1", "true")
        self._epoch = _EPOCH_1904 if since_1904 else _EPOCH

    def _read(self, package: Package, part: str) -> None:
        tree = package.tree(part)
        own = {attribute(n, "numFmtId"): attribute(n, "formatCode") for n in named(tree, "numFmt")}
        for styles in tree:
            if local(styles.tag) == "cellXfs":
                ids = (attribute(n, "numFmtId") for n in styles if local(n.tag) == "xf")
                self._shown = {str(i): shown_by_id(key, own) for i, key in enumerate(ids)}

    def text(self, value: float, style: str) -> str:
        """Return a number as its cell shows it: 0.8264 as 82.64%, 40359 as 2010-06-30.

        Nothing is rounded: what the format hides of a percentage is kept.
        """
        shown = self._of(style)
        if shown is Shown.PERCENT:
            return f"{(Decimal(repr(value)) * 100).normalize():f}%"
        if shown in (Shown.DATE, Shown.TIME) and 0 <= value <= _LAST_DAY:
            return self._date_text(value, shown)
        return number_text(value)

    def is_plain(self, style: str) -> bool:
        """Return whether a style shows numbers as they are."""
        return self._of(style) is Shown.PLAIN

    def _of(self, style: str) -> Shown:
        return self._shown.get(style, Shown.PLAIN)

    def _date_text(self, value: float, shown: Shown) -> str:
        if self._epoch is _EPOCH and value < _LEAP_THAT_WAS_NOT and shown is Shown.DATE:
            value += 1
        moment = self._epoch + timedelta(seconds=round(value * 86_400))
        if value < 1 and shown is Shown.TIME:
            return str(moment.time())
        midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
        return str(moment.date()) if midnight else str(moment)


def shown_by_id(key: str, own: dict[str, str]) -> Shown:
    """Return how a format shows numbers, by its code where the workbook has it, else by its id."""
    if key in own:
        return shown_by_code(own[key])
    number = int(key) if key.isdecimal() and len(key) < 6 else 0
    for numbers, shown in ((_PERCENTS, Shown.PERCENT), (_DATES, Shown.DATE), (_TIMES, Shown.TIME)):
        if number in numbers:
            return shown
    return Shown.PLAIN


def shown_by_code(code: str) -> Shown:
    """Return how a format's code shows numbers.

    >>> [shown_by_code(code).value for code in ("0.0%", "yyyy年m月", "[h]:mm", '0"%人"', "General")]
    ['percent', 'date', 'time', 'plain', 'plain']
    """
    first = _LITERAL.sub("", code.replace("General", "")).partition(";")[0].casefold()
    if "%" in first:
        return Shown.PERCENT
    if "y" in first or "d" in first:
        return Shown.DATE
    if "h" in first or "s" in first:
        return Shown.TIME
    return Shown.DATE if "m" in first else Shown.PLAIN
