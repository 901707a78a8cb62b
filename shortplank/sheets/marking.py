"""An annotated copy: the workbook as it came, each faulty cell marked, with what was found.

Asked with a JSON object on one line (``list``: the name of the list's sheet, ``author``,
``marks``: [sheet, cell, colour, label, message], and, where there is no workbook to keep,
``copies``: [sheet, its name in the copy, columns of texts]) and the workbook's bytes; answers with
the copy's.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from shortplank.names import printable, sheet_name
from shortplank.sheets.content import CELLS

_LONGEST = 32_000
Mark = tuple[str | None, str | None, str, str, str]


def mark(asked: bytes) -> bytes:
    """Return the copy; nothing where openpyxl cannot keep the workbook."""
    line, _, data = asked.partition(b"\n")
    about: dict[str, Any] = json.loads(line)
    book = _copied(about["copies"]) if about["copies"] else _opened(data)
    if book is None:
        return b""
    titles = {sheet or "": title for sheet, title, _ in about["copies"]}
    marks: list[Mark] = [tuple(mark) for mark in about["marks"]]
    for one in marks:
        _mark(_sheet_of(book, titles.get(one[0] or "", one[0])), one, about["author"])
    _list(book, marks, about["list"])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _opened(data: bytes) -> Workbook | None:
    """Return the workbook itself where openpyxl can keep it, its formulas as text."""
    try:
        book = load_workbook(io.BytesIO(data), keep_links=False)
    except Exception:  # openpyxl fails in many ways on what other readers take
        return None
    for sheet in book.worksheets:
        sheet.protection.sheet = False
        if sheet.max_row * sheet.max_column > CELLS:
            return None
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or (
                    isinstance(cell.value, str) and cell.value[:1] in "=+-@"
                ):
                    _write(cell, str(getattr(cell.value, "text", cell.value)))
    return book


def _copied(sheets: Sequence[tuple[str | None, str, Sequence[Sequence[str]]]]) -> Workbook:
    """Return the cells alone, for .xls and CSV files."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for _, name, columns in sheets:
        sheet = book.create_sheet(name)
        for column, texts in enumerate(columns, start=1):
            for row, text in enumerate(texts, start=1):
                if text:
                    _write(sheet.cell(row, column), text)
    return book


def _write(cell: Cell | MergedCell, text: str) -> None:
    """Write text as text, whatever it begins with."""
    if isinstance(cell, MergedCell):
        return
    cell.value = printable(text[:_LONGEST])
    cell.data_type = "s"
    cell.quotePrefix = True


def _sheet_of(book: Workbook, name: str | None) -> Worksheet | None:
    if name is not None and name in book.sheetnames:
        return book[name]
    return book.worksheets[0] if name is None and book.worksheets else None


def _mark(sheet: Worksheet | None, mark: Mark, author: str) -> None:
    _, place, colour, label, message = mark
    if sheet is None or place is None:
        return
    cell = sheet[place]
    if isinstance(cell, MergedCell):
        area = next((r for r in sheet.merged_cells.ranges if place in r), None)
        cell = sheet.cell(area.min_row, area.min_col) if area else cell
    cell.fill = PatternFill("solid", start_color=colour)
    before = f"{cell.comment.text}\n" if cell.comment and cell.comment.author == author else ""
    cell.comment = Comment(f"{before}[{label}] {message}", author, height=120, width=320)


def _list(book: Workbook, marks: Sequence[Mark], name: str) -> None:
    sheet = book.create_sheet(sheet_name(name, book.sheetnames))
    rows = [(at or "", cell or "", label, message) for at, cell, _, label, message in marks]
    for row, cells in enumerate([("工作表", "单元格", "程度", "说明"), *rows], start=1):
        for column, text in enumerate(cells, start=1):
            _write(sheet.cell(row, column), text)
    for letter, width in zip("ABCD", (14, 10, 8, 90), strict=True):
        sheet.column_dimensions[letter].width = width
