"""A document in HTML: its paragraphs and tables in their order, a sheet a part."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from markupsafe import Markup

from shortplank.frame.html import joined
from shortplank.papers.shown.strips import drawings

_SHEET = (
    '<div class="sheet" style="background:#FFFFFF;color:#1B1F24;border:1px solid #C9CDD3;'
    'padding:6% 8%;font-size:13px;line-height:1.6">{}</div>'
)
_ALIGNED = {
    WD_ALIGN_PARAGRAPH.CENTER: "center",
    WD_ALIGN_PARAGRAPH.RIGHT: "right",
    WD_ALIGN_PARAGRAPH.JUSTIFY: "justify",
}


def document_pages(data: bytes) -> list[Markup]:
    """Return the document as sheets, parted where it breaks its pages itself."""
    document = docx.Document(io.BytesIO(data))
    sheets: list[list[Markup]] = [[]]
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            sheets[-1].append(_table(block))
            continue
        if _breaks_before(block) and sheets[-1]:
            sheets.append([])
        sheets[-1].append(_paragraph(block))
        if _breaks(block):
            sheets.append([])
    return [Markup(_SHEET).format(joined(sheet)) for sheet in sheets if sheet]


def _breaks(block: Paragraph) -> bool:
    """Return whether a page or a section ends with a paragraph."""
    ends = any(each.get(qn("w:type")) == "page" for each in block._p.iter(qn("w:br")))
    return ends or next(block._p.iter(qn("w:sectPr")), None) is not None


def _breaks_before(block: Paragraph) -> bool:
    return bool(block.paragraph_format.page_break_before)


def _paragraph(block: Paragraph) -> Markup:
    style = f"text-align:{_ALIGNED.get(block.alignment, 'left')};margin:2px 0"  # type: ignore[arg-type]
    body = joined(_runs(block)) or Markup("&nbsp;")
    told = joined(drawings(block._p))
    return Markup('<p style="{}">{}</p>{}').format(style, body, told)


def _runs(block: Paragraph) -> Iterator[Markup]:
    for run in block.runs:
        size = run.font.size or (block.style.font.size if block.style else None)
        style = f"font-size:{size.pt * 0.85:.1f}px;" if size else ""
        style += "font-weight:700;" if run.bold else ""
        yield Markup('<span style="{}">{}</span>').format(style, run.text)


def _table(table: Table) -> Markup:
    rows = []
    for row in table.rows:
        cells = joined(
            Markup('<td style="border:1px solid #C9CDD3;padding:2px 6px;{}">{}</td>').format(
                _fill(cell._tc),
                joined([*map(_paragraph, cell.paragraphs), *map(_table, cell.tables)]),
            )
            for cell in row.cells
        )
        rows.append(Markup("<tr>{}</tr>").format(cells))
    return Markup(
        '<table style="width:100%;border-collapse:collapse;table-layout:fixed">{}{}</table>'
    ).format(joined(_widths(table)), joined(rows))


def _widths(table: Table) -> Iterator[Markup]:
    """Yield the columns at the shares of the table's width that they have in the file."""
    widths = [column.width or 0 for column in table.columns]
    if all(widths):
        column = Markup('<col style="width:{:.1f}%">')
        yield from (column.format(100 * width / sum(widths)) for width in widths)


def _fill(cell: Any) -> str:
    shade = next(cell.iter(qn("w:shd")), None)
    colour = shade.get(qn("w:fill")) if shade is not None else None
    return f"background:#{colour};" if colour and colour != "auto" else ""
