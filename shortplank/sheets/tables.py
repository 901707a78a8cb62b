"""The tables of a document, of slides or of a workbook as rows of texts: .docx, .pptx, .xlsx.

Texts only: neither formats nor what stands outside a table. Runs in the process of `child`.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from shortplank.sheets.content import CELLS, TEXTS, Broken, Foreign, Locked, Macros, TooLarge
from shortplank.sheets.package import Package, local
from shortplank.sheets.xlsx import read_xlsx

Table = dict[str, object]
"""``kind`` (document, slide, sheet), its ``number`` and ``name``, and its ``rows`` of texts."""
# A table of decisions is a part of a paper; what needs more is no paper of ours.
MOST_TABLES = 2_000
_MACROS = ("vbaproject.bin", "vbadata.xml")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_tables(data: bytes) -> list[Table]:
    """Return the tables of a file in their order.

    Raises `Broken`, `TooLarge`, `Foreign`, `Locked` or `Macros`.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # a compound file: with a password, or of long ago
        raise Locked if _ENCRYPTED in data else Foreign
    if not data.startswith(b"PK"):
        raise Foreign
    package = Package(data)
    if any(name.rpartition("/")[2] in _MACROS for name in package.names("")):
        raise Macros
    tables = list(_tables(data, package))
    cells = sum(len(row) for table in tables for row in _rows_of(table))
    texts = sum(len(text) for table in tables for row in _rows_of(table) for text in row)
    if len(tables) > MOST_TABLES or cells > CELLS or texts > TEXTS:
        raise TooLarge
    return tables


def _rows_of(table: Table) -> list[list[str]]:
    rows = table["rows"]
    assert isinstance(rows, list)
    return rows


def _tables(data: bytes, package: Package) -> Iterator[Table]:
    (main, *_) = package.related("", "officeDocument") or [""]
    root = local(package.tree(main).tag) if main else ""
    if root == "document":
        for number, node in enumerate(_outermost(package.tree(main)), start=1):
            yield {"kind": "document", "number": number, "name": "", "rows": _rows(node)}
    elif root == "presentation":
        for number, part in enumerate(_slides(package, main), start=1):
            for node in _outermost(package.tree(part)):
                yield {"kind": "slide", "number": number, "name": "", "rows": _rows(node)}
    elif root == "workbook":
        for number, sheet in enumerate(read_xlsx(data)[0], start=1):
            sheet.fill_down()
            rows, columns = sheet.extent()
            told = [[sheet.texts.get((r, c), "") for c in range(columns)] for r in range(rows)]
            yield {"kind": "sheet", "number": number, "name": sheet.name, "rows": told}
    else:
        raise Foreign


def _slides(package: Package, main: str) -> list[str]:
    """Return the slides' parts in the order in which they are shown."""
    relations = package.relations(main)
    ids = [
        next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
        for node in package.tree(main).iter()
        if local(node.tag) == "sldId"
    ]
    found = [relations[key].target for key in ids if key in relations]
    if len(found) != len(ids) or any(part not in package for part in found):
        raise Broken
    return found


def _outermost(node: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield the tables below a node, not those within a table's cells."""
    for child in node:
        if local(child.tag) == "tbl":
            yield child
        else:
            yield from _outermost(child)


def _rows(table: ElementTree.Element) -> list[list[str]]:
    return [
        [text for cell in _below(row, "tc") for text in _cell(cell)] for row in _below(table, "tr")
    ]


def _below(node: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Yield the nearest elements of a name, through what wraps them."""
    for child in node:
        if local(child.tag) == name:
            yield child
        elif local(child.tag) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _below(child, name)


def _cell(cell: ElementTree.Element) -> list[str]:
    """Return a cell's text, and a blank for each further column that it takes."""
    wide = 1
    for node in cell.iter():
        if local(node.tag) == "gridSpan":  # a slide's spanned cells are there by themselves
            wide = int(next(iter(node.attrib.values()), "1"))
    lines = [_line(node) for node in cell.iter() if local(node.tag) == "p"]
    if not 1 <= wide <= 64:
        raise Broken
    return ["\n".join(line for line in lines if line.strip()), *[""] * (wide - 1)]


def _line(paragraph: ElementTree.Element) -> str:
    """Return a paragraph's text; what was struck out under tracked changes is not in it."""
    told = []
    for node in paragraph.iter():
        name = local(node.tag)
        if name == "t":
            told.append(node.text or "")
        elif name in ("br", "tab", "cr"):
            told.append(" ")
    return "".join(told)
