"""Which rows of a sheet are its header, and what its columns hold below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shortplank.ingest.findings import column_name
from shortplank.ingest.grid import HEAD_ROWS, Grid
from shortplank.ingest.header import HEADER_ROWS, header_texts, numbers_columns, path_of
from shortplank.ingest.recorded.spelled import CALENDARS, spelled
from shortplank.ingest.text import half_width, header_key

_NUMBER = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{2,3})+|\d{1,3}(?:[ \u00a0\u2009\u202f'\u2019]\d{3})+|\d+)(?:\.\d*)?"
)
_RATE = re.compile(r"[+-]?\d[\d,]*(?:\.\d*)?\s*[%‰]")
MARK = re.compile(
    r"[-—–―─－‐−]+|[.．·…‥⋯]{1,6}|[*＊※×✕△○]+|[/:xXcCsS]|n\.?/?[ad]\.?|null|nan|none|不详|不詳|未报|\([xX-]\)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[:：]")


@dataclass(frozen=True)
class Head:
    """The rows of a header, counted from 0."""

    first: int
    last: int


def find_head(grid: Grid) -> Head | None:
    """Return the header of a sheet's table: the rows of words above its lines of numbers."""
    rows = grid.head
    kinds = [_kind(row) for row in rows]
    width = max((sum(map(bool, map(str.strip, row))) for row in rows), default=0)
    for first, kind in enumerate(kinds):
        if kind != "data" or not first:
            continue
        ahead = [k for k in kinds[first : first + 8] if k != "blank"]
        filled = sum(bool(cell.strip()) for cell in rows[first])
        if 2 * ahead.count("data") < len(ahead) or 3 * filled < width:
            continue
        last = first - 1
        while last >= 0 and (kinds[last] == "blank" or _is_line(rows[last], rows[first])):
            last -= 1
        return Head(_top(grid, last), last) if last >= 0 and _is_level(rows[last]) else None
    return None


def _is_line(row: tuple[str, ...], below: tuple[str, ...]) -> bool:
    """Return whether a row without a number is a line like the one below: some words are alike."""
    return any(a.strip() and a.strip() == b.strip() for a, b in zip(row, below, strict=True))


def _kind(row: tuple[str, ...]) -> str:
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled:
        return "blank"
    numbers = [cell for cell in filled if _NUMBER.fullmatch(half_width(cell))]
    if not numbers or len(filled) < 2 or _is_series(numbers) or numbers_columns(row):
        rates = sum(bool(_RATE.fullmatch(cell)) for cell in filled)
        marks = sum(bool(MARK.fullmatch(cell)) for cell in filled)
        return "data" if (rates or marks) and len(filled) > 1 and rates + marks > 1 else "words"
    return "data"


def _is_series(numbers: list[str]) -> bool:
    """Return whether numbers are months or years side by side, as a header has them."""
    for calendar in CALENDARS:
        said = [spelled(number, calendar) for number in numbers]
        if len(set(numbers)) == len(numbers) > 1 and all(one and one.year for one in said):
            return True
    values = [int(n) for n in numbers if n.isdigit()]
    if len(values) != len(numbers) or len(values) < 2 or values != sorted(set(values)):
        return False
    return len(values) >= 3 and values == list(range(1, len(values) + 1)) and len(values) <= 12


def _is_level(row: tuple[str, ...]) -> bool:
    """Return whether a row may be a level of a header, and is no title, unit or label."""
    texts = list(dict.fromkeys(cell.strip() for cell in row if cell.strip()))
    if len(texts) < 2:
        return False
    return not (len(texts) <= 4 and any(_LABEL.search(text) for text in texts))


def _top(grid: Grid, last: int) -> int:
    """Return the first row of the header that ends in a row."""
    first = last
    while first > 0 and last - first + 1 < HEADER_ROWS:
        above = grid.head[first - 1]
        if not (_is_level(above) or _is_group(grid, first - 1)):
            break
        first -= 1
    return first


def _is_group(grid: Grid, row: int) -> bool:
    """Return whether the only text of a row heads some columns, the first ones not among them."""
    cells = grid.head[row]
    places = [c for c, cell in enumerate(cells) if cell.strip()]
    texts = {cells[c].strip() for c in places}
    below = grid.head[row + 1]
    if len(texts) != 1 or not places[0] or _LABEL.search(texts.copy().pop()):
        return False
    return bool(header_key(below[places[0]])) and len(places) < len(cells) - 1


