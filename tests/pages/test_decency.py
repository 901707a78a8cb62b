"""Crafted links: no page, table, figure or document shows a village what stops at the township."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape
from itertools import product

import docx
import openpyxl
import pytest
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from shortplank.access import READS, Actor, Role
from shortplank.frame.pages import DESKS, PAGES
from shortplank.papers.brief import papers
from shortplank.papers.pack import pack
from shortplank.reading.offered import for_draws, for_villages
from shortplank.reading.view import View
from shortplank.store import Engine, engine
from shortplank.topics.inspection.answer.draw import Plan
from shortplank.topics.inspection.answer.rehearsal import rehearsal
from shortplank.topics.short_plank.answer.short_plank import short_plank
from shortplank.topics.short_plank.answer.visits import visits
from shortplank.topics.short_plank.answer.warning_list import warned_indicators, warning_list
from shortplank.topics.short_plank.answer.what_if import what_if
from shortplank.topics.short_plank.paper import warning_docx, warning_xlsx
from tests.pages.apps import charts, opened, run, tables
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
VILLAGE = "990101214205"
MAY = date(2010, 5, 1)
LOOKS = ("", "village", "lists", "what_if", "warnings")
CRAFTED = ("procedure_completion", "sex_ratio_at_birth", "staff_coverage")


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))


def shared() -> Engine:
    return engine(DEMO)


def above() -> dict[str, str]:
    """Return the indicators without villages, by id, with their labels."""
    return {k: i.label for k, i in shared().ws.indicators.items() if "village" not in i.levels}


def private() -> set[str]:
    """Return the labels of procedures, pregnancies and fees, and of the measures they rest on."""
    ws = shared().ws
    labels = {item.label for item in ws.indicators.values() if item.family == "procedure"}
    for item in ws.indicators.values():
        if item.family == "procedure":
            parts = [key for key in (*item.numerator, *item.denominator) if key in ws.measures]
            labels |= {ws.measures[key].label for key in parts}
    return labels - {"出生人数"}


def pieces(test: AppTest) -> list[str]:
    """Return everything that the page shows, in rows: of tables, lists, figures and sentences."""
    found = [
        re.sub("<[^>]+>", " ", piece)
        for element in test.get("html")
        for piece in re.split(r"</tr>|</li>|</p>|</h1>|</div>", unescape(str(element.value)))
    ]
    for frame in tables(test):
        found += [" ".join(map(str, row)) for row in frame.itertuples(index=False)]
    return found + texts(charts(test))


def texts(node: object) -> list[str]:
    """Return every text of a figure."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in texts(value)]
    return [node] if isinstance(node, str) else []


def names() -> set[str]:
    return {area.name for area in shared().ws.areas if area.level == "village"}


@pytest.mark.parametrize("role", READS)
@pytest.mark.parametrize("page", [key for key in PAGES if key not in DESKS])
def test_a_crafted_link_shows_no_village_what_stops_above_it(page: str, role: Role) -> None:
    villages, labels = names(), private()
    looks = LOOKS if page == "short_plank" else ("",)
    for indicator, look in product(CRAFTED, looks):
        query = {"indicator": indicator, "area": VILLAGE, "role": role, "month": "2010-05"}
        test = run(page, **query, **({"look": look} if look else {}))
        assert not test.exception, test.exception
        for piece in pieces(test):
            if any(name in piece for name in villages):
                assert not [label for label in labels if label in piece], piece


@pytest.mark.parametrize("page", ["short_plank", "inspection"])
@pytest.mark.parametrize("indicator", ["procedure_completion", "births", "no_such"])
def test_pages_of_villages_fall_back_and_say_so(page: str, indicator: str) -> None:
    test = opened(page, indicator=indicator)
    assert any("指标" in w.value and "已改为流动人口建档率" in w.value for w in test.warning)
    assert test.selectbox(key=f"{page}-indicator").value == "migrant_filing"


@pytest.mark.parametrize("role", READS)
def test_no_answer_about_villages_is_made_of_it(role: Role) -> None:
    """Whoever builds a view by hand gets words, not figures."""
    for indicator in above():
        item = shared().ws.indicators[indicator]
        assert not for_villages(item) and not for_draws(item)
        view = View(shared(), shared().newest(), Actor(role), MAY, "ytd", indicator, "990101")
        assert indicator not in warned_indicators(view)
        assert short_plank(view).is_empty
        assert rehearsal(view, Plan(6, None, False, 85.0)).is_empty
        if item.interval == "wilson":
            assert what_if(view, 5, 90.0).rows == [] and visits(view) is None


def test_births_and_sex_ratios_have_no_line_lever_or_warning() -> None:
    for indicator, item in shared().ws.indicators.items():
        if item.family not in ("births", "context"):
            continue
        view = View(shared(), shared().newest(), Actor("analyst"), MAY, "ytd", indicator, "990101")
        assert not item.helpable and indicator not in warned_indicators(view)
        assert what_if(view, 5, 90.0).rows == []
        answer = rehearsal(view, Plan(6, None, False, 90.0))
        assert answer.villages is None and answer.towns is None


@pytest.mark.parametrize("role", READS)
def test_documents_hold_neither_procedures_nor_births(role: Role) -> None:
    view = View(shared(), shared().newest(), Actor(role), MAY, "ytd", "migrant_filing", "990101")
    made = warning_list(view)
    book = openpyxl.load_workbook(io.BytesIO(warning_xlsx(made, {}, internal=True)))
    table = [str(c.value) for sheet in book for row in sheet.iter_rows(min_row=4) for c in row]
    document = docx.Document(io.BytesIO(warning_docx(made, {}, internal=True)))
    table += [cell.text for each in document.tables for row in each.rows for cell in row.cells]
    words = " ".join(table).replace("出生和手术数不作预警的依据", "")
    assert made.rows and made.rows[0].name in words
    assert not [label for label in (*private(), "出生", "性别比", "孕") if label in words]


def rows_of(name: str, data: bytes) -> list[str]:
    """Return a paper's texts: a row of a table, a paragraph, a shape or a piece of HTML each."""
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(data))
        return [" ".join(str(c.value) for c in row) for sheet in book for row in sheet.iter_rows()]
    if name.endswith(".docx"):
        document = docx.Document(io.BytesIO(data))
        found = [paragraph.text for paragraph in document.paragraphs]
        return found + [
            " ".join(cell.text for cell in row.cells)
            for table in document.tables
            for row in table.rows
        ]
    if name.endswith(".pptx"):
        shapes = [
            shape for slide in Presentation(io.BytesIO(data)).slides for shape in slide.shapes
        ]
        found = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
        return found + [
            " ".join(cell.text for cell in row.cells)
            for shape in shapes
            if shape.has_table
            for row in shape.table.rows
        ]
    return re.split(r"</tr>|</li>|</p>|</h\d>|</section>|\n", data.decode("utf-8"))


def test_the_meetings_papers_show_no_village_what_stops_above_it() -> None:
    """The analyst's exact papers too."""
    view = View(
        shared(), shared().newest(), Actor("analyst"), MAY, "ytd", "migrant_filing", "990101"
    )
    villages, labels = names(), private()
    for name, data in papers(pack(view)):
        rows = rows_of(name, data)
        assert len(rows) > 5, name
        for row in rows:
            if any(village in row for village in villages):
                assert not [label for label in labels if label in row], (name, row)
