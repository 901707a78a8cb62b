"""A table as a workbook: numbers as numbers, with what it is about on every sheet."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import xlsxwriter

from shortplank.drawing.theme import LIGHT, text_on
from shortplank.names import printable, sheet_name

AUTHOR = "短板看板"
FONT = "Microsoft YaHei"
# A workbook made from the same figures is the same file.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
# What a sheet and a cell hold (Excel's own limits; letters with room for pairs).
MOST_ROWS = 1_048_576
MOST_LETTERS = 16_000
# In points: the type of cells and of the title, and what a line of each takes.
SIZE, TITLE_SIZE = 10, 14
LINE_HEIGHT, LEADING, TITLE_HEIGHT = 16, 14.6, 24
# In characters: a page of A4 across with its margins, and the bounds of a column.
PAGE_WIDE = 142.0
MARGIN = 0.4  # inches
_LEAST, _SHORT, _WIDEST = 7, 24, 60
# An arrow of the filter covers the end of a heading.
_ARROW = 3
_FOOT_LETTERS = 110
HEAD_FILL = "#EEF1F4"
# A column's width where none is set, and what every column has besides its letters.
DEFAULT_WIDE, PADDING = 8.43, 0.71


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


@dataclass(frozen=True)
class Dress:
    """What a sheet has beside its figures.

    ``title`` stands large above all; ``head`` stands above each printed page, ``foot`` and the
    page's number below it.
    ``forms`` are the number formats of a column, one for all its rows or one each; ``fills`` the
    colours of a column's cells, "" for none; ``narrow`` columns wrap at so many characters, and
    ``room`` columns to the right of the table are part of the page, for a chart.
    """

    title: str = ""
    head: str = ""
    foot: str = ""
    forms: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    fills: Mapping[str, Sequence[str]] = field(default_factory=dict)
    narrow: Mapping[str, float] = field(default_factory=dict)
    room: int = 0


@dataclass(frozen=True)
class Placed:
    """Where a table stands: its sheet, the row of its headings, its rows and columns' widths."""

    sheet: Any
    top: int
    rows: int
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    height: float
    """What all rows take from the sheet's first to the table's last, in points."""

    @property
    def name(self) -> str:
        """Return the sheet's name."""
        return str(self.sheet.get_name())

    @property
    def below(self) -> int:
        """Return the first row below the table."""
        return self.top + self.rows + 1

    def cells(self, head: str) -> list[Any]:
        """Return a column's cells, as a chart refers to them."""
        at = self.heads.index(head)
        return [self.name, self.top + 1, at, self.top + self.rows, at]


def write_sheet(
    book: xlsxwriter.Workbook,
    name: str,
    table: pa.Table,
    about: Mapping[str, str] | Sequence[str],
    *,
    decimals: int = 2,
    ending: str = "",
    dress: Dress | None = None,
) -> Placed:
    """Write a table on a sheet of its own; return where it stands.

    ``about`` is what stands above the table, a line each. Where Excel cannot take the name as it
    is, it stands whole above the table; rows beyond what a sheet holds stand on the next. Texts
    wrap, so that none is cut by the cell beside it; the sheet prints on A4 across.
    """
    dress = dress or Dress()
    sheet = add_sheet(book, name, ending=ending)
    texts = (
        list(about) if not isinstance(about, Mapping) else [f"{k}：{v}" for k, v in about.items()]
    )
    texts = [*([dress.title] if dress.title else []), *texts]
    if sheet.get_name() != f"{name}{ending}":
        texts.insert(0, f"表名：{name}{ending}")
        dress = replace(dress, title="")
    top = len(texts) + 1 if texts else 0
    held = MOST_ROWS - top - 1
    shown, rest = table.slice(0, held), table.slice(held)
    widths = column_widths(shown, dress.narrow)
    if dress.title:
        # A narrow table has the page's rest to itself, or programs would blow it up to fill it.
        wide = sum(widths) + PADDING * len(widths)
        left = int((PAGE_WIDE - wide) / (DEFAULT_WIDE + PADDING))
        dress = replace(dress, room=max(dress.room, left))
    sheet.set_default_row(LINE_HEIGHT)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    height = _write_lines(book, sheet, [_cell_text(t) for t in texts], widths, dress)
    _write_columns(book, sheet, shown, top, decimals, dress)
    height += _set_heights(sheet, shown, top, widths)
    heads = tuple(table.column_names)
    placed = Placed(sheet, top, shown.num_rows, heads, tuple(widths), height)
    _set_page(placed, dress)
    if rest.num_rows:
        write_sheet(book, name, rest, about, decimals=decimals, ending=ending, dress=dress)
    return placed


