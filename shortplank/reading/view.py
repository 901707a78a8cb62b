"""What a page is looking at: workspace, edition, who looks, month, window, indicator and area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from shortplank.access import Act, Actor
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Area, Indicator, Window
from shortplank.store import Edition, Engine, add_months

# The parameters of questions that name an area.
AREAS = ("county", "area", "village")


@dataclass(frozen=True)
class View:
    """One look at the data; every answer takes it, and every number on a page belongs to it.

    `NotAllowed` where its area is outside the scope of who looks.
    """

    engine: Engine
    edition: int
    actor: Actor
    month: date
    window: Window
    indicator: str
    area: str

    def __post_init__(self) -> None:
        """Refuse what is outside the scope, before anything is made of it for all who look."""
        self._must_look(self.area)

    def may(self, act: Act, area: str = "") -> bool:
        """Return whether who looks may do something, to an area; `access` has every act."""
        return self.actor.may(act, area, self.ws)

    def banded(self, indicator: str) -> bool:
        """Return whether who looks has an indicator's small village counts banded or hidden."""
        return self.actor.banded(self.ws, indicator)

    @property
    def ws(self) -> Workspace:
        """Return the workspace."""
        return self.engine.ws

    @property
    def item(self) -> Indicator:
        """Return the definition of the chosen indicator."""
        return self.ws.indicators[self.indicator]

    @property
    def county(self) -> Area:
        """Return the home county."""
        return self.ws.home

    @property
    def area_item(self) -> Area:
        """Return the chosen area's line of the register."""
        return self.ws.area_by_code[self.area]

    @property
    def towns(self) -> dict[str, str]:
        """Return the names of the townships that the county has in the month, by code."""
        below = self.ws.valid_below(self.county.area_code, self.month)
        return {area.area_code: area.name for area in below}

    @property
    def published(self) -> Edition:
        """Return the edition's manifest."""
        return self.engine.edition(self.edition)

    @property
    def statistical_year(self) -> int:
        """Return the statistical year that the month belongs to."""
        return self.ws.statistical_year(self.month)

    @property
    def year_start(self) -> date:
        """Return the first month of that year."""
        return self.ws.year_start(self.month)

    @property
    def months_of_year(self) -> int:
        """Return how many months of the statistical year have passed, this one included."""
        start = self.year_start
        return (self.month.year - start.year) * 12 + self.month.month - start.month + 1

    @property
    def window_start(self) -> date:
        """Return the first month of the window."""
        return {
            "month": self.month,
            "ytd": self.year_start,
            "r12": add_months(self.month, -11),
        }[self.window]

    @property
    def of_month(self) -> View:
        """Return the look at the month itself, whatever indicator and area are chosen."""
        item = self.ws.indicators[key := self.ws.scheme.default_indicator]
        return self.with_(indicator=key, window=item.default_window, area=self.county.area_code)

    def with_(self, **changes: object) -> View:
        """Return the view with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def ask(self, name: str, **params: object) -> pa.Table:
        """Return the answer to a question, in this view's edition, from the tables of who looks.

        `NotAllowed` where it names an area outside the scope of who looks.
        """
        for each in AREAS:
            if named := params.get(each):
                self._must_look(str(named))
        return self.engine.ask(name, self.edition, self.actor.reads, **params)

    def _must_look(self, area: str) -> None:
        if self.actor.scope or area != self.ws.settings.home:  # every page asks of the home
            self.actor.must("look", area, self.ws)


def first_view(shared: Engine, actor: Actor) -> View | None:
    """Return what a visitor sees who opens the app without a link, None without data."""
    number, ws = shared.newest(), shared.ws
    if not number:
        return None
    home = ws.settings.home
    told = shared.ask("months_by_edition", number, actor.reads, county=home)
    months = told["stat_month"].to_pylist()
    if not months or not ws.scheme.headline:
        return None
    indicator = ws.scheme.headline[0]
    window = ws.indicators[indicator].default_window
    return View(shared, number, actor, months[-1], window, indicator, home)
