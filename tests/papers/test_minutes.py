"""The minutes: the meeting's topics, room for its decisions, nobody's name."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import docx
import pytest
from docx.document import Document

from shortplank.access import Actor
from shortplank.papers.decided import read_decisions
from shortplank.papers.decisions import HEADS
from shortplank.papers.documents.minutes import EMPTY, REGISTERED, minutes_docx
from shortplank.papers.documents.notice import notice_docx
from shortplank.papers.pack import Pack, pack
from shortplank.reading.view import View
from shortplank.records.follow_ups import add_follow_up, write_outcome
from shortplank.store import Engine, engine
from tests.copies import demo_copy
from tests.papers.counties import county, seen
from tests.papers.rendered import Rendered, needs_office, rendered, squeezed
from tests.papers.test_notice import HEADINGS, JARGON, MM, body_of, held, lines_of

APRIL, MAY = date(2010, 4, 1), date(2010, 5, 1)
WHEN = datetime(2010, 6, 9, 8, tzinfo=UTC)


def view(shared: Engine, month: date = MAY, role: str = "analyst") -> View:
    actor = Actor(role, "tongji01")  # type: ignore[arg-type]
    return View(shared, shared.newest(), actor, month, "ytd", "migrant_filing", "990101")


def ask(shared: Engine, month: date, item: str) -> str:
    return add_follow_up(
        view(shared, month), item=item, area="990101101", indicator="migrant_filing",
        owner="县总工会", deadline=date(2010, 6, 30), at=WHEN,
    )  # fmt: skip


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pack]:
    root = tmp_path_factory.mktemp("minutes")
    shared = engine(demo_copy(root / "demo", without=("journal",)))
    closed = ask(shared, APRIL, "核对 <应建档> & 底数")
    ask(shared, APRIL, "补录新来人口")
    write_outcome(view(shared), closed, "已核对", at=WHEN)
    ask(shared, MAY, "比对派出所登记")
    return {
        "viewer": pack(view(shared, role="viewer")),
        "analyst": pack(view(shared)),
        "forty": pack(seen(county(root / "forty", 40, hostile=True, months=2), date(2008, 11, 1))),
    }


@pytest.fixture(scope="module")
def papers(packs: dict[str, Pack]) -> dict[str, bytes]:
    return {f"{name}.docx": minutes_docx(made) for name, made in packs.items()}


@pytest.fixture(scope="module")
def laid(papers: dict[str, bytes]) -> dict[str, Rendered]:
    return rendered(papers)


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def cells(data: bytes) -> list[list[list[str]]]:
    return [[[c.text for c in row.cells] for row in t.rows] for t in opened(data).tables]


def test_the_table_of_decisions_is_empty_and_what_is_registered_stands_apart(
    papers: dict[str, bytes],
) -> None:
    first, second = cells(papers["viewer.docx"])
    assert first[0] == list(HEADS) and len(first) - 1 == EMPTY >= 8
    assert not any(text for row in first[1:] for text in row)
    assert second[0] == list(REGISTERED) and set(REGISTERED) != set(HEADS)
    assert second[1:] == [
        ["比对派出所登记", "峰浦镇", "流动人口建档率", "县总工会", "2010年6月30日"]
    ]
    assert len(cells(papers["forty.docx"])) == 1


def test_the_topics_are_the_months_and_what_became_of_the_last_items(
    packs: dict[str, Pack], papers: dict[str, bytes]
) -> None:
    for name, made in packs.items():
        text = "\n".join(p.text for p in opened(papers[f"{name}.docx"]).paragraphs)
        assert made.overview.title in text and "会议纪要" in text
        assert all(f"{each.text}。" in text for each in made.overview.concerns)
        for each in made.last:
            assert f"{each.item}；{each.label}当时 {each.then}，现在 {each.now}" in text
            assert (each.outcome or "未办结") in text
        assert not [word for word in JARGON if word in text]
    assert len(packs["viewer"].last) == 2


def test_the_notice_says_what_is_asked_of_whom_and_what_became_of_the_last_items(
    packs: dict[str, Pack],
) -> None:
    text = body_of(notice_docx(packs["viewer"]))
    (item,) = packs["viewer"].items
    assert f"峰浦镇：比对派出所登记（{item.label} {item.then}）；责任单位：县总工会" in text
    assert "2010年6月30日前办结" in text and "核对 <应建档> & 底数" in text
    for each in packs["viewer"].last:
        state = each.outcome or "未办结"
        assert f"{each.label}当时 {each.then}，现在 {each.now}；{state}。" in text


def test_no_name_stands_where_posts_are_asked_for(papers: dict[str, bytes]) -> None:
    text = opened(papers["viewer.docx"]).element.body.xml
    for place in ("时间", "地点", "主持", "出席", "列席", "记录"):
        assert f'<w:tag w:val="{place}"/>' in text
    assert text.count("只写单位和岗位，不写姓名") == 4


@needs_office
def test_each_page_holds_what_stands_on_it(
    papers: dict[str, bytes], laid: dict[str, Rendered]
) -> None:
    for name, paper in laid.items():
        for page in paper.pages:
            assert lines_of(page) and not HEADINGS.match(lines_of(page)[-1]), (name, page.number)
            for word in held(page):
                hang = 17 if word.text[-1] in "，。；：、）” " else 2
                assert word.box[0] >= 28 * MM - 2, (name, word)
                assert word.box[2] <= (210 - 26) * MM + hang, (name, word)
        assert all(head in paper.text for head in HEADS)
    assert squeezed("2010年6月30日") in laid["viewer.docx"].text


def test_an_empty_table_reads_back_as_nothing(
    packs: dict[str, Pack], papers: dict[str, bytes]
) -> None:
    shared = packs["analyst"].view.engine
    for name in ("viewer.docx", "analyst.docx"):
        assert not read_decisions(view(shared), name, papers[name]).rows
