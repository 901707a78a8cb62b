"""Units in reports: which rows of which months are one area, whatever it was called or coded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from shortplank.ingest.gazetteer.proposal import Item, Note, Path, Spell, first_words
from shortplank.ingest.gazetteer.sites import Sites, site_key, stem
from shortplank.ingest.gazetteer.spans import BRIEF, Calendar
from shortplank.ingest.text import name_key

Site = tuple[str, ...]


@dataclass
class Unit:
    """One area through the months: what rows call it, and when.

    ``named`` and ``coded`` are the last month of each name and code, ``paths`` the rows' own.
    """

    site: Site
    spell: Spell
    named: dict[str, date] = field(default_factory=dict)
    coded: dict[str, date] = field(default_factory=dict)
    paths: set[Path] = field(default_factory=set)
    returns: Unit | None = None
    """The unit of the same name that was gone when this one came, under another code."""

    @property
    def name(self) -> str:
        """Return the last name."""
        return max(self.named, key=lambda name: (self.named[name], name))

    @property
    def code(self) -> str:
        """Return the last code, blank where there was none."""
        return max(self.coded, key=lambda code: (self.coded[code], code), default="")

    def join(self, other: Unit) -> None:
        """Take in another's months, names and codes; the later one's place is the unit's."""
        if other.spell.ends > self.spell.ends:
            self.site = other.site
        earlier, later = sorted((self, other), key=lambda unit: unit.spell.begins)
        named, coded = dict(earlier.named), dict(earlier.coded)
        for name, last in later.named.items():
            named[name] = max(last, named.get(name, last))
        for code, last in later.coded.items():
            coded[code] = max(last, coded.get(code, last))
        self.named, self.coded = named, coded
        self.spell.join(other.spell)
        self.paths |= other.paths

    def apart(self, other: Unit) -> bool:
        """Return whether no month has both."""
        return not self.spell.months & other.spell.months


def units_of(
    seen: Mapping[Path, Spell], today: Sites, calendar: Calendar
) -> tuple[list[Unit], list[Note]]:
    """Return the units of reports, each once, and what tells that rows are of one."""
    units = _by_rows(seen, today)
    notes: list[Note] = []
    units = _joined_by_code(units, notes)
    units = _joined_by_name(units, calendar, notes)
    return _joined_by_kind(units, calendar, notes), notes


def _by_rows(seen: Mapping[Path, Spell], today: Sites) -> list[Unit]:
    """Return what has one code and name in one site."""
    found: dict[tuple[Site, Item], Unit] = {}
    for path, spell in seen.items():
        site, item = today[site_key(path[:-1])], path[-1]
        key = (site, Item(item.code, name_key(item.name)))
        own = Unit(site, Spell(set(spell.months), spell.first, spell.last, spell.kind))
        own.named = {item.name or item.code: spell.ends}
        own.coded = {item.code: spell.ends} if item.code else {}
        own.paths = {path}
        if key in found:
            found[key].join(own)
        else:
            found[key] = own
    return sorted(found.values(), key=lambda unit: (unit.spell.begins, unit.name))


def _joined_by_code(units: Iterable[Unit], notes: list[Note]) -> list[Unit]:
    """Return units with rows of one code as one, wherever and whatever they are called."""
    by_code: dict[str, Unit] = {}
    kept: list[Unit] = []
    for unit in units:
        code = unit.code
        if code and code in by_code:
            earlier = by_code[code]
            if name_key(earlier.name) != name_key(unit.name):
                notes.append(_renamed(earlier, unit, f"代码 {code} 不变"))
            earlier.join(unit)
            continue
        if code:
            by_code[code] = unit
        kept.append(unit)
    return kept


def _joined_by_name(units: list[Unit], calendar: Calendar, notes: list[Note]) -> list[Unit]:
    """Return units of one site and name as one, where no month has both and no gap parts them."""
    same: dict[tuple[Site, str], list[Unit]] = defaultdict(list)
    for unit in units:
        for name in unit.named:
            same[unit.site, name_key(name)].append(unit)
    gone: set[int] = set()
    for alike in same.values():
        rest = [unit for unit in alike if id(unit) not in gone]
        for earlier, later in _turns(rest):
            if id(earlier) in gone or id(later) in gone or not earlier.apart(later):
                continue
            if earlier.coded and later.coded and not _close(earlier, later, calendar):
                later.returns = earlier
                notes.append(_returned(earlier, later))
                continue
            if earlier.coded and later.coded:
                notes.append(_recoded(earlier, later))
            later.join(earlier)
            gone.add(id(earlier))
    return [unit for unit in units if id(unit) not in gone]


def _turns(units: list[Unit]) -> Iterator[tuple[Unit, Unit]]:
    """Yield pairs of units, one after the other; those without a code next to one with a code."""
    order = sorted(units, key=lambda unit: (unit.spell.begins, unit.spell.ends))
    bare = [unit for unit in order if not unit.coded]
    coded = [unit for unit in order if unit.coded]
    for one in bare:
        apart = [unit for unit in coded if one.apart(unit)]
        if apart:
            yield one, min(apart, key=lambda unit: _distance(one, unit))
    yield from pairwise(coded)


def _distance(one: Unit, other: Unit) -> int:
    first, second = sorted((one.spell, other.spell), key=lambda spell: spell.begins)
    return abs((second.begins - first.ends).days)


def _close(earlier: Unit, later: Unit, calendar: Calendar) -> bool:
    """Return whether a unit follows another at once, but for a report or two that lack it."""
    return calendar.apart(earlier.spell.ends, later.spell.begins) <= BRIEF


def _joined_by_kind(units: list[Unit], calendar: Calendar, notes: list[Note]) -> list[Unit]:
    """Return units as one that follow each other in a site and differ in their kind alone."""
    stems: dict[tuple[Site, str], list[Unit]] = defaultdict(list)
    for unit in units:
        stems[unit.site, stem(unit.name)].append(unit)
    gone: set[int] = set()
    for alike in stems.values():
        for earlier, later in pairwise(alike):
            if (
                len(alike) == 2
                and earlier.apart(later)
                and _close(earlier, later, calendar)
                and not (earlier.coded and later.coded)
            ):
                notes.append(_renamed(earlier, later, "只有末尾的类名不同，前后相接"))
                later.join(earlier)
                gone.add(id(earlier))
    return [unit for unit in units if id(unit) not in gone]


# --- notes ----------------------------------------------------------------------------------------
def _renamed(earlier: Unit, later: Unit, why: str) -> Note:
    sentence = f"{earlier.name}自 {later.spell.begins:%Y-%m} 改称{later.name}：{why}"
    return Note("guessed", later.name, sentence, _rows(earlier, later))


def _recoded(earlier: Unit, later: Unit) -> Note:
    sentence = (
        f"{later.name}自 {later.spell.begins:%Y-%m} 用代码 {later.code}，"
        f"原是 {earlier.code}：同一上级、同名，前后相接，作为别名"
    )
    return Note("guessed", later.name, sentence, _rows(earlier, later))


def _returned(earlier: Unit, later: Unit) -> Note:
    sentence = (
        f"{later.name}（{earlier.code}）{earlier.spell.ends:%Y-%m} 以后没有，"
        f"{later.spell.begins:%Y-%m} 以新代码 {later.code} 回来：各登记一行，"
        "旧代码的历史归新代码"
    )
    return Note("guessed", later.name, sentence, _rows(earlier, later))


def _rows(earlier: Unit, later: Unit) -> tuple[str, ...]:
    return first_words((earlier.spell.last, later.spell.first))
