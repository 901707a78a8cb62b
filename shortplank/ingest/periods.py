"""What period is this: the one rule for titles, file names, month columns and ``--month``.

A report is of exactly one period of its form's cadence. A month that it is compared with, the day
or month of a revision or of the report's making, and the validity of a form are not its period;
whatever else a text names is either that one period or is said to be none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shortplank.catalogue.models import Dataset, Form
from shortplank.ingest.days import parse_day, plain
from shortplank.ingest.mentions import Mention, Part, mentions

Cadence = Literal["month", "quarter"]
Calendar = Literal["iso", "roc", "era"]
# What a text names where it does not name exactly one period; "bare" is a month without a year.
Kind = Literal[
    "period", "bare", "month", "quarter", "half", "year", "span", "part", "open", "cumulative",
    "several", "tenth", "none",
]  # fmt: skip
REPUBLIC = 1911  # year 1 of the Republic of China is 1912
# The year before the first one of each of Japan's eras.
ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925, "大正": 1911}


@dataclass(frozen=True)
class Period:
    """Whole months, first and last."""

    first: date
    last: date

    @property
    def months(self) -> int:
        """Return how many months it is long; less than one where it ends before it begins."""
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1

    def filed(self, cadence: Cadence, cumulative_from: int | None = None) -> date | None:
        """Return the month that it is filed under; None where it is not one period of the cadence.

        A quarter is filed under its last month, and that month alone stands for it. What is
        published cumulatively from month ``cumulative_from`` of the year on has its last month.

        >>> Period(date(2010, 4, 1), date(2010, 6, 1)).filed("quarter")
        datetime.date(2010, 6, 1)
        >>> Period(date(2010, 4, 1), date(2010, 6, 1)).filed("month") is None
        True
        """
        if cumulative_from == self.first.month and 1 <= self.months <= 12:
            return self.last
        if cadence == "month":
            return self.last if self.months == 1 else None
        return self.last if self.months in (1, 3) and self.last.month % 3 == 0 else None


@dataclass(frozen=True)
class Said:
    """What a text says of the period: the words, what they name, and the month if it is one."""

    text: str
    kind: Kind
    month: date | None = None
    number: int | None = None
    """The month's number where it stands without a year."""


@dataclass(frozen=True)
class Rule:
    """What a form takes: its cadence, and the month from which a bulletin's figures add up."""

    cadence: Cadence = "month"
    cumulative_from: int | None = None


MONTHLY = Rule()


def rule_of(form: Form, dataset: Dataset, first_month: int = 10) -> Rule:
    """Return the rule of a form; bulletins are cumulative from the statistical year's first month.

    What comes neither by month nor by quarter is filed by month.
    """
    quarterly = "quarter" in (form.expected, None if form.expected else dataset.cadence)
    return Rule("quarter" if quarterly else "month", first_month if form.figures else None)


# --- a whole cell ---------------------------------------------------------------------------------
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})", re.ASCII)
_ROC = re.compile(
    r"(?:中華)?(?:民國|民国)?(\d{2,3})(?:[-./年](\d{1,2})|(\d{2}))(?:月份?)?", re.ASCII
)
_ERA = re.compile(
    r"(令和|平成|昭和|大正|[rhs])\.?(\d{1,2}|元)[-./年](\d{1,2})(?:月分?)?",
    re.ASCII | re.IGNORECASE,
)
# A number keeps 2010.10 as 2010.1.
_TENTH = re.compile(r"\d{2,4}\.1", re.ASCII)


def period_of(text: str, rule: Rule = MONTHLY, calendar: Calendar = "iso") -> Said:
    """Return what a cell, which is to hold a period and nothing else, says.

    >>> period_of("10304", calendar="roc").month, period_of("2010-06-30 12:00:00").month
    (datetime.date(2014, 4, 1), datetime.date(2010, 6, 1))
    >>> period_of("2010.1").kind, period_of("2010年第二季度").kind
    ('tenth', 'quarter')
    """
    key, shown = plain(text), text.strip()
    if _TENTH.fullmatch(key):
        return Said(shown, "tenth")
    if calendar == "roc":
        match = _ROC.fullmatch(key)
        month = _month(int(match[1]) + REPUBLIC, int(match[2] or match[3])) if match else None
        return _judged(shown, month, month, rule)
    if calendar == "era" and (match := _ERA.fullmatch(key)):
        year = 1 if match[2] == "元" else int(match[2])
        month = _month(ERAS[match[1].casefold()] + year, int(match[3]))
        return _judged(shown, month, month, rule)
    if day := parse_day(key):
        return _judged(shown, day.replace(day=1), day.replace(day=1), rule)
    if match := _COMPACT.fullmatch(key):
        month = _month(int(match[1]), int(match[2]))
        return _judged(shown, month, month, rule)
    said = _in_plain(key, rule)
    if said is None or (said.kind in ("period", "bare") and said.text != key):
        return Said(shown, "none")
    return said


def _judged(text: str, first: date | None, last: date | None, rule: Rule) -> Said:
    """Return what a stretch of months says under a rule."""
    if first is None or last is None:
        return Said(text, "none")
    period = Period(first, last)
    month = period.filed(rule.cadence, rule.cumulative_from)
    if month is not None:
        return Said(text, "period", month)
    return Said(text, "month" if period.months == 1 else "span")


