"""What one sheet comes to: cells of text, cells that are not what they seem, texts beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

Place = tuple[int, int]
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column; all counted from 0."""

# A county's workbook unpacks to less than one of these megabytes, a nation's month to about 20.
UNPACKED_BYTES = 64 * 1024 * 1024
CELLS = 2_000_000
TEXTS = 16 * 1024 * 1024
ROWS, COLUMNS = 1_048_576, 16_384
# Merged ranges and texts beside the cells: a report has a few dozen.
MERGES = 20_000
NOTES = 20_000
# A number from here on is no count but an identity or card number that lost its last digits.
LONG_NUMBER = 1e14


class Broken(Exception):
    """A file that is not what a workbook has to be."""


class TooLarge(Exception):
    """A file that holds more than a workbook of counts can hold."""


class Foreign(Exception):
    """A file that is a zip package, but no .xlsx workbook."""


class Locked(Exception):
    """A workbook that opens with a password only."""


class Disagreement(Exception):
    """A workbook of which two readers make different cells."""


class Macros(Exception):
    """A file that carries macros."""


@dataclass
class Sheet:
    """One sheet: its cells' texts by place, and what the places do not tell."""

    name: str
    visible: bool = True
    texts: dict[Place, str] = field(default_factory=dict)
    numbers: set[Place] = field(default_factory=set)
    """The cells that hold no text (numbers, dates, truth values)."""
    faults: dict[Place, str] = field(default_factory=dict)
    """`formula` (with its value), `no_value`, `error`, `long`, and `merged` after `fill_down`."""
    merges: list[Range] = field(default_factory=list)
    notes: list[tuple[Place | None, str]] = field(default_factory=list)

    def extent(self) -> tuple[int, int]:
        """Return how many rows and columns the cells reach; `TooLarge` past what is read."""
        rows = max((row for cells in (self.texts, self.faults) for row, _ in cells), default=-1)
        columns = max((at for cells in (self.texts, self.faults) for _, at in cells), default=-1)
        rows, columns = rows + 1, columns + 1
        if rows * columns > CELLS or sum(map(len, self.texts.values())) > TEXTS:
            raise TooLarge
        return rows, columns

    def fill_down(self) -> None:
        """Write a merged text into every row that it spans; a merged count belongs to no row."""
        rows, _ = self.extent()
        left_to_fill = CELLS
        for top, left, bottom, _ in self.merges:
            bottom = min(bottom, rows - 1)
            if bottom <= top:
                continue
            left_to_fill -= bottom - top
            if left_to_fill < 0:
                raise TooLarge
            anchor = (top, left)
            counted = anchor in self.numbers
            for row in range(top + 1, bottom + 1):
                if counted:
                    self.faults[row, left] = self.faults[anchor] = "merged"
                elif text := self.texts.get(anchor, ""):
                    self.texts[row, left] = text

    def as_json(self) -> dict[str, object]:
        """Return the sheet as the process hands it on: columns of texts of one length."""
        self.fill_down()
        rows, columns = self.extent()
        dense = [[""] * rows for _ in range(columns)]
        for (row, column), text in self.texts.items():
            dense[column][row] = text
        return {
            "name": self.name,
            "visible": self.visible,
            "columns": dense,
            "faults": [[row, column, kind] for (row, column), kind in self.faults.items()],
            "merges": self.merges,
            "notes": self.notes,
        }


def number_text(value: float) -> str:
    """Return a number as it would be typed: a whole one without its point.

    >>> number_text(279.0), number_text(82.64), number_text(1e300)[:4]
    ('279', '82.64', '1000')
    """
    return str(int(value)) if value.is_integer() else repr(value)
