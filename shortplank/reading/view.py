"""What a page is looking at: workspace, edition, who looks, month, window, indicator and area."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.access import Act, Actor
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Area, Indicator, Window
from shortplank.store import Edition, Engine, add_months
from shortplank.store.answers import kept_answer
from shortplank.wording.naming import spoken

P = ParamSpec("P")
R = TypeVar("R")
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
        """Return the county that is looked at: the home of the workspace as it was opened."""
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
        key = self.ws.first_indicator
        assert key is not None, "a view looks at an indicator"
        item = self.ws.indicators[key]
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

    def area_months(self, indicator: str = "") -> pa.Table:
        """Return an indicator's months to the view's, of the county and all its townships.

        It is asked once for all months: those to an earlier one are a part of them. Without
        ``indicator`` it is the chosen one.
        """
        table = self.ask(
            "series_by_area",
            indicator=indicator or self.indicator,
            county=self.county.area_code,
            month=self._last,
            year_opens=self.ws.settings.statistical_year_first_month,
        )
        return self._until(table)

    def peer_months(self, first: date) -> pa.Table:
        """Return the chosen indicator of every peer county from a month to the view's.

        It is asked once for all months, like `area_months`.
        """
        table = self.ask(
            "peers_by_month", indicator=self.indicator, first_month=date.min, month=self._last
        )
        return self._until(table.filter(pc.greater_equal(table["stat_month"], pa.scalar(first))))

    @property
    def _last(self) -> date:
        """Return the last month that the edition has, the view's where it has none."""
        months = self.ask("months_by_edition", county=self.county.area_code)["stat_month"]
        return max(pc.max(months).as_py() or self.month, self.month)

    def _until(self, table: pa.Table) -> pa.Table:
        return table.filter(pc.less_equal(table["stat_month"], pa.scalar(self.month)))

    def _must_look(self, area: str) -> None:
        # Every page asks of the home of the settings, which all have who have no other scope.
        if self.actor.scope or area != self.ws.whole.settings.home:
            self.actor.must("look", area, self.ws)


def first_view(shared: Engine, actor: Actor) -> View | None:
    """Return what a visitor sees who opens the app without a link, None without data."""
    number, ws = shared.newest(), shared.ws
    if not number:
        return None
    home = ws.settings.home
    told = shared.ask("months_by_edition", number, actor.reads, county=home)
    months = told["stat_month"].to_pylist()
    indicator = next(iter((*ws.scheme.headline, *ws.indicators)), None)
    if not months or indicator is None:
        return None
    window = ws.indicators[indicator].default_window
    return View(shared, number, actor, months[-1], window, indicator, home)


# --- worked out once ---------------------------------------------------------------------------
def once(
    *journals: str,
    stored: bool = False,
) -> Callable[[Callable[Concatenate[View, P], R]], Callable[Concatenate[View, P], R]]:
    """Have an answer worked out once for all who see the same of the same view.

    It rests on the edition and the settings (an engine has its own), on what the view says, on
    which tables who looks reads and which county's, and on the kinds of ``journals`` that it reads:
    a line more in one of them, and it is worked out anew. Its arguments are hashable, or lists of
    such. One that is ``stored`` rests on no journal and on nothing that a visitor makes up, and is
    kept in a file for all processes; `TypeError` where it names a journal.

    >>> @once()
    ... def first_of_year(view: View) -> str:
    ...     return view.year_start.isoformat()
    """

    def decorated(
        answer: Callable[Concatenate[View, P], R],
    ) -> Callable[Concatenate[View, P], R]:
        if stored and journals:
            raise TypeError("a line of a journal does not reach an answer in a file")
        name = f"{answer.__module__}.{answer.__qualname__}"

        @wraps(answer)
        def held(view: View, *args: P.args, **kwargs: P.kwargs) -> R:
            rests_on = tuple(_state(view, kind) for kind in journals)
            given = tuple(tuple(each) if isinstance(each, list) else each for each in args)
            said = (looked_at(view), given, tuple(sorted(kwargs.items())))

            def make() -> R:
                with spoken(view.ws):  # it is for all, whoever in whatever thread asks first
                    return answer(view, *args, **kwargs)

            def read() -> R:
                return kept_answer(view.ws, view.published, name, said, make)

            return view.engine.keep((name, *said, rests_on), read if stored else make)

        held.journals = journals  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[View, P], R], held)

    return decorated


def looked_at(view: View) -> Hashable:
    """Return all that tells one look from another, whoever's it is.

    The newest edition's number is in it: links name an edition only where a newer one is there.
    """
    scope = view.ws.county_of(view.actor.scope) if view.actor.scope else ""
    return view.engine.newest(), view.actor.reads, scope, *(getattr(view, name) for name in _SAYS)


_SAYS = tuple(each.name for each in fields(View) if each.name not in ("engine", "actor"))


def _state(view: View, kind: str) -> tuple[int, int]:
    """Return what changes with each line of a journal."""
    try:
        found = os.stat(view.ws.path / "journal" / f"{kind}.jsonl")
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
