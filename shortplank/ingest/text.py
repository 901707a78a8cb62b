"""How cells are read as words and numbers: widths, blanks, separators."""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Literal

from shortplank.errors import ShortplankError

_BLANKS = re.compile(r"\s+")
# What reports write where there is nothing to count.
_NOTHING = re.compile(r"[-—–―─]*|/|\.\.\.")
_WHOLE = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.0*)?")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?([eE][+-]?\d+)?%?")
# Beyond any count of people, rooms or yuan that a county reports; a BIGINT holds it with room.
LARGEST = 10**12

OK, BLANK, NOT_A_NUMBER, NOT_WHOLE, NEGATIVE, TOO_LARGE = range(6)


@lru_cache(maxsize=200_000)
def name_key(text: str) -> str:
    """Return a name as it is compared: one width, no blanks.

    >>> name_key("東　區"), name_key(" 合　计 ")
    ('東區', '合计')
    """
    bare = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", bare)  # what a blank kept apart may now join


@lru_cache(maxsize=20_000)
def header_key(text: str) -> str:
    """Return a header as it is compared: like a name, and without case.

    >>> header_key("出 生 人 数／一孩／男"), header_key("Birth_Total")
    ('出生人数/一孩/男', 'birth_total')
    """
    return name_key(text).casefold()


# Units in brackets say nothing new; 万元 is not among them: it would change the figure.
_UNIT = re.compile(
    r"[(\[【〔](人|户|元|个|例|件|所|间|次|名|孩|人次|人、户|人,户|单位:?[人户元个])[)\]】〕]"
)
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、)](?!\d))"
)
_MARKS = re.compile(r"[“”\"'‘’「」『』〈〉《》#*※△▲☆★:;,。、?()\[\]【】〔〕]")
_OF_WHICH = re.compile(r"^其中(?=.)")
_LEVELS = re.compile(r"[/\\>|_·—–\-]+")


@lru_cache(maxsize=20_000)
def header_segments(text: str) -> tuple[str, ...]:
    """Return a header's levels as they are compared: no blanks, marks, numbering or plain units.

    >>> header_segments("社会抚养费（元）/其中： 已征收"), header_segments("“两非”案件－查实数")
    (('社会抚养费', '已征收'), ('两非案件', '查实数'))
    """
    key = _NUMBERED.sub("", _UNIT.sub("", header_key(text)))
    parts = (_OF_WHICH.sub("", _MARKS.sub("", part)) for part in _LEVELS.split(key))
    return tuple(part for part in parts if part)


@lru_cache(maxsize=200_000)
def parse_count(text: str) -> tuple[int, int]:
    """Return a cell's count and what is to be said of it (OK, BLANK, NOT_A_NUMBER, …).

    >>> parse_count("１,２３４"), parse_count("—"), parse_count("2.5")
    ((1234, 0), (0, 1), (0, 3))
    """
    key = name_key(text)
    if _NOTHING.fullmatch(key):
        return 0, BLANK
    if not _WHOLE.fullmatch(key):
        return 0, NOT_WHOLE if _NUMBER.fullmatch(key) else NOT_A_NUMBER
    digits = key.split(".")[0].replace(",", "")
    if len(digits) > 20 or int(digits) > LARGEST:
        return 0, TOO_LARGE
    value = int(digits)
    return (value, NEGATIVE) if value < 0 else (value, OK)


def parse_decimal(text: str) -> tuple[float, int]:
    """Return a published rate and what is to be said of it (OK, BLANK, NOT_A_NUMBER, NEGATIVE).

    >>> parse_decimal("９０.94%"), parse_decimal("—"), parse_decimal("约3")
    ((90.94, 0), (0.0, 1), (0.0, 2))
    """
    key = name_key(text)
    if _NOTHING.fullmatch(key):
        return 0.0, BLANK
    if not _NUMBER.fullmatch(key) or len(key) > 30:
        return 0.0, NOT_A_NUMBER
    value = float(key.rstrip("%").replace(",", ""))
    if abs(value) > LARGEST:
        return 0.0, TOO_LARGE
    return (value, NEGATIVE) if value < 0 else (value, OK)


