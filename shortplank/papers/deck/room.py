"""How much room texts take: boxes on a slide, letters' widths, the size at which lines fit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

CM, PT = 360_000, 12_700
# A line's height by its font's size, written into every paragraph: fonts' own heights differ.
SPACING, CLOSE = 1.3, 1.2
# A letter's width by its font's size, in the widest of the fonts that a deck is opened with:
# Chinese, all others, the broad among those, and the space that programs put between the two.
WIDE, NARROW, BROAD, BETWEEN = 1.03, 0.7, 1.0, 0.22
# Lines break before a word and never before a comma: more of them than the letters fill.
RAGGED = 1.08
# What a text's box leaves free above and below, and to the left and right.
ENDS, SIDES = int(0.13 * CM), 0
GAP = int(0.3 * CM)
# What is not parted at a line's end: a letter of Chinese or a figure or word, with its marks.
# A straight quotation mark keeps to what follows it.
_LATIN = r"[^\u2e80-\uffff\s]"
_WORDS = re.compile(
    rf"[（“《]*(?:(?:[^\u2e80-\uffff\s\"]*\"\S?)+{_LATIN}*|{_LATIN}+|.)[，。、；：）”》]*"
)


@dataclass(frozen=True)
class Box:
    """A rectangle on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Return the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """Return the lower edge."""
        return self.top + self.height

    def from_top(self, top: int) -> Box:
        """Return what is left below a height on the slide."""
        return replace(self, top=top, height=self.bottom - top)

    def to_bottom(self, bottom: int) -> Box:
        """Return what is left above a height on the slide."""
        return replace(self, height=bottom - self.top)

    def columns(self, *shares: float, gap: int = 2 * GAP) -> list[Box]:
        """Return the box side by side, by shares of its width."""
        room, at, found = self.width - gap * (len(shares) - 1), self.left, []
        for share in shares:
            wide = int(room * share / sum(shares))
            found.append(replace(self, left=at, width=wide))
            at += wide + gap
        return found


def letters(text: str) -> float:
    """Return a text's width by its font's size."""
    wide = [ord(letter) > 255 for letter in text]
    broad = sum(letter in "%mMWw@&<>" for letter in text) * (BROAD - NARROW)
    changes = sum(one != other for one, other in pairwise(wide))
    return sum(WIDE if each else NARROW for each in wide) + broad + BETWEEN * changes


def lines_of(text: str, size: float, width: float) -> int:
    """Return how many lines a text takes in a width; both in points.

    >>> lines_of("流动人口建档率", 10, 75), lines_of("流动人口建档率", 10, 60)
    (1, 2)
    """
    parts = ((part, letters(part) * size / max(width, size)) for part in text.split("\n"))
    return sum(
        1 if share <= 1 else max(math.ceil(share * RAGGED), _filled(part, max(width, size) / size))
        for part, share in parts
    )


def _filled(text: str, room: float) -> int:
    """Return how many lines of a width in letters are filled where figures and words are whole."""
    lines, left, last = 1, room, ""
    for word in _WORDS.findall(text):
        wide, last = letters(last + word) - letters(last), word[-1]  # with the space between
        if wide > left and left < room:
            lines, left = lines + 1, room
        over = max(math.ceil(wide / room) - 1, 0)  # a word that is longer than a line is cut
        lines, left = lines + over, left - wide + over * room
    return lines


def height_of(texts: Sequence[str], size: float, width: int, spacing: float = SPACING) -> int:
    """Return the height that texts take below each other at a size, in a box of a width."""
    inner = (width - 2 * SIDES) / PT
    lines = sum(lines_of(text, size, inner) for text in texts)
    return int(lines * size * spacing * PT) + 2 * ENDS


def fitted(texts: Sequence[str], sizes: Sequence[int], width: int, height: int) -> tuple[int, int]:
    """Return the largest size at which texts fit in a height, and the height that they then take.

    Where none of the sizes is small enough, the last one and more than ``height``.
    """
    for size in sizes:
        tall = height_of(texts, size, width)
        if tall <= height:
            break
    return size, tall
