"""How a deck opens: its cover, and who is to be looked into."""

from __future__ import annotations

from shortplank.drawing.theme import LIGHT
from shortplank.papers.deck.frame import Deck, Said, speak, text_slide, write_source
from shortplank.papers.deck.room import ENDS, Box, fitted, height_of
from shortplank.papers.deck.shapes import Run, add_text
from shortplank.papers.deck.tables import Cell, Grid, table_slide
from shortplank.papers.deck.template import COVER
from shortplank.papers.listed import concern_lines
from shortplank.wording.judged import LIST

COVER_SIZES, UNDER_SIZES = (44, 40, 36, 32, 28), (26, 24, 22, 20)
SIZES = (22, 20, 18, 16, 14)
CONCERNS = "需要过问"


def cover_slide(deck: Deck) -> None:
    """Write what it is, the month in a sentence, and the edition."""
    used, made = deck.layout(COVER), deck.made
    slide = deck.show.slides.add_slide(used.layout)
    for shape in list(slide.placeholders):
        shape._element.getparent().remove(shape._element)
    size, tall = fitted([made.title], COVER_SIZES, used.title.width, used.title.height)
    box = Box(
        used.title.left, used.title.top, used.title.width, max(tall + 2 * ENDS, used.title.height)
    )
    line = [Run(made.title, size, bold=True)]
    add_text(slide, "标题", [line], box, anchor="ctr", slot=used.title_slot)
    said = made.overview.title
    room = used.room.from_top(max(used.room.top, box.bottom))
    size, _ = fitted([said], UNDER_SIZES, room.width, room.height)
    tall = height_of([said], size, room.width)
    under = Box(room.left, room.top, room.width, max(room.height, tall))
    add_text(slide, "副标题", [[Run(said, size)]], under, slot=used.sentence_slot)
    write_source(deck, slide, used)
    speak(deck, slide, Said(made.title, said))


def concerns_slide(deck: Deck) -> None:
    """Write what the overview says is to be looked into, all of it."""
    lines, concerns = concern_lines(deck.made), deck.made.overview.concerns
    if not concerns:
        said = Said(CONCERNS, "".join(lines))
        text_slide(deck, said, lines)
        return
    said = Said(f"{CONCERNS}的 {len(concerns)} 件事", lines[-1])
    rows: list[tuple[Cell, ...]] = [
        (
            Cell(str(number), LIGHT.worse if each.first else LIGHT.similar, "#FFFFFF", True),
            Cell(f"{each.text}。"),
            Cell(each.check or "–"),
        )
        for number, each in enumerate(concerns, start=1)
    ]
    wide = 3 if any(each.check for each in concerns) else 2
    heads, aligns = ("", CONCERNS, "先核对"), ("ctr", "l", "l")
    grid = Grid(heads[:wide], tuple(row[:wide] for row in rows), aligns[:wide], SIZES)
    table_slide(deck, said, grid, LIST)
