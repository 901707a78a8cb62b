"""The warning list as a document to hand out, and the parts that all documents share."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import docx
import pyarrow as pa
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt

from shortplank.drawing.table_book import AUTHOR, CREATED, FONT, add_sheet, new_book
from shortplank.names import printable
from shortplank.topics.short_plank.answer.warning_list import (
    WarningList,
    listed_table,
    warning_table,
)
from shortplank.wording.periods import day_text, month_text

_COLUMNS = ("村", "原因", "依据", "先核对", "帮扶或责任单位", "期限", "登记册")


INTERNAL = "内部使用"
# In characters; in the document the columns' shares of the page.
_WIDTHS = (9, 9, 15, 20, 30, 30, 20, 12, 28)
_LISTED_WIDTHS = (9, 9, 16, 36, 46)
_SHARES = (2.6, 3.2, 5.2, 4.8, 3.4, 2.2, 4.0)


def warning_docx(made: WarningList, about: Mapping[str, str], *, internal: bool = False) -> bytes:
    """Return the warning list as an A4 landscape document; an internal one says so on each page."""
    document = new_document(landscape=True)
    if internal:
        mark_internal(document)
    heading(document, "滞后村预警名单")
    paragraph(document, f"{about.get('单位县', '')}　{month_text(made.month)}", centred=True)
    paragraph(document, made.sentence)
    write_warnings(document, made)
    write_listed(document, made)
    if made.notes:
        paragraph(document, "。".join(made.notes) + "。")
    write_about(document, about)
    return saved(document)


def warning_xlsx(made: WarningList, about: Mapping[str, str], *, internal: bool = False) -> bytes:
    """Return the warning list as a workbook: whom to warn, and who stands in the register only."""
    sink = io.BytesIO()
    book = new_book(sink)
    head = [f"密级：{INTERNAL}"] if internal else []
    head += [made.title, made.sentence, *made.notes]
    head += ["　".join(f"{key}：{value}" for key, value in about.items())] if about else []
    sheets: list[tuple[str, pa.Table, Sequence[int]]]
    sheets = [("预警名单", warning_table(made), _WIDTHS)]
    if made.listed:
        sheets.append(("在册而本月未列入", listed_table(made), _LISTED_WIDTHS))
    for name, rows, widths in sheets:
        _write_wrapped(book, name, rows, widths, head, internal=internal)
    book.close()
    return sink.getvalue()


def _write_wrapped(
    book: Any,
    name: str,
    rows: pa.Table,
    widths: Sequence[int],
    head: Sequence[str],
    *,
    internal: bool,
) -> None:
    """Write a sheet that prints on one A4 page across: long texts wrap, above and in the cells."""
    sheet = add_sheet(book, name)
    muted = book.add_format({"font_name": FONT, "text_wrap": True, "valign": "top"})
    bold = book.add_format({"font_name": FONT, "bold": True, "bottom": 1, "text_wrap": True})
    body = book.add_format(
        {
            "font_name": FONT,
            "text_wrap": True,
            "valign": "top",
            "bottom": 1,
            "bottom_color": "#E5E7EB",
        }
    )
    across = sum(widths)
    for row, text in enumerate(head):
        sheet.merge_range(row, 0, row, len(widths) - 1, printable(text), muted)
        sheet.set_row(row, 16 * _lines(text, across))
    top = len(head)
    for at, column in enumerate(rows.column_names):
        sheet.set_column(at, at, widths[at])
        sheet.write_string(top, at, column, bold)
        for row, value in enumerate(rows[column].to_pylist(), start=top + 1):
            sheet.write_string(row, at, printable(str(value)), body)
    for row, cells in enumerate(rows.to_pylist(), start=top + 1):
        sheet.set_row(row, 16 * max(map(_lines, map(str, cells.values()), widths)))
    sheet.freeze_panes(top + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    if internal:
        sheet.set_header(f"&R{INTERNAL}")


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column; Chinese characters are two wide.

    >>> _lines("名册多是同一批人，只作一次算", 20), _lines("新列", 28)
    (2, 1)
    """
    return 1 + sum(2 if ord(c) > 255 else 1 for c in text) // width


