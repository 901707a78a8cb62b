"""The template that a deck is written on: the house's, or a county's own in its place."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.exc import PythonPptxError

from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.papers import OWN_TEMPLATE
from shortplank.papers.deck.room import CM, GAP, Box

HOUSE = Path(__file__).parents[1] / "assets" / "template.pptx"
COVER, PICTURE, TABLE, TEXT, APPENDIX = NAMES = ("封面", "一图", "一表", "文字", "附表")
# A deck is to be mailed: no more of it may be pictures of a template.
MOST_BYTES, MOST_UNPACKED = 2 * 2**20, 40 * 2**20
# The narrowest source line that holds an edition's stamp.
LEAST_SOURCE = 14 * CM
MARGIN = CM
_SMALL = (KIND.DATE, KIND.FOOTER, KIND.SLIDE_NUMBER)
_TITLES = (KIND.TITLE, KIND.CENTER_TITLE, KIND.VERTICAL_TITLE)
_KEPT = ("officeDocument", "core-properties")
_FAULTS = (
    PythonPptxError, zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError,
    TypeError, AttributeError, IndexError, OSError, RuntimeError, NotImplementedError,
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """One layout with the places on it; ``room`` is what picture and sentence share."""

    layout: Any
    title: Box
    room: Box
    source: Box
    number: Box | None
    title_slot: str
    sentence_slot: str
    source_slot: str
    number_slot: str
    above: bool
    """Whether the sentence stands above the picture."""


def deck_template(ws: Workspace) -> tuple[Any, list[str]]:
    """Return an empty presentation on the workspace's template, and which layouts it lacks.

    `ShortplankError` for a file that is no presentation, holds macros or leads outside.
    """
    path = ws.path / OWN_TEMPLATE
    if not path.is_file():
        return Presentation(str(HOUSE)), []
    show = _read(path)
    _bare(show)
    return show, _lacking(show)


def _read(path: Path) -> Any:
    mend = "请换成普通的 .pptx 模板，或移走这个文件用默认模板"
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            whole = sum(each.file_size for each in package.infolist())
            large = len(data) > MOST_BYTES or whole > MOST_UNPACKED
            if large:
                raise ShortplankError(
                    "模板太大", place=OWN_TEMPLATE, mend="请压缩其中的图片，不超过 2 MB"
                )
            links = b"".join(package.read(name) for name in names if name.endswith(".rels"))
            kinds = package.read("[Content_Types].xml")
        if any("vba" in name.lower() for name in names) or b"macroEnabled" in kinds:
            raise ShortplankError("模板里有宏", place=OWN_TEMPLATE, mend=mend)
        if b'TargetMode="External"' in links or b"TargetMode='External'" in links:
            raise ShortplankError("模板里有指向外部的链接", place=OWN_TEMPLATE, mend=mend)
        show = Presentation(io.BytesIO(data))
        usable = bool(show.slide_width and show.slide_height and len(show.slide_layouts))
    except _FAULTS as error:
        raise ShortplankError("不是能打开的 .pptx 模板", place=OWN_TEMPLATE, mend=mend) from error
    if not usable:
        raise ShortplankError("模板里没有版式", place=OWN_TEMPLATE, mend=mend)
    return show


def _bare(show: Any) -> None:
    """Take a template's own slides and whatever names a person out of it."""
    root, part = show.part._element, show.part
    for each in list(root.sldIdLst if root.sldIdLst is not None else ()):
        part.drop_rel(each.rId)
        root.sldIdLst.remove(each)
    for name in ("custShowLst", "extLst"):  # sections and shows name slides that are gone
        for element in root.findall(f"{{{root.nsmap['p']}}}{name}"):
            root.remove(element)
    for key, relation in list(part.rels.items()):
        if any(word in relation.reltype for word in ("ommentAuthors", "authors", "customXml")):
            part.rels.pop(key)
    package = part.package
    for key, relation in list(package._rels.items()):
        if not relation.reltype.endswith(_KEPT):
            package._rels.pop(key)


def _lacking(show: Any) -> list[str]:
    """Return a sentence for each layout that the template has not, and what stands in for it."""
    found = []
    for name in NAMES:
        used = layout_named(show, name)
        if used.name != name:
            found.append(f"{OWN_TEMPLATE} 里没有“{name}”版式，改用“{used.name}”。")
    return found


