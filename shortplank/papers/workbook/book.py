"""The order of the workbook's sheets, and the file itself."""

from __future__ import annotations

import io

from shortplank.drawing.table_book import add_sheet, new_book
from shortplank.papers.pack import Pack
from shortplank.papers.workbook.front import FRONT, write_front
from shortplank.papers.workbook.indicators import write_chapter
from shortplank.papers.workbook.lists import (
    write_decisions,
    write_definitions,
    write_items,
    write_ledger,
    write_lists,
)
from shortplank.papers.workbook.month import write_overview, write_quarter, write_reports
from shortplank.papers.workbook.queries import write_queries
from shortplank.papers.workbook.villages import (
    plank_table,
    write_draw,
    write_planks,
    write_ratios,
)
from shortplank.papers.workbook.writer import Book


def workbook_xlsx(made: Pack) -> bytes:
    """Return the workbook; every sheet is headed by month, edition and exactness."""
    sink = io.BytesIO()
    book = Book(new_book(sink), made)
    front = add_sheet(book.book, FRONT)
    write_overview(book)
    write_ledger(book)
    write_quarter(book)
    for chapter in made.chapters:
        write_chapter(book, chapter)
    _write_villages(book)
    write_lists(book)
    write_reports(book)
    write_items(book)
    write_queries(book)
    write_decisions(book)
    write_definitions(book, made.view.month)
    write_front(book, front)
    book.book.close()
    return sink.getvalue()


def _write_villages(book: Book) -> None:
    made, key = book.made, book.made.view.ws.scheme.short_plank_default
    if made.sex_ratio is not None:
        write_ratios(book, made.sex_ratio)
    if made.plank is not None and key is not None:
        table = plank_table(book, made.plank, key)
        write_planks(book, made.plank, table, made.noted("short_plank", key))
    if made.inspection is not None and key is not None:
        write_draw(book, made.inspection, key, made.noted("inspection", key))
