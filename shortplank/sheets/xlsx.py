"""An .xlsx workbook: read in one pass of our own, then held against calamine's reading of it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import python_calamine as calamine

from shortplank.sheets.beside import book_texts, sheet_notes
from shortplank.sheets.cells import read_cells, rich_text
from shortplank.sheets.content import TEXTS, Broken, Disagreement, Locked, Place, Sheet, TooLarge
from shortplank.sheets.package import Package, attribute, local, named
from shortplank.sheets.styles import Styles


def read_xlsx(data: bytes) -> tuple[list[Sheet], list[str]]:
    """Return a workbook's sheets and the texts beside them all."""
    package = Package(data)
    book = package.workbook()
    styles, strings = Styles(package, book), _strings(package, book)
    sheets = []
    for name, visible, part in _sheet_parts(package, book):
        sheet = Sheet(name, visible)
        rest = read_cells(package.part(part), sheet, strings, styles)
        sheet.notes = sheet_notes(package, part, rest)
        sheet.extent()
        sheets.append(sheet)
    texts = book_texts(package, book)
    _compare(data, sheets)
    return sheets, texts


def _strings(package: Package, book: str) -> list[str]:
    found: list[str] = []
    for part in package.related(book, "sharedStrings")[:1]:
        items = (node for node in package.tree(part) if local(node.tag) == "si")
        found = [rich_text(node) for node in items]
    if sum(map(len, found)) > TEXTS:
        raise TooLarge
    return found


def _sheet_parts(package: Package, book: str) -> Iterator[tuple[str, bool, str]]:
    """Yield each worksheet's name, whether it is shown, and its part."""
    relations = package.relations(book)
    for node in named(package.tree(book), "sheet"):
        relation = relations.get(attribute(node, "id"))
        if relation is None or relation.external:
            raise Broken
        if relation.kind == "worksheet":
            shown = attribute(node, "state") in ("", "visible")
            yield attribute(node, "name"), shown, relation.target


# --- the second reader ----------------------------------------------------------------------------
def _compare(data: bytes, sheets: list[Sheet]) -> None:
    """Raise `Disagreement` where calamine finds other sheets, or text in other cells."""
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            kinds = calamine.SheetTypeEnum.WorkSheet
            names = [about.name for about in book.sheets_metadata if about.typ == kinds]
            if names != [sheet.name for sheet in sheets]:
                raise Disagreement
            for sheet in sheets:
                if _places(book.get_sheet_by_name(sheet.name)) != _filled(sheet):
                    raise Disagreement
    except calamine.PasswordError as error:
        raise Locked from error
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise Broken from error


def _places(sheet: calamine.CalamineSheet) -> set[Place]:
    return {
        (row, column)
        for row, cells in enumerate(sheet.to_python(skip_empty_area=False))
        for column, value in enumerate(cells)
        if value != "" and not (isinstance(value, str) and not value.strip())
    }


def _filled(sheet: Sheet) -> set[Place]:
    return {place for place, text in sheet.texts.items() if text.strip()}
