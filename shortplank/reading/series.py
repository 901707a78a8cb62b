"""One area's months in one window, and each month against the same month of the year before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.gaps import first_full
from shortplank.reading.judged.counts import with_intervals
from shortplank.reading.measured import (
    PREFIX,
    Floats,
    Measured,
    changes_between,
    column,
    measure,
    withheld,
)
from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.wording.numbers import number_text, points_text, signed_text, unit_suffix
from shortplank.wording.periods import month_key

SAME_PERIOD: dict[Window, str] = {"month": "上年同月", "ytd": "上年同期", "r12": "上年同期"}
# Plotly repaints slowly beyond about 2,000 points; the small multiples draw two lines a township.
POINTS = 1900


@dataclass(frozen=True)
class Change:
    """The difference to the same period of the year before, with its interval."""

    item: Indicator
    difference: float
    lower: float
    upper: float

    @property
    def known(self) -> bool:
        """Return whether both periods have a value."""
        return not np.isnan(self.difference)

    @property
    def size(self) -> str:
        """Return the signed difference with its unit: +1.2 个百分点, −3 人."""
        text = points_text(self.item, self.difference, min(self.item.decimals, 1))
        return text if self.item.unit in ("%", "‰") else text + unit_suffix(self.item)

    @property
    def text(self) -> str:
        """Return the difference with its interval: +1.2 个百分点（+0.3 至 +2.1）."""
        if not self.known:
            return "–"
        text = self.size
        if np.isnan(self.lower):
            return text
        low, high = (signed_text(v) for v in (self.lower, self.upper))
        return f"{text}（{low} 至 {high}）"


@dataclass(frozen=True)
class Series:
    """One area's months in one window; only months in which a figure could be due."""

    code: str
    name: str
    months: list[date]
    years: list[int]
    measured: Measured
    whole: list[bool]
    reported: Floats
    expected: Floats
    filled: list[bool] = field(default_factory=list)
    """Whether the history holds all of each row's window; empty where it always does."""

    def pick(self, places: Sequence[int]) -> Series:
        """Return the same of some rows."""
        return replace(
            self,
            months=[self.months[i] for i in places],
            years=[self.years[i] for i in places],
            measured=self.measured.pick(list(places)),
            whole=[self.whole[i] for i in places],
            reported=self.reported[list(places)],
            expected=self.expected[list(places)],
            filled=[self.filled[i] for i in places if self.filled],
        )

    def place(self, month: date) -> int | None:
        """Return the row of a month, None where it has none."""
        return self.months.index(month) if month in self.months else None

    def restarts(self, place: int, window: Window) -> bool:
        """Return whether a row's figure begins anew: cumulative ones do every statistical year."""
        return window == "ytd" and place > 0 and self.years[place] != self.years[place - 1]

    def change(self, item: Indicator, place: int | None) -> Change:
        """Return a month's difference to the same month of the year before."""
        return changes_of(item, [(self, place)])[0]

    def _year_before(self, place: int | None) -> int | None:
        """Return the row that a row is compared with, None where that is another period."""
        then = None if place is None else self.place(add_months(self.months[place], -12))
        if place is None or then is None or np.isnan(self.measured.value[[place, then]]).any():
            return None
        if self.filled and not (self.filled[place] and self.filled[then]):
            return None
        return then


def changes_of(item: Indicator, rows: Sequence[tuple[Series, int | None]]) -> list[Change]:
    """Return the differences of series' rows to the same months of the year before.

    None is known where either window reaches back before the history: it is another period.
    """
    pairs = [(s, place, s._year_before(place)) for s, place in rows]
    known = [(s.measured, now, then) for s, now, then in pairs if then is not None]
    counts = [
        np.array([part[at] for part, at in each], dtype=np.float64)
        for each in (
            [(m.x, now) for m, now, _ in known],
            [(m.n, now) for m, now, _ in known],
            [(m.x, then) for m, _, then in known],
            [(m.n, then) for m, _, then in known],
        )
    ]
    told = iter(np.column_stack(changes_between(item, *counts)).tolist())
    nothing = (float("nan"),) * 3
    return [Change(item, *(nothing if then is None else next(told))) for _, _, then in pairs]


def series_of(view: View, table: pa.Table, area: str) -> Series:
    """Return one area's months of a table of `series_by_area`."""
    rows = table.filter(pc.equal(table["area_code"], area))
    return _of_area(view, _measured(view, rows), area, range(rows.num_rows))


def township_series(view: View, table: pa.Table) -> list[Series]:
    """Return the townships' months of a table of `series_by_area`, measured all at once."""
    rows = table.filter(pc.equal(table["level"], "township"))
    every, places = _measured(view, rows), dict[str, list[int]]()
    for at, code in enumerate(rows["area_code"].to_pylist()):
        places.setdefault(code, []).append(at)
    return [_of_area(view, every, code, own) for code, own in places.items()]


def _measured(view: View, rows: pa.Table) -> Series:
    """Return all rows, of whichever areas, also those in which no figure could be due."""
    item, window = view.item, view.window
    months, years = rows["stat_month"].to_pylist(), rows["statistical_year"].to_pylist()
    x, n = (column(rows, f"{PREFIX[window]}{part}") for part in ("numerator", "denominator"))
    due, came = column(rows, "expected"), column(rows, "reported")
    if item.closed_years_only:
        opens = view.ws.settings.statistical_year_first_month
        ends = np.array([m.month % 12 + 1 == opens for m in months], dtype=bool)
        ends |= np.array([level == "county" for level in rows["level"].to_pylist()], dtype=bool)
        x, n, due = (np.where(ends, counts, np.nan) for counts in (x, n, due))
    # A rolling window that the history does not fill yet is not a report that is missing.
    could = np.where(np.isnan(x), np.nan, due) if window == "r12" else due
    keys = [month_key(month) for month in months]
    measured = measure(item, keys, keys, x, n, could, withheld(item, rows))
    first = first_full(view)
    return Series(
        "",
        "",
        months,
        years,
        with_intervals(view.ws, item, rows, measured, rows["area_code"].to_pylist()),
        (np.isnan(due) | (came >= due)).tolist(),
        column(rows, f"{PREFIX[window]}reported"),
        column(rows, f"{PREFIX[window]}expected"),
        [first is None or month >= first for month in months],
    )


def _of_area(view: View, every: Series, area: str, places: Iterable[int]) -> Series:
    """Return an area's months, those in which a figure could be due."""
    due = [at for at in places if every.measured.state[at] != "not_expected"]
    return replace(every.pick(due), code=area, name=view.ws.area_by_code[area].name)


def recent(towns: list[Series]) -> list[Series]:
    """Return the townships' last months, as many as a page can draw at once."""
    if not towns:
        return towns
    most = max(POINTS // (2 * len(towns)), 1)
    most = most if most < 12 else most - most % 12 if most < 36 else most
    return [town.pick(range(len(town.months))[-most:]) for town in towns]


def reports_text(series: Series, i: int) -> str:
    """Return reports received of reports due over a row's window: 185/185."""
    if np.isnan(series.expected[i]) or not series.expected[i]:
        return "–"
    return f"{number_text(series.reported[i])}/{number_text(series.expected[i])}"
