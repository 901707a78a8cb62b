"""The form of official documents (GB/T 9704-2012): page and grid, what stands where on it.

A4 with 156 by 225 mm of text, 22 lines of 28 letters, pages numbered at their outer foot. Texts
are made printable here; whoever writes hands in what is said.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Twips
from docx.text.paragraph import Paragraph

from shortplank.drawing.table_book import AUTHOR, CREATED
from shortplank.names import printable
from shortplank.papers.documents.styles import (
    CLOSER,
    FONT_TABLE,
    INDENT,
    LETTER,
    LINE,
    STYLE_SHEET,
    TITLE_FONT,
)
from shortplank.wording.periods import day_text

TEXT_WIDTH, TEXT_HEIGHT = 156, 225
# Millimetres: above, at the right, below, at the left.
_UPRIGHT = (37, 26, 35, 28)
# A table on its side is read from the page's binding.
_ACROSS = (28, 35, 26, 37)
_DASH = "—"
_BODY = "正文段落"
_RED = "FF0000"
_PALE = "7F7F7F"
_CENTRED = '<w:jc w:val="center"/>'


def new_official(*, internal: str = "") -> Document:
    """Return an empty document in the form; ``internal`` stands at the head of every page."""
    document = docx.Document()
    core = document.core_properties
    core.author, core.last_modified_by, core.comments = AUTHOR, AUTHOR, ""
    core.created = core.modified = CREATED.replace(tzinfo=UTC)
    _restyle(document)
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    _lay_out(section, wide=False)
    _number(section.footer.paragraphs[0], "right")
    _number(section.even_page_footer.paragraphs[0], "left")
    for head in (section.header, section.even_page_header) if internal else ():
        head.paragraphs[0].style = "Header"
        head.paragraphs[0].add_run(internal)
    return document


def _restyle(document: Document) -> None:
    """Put the form's own styles and fonts in the place of the library's."""
    styles: Any = document.styles.element
    for child in list(styles):
        styles.remove(child)
    for child in list(parse_xml(STYLE_SHEET)):
        styles.append(child)
    for mode in document.settings.element.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), "15")
    package = document.part.package
    for key, rel in list(package.rels.items()):
        if rel.reltype.endswith("/thumbnail"):  # a picture of the library's own template
            del package.rels[key]
    for part in package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = FONT_TABLE.encode()


def _lay_out(section: Any, *, wide: bool) -> None:
    """Give a section its page, its margins and its grid."""
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.orientation = int(wide)
    above, right, below, left = _ACROSS if wide else _UPRIGHT
    section.top_margin, section.right_margin = Mm(above), Mm(right)
    section.bottom_margin, section.left_margin = Mm(below), Mm(left)
    # The number stands 7 mm below the text.
    section.footer_distance, section.header_distance = Mm(below - 13), Mm(above - 15)
    own = section._sectPr
    for old in own.findall(qn("w:docGrid")):
        own.remove(old)
    own.append(parse_xml(f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="{LINE}"/>'))


def _number(line: Paragraph, side: str) -> None:
    """Write a page's number, a letter in from the outer side."""
    line.style = "Footer"
    own: Any = line._p.get_or_add_pPr()
    own.append(parse_xml(f'<w:ind {nsdecls("w")} w:{side}="280" w:{side}Chars="100"/>'))
    own.append(parse_xml(f'<w:jc {nsdecls("w")} w:val="{side}"/>'))
    line.add_run(f"{_DASH} ")
    field = f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    line._p.append(parse_xml(field))
    line.add_run(f" {_DASH}")


# --- what stands above and around the text --------------------------------------------------------
@dataclass(frozen=True)
class Office:
    """Who issues a document, as the workspace says: "" is left for the office to fill in.

    ``head`` is the red head, "" for paper that has it already; ``code`` stands before the year,
    ``to`` is whom it is for, and ``subject`` what the work is called.
    """

    name: str = ""
    head: str = ""
    code: str = ""
    to: str = "各乡镇人民政府，县直有关单位"
    subject: str = "人口和计划生育工作"


