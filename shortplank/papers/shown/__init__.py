"""Papers as pictures before they are taken, drawn from their files."""

from __future__ import annotations

from markupsafe import Markup

from shortplank.papers.shown.documents import document_pages
from shortplank.papers.shown.sheets import sheet_pages
from shortplank.papers.shown.slides import slide_pages

_BY_ENDING = {"pptx": slide_pages, "docx": document_pages, "xlsx": sheet_pages}


def sketches(name: str, data: bytes) -> list[Markup]:
    """Return a picture in HTML of each slide, part or sheet of a paper, as its file has it.

    Lines and pages break where an office program would have them elsewhere: it is a sketch. A
    paper that is a page of the browser's has none.
    """
    pages = _BY_ENDING.get(name.rpartition(".")[2])
    return pages(data) if pages else []
