"""What every slide is made of: its finding, its sentence, its source, and the room between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shortplank.names import printable
from shortplank.papers.deck.room import CLOSE, GAP, Box, fitted, height_of
from shortplank.papers.deck.shapes import MUTED, Run, add_text
from shortplank.papers.deck.template import APPENDIX, NAMES, PICTURE, TABLE, TEXT, Layout, places
from shortplank.papers.pack import Pack
from shortplank.wording.judged import check_text

# A finding takes two lines; one that is longer than that in the smallest takes more room.
TITLE_SIZES = (30, 28, 26, 24)
TITLE_LINES = 2
BODY, NOTED, SOURCE_SIZES = 20, 14, (12, 11, 10)
TEXT_SIZES = (28, 26, 24, 22, 20)
# What a picture keeps of the slide's height, whatever is said of it.
PICTURE_SHARE = 0.36


@dataclass(frozen=True)
class Said:
    """What one slide says: its finding, the sentence below its picture, and what is pinned."""

    title: str
    sentence: str = ""
    noted: str = ""


@dataclass(frozen=True)
class Leftover:
    """A table of the appendix: which slide it belongs to, and its rows."""

    title: str
    grid: Any
    sheet: str
    left: int = 0
    """How many rows more only the workbook's sheet has."""


@dataclass
class Deck:
    """A presentation being written, with what every slide of it carries."""

    show: Any
    made: Pack
    appendix: list[Leftover] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    _places: dict[str, Layout] = field(default_factory=dict)

    def layout(self, name: str) -> Layout:
        """Return a layout's places, measured once."""
        if name not in self._places:
            self._places[name] = places(self.show, name)
        return self._places[name]

    def keep(self, title: str, grid: Any, sheet: str, left: int = 0) -> str:
        """Keep rows for the appendix; return its name there: 附表 2."""
        self.appendix.append(Leftover(title, grid, sheet, left))
        return f"{APPENDIX} {len(self.appendix)}"


@dataclass(frozen=True)
class Sheet:
    """A slide with its texts written, and the room that is left for its picture."""

    slide: Any
    room: Box


def picture_slide(deck: Deck, said: Said, layout: str = PICTURE) -> Sheet:
    """Return a slide for a picture; a sentence that leaves it no room stands on the next slide."""
    used = deck.layout(layout)
    slide, room = new_slide(deck, layout, said.title)
    least = int(deck.show.slide_height * PICTURE_SHARE)
    sentence = [part for part in (said.sentence,) if part]
    noted = [part for part in (said.noted,) if part]
    width = room.width
    tall = height_of(sentence, BODY, width) if sentence else 0
    more = height_of(noted, NOTED, width) if noted else 0
    moved: list[str] = []
    if room.height - tall - GAP < least:
        moved, sentence, tall = [*sentence], [], 0
    if room.height - tall - more - 2 * GAP < least:
        moved, noted, more = [*moved, *noted], [], 0
    lowest = room.bottom
    if noted:
        box = Box(room.left, lowest - more, width, more)
        add_text(slide, "标注", [[Run(noted[0], NOTED, colour=MUTED)]], box)
        lowest = box.top
    if sentence:
        top = room.top if used.above else lowest - tall
        box = Box(room.left, top, width, tall)
        line = [Run(sentence[0], BODY)]
        add_text(slide, "一句话", [line], box, slot=used.sentence_slot)
        if used.above:
            room = room.from_top(box.bottom + GAP)
        else:
            lowest = box.top
    if moved:
        text_slide(deck, Said(f"{said.title}（说明）"), moved)
    return Sheet(slide, room.to_bottom(lowest - (GAP if lowest < room.bottom else 0)))


def table_sheet(deck: Deck, said: Said) -> Sheet:
    """Return a slide for a table."""
    return picture_slide(deck, said, TABLE)


def text_slide(deck: Deck, said: Said, lines: Sequence[str]) -> Any:
    """Write lines with their notes on slides of their own, as many a slide as fit."""
    used, first = deck.layout(TEXT), None
    whole = used.room
    left = [part for line in lines for part in _parts(line, whole)]
    while left or first is None:
        title = said.title if first is None else f"{said.title}（续）"
        slide, room = new_slide(deck, TEXT, title)
        first = first or slide
        count = len(left)
        while count > 1 and height_of(left[:count], TEXT_SIZES[-1], room.width) > room.height:
            count -= 1
        some, left = left[:count], left[count:]
        size, tall = fitted(some, TEXT_SIZES, room.width, room.height)
        box = Box(room.left, room.top, room.width, min(tall, room.height))
        texts = [[Run(line, size)] for line in some]
        add_text(slide, "正文", texts, box, slot=used.sentence_slot)
        speak(deck, slide, Said(title, "".join(some)))
    return first


