"""The papers and the month's ledger: the same names for every role, and no verdict besides."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from pptx import Presentation

from shortplank.papers.brief import papers
from shortplank.papers.deck import deck_pptx
from shortplank.papers.documents.attached import GONE
from shortplank.papers.documents.notice import notice_docx
from shortplank.papers.listed import (
    announced_table,
    changes_table,
    off_list_table,
)
from shortplank.papers.pack import Pack, pack
from shortplank.papers.township import townships_docx
from shortplank.reading.judged.announced import unit_codes, unit_words
from shortplank.reading.judged.ledger import ledger_of
from shortplank.store import engine
from shortplank.wording.judged import FOOTER, OFF_LIST, TOWNS_CHANGES, nothing_listed_text
from tests.papers.test_papers import DEMO, MAY, deck_texts, view
from tests.topics.polarities import DOWN, head_with, polar_county
from tests.topics.villages import view_of

FEBRUARY = date(2010, 2, 1)  # 岭源镇 stood on January's list
ROLES = ("viewer", "analyst")
CLAIMS = re.compile("列入核对|列入本月|明显[差高低偏]|[差低高]于全县")
CHANCE = ("超出偶然", "不像偶然", "与偶然相符", "在偶然范围内", "仅凭偶然", "95% 区间之外")
ALIKE = [(100, 10, 50)] * 20
ONE_BAD = [(100, 10, 50)] * 9 + [(100, 60, 50)] + [(100, 10, 50)] * 10


@cache
def files(role: str, month: date) -> dict[str, bytes]:
    made = pack(view(role, month))
    return {name.rpartition("_")[2]: data for name, data in papers(made)}


def said(data: bytes, name: str) -> Iterator[str]:
    """Yield a paper's texts: paragraphs, and whole rows of its tables."""
    if name.endswith("pptx"):
        for slide in Presentation(io.BytesIO(data)).slides:
            for shape in slide.shapes:
                yield from shape.text_frame.text.split("\n") if shape.has_text_frame else ()
                if shape.has_table:
                    yield from ("".join(c.text for c in row.cells) for row in shape.table.rows)
            if slide.has_notes_slide:
                yield from slide.notes_slide.notes_text_frame.text.replace("\t", "").split("\n")
    elif name.endswith("docx"):
        body = docx.Document(io.BytesIO(data)).element.body
        for each in (qn("w:p"), qn("w:tr")):
            yield from ("".join(t.text or "" for t in e.iter(qn("w:t"))) for e in body.iter(each))
    elif name.endswith("xlsx"):
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            for row in sheet.iter_rows(values_only=True):
                yield "".join(str(value) for value in row if value is not None)
    else:
        text = data.decode()
        begin = text.index('id="data">') + 10
        for slide in json.loads(text[begin : text.index("</script>", begin)])["slides"]:
            yield from (slide["title"], slide["sentence"])
            yield from ("".join(row) for row in slide.get("table", ()))
            yield from re.findall(r'"text": "([^"]*)"', json.dumps(slide, ensure_ascii=False))


def paragraphs(data: bytes) -> list[str]:
    """Return every paragraph's text, those within tables, too."""
    body = docx.Document(io.BytesIO(data)).element.body
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p"))]


# --- the demo county ------------------------------------------------------------------------------
@pytest.mark.parametrize("month", [FEBRUARY, MAY])
@pytest.mark.parametrize("role", ROLES)
def test_papers_name_nobody_whom_the_ledger_does_not_announce(role: str, month: date) -> None:
    areas = engine(DEMO).ws.area_by_code
    told = {each.area for each in ledger_of(view(role, month)).findings}
    towns = {area.name for area in areas.values() if area.level == "township"}
    villages = {
        f"{areas[area.parent_code].name}{area.name}"
        for area in areas.values()
        if area.level == "village"
    }
    named = set()
    for name, data in files(role, month).items():
        for text in said(data, name):
            for part in re.split("[。；]|<br>", text):
                if not CLAIMS.search(part) or "看不出差别" in part or OFF_LIST in part:
                    continue
                found = {each for each in villages if each in part}
                rest = part
                for each in found:
                    rest = rest.replace(each, "")
                found |= {town for town in towns if town in rest}
                assert found <= told, (name, part, found - told)
                named |= found
    assert named == {each for each in told if each != "云洲县"}


@pytest.mark.parametrize("month", [FEBRUARY, MAY])
@pytest.mark.parametrize("role", ROLES)
def test_no_paper_speaks_of_chance(role: str, month: date) -> None:
    for name, data in files(role, month).items():
        for text in said(data, name):
            assert not [word for word in CHANCE if word in text], (name, text)


@pytest.mark.parametrize("month", [FEBRUARY, MAY])
def test_both_roles_list_the_same(month: date) -> None:
    names = ["级别", "单位", "指标"]
    first, second = (announced_table(view(role, month)).select(names) for role in ROLES)
    assert first == second and first.num_rows
    gone = [off_list_table(pack(view(role, month))).select(["乡镇", "指标"]) for role in ROLES]
    assert gone[0] == gone[1]


