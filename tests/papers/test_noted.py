"""What is pinned to the pages stands in the papers: under the pictures, in a sheet, and no more."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation

from shortplank.access import Actor
from shortplank.papers.deck import deck_pptx
from shortplank.papers.pack import MOST_NOTES, Pack, pack
from shortplank.papers.slideshow import slideshow_html
from shortplank.papers.workbook import workbook_xlsx
from shortplank.reading.view import View
from shortplank.records.pinned import LONGEST, Place, pin_note
from shortplank.store import Engine, engine
from tests.copies import demo_copy
from tests.papers.test_papers import deck_texts

MAY, APRIL = date(2010, 5, 1), date(2010, 4, 1)
HOME, TOWN, VILLAGE = "990101", "990101111", "990101214205"
FILING, BANDED = "migrant_filing", "policy_compliance"
WHEN = datetime(2010, 6, 9, 8, tzinfo=UTC)
# Each page's slide, the indicator of its notes, and where the note's sentence stands.
PINNED = {
    "overview": "", "trends": FILING, "rankings": FILING, "sex_ratio": "",
    "short_plank": FILING, "inspection": FILING, "data_quality": "",
}  # fmt: skip


def view(shared: Engine, role: str) -> View:
    actor = Actor(role, "tongji01")  # type: ignore[arg-type]
    return View(shared, shared.newest(), actor, MAY, "ytd", FILING, HOME)


def pin(
    shared: Engine, page: str, text: str, indicator: str, area: str = HOME, month: date = MAY
) -> None:
    place = Place(page, indicator, area, month, "ytd")
    pin_note(view(shared, "analyst"), place, text, at=WHEN)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = demo_copy(tmp_path_factory.mktemp("noted") / "demo", without=("journal",))
    made = engine(folder)
    for page, indicator in PINNED.items():
        pin(made, page, f"关于{page}", indicator)
    pin(made, "rankings", "某镇的", FILING, TOWN)
    pin(made, "rankings", "第三条", FILING, TOWN)
    pin(made, "rankings", "上月的", FILING, month=APRIL)
    pin(made, "short_plank", "只有两例", BANDED, VILLAGE)
    pin(made, "points", "积分的", "")
    return made


@pytest.fixture(scope="module")
def made(shared: Engine) -> Pack:
    return pack(view(shared, "viewer"))


def test_each_slide_has_the_notes_of_its_page(made: Pack) -> None:
    slides = deck_texts(deck_pptx(made))
    for page in PINNED:
        assert sum(f"关于{page}（tongji01，2010年6月9日）" in text for text in slides) == 1, page
    (ranked,) = [text for text in slides if "关于rankings" in text]
    town = made.view.ws.area_by_code[TOWN].name
    assert f"{town}：某镇的" in ranked and "第三条" not in ranked
    assert f"余 {3 - MOST_NOTES} 条见工作簿“标注”表" in ranked
    assert not [text for text in slides if "上月的" in text or "只有两例" in text]


def test_the_workbook_lists_all_of_the_month(made: Pack, shared: Engine) -> None:
    def listed(own: Pack) -> list[str]:
        book = openpyxl.load_workbook(io.BytesIO(workbook_xlsx(own)))
        return [str(cell.value) for row in book["标注"].rows for cell in row]

    banded = listed(made)
    assert {"第三条", "积分的", "月积分", f"关于{'trends'}"} <= set(banded)
    assert "上月的" not in banded and "只有两例" not in banded
    assert "只有两例" in listed(pack(view(shared, "analyst")))


def test_the_running_order_says_them_under_its_pictures(made: Pack) -> None:
    page = slideshow_html(made).decode()
    found = re.search(r'\{"slides": .*', page)
    assert found
    slides = json.JSONDecoder().raw_decode(found[0])[0]["slides"]
    said = {slide["label"]: slide["sentence"] for slide in slides}
    assert "关于rankings" in said["流动人口建档率·各乡镇"]
    assert "关于rankings" not in said["奖励优惠兑现率·各乡镇"]
    assert "关于overview" in said["调度总览"]


def test_without_notes_the_papers_are_what_they_were(tmp_path: Path) -> None:
    bare = engine(demo_copy(tmp_path / "demo", without=("journal",)))
    own = pack(view(bare, "viewer"))
    assert "标注" not in openpyxl.load_workbook(io.BytesIO(workbook_xlsx(own))).sheetnames
    assert not [text for text in deck_texts(deck_pptx(own)) if "标注：" in text]


def test_the_longest_notes_leave_the_picture_its_room(tmp_path: Path) -> None:
    full = engine(demo_copy(tmp_path / "demo", without=("journal",)))
    for page, indicator in PINNED.items():
        for sign in "甲乙丙":
            pin(full, page, sign * LONGEST, indicator, TOWN)
    own = pack(view(full, "viewer"))
    show = Presentation(io.BytesIO(deck_pptx(own)))
    said = "\n".join(deck_texts(deck_pptx(own)))
    assert all(said.count(sign * LONGEST) >= len(PINNED) for sign in "甲乙")
    for slide in show.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for a, b in combinations(boxes, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert max(box[3] for box in boxes) <= show.slide_height
        charts = [s.height for s in slide.shapes if s.has_chart and s.name != "走势图"]
        assert not charts or max(charts) >= show.slide_height / 4
