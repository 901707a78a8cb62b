"""How each sheet is written: its table, what stands above it, and the room for its chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from shortplank.catalogue.models import Indicator
from shortplank.drawing.table_book import (
    DEFAULT_WIDE,
    FONT,
    LINE_HEIGHT,
    PADDING,
    PAGE_WIDE,
    SIZE,
    Dress,
    Placed,
    column_widths,
    write_sheet,
)
from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.pack import Pack
from shortplank.reading.judged.ledger import Finding
from shortplank.wording.numbers import unit_suffix

# What a page of A4 across holds, in points.
PAGE_TALL = 496.0
# A chart's columns and rows, with a column and a row between it and the table.
CHART_COLUMNS, CHART_ROWS, MOST_CHART_ROWS, BESIDE_ROWS = 8, 18, 30, 24
COLUMN_PIXELS, ROW_PIXELS = 64, 21.33
# So many lines stand above most tables.
_ABOVE = 6
# How much of a verdict's colour a cell takes.
STRENGTH = 0.24
Chart = Callable[["Book", Placed, "Box"], None]
"""Draws into the room beside a table, or below it."""


@dataclass(frozen=True)
class Box:
    """Room for charts: its first row and column, how many of each, the first off the page."""

    row: int
    column: int
    rows: int
    columns: int
    spare: int

    @property
    def width(self) -> int:
        """Return its width in pixels."""
        return self.columns * COLUMN_PIXELS


@dataclass(frozen=True)
class Listed:
    """A sheet as the front sheet lists it."""

    name: str
    what: str
    rows: int


@dataclass
class Book:
    """The workbook in the making, of one pack's answers."""

    book: Any
    made: Pack
    listed: list[Listed] = field(default_factory=list)

    @property
    def about(self) -> str:
        """Return what every sheet says of its figures, in one line."""
        return "　".join(f"{key}：{value}" for key, value in self.made.about.items())

    def sheet(
        self,
        name: str,
        table: pa.Table,
        what: str,
        *,
        title: str = "",
        said: Sequence[str] = (),
        ending: str = "",
        decimals: int = 2,
        forms: Mapping[str, str | Sequence[str]] | None = None,
        fills: Mapping[str, Sequence[str]] | None = None,
        narrow: Mapping[str, float] | None = None,
        chart: Chart | None = None,
        chart_rows: int = CHART_ROWS,
        empty: str = "",
    ) -> Placed:
        """Write a table under its finding, ``said`` below it a line each; with a chart's room.

        ``what`` is what the front sheet says of it, ``empty`` what is said of a table without
        rows. The chart stands beside the table or below
        it, whichever leaves the larger type on paper.
        """
        widths = column_widths(table, narrow)
        beside = chart is not None and _stands_beside(widths, table.num_rows, chart_rows)
        dress = Dress(
            title=title or f"{name}{ending}",
            head=f"{self.made.title} · {name}{ending}",
            foot=self.made.stamp,
            forms=forms or {},
            fills=fills or {},
            narrow=narrow or {},
            room=CHART_COLUMNS + 1 if beside else 0,
        )
        told = [line for line in said if line] if table.num_rows or not empty else [empty]
        lines = [self.about, *told]
        placed = write_sheet(
            self.book, name, table, lines, decimals=decimals, ending=ending, dress=dress
        )
        self.listed.append(Listed(placed.name, what, table.num_rows))
        if chart is not None:
            self._draw(chart, placed, chart_rows, beside=beside)
        return placed

    def _draw(self, chart: Chart, placed: Placed, rows: int, *, beside: bool) -> None:
        """Draw a chart into its room, and make the page as large as both."""
        columns, sheet = len(placed.heads), placed.sheet
        if beside:
            rows = max(rows, min(placed.rows, BESIDE_ROWS))
            box = Box(placed.top + 1, columns + 1, rows, CHART_COLUMNS, columns + CHART_COLUMNS + 2)
            last = max(placed.below - 1, placed.top + rows + 1)
            sheet.print_area(0, 0, last, columns + CHART_COLUMNS)
        else:
            wide = sum(placed.widths) + PADDING * columns
            across = max(int(wide / (DEFAULT_WIDE + PADDING)), CHART_COLUMNS)
            rows = max(rows, min(_rows_left(placed, wide), MOST_CHART_ROWS))
            box = Box(placed.below + 1, 0, rows, across, columns + 2)
            sheet.print_area(0, 0, placed.below + rows + 1, max(columns - 1, 0))
            sheet.fit_to_pages(1, 1)
        chart(self, placed, box)

    def block(self, placed: Placed, box: Box, table: pa.Table, row: int | None = None) -> Placed:
        """Write the figures that a chart is drawn from, off the page; return their place."""
        top = placed.top if row is None else row
        muted = self.book.add_format(
            {"font_name": FONT, "font_size": SIZE - 1, "font_color": LIGHT.muted}
        )
        for at, head in enumerate(table.column_names):
            placed.sheet.write_string(top, box.spare + at, head, muted)
            for line, value in enumerate(table[head].to_pylist(), start=top + 1):
                if isinstance(value, str):
                    placed.sheet.write_string(line, box.spare + at, value, muted)
                elif value is not None:
                    placed.sheet.write_number(line, box.spare + at, value, muted)
        widths = (DEFAULT_WIDE,) * len(table.column_names)
        return _Shifted(
            placed.sheet, top, table.num_rows, tuple(table.column_names), widths, 0.0, box.spare
        )