@pytest.mark.parametrize("role", ROLES)
def test_who_left_the_list_is_told_with_both_months_and_no_praise(role: str) -> None:
    made = pack(view(role, FEBRUARY))
    (row,) = off_list_table(made).to_pylist()
    assert (row["乡镇"], row["指标"], row["时段"]) == ("岭源镇", "出生人口性别比", "近36月")
    assert row["上月"] == "125.6"
    notice = files(role, FEBRUARY)["通报.docx"]
    text = "\n".join(paragraphs(notice))
    assert OFF_LIST in GONE and GONE in text and "好转" not in text
    assert "".join(row.values()) in set(said(notice, "通报.docx"))
    book = files(role, FEBRUARY)["调度表.xlsx"]
    assert any(TOWNS_CHANGES in text for text in said(book, "调度表.xlsx"))
    assert "同比升降（只列数）" in openpyxl.load_workbook(io.BytesIO(book)).sheetnames
    changes = changes_table(made).to_pylist()
    assert changes and all("至" in each["95% 区间"] for each in changes)
    assert not any(CLAIMS.search("".join(each.values())) for each in changes)


def test_a_townships_verdicts_are_the_ledgers() -> None:
    """Each township's page and the deck's colours: announced, compared, too few, not judged."""
    for month in (date(2008, 11, 1), FEBRUARY, MAY):  # in November 2008 two townships are named
        own = view("viewer", month)
        book = ledger_of(own)
        for key in own.ws.indicators:
            standing = book.standing(key, "township")
            codes = standing.codes if standing else ["990101111"]
            words, marks = (say(own, key, "township", codes) for say in (unit_words, unit_codes))
            for at, code in enumerate(codes):
                listed = standing is not None and standing.is_announced(code)
                assert (marks[at] in ("worse", "higher", "lower")) == listed
                assert words[at].endswith("列入核对") == listed
                if not listed:
                    compared = standing is not None and standing.is_compared(code)
                    assert (words[at] == "看不出差别") == compared


def test_a_listed_township_stands_on_its_page_and_its_dot_has_a_colour() -> None:
    made = pack(view("viewer", date(2008, 11, 1)))
    text = "\n".join(paragraphs(townships_docx(made)))
    assert "桂浦镇流动人口建档率 77.3%" in text and text.count(FOOTER) == len(
        {each.area_code[:9] for each in ledger_of(made.view).findings if len(each.area_code) > 6}
    )
    whole = "\n".join(said(deck_pptx(made), "pptx"))
    assert "有颜色的点为列入核对的" in whole


def test_an_indicators_name_stands_once_before_what_is_said_of_it() -> None:
    for role in ROLES:
        notice = paragraphs(notice_docx(pack(view(role, MAY))))
        for text in notice:
            head = text.partition("：")[0]
            assert not text.startswith(f"{head}：{head}：")


# --- made-up counties -----------------------------------------------------------------------------
def of(root: Path, villages: list[tuple[int, int, int]], role: str) -> Pack:
    if not root.exists():
        polar_county(root, villages)
    return pack(view_of(head_with(root, DOWN), DOWN, role=role))  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ROLES)
def test_a_quiet_county_lists_nobody(tmp_path: Path, role: str) -> None:
    made = of(tmp_path / "county", ALIKE, role)
    nothing = f"{nothing_listed_text(ledger_of(made.view).tests)}。"
    notice, pages = paragraphs(notice_docx(made)), paragraphs(townships_docx(made))
    assert notice.count(nothing) == 1 and FOOTER not in notice
    assert "没有上月已列、本月不列的乡镇。" in notice
    assert FOOTER not in pages and sum("都没有列入核对" in text for text in pages) == 2
    assert announced_table(made.view).num_rows == 0
    opening = Presentation(io.BytesIO(deck_pptx(made))).slides[1]
    assert nothing in [s.text_frame.text for s in opening.shapes if s.has_text_frame]


@pytest.mark.parametrize("role", ROLES)
def test_a_bad_village_is_named_and_how_often_that_is_wrong_is_said_once(
    tmp_path: Path, role: str
) -> None:
    made = of(tmp_path / "county", ONE_BAD, role)
    named = [each for each in ledger_of(made.view).findings if each.kind == "named"]
    bad = {each.area for each in named}
    assert {each.area_code for each in named if each.level == "village"} == {"990101100010"}
    notice, pages = paragraphs(notice_docx(made)), paragraphs(townships_docx(made))
    told = "".join(text for text in notice if "列入核对" in text)
    assert all(area in told for area in bad)
    assert notice.count(FOOTER) == 1
    assert pages.count(FOOTER) == len({each.area_code[:9] for each in named})
    whole = deck_texts(deck_pptx(made))[1]
    assert all(area in whole for area in bad) and whole.count(FOOTER) == 1