def _parts(line: str, room: Box) -> list[str]:
    """Return a line in parts that each fit a slide, broken behind a mark of the text."""
    most = int(room.height * 0.8)
    if height_of([line], TEXT_SIZES[-1], room.width) <= most:
        return [line]
    found = [""]
    for word in re.findall(r"[^。；，、]+[。；，、]*|[。；，、]+", line):
        if found[-1] and height_of([found[-1] + word], TEXT_SIZES[-1], room.width) > most:
            found.append("")
        found[-1] += word
    return found


def new_slide(deck: Deck, layout: str, title: str) -> tuple[Any, Box]:
    """Return a slide with its title, source and number, and the room below the title."""
    used = deck.layout(layout)
    slide = deck.show.slides.add_slide(used.layout)
    for shape in list(slide.placeholders):
        shape._element.getparent().remove(shape._element)
    box, room = used.title, used.room
    size, tall = title_fit(title, box)
    box = Box(box.left, box.top, box.width, max(tall, box.height))
    line = [Run(title, size, bold=True)]
    grown = box.height > used.title.height and used.layout.name in NAMES
    over = "bg2" if grown else ""  # it covers what it grows over
    slot = used.title_slot
    add_text(slide, "标题", [line], box, anchor="ctr", spacing=CLOSE, slot=slot, fill=over)
    write_source(deck, slide, used)
    return slide, room.from_top(max(room.top, box.bottom + GAP // 2))


def title_fit(title: str, box: Box) -> tuple[int, int]:
    """Return a title's size and height: two lines where it can, as many as it needs elsewhere."""
    two = "一\n" * (TITLE_LINES - 1) + "一"
    for size in TITLE_SIZES:
        tall = height_of([title], size, box.width, CLOSE)
        if tall <= min(box.height, height_of([two], size, box.width, CLOSE)):
            break
    return size, tall


def write_source(deck: Deck, slide: Any, used: Layout) -> None:
    """Write the edition's stamp and the slide's number."""
    box, stamp = used.source, deck.made.stamp
    size, _ = fitted([stamp], SOURCE_SIZES, box.width, box.height)
    line = [Run(stamp, size, colour="" if used.source_slot else MUTED)]
    add_text(slide, "来源", [line], box, anchor="ctr", slot=used.source_slot)
    if used.number is not None:
        _write_number(slide, used)


def _write_number(slide: Any, used: Layout) -> None:
    """Write the slide's own number as the template's field."""
    assert used.number is not None
    number = str(slide.part.package.presentation_part.presentation.slides.index(slide) + 1)
    line = [Run(number, 12)]
    add_text(slide, "页码", [line], used.number, anchor="ctr", align="r", slot=used.number_slot)
    shape = slide.shapes._spTree[-1]
    run = next(shape.iter("{*}r"))
    run.tag = run.tag[: run.tag.rindex("}") + 1] + "fld"
    run.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
    run.set("type", "slidenum")


def key_line(made: Sheet, key: Sequence[Run]) -> Sheet:
    """Write what the marks of a picture mean, above it; return the slide with the room below."""
    text = "".join(run.text for run in key)
    tall = height_of([text], max(run.size for run in key), made.room.width)
    box = Box(made.room.left, made.room.top, made.room.width, tall)
    add_text(made.slide, "图例", [key], box)
    return Sheet(made.slide, made.room.from_top(box.bottom))


# --- notes ----------------------------------------------------------------------------------------
# So many letters are read aloud in forty seconds.
SPOKEN = 170


def speak(
    deck: Deck,
    slide: Any,
    said: Said,
    *,
    check: str = "",
    more: Sequence[str] = (),
    table: Sequence[Sequence[str]] = (),
) -> None:
    """Write a slide's notes: what to say in forty seconds, then what to answer when asked."""
    checked = [check_text(check.rstrip("。"))] if check else []
    spoken, rest = _spoken([said.title, *_sentences(said.sentence), *checked])
    lines = [f"讲四十秒：{spoken}"]
    lines += [f"问到再说：{rest}"] if rest else []
    lines += [said.noted] if said.noted else []
    lines += [*more, f"版次：{deck.made.stamp}"]
    lines += ["\t".join(row) for row in table]
    slide.notes_slide.notes_text_frame.text = printable("\n".join(lines))


def _sentences(text: str) -> list[str]:
    return [f"{part}。" for part in text.split("。") if part]


def _spoken(parts: Sequence[str]) -> tuple[str, str]:
    """Return whole sentences as far as the time goes, and the rest."""
    kept = [f"{parts[0].rstrip('。')}。"]
    at = 1
    while at < len(parts) and sum(map(len, kept)) + len(parts[at]) <= SPOKEN:
        kept.append(parts[at])
        at += 1
    return "".join(kept), "".join(parts[at:])
