"""The deck as an office program lays it out: nothing cut, nothing on anything else."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

from shortplank.access import Actor
from shortplank.papers import OWN_TEMPLATE
from shortplank.papers.deck import deck_pptx
from shortplank.papers.deck.template import HOUSE
from shortplank.papers.pack import Pack, pack, quarter_of
from shortplank.reading.view import View
from shortplank.records.follow_ups import add_follow_up
from shortplank.store import engine
from tests.copies import demo_copy
from tests.papers import decks
from tests.papers.rendered import Page, Rendered, needs_office, rendered, squeezed

pytestmark = pytest.mark.slow

EMU = 12_700
HOME, FILING = "990101", "migrant_filing"
CASES = (
    "demo", "analyst", "items", "quarter", "first",
    "empty", "one", "forty", "labels", "names", "plain", "lacking",
)  # fmt: skip


def lacking(path: Path) -> None:
    """Write the house's template without its layout for tables."""
    show = Presentation(str(HOUSE))
    gone = next(each for each in show.slide_layouts if each.name == "一表")
    show.slide_layouts.remove(gone)
    path.parent.mkdir(parents=True, exist_ok=True)
    show.save(str(path))


def asked(root: Path) -> Pack:
    """Return the demo county's quarter with items of three meetings."""
    shared = engine(demo_copy(root, without=("journal",)))
    actor = Actor("analyst", "tongji01")
    for month in (3, 4, 5):
        look = View(shared, shared.newest(), actor, date(2010, month, 1), "ytd", FILING, HOME)
        for day, area in enumerate((HOME, "990101111", "990101108207"), start=1):
            add_follow_up(
                look, item="核对应建档底数，把已离开的人从底数里去掉，并把新来的人录全", area=area,
                indicator=FILING, owner="县人口办", deadline=date(2010, 6, 30),
                at=datetime(2010, month, day, tzinfo=UTC),
            )  # fmt: skip
    seen = replace(look, actor=Actor("viewer"))
    quarter = quarter_of(shared, "2010Q2")
    return pack(seen.with_(month=date(2010, 5, 1)), quarter)


def packs(root: Path) -> Iterator[tuple[str, Pack]]:
    yield "demo", decks.demo()
    yield "analyst", decks.demo("analyst")
    yield "items", asked(root / "items")
    yield "quarter", decks.quarter("2010Q2")
    yield "first", decks.quarter("2007Q1")
    yield "empty", decks.empty(root / "empty")
    yield "one", decks.towns(root / "one", 1)
    yield "forty", decks.towns(root / "forty", 40)
    yield "labels", decks.labelled(root / "labels")
    yield "names", decks.towns(root / "names", 6, names=decks.HARD, role="analyst")
    for name in ("plain", "lacking"):
        made = decks.towns(root / name, 5)
        path = root / name / OWN_TEMPLATE
        path.parent.mkdir()
        Presentation().save(str(path)) if name == "plain" else lacking(path)
        yield name, made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root = tmp_path_factory.mktemp("decks")
    return {f"{name}.pptx": deck_pptx(made) for name, made in packs(root)}


@pytest.fixture(scope="module")
def laid(files: dict[str, bytes]) -> dict[str, Rendered]:
    return rendered(files)


def slides(files: dict[str, bytes], case: str) -> tuple[Any, list[Any]]:
    show = Presentation(io.BytesIO(files[f"{case}.pptx"]))
    return show, list(show.slides)


def box_of(shape: Any) -> tuple[float, float, float, float]:
    left, top = shape.left / EMU, shape.top / EMU
    return left, top, left + shape.width / EMU, top + shape.height / EMU


def within(text: str, page: Page, box: tuple[float, float, float, float]) -> Counter[str]:
    """Return the letters of a text that do not stand inside a box on the page."""
    return Counter(squeezed(text)) - Counter(page.inside(box, slack=2.5))


