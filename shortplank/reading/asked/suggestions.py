"""Places to go for what was typed: ranked, each with its link's parameters and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from shortplank.access import Actor
from shortplank.catalogue import Workspace
from shortplank.reading.asked.fitting import Fitting, Lead, is_above, lowest_level
from shortplank.reading.asked.offers import Answered, Looked, Offer, Suggestion
from shortplank.reading.asked.readings import Reading, is_known, readings_of
from shortplank.reading.asked.things import Book
from shortplank.reading.asked.words import Word, words_of
from shortplank.wording.asked.told import (
    level_text,
    nearest_text,
    no_month_text,
    not_then_text,
    unknown_text,
)

MOST = 8


@dataclass(frozen=True)
class Asking:
    """Who asks, from where, and of what."""

    ws: Workspace
    actor: Actor
    looked: Looked
    offers: Sequence[Offer]
    book: Book

    def answer(self, text: str) -> Answered:
        """Return where a text leads, the likeliest first, and what must be said beside it.

        A text may be anything; what means nothing here is said, and the rest is answered.
        """
        words = words_of(text, self.book, self.looked)
        readings = readings_of(words, self.ws, self._closed)
        standing = [each for each in readings if not each.is_empty and self._stands(each)]
        leads = [lead for reading in standing for lead in self._leads(reading)]
        return Answered(_first(leads), tuple(self._said(words, readings, standing)))

    @cached_property
    def _closed(self) -> frozenset[str]:
        """Return the pages that are not open to who asks: for them they are not there."""
        return frozenset(o.page for o in self.offers if not self.actor.opens(o.page))

    # --- what is said beside the suggestions ---------------------------------------------------
    def _said(
        self, words: Sequence[Word], readings: Sequence[Reading], standing: Sequence[Reading]
    ) -> Iterator[str]:
        if unknown := [word.text for word in words if not is_known(word, self._closed)]:
            yield unknown_text(unknown)
        yield from (nearest_text(w.text) for w in words if w.near and is_known(w, self._closed))
        best = (standing or readings)[0]
        yield from self._limits(best)
        if not standing and (gone := dict.fromkeys(e.area.name for e in readings if e.area)):
            yield not_then_text(list(gone), self._gone_to(best))

    def _limits(self, reading: Reading) -> Iterator[str]:
        """Yield that a month has no reports, and that a figure does not go down to an area."""
        if reading.month and self._asked(reading) not in self.looked.months:
            yield no_month_text(self._asked(reading))
        key = reading.indicator.key if reading.indicator else self._usual(reading.page)
        if key and reading.area and reading.area.level:
            there, told = (lowest_level(self.ws, who, key) for who in (None, self.actor))
            if is_above(told, reading.area.level):
                yield level_text(self.ws.indicators[key].label, told, own=told != there)

    def _usual(self, page: str) -> str:
        """Return the indicator that a page opens with, "" for none."""
        return next((each.default for each in self.offers if each.page == page), "")

    # --- readings to leads -----------------------------------------------------------------------
    def _asked(self, reading: Reading) -> date:
        """Return the month that is asked for, the one that is looked at where none is."""
        if reading.month is None:
            return self.looked.month
        return date.fromisoformat(f"{reading.month.key}-01")

    def _gone_to(self, reading: Reading) -> date:
        """Return the month that is gone to: never one without reports."""
        month = self._asked(reading)
        return month if month in self.looked.months else self.looked.month

    def _stands(self, reading: Reading) -> bool:
        """Return whether the area stands in the register of the month."""
        if reading.area is None or not self.looked.months:
            return True
        day, code = self._gone_to(reading), reading.area.key
        lines = (area for area in self.ws.areas if area.area_code == code)
        return any(line.valid_from <= day <= (line.valid_to or date.max) for line in lines)

    def _leads(self, reading: Reading) -> Iterator[Lead]:
        """Yield of each page the look that shows most of what is asked for."""
        best: dict[str, Lead] = {}
        for place, offer in enumerate(self.offers):
            if offer.act is not None and not self.actor.may(offer.act):
                continue
            if offer.page in self._closed or not reading.takes(offer.page, offer.look):
                continue
            lead = self._lead(reading, offer, place)
            known = best.get(offer.page)
            if lead and (not known or (lead.left, lead.rank) < (known.left, known.rank)):
                best[offer.page] = lead
        yield from best.values()

    def _lead(self, reading: Reading, offer: Offer, place: int) -> Lead | None:
        """Return what a look shows of what is asked for, None where there is no such look."""
        month = self._gone_to(reading)
        if offer.month and not self.looked.months:
            return None
        if offer.history > self.looked.history(month):
            return None
        return Fitting(self.ws, self.actor, self.looked, reading, offer, month).lead(place)


def _first(leads: Sequence[Lead]) -> tuple[Suggestion, ...]:
    """Return the first few, each address once; those that leave out more than others not."""
    least = min((lead.left for lead in leads), default=0)
    kept = [lead for lead in leads if lead.left == least]
    kept.sort(key=lambda lead: (lead.cost, lead.rank, lead.place, lead.made.query))
    once: dict[object, Suggestion] = {}
    for lead in kept:
        once.setdefault((lead.made.page, lead.made.query), lead.made)
    return tuple(once.values())[:MOST]
