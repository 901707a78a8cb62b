"""Townships' pages as Word documents."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document
from docx.oxml import parse_xml
from docx.shared import Pt

from shortplank.errors import ShortplankError
from shortplank.names import file_name
from shortplank.papers.pack import Pack
from shortplank.papers.township.gathered import Gathered
from shortplank.papers.township.page import page_xml
from shortplank.papers.township.parts import SIDE, TOP, Numbers
from shortplank.papers.township.telling import sheet_of
from shortplank.papers.township.told import Sheet
from shortplank.topics.short_plank.paper import mark_internal, new_document, paragraph, saved

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
NO_TOWNS = "本期没有乡镇数据。"


def townships_docx(made: Pack) -> bytes:
    """Return one A4 page for each township, in the order of their codes."""
    gathered = Gathered(made)
    return _written(gathered, list(gathered.towns))


def township_docx(made: Pack, code: str) -> bytes:
    """Return one township's page; `ShortplankError` for what is no township of the month."""
    gathered = Gathered(made)
    if code not in gathered.towns:
        raise ShortplankError("登记册里没有这个乡镇", place=code, mend="请改选当月的乡镇")
    return _written(gathered, [code])


def township_files(made: Pack) -> dict[str, bytes]:
    """Return each township's page as a file of its own, by file name; none is named twice."""
    gathered = Gathered(made)
    mark = "内部使用_" if made.view.may("see_exact") else ""
    found: dict[str, bytes] = {}
    for code, town in gathered.towns.items():
        name = file_name(f"{town}{made.when_key}_{mark}一页纸.docx", found)
        found[name] = _written(gathered, [code])
    return found


def _written(gathered: Gathered, codes: Sequence[str]) -> bytes:
    return sheets_docx(gathered.made, [sheet_of(gathered, code) for code in codes])


def sheets_docx(made: Pack, sheets: Sequence[Sheet]) -> bytes:
    """Return pages as a document, each of one A4."""
    document = _new(made)
    body = document.element.body
    numbers, end = Numbers(), body.sectPr
    for at, sheet in enumerate(sheets):
        for xml in page_xml(document.part, sheet, numbers, first=not at):
            for element in parse_xml(f"<w:body {_SPACES}>{xml}</w:body>"):
                end.addprevious(element)
    if not sheets:
        paragraph(document, NO_TOWNS)
    return saved(document)


def _new(made: Pack) -> Document:
    document = new_document()
    section = document.sections[0]
    section.left_margin = section.right_margin = Pt(SIDE)
    section.top_margin = section.bottom_margin = Pt(TOP)
    section.header_distance = section.footer_distance = Pt(14)
    if made.view.may("see_exact"):
        mark_internal(document)
    return document
