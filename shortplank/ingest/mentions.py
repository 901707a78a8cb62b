"""Where a text names months, quarters, half years and years, and what it names them for."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from shortplank.ingest.days import DASHES, OTHER_DIGIT

# What a text names that is not a stretch of whole months of its own.
Fault = Literal["year", "span", "part", "open", "tenth", "none"]
Called = Literal["month", "quarter", "half", "year"]


@dataclass(frozen=True)
class Part:
    """Months of one year, by number; ``kind`` is what they were called, ``day`` a day of theirs."""

    kind: Called
    first: int
    last: int
    year: int | None = None
    day: int | None = None


@dataclass(frozen=True)
class Mention:
    """One stretch that a text names: its parts, first and last of a span or each of a list.

    ``fault`` is what it is where it is no stretch of whole months; ``aside`` where it is not named
    as the report's period; ``weak`` where it is not if anything else is; ``compared`` where that is
    because it is compared with.
    """

    text: str
    start: int
    end: int
    parts: tuple[Part, ...]
    fault: Fault | None = None
    aside: bool = False
    weak: bool = False
    compared: bool = False

    def is_after(self, other: Mention) -> bool:
        """Return whether it begins after another one ends; what has no year is before it."""
        return self.parts[0].year is not None and _is_earlier(other.parts[-1], self.parts[0])


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    part: Part
    fault: Fault | None = None
    worded: bool = field(default=True)
    """Whether 月 or the like stands behind the number."""


_B, _E = rf"(?<![\d{OTHER_DIGIT}])(?<!\d\s)", rf"(?![\d{OTHER_DIGIT}]|\s\d)"
_YEAR = r"((?:19|20)\d{2})"
_SEP = rf"(?:起|初|底|末)?(?:[{DASHES}]+|一(?=\d)|至|到|[、,/&+]|以?及|和|与|與|跟|同|暨|或)"
_NEXT = "(?:次年|翌年|本年|当年|當年|同年|今年)?"
_QUARTERS = "一二三四1234"
_Q = f"[{_QUARTERS}]"
# What may follow a month that is written without 月.
_LOOSE = rf"(?=$|[{DASHES}\s_)\]】.,、;/&+至到和与與及同跟])(?!\.\d)"
_LISTED = rf"(?=(?:{_SEP}\d{{1,2}})*{_SEP}\d{{1,2}}月)"
_QLISTED = rf"(?=(?:{_SEP}第?{_Q})*{_SEP}第?{_Q}个?季)"
_COMPACT_DAY = rf"{_YEAR}(0[1-9]|1[0-2])([0-3]\d)(?!\d)"
Build = Callable[[re.Match[str]], "tuple[Part, Fault | None] | None"]


def _whole(kind: Called, months: int) -> Callable[[int | None, int], Part]:
    """Return a maker of the n-th quarter or half of a year."""
    return lambda year, place: Part(kind, months * (place - 1) + 1, months * place, year)


_quarter, _half = _whole("quarter", 3), _whole("half", 6)


def _place(text: str) -> int:
    return _QUARTERS.index(text) % 4 + 1


def _month(year: str | int | None, month: str, day: str | None = None) -> Part:
    number = int(month)
    return Part("month", number, number, int(year) if year else None, int(day) if day else None)


def _dotted(m: re.Match[str]) -> tuple[Part, Fault | None] | None:
    """Return a month behind a mark: 2010-06; 2010.1 may be what is left of 2010.10."""
    year, mark, month, word = m.groups()
    if not 1 <= int(month) <= 12 and (mark, len(month)) != ("-", 2):
        return None
    return _month(year, month), "tenth" if (mark, month, word) == (".", "1", None) else None


_YEAR_PART = Part("year", 1, 12)
_BY_YEAR: tuple[tuple[str, Build], ...] = (
    (rf"{_B}{_YEAR}年(\d{{1,2}})月(\d{{1,2}})(?:[日号]|(?=$|[{DASHES}\s)\]至到]))(?!月)",
     lambda m: (_month(*m.groups()), None)),
    (rf"{_B}{_YEAR}([-./])(\d{{1,2}})\2(\d{{1,2}}){_E}(?!月)(?:[ T]\d{{1,2}}(?::\d{{2}}){{1,2}})?",
     lambda m: (_month(m[1], m[3], m[4]), None)),
    (rf"{_B}(\d{{4}})(?:年度?第?|第)?({_Q})(?:个?季度?|{_QLISTED})",
     lambda m: (_quarter(int(m[1]), _place(m[2])), None)),
    (rf"{_B}{_YEAR}年?[-_/ ]?[Qq]([1-4])(?![A-Za-z\d])",
     lambda m: (_quarter(int(m[1]), int(m[2])), None)),
    (rf"{_B}(\d{{4}})年?度?([上下前后後])半年",
     lambda m: (_half(int(m[1]), 1 + (m[2] not in "上前")), None)),
    (rf"{_B}{_YEAR}年?[-_/ ]?[Hh]([12])(?![A-Za-z\d])",
     lambda m: (_half(int(m[1]), int(m[2])), None)),
    (rf"{_B}{_YEAR}年?度?半年", lambda m: (_half(int(m[1]), 1), None)),
    (rf"{_B}(\d{{4}})年第?\d{{1,2}}周", lambda m: (replace(_YEAR_PART, year=int(m[1])), "part")),
    (rf"{_B}(\d{{4}})年度?(\d{{1,3}}){_E}(?:月份?|{_LOOSE})",
     lambda m: (_month(*m.groups()), None)),
    (r"(?:民國|民国)(\d{2,3})年度?(\d{1,2})月份?",
     lambda m: (_month(int(m[1]) + 1911, m[2]), None)),
    (rf"{_B}(\d{{4}})年度?(?:[\d{OTHER_DIGIT}][\d{OTHER_DIGIT}\s.]*|[一二三四五六七八九十]{{2,4}})月",
     lambda m: (_month(m[1], "1"), "none")),
    (rf"{_B}(\d{{4}})年度?第?{OTHER_DIGIT}个?季", lambda m: (_month(m[1], "1"), "none")),
    (rf"(?<![A-Za-z\d.]){_YEAR}(0[1-9]|1[0-2])(?=[{DASHES}至到]+{_YEAR}(?:0[1-9]|1[0-2])(?!\d))",
     lambda m: (_month(m[1], m[2]), None)),
    (rf"(?<![A-Za-z\d.]){_YEAR}(0[1-9]|1[0-2])([0-3]\d)(?=[{DASHES}至到]+{_COMPACT_DAY})",
     lambda m: (_month(*m.groups()[:3]), None)),
    (rf"{_B}{_YEAR}年?[{DASHES}至到]+{_YEAR}(?:年度?)?(?!\d)(?!年?\d)",
     lambda m: (replace(_YEAR_PART, year=int(m[2])), "year")),
    (rf"{_B}{_YEAR}(_)(\d{{2}}){_E}(月份?)?", _dotted),
    (rf"{_B}{_YEAR}([-./])(\d{{1,2}}){_E}(?![年万千亿人户元个%])(月份?)?", _dotted),
    (rf"(?<![A-Za-z\d.{OTHER_DIGIT}])(?<!\d[-\s]){_YEAR}(0[1-9]|1[0-2])"
     rf"(?![A-Za-z\d.:{OTHER_DIGIT}]|[-\s]\d)(?:月份?)?", lambda m: (_month(*m.groups()), None)),
    (rf"{_B}{_YEAR}年(?:度|全年|年[报報])",
     lambda m: (replace(_YEAR_PART, year=int(m[1])), "year")),
)  # fmt: skip
_BARE: tuple[tuple[str, Build], ...] = (
    (r"(?:前|头|近|过去|最近|连续)[一二两三四五六七八九十\d]{1,2}个?(?:月|季度)",
     lambda m: (_YEAR_PART, "span")),
    (r"(\d{1,2})月(\d{1,2})[日号]", lambda m: (_month(None, m[1], m[2]), None)),
    (rf"第?({_Q})(?:个?季度|{_QLISTED})", lambda m: (_quarter(None, _place(m[1])), None)),
    (r"(?<![A-Za-z\d])[Qq]([1-4])(?![A-Za-z\d])", lambda m: (_quarter(None, int(m[1])), None)),
    (r"([上下前后後])半年", lambda m: (_half(None, 1 + (m[1] not in "上前")), None)),
    (r"全年(?!任务|目标|计划|工作)", lambda m: (_YEAR_PART, "year")),
    (rf"(\d{{1,2}}){_LISTED}", lambda m: (_month(None, m[1]), None)),
    (r"(\d{1,2})月份?(?![\d龄大经嫂])", lambda m: (_month(None, m[1]), None)),
)  # fmt: skip
# A number that may begin a mention is not the end of another number, of a day or a count.
_FREE = rf"(?<![\d{OTHER_DIGIT}第个])(?<!\d[\s.\-/])"
_FIRST = tuple(
    (re.compile((_FREE if bare else "") + pattern, re.ASCII), build)
    for bare, patterns in enumerate((_BY_YEAR, _BARE))
    for pattern, build in patterns
)
_THEN = tuple((re.compile(pattern, re.ASCII), build) for pattern, build in (
    *_BY_YEAR, *_BARE[1:],
    (rf"第?({_Q})季", lambda m: (_quarter(None, _place(m[1])), None)),
    (_COMPACT_DAY, lambda m: (_month(*m.groups()), None)),
    (rf"{_YEAR}(0[1-9]|1[0-2])(?!\d)", lambda m: (_month(m[1], m[2]), None)),
))  # fmt: skip
_LAST_DATE = re.compile(r"(\d{1,2})[-./月](\d{1,2})(?!\d|月)[日号]?", re.ASCII)
_LAST_DAY = re.compile(r"(\d{1,2})[日号]", re.ASCII)
_LAST_MONTH = re.compile(rf"(\d{{1,2}})(?![\d{OTHER_DIGIT}A-Za-z月日号个.])", re.ASCII)
_BETWEEN = re.compile(rf"{_SEP}{_NEXT}", re.ASCII)

# --- what a mention is for ------------------------------------------------------------------------
_MADE = (
    "修订|修正|订正|修改|更新|印发|印制|制表|制定|编制|编印|打印|导出|报出|報出|报送|上报|填报|填表|"
    "审核|签发|发布|公布|提交|收到"
)
_COMPARED_BEFORE = re.compile(
    r"(?:(?:对比|對比|对照|對照|参照|參照|[Vv][Ss]\.?|相比|比较|比較|同比|环比|環比"
    r"|(?<!性[别別])(?<!占)(?<!分)比|较|較)(?:[去上]年|上月|同期|同月)*[期月数值于是为]?"
    r"|同期数?|同月数?|基期|上期)[\s:(\[]*$"
)
_ASIDE_BEFORE = re.compile(rf"(?:{_MADE})(?:(?:日期|时间|時間|年月)[:(]?|[:于於])$|有效期.{{0,3}}$")
# The statistical year that months are of; one month behind it is the report's.
_YEARS_BEFORE = re.compile("统计年度[:为是]?$")
_BEFORE_ONE = re.compile(r"(?:[去上]年|上月)[:(]?$")
_ASIDE_AFTER = re.compile(
    r"重?新?(?:修订|修正|订正|修改|印发|印制|制表|制定|制发|编制|编印|打印|导出|报出|報出|版|稿|"
    r"制(?!度)|(?:起|开始)(?:执行|施行|启用|使用|实行|试行))"
)
_WEAK_AFTER = re.compile(
    r"的?(?:更正|重报|补报|上报|报送|填报|提交|审核|更新|"
    r"发布|公布|收到|汇总)"
)
_COMPARED_AFTER = re.compile("的?(?:同期|同比|相比|对比|對比|对照|對照|比较|比較|作?为?基[数期])")
_WITH = re.compile("[与與和同跟及]")
_COMPARED = re.compile(r"[^\d]{0,6}?(?:相比|对比|對比|比较|比較|比)")
_OPEN_AFTER = re.compile("以来|至今|以前|之前|以后|之后|起")
_PART_AFTER = re.compile("上旬|中旬|下旬|[上下]半月|第?[一二三四五六1-6]周")


def mentions(text: str) -> Iterator[Mention]:
    """Yield the periods that a text made plain names, in order; single days are none."""
    place = 0
    while token := _first(text, place):
        group, place = _group(text, token)
        mention = _mention(text, group)
        if mention is not None:
            yield mention


def _first(text: str, place: int) -> _Token | None:
    """Return the next token; of those that begin at one place the first kind."""
    found: _Token | None = None
    for pattern, build in _FIRST:
        match = pattern.search(text, place)
        if match and (found is None or match.start() < found.start) and (made := build(match)):
            found = _token(match, *made)
    return found


def _token(match: re.Match[str], part: Part, fault: Fault | None = None) -> _Token:
    worded = not match[0][-1:].isdigit()
    return _Token(match.start(), match.end(), part, fault, worded)


def _group(text: str, token: _Token) -> tuple[list[_Token], int]:
    """Return a token with those that are joined to it, and where to look on."""
    group = [token]
    while between := _BETWEEN.match(text, group[-1].end):
        following = _then(text, between.end(), group[-1])
        if following is None:
            break
        compared = _WITH.search(between[0]) and _COMPARED.match(text, following.end)
        if compared and _is_earlier(following.part, group[-1].part):
            return group, following.end
        group.append(following)
    return group, group[-1].end


def _then(text: str, place: int, before: _Token) -> _Token | None:
    for pattern, build in _THEN:
        match = pattern.match(text, place)
        if match and (made := build(match)):
            return _token(match, *made)
    if before.part.day and (match := _LAST_DATE.match(text, place)):
        return _token(match, _month(None, match[1], match[2]))
    if before.part.day and (match := _LAST_DAY.match(text, place)):
        return _token(match, replace(before.part, year=None, day=int(match[1])))
    last = None if before.worded else _LAST_MONTH.match(text, place)
    if last and before.part.last < int(last[1]) <= 12:
        return _token(last, _month(None, last[1]))
    return None


def _is_earlier(part: Part, than: Part) -> bool:
    year = part.year if part.year is not None else than.year
    return (year or 0, part.first) < (than.year or year or 0, than.first)


def _mention(text: str, group: list[_Token]) -> Mention | None:
    """Return a group as a mention with what it is for; None for a single day."""
    parts = tuple(token.part for token in group)
    if all(part.day for part in parts) and len(parts) == 1:
        return None
    start, end = group[0].start, group[-1].end
    before, after = text[:start], text[end:]
    compared = bool(_COMPARED_BEFORE.search(before))
    aside = compared or bool(_ASIDE_BEFORE.search(before)) or bool(_ASIDE_AFTER.match(after))
    aside |= len(parts) == 1 and bool(_BEFORE_ONE.search(before))
    aside |= not _is_month(parts) and bool(_YEARS_BEFORE.search(before))
    weak = bool(_COMPARED_AFTER.match(after)) or bool(_WEAK_AFTER.match(after))
    compared |= bool(_COMPARED_AFTER.match(after))
    fault = next((token.fault for token in group if token.fault), None)
    if all(part.day for part in parts) and not _full_months(parts):
        fault, aside = "part", aside or weak
    if fault is None and _OPEN_AFTER.match(after):
        fault = "open"
    if fault is None and _PART_AFTER.match(after):
        fault = "part"
    return Mention(text[start:end], start, end, parts, fault, aside, weak, compared)


def _is_month(parts: tuple[Part, ...]) -> bool:
    return len(parts) == 1 and parts[0].kind == "month"


def _full_months(parts: tuple[Part, ...]) -> bool:
    """Return whether days span whole months, or more than one month."""
    first, last = parts[0], parts[-1]
    if (first.year, first.first) != (last.year or first.year, last.first):
        return True
    try:
        return first.day == 1 and last.day == monthrange(first.year or 2000, last.first)[1]
    except ValueError:
        return False
