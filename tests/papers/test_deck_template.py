"""The house's template, a county's own in its place, and files that are none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from pptx import Presentation

from shortplank.catalogue import load_workspace
from shortplank.drawing.theme import LIGHT
from shortplank.errors import ShortplankError
from shortplank.papers import OWN_TEMPLATE
from shortplank.papers.deck import deck_pptx, deck_template
from shortplank.papers.deck.template import HOUSE, NAMES
from tests.papers import decks
from tests.store import workspaces as w
from tools.template import parts


def own(root: Path, data: bytes) -> Path:
    w.make(root)
    (root / OWN_TEMPLATE).parent.mkdir()
    (root / OWN_TEMPLATE).write_bytes(data)
    return root


def saved(show: object) -> bytes:
    sink = io.BytesIO()
    show.save(sink)  # type: ignore[attr-defined]
    return sink.getvalue()


def test_the_asset_is_what_its_script_writes() -> None:
    with zipfile.ZipFile(HOUSE) as package:
        held = {name: package.read(name).decode() for name in package.namelist()}
    assert held == parts()


def test_the_houses_template_has_its_layouts_palette_and_type() -> None:
    show = Presentation(str(HOUSE))
    assert tuple(layout.name for layout in show.slide_layouts) == NAMES
    theme = parts()["ppt/theme/theme1.xml"]
    for colour in (LIGHT.ink, LIGHT.better, LIGHT.worse, LIGHT.stave):
        assert colour[1:] in theme
    assert theme.count('typeface="微软雅黑"') >= 4
    for layout in show.slide_layouts:
        kinds = {int(each.placeholder_format.type) for each in layout.placeholders}
        assert kinds & {1, 3} and 15 in kinds  # a title, and a line for the source


def test_without_a_file_the_house_s_stands_in_and_nothing_is_said(tmp_path: Path) -> None:
    show, said = deck_template(load_workspace(w.make(tmp_path / "a")))
    assert said == [] and len(show.slides) == 0


def test_a_plain_template_is_used_and_each_missing_layout_is_said(tmp_path: Path) -> None:
    show, said = deck_template(load_workspace(own(tmp_path / "a", saved(Presentation()))))
    assert len(said) == len(NAMES) and all(
        name in told for name, told in zip(NAMES, said, strict=True)
    )
    assert "“Title Slide”" in said[0] and "“Title and Content”" in said[1]
    assert (show.slide_width, show.slide_height) == (9144000, 6858000)


def test_one_missing_layout_is_said_with_what_stands_in(tmp_path: Path) -> None:
    house = Presentation(str(HOUSE))
    house.slide_layouts.remove(next(e for e in house.slide_layouts if e.name == "附表"))
    _, said = deck_template(load_workspace(own(tmp_path / "a", saved(house))))
    assert said == [f"{OWN_TEMPLATE} 里没有“附表”版式，改用“一图”。"]


def test_a_templates_own_slides_and_names_do_not_stay(tmp_path: Path) -> None:
    made = decks.towns(tmp_path / "a", 2)
    mine = Presentation(str(HOUSE))
    slide = mine.slides.add_slide(mine.slide_layouts[1])
    slide.shapes.title.text = "样页"
    mine.core_properties.author = mine.core_properties.subject = "张三"
    (tmp_path / "a" / OWN_TEMPLATE).parent.mkdir()
    (tmp_path / "a" / OWN_TEMPLATE).write_bytes(saved(mine))
    data = deck_pptx(made)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        whole = b"".join(package.read(name) for name in names)
    assert "样页".encode() not in whole and "张三".encode() not in whole
    assert len(set(names)) == len(names)


def test_a_dark_or_wide_template_keeps_its_size(tmp_path: Path) -> None:
    made = decks.towns(tmp_path / "a", 2)
    mine = Presentation()
    mine.slide_width, mine.slide_height = 12801600, 7200900
    (tmp_path / "a" / OWN_TEMPLATE).parent.mkdir()
    (tmp_path / "a" / OWN_TEMPLATE).write_bytes(saved(mine))
    show = Presentation(io.BytesIO(deck_pptx(made)))
    assert show.slide_width == 12801600 and len(show.slides) > 5


def macro() -> bytes:
    sink = io.BytesIO(HOUSE.read_bytes())
    with zipfile.ZipFile(sink, "a") as package:
        package.writestr("ppt/vbaProject.bin", b"x")
    return sink.getvalue()


def linked() -> bytes:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text_frame.paragraphs[0].add_run().hyperlink.address = "http://example.org"
    return saved(show)


def hollow() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as package:
        package.writestr("a.txt", "x")
    return sink.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not a presentation", "不是能打开的"),
        (b"", "不是能打开的"),
        (hollow(), "不是能打开的"),
        (HOUSE.read_bytes()[:4000], "不是能打开的"),
        (macro(), "宏"),
        (linked(), "外部"),
        (b"PK" + b"0" * 3_000_000, "不是能打开的"),
    ],
)
def test_what_is_no_template_is_refused_in_a_sentence(
    tmp_path: Path, data: bytes, said: str
) -> None:
    ws = load_workspace(own(tmp_path / "a", data))
    with pytest.raises(ShortplankError) as caught:
        deck_template(ws)
    assert said in caught.value.message and caught.value.place == OWN_TEMPLATE and caught.value.mend
