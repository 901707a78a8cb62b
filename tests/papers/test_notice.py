"""The notice: in the form of official documents, every figure the answers' own, no statistics."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import docx
import numpy as np
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Emu

from shortplank.access import Actor
from shortplank.errors import ShortplankError
from shortplank.papers.documents import official
from shortplank.papers.documents.attached import (
    MARK,
    METHOD,
    WARNED,
    moved_table,
    quarters_table,
    towns_table,
)
from shortplank.papers.documents.notice import issued, notice_docx
from shortplank.papers.documents.office import PLACE, office_of
from shortplank.papers.documents.official import Office
from shortplank.papers.pack import Pack, pack, quarter_of, quarter_table
from shortplank.papers.quarters import CAME, LEFT, STAYED, UNKNOWN, WAYS, quarter_told
from shortplank.reading.judged.announced import announced_codes
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.wording.numbers import value_text
from shortplank.wording.verdicts import STATE_WORDS
from tests.papers.counties import HOSTILE, county, seen, taiwan
from tests.papers.rendered import Page, Rendered, Word, needs_office, rendered, squeezed
from tests.topics.months import engine_of
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
MAY = date(2010, 5, 1)
MM = 72 / 25.4
NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")
# No word of these stands in the text; the last attachment may say how was judged.
JARGON = ("区间", "假阳", "误报", "收缩", "折算", "显著", "置信", "检验", "方差", "p =", "p <",
          "q =", "φ", "κ", "z=", "χ", "样本", "校正")  # fmt: skip
HEADINGS = re.compile(
    r"[一二三四]、|附件\d|（[一二三四五六]）(?:先核对|需要帮助|本次跟进|上次事项)$"
)


def view(role: str = "viewer", month: date = MAY) -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pack]:
    """The packs that a notice has to bear, by what is particular about each."""
    root = tmp_path_factory.mktemp("counties")
    quarter = quarter_of(engine(DEMO), "2010Q2")
    empty = engine_of(root / "empty", 1, lambda code, n: {})
    return {
        "viewer": pack(view()),
        "analyst": pack(view("analyst")),
        "quarter": pack(view(month=quarter.months[-1]), quarter),
        "empty": pack(View(empty, empty.newest(), Actor("viewer"), date(2007, 10, 1), "ytd",
                           "migrant_filing", "990201")),
        "taiwan": pack(taiwan(root / "taiwan")),
        "one": pack(seen(county(root / "one", 1))),
        "forty": pack(seen(county(root / "forty", 40, hostile=True))),
    }  # fmt: skip


@pytest.fixture(scope="module")
def papers(packs: dict[str, Pack]) -> dict[str, bytes]:
    return {f"{name}.docx": notice_docx(made) for name, made in packs.items()}


@pytest.fixture(scope="module")
def laid(papers: dict[str, bytes]) -> dict[str, Rendered]:
    return rendered({**papers, "form.docx": form()})


def form() -> bytes:
    """A page of full lines below a title."""
    document = official.new_official()
    for _ in range(30):
        official.addressed(document, "字" * 28)
    return official.saved(document)


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def body_of(data: bytes) -> str:
    """The text before the first attachment."""
    lines = [paragraph.text for paragraph in opened(data).paragraphs]
    first = next(i for i, text in enumerate(lines) if re.fullmatch(r"附件\d?", text))
    return "\n".join(lines[:first])


# --- the form -------------------------------------------------------------------------------------
@needs_office
def test_a_full_page_has_22_lines_of_28_letters(laid: dict[str, Rendered]) -> None:
    page = laid["form.docx"].pages[0]
    full = [word for word in page.words if word.text == "字" * 28]
    assert len(full) == 22
    assert full[0].box[1] >= 37 * MM - 1 and full[-1].box[3] <= (297 - 35) * MM + 1
    for word in full:
        assert word.box[0] >= 28 * MM - 1 and word.box[2] <= (210 - 26) * MM + 1
    steps = np.diff([word.box[3] for word in full])
    assert np.allclose(steps, 225 * MM / 22, atol=0.2)


@needs_office
def test_pages_are_numbered_at_the_outer_foot(laid: dict[str, Rendered]) -> None:
    for name, paper in laid.items():
        for page in paper.pages:
            foot = [word for word in page.words if word not in held(page)]
            foot = [word for word in foot if word.text != "内部使用"]
            assert squeezed("".join(w.text for w in foot)) == f"—{page.number}—", (
                name,
                page.number,
            )
            right = foot[0].box[0] > page.width / 2
            assert right == (page.number % 2 == 1), (name, page.number)


def test_the_type_is_the_standards_and_has_fallbacks(papers: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(papers["viewer.docx"])) as package:
        styles, fonts = (package.read(f"word/{n}.xml").decode() for n in ("styles", "fontTable"))
        settings = package.read("word/settings.xml").decode()
    assert "evenAndOddHeaders" in settings
    told = dict(re.findall(r'w:name="([^"]+)"><w:altName w:val="([^"]+)"', fonts))
    assert told == {"方正小标宋简体": "宋体", "仿宋_GB2312": "仿宋", "黑体": "SimHei",
                    "楷体_GB2312": "楷体", "宋体": "SimSun"}  # fmt: skip
    document = opened(papers["viewer.docx"])
    wanted = {"Title": ("方正小标宋简体", 22), "Normal": ("仿宋_GB2312", 16),
              "Heading 1": ("黑体", None), "Heading 2": ("楷体_GB2312", None),
              "Footer": ("宋体", 14)}  # fmt: skip
    for name, (font, size) in wanted.items():
        style = document.styles[name]
        assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == font
        assert size is None or style.font.size.pt == size  # type: ignore[union-attr]
    for section in document.sections:
        grid = section._sectPr.find(qn("w:docGrid"))
        assert grid.get(qn("w:linePitch")) == "579"
        wide = section.page_width - section.left_margin - section.right_margin
        assert round(Emu(wide).mm) == (225 if section.orientation else 156)
    assert set(re.findall(r'w:eastAsia="([^"]+)"', styles)) <= {*told, "zh-CN"}


@needs_office
def test_nothing_stands_outside_the_text_and_no_heading_alone(laid: dict[str, Rendered]) -> None:
    for name, paper in laid.items():
        for page in paper.pages:
            across = page.width > page.height
            above, right, below, left = (28, 35, 26, 37) if across else (37, 26, 35, 28)
            assert held(page), (name, page.number)
            for word in held(page):
                # A comma or a full stop may hang beyond a line's end, as the program likes.
                hang = 17 if word.text[-1] in "，。；：、）” " else 2
                assert word.box[0] >= left * MM - 2, (name, page.number, word)
                assert word.box[2] <= page.width - right * MM + hang, (name, page.number, word)
                assert word.box[1] >= above * MM - 2, (name, page.number, word)
                assert word.box[3] <= page.height - below * MM + 3, (name, page.number, word)
            assert not HEADINGS.match(lines_of(page)[-1]), (name, page.number)


def held(page: Page) -> list[Word]:
    """The words between a page's head and its foot."""
    above, below = (28, 26) if page.width > page.height else (37, 35)
    bottom = page.height - below * MM
    return [w for w in page.words if w.box[1] < bottom and w.box[3] > above * MM]


