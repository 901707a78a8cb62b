"""A table as a workbook: numbers as numbers, with what it is about on every sheet."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import xlsxwriter

AUTHOR = "短板看板"
FONT = "Microsoft YaHei"
# A workbook made from the same figures is the same file.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDEST = 42


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


def write_sheet(
    book: xlsxwriter.Workbook,
    name: str,
    table: pa.Table,
    about: Mapping[str, str],
    *,
    decimals: int = 2,
) -> tuple[Any, int]:
    """Write a table on a sheet of its own; return the sheet and the row of its headings."""
    sheet = book.add_worksheet(name[:31])
    head = book.add_format({"font_name": FONT, "bold": True, "bottom": 1, "text_wrap": True})
    muted = book.add_format({"font_name": FONT, "font_color": "#5B6470"})
    body = book.add_format({"font_name": FONT})
    whole = book.add_format({"font_name": FONT, "num_format": "#,##0"})
    fraction = book.add_format({"font_name": FONT, "num_format": "0." + "0" * decimals})
    for row, (key, value) in enumerate(about.items()):
        sheet.write_string(row, 0, f"{key}：{value}", muted)
    top = len(about) + 1 if about else 0
    for at, column in enumerate(table.column_names):
        values = table[column].to_pylist()
        kind = table.schema.field(column).type
        form = fraction if pa.types.is_floating(kind) and decimals else whole
        sheet.write_string(top, at, column, head)
        for row, value in enumerate(values, start=top + 1):
            if isinstance(value, bool | str):
                sheet.write_string(row, at, str(value), body)
            elif isinstance(value, int | float):
                sheet.write_number(row, at, value, form)
            elif value is not None:
                sheet.write_string(row, at, str(value), body)
        sheet.set_column(at, at, _width([column, *values]))
    sheet.freeze_panes(top + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    return sheet, top


def _width(values: list[Any]) -> float:
    """Return a column's width in characters; Chinese ones take two."""
    longest = max((sum(2 if ord(c) > 255 else 1 for c in str(v)) for v in values), default=8)
    return min(max(longest + 2, 8), _WIDEST)