@needs_office
@pytest.mark.parametrize("case", CASES)
def test_every_text_and_every_row_stands_whole_in_its_place(
    files: dict[str, bytes], laid: dict[str, Rendered], case: str
) -> None:
    _, every = slides(files, case)
    pages = laid[f"{case}.pptx"].pages
    assert len(pages) == len(every)
    for page, slide in zip(pages, every, strict=True):
        for shape in slide.shapes:
            if shape.has_text_frame and shape.text_frame.text:
                missing = within(shape.text_frame.text, page, box_of(shape))
                assert not missing, (page.number, shape.name, shape.text_frame.text, missing)
            if shape.has_table:
                words = "".join(c.text for row in shape.table.rows for c in row.cells)
                missing = within(words, page, box_of(shape))
                assert not missing, (page.number, words[:80], missing)


@pytest.mark.parametrize("case", CASES)
def test_nothing_lies_on_anything_else_or_off_the_slide(files: dict[str, bytes], case: str) -> None:
    show, every = slides(files, case)
    for number, slide in enumerate(every, start=1):
        boxes = [(shape, box_of(shape)) for shape in slide.shapes]
        for shape, (left, top, right, bottom) in boxes:
            assert left >= 0 and top >= 0, (number, shape.name)
            assert right <= show.slide_width / EMU and bottom <= show.slide_height / EMU + 0.5, (
                number, shape.name)  # fmt: skip
        for (one, a), (other, b) in combinations(boxes, 2):
            apart = a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1
            assert apart, (number, one.name, other.name)
        for shape in slide.shapes:
            if shape.has_table:
                tall = sum(row.height for row in shape.table.rows)
                assert tall <= shape.height + EMU
            if shape.has_chart:
                assert shape.height >= show.slide_height / 12


@pytest.mark.parametrize("case", CASES)
def test_type_is_large_enough_to_be_read_from_the_last_row(
    files: dict[str, bytes], case: str
) -> None:
    least = {"标题": 24, "正文": 20, "一句话": 20, "副标题": 20, "来源": 10}
    _, every = slides(files, case)
    for slide in every:
        for shape in slide.shapes:
            sizes = [int(each.get("sz")) / 100 for each in shape._element.iter("{*}rPr")]
            if shape.has_chart:
                space = shape.chart._chartSpace
                found = [*space.iter("{*}defRPr"), *space.iter("{*}rPr")]
                assert all(int(each.get("sz")) >= 1200 for each in found if each.get("sz"))
            elif sizes:
                assert min(sizes) >= least.get(shape.name, 12 if shape.name == "页码" else 14), (
                    shape.name, sizes)  # fmt: skip


@needs_office
def test_type_is_printed_as_large_as_it_says(
    laid: dict[str, Rendered], files: dict[str, bytes]
) -> None:
    _, every = slides(files, "demo")
    for page, slide in zip(laid["demo.pptx"].pages, every, strict=True):
        for shape in slide.shapes:
            if shape.has_table:
                left, top, right, bottom = box_of(shape)
                tall = [
                    word.height
                    for word in page.words
                    if word.box[0] >= left and word.box[2] <= right
                    and word.box[1] >= top and word.box[3] <= bottom
                ]  # fmt: skip
                assert not tall or min(tall) >= 14


@pytest.mark.parametrize("case", CASES)
def test_whoever_cannot_see_is_told_and_whoever_speaks_has_notes(
    files: dict[str, bytes], case: str
) -> None:
    _, every = slides(files, case)
    for slide in every:
        said = decks.notes_of(slide)
        assert said.startswith("讲四十秒：") and "版次：" in said
        assert len(said.partition("\n")[0]) <= 260
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 8


@pytest.mark.parametrize("case", CASES)
def test_a_deck_is_small_and_leads_nowhere(files: dict[str, bytes], case: str) -> None:
    data = files[f"{case}.pptx"]
    assert len(data) <= 3 * 2**20
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        assert len(set(names)) == len(names)
        assert not [name for name in names if "vba" in name.lower()]
        links = b"".join(package.read(name) for name in names if name.endswith(".rels"))
    assert b"External" not in links
