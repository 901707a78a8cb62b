"""Places to go for what was typed: ranked, each with its link's parameters and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from shortplank.access import Actor
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import LEVELS, Level
from shortplank.reading.asked.offers import NEEDS, Answered, Looked, Offer, Suggestion
from shortplank.reading.asked.readings import Reading, is_known, readings_of
from shortplank.reading.asked.things import Book
from shortplank.reading.asked.words import Word, words_of
from shortplank.wording.asked.told import (
    inside_text,
    lead_text,
    level_text,
    nearest_text,
    no_month_text,
    not_then_text,
    unknown_text,
)
from shortplank.wording.periods import month_key, month_text

MOST = 8
# What it costs to leave something out: whom and what is asked for weighs more than when.
_LEFT = {"area": 2, "indicator": 3}


@dataclass(frozen=True)
class _Lead:
    """A suggestion and where it stands among the others."""

    made: Suggestion
    left: int
    cost: int
    rank: int
    place: int


@dataclass(frozen=True)
class Asking:
    """Who asks, from where, and of what."""

    ws: Workspace
    actor: Actor
    looked: Looked
    offers: Sequence[Offer]
    book: Book

    def answer(self, text: str) -> Answered:
        """Return where a text leads, the likeliest first, and what must be said beside it."""
        words = words_of(text, self.book, self.looked)
        closed = frozenset(o.page for o in self.offers if not self.actor.opens(o.page))
        readings = readings_of(words, self.ws, closed)
        standing = [each for each in readings if not each.is_empty and self._stands(each)]
        leads = [lead for reading in standing for lead in self._leads(reading)]
        return Answered(self._first(leads), tuple(self._said(words, readings, closed)))

    # --- what is said beside the suggestions ---------------------------------------------------
    def _said(
        self, words: Sequence[Word], readings: Sequence[Reading], closed: frozenset[str]
    ) -> Iterator[str]:
        if unknown := [word.text for word in words if not is_known(word, closed)]:
            yield unknown_text(unknown)
        yield from (nearest_text(w.text) for w in words if w.near and is_known(w, closed))
        yield from dict.fromkeys(text for each in readings[:1] for text in self._limits(each))
        if readings and not any(self._stands(each) for each in readings):
            gone = dict.fromkeys(each.area.name for each in readings if each.area)
            yield not_then_text(list(gone), self._month(readings[0]))

    def _limits(self, reading: Reading) -> Iterator[str]:
        """Yield that a month has no reports, and that a figure does not go down to an area."""
        if reading.month and self._month(reading) not in self.looked.months:
            yield no_month_text(self._month(reading))
        key = reading.indicator.key if reading.indicator else self._usual(reading.page)
        if key and reading.area:
            lowest, told = self._lowest(key, own=False), self._lowest(key, own=True)
            if LEVELS.index(told) < LEVELS.index(reading.area.level):
                yield level_text(self.ws.indicators[key].label, told, own=told != lowest)

    def _usual(self, page: str) -> str:
        """Return the indicator that a page opens with, "" for none."""
        return next((each.default for each in self.offers if each.page == page), "")

    def _lowest(self, indicator: str, *, own: bool) -> Level:
        """Return the lowest level of an indicator, or of what who looks has of it."""
        lowest = max(self.ws.indicators[indicator].levels, key=LEVELS.index)
        if own and not self.actor.may("see_exact"):
            lowest = min(lowest, self.ws.viewer_level(indicator), key=LEVELS.index)
        return lowest

    # --- readings to leads -----------------------------------------------------------------------
    def _month(self, reading: Reading) -> date:
        """Return the month that is asked for, the one that is looked at where none is."""
        if reading.month is None:
            return self.looked.month
        return date.fromisoformat(f"{reading.month.key}-01")

    def _shown_month(self, reading: Reading) -> date:
        """Return the month that is gone to: one without reports is not."""
        month = self._month(reading)
        return month if month in self.looked.months else self.looked.month

    def _stands(self, reading: Reading) -> bool:
        """Return whether the area stands in the register of the month."""
        if reading.area is None or not self.looked.months:
            return True
        day = self._shown_month(reading)
        lines = (area for area in self.ws.areas if reading.area.key == area.area_code)
        return any(line.valid_from <= day <= (line.valid_to or date.max) for line in lines)

    def _leads(self, reading: Reading) -> Iterator[_Lead]:
        """Yield of each page the look that shows most of what is asked for."""
        best: dict[str, _Lead] = {}
        for place, offer in enumerate(self.offers):
            if self.actor.opens(offer.page) and (lead := self._lead(reading, offer, place)):
                known = best.setdefault(offer.page, lead)
                if (lead.left, lead.rank) < (known.left, known.rank):
                    best[offer.page] = lead
        yield from best.values()

    def _lead(self, reading: Reading, offer: Offer, place: int) -> _Lead | None:
        """Return what a look shows of what is asked for, None where it is not what is asked for."""
        look = reading.look
        if reading.page not in ("", offer.page) or (look and look.key != offer.look):
            return None
        month = self._shown_month(reading)
        if offer.history > self.looked.history(month) or (offer.month and not self.looked.months):
            return None
        here = offer.page == self.looked.page and offer.look == self.looked.look
        return _Fitting(self, reading, offer, here=here and not reading.page, month=month).lead(
            place
        )

    def _first(self, leads: Sequence[_Lead]) -> tuple[Suggestion, ...]:
        """Return the first few, each address once; those that leave out more than others not."""
        least = min((lead.left for lead in leads), default=0)
        kept = [lead for lead in leads if lead.left == least]
        kept.sort(key=lambda lead: (lead.cost, lead.rank, lead.place, lead.made.query))
        once = {(lead.made.page, lead.made.query): lead.made for lead in reversed(kept)}
        order = dict.fromkeys((lead.made.page, lead.made.query) for lead in kept)
        return tuple(once[key] for key in order)[:MOST]


class _Fitting:
    """One reading and one look of a page: what its link holds, and what it cannot show."""

    def __init__(
        self, asking: Asking, reading: Reading, offer: Offer, *, here: bool, month: date
    ) -> None:
        self.asking, self.reading, self.offer = asking, reading, offer
        self.here, self.month = here, month
        self.query: dict[str, str] = {}
        self.parts: list[str] = []
        self.left: list[str] = list(reading.left)
        self.cost = len(self.left)

    def lead(self, place: int) -> _Lead:
        """Return the suggestion and where it stands among the others."""
        indicator = self._indicator()
        self._area(indicator)
        if indicator:
            self.parts.append(self.asking.ws.indicators[indicator].label)
        self._window(indicator)
        self._month()
        if self.offer.look:
            self.query["look"] = self.offer.look
        sentence = lead_text(self.parts, self.offer.label, self._look_label(), self.left)
        made = Suggestion(self.offer.page, tuple(self.query.items()), sentence)
        return _Lead(made, self.cost, self.reading.cost, self._rank(), place)

    def _leave(self, kind: str) -> None:
        self.left.append(self.reading.text_of(kind))
        self.cost += _LEFT.get(kind, 1)

    def _look_label(self) -> str:
        return self.offer.look_label if self.offer.look or self.reading.look else ""

    def _rank(self) -> int:
        """Return 0 for the page that one stands on, then for what is made for what is asked for."""
        reading, about = self.reading, self.offer.about
        alone = reading.indicator is None and reading.window is None
        if self.here and reading.indicator is None:
            return 0
        if about == "indicator" and reading.indicator:
            return 1
        if about and reading.area and about == reading.area.level:
            return 1 if alone or about == "village" else 3
        return 3 if self.offer.look else 2

    def _indicator(self) -> str:
        """Return the indicator that is shown, "" for none; the one that is looked at stays."""
        offer, asked = self.offer, self.reading.indicator
        if asked and asked.key in offer.indicators:
            chosen = asked.key
        else:
            if asked:
                self._leave("indicator")
            looked = self.asking.looked.indicator
            chosen = looked if offer.default and looked in offer.indicators else offer.default
        if chosen and offer.indicator_name:
            self.query[offer.indicator_name] = chosen
        return chosen

    def _area(self, indicator: str) -> None:
        area, home = self.reading.area, self.asking.ws.settings.home
        if area is None:
            return
        if area.key == home:
            self.parts.append(area.name)
            return
        code, name = self._own(area.key, area.name, area.level)
        deep = self.asking._lowest(indicator, own=True) if indicator else self.offer.area
        if not code or LEVELS.index(deep) < LEVELS.index(self.offer.area):  # type: ignore[arg-type]
            self._leave("area")
            return
        self.query[self.offer.area_name] = code
        self.parts.append(name)

    def _own(self, code: str, name: str, level: str) -> tuple[str, str]:
        """Return the area that the look shows for one: a village's township where that is all."""
        area = self.asking.ws.area_by_code
        town = area[area[code].parent_code] if level == "village" else None
        if level == self.offer.area:
            return code, f"{town.name}{name}" if town else name
        if town and self.offer.area == "township":
            return town.area_code, inside_text(name, town.name)
        return "", ""

    def _window(self, indicator: str) -> None:
        offer, asked = self.offer, self.reading.window
        if asked is None:
            looked = self.asking.looked.windows.get(offer.window_name, "") if self.here else ""
            if looked and self._has_window(looked, indicator):
                self.query[offer.window_name] = looked
                self.parts.append(offer.windows[looked])
        elif self._has_window(asked.key, indicator):
            self.query[offer.window_name] = asked.key
            self.parts.append(offer.windows[asked.key])
        else:
            self._leave("window")

    def _has_window(self, key: str, indicator: str) -> bool:
        """Return whether the look has a window for the indicator, in the month."""
        offer = self.offer
        if key not in offer.windows:
            return False
        if offer.window_name == "window":
            return not indicator or key in self.asking.ws.indicators[indicator].windows
        return NEEDS.get(key, 0) <= self.asking.looked.history(self.month)

    def _month(self) -> None:
        if self.offer.month:
            self.query["month"] = month_key(self.month)
        if self.reading.month is None:
            return
        if self.offer.month and self.asking._month(self.reading) == self.month:
            self.parts.append(month_text(self.month))
        else:
            self._leave("month")