def write_head(document: Document, office: Office, year: int) -> None:
    """Write the red head where there is one, and the document's number to be filled in."""
    code = office.code or "　　"
    if office.head:
        size = min(96, int(2 * 430 / max(len(office.head), 1)))
        line = document.add_paragraph()
        _shape(line, before=1134, exact=max(size * 10 + 120, LINE), align="center")
        line._p.append(_run(office.head, font=TITLE_FONT, size=size, colour=_RED))
        blank(document)
    line = document.add_paragraph()
    _shape(line, align="center", rule=bool(office.head))
    line._p.append(_field("发文字号", f"{code}〔{year}〕　　号", pale=False, number=101))
    blank(document, 2 if office.head else 1)


def title(document: Document, *lines: str) -> None:
    """Write the title, a line each, and the empty line below it."""
    for text in lines:
        document.add_paragraph(printable(text), "Title")
    _shape(document.paragraphs[-1], after=LINE)


def addressed(document: Document, text: str) -> None:
    """Write whom the document is for, from the edge: 各乡镇人民政府，县直有关单位：."""
    document.add_paragraph(printable(text), "Normal")


def head(document: Document, text: str) -> None:
    """Write a heading of the first level: 一、总的情况."""
    document.add_paragraph(printable(text), "Heading 1")


def subhead(document: Document, first: str, rest: str = "") -> None:
    """Write a paragraph that opens with a sentence of the second level: （一）….

    Without a ``rest`` it is a heading that keeps with what follows.
    """
    if not rest:
        document.add_paragraph(printable(first), "Heading 2")
        return
    from shortplank.papers.documents.styles import SUBHEAD_FONT

    line = document.add_paragraph(style=_BODY)
    line._p.append(_run(first, font=SUBHEAD_FONT))
    line._p.append(_run(rest))


def body(document: Document, text: str, *, keep: bool = False) -> None:
    """Write a paragraph, its first line two letters in; ``keep`` it with what follows."""
    _shape(document.add_paragraph(printable(text), _BODY), keep=keep)


def note(document: Document, text: str) -> None:
    """Write a note below a table, in smaller type."""
    document.add_paragraph(printable(text), "表注")


def blank(document: Document, lines: int = 1) -> None:
    """Write empty lines."""
    for _ in range(lines):
        document.add_paragraph(style="Normal")


def filled_in(document: Document, label: str, hint: str, *, number: int) -> None:
    """Write a line to be filled in, its ``hint`` standing there until it is."""
    line = document.add_paragraph(printable(f"{label}："), _BODY)
    line._p.append(_field(label, hint, pale=True, number=number))


def enclosures(document: Document, names: Sequence[str]) -> None:
    """Write which attachments there are, their names below one another, below an empty line.

    They keep with who signs, who must not stand on a page alone.
    """
    blank(document)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    for at, name in enumerate(names, start=1):
        own = f"{at}. " if len(names) > 1 else ""
        lead = "附件：" if at == 1 else ""
        line = document.add_paragraph(printable(f"{lead}{own}{name}"), "Normal")
        wide = INDENT + round(3 * LETTER)
        hang = round(3 * LETTER) if at == 1 else 0
        # A second line stands below the first letter of the name.
        more = round(LETTER * 1.25) if own else 0
        _shape(line, left=wide + more, hanging=hang + more, keep=True)


def signed(document: Document, office: Office, day: date) -> None:
    """Write who signs, above the day: to the right, the office in the middle above it."""
    told = day_text(day)
    wide = sum(1.0 if ord(letter) > 255 else 0.5 for letter in told)
    name = office.name or "（发文机关署名）"
    edge = max(4 + (wide - len(name)) / 2, 1)
    blank(document, 2)
    for earlier in document.paragraphs[-2:]:
        earlier.paragraph_format.keep_with_next = True
    line = document.add_paragraph()
    _shape(line, right=round(edge * LETTER), align="right", keep=True)
    line._p.append(_field("发文机关署名", name, pale=not office.name, number=102))
    line = document.add_paragraph()
    _shape(line, right=round(4 * LETTER), align="right")
    line._p.append(_field("成文日期", told, pale=False, number=103))


def attachment(
    document: Document, number: int, name: str, *, wide: bool = False, alone: bool = False
) -> None:
    """Begin an attachment on a page of its own, on its side where its table is ``wide``."""
    now_wide = bool(document.sections[-1].orientation)
    if wide != now_wide:
        _lay_out(document.add_section(WD_SECTION.NEW_PAGE), wide=wide)
    line = document.add_paragraph(f"附件{'' if alone else number}", "附件序号")
    line.paragraph_format.page_break_before = wide == now_wide
    blank(document)
    title(document, name)


