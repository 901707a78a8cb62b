"""A page a township: one full A4 each, every figure the answers', nothing cut, nothing outside."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import docx
import numpy as np
import openpyxl
import pytest
from docx.oxml.ns import qn

from shortplank.access import Actor
from shortplank.cli import run
from shortplank.errors import ShortplankError
from shortplank.papers.brief import PAPERS
from shortplank.papers.pack import Pack, pack
from shortplank.papers.township import township_docx, township_files, townships_docx
from shortplank.papers.township.document import sheets_docx
from shortplank.papers.township.gathered import Gathered
from shortplank.papers.township.parts import SIDE, TOP, Block, spread
from shortplank.papers.township.telling import sheet_of
from shortplank.papers.township.told import Sheet, Villages
from shortplank.reading.judged.announced import unit_codes, unit_words
from shortplank.reading.series import Change, series_of
from shortplank.records.follow_ups import add_follow_up
from shortplank.store import Engine, engine
from shortplank.topics.quality.answer.completeness import STATES, completeness
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.rankings.answer.spine import spine
from shortplank.topics.trends.answer.year_end import year_end
from shortplank.wording.numbers import interval_text, value_text
from shortplank.wording.verdicts import STATE_WORDS
from tests.papers.counties import taiwan
from tests.papers.rendered import Page, Rendered, needs_office, rendered, squeezed
from tests.papers.test_papers import MAY, view
from tests.store import workspaces as w
from tests.topics.months import FIRST, engine_of, look
from tests.topics.villages import make_county, publish, view_of

ROLES = ("viewer", "analyst")
LONG = "流动人口建档率（已建/应建）[全员]：含外出一年以上和跨省流入半年以上的人员"
ODD = 'A&B<乡>"/镇'
FILED = {"migrants_due": 30, "migrants_filed": 20, "benefits_due": 10, "benefits_paid": 8}


@cache
def made_of(role: str, month: date = MAY) -> Pack:
    return pack(view(role, month))


def relabelled(shared: Engine) -> None:
    for path in (shared.store.root / "catalogue/indicators").glob("*.toml"):
        text = path.read_text("utf-8")
        for old, new in {"流动人口建档率": LONG, "奖励优惠兑现率": f"{LONG}之二&<b>"}.items():
            text = text.replace(f'label = "{old}"', f"label = {json.dumps(new)}")
        path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pack]:
    """Return counties of all kinds: the demo for both roles, small, large, and oddly named."""
    root = tmp_path_factory.mktemp("townships")
    long = engine_of(root / "long", 15, lambda code, n: FILED)
    relabelled(long)
    return {
        "viewer": made_of("viewer"),
        "analyst": made_of("analyst"),
        "early": made_of("viewer", date(2006, 10, 1)),
        "one": county_of(root / "one", 1, ODD),
        "forty": county_of(root / "forty", 40),
        "crowded": county_of(root / "crowded", 2, ODD, villages=20),
        "public": pack(taiwan(root / "public")),
        "long": pack(look(engine(long.store.root), "migrant_filing", date(2008, 12, 1))),
    }


def county_of(root: Path, towns: int, name: str = "", villages: int = 1) -> Pack:
    make_county(root, (villages,) * towns)
    if name:
        areas = (root / "areas.csv").read_text("utf-8")
        quoted = '"' + name.replace('"', '""') + '"'
        (root / "areas.csv").write_text(areas.replace("乡0镇", quoted), "utf-8")
    codes = [f"9901011{t:02d}{k:03d}" for t in range(towns) for k in range(1, villages + 1)]
    months = {
        month: {
            code: {**FILED, "migrants_filed": 20 + (at * 7 + n) % 10}
            for at, code in enumerate(codes)
        }
        for n, month in enumerate(w.months(FIRST, 15))
    }
    publish(root, months)
    return pack(view_of(engine(root), "migrant_filing", month=date(2008, 12, 1), role="viewer"))


@cache
def document(role: str) -> bytes:
    return townships_docx(made_of(role))


@pytest.fixture(scope="module")
def written(packs: dict[str, Pack]) -> dict[str, bytes]:
    return {
        f"{name}.docx": document(name) if name in ROLES else townships_docx(made)
        for name, made in packs.items()
    }


@pytest.fixture(scope="module")
def stuffed() -> list[Sheet]:
    """Return pages with more and longer texts than any page holds."""
    found = []
    gathered = Gathered(made_of("viewer"))
    for code in list(gathered.towns)[:2]:
        sheet = sheet_of(gathered, code)
        item = ("2010-04", "核对台账" * 200, f"{LONG} {LONG}", "1% → 2%", "+1", "2010年6月1日")
        visit = ("长村名" * 14, LONG, LONG * 3, LONG * 3, LONG)
        found.append(
            replace(
                sheet,
                name=LONG,
                finding=LONG * 4,
                lines=(LONG * 5,) * 9,
                rows=tuple(replace(row, label=LONG) for row in sheet.rows),
                curves=tuple(replace(c, title=LONG * 3, sentence=LONG * 5) for c in sheet.curves),
                villages=Villages("先去的村", LONG * 9, ("村",) * 5, (visit,) * 40, listed=True),
                checks=(LONG * 4,) * 30,
                items=(item,) * 30,
                ahead=(LONG * 6,) * 9,
                notes=(LONG * 9, LONG * 9),
            )
        )
    return found


@pytest.fixture(scope="module")
def laid(written: dict[str, bytes], stuffed: list[Sheet]) -> dict[str, Rendered]:
    return rendered({**written, "stuffed.docx": sheets_docx(made_of("viewer"), stuffed)})


def every(laid: dict[str, Rendered], packs: dict[str, Pack]) -> list[tuple[str, Sheet, Page]]:
    found = []
    for name, made in packs.items():
        gathered = Gathered(made)
        pages = laid[f"{name}.docx"].pages
        assert len(pages) == len(gathered.towns), name
        found += [
            (name, sheet_of(gathered, code), page)
            for code, page in zip(gathered.towns, pages, strict=True)
        ]
    return found


# --- as it is printed -----------------------------------------------------------------------------
@needs_office
def test_each_township_has_exactly_one_page_within_its_margins(
    laid: dict[str, Rendered], packs: dict[str, Pack]
) -> None:
    for name, sheet, page in every(laid, packs):
        assert (round(page.width), round(page.height)) == (595, 842)
        box = (SIDE - 4, TOP - 24, page.width - SIDE + 4, page.height - TOP)
        assert page.inside(box) == page.text, (name, sheet.name)
        assert squeezed(sheet.finding) in page.text, (name, sheet.name)


@needs_office
def test_the_page_is_full(laid: dict[str, Rendered], packs: dict[str, Pack]) -> None:
    for name, sheet, page in every(laid, packs):
        lowest = max(page.lines) / page.height
        assert 0.85 <= lowest <= 1 - TOP / page.height, (name, sheet.name, lowest)


@needs_office
def test_every_letter_of_every_cell_is_printed_on_its_own_page(
    laid: dict[str, Rendered], written: dict[str, bytes], packs: dict[str, Pack]
) -> None:
    for name in packs:
        paper = docx.Document(io.BytesIO(written[f"{name}.docx"]))
        texts = [""]
        for element in paper.element.body:
            if element.find(f".//{qn('w:pageBreakBefore')}") is not None:
                texts.append("")
            texts[-1] += "".join(t.text or "" for t in element.iter(qn("w:t")))
        above = paper.sections[0].header.paragraphs[0].text
        for page, text in zip(laid[f"{name}.docx"].pages, texts, strict=True):
            assert Counter(page.text) == Counter(squeezed(above + text)), (name, page.number)


@needs_office
def test_no_lines_of_a_column_lie_on_each_other(
    laid: dict[str, Rendered], packs: dict[str, Pack]
) -> None:
    for name, sheet, page in every(laid, packs):
        words = sorted(page.words, key=lambda word: word.box[1])
        for at, one in enumerate(words):
            for other in words[at + 1 :]:
                if other.box[1] >= one.box[3]:
                    break
                across = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
                down = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
                low = min(one.height, other.height)
                if across > 1:
                    assert down < 0.55 * low, (name, sheet.name, one.text, other.text)


@needs_office
def test_a_page_of_any_length_of_texts_is_one_page(
    laid: dict[str, Rendered], stuffed: list[Sheet]
) -> None:
    pages = laid["stuffed.docx"].pages
    assert len(pages) == len(stuffed)
    for page in pages:
        assert max(page.lines) <= page.height - TOP
        assert any(f"余{left}个见预警名单" in page.text for left in (39, 40))
        assert any(f"余{left}项见调度表" in page.text for left in (29, 30))
        assert "没有值得核对" not in page.text


# --- what it says ---------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ROLES)
def test_every_figure_of_the_spine_is_the_rankings(role: str) -> None:
    made = made_of(role)
    gathered = Gathered(made)
    rankings = {}
    for code in gathered.towns:
        sheet = sheet_of(gathered, code)
        assert sheet.finding == spine(made.view, code).title
        assert 8 <= len(sheet.rows) <= 12
        for row in sheet.rows:
            key = next(k for k, i in made.view.ws.indicators.items() if i is row.item)
            if key not in rankings:
                own = made.view.with_(indicator=key, window=row.item.default_window)
                rankings[key] = ranking(own)
            answer = rankings[key]
            at = answer.towns.index(code)
            assert at is not None
            towns, item = answer.towns, row.item
            state = STATE_WORDS.get(towns.state[at])
            assert row.told == (state or value_text(item, float(towns.value[at])))
            assert row.span == interval_text(item, towns.lower[at], towns.upper[at])
            assert row.county_told == value_text(item, float(answer.county.value[0]))
            assert row.word == (state or unit_words(made.view, key, "township", [code])[0])
            assert state or row.code == unit_codes(made.view, key, "township", [code])[0]
            rank = answer.ranks[at]
            assert row.place == ("–" if np.isnan(rank) else f"第 {int(rank)}")
            if not np.isnan(answer.rank_low[at]):
                assert row.places == f"{int(answer.rank_low[at])}–{int(answer.rank_high[at])}"
            change = Change(item, *map(float, answer.change[:, at]))
            assert row.change == (change.size if change.known else "–")
            if change.known and not np.isnan(change.lower):
                assert change.text == f"{row.change}（{row.changes}）"


@pytest.mark.parametrize("role", ROLES)
def test_the_rest_of_the_page_is_the_answers(role: str) -> None:
    made = made_of(role)
    gathered = Gathered(made)
    matrix = completeness(made.view).matrix
    areas = made.view.ws.area_by_code
    listed = 0
    for code, town in gathered.towns.items():
        sheet = sheet_of(gathered, code)
        rows = [r for r in made.warnings.rows if areas[r.area_code].parent_code == code]
        if rows:
            listed += len(rows)
            assert [each[:3] for each in sheet.villages.rows] == [
                (r.name, f"{r.label}{r.reason}", r.evidence) for r in rows
            ]
        assert not sheet.villages.listed or rows
        states = matrix.states[[c == code for c in matrix.codes]][:, -12:]
        told = [[STATES.index(s) for s in row] for _, row in sheet.reports.forms]
        assert told == states.tolist()
        signals = [r for r in made.signals.rows if r.area == town and not r.mark]
        assert len(sheet.checks) == len(signals)
        assert all(r.evidence in text for r, text in zip(signals, sheet.checks, strict=True))
        for text in sheet.ahead:
            key = next(
                k for k, i in made.view.ws.indicators.items() if text.startswith(f"{i.label} ")
            )
            own = year_end(made.view.with_(indicator=key, window="ytd", area=code))
            assert own.is_empty or own.title in text
    assert listed == len(made.warnings.rows)


def test_no_village_of_births_or_procedures_stands_on_a_viewers_page() -> None:
    made = made_of("viewer")
    gathered = Gathered(made)
    helpable = {i.label for i in made.view.ws.indicators.values() if i.helpable}
    for code in gathered.towns:
        sheet = sheet_of(gathered, code)
        for row in sheet.villages.rows:
            if sheet.villages.listed:
                assert any(row[1].startswith(label) for label in helpable)
        assert made.plank is None or made.plank.item.helpable


def test_the_charts_hold_the_series_and_the_target() -> None:
    made = made_of("viewer")
    gathered = Gathered(made)
    data = document("viewer")
    number = 0
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for code in gathered.towns:
            sheet = sheet_of(gathered, code)
            assert len(sheet.curves) == 2
            for curve in sheet.curves:
                number += 1
                assert len(curve.months) == 24 and curve.months[-1] == MAY
                book = openpyxl.load_workbook(
                    io.BytesIO(packed.read(f"word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"))
                )
                rows = list(book.active.iter_rows(values_only=True))
                assert list(rows[0][1:]) == [drawn.name for drawn in curve.lines]
                for at, drawn in enumerate(curve.lines, start=1):
                    known = [np.nan if row[at] is None else row[at] for row in rows[1:]]
                    np.testing.assert_allclose(known, drawn.values)
                root = ElementTree.fromstring(packed.read(f"word/charts/chart{number}.xml"))
                space = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
                series = list(root.iter(f"{space}ser"))
                assert len(series) == len(curve.lines)
                for one, drawn in zip(series, curve.lines, strict=True):
                    points = one.find(f"{space}val").iter(f"{space}v")  # type: ignore[union-attr]
                    np.testing.assert_allclose(
                        [float(v.text or "nan") for v in points],
                        [v for v in drawn.values if not np.isnan(v)],
                    )


def test_a_chart_draws_the_pages_own_series() -> None:
    made = made_of("analyst")
    gathered = Gathered(made)
    code = next(iter(gathered.towns))
    for curve in sheet_of(gathered, code).curves:
        key = next(
            k
            for k, i in made.view.ws.indicators.items()
            if curve.title.startswith(f"{gathered.towns[code]}{i.label} ")
        )
        own = made.view.with_(indicator=key, window=gathered.judged_window(key), area=code)
        series = series_of(own, gathered.months(key), code)
        (drawn,) = [each for each in curve.lines if each.role == "own"]
        np.testing.assert_allclose(drawn.values, series.measured.value[-24:])


def test_items_of_the_township_and_its_villages_stand_with_their_figures(tmp_path: Path) -> None:
    shared = engine_of(tmp_path / "items", 15, lambda code, n: FILED)
    then = look(shared, "migrant_filing", date(2008, 11, 1))
    then = then.with_(actor=Actor("analyst", "测试"))
    village = w.VILLAGES[0]
    for area in (w.NORTH, village):
        add_follow_up(
            then, item=f"核对 {area} 台账", area=area, indicator="migrant_filing",
            owner="甲办", deadline=date(2008, 12, 20),
        )  # fmt: skip
    made = pack(look(shared, "migrant_filing", date(2008, 12, 1)))
    sheet = sheet_of(Gathered(made), w.NORTH)
    assert len(sheet.items) == 2 == len(made.last)
    assert [each[3] for each in sheet.items] == [f"{i.then} → {i.now}" for i in made.last]
    other = next(code for code in Gathered(made).towns if code != w.NORTH)
    assert not sheet_of(Gathered(made), other).items


# --- as a file ------------------------------------------------------------------------------------
def test_every_drawing_has_words_and_no_two_have_a_number(written: dict[str, bytes]) -> None:
    for name, data in written.items():
        body = docx.Document(io.BytesIO(data)).element.body
        props = [e for e in body.iter() if e.tag.endswith("}docPr")]
        assert all(len(each.get("descr", "")) > 8 for each in props), name
        numbers = [each.get("id") for each in props]
        assert len(set(numbers)) == len(numbers)


def test_the_same_answers_give_the_same_parts() -> None:
    first, second = document("viewer"), townships_docx(made_of("viewer"))
    with zipfile.ZipFile(io.BytesIO(first)) as a, zipfile.ZipFile(io.BytesIO(second)) as b:
        assert a.namelist() == b.namelist()
        assert all(a.read(name) == b.read(name) for name in a.namelist())
        assert not [n for n in a.namelist() if "vba" in n.lower()]
        rels = b"".join(a.read(n) for n in a.namelist() if n.endswith(".rels"))
        assert b"External" not in rels
        text = a.read("word/document.xml").decode()
    fonts = {part.split('"')[1] for part in text.split("w:eastAsia=")[1:]}
    assert fonts == {"Microsoft YaHei"}


def test_one_by_one_they_say_what_all_of_them_say() -> None:
    made = made_of("viewer")
    files = township_files(made)
    assert len(files) == 16 and all(name.endswith("2010-05_一页纸.docx") for name in files)
    code = next(iter(Gathered(made).towns))
    one = _texts(township_docx(made, code))
    assert one == _texts(next(iter(files.values())))
    assert _texts(document("viewer"))[: len(one)] == one
    with pytest.raises(ShortplankError, match="没有这个乡镇"):
        township_docx(made, "990101")


def _texts(data: bytes) -> list[str]:
    body = docx.Document(io.BytesIO(data)).element.body
    return [t.text for t in body.iter(qn("w:t"))]


def test_an_exact_page_says_so() -> None:
    made = made_of("analyst")
    name = next(iter(township_files(made)))
    paper = docx.Document(io.BytesIO(document("analyst")))
    assert "内部使用" in paper.sections[0].header.paragraphs[0].text and "内部使用" in name
    assert any("内部使用" in text for text in _texts(document("analyst")))


def test_the_command_writes_them_one_by_one(tmp_path: Path) -> None:
    shared = engine_of(tmp_path / "county", 3, lambda code, n: FILED)
    out = tmp_path / "out"
    command = ["brief", "--month", "2007-12", "--out", str(out), "-w", str(shared.store.root)]
    assert run([*command, "--townships"]) == 0
    (path,) = out.glob("*.zip")
    with zipfile.ZipFile(path) as packed:
        assert len(packed.namelist()) == 2 and packed.testzip() is None
    assert len(list(out.iterdir())) == len(PAPERS) + 1


# --- room -----------------------------------------------------------------------------------------
def test_parts_take_all_room_that_is_left() -> None:
    def block(share: float, most: float, *, grows: bool = False) -> Block:
        return Block(10.0, lambda more: "", share, most, grows)

    given = spread([block(0, 0), block(0.3, 20), block(0.7, 500)], 300.0)
    assert given[0] == 0 and given[1] == pytest.approx(20) and sum(given) == pytest.approx(300)
    given = spread([block(0.5, 10, grows=True), block(0.5, 10)], 100.0)
    assert given == pytest.approx([90, 10])
    assert spread([block(0.5, 10)], 100.0) == pytest.approx([10])
