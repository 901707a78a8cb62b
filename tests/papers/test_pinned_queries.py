"""A pinned query in the meeting's papers: run in their role, the same in deck and workbook."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from pptx import Presentation

from shortplank.access import MACHINE, Actor
from shortplank.papers.deck import deck_pptx
from shortplank.papers.pack import Pack, pack
from shortplank.papers.stable import stable
from shortplank.papers.workbook import workbook_xlsx
from shortplank.reading.view import View, first_view
from shortplank.store import Store, engine
from shortplank.store.bench.statements import parse_statement
from shortplank.topics.bench.kept import save_query
from tests.copies import demo_copy

HEAD = "-- {title}\n--\n-- author:  规划统计股\n-- viewers: {viewers}\n-- pinned:  yes\n"
BIRTHS = """\
select a.name as 村, v.ytd_numerator as 例, v.shown as 分档
from village_indicator as v join area as a using (area_code)
where v.indicator = 'births_out' and v.stat_month = date '2009-09-01'
    and (v.ytd_numerator > 0 or v.shown is not null)
order by area_code
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory, time_enough: None) -> View:
    root = demo_copy(tmp_path_factory.mktemp("pinned") / "county")
    store = Store(root, actor=MACHINE)
    for title, viewers, body in (
        ("上年政策外出生的村", "yes", BIRTHS),
        ("只给分析员", "no", BIRTHS),
        ("没有的村", "yes", "select name from area where false"),
        ("坏了的", "yes", "select nothing from area"),
    ):
        text = HEAD.format(title=title, viewers=viewers) + body
        save_query(store, parse_statement("", text), "会上要看")
    found = first_view(engine(root), MACHINE)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def exact(view: View) -> Pack:
    return pack(view)


@pytest.fixture(scope="module")
def banded(view: View) -> Pack:
    return pack(replace(view, actor=Actor("viewer")))


def slides(made: Pack) -> dict[str, tuple[str, str]]:
    """Return each slide's texts and notes by its title."""
    found = {}
    for slide in Presentation(io.BytesIO(deck_pptx(made))).slides:
        cells = [
            cell.text for shape in slide.shapes if shape.has_table
            for row in shape.table.rows for cell in row.cells
        ]  # fmt: skip
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
        title = slide.shapes.title.text_frame.text if slide.shapes.title else texts[0]
        found[title] = ("\n".join([*texts, *cells]), notes)
    return found


def test_a_pinned_query_has_a_slide_with_its_statement_in_the_notes(exact: Pack) -> None:
    made = slides(exact)
    shown, notes = made["上年政策外出生的村"]
    assert "村" in shown and "例" in shown
    assert "from village_indicator" in notes and "第26版" in notes and "规划统计股" in notes
    assert "只给分析员" in made
    absent = "\n".join(text for text, _ in made.values())
    assert "没有的村：没有符合条件的行" in absent and "坏了的：" in absent


def test_the_workbook_has_all_rows_of_it(exact: Pack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_xlsx(exact)))
    names = [name for name in book.sheetnames if name.startswith("查询")]
    assert len(names) == 3
    told = [str(cell.value) for row in book[names[0]].iter_rows() for cell in row if cell.value]
    assert any("规划统计股" in text for text in told)


def test_banded_papers_hold_the_viewers_own_answer_and_only_what_is_declared(
    exact: Pack, banded: Pack
) -> None:
    assert "只给分析员" not in [each.statement.title for each in banded.queries]
    by_title = {each.statement.title: each for each in banded.queries}
    answer = by_title["上年政策外出生的村"].answer
    assert answer is not None
    rows = answer.table.to_pylist()
    assert any(row["分档"] for row in rows)
    assert all(row["例"] is None for row in rows if row["分档"])
    assert "只给分析员" not in "\n".join(text for text, _ in slides(banded).values())


def test_the_same_answers_give_the_same_bytes(view: View, exact: Pack) -> None:
    assert stable(deck_pptx(pack(view))) == stable(deck_pptx(exact))
