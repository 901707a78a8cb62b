"""Where a table says its months: a column, two, columns side by side, the title or a name."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shortplank.ingest.days import parse_day
from shortplank.ingest.drafting import clues
from shortplank.ingest.drafting.tables import Column, Table
from shortplank.ingest.grid import Unreadable
from shortplank.ingest.recorded.matching import time_and_rest
from shortplank.ingest.recorded.months import said_in, texts_at, year_of
from shortplank.ingest.recorded.spelled import CALENDARS, Calendar, Spelled, spelled

ENOUGH = 0.95
_MONTHS_OF = ("title", "sheet", "file")


@dataclass(frozen=True)
class Times:
    """Where month and year stand, under which calendar; ``columns`` are those that say them."""

    month: str
    year: str
    calendar: Calendar
    columns: dict[int, str]
    why: str
    across: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Columns of one month each: the month's text, and the rest of the header."""
    day_first: bool = True
    quarters: bool = False
    others: tuple[str, ...] = ()
    """What else could be the month's place, in words."""


Way = Callable[[Table, Mapping[int, str], str | None], Times | None]


def find_times(table: Table, chosen: Mapping[int, str], place: str | None) -> Times:
    """Return where the months stand; `Unreadable` where they stand nowhere."""
    ways: tuple[Way, ...] = (_in_column, _in_two, _across, _elsewhere)
    if place in _MONTHS_OF:
        ways = (_elsewhere,)
    elif place == "across":
        ways = (_across,)
    found = [times for way in ways if (times := way(table, chosen, place))]
    if not found:
        raise Unreadable("no_month", _nowhere(table))
    others = tuple(f"{_CALLED[each.month]}（{each.why}）" for each in found[1:])
    return Times(**{**found[0].__dict__, "others": others})


_CALLED = {
    "column": "月份列",
    "across": "表头各列",
    "title": "表题",
    "sheet": "工作表名",
    "file": "文件名",
}


def _nowhere(table: Table) -> str:
    said = [s for w in _MONTHS_OF for s in [_said(table, w, "iso")] if s]
    if any(map(_is_years, table.columns)) or any(s.year for s in said):
        return "只找到年份，找不到月份：这里按月（或按季）收数，请用按月的表。"
    return "找不到月份：列里、表题、工作表名和文件名都没有写明，请写上（如 2024-01）后再认。"


def _is_years(column: Column) -> bool:
    said = [spelled(text) for text in column.texts]
    headed = clues.YEAR.search(column.path) or clues.MONTH.search(column.path)
    return bool(said and headed) and all(s and s.year and not s.month for s in said)


def _in_column(table: Table, chosen: Mapping[int, str], place: str | None) -> Times | None:
    """Return the month in one column: headed so, and each of its cells a month."""
    best: tuple[float, Column, Calendar] | None = None
    for column in table.columns:
        kind = chosen.get(column.index)
        if kind not in (None, "month") or (clues.OTHER_DAY.search(column.path) and not kind):
            continue
        for calendar in CALENDARS:
            share = column.share_of_time(calendar)
            headed = bool(clues.MONTH.search(column.path)) or kind == "month"
            if share < ENOUGH or not (headed or _only_months(column, calendar)):
                continue
            rank = share + headed + 2 * (kind == "month") + 0.1 * bool(column.words)
            if best is None or rank > best[0]:
                best = (rank, column, calendar)
    if best is None:
        return None
    _, column, calendar = best
    day_first = _day_first(column)
    if _is_daily(column, day_first=day_first):
        raise Unreadable(
            "daily", f"{column.letter} 列是逐日的日期，像是逐日或逐人的记录，这里只收按月的汇总数。"
        )
    said = [spelled(t, calendar, day_first=day_first) for t in column.texts]
    quarters = any(one and one.quarter for one in said)
    why = f"{column.letter} 列“{column.path}”，如“{column.texts[0].strip()[:20]}”"
    return Times(
        "column", "month", calendar, {column.index: "month"}, why,
        day_first=day_first, quarters=quarters,
    )  # fmt: skip


def _only_months(column: Column, calendar: Calendar) -> bool:
    """Return whether a column without a word for it can be nothing but months."""
    if column.is_numeric and calendar != "iso":
        return False
    said = [spelled(t, calendar) for t in column.texts]
    years = [one.year for one in said if one and one.year]
    if column.is_numeric and any(len(t.strip()) not in (6, 8) for t in column.texts):
        return False
    return bool(years) and min(years) >= 1990 and max(years) <= 2060 and len(years) <= 400


def _day_first(column: Column) -> bool:
    """Return whether the day stands first in 01/02/2024: the part that is above 12, or the same."""
    days = [one.days for t in column.texts if (one := spelled(t)) and one.days]
    if not days:
        return True
    first, second = {a for a, _ in days}, {b for _, b in days}
    if max(first) > 12 or max(second) > 12:
        return max(first) > 12
    return not (second == {1} and first != {1})


