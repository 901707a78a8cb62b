"""Sketches of papers: all that the file says stands in them, and nothing of it is a tag."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from html import unescape

import docx
import openpyxl
import pytest
from markupsafe import Markup
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

from shortplank.papers.brief import PAPERS, file_name, paper
from shortplank.papers.pack import Pack, pack
from shortplank.papers.shown import sketches
from tests.papers.test_papers import view

NAME = '甲<b>乡</b>&"/'


@pytest.fixture(scope="module")
def made() -> Pack:
    return pack(view())


def said(pages: list[Markup]) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", " ".join(pages)))


def texts(name: str, data: bytes) -> Iterator[str]:
    """Yield every text of a paper."""
    source = io.BytesIO(data)
    if name.endswith("pptx"):
        for slide in Presentation(source).slides:
            for shape in slide.shapes:
                if shape.has_text_frame:
                    yield shape.text_frame.text
                if shape.has_table:
                    yield from (cell.text for row in shape.table.rows for cell in row.cells)
    elif name.endswith("docx"):
        document = docx.Document(source)
        yield from (line.text for line in document.paragraphs)
        for table in document.tables:
            yield from (cell.text for row in table.rows for cell in row.cells)


@pytest.mark.parametrize("key", [key for key, (name, _) in PAPERS.items() if "html" not in name])
def test_all_that_a_paper_says_stands_in_its_sketch(made: Pack, key: str) -> None:
    name, data = file_name(made, key), paper(made, key)
    seen = re.sub(r"\s+", "", said(sketches(name, data)))
    wanted = [re.sub(r"\s+", "", text) for text in texts(name, data)]
    assert all(text in seen for text in wanted)
    assert wanted or name.endswith("xlsx")


def _deck() -> bytes:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.shapes.add_textbox(Cm(1), Cm(1), Cm(5), Cm(1)).text_frame.text = NAME
    for kind in (XL_CHART_TYPE.LINE, XL_CHART_TYPE.COLUMN_CLUSTERED, XL_CHART_TYPE.BAR_CLUSTERED):
        values = CategoryChartData()
        values.categories = [NAME, "乙乡", "丙乡"]
        values.add_series(NAME, [1.0, None, 3.0])
        slide.shapes.add_chart(kind, Cm(1), Cm(3), Cm(9), Cm(5), values)
    sink = io.BytesIO()
    show.save(sink)
    return sink.getvalue()


def _document() -> bytes:
    document = docx.Document()
    document.add_paragraph(NAME)
    sink = io.BytesIO()
    document.save(sink)
    return sink.getvalue()


def _book() -> bytes:
    book = openpyxl.Workbook()
    book.active.append([NAME, 1.5])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("ending", "write"), [("pptx", _deck), ("docx", _document), ("xlsx", _book)]
)
def test_no_text_is_a_tag(ending: str, write: Callable[[], bytes]) -> None:
    (page,) = sketches(f"a.{ending}", write())
    assert "<b>乡" not in page and NAME in said([page])


def test_a_charts_values_are_drawn_and_what_has_none_is_left_out() -> None:
    (page,) = sketches("a.pptx", _deck())
    assert page.count("<svg") == 3 and page.count("<rect") == 4 and page.count("<line") == 1


def test_a_page_of_the_browsers_has_no_sketch() -> None:
    assert sketches("a.html", b"<p>") == []
