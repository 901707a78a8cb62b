"""An annotated copy: the workbook as it came, each faulty cell marked, with its finding."""

from __future__ import annotations

import io
from collections.abc import Iterable

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from shortplank.errors import ShortplankError
from shortplank.ingest.findings import SEVERITY_LABELS, Finding
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.read import read_grids
from shortplank.ingest.workbook import is_package

_FILLS = {
    "error": PatternFill("solid", start_color="FFF4B183"),
    "warning": PatternFill("solid", start_color="FFFFF2CC"),
}
SHEET = "核对意见"
AUTHOR = "短板看板"


def annotate(upload: Upload, findings: Iterable[Finding]) -> bytes:
    """Return an .xlsx copy with the findings in it and a sheet that lists them all.

    Formulas and text that looks like one are written as text: nothing in the copy can run.
    `ShortplankError` for a file that was refused (it is not handed on) or cannot be read.
    """
    own = [finding for finding in findings if finding.file == upload.name]
    if any(finding.severity == "refuse" for finding in own):
        raise ShortplankError("含个人信息的文件不另存批注副本", mend="请退回填报单位重报")
    try:
        grids = read_grids(upload)
    except Unreadable as fault:
        raise ShortplankError(fault.message, place=upload.name) from fault
    book = _opened(upload) or _copied(grids)
    for finding in own:
        _mark(book, finding)
    _list(book, own)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _opened(upload: Upload) -> Workbook | None:
    """Return the workbook itself where openpyxl can keep it, its formulas as text."""
    if not is_package(upload.data):
        return None
    try:
        book = load_workbook(io.BytesIO(upload.data), keep_links=False)
    except Exception:  # openpyxl fails in many ways on what calamine reads
        return None
    for sheet in book.worksheets:
        sheet.protection.sheet = False
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or (
                    isinstance(cell.value, str) and cell.value[:1] in "=+-@"
                ):
                    _write(cell, str(getattr(cell.value, "text", cell.value)))
    return book


def _copied(grids: list[Grid]) -> Workbook:
    """Return the cells alone, for .xls and CSV files."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, grid in enumerate(grids, start=1):
        sheet = book.create_sheet((grid.sheet or f"表{number}")[:31])
        for row, cells in enumerate(grid.slice(0, grid.rows), start=1):
            for column, text in enumerate(cells, start=1):
                if text:
                    _write(sheet.cell(row, column), text)
    return book


def _write(cell: Cell | MergedCell, text: str) -> None:
    """Write text as text, whatever it begins with."""
    if isinstance(cell, MergedCell):
        return
    cell.value = "".join(letter for letter in text if letter >= " " or letter in "\t\n")[:32_000]
    cell.data_type = "s"
    cell.quotePrefix = True


def _sheet_of(book: Workbook, finding: Finding) -> Worksheet | None:
    if finding.sheet is not None and finding.sheet in book.sheetnames:
        return book[finding.sheet]
    return book.worksheets[0] if finding.sheet is None and book.worksheets else None


def _mark(book: Workbook, finding: Finding) -> None:
    sheet = _sheet_of(book, finding)
    if sheet is None or finding.cell is None:
        return
    cell = sheet[finding.cell]
    if isinstance(cell, MergedCell):
        area = next((r for r in sheet.merged_cells.ranges if finding.cell in r), None)
        cell = sheet.cell(area.min_row, area.min_col) if area else cell
    cell.fill = _FILLS[finding.severity]
    said = f"[{SEVERITY_LABELS[finding.severity]}] {finding.message}"
    before = f"{cell.comment.text}\n" if cell.comment and cell.comment.author == AUTHOR else ""
    cell.comment = Comment(before + said, AUTHOR, height=120, width=320)


def _list(book: Workbook, findings: list[Finding]) -> None:
    name = SHEET
    while name in book.sheetnames:
        name += "_"
    sheet = book.create_sheet(name)
    rows = [(f.sheet or "", f.cell or "", SEVERITY_LABELS[f.severity], f.message) for f in findings]
    for row, cells in enumerate([("工作表", "单元格", "程度", "说明"), *rows], start=1):
        for column, text in enumerate(cells, start=1):
            _write(sheet.cell(row, column), text)
    for letter, width in zip("ABCD", (14, 10, 8, 90), strict=True):
        sheet.column_dimensions[letter].width = width
