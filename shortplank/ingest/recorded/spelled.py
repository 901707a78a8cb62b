"""Months as regions write them: ISO, 2024년 1월, 令和6年1月, 11301, Jan-24, janvier 2024, 2024Q1.

A cell or title is read under one calendar. What stands without its year, or is a quarter or a whole
year, says so; what is none of these is None.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from shortplank.ingest.days import plain
from shortplank.ingest.periods import ERAS, REPUBLIC

Calendar = Literal["iso", "roc", "era"]
CALENDARS: tuple[Calendar, ...] = ("iso", "era", "roc")
_NAMES: tuple[str, ...] = (
    "january|janvier|janv|januar|jaenner|janner|janeiro|jan|enero|ene|gennaio|gen|январь|января|янв",
    "february|fevrier|fevr|fev|februar|febrero|fevereiro|febbraio|feb|февраль|февраля|фев",
    "march|mars|maerz|marz|mrz|marzo|marco|mar|март|марта|мар",
    "april|avril|avr|abril|abr|aprile|apr|апрель|апреля|апр",
    "may|mai|mayo|maio|maggio|mag|май|мая",
    "june|juin|juni|junio|junho|giugno|giu|jun|июнь|июня|июн",
    "july|juillet|juil|juli|julio|julho|luglio|lug|jul|июль|июля|июл",
    "august|aout|agosto|ago|aug|август|августа|авг",
    "september|septembre|septiembre|setiembre|setembro|settembre|sept|sep|set|сентябрь|сентября|сен",
    "october|octobre|oktober|octubre|outubro|ottobre|oct|okt|out|ott|октябрь|октября|окт",
    "november|novembre|noviembre|novembro|nov|ноябрь|ноября|ноя",
    "december|decembre|dezember|diciembre|dezembro|dicembre|dec|dez|dic|декабрь|декабря|дек",
)
_MONTH_OF = {name: n for n, names in enumerate(_NAMES, start=1) for name in names.split("|")}
_NAME = "(?P<name>" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + ")"
_Y = r"(?<!\d)(?P<y>(?:19|20)\d{2})"
_M2, _M = r"(?P<m>0[1-9]|1[0-2])", r"(?P<m>1[0-2]|0?[1-9])"
_D = r"(?:0?[1-9]|[12]\d|3[01])"
_TIME = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?)?"
_GAP, _LETTER = r"[-_ ./,']*", r"a-z\u00e0-\u024f\u0430-\u044f"
_Q = r"(?P<q>[1-4])"


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)


# Of a title or a cell: found anywhere, or the whole of it.
_ANYWHERE: dict[Calendar, tuple[re.Pattern[str], ...]] = {
    "iso": _patterns(
        rf"{_Y}[年년]度?{_M}[月월][份分]?(?:{_D}[日일号])?",
        rf"{_Y}\. {_M}(?!\d)\.?",
        rf"{_Y}\.(?P<m>[2-9])(?!\d)",
        rf"{_Y}[-_ ]?m{_M}(?!\d)",
        rf"{_Y}(?P<mark>[-./_]?){_M2}(?:(?P=mark){_D})?{_TIME}(?!\d)",
        rf"{_Y}[-/]{_M}(?:[-/]{_D})?{_TIME}(?!\d)",
        r"(?<!\d)(?P<a>\d{1,2})(?P<mark>[-./])(?P<b>\d{1,2})(?P=mark)(?P<y>(?:19|20)\d{2})(?!\d)",
        rf"(?<![\d/.-]){_M}[-./](?P<y>(?:19|20)\d{{2}})(?!\d)",
        rf"(?<![{_LETTER}]){_NAME}\.?{_GAP}(?:{_D}(?:st|nd|rd|th)?,? )?(?:of |de |do )?"
        r"(?P<y>(?:19|20)\d{2})(?!\d)",
        rf"{_Y}{_GAP}{_NAME}(?![{_LETTER}])",
    ),
    "roc": _patterns(
        rf"(?<!\d)(?:中華民國|中华民国|民國|民国)?(?P<r>\d{{2,3}})年{_M}月[份分]?(?:{_D}日)?",
        rf"(?<!\d)(?P<r>1[0-4]\d){_M2}(?:{_D})?(?!\d)",
    ),
    "era": _patterns(
        rf"(?<![{_LETTER}])(?P<e>令和|平成|昭和|大正|[rhs])\.?(?P<ey>\d{{1,2}}|元)[年./-]{_M}(?!\d)(?:月分?)?",
    ),
}
_WHOLE: dict[Calendar, tuple[re.Pattern[str], ...]] = {
    "iso": _patterns(
        rf"{_NAME}\.?[-_ ./']+(?P<yy>\d{{2}})",
        rf"{_D}[-_ ./]*{_NAME}\.?[-_ ./']*(?P<y>(?:19|20)\d{{2}})",
        rf"{_D}[-_ ./]+{_NAME}\.?[-_ ./']+(?P<yy>\d{{2}})",
        rf"(?P<yy>\d{{2}})[-_ ]{_NAME}",
        r"(?P<a>\d{1,2})(?P<mark>[-./])(?P<b>\d{1,2})(?P=mark)(?P<yy>\d{2})",
    ),
    "roc": _patterns(
        rf"(?P<r>\d{{2,3}})[-./]{_M}(?:[-./]{_D})?",
        rf"(?P<r>\d{{2}}){_M2}(?!\d)",
    ),
    "era": (),
}
_QUARTERS = _patterns(
    rf"{_Y}[年년]?[-_ ]?第?{_Q}(?:季度?|四半期|분기|quarter)",
    rf"{_Y}[-_ /]?[qt]{_Q}(?!\d)",
    rf"(?<![{_LETTER}])[qt]{_Q}[-_ /]*{_Y}(?!\d)",
)
_YEARS = _patterns(rf"{_Y}(?:[年년]度?|/\d\d|-\d\d)?")
_SHORT = re.compile(rf"(?<![{_LETTER}]){_NAME}[-_'](?P<yy>\d{{2}})(?!\d)")
_BARE = _patterns(rf"(?<![\d]){_M}[月월](?:份|分|計|计)?", rf"{_NAME}\.?", rf"{_M}")
_QUARTER_WORD = re.compile(r"第?([一二三四])(?=季)")
_BEFORE_WORDS = re.compile(r"\s*([年년月월])\s*")


@dataclass(frozen=True)
class Spelled:
    """What a text says of time: year and month, or a quarter; None what it does not say."""

    year: int | None = None
    month: int | None = None
    quarter: int | None = None
    calendar: Calendar = "iso"
    days: tuple[int, int] | None = None
    """The first two numbers of a day (01/02/2024), of which either may be the month."""

    @property
    def first(self) -> date | None:
        """Return the month that it is filed under: its own, of a quarter the last."""
        month = self.month or (3 * self.quarter if self.quarter else None)
        if self.year is None or month is None or not 1900 <= self.year <= 2099:
            return None
        return date(self.year, month, 1)


@lru_cache(maxsize=50_000)
def spelled(text: str, calendar: Calendar = "iso", *, day_first: bool = True) -> Spelled | None:
    """Return what a cell says, the whole of it.

    >>> spelled("2024년 1월").first, spelled("Jan-24").first, spelled("11301", "roc").first
    (datetime.date(2024, 1, 1), datetime.date(2024, 1, 1), datetime.date(2024, 1, 1))
    >>> spelled("令和元年5月", "era").first, spelled("2024Q1").quarter, spelled("3月").month
    (datetime.date(2019, 5, 1), 1, 3)
    >>> spelled("12")
    Spelled(year=None, month=12, quarter=None, calendar='iso', days=None)
    """
    key = _key(text)
    for pattern in (*_ANYWHERE[calendar], *_WHOLE[calendar]):
        if (match := pattern.fullmatch(key)) and (found := _made(match, calendar, day_first)):
            return found
    for pattern in (*_QUARTERS, *_YEARS, *_BARE) if calendar == "iso" else _BARE:
        if match := pattern.fullmatch(key):
            return _made(match, calendar, day_first)
    return None


@lru_cache(maxsize=10_000)
def spelled_in(text: str, calendar: Calendar = "iso") -> tuple[Spelled, ...]:
    """Return the months, else the quarters, else the years, that a title or a name mentions.

    >>> [one.first for one in spelled_in("A&E attendances, March 2017 (provisional)")]
    [datetime.date(2017, 3, 1)]
    >>> spelled_in("2024年")[0].year, spelled_in("no month")
    (2024, ())
    """
    key = _key(text)
    for patterns in (_ANYWHERE[calendar], _QUARTERS, _YEARS):
        found: dict[Spelled, None] = {}
        rest = key
        for pattern in patterns:
            for match in pattern.finditer(rest):
                if made := _made(match, calendar, True):
                    found[made] = None
            rest = pattern.sub("\n", rest)
        if found or calendar != "iso":
            return tuple(found)
    short = (_made(match, calendar, True) for match in _SHORT.finditer(key))
    return tuple(dict.fromkeys(one for one in short if one))


def month_in(text: str) -> int | None:
    """Return the month that a title or a name mentions without its year.

    >>> month_in("乡镇月报 3月"), month_in("Sheet1")
    (3, None)
    """
    found = {int(match["m"]) for match in _BARE[0].finditer(_key(text))}
    if not found and (said := spelled(text)) and said.year is None:
        return said.month if not text.strip().isdigit() else None
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=50_000)
def _key(text: str) -> str:
    key = unicodedata.normalize("NFKC", text).strip()
    key = _QUARTER_WORD.sub(lambda m: str("一二三四".index(m[1]) + 1), key)
    key = (plain(key) if "年" in key else key).casefold()
    if all(ord(letter) < 0x250 or not letter.isalpha() for letter in key):
        parts = unicodedata.normalize("NFD", key)
        key = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return _BEFORE_WORDS.sub(r"\1", " ".join(key.split()))


def _made(match: re.Match[str], calendar: Calendar, day_first: bool) -> Spelled | None:
    said = {name: value for name, value in match.groupdict().items() if value}
    year, month, days = _year(said), None, None
    if "name" in said:
        month = _MONTH_OF[said["name"]]
    elif "m" in said:
        month = int(said["m"])
    elif "a" in said:
        days = (int(said["a"]), int(said["b"]))
        month, day = days[::-1] if day_first else days
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return Spelled(year, None, None, calendar, days) if max(days) <= 31 else None
    quarter = int(said["q"]) if "q" in said else None
    return Spelled(year, month, quarter, calendar, days)


def _year(said: dict[str, str]) -> int | None:
    if "y" in said:
        return int(said["y"])
    if "yy" in said:
        return 2000 + int(said["yy"])
    if "r" in said:
        return REPUBLIC + int(said["r"])
    if "e" in said:
        return ERAS[said["e"]] + (1 if said["ey"] == "元" else int(said["ey"]))
    return None
