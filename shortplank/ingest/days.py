"""Days as cells and titles write them, and texts made plain for reading days and months in them."""

from __future__ import annotations

import re
from datetime import date

from shortplank.ingest.text import half_width

# Stands for a digit that is none of the ten: a footnote's, a superscript, another script's.
OTHER_DIGIT = "\ufffd"
_GAPS = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")
_HAN = "〇○零一二三四五六七八九"
_HAN_DIGITS = str.maketrans(_HAN, "000123456789")
_HAN_MONTH = "(?:十[一二]?|[一二三四五六七八九])"
_HAN_YEAR = re.compile(rf"[{_HAN}]{{4}}(?=年)")
_HAN_RUN = re.compile(rf"(?:{_HAN_MONTH}(?:月份?)?[-—–~、,/至到和与及]+)+{_HAN_MONTH}月")
_AFTER_YEAR = re.compile(rf"(?<=[0-9]年){_HAN_MONTH}(?=月)")
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?:年(?P<m>\d{1,2})月(?P<d>\d{1,2})(?:[日号]|(?!\d|月))"
    rf"|(?P<mark>[-./])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?!\d|月)){_TIME}",
    re.ASCII,
)


def plain(text: str) -> str:
    """Return a text in half width, its blanks gone but between digits, Han months in Arabic.

    >>> plain("２０１０ 年 六 月"), plain("2010年1 2月"), plain("2010年6①月")
    ('2010年6月', '2010年1 2月', '2010年6�月')
    """
    text = _GAPS.sub("", half_width(text.strip()))
    text = _HAN_YEAR.sub(lambda match: match[0].translate(_HAN_DIGITS), text)
    text = _HAN_RUN.sub(lambda match: re.sub(_HAN_MONTH, _arabic, match[0]), text)
    text = _AFTER_YEAR.sub(_arabic, text)
    return text if text.isascii() else "".join(map(_marked, text))


def _arabic(match: re.Match[str]) -> str:
    ones = match[0].rpartition("十")[2]
    return str(10 * ("十" in match[0]) + int((ones or "0").translate(_HAN_DIGITS)))


def _marked(letter: str) -> str:
    own = letter.isascii() or letter in _HAN or "一" <= letter <= "鿿"
    return letter if own or not letter.isnumeric() else OTHER_DIGIT


def _day(match: re.Match[str]) -> date | None:
    month, day = match["m"] or match["month"], match["d"] or match["day"]
    try:
        return date(int(match["year"]), int(month), int(day))
    except ValueError:
        return None


def parse_day(text: str) -> date | None:
    """Return the day that a cell names, None where it names none.

    >>> parse_day("2009年12月10日"), parse_day("2009-12-10 00:00:00"), parse_day("2009-12")
    (datetime.date(2009, 12, 10), datetime.date(2009, 12, 10), None)
    >>> parse_day("2009-12-1 0") is None
    True
    """
    match = _DAY.fullmatch(plain(text))
    return _day(match) if match else None


def day_in(text: str) -> date | None:
    """Return the day that a text mentions.

    >>> day_in("报出日期：2010年7月4日")
    datetime.date(2010, 7, 4)
    """
    match = _DAY.search(plain(text))
    return _day(match) if match else None
