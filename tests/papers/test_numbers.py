"""All numbers of all papers stem from the pack's answers, for what stands beside each of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import docx
import openpyxl
import pytest
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree
from openpyxl.utils import range_boundaries
from pptx import Presentation

from shortplank.access import Actor
from shortplank.papers.brief import papers
from shortplank.papers.pack import Pack, pack, quarter_of
from shortplank.papers.workbook.front import FRONT
from shortplank.reading.view import View
from shortplank.store import engine
from tests.papers.facts import Facts, meant, numbers_in, unexplained
from tests.papers.test_workbook import shown
from tools.browser import REPOSITORY

pytestmark = pytest.mark.slow

SHARED = engine(REPOSITORY / "data" / "demo")
# What numbers a paper has besides figures: dates and editions, the names of windows, headings and
# pages, the most common levels, and how many rows stand elsewhere.
ALLOWED = re.compile(
    "|".join(
        (
            r"\d{4} ?年(?:\d{1,2}月)?(?:\d{1,2}日)?",
            r"\d{4}统计年度",
            r"\d{4}年度",
            r"\d{4}-\d{2}(?:-\d{2})?",
            r"(?<![\d.])\d{2}-\d{2}(?![\d.])",
            r"\d{1,2}月(?:\d{1,2}日)?",
            r"近 ?\d+ ?个?月",
            r"(?<![\d.])95%",
            r"[余另] ?\d+ ?[行项个条处]",
            r"第 ?\d+ ?[页版季张]",
            r"(?:附件|附表) ?\d+",
            r"（续[^）]*）",
            r"^\d+[.．、](?!\d)",
            r"前 ?\d+ ?个?月",
            r"— ?\d+ ?—",
            r"^\d+$(?=\n)",
        )
    )
)
Text = tuple[str, str]
EARLY = date(2006, 12, 1)
# So large a part of figures with one wrong digit is found; the rest is some other figure of theirs.
LEAST_FOUND = 0.4


def view(role: str, month: date) -> View:
    return View(SHARED, SHARED.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")  # type: ignore[arg-type]


def _packs(which: str) -> Pack:
    if which == "quarter":
        quarter = quarter_of(SHARED, "2010Q2")
        return pack(view("viewer", quarter.months[-1]), quarter)
    month = EARLY if which == "early" else date(2010, 5, 1)
    return pack(view("analyst" if which == "analyst" else "viewer", month))


# --- what stands in a file ------------------------------------------------------------------------
def texts_of(name: str, data: bytes) -> Iterator[Text]:
    """Yield each text of a file with what stands around it: its slide, sheet or part."""
    kind = name.rpartition(".")[2]
    reading = {"pptx": _of_deck, "docx": _of_document, "xlsx": _of_workbook}.get(kind)
    if reading is not None:
        yield from reading(data)


def _of_deck(data: bytes) -> Iterator[Text]:
    for slide in Presentation(io.BytesIO(data)).slides:
        found: list[str] = []
        for shape in slide.shapes:
            found += _of_shape(shape)
        notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
        around = "\n".join([*found, notes])
        yield from ((text, around) for text in [*found, *notes.split("\n")])


def _of_shape(shape: object) -> Iterator[str]:
    if getattr(shape, "shapes", None) is not None:
        for each in shape.shapes:  # type: ignore[attr-defined]
            yield from _of_shape(each)
    if 'type="slidenum"' in etree.tostring(shape._element, encoding="unicode"):  # type: ignore[attr-defined]
        return
    if shape.has_text_frame:  # type: ignore[attr-defined]
        yield from (p.text for p in shape.text_frame.paragraphs)  # type: ignore[attr-defined]
    if getattr(shape, "has_table", False):
        for row in shape.table.rows:  # type: ignore[attr-defined]
            yield "　".join(cell.text for cell in row.cells)
    if getattr(shape, "has_chart", False):
        for plot in shape.chart.plots:  # type: ignore[attr-defined]
            names = [str(c) for c in plot.categories]
            for series in plot.series:
                for name, value in zip(names, series.values, strict=False):
                    if value is not None:
                        yield f"{name}　{series.name}　{round(value, 4):g}"


def _of_document(data: bytes) -> Iterator[Text]:
    """Yield paragraphs and rows with their part: all since the last heading of a page."""
    part: list[str] = []
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Paragraph):
            if 'w:br w:type="page"' in block._p.xml or "pageBreakBefore" in block._p.xml:
                yield from ((text, "\n".join(part)) for text in part)
                part = []
            part.append(block.text)
        elif isinstance(block, Table):
            for row in block.rows:
                part.append("　".join(dict.fromkeys(cell.text for cell in row.cells)))
    yield from ((text, "\n".join(part)) for text in part)


def _of_workbook(data: bytes) -> Iterator[Text]:
    """Yield rows with their heads; figures beside the page, each with its row's and column's."""
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        if sheet.title == FRONT:  # its counts of rows are those of the sheets, held elsewhere
            yield from ((str(c.value), "") for c in sheet["A"] if isinstance(c.value, str))
            continue
        rows = list(sheet.iter_rows())
        ref = sheet.auto_filter.ref
        last, top = range_boundaries(ref)[2] if ref else sheet.max_column, 8
        if ref:
            top = range_boundaries(ref)[1]
        told = ["　".join(shown(c) for c in row[:last] if c.value is not None) for row in rows]
        around = "\n".join([sheet.title, *told[:top]])
        yield from ((row, around) for row in told)
        yield from ((text, around) for text in _beside([row[last:] for row in rows]))


def _beside(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """Yield the figures that charts are drawn from, each with its row's name and its head."""
    heads: list[str] = []
    for row in rows:
        cells = [shown(c) for c in row if c.value is not None]
        if cells and not any(isinstance(c.value, int | float) for c in row):
            heads = heads or cells
        if len(cells) == len(heads) and heads:
            yield from (
                f"{cells[0]}　{head}　{cell}" for head, cell in zip(heads, cells, strict=True)
            )
        elif cells:
            filled = [(at, c) for at, c in enumerate(row) if c.value is not None]
            first = filled[0][0]
            yield from (
                f"{cells[0]}　{heads[at - first] if at - first < len(heads) else ''}　{shown(c)}"
                for at, c in filled[1:]
            )


