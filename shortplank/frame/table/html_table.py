"""A table as HTML: it prints whole, is read out, and gives a spreadsheet its numbers.

Sorting, pages and copying are in the browser (`gate/assets/tables.js`); a number whose text is
rounded carries its value beside it. All rows are in the document, a `<tbody>` a page of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa
from markupsafe import Markup, escape

# As many rows as a page of a table has, and as a document has at all: a browser is slow with more.
PAGE_ROWS, MOST = 100, 2_000
NOTHING_THERE = "–"
_RIGHT = ' class="n"'


def html_table(
    table: pa.Table,
    *,
    key: str,
    name: str,
    paper: str,
    decimals: int = 2,
    height: int | None = None,
    picks: bool = False,
) -> Markup:
    """Return a table of Chinese columns in a box of its own that scrolls, with pages if it is long.

    Fractions have ``decimals`` places, ``paper`` is the ground under what stays in sight,
    ``height`` the most of a screen that the box takes; ``picks`` puts a button into each row.
    """
    columns = [
        _cells(column.to_pylist(), field.type, decimals)
        for column, field in zip(table.columns, table.schema, strict=True)
    ]
    columns[0] = [_row_head(cell, at if picks else None) for at, cell in enumerate(columns[0])]
    rows = [f"<tr>{''.join(row)}</tr>" for row in zip(*columns, strict=True)]
    pages = [rows[at : at + PAGE_ROWS] for at in range(0, len(rows), PAGE_ROWS)]
    box = Markup(
        '<div class="sheet"><div class="table-box" tabindex="0" role="region" aria-label="{name}，'
        '{count} 行" data-key="{key}" style="--paper:{paper};{height}"><table class="data"{picks}>'
        "<thead><tr>{heads}</tr></thead>{bodies}</table></div>{turns}"
        '<span class="told" role="status"></span></div>'
    )
    return box.format(
        name=name,
        count=len(rows),
        key=class_of(key),
        paper=paper,
        height=f"--most:{height}px" if height else "",
        picks=Markup(" data-picks") if picks else "",
        heads=Markup("").join(heads(table.schema)),
        bodies=Markup("").join(_body(page, now=page is pages[0]) for page in pages),
        turns=_turns(len(pages)) if len(pages) > 1 else "",
    )


def heads(schema: pa.Schema) -> list[Markup]:
    """Return the headings, each a button that sorts."""
    mark = Markup('<th scope="col" aria-sort="none"{}><button type="button">{}</button></th>')
    right = Markup(_RIGHT)
    return [mark.format(right if _is_number(each.type) else "", each.name) for each in schema]


def class_of(key: str) -> str:
    """Return a key as Streamlit writes it into the class of an element.

    >>> class_of("rankings-table 2")
    'rankings-table-2'
    """
    return re.sub(r"[^a-zA-Z0-9_-]", "-", key)


def fixed(value: float, decimals: int) -> str:
    """Return a fraction with so many places; a half goes away from zero, as browsers write it.

    >>> fixed(2.5, 0), fixed(-0.125, 2), fixed(12.0, 1)
    ('3', '-0.13', '12.0')
    """
    return str(Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _cells(values: Sequence[Any], kind: pa.DataType, decimals: int) -> list[str]:
    """Return a column's cells; one that is empty says so to whoever sorts or copies."""
    if not _is_number(kind):
        return [_text(value) for value in values]
    if pa.types.is_integer(kind):
        return [_nothing(_RIGHT) if v is None else f"<td{_RIGHT}>{v}</td>" for v in values]
    return [_fraction(value, decimals) for value in values]


def _text(value: Any) -> str:
    return _nothing("") if value is None else f"<td>{escape(str(value))}</td>"


def _fraction(value: float | None, decimals: int) -> str:
    if value is None or not math.isfinite(value):
        return _nothing(_RIGHT)
    shown = fixed(value, decimals)
    exact = "" if float(shown) == value else f' data-v="{value!r}"'
    return f"<td{_RIGHT}{exact}>{shown}</td>"


def _nothing(kind: str) -> str:
    return f'<td{kind} data-v="">{NOTHING_THERE}</td>'


def _row_head(cell: str, number: int | None) -> str:
    """Return a row's first cell as its heading, with the row's button where rows are picked."""
    start, inner = cell[3:-5].split(">", 1)
    if number is not None:
        inner = (
            f'<button type="button" class="pick" data-row="{number}" aria-pressed="false">'
            f"{inner}</button>"
        )
    return f'<th scope="row"{start}>{inner}</th>'


def _body(rows: Sequence[str], *, now: bool) -> Markup:
    return Markup('<tbody class="now">{}</tbody>' if now else "<tbody>{}</tbody>").format(
        Markup("".join(rows))
    )


def _turns(pages: int) -> Markup:
    """Return the buttons that turn the pages; the script rewrites the text between them."""
    return Markup(
        '<div class="pages" role="group" aria-label="翻页">'
        '<button type="button" data-turn="-1" aria-disabled="true">上一页</button>'
        '<span role="status">第 <b>1</b> 页 共 {} 页</span>'
        '<button type="button" data-turn="1" aria-disabled="false">下一页</button></div>'
    ).format(pages)