def write_warnings(document: Document, made: WarningList) -> None:
    """Write the list's table, or that there is nobody to warn."""
    if not made.rows:
        paragraph(document, made.title + "。")
        return
    rows = [
        (
            f"{row.town}{row.name}",
            f"{row.label}{row.reason}",
            row.evidence,
            row.check,
            row.owner,
            day_text(row.deadline),
            row.standing,
        )
        for row in made.rows
    ]
    table(document, _COLUMNS, rows, widths=_SHARES)


def write_listed(document: Document, made: WarningList) -> None:
    """Write who stands in the register and is not listed now, to be looked at again."""
    if not made.listed:
        return
    paragraph(document, "在册而本月未列入的村，核对后再定去留：", bold=True)
    rows = [(f"{r.town}{r.name}", r.now, f"{r.since}起，{r.source}") for r in made.listed]
    table(document, ("村", "现在", "登记册"), rows, widths=(3.4, 11.0, 11.0))


# --- what every document is made of ---------------------------------------------------------------
def new_document(*, landscape: bool = False) -> Document:
    """Return an A4 document in the house's fonts, without the name of whoever made it."""
    document = docx.Document()
    core = document.core_properties
    core.author, core.last_modified_by, core.comments = AUTHOR, AUTHOR, ""
    core.created = core.modified = CREATED.replace(tzinfo=UTC)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    return document


def mark_internal(document: Document) -> None:
    """Write 内部使用 at the head of every page."""
    line = document.sections[0].header.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    line.add_run(INTERNAL).bold = True


def heading(document: Document, text: str, *, size: int = 18) -> None:
    """Write a centred heading."""
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_before = Pt(12)  # a table may stand above
    run = line.add_run(printable(text))
    run.bold, run.font.size = True, Pt(size)


def paragraph(document: Document, text: str, *, centred: bool = False, bold: bool = False) -> None:
    """Write a paragraph."""
    line = document.add_paragraph()
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.add_run(printable(text)).bold = bold
    if bold:
        line.paragraph_format.space_before = Pt(12)


def table(
    document: Document,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float] = (),
) -> None:
    """Write a table as wide as the page, its head on every page.

    ``widths`` are the columns' shares, by their longest texts where none are given. Cells are
    reached once, since asking for each costs the whole table.
    """
    made = document.add_table(rows=len(rows) + 1, cols=len(heads))
    made.style, made.autofit = "Table Grid", False
    shares = widths or _shares([heads, *rows])
    section = document.sections[-1]
    assert section.page_width and section.left_margin and section.right_margin
    whole = section.page_width - section.left_margin - section.right_margin
    wide = [Emu(int(whole * share / sum(shares))) for share in shares]
    for column, width in zip(made.columns, wide, strict=True):
        column.width = width
    cells = list(made._cells)
    for at, text in enumerate([*heads, *(text for row in rows for text in row)]):
        cells[at].width = wide[at % len(heads)]
        run = cells[at].paragraphs[0].add_run(printable(text))
        run.font.size, run.bold = Pt(9), at < len(heads)
    first: Any = made.rows[0]._tr
    first.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return column widths by their longest texts; Chinese characters take two."""
    return [
        min(max(sum(2 if ord(c) > 255 else 1 for c in text) for text in column), 40) + 2
        for column in zip(*rows, strict=True)
    ]


def write_about(document: Document, about: Mapping[str, str]) -> None:
    """Write what the figures are: month, edition, exactness."""
    line = document.add_paragraph()
    line.paragraph_format.space_before = Pt(8)
    run = line.add_run(printable("　".join(f"{key}：{value}" for key, value in about.items())))
    run.font.size = Pt(8)


def saved(document: Document) -> bytes:
    """Return the document's bytes."""
    sink = io.BytesIO()
    document.save(sink)
    return sink.getvalue()