@dataclass(frozen=True)
class Column:
    """What a column holds below the header: distinct texts, how often each, and their kinds."""

    index: int
    path: str
    levels: tuple[str, ...]
    texts: tuple[str, ...]
    times: tuple[int, ...]

    @property
    def letter(self) -> str:
        """Return the column's letters."""
        return column_name(self.index)

    def count(self, pattern: re.Pattern[str]) -> int:
        """Return how many filled cells are wholly of a pattern."""
        pairs = zip(self.texts, self.times, strict=True)
        return sum(n for text, n in pairs if pattern.fullmatch(half_width(text.strip())))

    @cached_property
    def filled(self) -> int:
        """Return how many cells hold something."""
        return sum(self.times)

    @cached_property
    def numbers(self) -> int:
        """Return how many cells are numbers."""
        return self.count(_NUMBER)

    @cached_property
    def rates(self) -> int:
        """Return how many cells are numbers with a percent sign."""
        return self.count(_RATE)

    @cached_property
    def marks(self) -> dict[str, int]:
        """Return the marks that stand for no number, and how often each."""
        pairs = zip(self.texts, self.times, strict=True)
        return {t.strip(): n for t, n in pairs if MARK.fullmatch(t.strip())}

    @cached_property
    def decimals(self) -> int:
        """Return how many numbers are not whole."""
        return self.count(re.compile(r"[+-]?[\d,]+\.\d*[1-9]\d*"))

    @cached_property
    def negatives(self) -> int:
        """Return how many numbers are below zero."""
        return self.count(re.compile(r"[-−]\d[\d,.]*"))

    @property
    def words(self) -> int:
        """Return how many cells are neither numbers nor marks."""
        return self.filled - self.numbers - self.rates - sum(self.marks.values())

    @property
    def is_numeric(self) -> bool:
        """Return whether the column holds numbers, a mark or a note below the table aside."""
        return self.numbers + self.rates > 0 and 10 * self.words <= self.numbers + self.rates

    def share_of_time(self, calendar: str, *, day_first: bool = True) -> float:
        """Return which share of the cells are a month with its year under a calendar."""
        assert calendar in CALENDARS
        good = sum(
            n
            for text, n in zip(self.texts, self.times, strict=True)
            if (said := spelled(text, calendar, day_first=day_first)) and said.first
        )
        return good / self.filled if self.filled else 0.0


@dataclass(frozen=True)
class Table:
    """A sheet with its header, and the rows below that hold lines."""

    grid: Grid
    head: Head
    rows: NDArray[np.int64]
    columns: tuple[Column, ...]

    def places(self, column: int) -> NDArray[np.int64]:
        """Return each line's place among the distinct texts of a column."""
        return self.grid.places(column)[self.rows].astype(np.int64)


def table_of(grid: Grid, head: Head) -> Table:
    """Return the table below a header; lines are rows with two cells filled and a number."""
    start = head.last + 1
    texts = header_texts(grid, head.first, head.last)
    width = len(grid.columns)
    filled = np.zeros(grid.rows - start, dtype=np.int64)
    numbers = np.zeros(grid.rows - start, dtype=np.int64)
    for c in range(width):
        places = grid.places(c, start)
        full = np.array([bool(t.strip()) for t in grid.texts[c]], dtype=bool)
        number = np.array([_is_count(t) for t in grid.texts[c]], dtype=bool)
        filled += full[places]
        numbers += number[places]
    again = np.zeros(grid.rows - start, dtype=bool)
    for row in range(head.first, start):
        same = np.ones(len(again), dtype=bool)
        for c in range(width):
            places = grid.places(c)
            same &= places[start:] == places[row]
        again |= same
    rows = np.flatnonzero((filled >= 2) & (numbers >= 1) & ~again) + start
    columns = []
    for c in range(width):
        places = grid.places(c)[rows]
        count = np.bincount(places, minlength=len(grid.texts[c]))
        own = [(t, int(n)) for t, n in zip(grid.texts[c], count, strict=True) if n and t.strip()]
        levels = tuple(dict.fromkeys(t.strip() for _, t in texts[c]))
        columns.append(
            Column(c, path_of(texts[c]), levels, tuple(t for t, _ in own), tuple(n for _, n in own))
        )
    return Table(grid, head, rows, tuple(columns))


def _is_count(text: str) -> bool:
    bare = half_width(text.strip())
    return bool(bare) and bool(
        _NUMBER.fullmatch(bare) or _RATE.fullmatch(bare) or MARK.fullmatch(bare)
    )


__all__ = ["HEAD_ROWS", "MARK", "Column", "Head", "Table", "find_head", "table_of"]
