"""Tidy: from a grid and its layout to one month's rows, each with its area and source row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shortplank.catalogue.models import Form, FormMonth, Level
from shortplank.ingest.areas import NONE, Names, Places, Register
from shortplank.ingest.grid import Grid
from shortplank.ingest.header import Layout
from shortplank.ingest.signed import NOTE_ROWS, is_signed
from shortplank.ingest.text import (
    BLANK,
    OK,
    day_in,
    header_key,
    impossible_month,
    months_in,
    name_key,
    parse_count,
    parse_day,
    parse_decimal,
    parse_month,
)

Counts = NDArray[np.int64]
Numbers = NDArray[np.int64] | NDArray[np.float64]
States = NDArray[np.int8]
# The row that adds up the others: 合计, 全县合计, 湖渡镇合计, total.
_TOTAL = re.compile(r".{0,12}(合计|总计|小计|共计|累计|合計|總計|小計)|total|grandtotal|sum")
_TOTAL_BEGINS = frozenset("tTgGsS")
_REPORTED_ON = re.compile("报出日期|報出日期|上报日期|填报日期")


@dataclass(frozen=True)
class Cells:
    """A column of counts: the value and the state (see `parse_count`) of every row."""

    values: Numbers
    states: States


@dataclass(frozen=True)
class SaidMonth:
    """A month as something says it, None where it is no month; ``row`` where it stands in a row."""

    where: str
    month: date | None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Report:
    """One sheet's rows under a form. ``rows`` are the grid's rows, counted from 0, of each line.

    ``area`` and ``town`` are places in the register (`NONE` where unknown), ``said_town`` what the
    row itself says; ``columns`` are the counts by the grid's columns; ``totals`` the total rows'.
    """

    grid: Grid
    layout: Layout
    form: Form
    level: Level
    month: date | None
    said_months: tuple[SaidMonth, ...]
    received: date | None
    rows: NDArray[np.int64]
    area: Places
    town: Places
    said_town: Places
    columns: dict[int, Cells]
    totals: dict[int, dict[int, tuple[int, int]]]
    silent: Places
    """Areas whose row is there and all blank: they did not report."""
    keys: dict[str, list[str | date | None]]
    """Each line's key columns; None where a cell holds no value that the form knows."""

    def measure(self, name: str) -> Counts:
        """Return a measure's counts, its parts added."""
        parts = [self.columns[c].values for c in self.layout.measures[name]]
        return np.sum(parts, axis=0, dtype=np.int64)

    @property
    def blank_is_unknown(self) -> bool:
        """Return whether a blank is nothing published or inspected, and not a count of zero."""
        return self.form.figures is not None or "*" in self.form.optional

    def is_left_out(self, name: str) -> bool:
        """Return whether a measure that a file may leave out has a column without any count."""
        return name in self.form.optional and bool(self.blank(name).all())

    def blank(self, name: str) -> NDArray[np.bool_]:
        """Return the lines where a measure's cells are all blank."""
        states = [self.columns[c].states == BLANK for c in self.layout.measures[name]]
        return np.all(states, axis=0)

    def lines(self, kept: NDArray[np.int64], month: date | None) -> Report:
        """Return some of the lines as a month's report of their own."""
        first = int(self.rows[kept[0]])
        column = self.layout.month
        return replace(
            self,
            month=month,
            said_months=(SaidMonth(f"第 {first + 1} 行", month, first, column),),
            rows=self.rows[kept],
            area=self.area[kept],
            town=self.town[kept],
            said_town=self.said_town[kept],
            columns={c: Cells(v.values[kept], v.states[kept]) for c, v in self.columns.items()},
            keys={name: [values[i] for i in kept] for name, values in self.keys.items()},
            totals={},
        )


