"""What the parts of a report say of its month: title, file name, month column and command."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue.models import FormMonth
from shortplank.ingest.days import OTHER_DIGIT, day_in, parse_day
from shortplank.ingest.grid import Grid
from shortplank.ingest.header import Layout
from shortplank.ingest.periods import Kind, Period, Rule, period_in, period_of
from shortplank.ingest.signed import NOTE_ROWS
from shortplank.ingest.text import name_key

# Of a cell above the header: what is longer is a text, whose end is no title.
TITLE = 1_000
_REPORTED_ON = re.compile("报出日期|報出日期|上报日期|填报日期")
# A cell that says what the day beside it is; of these a day of the period itself.
_DATE_LABEL = re.compile(r"(?:日期|时间|時間|有效期至?)[:(（]?$")
_DATE_CELL = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2}(?:\.\d+)?)?", re.ASCII)
_PERIOD_LABEL = re.compile("统计|統計|截止|截至|所属|所屬|期末|报告期|報告期")


@dataclass(frozen=True)
class SaidMonth:
    """A month as something says it, None where it is no month; ``row`` where it stands in a row.

    ``kind`` is what is named there in place of one period of the form (see `periods.Kind`).
    """

    where: str
    month: date | None
    row: int | None = None
    column: int | None = None
    kind: Kind = "period"


def only_month(said: Sequence[SaidMonth]) -> date | None:
    """Return the month that all who say one agree on."""
    known = {one.month for one in said if one.month}
    return known.pop() if len(known) == 1 else None


def said_months(
    grid: Grid,
    layout: Layout,
    form: FormMonth | None,
    rule: Rule,
    asked: date | None,
    kept: NDArray[np.int64] | None,
) -> tuple[SaidMonth, ...]:
    """Return what the rows (the kept ones), the titles, the file's name and the command say."""
    said: list[SaidMonth] = []
    bare: list[tuple[SaidMonth, int]] = []
    if layout.month is not None and form is not None:
        said += _row_months(grid, layout, form, rule, kept)
    if not grid.recorded:
        for one, number in [*_title_months(grid, layout, rule), *_name_months(grid, rule)]:
            if number is None:
                said.append(one)
            else:
                bare.append((one, number))
        said += _days(grid, layout, rule, only_edges=bool(said or asked))
    if asked:
        month = Period(asked, asked).filed(rule.cadence, rule.cumulative_from)
        where = "--month " if month else f"--month {asked:%Y-%m} "
        said.append(SaidMonth(where, month, kind="period" if month else "month"))
    return (*said, *_against(bare, said))


def _against(bare: Sequence[tuple[SaidMonth, int]], said: Sequence[SaidMonth]) -> list[SaidMonth]:
    """Return the months without a year ("7月") that are not the one month that is said with one."""
    month = only_month(said)
    return [
        replace(one, month=month.replace(day=1, month=number), kind="period")
        for one, number in bare
        if month is not None and number != month.month
    ]


def _days(grid: Grid, layout: Layout, rule: Rule, *, only_edges: bool) -> list[SaidMonth]:
    """Return the months of the date cells above the header that no label calls a report's day.

    Where a month is said elsewhere, a day inside of a month may be that of the signature; a first
    or last day never is.
    """
    found = []
    for row, column, cell in _unlabelled(grid, layout):
        day = parse_day(cell) if _DATE_CELL.fullmatch(cell.strip()) else None
        if day is not None and not (
            only_edges and 1 < day.day < monthrange(day.year, day.month)[1]
        ):
            said = period_of(cell, rule)
            where = f"{grid.cell(row, column)} " if said.month else _quoted(said.text)
            found.append(SaidMonth(where, said.month, row, column, said.kind))
    return found


def _unlabelled(grid: Grid, layout: Layout) -> Iterator[tuple[int, int, str]]:
    """Yield the cells above the header, but those behind the label of a day."""
    for row, cells in enumerate(grid.head[: layout.first]):
        dated = False
        for column, cell in enumerate(cells):
            if not dated:
                yield row, column, cell
            dated = _is_date_label(cell) or (dated and not cell.strip())


def _name_months(grid: Grid, rule: Rule) -> list[tuple[SaidMonth, int | None]]:
    name = re.sub(r"\.[A-Za-z]\w{1,6}$", "", re.split(r"[/\\]", grid.file)[-1])
    said = period_in(name, rule)
    if said is None:
        return []
    where = "文件名" if said.month else f"文件名中的{_quoted(said.text)}"
    return [(SaidMonth(where, said.month, kind=said.kind), said.number)]


def _title_months(grid: Grid, layout: Layout, rule: Rule) -> list[tuple[SaidMonth, int | None]]:
    """Return the month above the header, and whatever stands there in place of one."""
    found: list[tuple[SaidMonth, int | None]] = []
    for row, column, cell in _unlabelled(grid, layout):
        if said := period_in(cell[:TITLE], rule):
            where = f"{grid.cell(row, column)} " if said.month else _quoted(said.text)
            found.append((SaidMonth(where, said.month, row, column, said.kind), said.number))
    return found


def _quoted(text: str) -> str:
    return f"“{text.strip()[:20].replace(OTHER_DIGIT, '?')}”"


def _is_date_label(cell: str) -> bool:
    key = name_key(cell)
    return bool(_DATE_LABEL.search(key)) and not _PERIOD_LABEL.search(key)


def _row_months(
    grid: Grid, layout: Layout, form: FormMonth, rule: Rule, kept: NDArray[np.int64] | None
) -> list[SaidMonth]:
    """Return the distinct months of the column, each with the first row that says it."""
    assert layout.month is not None
    start, texts = layout.last + 1, grid.texts[layout.month]
    places = grid.places(layout.month, start)
    rows = np.arange(len(places)) if kept is None else kept
    distinct, first = np.unique(places[rows], return_index=True)
    return [
        in_row(texts[p], form, rule, int(rows[i]) + start, layout.month)
        for i, p in sorted(zip(first.tolist(), distinct.tolist(), strict=True))
        if texts[p].strip()
    ]


def in_row(text: str, form: FormMonth, rule: Rule, row: int, column: int) -> SaidMonth:
    """Return what a cell of a month column says."""
    said = period_of(text, rule, form.calendar)
    return SaidMonth(_quoted(text), said.month, row, column, said.kind)


def received(grid: Grid, layout: Layout) -> date | None:
    """Return the day on which the sheet says that it was reported."""
    foot = grid.slice(max(layout.last + 1, grid.rows - NOTE_ROWS), NOTE_ROWS)
    for row in [*foot, *grid.head[: layout.first]]:
        for place, cell in enumerate(row):
            if _REPORTED_ON.search(name_key(cell)):
                return day_in(" ".join(row[place : place + 3]))
    return None
