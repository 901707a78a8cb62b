"""Tidy: from a grid and its layout to one month's rows, each with its area and source row."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Form, Level
from shortplank.ingest.areas import NONE, Names, Places, Register
from shortplank.ingest.days import day_in, parse_day
from shortplank.ingest.grid import Grid
from shortplank.ingest.header import Layout
from shortplank.ingest.months import SaidMonth, in_row, only_month, received, said_months
from shortplank.ingest.numbers import (
    BLANK,
    NOT_A_NUMBER,
    OK,
    PERCENT,
    Grouping,
    parse_count,
    parse_rate,
)
from shortplank.ingest.periods import Rule, period_of, rule_of
from shortplank.ingest.signed import NOTE_ROWS, is_signed
from shortplank.ingest.text import header_key, name_key

Counts = NDArray[np.int64]
Numbers = NDArray[np.int64] | NDArray[np.float64]
States = NDArray[np.int8]
# The row that adds up the others: 合计, 全县合计, 湖渡镇合计, total.
_TOTAL = re.compile(r".{0,12}(合计|总计|小计|共计|累计|合計|總計|小計)|total|grandtotal|sum")
_TOTAL_BEGINS = frozenset("tTgGsS")


@dataclass(frozen=True)
class Cells:
    """A column of counts: the value and the state (see `parse_count`) of every row."""

    values: Numbers
    states: States


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

    def lines(self, kept: NDArray[np.int64], month: date | None, rule: Rule) -> Report:
        """Return some of the lines as a month's report of their own."""
        return replace(
            self,
            month=month,
            said_months=(self._said_by(int(self.rows[kept[0]]), month, rule),),
            rows=self.rows[kept],
            area=self.area[kept],
            town=self.town[kept],
            said_town=self.said_town[kept],
            columns={c: Cells(v.values[kept], v.states[kept]) for c, v in self.columns.items()},
            keys={name: [values[i] for i in kept] for name, values in self.keys.items()},
            totals={},
        )

    def _said_by(self, row: int, month: date | None, rule: Rule) -> SaidMonth:
        """Return what a line says of its month."""
        column, form = self.layout.month, self.form.month
        if month is None and column is not None and form is not None:
            return in_row(self.grid.columns[column][row].as_py(), form, rule, row, column)
        where = f"第 {row + 1} 行"
        return SaidMonth(where, month, row, column, "none" if month is None else "period")


def tidy(
    grid: Grid, layout: Layout, form: Form, ws: Workspace, register: Register, asked: date | None
) -> list[Report]:
    """Return the grid's rows as reports, one a month; what is wrong is for `check` to say."""
    settings = ws.settings
    rule = rule_of(form, ws.datasets[form.dataset], settings.statistical_year_first_month)
    whole = _tidy(grid, layout, form, ws, register, asked, rule)
    months = _line_months(whole, rule)
    if months is None or not len(whole.rows):
        return [whole]
    order = sorted(set(months), key=lambda month: month or date.min)
    split = [np.flatnonzero([one == month for one in months]) for month in order]
    reports = [whole.lines(kept, month, rule) for kept, month in zip(split, order, strict=True)]
    return [replace(reports[0], totals=whole.totals)] if len(reports) == 1 else reports