def lines_of(page: Page) -> list[str]:
    """The lines of a page without its foot, from above."""
    found: dict[float, list[str]] = {}
    for word in sorted(held(page), key=lambda word: (word.box[3], word.box[0])):
        at = next((y for y in found if abs(y - word.box[3]) < 3), word.box[3])
        found.setdefault(at, []).append(word.text)
    return [squeezed("".join(texts)) for _, texts in sorted(found.items())]


@needs_office
def test_every_cell_of_every_table_is_on_paper(
    papers: dict[str, bytes], laid: dict[str, Rendered]
) -> None:
    for name, data in papers.items():
        letters = "".join(sorted(laid[name].text))
        text = laid[name].text
        for table in opened(data).tables:
            first = table.rows[0]._tr
            assert first.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
            for row in table.rows:
                assert row._tr.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None
                last = squeezed(row.cells[-1].text)
                # Long texts break within their cell, and its neighbours' lines come between.
                assert last in text or all(c in letters for c in last), (name, last)
                if len(last) <= 5:
                    assert last in text, (name, last)


@needs_office
def test_who_signs_does_not_stand_alone_and_attachments_open_pages(
    laid: dict[str, Rendered], papers: dict[str, bytes]
) -> None:
    for name in papers:
        paper = laid[name]
        (page,) = [page for page in paper.pages if "发文机关署名" in page.text]
        lines = lines_of(page)
        at = next(i for i, line in enumerate(lines) if "发文机关署名" in line)
        assert any(line.startswith("附件：") for line in lines[:at]), name
        assert re.fullmatch(r"\d{4}年\d+月\d+日", lines[at + 1])
        for number, told in enumerate(named_attachments(papers[name]), start=1):
            opening = [p for p in paper.pages if lines_of(p)[0] in (f"附件{number}", "附件")]
            assert any(squeezed(told) in "".join(lines_of(p)[1:4]) for p in opening), (name, told)


