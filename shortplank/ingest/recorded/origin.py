"""Where the cells of a laid grid stood in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from shortplank.ingest.grid import Place


class Moved(Mapping[Place, Place]):
    """Rows and columns of the file by those of the laid grid, as two arrays; -1 is nowhere."""

    def __init__(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> None:
        self.rows, self.columns = rows, columns

    def __getitem__(self, place: Place) -> Place:
        row, column = place
        inside = row < self.rows.shape[0] and column < self.rows.shape[1]
        if not inside or self.rows[row, column] < 0:
            raise KeyError(place)
        return int(self.rows[row, column]), int(self.columns[row, column])

    def __iter__(self) -> Iterator[Place]:
        for row, column in zip(*np.nonzero(self.rows >= 0), strict=True):
            yield int(row), int(column)

    def __len__(self) -> int:
        return int((self.rows >= 0).sum())
