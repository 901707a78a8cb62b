"""Which names fit on a map: none over another, none outside, none where its area has no room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shortplank.drawing.labels import width

LINE = 1.3
# A name may reach a little over its borders: they are thin, and it stands in the middle.
OVER = 0.85


@dataclass(frozen=True)
class Label:
    """A name at a place: its texts, the longest first, and the shape that it has to stand in.

    Without a shape it needs no more than the room that others leave; so does one that must be read.
    """

    at: tuple[int, int]
    texts: tuple[str, ...]
    colour: str
    within: Sequence[tuple[int, int]] = ()
    first: bool = False


@dataclass(frozen=True)
class Room:
    """A picture: its size in its own units, how many pixels a unit has, and the size of type."""

    size: tuple[int, int]
    scale: float
    type: int

    def box(self, label: Label, text: str) -> Box:
        """Return what a text takes of the picture, in its units."""
        lines = text.split("<br>")
        wide = max(map(width, lines)) * self.type / self.scale / 2
        high = len(lines) * LINE * self.type / self.scale / 2
        x, y = label.at
        return Box(x - wide, y - high, x + wide, y + high)

    def holds(self, box: Box) -> bool:
        """Return whether a box lies on the picture."""
        return box.west >= 0 <= box.south and box.east <= self.size[0] and box.north <= self.size[1]


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, other: Box) -> bool:
        """Return whether two boxes lie over one another."""
        apart = self.east <= other.west or other.east <= self.west
        return not (apart or self.north <= other.south or other.north <= self.south)


@dataclass(frozen=True)
class Placed:
    """A label that is written: its text, and whether that lies within its shape."""

    label: Label
    text: str
    fits: bool


def placed(labels: Sequence[Label], room: Room) -> list[Placed]:
    """Return which labels are written, each with the longest text that has room.

    Those that must be read come first, then those of shapes, then what needs only room.
    """
    order = sorted(labels, key=lambda label: (not label.first, not label.within))
    taken: list[Box] = []
    found = []
    for label in order:
        for text in label.texts:
            box = room.box(label, text)
            fits = _fits(label, box)
            needs = bool(label.within) and not label.first
            if room.holds(box) and (fits or not needs) and not any(map(box.meets, taken)):
                taken.append(box)
                found.append(Placed(label, text, fits))
                break
    return found


def _fits(label: Label, box: Box) -> bool:
    """Return whether a text's corners lie in the label's shape."""
    if not label.within:
        return False
    (x, y), wide, high = label.at, (box.east - box.west) / 2, (box.north - box.south) / 2
    corners = [(x + dx * wide * OVER, y + dy * high * OVER) for dx in (-1, 1) for dy in (-1, 1)]
    return all(inside(corner, label.within) for corner in corners)


def inside(point: tuple[float, float], ring: Sequence[tuple[int, int]]) -> bool:
    """Return whether a point lies within a closed ring.

    >>> square = [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]
    >>> inside((1, 1), square), inside((5, 1), square)
    (True, False)
    """
    x, y = point
    xs, ys = np.asarray(ring, dtype=np.float64).T
    crosses = (ys[:-1] > y) != (ys[1:] > y)
    rise = np.where(crosses, ys[1:] - ys[:-1], 1.0)
    at = xs[:-1] + (y - ys[:-1]) / rise * (xs[1:] - xs[:-1])
    return bool(np.count_nonzero(crosses & (x < at)) % 2)