def named_attachments(data: bytes) -> list[str]:
    """The attachments that the text promises."""
    lines = body_of(data).split("\n")
    first = next(i for i, text in enumerate(lines) if text.startswith("附件："))
    found = []
    for text in lines[first:]:
        if match := re.match(r"(?:附件：)?\d\. (.+)|附件：(.+)", text):
            found.append(match[1] or match[2])
    return found


# --- what it says ---------------------------------------------------------------------------------
def texts_of(answer: object, depth: int = 0) -> Iterator[str]:
    """Every text of an answer, and every day."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, date):
        yield f"{answer.year} {answer.month} {answer.day}"
    elif isinstance(answer, dict):
        yield from texts_of(list(answer.items()), depth)
    elif isinstance(answer, list | tuple):
        for each in answer:
            yield from texts_of(each, depth)
    elif is_dataclass(answer) and depth < 4 and not isinstance(answer, View):
        for field in fields(answer):
            if field.name not in ("view", "towns", "peers", "series"):
                yield from texts_of(getattr(answer, field.name), depth + 1)


def test_every_number_of_the_text_is_the_answers(
    packs: dict[str, Pack], papers: dict[str, bytes]
) -> None:
    for name, made in packs.items():
        answers = [made.overview, made.signals, made.warnings, made.items, made.last, made.stamp]
        told = " ".join(texts_of([*answers, [c.trend for c in made.chapters]]))
        told += " ".join(map(tile_numbers, (c.tile for c in made.chapters)))
        told += f" {made.quarter.text if made.quarter else ''} {len(made.chapters)}"
        if (quarter := quarter_told(made)) is not None:
            told += quarter.moved
        told += f" {issued(made)} {ledger_of(made.view).tests}"
        known = {number.lstrip("+−0") for number in NUMBER.findall(told)}
        # What counts the lines of a list and the attachments is no figure.
        text = re.sub(r"(?m)^(?:附件：)?\d\. |附件\d", "", body_of(papers[f"{name}.docx"]))
        strange = [n for n in NUMBER.findall(text) if n.lstrip("+−0") not in known]
        assert not strange, (name, strange)


def tile_numbers(tile: object) -> str:
    """A tile's figures as they may be written."""
    value, target = getattr(tile, "value"), getattr(tile, "target")  # noqa: B009
    item = getattr(tile, "item")  # noqa: B009
    parts = [value_text(item, value), str(getattr(tile, "rank")), str(tile.ranked_among)]  # type: ignore[attr-defined]  # noqa: B009
    if target is not None:
        parts += [f"{target.value:g}", f"{abs(round(value - target.value, 1)):.1f}"]
    return " ".join(parts)


def test_the_text_says_what_the_pages_say(packs: dict[str, Pack], papers: dict[str, bytes]) -> None:
    for name, made in packs.items():
        text = body_of(papers[f"{name}.docx"])
        assert made.overview.title in text and "特此通报" in text
        listed = [c for c in made.overview.concerns if c.level != "county"]
        assert all(f"{each.text}。" in text for each in listed), name
        for chapter in made.chapters:
            if chapter.trend is not None:
                assert chapter.trend.title in text, name
        for each in made.items:
            assert each.item in text and each.owner in text


def test_no_statistics_stand_in_the_text(papers: dict[str, bytes]) -> None:
    extra = {str(month): notice_docx(pack(view(month=month))) for month in (date(2009, 9, 1),)}
    for name, data in {**papers, **extra}.items():
        text = body_of(data)
        assert not [word for word in JARGON if word in text], name
        whole = "\n".join(p.text for p in opened(data).paragraphs)
        assert METHOD in whole and "判断方法" in whole


def test_the_townships_figures_are_the_rankings_and_marks_are_the_ledgers(
    packs: dict[str, Pack], papers: dict[str, bytes]
) -> None:
    for name, made in packs.items():
        heads, rows = towns_table(made)
        tables = [
            [[c.text for c in r.cells] for r in t.rows]
            for t in opened(papers[f"{name}.docx"]).tables
        ]
        if not rows:
            continue
        assert [heads, *rows] in tables, name
        codes = {area.name: code for code, area in made.view.ws.area_by_code.items()}
        for chapter in made.chapters:
            at = next(
                (i for i, h in enumerate(heads) if h.startswith(f"{chapter.item.label}（")), None
            )
            if at is None or chapter.ranking is None:
                continue
            towns = chapter.ranking.towns
            told = announced_codes(made.view, chapter.indicator, "township")
            for row in rows[:-1]:
                code = codes[row[0]]
                i = towns.index(code)
                assert i is not None
                value = STATE_WORDS.get(towns.state[i]) or value_text(chapter.item, towns.value[i])
                assert row[at] == value + (MARK if code in told else ""), (name, row[0])