def layout_named(show: Any, name: str) -> Any:
    """Return the layout of a name, else the one that does best in its place."""
    every = list(show.slide_layouts)
    named = {each.name.strip(): each for each in reversed(every)}
    if name in named:
        return named[name]
    if name == COVER:
        covers = [each for each in every if KIND.CENTER_TITLE in _kinds(each)]
        return (covers or every)[0]
    if alike := [named[each] for each in NAMES[1:] if each in named]:
        return alike[0]
    titled = [each for each in every if KIND.TITLE in _kinds(each)]
    one = [each for each in titled if len(_contents(each)) == 1]
    broad = [each for each in one if _contents(each)[0].placeholder_format.type == KIND.OBJECT]
    bare = [each for each in titled if not _contents(each)]
    return (broad or bare or one or titled or every)[0]


def _kinds(layout: Any) -> set[Any]:
    return {each.placeholder_format.type for each in layout.placeholders}


def _contents(layout: Any) -> list[Any]:
    """Return the placeholders of what a slide shows, the largest first."""
    found = [
        each
        for each in layout.placeholders
        if each.placeholder_format.type not in (*_SMALL, *_TITLES) and each.width and each.height
    ]
    return sorted(found, key=lambda each: -each.width * each.height)


# --- places ---------------------------------------------------------------------------------------
def places(show: Any, name: str) -> Layout:
    """Return a layout's places: its placeholders', and for what has none the slide's own size."""
    layout = layout_named(show, name)
    slide = Box(0, 0, show.slide_width, show.slide_height)
    kinds = {each.placeholder_format.type: each for each in layout.placeholders}
    title = next((kinds[kind] for kind in _TITLES if kind in kinds), None)
    head = _box(title, slide) or Box(MARGIN, GAP, slide.width - 2 * MARGIN, slide.height // 6)
    room, sentence, above = _room(layout, slide, head)
    footer, number = kinds.get(KIND.FOOTER), kinds.get(KIND.SLIDE_NUMBER)
    source = _box(footer, slide)
    fits = source is not None and source.width >= LEAST_SOURCE and source.top >= room.top
    if source is None or not fits:
        line = int(1.1 * CM)
        lowest = min([room.bottom, *(b.top for b in (_box(number, slide), source) if b)])
        source = Box(room.left, lowest - line, room.width, line)
        footer = None
    if source.top > room.top:
        room = room.to_bottom(min(room.bottom, source.top - GAP // 2))
    return Layout(
        layout=layout,
        title=head,
        room=room,
        source=source,
        number=_box(number, slide),
        title_slot=_slot(title),
        sentence_slot=_slot(sentence),
        source_slot=_slot(footer),
        number_slot=_slot(number),
        above=above,
    )


def _room(layout: Any, slide: Box, head: Box) -> tuple[Box, Any, bool]:
    """Return what picture and sentence share, the sentence's placeholder, and which is above."""
    whole = Box(MARGIN, head.bottom, slide.width - 2 * MARGIN, slide.height - head.bottom - MARGIN)
    contents = _contents(layout)
    boxes = [box for each in contents if (box := _box(each, slide)) is not None]
    if not boxes:
        return whole.from_top(head.bottom + GAP), None, False
    bodies = [e for e in contents if e.placeholder_format.type in (KIND.BODY, KIND.SUBTITLE)]
    if len(contents) == 1:
        return boxes[0], bodies[0] if bodies else None, False
    picture = next((e for e in contents if e not in bodies), contents[0])
    region = _box(picture, slide) or boxes[0]
    for each in bodies:
        own = _box(each, slide)
        if each is picture or own is None:
            continue
        left, right = min(region.left, own.left), max(region.right, own.right)
        if own.top >= region.bottom or own.bottom <= region.top:
            top, bottom = min(region.top, own.top), max(region.bottom, own.bottom)
            return Box(left, top, right - left, bottom - top), each, own.bottom <= region.top
    return region, None, False


def _box(shape: Any, slide: Box) -> Box | None:
    """Return a placeholder's place, None where it has none on the slide."""
    if shape is None or shape.width is None or shape.left is None:
        return None
    box = Box(shape.left, shape.top, shape.width, shape.height)
    inside = box.left >= 0 and box.top >= 0 and box.width > 0 and box.height > 0
    return box if inside and box.right <= slide.right and box.bottom <= slide.bottom else None


def _slot(shape: Any) -> str:
    """Return what makes a shape of a slide the placeholder of its layout."""
    if shape is None:
        return ""
    own = shape._element.nvSpPr.nvPr.find("{*}ph")
    kept = {key: value for key, value in own.attrib.items() if key in ("type", "idx", "sz")}
    return "<p:ph" + "".join(f' {key}="{value}"' for key, value in kept.items()) + "/>"