def _month(year: int, month: int) -> date | None:
    return date(year, month, 1) if 1900 <= year <= 2099 and 1 <= month <= 12 else None


# --- a title or a file's name ---------------------------------------------------------------------
def period_in(text: str, rule: Rule = MONTHLY) -> Said | None:
    """Return what a title or a file's name says of the period, None where it says nothing.

    >>> period_in("2010年6月村月报（对比2009年6月）").month
    datetime.date(2010, 6, 1)
    >>> period_in("（2010年7月修订）湖渡镇2010年6月村月报").month
    datetime.date(2010, 6, 1)
    >>> period_in("2009年10月至2010年6月（累计）")
    Said(text='2009年10月至2010年6月', kind='span', month=None, number=None)
    """
    return _in_plain(plain(text), rule)


_NOTE = re.compile(r"[(\[【]?(?:注|说明|說明|备注|備註|填表说明|填报说明|填报要求|要求)\d?[:：.、]")
_CUMULATIVE = re.compile(r"(?<![非不无無])(?<!不含)累[计計]")
_CUMULATIVE_ALONE = re.compile(r"(?:本年|全年|年度|年初|逐月|[(])累[计計]")
_MONTHLY_REPORT = re.compile(r"月报|月報|季报|季報|月份")


def _in_plain(text: str, rule: Rule) -> Said | None:
    if _NOTE.match(text):
        return None
    said = [_said(one, rule) for one in _kept(text)]
    said = _without_years(said, text, rule)
    cumulative = rule.cumulative_from is None and _CUMULATIVE.search(text)
    if wrong := next((one for one in said if one.kind not in ("period", "bare")), None):
        return wrong
    if cumulative and (said or _CUMULATIVE_ALONE.search(text)):
        return Said(" ".join(one.text for one in said) + cumulative[0], "cumulative")
    return _agreed(said)


def _kept(text: str) -> list[Mention]:
    """Return what a text may name as its period; a month is compared with earlier ones alone."""
    found = list(mentions(text))
    own = [one for one in found if not one.aside]
    kept = [one for one in own if not one.weak] or own
    return [
        one
        for one in found
        if one in kept or (one.compared and any(one.is_after(other) for other in kept))
    ]


def _without_years(said: Sequence[Said], text: str, rule: Rule) -> list[Said]:
    """Return what is said but for years that only tell whose months they are."""
    months = any(one.kind == "period" for one in said) or rule.cumulative_from is not None
    context = months or _MONTHLY_REPORT.search(text)
    return [one for one in said if not (one.kind == "year" and context and "全年" not in one.text)]


def _agreed(said: Sequence[Said]) -> Said | None:
    """Return the one period that all mentions name, or that they name several."""
    if not said:
        return None
    whole = [one for one in said if one.kind == "period"]
    numbers = {one.number or (one.month.month if one.month else None) for one in said}
    months = {one.month for one in whole}
    if len(months) > 1 or len(numbers) > 1:
        return Said("、".join(dict.fromkeys(one.text for one in said)), "several")
    return (whole or list(said))[0]


def _said(mention: Mention, rule: Rule) -> Said:
    """Return what one mention says under a rule."""
    if mention.fault is not None:
        return Said(mention.text, mention.fault)
    first, last = mention.parts[0], mention.parts[-1]
    if all(part.year is None for part in mention.parts):
        return _bare(mention, rule)
    stretch = _stretch(mention.parts)
    if stretch is None:
        return Said(mention.text, "none")
    judged = _judged(mention.text, *stretch, rule)
    if judged.kind in ("month", "span") and first is last and first.kind != "month":
        return Said(mention.text, first.kind)
    return judged


def _bare(mention: Mention, rule: Rule) -> Said:
    """Return what a mention without a year says: a month's number, or more than one period."""
    first, last = mention.parts[0], mention.parts[-1]
    stretch = _stretch([Part(one.kind, one.first, one.last, 2000) for one in mention.parts])
    if stretch is None:
        return Said(mention.text, "none")
    judged = _judged(mention.text, *stretch, rule)
    if judged.month is not None:
        return Said(mention.text, "bare", None, judged.month.month)
    if judged.kind == "month":
        return Said(mention.text, "bare", None, stretch[0].month)
    return Said(mention.text, first.kind if first is last else "span")


def _stretch(parts: Sequence[Part]) -> tuple[date, date] | None:
    """Return the first and last month of parts of which some inherit their neighbour's year."""
    year, found = _first_year(parts), list[date]()
    for part in parts:
        if part.year is not None:
            year = part.year
        elif found and part.first < found[-1].month:
            year = found[-1].year + 1  # from October to next June
        for number in (part.first, part.last):
            month = _month(year, number)
            if month is None:
                return None
            found.append(month)
    return (min(found), max(found)) if found == sorted(found) else (found[0], found[-1])


def _first_year(parts: Sequence[Part]) -> int:
    """Return the first part's year, by the first that has one: "10月至2010年6月" begins in 2009."""
    given = next(part for part in parts if part.year is not None)
    assert given.year is not None
    return given.year - (given.first < parts[0].first)