def _is_daily(column: Column, *, day_first: bool) -> bool:
    """Return whether days within months stand in a column, and not always the same one."""
    days: set[int] = set()
    for text in column.texts:
        day = parse_day(text)
        said = spelled(text, day_first=day_first)
        if day is not None:
            days |= {day.day} - {1, monthrange(day.year, day.month)[1]}
        elif said and said.days and said.year and said.month:
            own = said.days[0] if day_first else said.days[1]
            days |= {own} - {1, monthrange(said.year, said.month)[1]}
    return len(days) > 1


def _in_two(table: Table, chosen: Mapping[int, str], place: str | None) -> Times | None:
    """Return the month in a column of its own, its year in another or above the table."""
    months = [
        c
        for c in table.columns
        if chosen.get(c.index, "month") == "month"
        and (clues.MONTH.search(c.path) or chosen.get(c.index) == "month")
        and c.texts
        and all((one := spelled(t)) and one.year is None and one.month for t in c.texts)
    ]
    if not months:
        return None
    month = months[0]
    for column in table.columns:
        if column.index == month.index or chosen.get(column.index, "year") != "year":
            continue
        if not (clues.YEAR.search(column.path) or chosen.get(column.index) == "year"):
            continue
        if (calendar := _years(column)) is not None:
            why = f"{column.letter} 列“{column.path}”与 {month.letter} 列“{month.path}”"
            columns = {column.index: "year", month.index: "month"}
            return Times("column", "column", calendar, columns, why)
    for where in _MONTHS_OF:
        for calendar in CALENDARS:
            if (said := _said(table, where, calendar)) and said.year:
                why = f"{month.letter} 列“{month.path}”，年份在{_CALLED[where]}"
                return Times("column", where, calendar, {month.index: "month"}, why)
    return None


def _years(column: Column) -> Calendar | None:
    for calendar in CALENDARS:
        years = [year_of(t, calendar) for t in column.texts]
        if years and all(one and one.year and 1980 <= one.year <= 2060 for one in years):
            return calendar
    return None


def _across(table: Table, chosen: Mapping[int, str], place: str | None) -> Times | None:
    """Return months side by side: columns whose headers differ by their month."""
    for calendar in CALENDARS:
        for with_year in (True, False):
            found = {
                c.index: said
                for c in table.columns
                if c.levels
                and chosen.get(c.index, "across") == "across"
                and c.is_numeric
                and (said := time_and_rest(c.levels, calendar, with_year=with_year))
                and (with_year or not c.path.strip().isdigit() or len(table.columns) >= 12)
            }
            if len({time for time, _ in found.values()}) < 2:
                continue
            day_first = _days_first([time for time, _ in found.values()])
            where = "month" if with_year else _year_place(table, calendar)
            columns: dict[int, str] = dict.fromkeys(found, "across")
            if where is None:
                year = next(
                    (c for c in table.columns if clues.YEAR.search(c.path) and _years(c)), None
                )
                if year is None:
                    continue
                where, columns[year.index] = "column", "year"
            first = table.columns[min(found)]
            why = f"{first.letter} 列起各列是不同的月份（“{first.path[:20]}”…）"
            return Times("across", where, calendar, columns, why, found, day_first)
    return None


def _days_first(times: list[str]) -> bool:
    """Return whether the day stands first in months side by side, which are then all different."""
    distinct = set(times)
    said = [spelled(time) for time in distinct]
    days = [one.first for one in said if one is not None and one.days]
    return len(set(days)) == len(days)


def _year_place(table: Table, calendar: Calendar) -> str | None:
    for where in _MONTHS_OF:
        if (said := _said(table, where, calendar)) and said.year:
            return where
    return None


def _elsewhere(table: Table, chosen: Mapping[int, str], place: str | None) -> Times | None:
    """Return the month above the table, in the sheet's name or in the file's."""
    for where in (place,) if place in _MONTHS_OF else _MONTHS_OF:
        for calendar in CALENDARS:
            said = _said(table, where, calendar)
            if said is None:
                continue
            texts = [t for t in texts_at(table.grid, where, table.head.first) if t.strip()]
            shown = next((t for t in texts if said_in([t], calendar)), "")[:30]
            if said.first:
                why = f"“{shown}”"
                quarters = said.quarter is not None
                return Times(where, "month", calendar, {}, why, quarters=quarters)
            if said.month:
                for other in _MONTHS_OF:
                    if (year := _said(table, other, calendar)) and year.year and other != where:
                        return Times(
                            where, other, calendar, {}, f"“{shown}”，年份在{_CALLED[other]}"
                        )
    return None


def _said(table: Table, where: str, calendar: Calendar) -> Spelled | None:
    return said_in(texts_at(table.grid, where, table.head.first), calendar)
