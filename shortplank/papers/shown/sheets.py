"""A workbook in HTML: the first rows of each sheet, with its name."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
from markupsafe import Markup

from shortplank.frame.html import joined

MOST_ROWS = 30


def sheet_pages(data: bytes) -> list[Markup]:
    """Return each sheet's first rows, and how many more there are."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        return [_sheet(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book]
    finally:
        book.close()


def _sheet(name: str, rows: list[tuple[object, ...]]) -> Markup:
    held = [row for row in rows if any(value not in (None, "") for value in row)]
    body = joined(Markup("<tr>{}</tr>").format(_cells(row)) for row in held[:MOST_ROWS])
    left = len(held) - MOST_ROWS
    more = Markup("<p>余 {:,} 行</p>").format(left) if left > 0 else Markup("")
    return Markup(
        '<div class="sheet" style="background:#FFFFFF;color:#1B1F24;border:1px solid #C9CDD3;'
        'padding:12px;font-size:12px;overflow:auto"><p><b>{}</b></p>'
        '<table style="border-collapse:collapse">{}</table>{}</div>'
    ).format(name, body, more)


def _cells(row: tuple[object, ...]) -> Markup:
    """Return a row's cells; a text that stands alone goes across, as it does above a table."""
    texts = [_text(value) for value in row]
    alone = texts[0] and not any(texts[1:])
    cell = Markup('<td colspan="{}" style="border:1px solid #E5E7EB;padding:1px 6px">{}</td>')
    if alone:
        return cell.format(len(texts), texts[0])
    return joined(cell.format(1, text) for text in texts)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    return str(value)