def tidy(
    grid: Grid, layout: Layout, form: Form, level: Level, register: Register, asked: date | None
) -> list[Report]:
    """Return the grid's rows as reports, one a month; what is wrong is for `check` to say."""
    whole = _tidy(grid, layout, form, level, register, asked)
    months = _line_months(whole)
    if months is None or not len(whole.rows):
        return [whole]
    order = sorted(set(months), key=lambda month: month or date.min)
    split = [np.flatnonzero([one == month for one in months]) for month in order]
    reports = [whole.lines(kept, month) for kept, month in zip(split, order, strict=True)]
    return [replace(reports[0], totals=whole.totals)] if len(reports) == 1 else reports


def _tidy(
    grid: Grid, layout: Layout, form: Form, level: Level, register: Register, asked: date | None
) -> Report:
    start = layout.last + 1
    cells = {column: _cells(grid, layout, column, start) for column in layout.count_columns}
    month = _only_month(_said_months(grid, layout, form, asked, None))
    said_town = _towns(grid, layout, register, month, start)
    area = _areas(grid, layout, level, register, month, said_town)
    town = np.where(area == NONE, said_town, register.township[area]).astype(np.int32)
    states = np.stack([c.states for c in cells.values()])
    total = _total_rows(grid, layout, start)
    note = (area == NONE) & (~(states == OK).any(axis=0) | _signed(grid, start))
    empty = (states == BLANK).all(axis=0)
    empty &= ~_faulty_rows(grid, layout, start)
    note &= ~_faulty_rows(grid, layout, start)
    kept = np.flatnonzero(~total & ~note & ~empty)
    said = _said_months(grid, layout, form, asked, kept)
    return Report(
        grid=grid,
        layout=layout,
        form=form,
        level=level,
        month=_only_month(said),
        said_months=said,
        received=_received(grid, layout),
        rows=kept + start,
        area=area[kept],
        town=town[kept],
        said_town=said_town[kept],
        columns={c: Cells(v.values[kept], v.states[kept]) for c, v in cells.items()},
        totals={
            int(row) + start: {
                column: (int(v.values[row]), int(v.states[row])) for column, v in cells.items()
            }
            for row in np.flatnonzero(total)
        },
        silent=area[empty & ~total & (area != NONE)],
        keys={name: _keys(grid, layout, form, name, kept + start) for name in form.keys},
    )


def _cells(grid: Grid, layout: Layout, column: int, start: int) -> Cells:
    """Return a column's counts, or the published rates of a bulletin's."""
    rates = {c for name, cs in layout.measures.items() if is_rate(name) for c in cs}
    return _rates(grid, column, start) if column in rates else _counts(grid, column, start)


def is_rate(measure: str) -> bool:
    """Return whether a bulletin's column holds a published rate and no count."""
    return measure == "value" or measure.endswith(".value")


def _rates(grid: Grid, column: int, start: int) -> Cells:
    parsed = np.array([parse_decimal(text) for text in grid.texts[column]], dtype=np.float64)
    rows = parsed.reshape(-1, 2)[grid.places(column, start)]
    return Cells(rows[:, 0], rows[:, 1].astype(np.int8))


def _faulty_rows(grid: Grid, layout: Layout, start: int) -> NDArray[np.bool_]:
    """Return the rows with a cell of the form that is not what it seems."""
    faulty = np.zeros(grid.rows - start, dtype=bool)
    own = {*layout.count_columns, layout.name, layout.code}
    for (row, column), fault in grid.faults.items():
        if start <= row < grid.rows and column in own and fault != "formula":
            faulty[row - start] = True
    return faulty


def _signed(grid: Grid, start: int) -> NDArray[np.bool_]:
    """Return the rows that are signed or dated; they stand below the table."""
    signed = np.zeros(grid.rows - start, dtype=bool)
    first = max(start, grid.rows - NOTE_ROWS)
    for row, cells in enumerate(grid.slice(first, NOTE_ROWS), start=first):
        signed[row - start] = any(is_signed(cell) for cell in cells)
    return signed


