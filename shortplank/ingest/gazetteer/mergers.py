"""Units that went on in others: what the counts before and after say for it, else it stays open.

Counts that hardly change from a month to the next (people, households) tell: what one unit has more
is what the one that is gone had. Counts of a month's events cannot tell, and are not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from shortplank.ingest.gazetteer.proposal import Note, first_words
from shortplank.ingest.gazetteer.spans import Calendar
from shortplank.ingest.gazetteer.units import Site, Unit

STEADY = 0.03  # of a count, by which it may change in a month and still be a stock of something
NEAR = 0.03
LEAST = 20
Counts = Callable[[Unit, date], Mapping[str, int]]
Heirs = list[tuple[Unit, Unit]]


def merged(units: Iterable[Unit], calendar: Calendar, counts: Counts) -> tuple[Heirs, list[Note]]:
    """Return (gone, heir) pairs for which counts speak, and notes for these and for what is open.

    Complexity: the counts of a site are looked up only for months in which one of its units ends.
    """
    by_site: dict[Site, list[Unit]] = defaultdict(list)
    for unit in units:
        by_site[unit.site].append(unit)
    heirs: Heirs = []
    notes: list[Note] = []
    continued = {id(u.returns) for own in by_site.values() for u in own if u.returns}
    for own in by_site.values():
        ends: dict[date, list[Unit]] = defaultdict(list)
        for unit in own:
            if calendar.closes(unit.spell.ends) and id(unit) not in continued:
                ends[unit.spell.ends].append(unit)
        for last, gone in sorted(ends.items()):
            following = calendar.after(last)
            assert following is not None
            _Turn(own, gone, last, following, counts).settle(heirs, notes)
    return heirs, notes


class _Turn:
    """The units of one site before and after the month in which some of them ended."""

    def __init__(
        self, own: Sequence[Unit], gone: Sequence[Unit], last: date, following: date, counts: Counts
    ) -> None:
        self.gone, self.last, self.following = gone, last, following
        self.stay = [u for u in own if {last, following} <= u.spell.months]
        self.new = [u for u in own if u.spell.begins == following]
        self.before = {id(u): counts(u, last) for u in (*gone, *self.stay)}
        self.after = {id(u): counts(u, following) for u in (*self.stay, *self.new)}
        self.steady = self._steady()

    def _steady(self) -> list[str]:
        """Return the columns of which most units that stay have about the same in both months."""
        columns = {name for found in self.before.values() for name in found}
        return sorted(c for c in columns if self._is_steady(c))

    def _is_steady(self, column: str) -> bool:
        pairs = [(self.before[id(u)].get(column, 0), self.after[id(u)].get(column, 0))
                 for u in self.stay]  # fmt: skip
        changes = [abs(new - old) / old for old, new in pairs if old >= LEAST]
        enough = any(self.before[id(u)].get(column, 0) >= LEAST for u in self.gone)
        return enough and (not changes or float(np.median(changes)) <= STEADY)

    def settle(self, heirs: Heirs, notes: list[Note]) -> None:
        """Add the heirs that counts speak for, one of several for none."""
        left = list(self.gone)
        if len(self.new) == 1 and self._fits(self.new[0], left):
            self._settle(left, self.new[0], heirs, notes)
            return
        for unit in self.gone:
            fitting = [u for u in (*self.stay, *self.new) if self._fits(u, [unit])]
            if len(fitting) == 1:
                self._settle([unit], fitting[0], heirs, notes)
                left.remove(unit)
        if len(left) > 1:
            fitting = [u for u in (*self.stay, *self.new) if self._fits(u, left)]
            if len(fitting) == 1:
                self._settle(left, fitting[0], heirs, notes)
                return
        for unit in left:
            notes.append(self._open(unit))

    def _fits(self, heir: Unit, gone: Sequence[Unit]) -> bool:
        """Return whether an heir has now what it and the gone ones had, in every steady column."""
        fits = []
        for column in self.steady:
            came = sum(self.before[id(u)].get(column, 0) for u in gone)
            old = self.before.get(id(heir), {}).get(column, 0)
            new = self.after[id(heir)].get(column, 0)
            fits.append(abs(new - old - came) <= max(2.0, NEAR * came) and came >= LEAST)
        return bool(fits) and all(fits)

    def _settle(self, gone: Sequence[Unit], heir: Unit, heirs: Heirs, notes: list[Note]) -> None:
        heirs += [(unit, heir) for unit in gone]
        column = self.steady[0]
        came = "、".join(f"{u.name} {self.before[id(u)].get(column, 0)}" for u in gone)
        old = self.before.get(id(heir), {}).get(column)
        own = f"，{heir.name}原有 {old}" if old is not None else ""
        now = self.after[id(heir)].get(column, 0)
        sentence = (
            f"{'、'.join(u.name for u in gone)}自 {self.following:%Y-%m} 并入{heir.name}："
            f"{column} {self.last:%Y-%m} 为 {came}{own}，{self.following:%Y-%m} {heir.name}为 {now}"
        )
        rows = first_words((*(u.spell.last for u in gone), heir.spell.first))
        notes.append(Note("guessed", heir.name, sentence, rows))

    def _open(self, unit: Unit) -> Note:
        new = "、".join(u.name for u in self.new[:5])
        split = self._parts_of(unit)
        if split:
            why = f"分成了{split}，一个旧代码只能有一个去向，没有登记去向"
        elif new:
            why = f"同一上级同时新有{new}；数字说明不了去向，如是合并请用 areas successor 登记"
        else:
            why = "去向不明，如是合并请用 areas successor 登记"
        sentence = f"{unit.name} {self.last:%Y-%m} 以后没有：{why}"
        return Note("open", unit.name, sentence, first_words((unit.spell.last,)))

    def _parts_of(self, unit: Unit) -> str:
        """Return the new units whose counts add up to those of one that is gone."""
        if len(self.new) < 2 or not self.steady:
            return ""
        for column in self.steady:
            had = self.before[id(unit)].get(column, 0)
            have = sum(self.after[id(u)].get(column, 0) for u in self.new)
            if abs(have - had) > max(2.0, NEAR * had):
                return ""
        return "、".join(u.name for u in self.new)
