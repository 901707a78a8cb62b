"""Tidy: from a grid and its layout to one month's rows, each with its area and source row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shortplank.catalogue.models import Form, FormMonth, Level
from shortplank.ingest.areas import NONE, Names, Places, Register
from shortplank.ingest.header import Layout
from shortplank.ingest.read import Grid
from shortplank.ingest.text import (
    BLANK,
    OK,
    day_in,
    months_in,
    name_key,
    parse_count,
    parse_month,
)

Counts = NDArray[np.int64]
States = NDArray[np.int8]
# The row that adds up the others.
TOTAL_NAMES = frozenset({"合计", "总计", "小计", "合計", "總計", "小計", "total"})
_TOTAL_BEGINS = frozenset("合总小總tT")
NOTE_ROWS = 12
_REPORTED_ON = re.compile("报出日期|報出日期|上报日期|填报日期")


@dataclass(frozen=True)
class Cells:
    """A column of counts: the value and the state (see `parse_count`) of every row."""

    values: Counts
    states: States


@dataclass(frozen=True)
class SaidMonth:
    """A month as something says it, None where it is no month; ``row`` where it stands in a row."""

    where: str
    month: date | None
    row: int | None = None


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

    def measure(self, name: str) -> Counts:
        """Return a measure's counts, its parts added."""
        return sum(
            (self.columns[c].values for c in self.layout.measures[name]),
            start=np.zeros(len(self.rows), dtype=np.int64),
        )


def tidy(
    grid: Grid, layout: Layout, form: Form, level: Level, register: Register, asked: date | None
) -> Report:
    """Return the grid's rows as a report; what is wrong with them is for `check` to say."""
    start = layout.last + 1
    cells = {column: _counts(grid, column, start) for column in layout.count_columns}
    month = _only_month(_said_months(grid, layout, form, asked, None))
    said_town = _towns(grid, layout, register, month, start)
    area = _areas(grid, layout, level, register, month, said_town)
    town = np.where(area == NONE, said_town, register.township[area]).astype(np.int32)
    states = np.stack([c.states for c in cells.values()])
    total = _total_rows(grid, layout, start)
    note = (area == NONE) & ~(states == OK).any(axis=0)
    empty = (states == BLANK).all(axis=0)
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
    )


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
    above = [cell for row in grid.head[: layout.first] for cell in row]
    name = grid.file.rsplit("/", 1)[-1]
    for where, texts in (("表题", above), ("文件名", [name])):
        if months := [month for text in texts for month in months_in(text)]:
            said.append(
                SaidMonth(where, months[-1])
            )  # of "2009-10 至 2010-06" the last is reported
    return (*said, SaidMonth("--month ", asked)) if asked else tuple(said)


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
            f"“{texts[p].strip()[:20]}”", parse_month(texts[p], form.calendar), int(rows[i]) + start
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
    bare = text.strip()
    return bare[:1] in _TOTAL_BEGINS and name_key(bare).casefold() in TOTAL_NAMES
