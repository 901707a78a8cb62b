"""All papers of one meeting: deck, workbook, notice, townships' pages, minutes, running order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

from shortplank.names import file_name as safe_name
from shortplank.papers.deck import deck_pptx
from shortplank.papers.documents.minutes import minutes_docx
from shortplank.papers.documents.notice import notice_docx
from shortplank.papers.pack import Pack
from shortplank.papers.slideshow import slideshow_html
from shortplank.papers.stable import stable
from shortplank.papers.township import township_files, townships_docx
from shortplank.papers.workbook import workbook_xlsx

PAPERS: dict[str, tuple[str, Callable[[Pack], bytes]]] = {
    "deck": ("调度会.pptx", deck_pptx),
    "workbook": ("调度表.xlsx", workbook_xlsx),
    "bulletin": ("通报.docx", notice_docx),
    "townships": ("乡镇一页纸.docx", townships_docx),
    "minutes": ("会议纪要.docx", minutes_docx),
    "slideshow": ("放映.html", slideshow_html),
}


ONE_BY_ONE = "乡镇一页纸.zip"


def file_name(made: Pack, paper: str) -> str:
    """Return a paper's file name: 云洲县2010-05_调度会.pptx; an exact one says so."""
    return named(made, PAPERS[paper][0])


def named(made: Pack, name: str) -> str:
    """Return a file's name with the county, the month or quarter, and a mark on exact figures."""
    mark = "内部使用_" if made.view.may("see_exact") else ""
    return safe_name(f"{made.view.county.name}{made.when_key}_{mark}{name}")


def papers(made: Pack) -> Iterator[tuple[str, bytes]]:
    """Yield each paper's file name and bytes, in the order in which they are made."""
    for key in PAPERS:
        yield file_name(made, key), paper(made, key)


def paper(made: Pack, key: str) -> bytes:
    """Return one paper's bytes: the same ones whenever it is made of the same answers."""
    name, write = PAPERS[key]
    data = write(made)
    return data if name.endswith(".html") else stable(data)


def one_by_one(made: Pack) -> tuple[str, bytes]:
    """Return the townships' pages as a file each, packed into one, with its name."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as packed:
        for name, data in township_files(made).items():
            packed.writestr(name, data)
    return named(made, ONE_BY_ONE), stable(sink.getvalue())