def room(document: Document) -> int:
    """Return how wide the text of the last section is, in twips."""
    section = document.sections[-1]
    assert section.page_width and section.left_margin and section.right_margin
    return Twips(0) + round(
        (section.page_width - section.left_margin - section.right_margin) / Twips(1)
    )


# --- tables ---------------------------------------------------------------------------------------
def grid_table(
    document: Document,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    *,
    centred: Sequence[int] = (),
    lowest: int = 400,
) -> None:
    """Write a table as wide as the text: its head on every page, its rows whole.

    ``shares`` are the columns' widths to one another, ``centred`` the columns of short texts,
    ``lowest`` the least height of a row.
    """
    whole = room(document)
    edges = [round(whole * sum(shares[:at]) / sum(shares)) for at in range(len(shares) + 1)]
    widths = [right - left for left, right in pairwise(edges)]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = [_row(heads, widths, lowest, head=True)]
    lines += [_row(cells, widths, lowest, centred=centred) for cells in rows]
    made = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="Grid"/>'
        f'<w:tblW w:w="{whole}" w:type="dxa"/>{_CENTRED}<w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(lines)}</w:tbl>"
    )
    document.element.body._insert_tbl(made)


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    lowest: int,
    *,
    head: bool = False,
    centred: Sequence[int] = (),
) -> str:
    style = "CellHead" if head else "Cell"
    middle = range(len(cells)) if head else centred
    told = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>'
        f"{_CENTRED if at in middle else ''}</w:pPr>"
        f'<w:r><w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r></w:p></w:tc>'
        for at, (text, width) in enumerate(zip(cells, widths, strict=True))
    )
    repeated = "<w:tblHeader/>" if head else ""
    return (
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{lowest}" w:hRule="atLeast"/>'
        f"{repeated}</w:trPr>{told}</w:tr>"
    )


def saved(document: Document) -> bytes:
    """Return the document's bytes."""
    sink = io.BytesIO()
    document.save(sink)
    return sink.getvalue()


# --- parts ----------------------------------------------------------------------------------------
def _run(text: str, *, font: str = "", size: int = 0, colour: str = "") -> Any:
    fonts = (
        f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'
        if font
        else ""
    )
    tint = f'<w:color w:val="{colour}"/>' if colour else ""
    sizes = f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else ""
    return parse_xml(
        f"<w:r {nsdecls('w')}><w:rPr>{fonts}{tint}{sizes}</w:rPr>"
        f'<w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r>'
    )


def _field(name: str, text: str, *, pale: bool, number: int) -> Any:
    """Return a place to be filled in, with what stands there until it is."""
    tint = f'<w:color w:val="{_PALE}"/>' if pale else ""
    return parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:alias w:val="{name}"/><w:tag w:val="{name}"/>'
        f'<w:id w:val="{number}"/><w:text/></w:sdtPr><w:sdtContent><w:r><w:rPr>{tint}'
        f'<w:spacing w:val="{CLOSER}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r></w:sdtContent></w:sdt>'
    )


def _shape(
    line: Paragraph,
    *,
    before: int = 0,
    after: int = 0,
    exact: int = 0,
    left: int = 0,
    right: int = 0,
    hanging: int = 0,
    align: str = "",
    keep: bool = False,
    rule: bool = False,
) -> None:
    """Set what a paragraph has beside its style, in twips; ``rule`` is the red one below it."""
    form = line.paragraph_format
    if before:
        form.space_before = Twips(before)
    if after:
        form.space_after = Twips(after)
    if exact:
        form.line_spacing = Twips(exact)
    if left or hanging:
        form.left_indent, form.first_line_indent = Twips(left), Twips(-hanging)
    if right:
        form.right_indent = Twips(right)
    if align:
        form.alignment = {"center": 1, "right": 2}[align]
    if keep:
        form.keep_with_next = True
    if rule:
        own: Any = line._p.get_or_add_pPr()
        border = f'<w:bottom w:val="single" w:sz="24" w:space="11" w:color="{_RED}"/>'
        own.insert_element_before(
            parse_xml(f"<w:pBdr {nsdecls('w')}>{border}</w:pBdr>"),
            *("w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc"),
        )
