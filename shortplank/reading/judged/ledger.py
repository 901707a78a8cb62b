"""The month's ledger: what is announced, decided once for every page, paper and command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shortplank.access import JUDGE, Actor
from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.judged.keeping import Judged, kept_month
from shortplank.reading.judged.matters import Subject, exact, subjects
from shortplank.reading.view import View, first_view
from shortplank.stats._arrays import FloatArray
from shortplank.stats.judge.comparisons import Side
from shortplank.stats.judge.month import (
    WHOLE,
    Matter,
    Month,
    Place,
    Tested,
    Units,
    judge_month,
)
from shortplank.stats.judge.posterior import Posterior, posterior
from shortplank.store import Engine, add_months
from shortplank.store.marts import Progress

Said = Literal["named", "changed", "spread", "listed"]
PLACES: tuple[Place, ...] = ("county", "township", "village")
# The share of quiet months in which anything may be announced.
RATE = 0.05


@dataclass(frozen=True)
class Finding:
    """One announcement: who or what, of which indicator, how sure.

    ``value`` is in the card's unit; ``change`` the county's difference in it and ``months`` how
    many months stand apart; ``again`` whether the same stood in the month before. ``p``, ``q``,
    ``value``, ``county`` and ``n`` are None where the role may not have the figure.
    """

    indicator: str
    item: Indicator
    level: Place
    area_code: str
    area: str
    kind: Said
    direction: Literal["above", "below", "up", "down"] | None
    window: Window
    months: int
    p: float | None
    q: float | None
    value: float | None
    county: float | None
    n: float | None
    change: float | None = None
    again: bool = False

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what makes two months' announcements the same."""
        return self.indicator, self.level, self.area_code, self.kind

    @property
    def above(self) -> bool:
        """Return whether the figure stands above what it is held against."""
        return self.direction in ("above", "up")


@dataclass(frozen=True)
class Standing:
    """What the ledger says of one indicator at one level.

    ``codes`` are the units that were compared or could be; ``named`` and ``listed`` whether each
    is announced, ``tested`` whether it was compared at all, ``spread`` whether their differences
    are announced as real and ``real`` which share of them is, ``scatter`` how many cases come
    together.
    """

    item: Indicator
    place: Place
    codes: list[str]
    names: list[str]
    units: Units
    named: NDArray[np.bool_]
    listed: NDArray[np.bool_]
    tested: NDArray[np.bool_]
    above: NDArray[np.bool_]
    spread: bool
    scatter: float
    worse: Side
    real: float

    @cached_property
    def order(self) -> Posterior:
        """Return how sure each unit's place among the others is, in the judged window."""
        return posterior(*self._counts, self.scatter, None, self.worse)

    @property
    def _counts(self) -> tuple[FloatArray, FloatArray]:
        """Return x and n of those that were compared."""
        x, n = (np.where(self.tested, v, np.nan) for v in (self.units.x, self.units.n))
        return x, n

    @property
    def tenths(self) -> int:
        """Return how many tenths of an announced spread are not chance."""
        return 0 if np.isnan(self.real) else round(10 * self.real)

    @property
    def announced(self) -> NDArray[np.bool_]:
        """Return which units are named or listed."""
        return self.named | self.listed

    @property
    def announced_names(self) -> list[str]:
        """Return the names of those announced, in the register's order."""
        return [name for name, told in zip(self.names, self.announced, strict=True) if told]

    @property
    def compared(self) -> int:
        """Return how many units were compared."""
        return int(self.tested.sum())

    def is_compared(self, code: str) -> bool:
        """Return whether a unit was compared."""
        return code in self.codes and bool(self.tested[self.codes.index(code)])

    def value(self, code: str) -> float | None:
        """Return a unit's figure in the judged window, in the card's unit; None for no figure."""
        return _value(self.item, self.units, self.codes.index(code)) if code in self.codes else None

    def is_announced(self, code: str) -> bool:
        """Return whether a unit is named or listed."""
        return code in self.codes and bool(self.announced[self.codes.index(code)])


