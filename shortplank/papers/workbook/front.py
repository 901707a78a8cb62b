"""The front sheet: what this is, of when, how exact, how to read it, and what is on which sheet."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from shortplank.drawing.table_book import (
    FONT,
    HEAD_FILL,
    LINE_HEIGHT,
    SIZE,
    lines_in,
    set_paper,
)
from shortplank.drawing.theme import LIGHT
from shortplank.names import printable
from shortplank.papers.pack import Pack
from shortplank.papers.workbook.writer import Book, finding_code, verdict_fill
from shortplank.reading.judged.ledger import findings_for
from shortplank.wording.glossary import PHRASES
from shortplank.wording.judged import ALIKE, FOOTER, INTERVALS_DRAWN, LISTED, TOO_FEW
from shortplank.wording.verdicts import mixed_ledger

FRONT = "首页"
CONTENTS = ("表", "内容", "行数")
_WIDTHS = (30, 78, 10)
_ACROSS = sum(_WIDTHS)
READING = "怎么看"
_INTERVAL = (
    "95% 区间：按现有的数，真实的水平多半在这两个数之间；人数越少，区间越宽，越不宜拿来比高低。"
)
_GREY = "灰色的格子和点：人数太少或只列数，不作评价；没有颜色不等于没有问题。"


def reading_lines(*, listed: bool) -> list[str]:
    """Return how the workbook is to be read, in sentences that the pages have, too.

    What a listing means is said where somebody is ``listed``: a quiet month is told of none.
    """
    means = {phrase.text: phrase.means for phrase in PHRASES}
    return [
        *([f"{LISTED}：{means[LISTED]}{FOOTER}"] if listed else []),
        f"{ALIKE}：{means[ALIKE]}{TOO_FEW}：{means[TOO_FEW]}",
        _GREY,
        f"{_INTERVAL}{INTERVALS_DRAWN}。",
    ]


def facts(made: Pack) -> list[tuple[str, str]]:
    """Return what the figures are: of which county, month, edition, how exact."""
    first = ("单位县", "月份", "版次", "口径")
    about = made.about
    return [(key, about[key]) for key in dict.fromkeys((*first, *about)) if key in about]


def write_front(book: Book, sheet: Any) -> None:
    """Write the front sheet, which was opened first, now that all others are known."""
    made = book.made
    forms = _Forms(book.book)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    sheet.hide_gridlines(2)
    sheet.set_default_row(LINE_HEIGHT + 2)
    row = _across(sheet, 0, made.title, forms.title, 34)
    row = _across(sheet, row, made.overview.title, forms.finding, 22)
    row = _across(sheet, row, made.stamp, forms.muted, 18)
    for key, value in facts(made):
        sheet.write_string(row, 0, printable(key), forms.key)
        sheet.merge_range(row, 1, row, 2, printable(value), forms.cell)
        row += 1
    row = _across(sheet, row + 1, READING, forms.head, 20)
    codes = {finding_code(each) for each in findings_for(made.view)}
    for line in reading_lines(listed=bool(codes)):
        row = _across(sheet, row, line, forms.cell, LINE_HEIGHT)
    row = _legend(sheet, row, forms, codes)
    _contents(book, sheet, row + 1, forms)
    set_paper(sheet, made.title, made.stamp, landscape=False)
    sheet.activate()
    sheet.set_first_sheet()


def _across(sheet: Any, row: int, text: str, form: Any, height: float) -> int:
    """Write a line across the sheet, as high as it needs; return the next row."""
    size = max(form.font_size, SIZE)
    lines = lines_in(text, _ACROSS * SIZE / size)
    sheet.merge_range(row, 0, row, len(_WIDTHS) - 1, "", form)
    sheet.write_string(row, 0, printable(text), form)
    sheet.set_row(row, height + (lines - 1) * (size * 1.6))
    return row + 1


def _legend(sheet: Any, row: int, forms: _Forms, codes: Collection[str]) -> int:
    """Write what the colours that the month has mean; the words stand in the cells, too."""
    for code in (c for c in ("worse", "higher", "lower", "too_few") if c in {*codes, "too_few"}):
        sheet.write_string(row, 0, mixed_ledger()[code].partition("（")[0], forms.filled(code))
        sheet.merge_range(row, 1, row, 2, mixed_ledger()[code], forms.cell)
        row += 1
    return row


def _contents(book: Book, sheet: Any, row: int, forms: _Forms) -> None:
    """Write the table of contents, each sheet a link to its first cell."""
    for at, head in enumerate(CONTENTS):
        sheet.write_string(row, at, head, forms.head)
    for listed in book.listed:
        row += 1
        quoted = listed.name.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{quoted}'!A1", forms.link, string=listed.name)
        sheet.write_string(row, 1, printable(listed.what), forms.cell)
        sheet.write_number(row, 2, listed.rows, forms.number)


class _Forms:
    """The front sheet's cell formats."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.title = self._made(font_size=20, bold=True)
        self.finding = self._made(font_size=13)
        self.muted = self._made(font_color=LIGHT.muted)
        self.head = self._made(bold=True, bg_color=HEAD_FILL, bottom=1, bottom_color=LIGHT.muted)
        self.key = self._made(font_color=LIGHT.muted, **_LINE)
        self.cell = self._made(**_LINE)
        self.number = self._made(num_format="#,##0", align="right", **_LINE)
        self.link = self._made(font_color=LIGHT.better, underline=1, **_LINE)

    def filled(self, code: str) -> Any:
        """Return the format of a verdict's cell."""
        return self._made(bg_color=verdict_fill(code), **_LINE)

    def _made(self, **more: Any) -> Any:
        base = {"font_name": FONT, "font_size": SIZE, "font_color": LIGHT.ink}
        base |= {"text_wrap": True, "valign": "vcenter"}
        return self._book.add_format({**base, **more})


_LINE: dict[str, Any] = {"bottom": 1, "bottom_color": LIGHT.grid}
