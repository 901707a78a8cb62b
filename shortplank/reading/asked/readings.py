"""The words of a text taken together: one page, area, indicator, window and month at the most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shortplank.catalogue import Workspace
from shortplank.reading.asked.things import Found, Thing
from shortplank.reading.asked.words import Word

# Meanings of a word and of a text that are followed: more would be places nobody looks for.
MOST_MEANINGS, MOST_READINGS = 14, 48


@dataclass(frozen=True)
class Reading:
    """One way to take a text; ``left`` are words that do not go with the others."""

    page: str = ""
    look: Thing | None = None
    area: Thing | None = None
    indicator: Thing | None = None
    window: Thing | None = None
    month: Thing | None = None
    typed: tuple[tuple[str, str], ...] = ()
    """What was typed for a kind of thing."""
    left: tuple[str, ...] = ()
    cost: int = 0
    """How badly the words fit, all together."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was understood."""
        return not self.typed

    def takes(self, page: str, look: str) -> bool:
        """Return whether a look of a page is what is asked for, or may be."""
        return self.page in ("", page) and (self.look is None or self.look.key == look)

    def text_of(self, kind: str) -> str:
        """Return what was typed for a kind of thing."""
        return dict(self.typed).get(kind, "")


def readings_of(words: Sequence[Word], ws: Workspace, closed: frozenset[str]) -> list[Reading]:
    """Return the ways to take words together, the likeliest first; no page of ``closed`` in them.

    Ways that leave a word out stand only where there is none that leaves fewer out.
    """
    readings = [Reading()]
    for word in words:
        meanings = [f for f in word.found if f.thing.page not in closed and not _shut(f, closed)]
        if meanings:
            joined = [each for each in _with(readings, word.text, meanings, ws)]
            joined.sort(key=lambda reading: (len(reading.left), reading.cost))
            readings = joined[:MOST_READINGS]
    least = min(len(reading.left) for reading in readings)
    return [reading for reading in readings if len(reading.left) == least]


def _shut(found: Found, closed: frozenset[str]) -> bool:
    return found.thing.kind == "page" and found.thing.key in closed


def is_known(word: Word, closed: frozenset[str]) -> bool:
    """Return whether a word means something to who asks."""
    return any(f.thing.page not in closed and not _shut(f, closed) for f in word.found)


def _with(
    readings: Sequence[Reading], text: str, meanings: Sequence[Found], ws: Workspace
) -> Iterator[Reading]:
    for reading in readings:
        fits = False
        for found in meanings[:MOST_MEANINGS]:
            changed = _joined(reading, found.thing, ws)
            if changed is not None:
                fits = True
                typed = (*reading.typed, (found.thing.kind, text))
                yield replace(reading, **changed, typed=typed, cost=reading.cost + _cost(found))
        if not fits:
            yield replace(reading, left=(*reading.left, text))


def _cost(found: Found) -> int:
    """Return how badly a word fits; of what fits alike, villages stand behind the rest."""
    return 2 * found.fit + (found.thing.level == "village")


def _joined(reading: Reading, thing: Thing, ws: Workspace) -> dict[str, Any] | None:
    """Return what a thing changes in a reading, None where it does not go with the rest."""
    if thing.kind == "page":
        return {"page": thing.key} if reading.page in ("", thing.key) else None
    if thing.kind == "look":
        same = reading.page in ("", thing.page) and reading.look in (None, thing)
        return {"page": thing.page, "look": thing} if same else None
    if thing.kind == "area":
        area = _area(reading.area, thing, ws)
        return None if area is None else {"area": area}
    return {thing.kind: thing} if getattr(reading, thing.kind) in (None, thing) else None


def _area(one: Thing | None, other: Thing, ws: Workspace) -> Thing | None:
    """Return the lower of two areas of which one lies in the other, None where neither does."""
    if one is None or one == other:
        return other
    for upper, lower in ((one, other), (other, one)):
        inside = ws.area_by_code[lower.key].parent_code
        if upper.key in (inside, ws.settings.home):
            return lower
    return None
