"""The cells of one sheet, in one pass over its XML: place, text, number format, formula, error.

A cell without a reference stands right of the one before it, a row without a number below it, as
the format has it; a cell that contradicts its row, or two cells in one place, are broken.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from xml.etree import ElementTree

from shortplank.sheets.content import (
    COLUMNS,
    LONG_NUMBER,
    MERGES,
    ROWS,
    TEXTS,
    Broken,
    Place,
    Range,
    Sheet,
    TooLarge,
    number_text,
)
from shortplank.sheets.package import XML_FAULTS, attribute, local, named, refuse_entities
from shortplank.sheets.styles import Styles

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")
# What a numeric cell may hold; Python alone would read 1_000 and "nan" too.
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_SHORT = 15  # digits that are exact in a cell, and below `LONG_NUMBER`
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ALIGNED = {
    "superscript": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "subscript": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
}
_TRUTH = {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}


@cache
def column_number(letters: str) -> int:
    """Return a column's place, counted from 0.

    >>> column_number("A"), column_number("z"), column_number("AA")
    (0, 25, 26)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def place_of(reference: str) -> Place | None:
    """Return the place that a reference names, None where it names none.

    >>> place_of("C4"), place_of("c4"), place_of("C0")
    ((3, 2), (3, 2), None)
    """
    match = _REFERENCE.fullmatch(reference.strip().replace("$", ""))
    if match is None:
        return None
    row, column = int(match[2]) - 1, column_number(match[1])
    return (row, column) if row < ROWS and column < COLUMNS else None


def range_of(reference: str) -> Range | None:
    """Return the range that a reference such as A1:C3 names."""
    first, _, last = reference.partition(":")
    begin, end = place_of(first), place_of(last or first)
    if begin is None or end is None:
        return None
    return (
        min(begin[0], end[0]),
        min(begin[1], end[1]),
        max(begin[0], end[0]),
        max(begin[1], end[1]),
    )


def plain_text(text: str) -> str:
    """Return a text with the format's escapes (_x000D_) read, and nothing that is no character."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def rich_text(node: ElementTree.Element) -> str:
    """Return the text of a string item: its runs joined, without the readings above them."""
    texts: list[str] = []
    for child in node:
        kind = local(child.tag)
        if kind == "t":
            texts.append(child.text or "")
        elif kind == "r":
            own = "".join(part.text or "" for part in child if local(part.tag) == "t")
            texts.append(own.translate(_raised(child)))
    return plain_text("".join(texts))


def _raised(run: ElementTree.Element) -> dict[int, int]:
    """Return how a run's digits are written where they stand above or below the line.

    A footnote's digit is shown apart from the number before it, and must not be read as its last.
    """
    where = [attribute(node, "val") for node in named(run, "vertAlign")]
    return _ALIGNED.get(where[-1], {}) if where else {}


def read_cells(
    xml: bytes, sheet: Sheet, strings: Sequence[str], styles: Styles
) -> ElementTree.Element:
    """Fill in a sheet's cells and merged ranges; return what else its XML holds."""
    reader = _Reader(sheet, strings, styles)
    try:
        root = reader.read(refuse_entities(xml))
    except XML_FAULTS as error:
        raise Broken from error
    merges = [range_of(attribute(node, "ref")) for node in named(root, "mergeCell")]
    if None in merges:
        raise Broken
    if len(merges) > MERGES:
        raise TooLarge
    sheet.merges = [merge for merge in merges if merge]
    return root


class _Reader:
    def __init__(self, sheet: Sheet, strings: Sequence[str], styles: Styles) -> None:
        self.sheet, self.strings, self.styles = sheet, strings, styles
        self.seen: set[Place] = set()
        self.length = 0

    def read(self, xml: bytes) -> ElementTree.Element:
        parser = ElementTree.iterparse(io.BytesIO(xml), events=("end",))
        row = -1
        for _, node in parser:
            if node.tag.endswith("row") and local(node.tag) == "row":
                row = self._row(node, row)
                node.clear()
        return parser.root  # type: ignore[attr-defined]

    def _row(self, node: ElementTree.Element, before: int) -> int:
        """Read one row and return its place."""
        said = node.get("r")
        if said and not (said.isdecimal() and 1 <= int(said) <= ROWS):
            raise Broken
        row, column = int(said) - 1 if said else before + 1, -1
        for cell in node:
            if local(cell.tag) != "c":
                continue
            column = self._column(cell.get("r"), row, column + 1)
            if len(cell) or cell.get("t") == "e":
                self._cell(cell, (row, column))
        return row

    def _column(self, reference: str | None, row: int, following: int) -> int:
        """Return a cell's column: by its reference, else right of the cell before."""
        if not reference:
            return following
        place = place_of(reference)
        if place is None or place[0] != row:
            raise Broken
        return place[1]

    def _cell(self, cell: ElementTree.Element, place: Place) -> None:
        if place in self.seen or place[0] >= ROWS or place[1] >= COLUMNS:
            raise Broken
        self.seen.add(place)
        kind, value, inline = cell.get("t", "n"), None, None
        formula = False
        for child in cell:
            what = local(child.tag)
            if what == "v":
                if value is not None:
                    raise Broken
                value = child.text or ""
            elif what == "f":
                formula = True
            elif what == "is":
                inline = child
        if formula:
            kept = bool(value) or (kind == "str" and value is not None)
            self.sheet.faults[place] = "formula" if kept else "no_value"
        if kind == "e":
            self.sheet.faults[place] = "error"
            return
        if kind == "n":
            text = self._number(value, cell.get("s", ""), place) if value else ""
        else:
            text = self._text(kind, value or "", inline, place)
        if text:
            self.length += len(text)
            if self.length > TEXTS:
                raise TooLarge
            self.sheet.texts[place] = text

    def _text(self, kind: str, value: str, inline: ElementTree.Element | None, place: Place) -> str:
        if kind == "s":
            return self._string(value.strip()) if value.strip() else ""
        if kind == "inlineStr":
            return "" if inline is None else rich_text(inline)
        if kind == "str" or not value.strip():
            return plain_text(value)
        self.sheet.numbers.add(place)
        if kind == "b":
            return _TRUTH.get(value.strip(), value)
        return _day_text(value) if kind == "d" else value

    def _string(self, number: str) -> str:
        if not number.isdecimal() or int(number) >= len(self.strings):
            raise Broken
        return self.strings[int(number)]

    def _number(self, value: str, style: str, place: Place) -> str:
        self.sheet.numbers.add(place)
        if (
            value.isdecimal()
            and value.isascii()
            and len(value) < 15
            and self.styles.is_plain(style)
        ):
            return value.lstrip("0") or "0"
        if not _NUMBER.fullmatch(value):
            return value.strip()  # no number; whoever wants one will say so
        number = float(value)
        if abs(number) >= LONG_NUMBER:
            self.sheet.faults[place] = "long"
            return number_text(number) if abs(number) < 1e300 else value.strip()
        return self.styles.text(number, style)


def _day_text(value: str) -> str:
    """Return a cell that holds a day in ISO 8601, without its time where that is midnight."""
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return value
    midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return str(moment.date()) if midnight else str(moment.replace(tzinfo=None))
