"""The pinned queries as sheets: all their rows, with what was asked and of whom the query is."""

from __future__ import annotations

from shortplank.papers.workbook.writer import Book
from shortplank.topics.bench.answer import paper_lines, sheet_name

NO_ROWS = "没有符合条件的行。"


def write_queries(book: Book) -> None:
    """Write a sheet for each pinned query, in the order in which the deck has them."""
    for number, pinned in enumerate(book.made.queries, start=1):
        if pinned.answer is not None:
            book.sheet(
                sheet_name(number),
                pinned.answer.table,
                "钉住的查询",
                title=pinned.statement.title,
                said=paper_lines(book.made.view.ws, pinned),
                empty=NO_ROWS,
            )
