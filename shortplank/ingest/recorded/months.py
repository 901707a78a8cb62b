"""The month of each line, from where the form records it, written 2024-01."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue.models import Form
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid
from shortplank.ingest.periods import period_in
from shortplank.ingest.recorded.matching import Match
from shortplank.ingest.recorded.spelled import Calendar, Spelled, month_in, spelled, spelled_in

PLACES = {
    "column": "月份列",
    "across": "表头",
    "title": "表题",
    "sheet": "工作表名",
    "file": "文件名",
}


def months_of(
    grid: Grid,
    match: Match,
    form: Form,
    kept: NDArray[np.int64],
    findings: Findings,
    said: str | None = None,
) -> NDArray[np.object_] | None:
    """Return the month of every row below the header, None after saying that one cannot be read.

    ``said`` is the month of a column, where months stand side by side.
    """
    assert form.reading is not None
    start, reading = match.last + 1, form.reading
    if reading.month == "across" and said is None:
        return np.full(grid.rows - start, "", dtype=object)
    calendar: Calendar = form.month.calendar if form.month else "iso"
    reader = _Months(grid, match, calendar, reading.day_first)
    if reading.month in ("column", "across"):
        own = (
            reader.column("month")
            if said is None
            else [spelled(said, calendar, day_first=reading.day_first)]
        )
        places = None
        if said is None:
            places = grid.places(match.columns("month")[0], start).astype(np.int64)
    else:
        own, places = [reader.elsewhere(reading.month)], None
    years, at = _years(reader, reading.year, match, grid)
    if places is None:
        places = np.zeros(grid.rows - start, dtype=np.int64)
    if at is None:
        at = np.zeros(grid.rows - start, dtype=np.int64)
    pairs = {(int(p), int(a)) for p, a in zip(places[kept - start], at[kept - start], strict=True)}
    texts = {pair: _written(own[pair[0]], years[pair[1]], reading.year) for pair in pairs}
    if bad := [pair for pair, text in texts.items() if text is None]:
        _say(grid, match, form, findings, int(_first(places, at, bad[0], kept, start)))
        return None
    found = np.full(grid.rows - start, "", dtype=object)
    for row in (kept - start).tolist():
        found[row] = texts[int(places[row]), int(at[row])]
    return found


def _first(
    places: NDArray[np.int64],
    at: NDArray[np.int64],
    pair: tuple[int, int],
    kept: NDArray[np.int64],
    start: int,
) -> int:
    own = (places[kept - start] == pair[0]) & (at[kept - start] == pair[1])
    return int(kept[np.flatnonzero(own)[0]])


def _years(
    reader: _Months, where: str, match: Match, grid: Grid
) -> tuple[Sequence[int | None], NDArray[np.int64] | None]:
    if where == "month":
        return [None], None
    if where == "column":
        column = match.columns("year")[0]
        own = [one.year if one else None for one in reader.column("year")]
        return own, grid.places(column, match.last + 1).astype(np.int64)
    one = reader.elsewhere(where)
    return [one.year if one else None], None


def _written(one: Spelled | None, year: int | None, where: str) -> str | None:
    """Return a month as 2024-01, of a quarter its last one; None where it is none."""
    if one is None:
        return None
    if where != "month":
        one = Spelled(year, one.month, one.quarter)
    first: date | None = one.first
    return None if first is None else f"{first:%Y-%m}"


def _say(grid: Grid, match: Match, form: Form, findings: Findings, row: int) -> None:
    assert form.reading is not None
    where = form.reading.month
    column = match.column("month") if where == "column" else None
    cell = None if column is None else grid.cell(row, column)
    text = "" if column is None else grid.columns[column][row].as_py().strip()[:20]
    shown = f"“{text}”" if text else ""
    message = (
        f"{PLACES[where]}里读不出月份{shown}；表单“{form.label}”登记月份在那里，请写明后再报。"
    )
    findings.add(grid.file, grid.sheet, cell, "error", "no_month", message)


class _Months:
    """What the parts of a sheet say of time."""

    def __init__(self, grid: Grid, match: Match, calendar: Calendar, day_first: bool) -> None:
        self.grid, self.match = grid, match
        self.calendar, self.day_first = calendar, day_first

    def column(self, kind: str) -> list[Spelled | None]:
        """Return what each distinct text of a column says."""
        texts = self.grid.texts[self.match.columns(kind)[0]]
        if kind == "year":
            return [year_of(text, self.calendar) for text in texts]
        return [self._month(text) for text in texts]

    def _month(self, text: str) -> Spelled | None:
        """Return a cell's month; years of four digits are of the common era whatever else is."""
        said = spelled(text, self.calendar, day_first=self.day_first)
        if said is None and self.calendar != "iso" and (other := spelled(text)) and other.first:
            return other
        return said

    def elsewhere(self, where: str) -> Spelled | None:
        """Return what the title, the sheet's name or the file's name says."""
        return said_in(texts_at(self.grid, where, self.match.first), self.calendar)


def year_of(text: str, calendar: Calendar) -> Spelled | None:
    """Return the year that a cell holds, by the calendar: 2024, 113年, 令和6年.

    >>> year_of("113", "roc").year, year_of("2024년", "iso").year, year_of("R6", "era").year
    (2024, 2024, 2024)
    """
    key = re.sub(r"[\s年년度]", "", text.strip()).removesuffix(".0")
    if calendar == "iso":
        one = spelled(key)
        return one if one and one.year and one.month is None else None
    return spelled(f"{key}年1月", calendar)


def texts_at(grid: Grid, where: str, first: int) -> list[str]:
    """Return the texts of a place: the cells above the header, the sheet's name or the file's."""
    if where == "title":
        return [cell for row in grid.head[:first] for cell in row if cell.strip()]
    if where == "sheet":
        return [grid.sheet or ""]
    return [re.sub(r"\.[A-Za-z]\w{1,6}$", "", re.split(r"[/\\]", grid.file)[-1])]


def said_in(texts: Sequence[str], calendar: Calendar) -> Spelled | None:
    """Return the one month that some texts name, else the one quarter or year; None where several.

    >>> said_in(["门急诊月报", "2024年3月"], "iso").first
    datetime.date(2024, 3, 1)
    """
    found: dict[tuple[int | None, int | None, int | None], Spelled] = {}
    for text in dict.fromkeys(texts):
        own = period_in(text) if calendar == "iso" else None
        if own is not None and own.kind == "period" and own.month is not None:
            said = [Spelled(own.month.year, own.month.month)]
        else:
            said = list(spelled_in(text, calendar))
        if not said and (month := month_in(text)):
            said = [Spelled(None, month)]
        found |= {(one.year, one.month, one.quarter): one for one in said}
    whole = [one for one in found.values() if one.first] or list(found.values())
    if len(whole) == 2:  # a month in one cell, its year in another
        parts = sorted(whole, key=lambda one: one.year is None)
        if parts[0].year and not parts[0].month and parts[1].month and not parts[1].year:
            return Spelled(parts[0].year, parts[1].month)
    return whole[0] if len(whole) == 1 else None
