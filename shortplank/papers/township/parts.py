"""What the parts of a page share: their room, their heights, and who takes what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shortplank.papers.township.blocks import (
    MUTED,
    SMALL,
    TITLE,
    Line,
    Type,
)

WIDTH, HEIGHT = 516.0, 771.0
# A4 less its margins, in points.
SIDE, TOP = (595.3 - WIDTH) / 2, (841.9 - HEIGHT) / 2
TICK = Type(7, colour=MUTED)


@dataclass
class Block:
    """A part of the page: its least height, and how it takes more."""

    least: float
    write: Callable[[float], str]
    """Returns the part's XML, so much higher than its least height."""
    share: float = 0.0
    """How large a part of the room that is left it takes."""
    most: float = 0.0
    """How much it takes before the others are full, too."""
    grows: bool = False
    """Whether it takes what is left when all others are full."""


@dataclass(frozen=True)
class Limits:
    """How much of its lists a page shows."""

    rows: int
    villages: int
    items: int
    checks: int
    chart: float


@dataclass
class Numbers:
    """The numbers that drawings of one document have: no two alike."""

    strips: int = 0
    charts: int = 0

    def next_strip(self) -> int:
        """Return a strip's number."""
        self.strips += 1
        return self.strips

    def next_chart(self) -> int:
        """Return a chart's number."""
        self.charts += 1
        return self.charts


def titled(text: str, about: str = "") -> Line:
    """Return a heading, with what it is about behind it."""
    runs = ((text, TITLE), (f"　{about}", SMALL)) if about else ((text, TITLE),)
    return Line(runs)


def spread(blocks: Sequence[Block], room: float) -> list[float]:
    """Return how much higher each part becomes, so that they fill the page together."""
    given = [0.0] * len(blocks)
    for unbound in (False, True):
        while room > 0.5:
            able = [
                i
                for i, b in enumerate(blocks)
                if (b.grows if unbound else b.share and given[i] < b.most)
            ]
            whole = sum(blocks[i].share for i in able)
            if not able:
                break
            spent = 0.0
            for i in able:
                part = room * blocks[i].share / whole
                part = part if unbound else min(part, blocks[i].most - given[i])
                given[i] += part
                spent += part
            room -= spent
            if unbound:
                break
    return given
