"""Tables' cells: no figure goes on in the next line; lines are counted as programs break them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Emu

from shortplank.papers.deck import deck_pptx
from shortplank.papers.deck.room import lines_of
from tests.papers import decks
from tests.papers.rendered import Box, Page, Rendered, Word, needs_office, rendered

# A line that ends within a figure, and one that goes on with it.
ENDS, GOES_ON = re.compile(r"\d[\d.,]*$"), re.compile(r"^[\d.,%]+")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, Rendered]]:
    root: Path = tmp_path_factory.mktemp("cells")
    packs = {
        "demo": decks.demo(),
        "exact": decks.demo("analyst"),
        "labels": decks.labelled(root / "labels"),
        "forty": decks.towns(root / "forty", 40, names=decks.HARD),
        "one": decks.towns(root / "one", 1),
    }
    files = {f"{name}.pptx": deck_pptx(made) for name, made in packs.items()}
    pages = rendered(files)
    return {name: (data, pages[name]) for name, data in files.items()}


def cells(data: bytes) -> Iterator[tuple[int, Box, str]]:
    """Yield the slide, the box in points and the text of each cell of a deck's tables."""
    for number, slide in enumerate(Presentation(io.BytesIO(data)).slides):
        for shape in slide.shapes:
            if not shape.has_table:
                continue
            top = Emu(shape.top).pt
            for row in shape.table.rows:
                left, below = Emu(shape.left).pt, top + Emu(row.height).pt
                for column, cell in zip(shape.table.columns, row.cells, strict=True):
                    right = left + Emu(column.width).pt
                    yield number, (left, top, right, below), cell.text
                    left = right
                top = below


def lines_in(page: Page, box: Box) -> list[str]:
    """Return what stands in a box, line by line."""
    left, top, right, below = box
    found: dict[int, list[Word]] = {}
    for word in page.words:
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        if left < x < right and top < y < below:
            place = next((at for at in found if abs(at - y) < 6), round(y))
            found.setdefault(place, []).append(word)
    return [
        "".join(word.text for word in sorted(found[at], key=lambda word: word.box[0]))
        for at in sorted(found)
    ]


@needs_office
@pytest.mark.parametrize("name", ["demo", "exact", "labels", "forty", "one"])
def test_no_figure_of_a_cell_goes_on_in_the_next_line(
    drawn: dict[str, tuple[bytes, Rendered]], name: str
) -> None:
    data, pages = drawn[f"{name}.pptx"]
    seen = 0
    for slide, box, text in cells(data):
        lines = lines_in(pages.pages[slide], box)
        seen += bool(lines)
        for one, other in pairwise(lines):
            end, start = ENDS.search(one), GOES_ON.search(other)
            if end and start:  # two figures of the text, not one that is parted
                assert end[0] + start[0] not in text, (slide + 1, lines)
    assert seen > 40


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三", 40, 1),
        ("一二三", 25, 2),
        ("一二 123456", 50, 2),
        ("123456", 50, 1),
        ("123456789012", 50, 2),
        ("甲乙\n丙", 40, 2),
        ("甲甲甲甲甲甲123456789甲甲甲甲", 100, 3),  # the figure stands whole in the second line
    ],
)
def test_lines_are_counted_as_programs_break_them(text: str, width: int, lines: int) -> None:
    assert lines_of(text, 10, width) == lines
