"""Rows that add up others: which they are, and whether they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue.models import Form
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid
from shortplank.ingest.numbers import OK, parse_count
from shortplank.ingest.recorded.matching import Match
from shortplank.ingest.text import name_key

Rows = NDArray[np.int64]


def sum_rows(
    keys: Iterable[NDArray[np.str_]], names: Sequence[str], rows: int
) -> NDArray[np.bool_]:
    """Return the rows of which a name or code is among those recorded."""
    known = [name_key(name).casefold() for name in names if name]
    found = np.zeros(rows, dtype=bool)
    for own in keys:
        found |= np.isin(own, known)
    return found


def check_sums(
    grid: Grid, match: Match, form: Form, kept: Rows, sums: Rows, findings: Findings
) -> None:
    """Note the rows that add up others and do not."""
    for column in match.columns("measure", "part", "total", "across", "value"):
        values = counts_of(grid, column)
        for row in wrong_sums(grid, match, kept, sums, values).tolist():
            own = grid.columns[column][row].as_py().strip()
            message = f"合计行填 {own}，与各行相加不符，请核对是否缺行或错数。"
            cell = grid.cell(row, column)
            findings.add(grid.file, grid.sheet, cell, "error", "total_row_differs", message)


def counts_of(grid: Grid, column: int) -> NDArray[np.int64]:
    """Return a column's counts by row; what is none is a zero."""
    parsed = [parse_count(text) for text in grid.texts[column]]
    values = np.array([v if state == OK else 0 for v, state in parsed] or [0], dtype=np.int64)
    return values[grid.places(column)]


def wrong_sums(grid: Grid, match: Match, kept: Rows, sums: Rows, values: NDArray[np.int64]) -> Rows:
    """Return the sum rows whose count is that of no lines they may stand for.

    These are the lines under the same heads (month, upper areas, kinds), and the lines up to the
    sum row before or after.
    """
    if not len(sums):
        return sums
    edges = np.concatenate([[-1], sums, [grid.rows]])
    heads = _heads(grid, match, kept, sums)
    wrong = []
    for i, row in enumerate(sums.tolist(), start=1):
        above = values[kept[(kept > edges[i - 1]) & (kept < row)]].sum()
        below = values[kept[(kept > row) & (kept < edges[i + 1])]].sum()
        known = {int(above), int(below)}
        for keys in heads:
            known.add(int(values[kept[keys[kept] == keys[row]]].sum()))
        if int(values[row]) not in known:
            wrong.append(row)
    return np.array(wrong, dtype=np.int64)


def _heads(grid: Grid, match: Match, kept: Rows, sums: Rows) -> list[NDArray[np.int64]]:
    """Return, for some sets of columns, a number for each row that those share who agree there."""
    time = match.columns("month", "year", "split")
    county, parent = match.columns("county"), match.columns("parent")
    sets = [time, [*time, *county], [*time, *county, *parent]]
    return [_numbers(grid, columns) for columns in sets]


def _numbers(grid: Grid, columns: Sequence[int]) -> NDArray[np.int64]:
    found = np.zeros(grid.rows, dtype=np.int64)
    for column in columns:
        found = found * (len(grid.texts[column]) + 1) + grid.places(column)
    return found
