"""What is proposed for a register of areas: its lines, and what each of them rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from shortplank.catalogue.base import Level
from shortplank.catalogue.lines import Alias, Area, Peer, Successor

Certainty = Literal["said", "guessed", "open"]


class Item(NamedTuple):
    """What a row calls an area: its code and its name, either of which may be blank."""

    code: str
    name: str


Path = tuple[Item, ...]  # from the highest area that a row names down to its own


class Where(NamedTuple):
    """A row of a file, counted from 1."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file} 第 {self.row} 行"


@dataclass
class Spell:
    """The months in which something was seen (none where files say none), and where."""

    months: set[date] = field(default_factory=set)
    first: Where | None = None
    last: Where | None = None
    kind: str = ""

    def see(self, month: date | None, where: Where, kind: str = "") -> None:
        """Note one more row."""
        if self.first is None or (month and self.months and month < min(self.months)):
            self.first = where
        if self.last is None or not month or not self.months or month >= max(self.months):
            self.last = where
        if month:
            self.months.add(month)
        self.kind = kind or self.kind

    def join(self, other: Spell) -> None:
        """Take in another's months and rows."""
        if self.first is None or (other.begins < self.begins and other.first):
            self.first = other.first
        if self.last is None or (other.ends >= self.ends and other.last):
            self.last = other.last
        self.months |= other.months
        self.kind = other.kind or self.kind

    @property
    def begins(self) -> date:
        """Return the first month; of what has none the first that there is."""
        return min(self.months, default=date.min)

    @property
    def ends(self) -> date:
        """Return the last month; of what has none the last that there is."""
        return max(self.months, default=date.max)


@dataclass(frozen=True)
class Note:
    """One thing that was taken from the files: what, how sure, and the rows it rests on."""

    certainty: Certainty
    subject: str
    sentence: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A register as the files have it, with what it rests on; nothing is written by it."""

    areas: tuple[Area, ...]
    successors: tuple[Successor, ...] = ()
    aliases: tuple[Alias, ...] = ()
    peers: tuple[Peer, ...] = ()
    home: str = ""
    """The county that the workspace is of, blank where it stays the one that it is."""
    notes: tuple[Note, ...] = ()
    surely_gone: frozenset[str] = frozenset()
    """Codes of areas that enough reports lack at the end for them to be gone."""

    def at(self, level: Level) -> list[Area]:
        """Return the areas of a level, a line a code."""
        return list({a.area_code: a for a in self.areas if a.level == level}.values())


def first_words(wheres: Iterable[Where | None], limit: int = 3) -> tuple[str, ...]:
    """Return some rows as words, each once."""
    return tuple(dict.fromkeys(str(where) for where in wheres if where))[:limit]