def _tidy(
    grid: Grid,
    layout: Layout,
    form: Form,
    ws: Workspace,
    register: Register,
    asked: date | None,
    rule: Rule,
) -> Report:
    start, level = layout.last + 1, ws.datasets[form.dataset].level
    cells = _cells(grid, layout, form, ws, start)
    month = only_month(said_months(grid, layout, form.month, rule, asked, None))
    said_town = _towns(grid, layout, register, month, start)
    area = _areas(grid, layout, level, register, month, said_town)
    town = np.where(area == NONE, said_town, register.township[area]).astype(np.int32)
    states = np.stack([c.states for c in cells.values()])
    total = _total_rows(grid, layout, start)
    counted = ((states == OK) | (states > NOT_A_NUMBER)).any(axis=0)
    note = (area == NONE) & (~counted | _signed(grid, start))
    empty = (states == BLANK).all(axis=0)
    empty &= ~_faulty_rows(grid, layout, start)
    note &= ~_faulty_rows(grid, layout, start)
    kept = np.flatnonzero(~total & ~note & ~empty)
    said = said_months(grid, layout, form.month, rule, asked, kept)
    return Report(
        grid=grid,
        layout=layout,
        form=form,
        level=level,
        month=only_month(said),
        said_months=said,
        received=received(grid, layout),
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


# --- counts and rates -----------------------------------------------------------------------------
def _cells(grid: Grid, layout: Layout, form: Form, ws: Workspace, start: int) -> dict[int, Cells]:
    """Return the columns of counts, and the published rates of a bulletin's."""
    rates = {c: name for name, cs in layout.measures.items() if is_rate(name) for c in cs}
    grouping = ws.settings.digit_grouping
    cells = {c: _counts(grid, c, start, grouping) for c in layout.count_columns if c not in rates}
    rows = np.arange(start, grid.rows)
    for column, measure in rates.items():
        said = _keys(grid, layout, form, "indicator", rows) if measure == "value" else [measure]
        units = np.array([_unit(ws, str(name).removesuffix(".value")) for name in said])
        cells[column] = _rates(grid, column, start, grouping, units)
    return dict(sorted(cells.items()))


def is_rate(measure: str) -> bool:
    """Return whether a bulletin's column holds a published rate and no count."""
    return measure == "value" or measure.endswith(".value")


def _unit(ws: Workspace, name: str) -> str:
    """Return the unit of an indicator by its id or label; what has no card is a percentage."""
    labelled = (one for one in ws.indicators.values() if one.label == name)
    card = ws.indicators.get(name) or next(labelled, None)
    return card.unit if card else "%"


def _counts(grid: Grid, column: int, start: int, grouping: Grouping) -> Cells:
    """Return a column's counts; every distinct text is read once."""
    parsed = [parse_count(text, grouping) for text in grid.texts[column]]
    rows = np.array(parsed, dtype=np.int64).reshape(-1, 2)[grid.places(column, start)]
    return Cells(rows[:, 0], rows[:, 1].astype(np.int8))


def _rates(
    grid: Grid, column: int, start: int, grouping: Grouping, units: NDArray[np.str_]
) -> Cells:
    """Return a column's rates; a percent sign is understood only where the unit is a percentage."""
    parsed = [parse_rate(text, grouping) for text in grid.texts[column]]
    places = grid.places(column, start)
    values = np.array([one.value for one in parsed], dtype=np.float64)[places]
    states = np.array([one.state for one in parsed], dtype=np.int8)[places]
    marks = np.array([one.mark for one in parsed], dtype=np.str_)[places]
    states[(marks != "") & (marks != units)] = PERCENT
    return Cells(values, states)


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


def _line_months(report: Report, rule: Rule) -> list[date | None] | None:
    """Return each line's own month where the form allows several; None where it does not."""
    month, column = report.form.month, report.layout.month
    if month is None or not len(report.rows):
        return None
    if column is not None and month.many:
        read = (period_of(text, rule, month.calendar) for text in report.grid.texts[column])
        texts = [said.month for said in read]
        return [texts[place] for place in report.grid.places(column)[report.rows]]
    if month.key and month.key in report.layout.keys:
        days = report.keys[month.key]
        return [day.replace(day=1) if isinstance(day, date) else None for day in days]
    return None


# --- areas ----------------------------------------------------------------------------------------
def names_of(grid: Grid, column: int, start: int) -> Names:
    """Return a column's texts from a row on."""
    return Names(grid.texts[column], grid.places(column, start))


def _names_in(grid: Grid, county: int | None, column: int, start: int) -> Names:
    """Return a column's texts from a row on, each behind its county's name where a column has it.

    The register knows a township by both together. A blank stays one.
    """
    own = names_of(grid, column, start)
    if county is None:
        return own
    above = names_of(grid, county, start)
    pairs = above.places.astype(np.int64) * len(own.texts) + own.places
    distinct, places = np.unique(pairs, return_inverse=True)
    texts = []
    for pair in distinct.tolist():
        upper, text = above.texts[pair // len(own.texts)], own.texts[pair % len(own.texts)]
        texts.append(upper + text if text.strip() and upper.strip() != text.strip() else text)
    return Names(texts, places.astype(np.int32))


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
        if level == "township" and layout.county is not None:
            both = _names_in(grid, layout.county, layout.name, start)
            within = register.by_unique_names(both, level, month)
            named = _within(grid, layout.county, register, month, within, named)
    return np.where((area == NONE) & _uncoded(grid, layout, start), named, area)


def _within(
    grid: Grid,
    county: int,
    register: Register,
    month: date | None,
    both: Places,
    named: Places,
) -> Places:
    """Return areas by their county's name and their own; by theirs alone under an unknown one."""
    start = grid.rows - len(both)
    known = register.townships(names_of(grid, county, start), month) != NONE
    return np.where((both == NONE) & ~known, named, both).astype(np.int32)


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
        named = register.townships(names_of(grid, layout.parent, start), month)
        if layout.county is None:
            return named
        both = register.townships(_names_in(grid, layout.county, layout.parent, start), month)
        return _within(grid, layout.county, register, month, both, named)
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
            adds = [is_total(text) for text in grid.texts[column]]
            total |= np.array(adds, dtype=bool)[grid.places(column, start)]
    return total


def is_total(text: str) -> bool:
    """Return whether a row's name says that it adds up the others (合计, total)."""
    maybe = len(text) < 30 and ("计" in text or "計" in text or text.strip()[:1] in _TOTAL_BEGINS)
    return maybe and bool(_TOTAL.fullmatch(name_key(text).casefold()))
