"""A grid below its header, and which of its columns decides which."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shortplank.ingest.findings import column_name
from shortplank.ingest.grid import Grid
from shortplank.ingest.numbers import is_number
from shortplank.ingest.text import header_key, name_key

HEADS = 12


class Sheet:
    """A grid below its header, its columns as distinct texts."""

    def __init__(self, grid: Grid, start: int | None = None) -> None:
        self.grid = grid
        self.start = _header_row(grid) + 1 if start is None else start
        head = grid.slice(self.start - 1, 1)
        self.heads = [header_key(text) for text in head[0]] if head else []

    @cached_property
    def places(self) -> list[NDArray[np.int64]]:
        """Return each column's rows as places among its texts, evened; −1 for a blank."""
        return [self._evened(column) for column in range(len(self.heads))]

    def _evened(self, column: int) -> NDArray[np.int64]:
        keys: dict[str, int] = {"": -1}
        place = [keys.setdefault(name_key(t), len(keys)) for t in self.grid.texts[column]]
        rows = self.grid.places(column, self.start)
        return np.array(place, dtype=np.int64)[rows] if place else np.zeros(0, dtype=np.int64)

    def texts(self, column: int) -> list[str]:
        """Return a column's distinct texts below the header."""
        used = np.unique(self.grid.places(column, self.start)).tolist()
        return [text for i in used if (text := self.grid.texts[column][i].strip())]

    def distinct(self, column: int) -> int:
        """Return how many texts a column has."""
        return len(np.unique(self.places[column][self.places[column] >= 0]))

    def deciding(self, one: int, other: int) -> float:
        """Return the share of one column's texts that stand beside only one of another's."""
        a, b = self.places[one], self.places[other]
        kept = (a >= 0) & (b >= 0)
        if not kept.any():
            return 0.0
        pairs = np.unique(np.stack([a[kept], b[kept]]), axis=1)[0]
        _, times = np.unique(pairs, return_counts=True)
        return float(np.mean(times == 1))

    def decides(self, one: int, other: int) -> bool:
        """Return whether each text of one column stands beside only one of another's."""
        return self.deciding(one, other) == 1.0

    def describe(self, column: int) -> str:
        """Return a column as people find it: its letters and its header."""
        head = self.grid.slice(self.start - 1, 1)[0][column].strip()
        return f"{column_name(column)} 列“{head[:20]}”"


def _header_row(grid: Grid) -> int:
    """Return the row that heads the columns: the first as wide as the table and without numbers."""
    filled = [[cell for cell in row if cell.strip()] for row in grid.head]
    width = max((len(row) for row in filled), default=0)
    for place, row in enumerate(filled[:HEADS]):
        if len(row) * 2 > width and not any(is_number(cell) for cell in row):
            return place
    return 0