def _write_columns(
    book: Any, sheet: Any, table: pa.Table, top: int, decimals: int, dress: Dress
) -> None:
    """Write the headings and the values below them, numbers as numbers."""
    forms = _Forms(book)
    for at, column in enumerate(table.column_names):
        kind = table.schema.field(column).type
        number = "0." + "0" * decimals if pa.types.is_floating(kind) and decimals else "#,##0"
        asked, fills = dress.forms.get(column, number), dress.fills.get(column, ())
        is_number = pa.types.is_floating(kind) or pa.types.is_integer(kind)
        sheet.write_string(top, at, _cell_text(column), forms.head(right=is_number))
        for row, value in enumerate(table[column].to_pylist()):
            fill = fills[row] if row < len(fills) else ""
            if isinstance(value, int | float) and not isinstance(value, bool):
                form = asked if isinstance(asked, str) else asked[row]
                sheet.write_number(top + 1 + row, at, value, forms.number(form, fill))
            elif value is not None:
                sheet.write_string(top + 1 + row, at, _cell_text(str(value)), forms.text(fill))
            else:
                sheet.write_blank(top + 1 + row, at, None, forms.text(fill))


class _Forms:
    """A sheet's cell formats, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[object, ...], Any] = {}

    def _form(self, key: tuple[object, ...], more: Mapping[str, object]) -> Any:
        if key not in self._made:
            base = {"font_name": FONT, "font_size": SIZE, "font_color": LIGHT.ink}
            self._made[key] = self._book.add_format({**base, "valign": "vcenter", **more})
        return self._made[key]

    def head(self, *, right: bool) -> Any:
        """Return the format of a heading; of numbers it stands at the right, as they do."""
        fill = {"bold": True, "text_wrap": True, "bg_color": HEAD_FILL, "bottom": 1}
        align = "right" if right else "left"
        line = {"bottom_color": LIGHT.muted, "align": align, "indent": 1}
        return self._form(("head", right), {**fill, **line})

    def number(self, form: str, fill: str) -> Any:
        """Return the format of a number's cell."""
        return self._form(
            (form, fill), {"num_format": form, "align": "right", "valign": "top", **_cell(fill)}
        )

    def text(self, fill: str) -> Any:
        """Return the format of a text's cell."""
        return self._form(
            ("text", fill), {"text_wrap": True, "align": "left", "valign": "top", **_cell(fill)}
        )


def _cell(fill: str) -> dict[str, object]:
    line: dict[str, object] = {"bottom": 1, "bottom_color": LIGHT.grid, "indent": 1}
    return {**line, "bg_color": fill, "font_color": text_on(fill, LIGHT)} if fill else line


def _write_lines(
    book: Any, sheet: Any, texts: Sequence[str], widths: Sequence[float], dress: Dress
) -> float:
    """Write the lines above the table, across it and the chart beside it; return their height."""
    base = {"font_name": FONT, "text_wrap": True, "valign": "vcenter"}
    muted = book.add_format({**base, "font_size": SIZE, "font_color": LIGHT.muted})
    large = book.add_format({**base, "font_size": TITLE_SIZE, "font_color": LIGHT.ink, "bold": 1})
    across = sum(widths) + dress.room * (DEFAULT_WIDE + PADDING)
    last = len(widths) + dress.room - 1
    whole = float(LINE_HEIGHT)
    for row, text in enumerate(texts):
        titled = row == 0 and bool(dress.title)
        form, height = (large, TITLE_HEIGHT) if titled else (muted, LINE_HEIGHT)
        lines = lines_in(text, across * (SIZE / TITLE_SIZE if titled else 1))
        if last > 0:
            sheet.merge_range(row, 0, row, last, "", form)
        sheet.write_string(row, 0, text, form)
        sheet.set_row(row, height * lines)
        whole += height * lines
    return whole


def _set_heights(sheet: Any, table: pa.Table, top: int, widths: Sequence[float]) -> float:
    """Give each row the height of its longest text; return the table's height."""
    heads = zip(table.column_names, widths, strict=True)
    head = max((lines_in(h, w + 0.5) for h, w in heads), default=1)
    sheet.set_row(top, 6 + LINE_HEIGHT * head)
    wrapped = _wrapped(table, widths)
    for row, lines in wrapped.items():
        sheet.set_row(top + 1 + row, LINE_HEIGHT + LEADING * (lines - 1))
    more = sum(lines - 1 for lines in wrapped.values())
    return float(6 + LINE_HEIGHT * (head + table.num_rows) + LEADING * more)