# --- the sweep ------------------------------------------------------------------------------------
@pytest.fixture(scope="module", params=["viewer", "analyst", "early", "quarter"])
def swept(request: pytest.FixtureRequest) -> tuple[Facts, dict[str, list[Text]]]:
    """Return a pack's facts, and what stands in each of its papers."""
    made = _packs(request.param)
    found = {name: list(texts_of(name, data)) for name, data in papers(made)}
    return Facts(made), {name: texts for name, texts in found.items() if texts}


def test_every_number_stems_from_the_answers(swept: tuple[Facts, dict[str, list[Text]]]) -> None:
    facts, files = swept
    lost = [
        (name, *each)
        for name, texts in files.items()
        for each in unexplained(facts, texts, ALLOWED)
    ]
    assert not lost, f"{len(lost)}:\n" + "\n".join(map(str, lost[:40]))
    assert sum(len(numbers_in(text)) for texts in files.values() for text, _ in texts) > 1000


def test_a_wrong_figure_would_be_found(swept: tuple[Facts, dict[str, list[Text]]]) -> None:
    """Of figures whose last digit is another one most are nobody's: the sweep is no formality."""
    facts, files = swept
    for name, texts in files.items():
        tried = found = 0
        for text, around in texts:
            named = meant(facts, text, around)
            for token in numbers_in(ALLOWED.sub(" ", text)):
                if "." in token:
                    other = token[:-1] + str((int(token[-1]) + 1) % 10)
                    tried, found = tried + 1, found + (not facts.explains(other, named))
        assert found >= LEAST_FOUND * tried, (name, found, tried)