_ISO = re.compile(
    r"(\d{4})(?:[-./年](\d{1,2})|(\d{2}))(?:月份?|(?:[-./]|月)\d{1,2}日?(?:00:00:00)?)?"
)
_ROC = re.compile(r"(?:民國|民国)?(\d{2,3})(?:[-./年](\d{1,2})|(\d{2}))(?:月份?)?")
_IN_TEXT = re.compile(r"(?<!\d)((?:19|20)\d{2})[-./年](\d{1,2})(?!\d)")
_DAY = re.compile(r"((?:19|20)\d{2})[-./年](\d{1,2})[-./月](\d{1,2})日?(?!\d)")
# A month as a title writes it, possible or not; a span from the year's start is no single month.
_SAID = re.compile(r"(?<!\d)(\d{4})年(\d{1,3})(?:月|$)|(?<!\d)((?:19|20)\d{2})-(\d{2})(?!\d)")
_SPAN = re.compile(r"\d{4}年(\d{1,2})月?(?:[-—–―~～至到]+)(\d{1,2})月")
_QUARTER = re.compile(r"(?<!\d)((?:19|20)\d{2})年?第?([一二三四1-4])季度?")
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_MONTH = re.compile(r"([〇○零一二三四五六七八九]{4})年(十[一二]?|[一二三四五六七八九])月")
REPUBLIC = 1911  # year 1 of the Republic of China is 1912


def parse_month(text: str, calendar: Literal["iso", "roc"]) -> date | None:
    """Return the first day of the month that a cell names, None where it names none.

    >>> parse_month("10304", "roc"), parse_month("2010年6月", "iso")
    (datetime.date(2014, 4, 1), datetime.date(2010, 6, 1))
    """
    if quarter := _QUARTER.fullmatch(name_key(text)):
        return _quarter_end(quarter)
    match = (_ROC if calendar == "roc" else _ISO).fullmatch(name_key(text))
    if not match:
        return None
    year = int(match[1]) + (REPUBLIC if calendar == "roc" else 0)
    month = int(match[2] or match[3])
    return date(year, month, 1) if 1 <= month <= 12 and year >= 1900 else None


def _quarter_end(match: re.Match[str]) -> date:
    return date(int(match[1]), 3 * ("一二三四1234".index(match[2]) % 4 + 1), 1)


def months_in(text: str) -> list[date]:
    """Return the months that a title or file name mentions; days are not months.

    >>> months_in("2010-06_岭源镇_月报.csv")
    [datetime.date(2010, 6, 1)]
    >>> months_in("2010年第二季度阵地队伍季报")
    [datetime.date(2010, 6, 1)]
    """
    text = _DAY.sub(" ", _han_month(name_key(text)))
    if _SPAN.search(text):
        return []
    if quarters := [_quarter_end(match) for match in _QUARTER.finditer(text)]:
        return quarters
    found = [(int(m[1]), int(m[2])) for m in _IN_TEXT.finditer(text)]
    return [date(year, month, 1) for year, month in found if 1 <= month <= 12]


def parse_day(text: str) -> date | None:
    """Return the day that a cell names, None where it names none.

    >>> parse_day("2009年12月10日"), parse_day("2009-12-10 00:00:00"), parse_day("2009-12")
    (datetime.date(2009, 12, 10), datetime.date(2009, 12, 10), None)
    """
    bare = name_key(text).removesuffix("00:00:00")
    return day_in(bare) if _DAY.fullmatch(bare) else None


def _han_month(text: str) -> str:
    """Return the text with a month in Chinese figures in Arabic ones."""

    def arabic(match: re.Match[str]) -> str:
        ones = match[2].rpartition("十")[2]
        number = 10 * ("十" in match[2]) + int((ones or "0").translate(_HAN_DIGITS))
        return f"{match[1].translate(_HAN_DIGITS)}年{number}月"

    return _HAN_MONTH.sub(arabic, text)


def impossible_month(text: str) -> str | None:
    """Return what a title says in place of a month: a month that is none, or several of a year.

    >>> impossible_month("2031年13月"), impossible_month("2010年1—6月")
    ('2031年13月', '2010年1—6月')
    """
    text = _DAY.sub(" ", _han_month(name_key(text)))
    if span := _SPAN.search(text):
        return None if span[1] == span[2] else span[0]
    for match in _SAID.finditer(text):
        if not 1 <= int(match[2] or match[4]) <= 12:
            return match[0]
    return None


def day_in(text: str) -> date | None:
    """Return the day that a text mentions.

    >>> day_in("报出日期：2010年7月4日")
    datetime.date(2010, 7, 4)
    """
    match = _DAY.search(name_key(text))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def today() -> date:
    """Return today, or the day that ``SHORTPLANK_TODAY`` sets."""
    said = os.environ.get("SHORTPLANK_TODAY", "")
    try:
        return date.fromisoformat(said) if said else date.today()
    except ValueError as error:
        raise ShortplankError(
            f"{said} 不是日期", place="SHORTPLANK_TODAY", mend="请写成 2010-07-05"
        ) from error