def test_villages_stand_in_the_attachment_and_their_helpers_in_the_text(
    packs: dict[str, Pack], papers: dict[str, bytes]
) -> None:
    assert packs["viewer"].warnings.rows and packs["forty"].warnings.rows
    for name, made in packs.items():
        data = papers[f"{name}.docx"]
        cells = {cell.text for t in opened(data).tables for r in t.rows for cell in r.cells}
        assert {f"{row.town}{row.name}" for row in made.warnings.rows} <= cells
        assert (WARNED in named_attachments(data)) == bool(made.warnings.rows)
        for row in made.warnings.rows[:6]:
            assert f"{row.town}{row.name}：{row.value}" in body_of(data)
    assert HOSTILE in body_of(papers["forty.docx"])


def test_a_quarter_says_who_came_and_who_left(
    packs: dict[str, Pack], papers: dict[str, bytes]
) -> None:
    made = packs["quarter"]
    assert made.quarter is not None
    told = quarter_told(made)
    assert told is not None and told.before is not None
    now, then = (
        {(f.indicator, f.area_code) for f in ledger_of(v).findings
         if f.kind in ("named", "listed") and f.level != "county"}
        for v in (made.view, made.view.with_(month=date(2009, 12, 1)))
    )  # fmt: skip
    sides = {way: {(m.found.indicator, m.found.area_code) for m in told.moves if m.way == way}
             for way in WAYS}  # fmt: skip
    assert sides[CAME] == now - then and sides[STAYED] == now & then
    assert sides[LEFT] | sides[UNKNOWN] == then - now and not sides[LEFT] & sides[UNKNOWN]
    assert told.before.months[-1] == date(2009, 12, 1)
    text = body_of(papers["quarter.docx"])
    assert (
        told.moved in text and "（2009年12月）" in told.moved and "第2季度（2010年1月–3月）" in text
    )
    tables = [
        [[c.text for c in r.cells] for r in t.rows] for t in opened(papers["quarter.docx"]).tables
    ]
    attached = quarter_table(made.view, made.quarter), quarters_table(told), moved_table(told)
    for table in attached:
        rows = [[str(v) for v in row.values()] for row in table.to_pylist()]
        assert [table.column_names, *rows] in tables


def test_an_exact_notice_says_so_on_each_page(papers: dict[str, bytes]) -> None:
    for name, said in (("analyst", True), ("viewer", False)):
        section = opened(papers[f"{name}.docx"]).sections[0]
        heads = section.header.paragraphs, section.even_page_header.paragraphs
        assert all((lines[0].text == "内部使用") == said for lines in heads)


def test_the_same_answers_make_the_same_document(
    packs: dict[str, Pack], papers: dict[str, bytes]
) -> None:
    with (
        zipfile.ZipFile(io.BytesIO(papers["viewer.docx"])) as one,
        zipfile.ZipFile(io.BytesIO(notice_docx(packs["viewer"]))) as other,
    ):
        assert {n: one.read(n) for n in one.namelist()} == {
            n: other.read(n) for n in other.namelist()
        }


# --- the office -----------------------------------------------------------------------------------
def test_the_office_fills_in_what_the_workspace_does_not_say(tmp_path: Path) -> None:
    assert office_of(tmp_path) == Office()
    (tmp_path / "papers").mkdir()
    (tmp_path / PLACE).write_text(
        'name = "县人口办"\nhead = "某县文件"\ncode = "某人口"\n', "utf-8"
    )
    found = office_of(tmp_path)
    assert found == Office("县人口办", "某县文件", "某人口")
    document = official.new_official()
    official.write_head(document, found, 2010)
    official.signed(document, found, date(2010, 6, 8))
    xml = document.element.body.xml
    assert "某县文件" in xml and "FF0000" in xml and "某人口〔2010〕" in xml and "县人口办" in xml
    plain = official.new_official()
    official.write_head(plain, Office(), 2010)
    assert "FF0000" not in plain.element.body.xml and "〔2010〕" in plain.element.body.xml


@pytest.mark.parametrize("text", ["name = 3", "people = '某'", "name = ", f"head = '{'长' * 41}'"])
def test_an_office_that_cannot_be_read_is_said_with_its_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / PLACE).write_text(text, "utf-8")
    with pytest.raises(ShortplankError) as caught:
        office_of(tmp_path)
    assert caught.value.place == PLACE and caught.value.mend