@dataclass(frozen=True)
class Ledger:
    """All that a month announces, and how many comparisons stand behind it."""

    subjects: dict[str, Subject]
    month: Month
    home: tuple[str, str]
    before: frozenset[tuple[str, str, str, str]] = field(default_factory=frozenset)

    @property
    def tests(self) -> int:
        """Return how many tests stand behind it."""
        return len(self.month.tests)

    def judges(self, indicator: str) -> bool:
        """Return whether an indicator was judged this month."""
        return indicator in self.subjects

    def tests_of(self, indicator: str, place: Place) -> list[Tested]:
        """Return the tests of an indicator at a place."""
        return self._by_place.get((indicator, place), [])

    def standing(self, indicator: str, place: Place) -> Standing | None:
        """Return what is said of an indicator's units, None where they are not judged."""
        return self._standings.get((indicator, place))

    def of(
        self, indicator: str | None = None, level: Place | None = None, kind: Said | None = None
    ) -> list[Finding]:
        """Return the findings of an indicator, a level, a kind; all of them by default."""
        return [
            each
            for each in self.findings
            if indicator in (None, each.indicator)
            and level in (None, each.level)
            and kind in (None, each.kind)
        ]

    def change(self, indicator: str) -> Finding | None:
        """Return the announced change of the county, None where none is."""
        return next(iter(self.of(indicator, "county", "changed")), None)

    @cached_property
    def findings(self) -> list[Finding]:
        """Return everything that is announced, with exact figures: county, townships, villages."""
        found = [
            each
            for key, subject in self.subjects.items()
            for place in PLACES
            for each in _findings(self, key, subject, place)
        ]
        return [replace(each, again=each.key in self.before) for each in found]

    @cached_property
    def _by_place(self) -> dict[tuple[str, Place], list[Tested]]:
        found: dict[tuple[str, Place], list[Tested]] = {}
        for test in self.month.tests:
            found.setdefault((test.key, test.place), []).append(test)
        return found

    @cached_property
    def _standings(self) -> dict[tuple[str, Place], Standing]:
        return {
            (key, place): made
            for key, subject in self.subjects.items()
            for place in ("township", "village")
            if (made := _standing(self, subject, place)) is not None
        }


def ledger_of(view: View) -> Ledger:
    """Return the ledger of the view's edition and month: the same for every role and page."""

    def make() -> Ledger:
        now = _kept(view)
        if not now.findings:
            return now
        earlier = _kept(view.with_(month=add_months(view.month, -1)))
        return replace(now, before=frozenset(each.key for each in earlier.findings))

    return view.engine.keep(_key("ledger", view), make)


def _key(what: str, view: View) -> tuple[object, ...]:
    return what, view.edition, view.county.area_code, view.month


def _kept(view: View) -> Ledger:
    """Return a month's ledger without the month before; kept by edition and month, and on disk."""
    looking = exact(view)

    def judge() -> Judged:
        held = subjects(looking)
        return {each.key: each for each in held}, judge_month([each.matter for each in held])

    def make() -> Ledger:
        found, month = kept_month(looking, judge)
        return Ledger(found, month, (view.county.area_code, view.county.name))

    return view.engine.keep(_key("judged", view), make)


def judge_months(engine: Engine, progress: Progress | None = None) -> None:
    """Judge the newest edition's months ahead, so that no visitor waits for it."""
    look_ahead(engine, _kept, progress)


def look_ahead(
    engine: Engine,
    look: Callable[[View], object],
    progress: Progress | None = None,
    actor: Actor = JUDGE,
) -> None:
    """Look at each month of the newest edition, so that no visitor waits for what is kept of it."""
    first = first_view(engine, actor)
    if first is None:
        return
    table = first.ask("months_by_edition", county=first.county.area_code)
    months = sorted(set(table["stat_month"].to_pylist()))
    for done, month in enumerate(months, start=1):
        look(first.with_(month=month).of_month)
        if progress:
            progress(done, len(months))