def _set_page(placed: Placed, dress: Dress) -> None:
    sheet, columns = placed.sheet, len(placed.heads)
    sheet.hide_gridlines(2)
    sheet.freeze_panes(placed.top + 1, 1 if placed.widths and placed.widths[0] <= _SHORT else 0)
    if placed.rows and columns:
        sheet.autofilter(placed.top, 0, placed.top + placed.rows, columns - 1)
    set_paper(sheet, dress.head or placed.name, dress.foot)
    sheet.repeat_rows(placed.top)
    last = max(columns + dress.room - 1, 0)
    sheet.print_area(0, 0, max(placed.below - 1, placed.top), last)


def set_paper(sheet: Any, title: str, foot: str = "", *, landscape: bool = True) -> None:
    """Make a sheet print on A4, as wide as a page, with its title and the page's number."""
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=MARGIN, right=MARGIN, top=0.65, bottom=0.65)
    # A digit behind a size would be read as part of it: hence the spaces.
    sheet.set_header(f"&R&8 {_plain(title)}", {"margin": 0.3})
    sheet.set_footer(f"&L&8 {_plain(foot)}&R&8 &P / &N", {"margin": 0.3})


def _plain(text: str) -> str:
    """Return a text as the head or foot of a page holds it."""
    return printable(text)[:_FOOT_LETTERS].replace("&", "&&").replace("\n", " ")


def _cell_text(text: str) -> str:
    """Return a text as a cell holds it; where it is too long, its end says how much is left out."""
    text = printable(text)
    if len(text) <= MOST_LETTERS:
        return text
    kept = MOST_LETTERS - 40
    return f"{text[:kept]}……（余 {len(text) - kept:,} 字写不下）"


# --- room -----------------------------------------------------------------------------------------
def text_width(text: str) -> int:
    """Return a text's width in characters; Chinese ones take two."""
    return sum(2 if ord(c) > 255 else 1 for c in text)


def lines_in(text: str, width: float) -> int:
    """Return how many lines a text takes in a column: no line is filled to its end.

    >>> lines_in("流动人口建档率", 16), lines_in("流动人口建档率", 12)
    (1, 2)
    """
    room = max(width - 1.2, 2.0)
    parts = (text_width(part) for part in text.split("\n"))
    return sum(1 if part <= room else -(-int(part * 1.05 + 1) // int(room)) for part in parts)


def _wrapped(table: pa.Table, widths: Sequence[float]) -> dict[int, int]:
    """Return the lines of each row in which a text is wider than its column."""
    found: dict[int, int] = {}
    for column, width in zip(table.column_names, widths, strict=True):
        for row, value in enumerate(table[column].to_pylist()):
            if isinstance(value, str) and (lines := lines_in(value, width)) > found.get(row, 1):
                found[row] = lines
    return found


def column_widths(table: pa.Table, narrow: Mapping[str, float] | None = None) -> list[float]:
    """Return columns' widths in characters: short ones as wide as their texts, the rest shared.

    Long texts share what a page of A4 leaves them, each as much as it needs; headings wrap.
    """
    wanted = [_wanted(table, column) for column in table.column_names]
    for column, most in (narrow or {}).items():
        at = table.column_names.index(column)
        wanted[at] = min(wanted[at], most)
    long = sorted((at for at, w in enumerate(wanted) if w > _SHORT), key=wanted.__getitem__)
    room = PAGE_WIDE - PADDING * len(wanted) - sum(w for w in wanted if w <= _SHORT)
    for done, at in enumerate(long):
        fair = max(room / (len(long) - done), _SHORT)
        wanted[at] = min(wanted[at], fair)
        room -= wanted[at]
    return wanted


def _wanted(table: pa.Table, column: str) -> float:
    """Return how wide a column would be on one line; its heading may take two or three."""
    values = table[column].to_pylist()
    body = max((_shown_width(v) for v in values), default=0) + 2.5
    whole = text_width(column)
    head = whole if whole <= 6 else max(whole / (2 if whole <= 12 else 3) + 1, 6)
    return float(max(body, head + _ARROW, _LEAST))


def _shown_width(value: object) -> int:
    if isinstance(value, float):
        return len(f"{value:,.2f}")
    if isinstance(value, int):
        return len(f"{value:,}")
    if value is None:
        return 0
    return max(text_width(part) for part in str(value).split("\n"))
