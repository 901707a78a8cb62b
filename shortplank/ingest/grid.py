"""What a file comes to: an upload's bytes, and a grid of texts for each of its sheets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shortplank.ingest.findings import cell_name

HEAD_ROWS = 60
Place = tuple[int, int]


class Unreadable(Exception):
    """A file that holds no grid of cells; ``code`` and ``message`` say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Upload:
    """A file as it came: the name to show, and its bytes."""

    name: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """Return the hash of the bytes, by which a submission keeps its file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Grid:
    """One sheet: columns of text, all of one length; a blank cell is an empty string.

    ``spans`` are ranges merged across columns in the head (first and last row, first and last
    column), ``faults`` cells whose value is not what it seems (see `workbook`), ``notes`` texts
    outside the cells; ``origin`` tells a stitched grid's rows and columns where they stood.
    """

    file: str
    sheet: str | None
    sha256: str
    columns: tuple[pa.StringArray, ...]
    hidden: bool = False
    spans: tuple[tuple[int, int, int, int], ...] = ()
    faults: dict[Place, str] = field(default_factory=dict)
    notes: tuple[tuple[Place | None, str], ...] = ()
    about: tuple[str, ...] = ()
    """Texts that belong to the whole file: its properties, defined names, people, outside links."""
    origin: Mapping[Place, Place] = field(default_factory=dict)
    virtual: bool = False
    """Made of a file without cells, which can't be named."""
    recorded: bool = False
    """Laid out by what its form records: the month stands in its column and nowhere else."""

    def cell(self, row: int, column: int) -> str | None:
        """Return the A1 name of the cell of the file that a cell of the grid stands for, if any."""
        if self.virtual:
            return None
        return cell_name(*self.origin.get((row, column), (row, column)))

    @property
    def rows(self) -> int:
        """Return the number of rows, headers included."""
        return len(self.columns[0]) if self.columns else 0

    @cached_property
    def head(self) -> list[tuple[str, ...]]:
        """Return the first rows, where titles and headers stand."""
        return self.slice(0, HEAD_ROWS)

    @cached_property
    def encoded(self) -> tuple[pa.DictionaryArray, ...]:
        """Return the columns as distinct texts and places, so that each text is read once."""
        return tuple(column.dictionary_encode() for column in self.columns)

    @cached_property
    def texts(self) -> tuple[list[str], ...]:
        """Return each column's distinct texts."""
        return tuple(column.dictionary.to_pylist() for column in self.encoded)

    def places(self, column: int, start: int = 0) -> NDArray[np.int32]:
        """Return each row's place among the column's distinct texts, from row ``start`` on."""
        return self.encoded[column].indices.to_numpy()[start:]

    def slice(self, start: int, count: int) -> list[tuple[str, ...]]:
        """Return some rows as tuples of texts."""
        return list(zip(*(c.slice(start, count).to_pylist() for c in self.columns), strict=True))
