"""A table as a workbook: numbers as numbers, with what it is about on every sheet."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import xlsxwriter

from shortplank.names import printable, sheet_name

AUTHOR = "短板看板"
FONT = "Microsoft YaHei"
# A workbook made from the same figures is the same file.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDEST = 42
# What a sheet and a cell hold (Excel's own limits; letters with room for pairs).
MOST_ROWS = 1_048_576
MOST_LETTERS = 16_000
LINE_HEIGHT = 16


def table_xlsx(table: pa.Table, about: Mapping[str, str], *, name: str, decimals: int = 2) -> bytes:
    """Return a table as one sheet of a workbook, headed by what it is about.

    ``about`` is written above the table, a line a key; fractions show ``decimals`` places. Text
    is never a formula or a link.
    """
    sink = io.BytesIO()
    book = new_book(sink)
    write_sheet(book, name, table, about, decimals=decimals)
    book.close()
    return sink.getvalue()


def new_book(sink: io.BytesIO) -> xlsxwriter.Workbook:
    """Return a workbook without formulas, links or the name of whoever made it."""
    book = xlsxwriter.Workbook(
        sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"author": AUTHOR, "created": CREATED})
    return book


def add_sheet(book: xlsxwriter.Workbook, name: str, *, ending: str = "") -> Any:
    """Return a new sheet of a workbook under a name that Excel opens and no other has."""
    return book.add_worksheet(sheet_name(name, book.sheetnames, ending=ending))


def write_sheet(
    book: xlsxwriter.Workbook,
    name: str,
    table: pa.Table,
    about: Mapping[str, str],
    *,
    decimals: int = 2,
    ending: str = "",
) -> tuple[Any, int]:
    """Write a table on a sheet of its own; return the sheet and the row of its headings.

    Where Excel cannot take the name as it is, it stands whole above the table; rows beyond what
    a sheet holds stand on the next. Texts wrap, so that none is cut by the cell beside it.
    """
    sheet = add_sheet(book, name, ending=ending)
    if sheet.get_name() != f"{name}{ending}":
        about = {"表名": f"{name}{ending}", **about}
    texts = [_cell_text(f"{key}：{value}") for key, value in about.items()]
    top = len(texts) + 1 if texts else 0
    held = MOST_ROWS - top - 1
    rest = table.slice(held)
    _write_columns(book, sheet, table.slice(0, held), top, decimals)
    widths = [_width([column, *table[column].to_pylist()]) for column in table.column_names]
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    for row, lines in _wrapped(table.slice(0, held), widths).items():
        sheet.set_row(top + 1 + row, LINE_HEIGHT * lines)
    _write_head(book, sheet, texts, widths)
    _set_page(sheet, top)
    if rest.num_rows:
        write_sheet(book, name, rest, about, decimals=decimals, ending=ending)
    return sheet, top


def _write_columns(book: Any, sheet: Any, table: pa.Table, top: int, decimals: int) -> None:
    """Write the headings and the values below them, numbers as numbers."""
    head = book.add_format({"font_name": FONT, "bold": True, "bottom": 1, "text_wrap": True})
    body = book.add_format({"font_name": FONT, "text_wrap": True, "valign": "top"})
    whole = book.add_format({"font_name": FONT, "num_format": "#,##0", "valign": "top"})
    fraction = book.add_format(
        {"font_name": FONT, "num_format": "0." + "0" * decimals, "valign": "top"}
    )
    for at, column in enumerate(table.column_names):
        kind = table.schema.field(column).type
        form = fraction if pa.types.is_floating(kind) and decimals else whole
        sheet.write_string(top, at, _cell_text(column), head)
        for row, value in enumerate(table[column].to_pylist(), start=top + 1):
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(row, at, value, form)
            elif value is not None:
                sheet.write_string(row, at, _cell_text(str(value)), body)


def _write_head(book: Any, sheet: Any, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Write the lines above the table; one that is wider than the table wraps across it."""
    muted = book.add_format(
        {"font_name": FONT, "font_color": "#5B6470", "text_wrap": True, "valign": "top"}
    )
    plain = book.add_format({"font_name": FONT, "font_color": "#5B6470"})
    across = sum(widths)
    for row, text in enumerate(texts):
        lines = -(-text_width(text) // max(int(across), 1))
        if lines > 1:
            if len(widths) > 1:
                sheet.merge_range(row, 0, row, len(widths) - 1, "", muted)
            sheet.write_string(row, 0, text, muted)
            sheet.set_row(row, LINE_HEIGHT * lines)
        else:
            sheet.write_string(row, 0, text, plain)


def _set_page(sheet: Any, top: int) -> None:
    sheet.freeze_panes(top + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)


def _cell_text(text: str) -> str:
    """Return a text as a cell holds it; where it is too long, its end says how much is left out."""
    text = printable(text)
    if len(text) <= MOST_LETTERS:
        return text
    kept = MOST_LETTERS - 40
    return f"{text[:kept]}……（余 {len(text) - kept:,} 字写不下）"


def text_width(text: str) -> int:
    """Return a text's width in characters; Chinese ones take two."""
    return sum(2 if ord(c) > 255 else 1 for c in text)


def _wrapped(table: pa.Table, widths: Sequence[float]) -> dict[int, int]:
    """Return the lines of each row in which a text is wider than its column."""
    found: dict[int, int] = {}
    for column, width in zip(table.column_names, widths, strict=True):
        if width < _WIDEST:
            continue
        for row, value in enumerate(table[column].to_pylist()):
            lines = -(-text_width(str(value)) // (_WIDEST - 2))
            if lines > found.get(row, 1):
                found[row] = lines
    return found


def _width(values: list[Any]) -> float:
    """Return a column's width in characters."""
    longest = max((text_width(str(v)) for v in values), default=8)
    return min(max(longest + 2, 8), _WIDEST)
