"""Areas: from a row's code or names to the register's area, and what was meant where none fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Area, Level
from shortplank.ingest.nearness import AREAS, nearest
from shortplank.ingest.text import code_key, name_key
from shortplank.store import add_months

Places = NDArray[np.int32]
NONE = -1
SEVERAL = -2


@dataclass(frozen=True)
class Names:
    """A column of texts as distinct texts and each row's place among them."""

    texts: list[str]
    places: Places


def _peers(ws: Workspace) -> list[Area]:
    """Return the peer counties that the register of areas does not have: bulletins name them."""
    first: dict[str, Area] = {}
    for peer in ws.peers:
        if peer.area_code in ws.area_by_code:
            continue
        begins = (
            min(peer.valid_from, first[peer.area_code].valid_from)
            if peer.area_code in first
            else peer.valid_from
        )
        first[peer.area_code] = Area(
            area_code=peer.area_code,
            parent_code="",
            level="county",
            name=peer.name,
            valid_from=begins,
        )
    return list(first.values())


class Register:
    """The workspace's areas, found by code, or by name within a township; aliases count as both.

    An area of several lines (it was gone and came back, or has another name or township now) is one
    place, as its last line has it; the earlier ones say when else it stood, and what else it was
    called.
    """

    def __init__(self, ws: Workspace) -> None:
        lines = (*ws.areas, *_peers(ws))
        self.areas: tuple[Area, ...] = tuple({area.area_code: area for area in lines}.values())
        self.codes = [area.area_code for area in self.areas]
        self.keys = [name_key(area.name) for area in self.areas]
        self._place = {code: place for place, code in enumerate(self.codes)}
        self._first = np.array([a.valid_from for a in self.areas], dtype="datetime64[D]")
        self._last = np.array([a.valid_to or date.max for a in self.areas], dtype="datetime64[D]")
        self.township = np.array([self._township_of(area) for area in self.areas], dtype=np.int32)
        self._levels = np.array([area.level for area in self.areas])
        self._earlier = [
            area for area in lines if area is not self.areas[self._place[area.area_code]]
        ]
        self._by_code = dict(self._place)
        self._towns: dict[str, set[int]] = {}
        self._members: dict[tuple[int, str], set[int]] = {}
        self._learn(ws)

    def _township_of(self, area: Area) -> int:
        if area.level == "village":
            return self._place.get(area.parent_code, NONE)
        return self._place[area.area_code]

    def _learn(self, ws: Workspace) -> None:
        for place, (area, key) in enumerate(zip(self.areas, self.keys, strict=True)):
            self._learn_name(place, area, key)
        for area in self._earlier:
            self._learn_name(self._place[area.area_code], area, name_key(area.name))
        for alias in ws.aliases:
            if (place_of := self._place.get(alias.area_code)) is not None:
                key = name_key(alias.alias)
                self._by_code.setdefault(code_key(alias.alias), place_of)
                self._learn_name(place_of, self.areas[place_of], key)

    def _learn_name(self, place: int, area: Area, key: str) -> None:
        if area.level == "village":
            town = self._place.get(area.parent_code, NONE)
            self._members.setdefault((town, key), set()).add(place)
            return
        self._towns.setdefault(key, set()).add(place)
        above = self._place.get(area.parent_code)
        while above is not None:  # by its county's name and its own, or its province's and both
            key = self.keys[above] + key
            self._towns.setdefault(key, set()).add(place)
            above = self._place.get(self.areas[above].parent_code)

    # --- columns of a sheet to places in the register -----------------------------------------
    def by_codes(self, codes: Names) -> Places:
        """Return each row's area by its code, `NONE` where the register has no such code."""
        known = self._by_code
        found = [known.get(code_key(text), NONE) for text in codes.texts]
        return np.array(found, dtype=np.int32)[codes.places]

    def townships(self, parents: Names, month: date | None) -> Places:
        """Return each row's township (or county) by its name or its county's name and its own."""
        found = [self._one(self._towns.get(name_key(t), set()), month) for t in parents.texts]
        return np.array(found, dtype=np.int32)[parents.places]

    def by_names(self, names: Names, towns: Places, month: date | None) -> Places:
        """Return each row's area by its name within the row's township."""
        keys = [name_key(text) for text in names.texts]
        known, rows = self._only, zip(towns.tolist(), names.places.tolist(), strict=True)
        found = np.array([known.get((town, keys[name]), NONE) for town, name in rows], np.int32)
        for row in np.flatnonzero(found == SEVERAL):
            same = self._members[int(towns[row]), keys[names.places[row]]]
            found[row] = self._one(same, month)
        return found

    def by_unique_names(self, names: Names, level: Level, month: date | None) -> Places:
        """Return each row's area where its name stands once at that level of the register."""
        known = self._villages if level == "village" else self._towns
        found = [self._one(known.get(name_key(text), set()), month) for text in names.texts]
        return np.array(found, dtype=np.int32)[names.places]

    @cached_property
    def _only(self) -> dict[tuple[int, str], int]:
        """Return the village of each township and name, `SEVERAL` where more share the name."""
        return {k: next(iter(v)) if len(v) == 1 else SEVERAL for k, v in self._members.items()}

    @cached_property
    def _villages(self) -> dict[str, set[int]]:
        everywhere: dict[str, set[int]] = {}
        for (_, key), places in self._members.items():
            everywhere.setdefault(key, set()).update(places)
        return everywhere

    def _one(self, places: set[int], month: date | None) -> int:
        """Return the only area, or the only one that exists in the month."""
        if len(places) > 1 and month:
            valid = self.valid(np.array(sorted(places), dtype=np.int32), month)
            places = {p for p, here in zip(sorted(places), valid, strict=True) if here}
        return next(iter(places)) if len(places) == 1 else NONE

    # --- what is known of a place -------------------------------------------------------------
    def valid(self, places: Places, month: date) -> NDArray[np.bool_]:
        """Return whether each area exists in the month."""
        last = add_months(month, 1) - timedelta(days=1)
        stands = self._first[places] <= np.datetime64(last)
        stands &= self._last[places] >= np.datetime64(month)
        before = [
            self._place[area.area_code]
            for area in self._earlier
            if area.valid_from <= last and month <= (area.valid_to or date.max)
        ]
        return stands | np.isin(places, before) if before else stands

    def lies_in(self, places: Places, towns: Places) -> NDArray[np.bool_]:
        """Return whether each area lies, or lay by an earlier line, in the township beside it."""
        found: NDArray[np.bool_] = self.township[places] == towns
        for area in self._earlier:
            own, town = self._place[area.area_code], self._place.get(area.parent_code, NONE)
            found |= (places == own) & (towns == town)
        return found

    def at_level(self, places: Places, level: Level) -> NDArray[np.bool_]:
        """Return whether each area stands at the level."""
        return self._levels[places] == level

    def is_named(self, place: int, text: str) -> bool:
        """Return whether a text is the area's name or one of its aliases."""
        key, town = name_key(text), int(self.township[place])
        if self.areas[place].level == "village":
            earlier = (a for a in self._earlier if a.area_code == self.codes[place])
            towns = {town, *(self._place.get(a.parent_code, NONE) for a in earlier)}
            return any(place in self._members.get((each, key), set()) for each in towns)
        return place in self._towns.get(key, set())

    def expected(self, towns: Places, level: Level, month: date) -> Places:
        """Return the areas of a level that should report for these townships in the month."""
        everywhere = np.arange(len(self.codes), dtype=np.int32)
        due = self.at_level(everywhere, level) & np.isin(self.township, towns)
        return everywhere[due & self.valid(everywhere, month)]

    def members(self, counties: set[str]) -> Places:
        """Return the townships of some counties."""
        found = [
            i
            for i, a in enumerate(self.areas)
            if a.level == "township" and a.parent_code in counties
        ]
        return np.array(found, dtype=np.int32)

    def nearest(self, text: str, town: int, level: Level) -> Area | None:
        """Return the area whose name is most alike, a village's within its township if known."""
        if level == "village":
            inside = (self._levels == level) & ((self.township == town) | (town == NONE))
            keys = {self.keys[place]: int(place) for place in np.flatnonzero(inside)}
        else:
            keys = dict(self._named(level))
        near = nearest(name_key(text), keys, AREAS)
        return self.areas[keys[near]] if near else None

    def elsewhere(self, text: str, level: Level) -> list[Area]:
        """Return every area of a level that has this name, wherever it lies."""
        key = name_key(text)
        known = self._villages if level == "village" else self._towns
        found = sorted(known.get(key, set()))
        return [self.areas[place] for place in found if self.areas[place].level == level]

    def township_in(self, text: str) -> int:
        """Return the one township whose name stands in a title or file name, else `NONE`."""
        key = name_key(text)
        found = {place for name, place in self._named("township") if name in key}
        return found.pop() if len(found) == 1 else NONE

    def _named(self, level: Level) -> Iterator[tuple[str, int]]:
        """Yield every name of the townships or counties with its place."""
        for name, places in self._towns.items():
            yield from ((name, place) for place in places if self.areas[place].level == level)
