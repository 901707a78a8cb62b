"""An .xls workbook, by calamine, with the error values that it shows as blanks."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from shortplank.sheets.compound import error_cells
from shortplank.sheets.content import (
    CELLS,
    LONG_NUMBER,
    Broken,
    Locked,
    Place,
    Sheet,
    TooLarge,
    number_text,
)


def read_xls(data: bytes) -> tuple[list[Sheet], list[str]]:
    """Return a workbook's sheets; texts beside them are not known."""
    errors = error_cells(data)
    sheets = []
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for about in book.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                visible = about.visible == calamine.SheetVisibleEnum.Visible
                sheet = _sheet(about.name, visible, book.get_sheet_by_name(about.name))
                sheet.faults |= dict.fromkeys(errors.get(about.name, ()), "error")
                sheets.append(sheet)
    except calamine.PasswordError as error:
        raise Locked from error
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise Broken from error
    return sheets, []


def _sheet(name: str, visible: bool, read: calamine.CalamineSheet) -> Sheet:
    if read.total_height * read.total_width > CELLS:
        raise TooLarge
    sheet = Sheet(name, visible)
    for row, cells in enumerate(read.to_python(skip_empty_area=False)):
        for column, value in enumerate(cells):
            if value != "":
                _take(sheet, (row, column), value)
    sheet.merges = [(*begin, *end) for begin, end in read.merged_cell_ranges or ()]
    return sheet


def _take(sheet: Sheet, place: Place, value: object) -> None:
    if text := text_of(value):
        sheet.texts[place] = text
    if not isinstance(value, str):
        sheet.numbers.add(place)
    if isinstance(value, (int, float)) and abs(value) >= LONG_NUMBER:
        sheet.faults[place] = "long"


def text_of(value: object) -> str:
    """Return a cell's value as it would be typed; a date without a time as 2010-06-01."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else str(value)
    return str(value) if isinstance(value, (int, date, time, timedelta)) else ""
