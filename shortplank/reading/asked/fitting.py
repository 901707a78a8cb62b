"""One reading and one look of a page: what the link holds, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from shortplank.access import Actor
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import LEVELS, Level
from shortplank.reading.asked.offers import NEEDS, Looked, Offer, Suggestion
from shortplank.reading.asked.readings import Reading
from shortplank.wording.asked.told import inside_text, lead_text
from shortplank.wording.periods import month_key, month_text

# What it costs to leave something out: of whom and of what weighs more than of when.
_LEFT = {"area": 2, "indicator": 3}


@dataclass(frozen=True)
class Lead:
    """A suggestion and where it stands among the others: the least of each first."""

    made: Suggestion
    left: int
    """What it leaves out of what is asked for."""
    cost: int
    """How badly the words fit what it takes them for."""
    rank: int
    """How little the look is made for what is asked for."""
    place: int
    """Its place in the list of the pages."""


@dataclass
class Fitting:
    """A reading as a look of a page shows it; ``month`` is the one that is gone to."""

    ws: Workspace
    actor: Actor
    looked: Looked
    reading: Reading
    offer: Offer
    month: date
    query: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    cost: int = 0

    def lead(self, place: int) -> Lead:
        """Return the suggestion and where it stands; ``place`` is the look's among all."""
        self.left += self.reading.left
        self.cost += len(self.left)
        indicator = self._indicator()
        self._area(indicator)
        if indicator:
            self.parts.append(self.ws.indicators[indicator].label)
        self._window(indicator)
        self._month()
        if self.offer.look:
            self.query["look"] = self.offer.look
        look = self.offer.look_label if self.offer.look or self.reading.look else ""
        sentence = lead_text(self.parts, self.offer.label, look, self.left)
        made = Suggestion(self.offer.page, tuple(self.query.items()), sentence)
        return Lead(made, self.cost, self.reading.cost, self._rank(), place)

    @property
    def _stays(self) -> bool:
        """Return whether this is the look that one stands on, and nobody has named a page."""
        return self.offer.opens(self.looked.page, self.looked.look) and not self.reading.page

    def _rank(self) -> int:
        """Return 0 for where one stands, then what is made for what is asked for, then the rest."""
        reading, about = self.reading, self.offer.about
        alone = reading.indicator is None and reading.window is None
        if self._stays and reading.indicator is None:
            return 0
        if about == "indicator" and reading.indicator:
            return 1
        if about and reading.area and about == reading.area.level:
            return 1 if alone or about == "village" else 3
        return 3 if self.offer.look else 2

    def _leave(self, kind: str) -> None:
        self.left.append(self.reading.text_of(kind))
        self.cost += _LEFT.get(kind, 1)

    def _indicator(self) -> str:
        """Return the indicator that is shown, "" for none; the one that is looked at stays."""
        offer, asked = self.offer, self.reading.indicator
        if asked and asked.key in offer.indicators:
            chosen = asked.key
        else:
            if asked:
                self._leave("indicator")
            looked = self.looked.indicator
            chosen = looked if offer.default and looked in offer.indicators else offer.default
        if chosen and offer.indicator_name:
            self.query[offer.indicator_name] = chosen
        return chosen

    def _area(self, indicator: str) -> None:
        area = self.reading.area
        if area is None:
            return
        if area.key == self.ws.settings.home:
            self.parts.append(area.name)
            return
        code, name = self._own(area.key, area.name)
        told = lowest_level(self.ws, self.actor, indicator) if indicator else "village"
        if not code or not self.offer.area or is_above(told, self.offer.area):
            self._leave("area")
            return
        self.query[self.offer.area_name] = code
        self.parts.append(name)

    def _own(self, code: str, name: str) -> tuple[str, str]:
        """Return the area that the look shows for one: a village's township where that is all."""
        known = self.ws.area_by_code
        level = known[code].level
        town = known[known[code].parent_code] if level == "village" else None
        if level == self.offer.area:
            return code, f"{town.name}{name}" if town else name
        if town and self.offer.area == "township":
            return town.area_code, inside_text(name, town.name)
        return "", ""

    def _window(self, indicator: str) -> None:
        offer, asked = self.offer, self.reading.window
        key = asked.key if asked else ""
        if asked is None and self._stays:
            key = self.looked.windows.get(offer.window_name, "")
        if key and self._has_window(key, indicator):
            self.query[offer.window_name] = key
            self.parts.append(offer.windows[key])
        elif asked:
            self._leave("window")

    def _has_window(self, key: str, indicator: str) -> bool:
        """Return whether the look has a window for the indicator, in the month."""
        if key not in self.offer.windows:
            return False
        if self.offer.window_name == "window":
            return not indicator or key in self.ws.indicators[indicator].windows
        return NEEDS.get(key, 0) <= self.looked.history(self.month)

    def _month(self) -> None:
        if self.offer.month:
            self.query["month"] = month_key(self.month)
        if self.reading.month is None:
            return
        if self.offer.month and self.reading.month.key == month_key(self.month):
            self.parts.append(month_text(self.month))
        else:
            self._leave("month")


def lowest_level(ws: Workspace, actor: Actor | None, indicator: str) -> Level:
    """Return the lowest level of an indicator that who looks has; without one, that there is."""
    lowest = max(ws.indicators[indicator].levels, key=LEVELS.index)
    if actor is not None and not actor.may("see_exact"):
        lowest = min(lowest, ws.viewer_level(indicator), key=LEVELS.index)
    return lowest


def is_above(level: Level, other: Level) -> bool:
    """Return whether a level is above another."""
    return LEVELS.index(level) < LEVELS.index(other)
