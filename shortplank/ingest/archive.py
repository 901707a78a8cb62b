"""The parts of an .xlsx file, each unpacked under a limit, and what calamine does not tell of them.

calamine gives values and merged ranges; formulas, error values, comments, headers and footers are
read here from the parts' own XML, which costs a tenth of opening the file with openpyxl.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

# A county's workbook unpacks to less than one of these megabytes, a nation's month to about 20.
UNPACKED_BYTES = 64 * 1024 * 1024
PARTS = 2_000
CELLS = 2_000_000
_LOCAL_HEADER = 30
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_UNSEEN = re.compile(rb"<(?:\w+:)?f[\s/>]|\st=[\"']e[\"']")
_FOOTER = re.compile(rb"<(?:\w+:)?headerFooter")


class Broken(Exception):
    """A part that cannot be unpacked as the file says."""


class TooLarge(Exception):
    """A file that would unpack to more than a workbook of counts can hold."""


@dataclass
class SheetPart:
    """What the XML of one sheet says beside its values; rows and columns are counted from 0."""

    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Cells that hold a formula, and whether the file keeps its value."""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: list[tuple[tuple[int, int] | None, str]] = field(default_factory=list)
    """Texts outside the cells (comments, headers, footers, text boxes), with a cell if any."""


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip file; `Broken` or `TooLarge`, before anything is unpacked if told.

    A part that unpacks to another length than the file says is broken: no reader after this one
    can be led past the limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise Broken from error
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise TooLarge
    return {part.filename: _part(data, part) for part in parts if not part.is_dir()}


def _part(data: bytes, part: zipfile.ZipInfo) -> bytes:
    start = part.header_offset
    head = data[start : start + _LOCAL_HEADER]
    if part.flag_bits & 1 or len(head) < _LOCAL_HEADER or not head.startswith(b"PK\x03\x04"):
        raise Broken
    start += _LOCAL_HEADER + int.from_bytes(head[26:28], "little")
    start += int.from_bytes(head[28:30], "little")
    packed = data[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        content, ended = packed, True
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        content, ended = _inflated(packed, part.file_size)
    else:
        raise Broken
    if not ended or len(content) != part.file_size or zlib.crc32(content) != part.CRC:
        raise Broken
    return content


def _inflated(packed: bytes, size: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(-15)
    try:
        return stream.decompress(packed, size + 1), stream.eof
    except zlib.error as error:
        raise Broken from error


# --- XML ------------------------------------------------------------------------------------------
def _tree(xml: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Broken  # no workbook declares entities
    try:
        return ElementTree.fromstring(xml)
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as error:
        raise Broken from error


def _named(tree: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (node for node in tree.iter() if node.tag.rpartition("}")[2] == name)


def _attribute(node: ElementTree.Element, name: str) -> str:
    return next((v for k, v in node.attrib.items() if k.rpartition("}")[2] == name), "")


def _relations(parts: dict[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Return a part's relations: id to type and the part that is meant."""
    folder, name = posixpath.split(part)
    xml = parts.get(f"{folder}/_rels/{name}.rels")
    if xml is None:
        return {}
    found = {}
    for node in _named(_tree(xml), "Relationship"):
        target = node.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        found[node.get("Id", "")] = (node.get("Type", ""), posixpath.normpath(path))
    return found


def sheet_paths(parts: dict[str, bytes]) -> dict[str, str]:
    """Return each sheet's name with the part that holds it; `Broken` where there is no workbook."""
    book = "xl/workbook.xml"
    if book not in parts:
        raise Broken
    relations = _relations(parts, book)
    names = [
        (_attribute(n, "name"), _attribute(n, "id")) for n in _named(_tree(parts[book]), "sheet")
    ]
    return {name: relations[key][1] for name, key in names if key in relations}


def check_extent(xml: bytes) -> None:
    """Raise `TooLarge` for a sheet whose farthest cells span more than a reader can hold.

    calamine lays out the whole rectangle: one cell at XFD1048576 alone would take 500 GB.
    """
    rows = columns = 0
    for match in _CELL.finditer(xml):
        rows, columns = max(rows, int(match[2])), max(columns, column_number(match[1].decode()) + 1)
    if rows * columns > CELLS:
        raise TooLarge


def column_number(letters: str) -> int:
    """Return a column's place, counted from 0.

    >>> column_number("A"), column_number("Z"), column_number("AA")
    (0, 25, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _place(reference: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    return (int(match[2]) - 1, column_number(match[1])) if match else None


def read_part(parts: dict[str, bytes], path: str) -> SheetPart:
    """Return what one sheet's parts say beside its values."""
    xml, found = parts[path], SheetPart()
    if _UNSEEN.search(xml) or _FOOTER.search(xml):
        _read_cells(_tree(xml), found)
    for kind, target in _relations(parts, path).values():
        if target in parts and re.search(r"/(comments|threadedComment|drawing|vmlDrawing)$", kind):
            found.notes += _notes(parts[target])
    return found


def _read_cells(tree: ElementTree.Element, found: SheetPart) -> None:
    for node in _named(tree, "c"):
        place = _place(node.get("r", ""))
        if place is None:
            continue
        children = {child.tag.rpartition("}")[2]: child for child in node}
        value = (children["v"].text or "") if "v" in children else ""
        if "f" in children:
            found.formulas[place] = bool(value) or (node.get("t") == "str" and "v" in children)
        if node.get("t") == "e":
            found.errors[place] = value
    for node in _named(tree, "headerFooter"):
        found.notes += [(None, text) for child in node if (text := child.text)]


def _notes(xml: bytes) -> Iterator[tuple[tuple[int, int] | None, str]]:
    """Yield the texts of comments (with their cells) and text boxes."""
    try:
        tree = _tree(xml)
    except Broken:
        return  # a drawing that is no XML shows nothing in a spreadsheet program either
    comments = [n for kind in ("comment", "threadedComment") for n in _named(tree, kind)]
    for node in comments:
        yield _place(node.get("ref", "")), "".join(node.itertext())
    if not comments:
        yield None, " ".join(tree.itertext())