def findings_for(view: View) -> list[Finding]:
    """Return the month's findings as the view's role may have them."""
    return [masked(view, each) for each in ledger_of(view).findings]


def masked(view: View, finding: Finding) -> Finding:
    """Return a finding without the figures that the role may not have; what is said stays."""
    hidden = finding.level != "county" and view.actor.stops_at_county(view.ws, finding.indicator)
    banded = finding.level == "village" and view.banded(finding.indicator)
    if not (hidden or banded):
        return finding
    return replace(finding, p=None, q=None, value=None, n=None)


# --- from tests to findings -----------------------------------------------------------------------
def _units_of(matter: Matter, place: Place) -> Units | None:
    return {"county": matter.county, "township": matter.towns}.get(place, matter.villages)


def _standing(book: Ledger, subject: Subject, place: Place) -> Standing | None:
    units, month = _units_of(subject.matter, place), book.month
    tests = book.tests_of(subject.key, place)
    if units is None or not tests:
        return None
    named, tested, above = np.zeros((3, len(units.x)), dtype=bool)
    above |= subject.matter.worse == "above"
    for test in tests:
        if test.unit != WHOLE:
            named[test.unit], tested[test.unit] = test.announced, True
            above[test.unit] = test.direction == "above"
    areas = subject.towns if place == "township" else subject.villages
    return Standing(
        subject.item,
        place,
        [code for code, _ in areas],
        [name for _, name in areas],
        units,
        named,
        month.listed.get((subject.key, place), np.zeros(len(units.x), dtype=bool)),
        tested,
        above,
        any(test.announced and test.question == "spread" for test in tests),
        month.scatter.get((subject.key, place), 1.0),
        subject.matter.worse,
        month.real.get((subject.key, place), float("nan")),
    )


def _findings(book: Ledger, key: str, subject: Subject, place: Place) -> list[Finding]:
    told = [
        _finding(book, subject, place, test) for test in book.tests_of(key, place) if test.announced
    ]
    extra = book.month.listed.get((key, place))
    if extra is None:
        return told
    side = subject.matter.worse
    return told + [
        _finding(
            book,
            subject,
            place,
            Tested(key, "township", place, int(i), "worse", float("nan"), side),
            "listed",
        )
        for i in np.flatnonzero(extra)
    ]


def _finding(
    book: Ledger, subject: Subject, place: Place, test: Tested, kind: Said | None = None
) -> Finding:
    units = _units_of(subject.matter, place)
    assert units is not None
    code, name = _area(book, subject, place, test.unit)
    at = 0 if place == "county" else test.unit
    whole = test.question == "spread"
    value = None if whole else _value(subject.item, units, at)
    return Finding(
        subject.key,
        subject.item,
        place,
        code,
        name,
        kind or _said(test),
        None if whole else test.direction,  # type: ignore[arg-type]
        subject.window,
        test.months or subject.months,
        None if np.isnan(test.p) else test.p,
        None if np.isnan(test.q) else test.q,
        value,
        _value(subject.item, subject.matter.county, 0),
        None if whole else float(units.n[at]),
        None if np.isnan(test.gap) else test.gap * subject.item.factor,
    )


def _said(test: Tested) -> Said:
    if test.question == "spread":
        return "spread"
    return "changed" if test.question in ("change", "step") else "named"


def _area(book: Ledger, subject: Subject, place: Place, unit: int) -> tuple[str, str]:
    if unit == WHOLE:
        return book.home
    return (subject.towns if place == "township" else subject.villages)[unit]


def _value(item: Indicator, units: Units, at: int) -> float | None:
    """Return a unit's figure in the card's unit."""
    x, n = float(units.x[at]), float(units.n[at])
    if item.interval == "srb":
        return None if n <= x else 100.0 * x / (n - x)
    return None if not n > 0 else item.factor * x / n
