"""The papers of a county that is judged by an indicator of which less is better."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pptx
import pytest
from docx.oxml.ns import qn

from shortplank.papers.deck import deck_pptx
from shortplank.papers.documents.notice import notice_docx
from shortplank.papers.listed import changes_table, off_list
from shortplank.papers.pack import Pack, pack
from shortplank.papers.township import townships_docx
from tests.topics.polarities import DOWN, RANGE, head_with, polar_county
from tests.topics.villages import view_of

VILLAGES = [*[(100, 4, 50)] * 9, (100, 45, 90), (100, 40, 10), (200, 70, 95), *[(100, 6, 50)] * 8]
WRONG = ("低于线", "低于全县", "再增", "补到", "补好", "最短", "率最低", "过线", "15% 线", "缺口")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("papers") / "county"
    polar_county(root, VILLAGES)
    return root


def of(root: Path, key: str) -> Pack:
    return pack(view_of(head_with(root, key), key))


def texts(made: Pack) -> list[str]:
    """Return what the deck, the notice and the townships' pages say of the indicator itself."""
    found = []
    for slide in pptx.Presentation(io.BytesIO(deck_pptx(made))).slides:
        found += [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        found += [slide.notes_slide.notes_text_frame.text] if slide.has_notes_slide else []
    for data in (notice_docx(made), townships_docx(made)):
        body = docx.Document(io.BytesIO(data)).element.body
        found += ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p"))]
        found += [
            "　".join(
                "".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))
            )
            for row in body.iter(qn("w:tr"))
        ]
    return found


def test_papers_say_the_side_of_an_indicator_of_which_less_is_better(county: Path) -> None:
    said = [text for text in texts(of(county, DOWN)) if "漏登率" in text or "上限" in text]
    assert any("3 个村高于 15%" in text for text in said)
    assert any("3 个村明显差于全县，列入核对" in text for text in said)
    assert any("漏登率 " in text and "，明显差于全县" in text for text in said)
    # The other indicators of the county, of which more is better, have lines of their own.
    own = [text for text in said if "建档率" not in text and "兑现率" not in text]
    assert own and not [text for text in own if any(word in text for word in WRONG)]


def test_without_a_month_before_nobody_left_the_list_and_nothing_changed(county: Path) -> None:
    made = of(county, RANGE)
    assert off_list(made.view) == []
    said = texts(made)
    assert "没有上月已列、本月不列的乡镇。" in said
    assert not changes_table(made).num_rows
