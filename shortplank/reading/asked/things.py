"""What can be asked for: pages, looks, areas, indicators and windows, by the names they bear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Level
from shortplank.reading.asked.offers import Offer
from shortplank.reading.asked.spelling import (
    INITIALS,
    INSIDE,
    NEAR,
    NO_READINGS,
    PREFIX,
    WHOLE,
    Syllables,
    fit,
    syllables,
)
from shortplank.wording.asked.known import KINDS, PAGES, PLACE_READINGS, WINDOWS

Kind = Literal["area", "page", "look", "indicator", "window", "month"]
SHORTEST_CODE, SHORTEST_NEAR = 5, 3
# Kinds whose names are known from the middle on too; the rest are short and are known from the
# front.
_LONG: frozenset[Kind] = frozenset({"page", "look", "indicator"})


@dataclass(frozen=True)
class Thing:
    """One thing that can be asked for: its kind and key, what it is called, and by what else."""

    kind: Kind
    key: str
    name: str
    names: tuple[str, ...] = ()
    level: Level | None = None
    page: str = ""


@dataclass(frozen=True)
class Found:
    """A thing that a text may mean, and how well the text fits (see `spelling`)."""

    thing: Thing
    fit: int


class Book:
    """All things of a workspace, found by what is typed."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self.things = tuple(things)
        self._order = {thing: place for place, thing in enumerate(self.things)}
        self._names = [(thing, name) for thing in self.things for name in _spellings(thing)]
        self._pairs: dict[str, list[tuple[int, int]]] = {}
        for number, (_, name) in enumerate(self._names):
            for at in range(len(name) - 1):
                self._pairs.setdefault(name[at : at + 2], []).append((number, at))

    @cached_property
    def _letters(self) -> list[tuple[Thing, Syllables]]:
        """Return the syllables of each name; they are spelled when first somebody types letters."""
        return [
            (thing, syllables(name, PLACE_READINGS if thing.kind == "area" else NO_READINGS))
            for thing, name in self._names
        ]

    @cached_property
    def _openings(self) -> dict[str, list[tuple[int, int]]]:
        """Return the names and places in them that a text of a first letter can begin at."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number, (thing, spelled) in enumerate(self._letters):
            for place in range(len(spelled) if thing.kind in _LONG else min(1, len(spelled))):
                for letter in {reading[:1] for reading in spelled[place]}:
                    found.setdefault(letter, []).append((number, place))
        return found

    def make_ready(self) -> None:
        """Spell all names in letters; whoever types first would wait for it."""
        assert self._openings is not None

    def in_text(self, text: str, at: int) -> dict[int, list[Found]]:
        """Return the things that are named at a place in a text, by the length of that."""
        found: dict[int, list[Found]] = {}
        for number, begin in self._pairs.get(text[at : at + 2], ()):
            thing, name = self._names[number]
            if begin and thing.kind == "window":
                continue
            for length in range(2, _common(text, at, name, begin) + 1):
                whole = WHOLE if length == len(name) else PREFIX
                found.setdefault(length, []).append(Found(thing, INSIDE if begin else whole))
        return {length: self.ranked(each) for length, each in found.items()}

    def in_letters(self, text: str) -> list[Found]:
        """Return the things that letters spell, or that digits are the code of."""
        found = [
            Found(self._letters[number][0], good)
            for number, place in self._openings.get(text[:1], ())
            if (good := fit(text, self._letters[number][1], place)) is not None
            and (not place or len(text) > 1)
        ]
        return self.ranked([*found, *self._coded(text), *self._begun(text)])

    def _coded(self, text: str) -> Iterator[Found]:
        for thing in self.things:
            code = thing.key.casefold() if thing.kind == "area" else ""
            if code == text:
                yield Found(thing, WHOLE)
            elif len(text) >= SHORTEST_CODE and code.startswith(text):
                yield Found(thing, PREFIX)

    def _begun(self, text: str) -> Iterator[Found]:
        """Yield the things whose name is a text as it stands, one character long or in Latin."""
        for thing, name in self._names:
            if name == text:
                yield Found(thing, WHOLE)

    def begun(self, character: str) -> list[Found]:
        """Return the things whose name begins with a single character."""
        names = ((thing, name) for thing, name in self._names if name.startswith(character))
        return self.ranked(Found(thing, PREFIX) for thing, _ in names)

    def near(self, text: str) -> list[Found]:
        """Return the townships whose name without its kind is spelled by letters but for the last.

        Whether a place is 镇 or 乡 is what people misremember: zlz or zll, too, is 竹麓乡.
        """
        if len(text) < SHORTEST_NEAR or not text.isalpha() or not text.isascii():
            return []
        short = (
            (thing, spelled)
            for (thing, name), (_, spelled) in zip(self._names, self._letters, strict=True)
            if thing.level == "township" and name != thing.name.casefold()
        )
        whole = (WHOLE, INITIALS)
        return self.ranked(Found(t, NEAR) for t, each in short if fit(text[:-1], each, 0) in whole)

    def ranked(self, found: Iterable[Found]) -> list[Found]:
        """Return each thing once with its best fit, the best first, in the order of the book."""
        best: dict[Thing, int] = {}
        for each in found:
            best[each.thing] = min(each.fit, best.get(each.thing, NEAR))
        order = sorted(best, key=lambda thing: (best[thing], self._order[thing]))
        return [Found(thing, best[thing]) for thing in order]


def _common(text: str, at: int, name: str, begin: int) -> int:
    """Return for how many characters a text and a name go together."""
    length = 0
    for one, other in zip(text[at:], name[begin:], strict=False):
        if one != other:
            break
        length += 1
    return length


def _spellings(thing: Thing) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.casefold() for name in (thing.name, *thing.names) if name))


def book_of(ws: Workspace, offers: Sequence[Offer]) -> Book:
    """Return all that can be asked for in a workspace, townships first; no page's rights in it."""
    pages = {each.page: each.label for each in reversed(offers)}
    order = dict.fromkeys(each.page for each in offers)
    things = [*_areas(ws)]
    things += [Thing("page", key, pages[key], PAGES.get(key, ())) for key in order]
    things += [
        Thing("look", each.look, each.look_label, page=each.page)
        for each in offers
        if each.look_label
    ]
    things += [Thing("indicator", key, item.label) for key, item in ws.indicators.items()]
    offered = dict.fromkeys(key for each in offers for key in each.windows)
    labels = {key: label for each in offers for key, label in each.windows.items()}
    things += [Thing("window", key, labels[key], WINDOWS.get(key, ())) for key in offered]
    return Book(things)


def _areas(ws: Workspace) -> Iterator[Thing]:
    """Yield the county, its townships and its villages, of whatever month."""
    home = ws.home
    others: dict[str, list[str]] = {}
    for alias in ws.aliases:
        others.setdefault(alias.area_code, []).append(alias.alias)
    towns = ws.areas_below.get(home.area_code, ())
    villages = [each for town in towns for each in ws.areas_below.get(town.area_code, ())]
    names: dict[str, list[str]] = {}
    for area in (home, *towns, *villages):
        known = names.setdefault(area.area_code, [])
        known += [area.name, without_kind(area.name), *others.get(area.area_code, ())]
    for code, known in names.items():
        area = ws.area_by_code[code]
        yield Thing("area", code, area.name, tuple(dict.fromkeys(known)), area.level)


def without_kind(name: str) -> str:
    """Return an area's name without its kind, itself where nothing to know it by would be left.

    >>> without_kind("竹麓乡"), without_kind("下塘社区"), without_kind("李村")
    ('竹麓', '下塘', '李村')
    """
    for kind in KINDS:
        short = name.removesuffix(kind)
        if short != name and len(short) > 1:
            return short
    return name