# --- keys -----------------------------------------------------------------------------------------
def _keys(
    grid: Grid, layout: Layout, form: Form, name: str, rows: NDArray[np.int64]
) -> list[str | date | None]:
    """Return a key column's values: a day, one of the form's words, or the text itself."""
    key, column = form.keys[name], layout.keys.get(name)
    if column is None:
        titles = " ".join(cell for row in grid.head[: layout.first] for cell in row)
        said = day_in(titles) if name.endswith("date") else None
        return [said or key.default] * len(rows)
    known = {header_key(w): value for value, words in key.values.items() for w in (value, *words)}
    read = [
        _key(text, known, name) or (None if text.strip() else key.default)
        for text in grid.texts[column]
    ]
    return [read[place] for place in grid.places(column)[rows]]


def _key(text: str, known: dict[str, str], name: str) -> str | date | None:
    if name.endswith("date"):
        return parse_day(text)
    return known.get(header_key(text)) if known else text.strip()[:60]


def _line_months(report: Report) -> list[date | None] | None:
    """Return each line's own month where the form allows several; None where it does not."""
    month, column = report.form.month, report.layout.month
    if month is None or not len(report.rows):
        return None
    if column is not None and month.many:
        texts = [parse_month(text, month.calendar) for text in report.grid.texts[column]]
        return [texts[place] for place in report.grid.places(column)[report.rows]]
    if month.key and month.key in report.layout.keys:
        days = report.keys[month.key]
        return [day.replace(day=1) if isinstance(day, date) else None for day in days]
    return None


def _counts(grid: Grid, column: int, start: int) -> Cells:
    """Return a column's counts; every distinct text is read once."""
    parsed = np.array([parse_count(text) for text in grid.texts[column]], dtype=np.int64)
    rows = parsed.reshape(-1, 2)[grid.places(column, start)]
    return Cells(rows[:, 0], rows[:, 1].astype(np.int8))


# --- months ---------------------------------------------------------------------------------------
def _only_month(said: Sequence[SaidMonth]) -> date | None:
    """Return the month that all who say one agree on."""
    known = {one.month for one in said if one.month}
    return known.pop() if len(known) == 1 else None


def _said_months(
    grid: Grid,
    layout: Layout,
    form: Form,
    asked: date | None,
    kept: NDArray[np.int64] | None,
) -> tuple[SaidMonth, ...]:
    """Return what the rows (the kept ones), the titles, the file's name and the command say."""
    said = []
    if layout.month is not None and form.month is not None:
        said += _row_months(grid, layout, form.month, kept)
    said += _title_months(grid, layout)
    name = grid.file.rsplit("/", 1)[-1]
    if months := months_in(name):
        said.append(SaidMonth("文件名", months[-1]))
    return (*said, SaidMonth("--month ", asked)) if asked else tuple(said)


def _title_months(grid: Grid, layout: Layout) -> list[SaidMonth]:
    """Return the month above the header, and whatever stands there in place of one.

    Of "2009-10 至 2010-06" the last is reported.
    """
    found: list[SaidMonth] = []
    for row, cells in enumerate(grid.head[: layout.first]):
        dated = False  # "报出日期" in the cell before
        for column, cell in enumerate(cells):
            if wrong := impossible_month(cell):
                found.append(SaidMonth(f"“{wrong[:20]}”", None, row, column))
            whole = parse_month(cell, "iso") if name_key(cell).endswith("-01") else None
            months = [whole] if whole and not dated else months_in(cell)
            found += (
                [SaidMonth(f"{grid.cell(row, column)} ", months[-1], row, column)] if months else []
            )
            dated = bool(_REPORTED_ON.search(name_key(cell))) or (dated and not cell)
    return found


def _row_months(
    grid: Grid, layout: Layout, form: FormMonth, kept: NDArray[np.int64] | None
) -> list[SaidMonth]:
    """Return the distinct months of the column, each with the first row that says it."""
    assert layout.month is not None
    start, texts = layout.last + 1, grid.texts[layout.month]
    places = grid.places(layout.month, start)
    rows = np.arange(len(places)) if kept is None else kept
    distinct, first = np.unique(places[rows], return_index=True)
    return [
        SaidMonth(
            f"“{texts[p].strip()[:20]}”",
            parse_month(texts[p], form.calendar),
            int(rows[i]) + start,
            layout.month,
        )
        for i, p in sorted(zip(first.tolist(), distinct.tolist(), strict=True))
        if name_key(texts[p])
    ]