@dataclass(frozen=True)
class _Shifted(Placed):
    """Figures that begin in another column than the first."""

    first: int = 0

    def cells(self, head: str) -> list[Any]:
        """Return a column's cells, as a chart refers to them."""
        name, top, at, bottom, _ = super().cells(head)
        return [name, top, at + self.first, bottom, at + self.first]


def _rows_left(placed: Placed, wide: float) -> int:
    """Return how many rows a page has below a table that is as wide as the page."""
    tall = PAGE_TALL / min(1.0, PAGE_WIDE / wide)
    return int((tall - placed.height) / LINE_HEIGHT) - 4


def _stands_beside(widths: Sequence[float], rows: int, chart_rows: int) -> bool:
    """Return whether a chart beside a table leaves larger type on paper than one below it."""
    wide = sum(widths) + PADDING * len(widths)
    room = (CHART_COLUMNS + 1) * (DEFAULT_WIDE + PADDING)
    tall = LINE_HEIGHT * (rows + _ABOVE + 2)
    chart = LINE_HEIGHT * (chart_rows + _ABOVE + 2)
    beside = min(1.0, PAGE_WIDE / (wide + room), max(PAGE_TALL / chart, 0.0))
    below = min(1.0, PAGE_WIDE / wide, PAGE_TALL / (tall + LINE_HEIGHT * (chart_rows + 2)))
    return beside >= below


# --- formats and colours --------------------------------------------------------------------------
def number_form(item: Indicator, *, unit: bool = True) -> str:
    """Return an indicator's number format: decimals, thousands, % and ‰ as pages write them."""
    places = "." + "0" * item.decimals if item.decimals else ""
    tail = unit_suffix(item) if unit and item.unit in ("%", "‰") else ""
    return f"#,##0{places}" + (f'"{tail}"' if tail else "")


def verdict_fill(code: str) -> str:
    """Return the colour of a cell by a verdict's code, "" where it says nothing.

    >>> verdict_fill("none"), verdict_fill("worse") == verdict_fill("better")
    ('', False)
    """
    if code not in ("worse", "higher", "lower", "better", "too_few"):
        return ""
    return faded(LIGHT.verdict(code), LIGHT.paper, STRENGTH)


def finding_code(found: Finding) -> str:
    """Return the verdict code of an announcement: of a unit its side, of a change none."""
    if found.kind not in ("named", "listed"):
        return "none"
    if found.item.interval == "srb" and found.item.target_range is not None:
        return "higher" if found.above else "lower"
    return "worse"


def texts(values: Sequence[str | None]) -> pa.Array:
    """Return a column of texts, also where it has none."""
    return pa.array(values, pa.string())


def numbers(values: Sequence[float | int | None]) -> pa.Array:
    """Return a column of numbers, also where it has none."""
    return pa.array([None if v is None or v != v else float(v) for v in values], pa.float64())


def inserted(table: pa.Table, after: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Return a table with columns behind another; at its end where it lacks that one."""
    names = table.column_names
    at = names.index(after) + 1 if after in names else len(names)
    for name, values in columns.items():
        table = table.add_column(at, name, values)
        at += 1
    return table
