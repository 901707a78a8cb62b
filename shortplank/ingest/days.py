"""Days as cells and titles write them, and texts made plain for reading days and months in them."""

from __future__ import annotations

import re
from datetime import date

from shortplank.ingest.text import half_width

# Stands for a digit that is none of the ten: a footnote's, a superscript, another script's.
OTHER_DIGIT = "\ufffd"
# What stands between the ends of a span: dashes, waves, arrows, dots and the long vowel mark that
# keyboards give for a dash. For a class of characters, the hyphen first.
DASHES = "-\u2010-\u2015\u2212\u2500\u2501\u2e3a\u2e3b\ufe58\ufe63ー~〜∼⁓˜…⋯‥→⇒➔"
_GAPS = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")
_HAN = "〇○零一二三四五六七八九"
# Noughts of a year in words as they are typed: the letters O and the digit itself among them.
_NOUGHTS = "OoОо◯0"
_HAN_DIGITS = str.maketrans(_HAN + _NOUGHTS, "000123456789" + "0" * len(_NOUGHTS))
_HAN_MONTH = "(?:十[一二]?|[一二三四五六七八九])"
_HAN_YEAR = re.compile(rf"(?<![{_HAN}{_NOUGHTS}])[一二][{_HAN}{_NOUGHTS}]{{3}}(?=年)")
_HAN_RUN = re.compile(rf"(?:{_HAN_MONTH}(?:月份?)?[{DASHES}、,/至到和与及]+)+{_HAN_MONTH}月")
_AFTER_YEAR = re.compile(rf"(?<=[0-9]年){_HAN_MONTH}(?=月)")
_YEAR_ALONE = re.compile(rf"(?<![0-9])((?:19|20)[0-9]{{2}})(?={_HAN_MONTH}月)")
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?:年(?P<m>\d{1,2})月(?P<d>\d{1,2})(?:[日号]|(?!\d|月))"
    rf"|(?P<mark>[-./])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?!\d|月)){_TIME}",
    re.ASCII,
)
# A quarter's number in Roman numerals or those of cheques.
_QUARTER = re.compile("(?:[ⅠⅡⅢⅣⅰⅱⅲⅳ壹贰貳叁參肆]|(?<![A-Za-z])(?:I{1,3}|IV))(?=个?季)")
_QUARTERS = dict(zip("ⅠⅡⅢⅣⅰⅱⅲⅳ壹贰叁肆", "123412341234", strict=True))
_QUARTERS |= {"貳": "2", "參": "3", "I": "1", "II": "2", "III": "3", "IV": "4"}
_JANUARY = re.compile("(?<=[0-9]年)元(?=月)")
_BRACKETED = re.compile(r"(?<=[0-9]年)[(\[〔【]([^()\[\]〔〕【】]{1,8})[)\]〕】](?=月)")


def plain(text: str) -> str:
    """Return a text in half width, its blanks gone but between digits, Han months in Arabic.

    >>> plain("２０１０ 年 六 月"), plain("2010年1 2月"), plain("2010年6①月")
    ('2010年6月', '2010年1 2月', '2010年6�月')
    """
    text = _GAPS.sub("", half_width(text.strip()))
    text = _QUARTER.sub(lambda match: _QUARTERS[match[0]], text)
    text = _HAN_YEAR.sub(lambda match: match[0].translate(_HAN_DIGITS), text)
    text = _BRACKETED.sub(r"\1", _JANUARY.sub("1", text))
    text = _HAN_RUN.sub(lambda match: re.sub(_HAN_MONTH, _arabic, match[0]), text)
    text = _AFTER_YEAR.sub(_arabic, _YEAR_ALONE.sub(r"\1年", text))
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