def _received(grid: Grid, layout: Layout) -> date | None:
    """Return the day on which the sheet says that it was reported."""
    foot = grid.slice(max(layout.last + 1, grid.rows - NOTE_ROWS), NOTE_ROWS)
    for row in [*foot, *grid.head[: layout.first]]:
        for place, cell in enumerate(row):
            if _REPORTED_ON.search(name_key(cell)):
                return day_in(" ".join(row[place : place + 3]))
    return None


# --- areas ----------------------------------------------------------------------------------------
def names_of(grid: Grid, column: int, start: int) -> Names:
    """Return a column's texts from a row on."""
    return Names(grid.texts[column], grid.places(column, start))


def labels(grid: Grid, layout: Layout, form: Form) -> pa.Table:
    """Return what each row calls its month, township, area and code; null where it does not."""
    start = layout.last + 1
    columns = {
        name: pa.nulls(grid.rows - start, pa.string())
        if column is None
        else grid.columns[column].slice(start)
        for name, column in (
            ("parent", layout.parent),
            ("name", layout.name),
            ("code", layout.code),
        )
    }
    months = pa.nulls(grid.rows - start, pa.date32())
    if layout.month is not None and form.month is not None:
        calendar = form.month.calendar
        read = [parse_month(text, calendar) for text in grid.texts[layout.month]]
        months = pa.array(read, pa.date32()).take(pa.array(grid.places(layout.month, start)))
    return pa.table({"month": months, **columns})


def _areas(
    grid: Grid, layout: Layout, level: Level, register: Register, month: date | None, town: Places
) -> Places:
    """Return each row's area: by its code, else by its name within the township."""
    start = layout.last + 1
    area = np.full(len(town), NONE, dtype=np.int32)
    if layout.code is not None:
        area = register.by_codes(names_of(grid, layout.code, start))
    if layout.name is None or (area != NONE).all():
        return area
    names = names_of(grid, layout.name, start)
    if level == "village" and (town != NONE).any():
        named = register.by_names(names, town, month)
        if layout.keys:  # an inspection may be of a township
            above = register.by_unique_names(names, "township", month)
            named = np.where(named == NONE, above, named)
    else:
        named = register.by_unique_names(names, level, month)
    return np.where((area == NONE) & _uncoded(grid, layout, start), named, area)


def _uncoded(grid: Grid, layout: Layout, start: int) -> NDArray[np.bool_]:
    """Return the rows without a code: a code that the register does not know is not overruled."""
    if layout.code is None:
        return np.ones(grid.rows - start, dtype=bool)
    blank = np.array([not name_key(text) for text in grid.texts[layout.code]], dtype=bool)
    return blank[grid.places(layout.code, start)]


def _towns(
    grid: Grid, layout: Layout, register: Register, month: date | None, start: int
) -> Places:
    """Return each row's township by its column, else by the title or the file's name."""
    if layout.parent is not None:
        return register.townships(names_of(grid, layout.parent, start), month)
    above = " ".join(cell for row in grid.head[: layout.first] for cell in row)
    found = register.township_in(above)
    if found == NONE:
        found = register.township_in(grid.file.rsplit("/", 1)[-1])
    return np.full(grid.rows - start, found, dtype=np.int32)


def _total_rows(grid: Grid, layout: Layout, start: int) -> NDArray[np.bool_]:
    """Return the rows whose name says that they add up the others."""
    total = np.zeros(grid.rows - start, dtype=bool)
    for column in (layout.name, layout.parent, layout.code):
        if column is not None:
            is_total = [_is_total(text) for text in grid.texts[column]]
            total |= np.array(is_total, dtype=bool)[grid.places(column, start)]
    return total


def _is_total(text: str) -> bool:
    maybe = len(text) < 30 and ("计" in text or "計" in text or text.strip()[:1] in _TOTAL_BEGINS)
    return maybe and bool(_TOTAL.fullmatch(name_key(text).casefold()))
