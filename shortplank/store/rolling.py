"""One month's units, and what they and their counties hold over its three windows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator
from shortplank.store.indicators import (
    SCHEMA,
    Figures,
    Rolled,
    figures_of,
    indicator_rows,
    labels_of,
    window_rule,
)
from shortplank.store.units import Units
from shortplank.store.windows import Counts, FloatArray, IndexArray, over_windows, summed

Labels = tuple[tuple[tuple[str, ...], bytes], dict[str, pa.Array]]
# A nation's townships are put into rows a part at a time, to keep within memory.
MOST_AREAS = 8_192


class Rolling:
    """The units as they stand in one month; everything is windows × units, in the units' order."""

    def __init__(
        self, ws: Workspace, units: Units, month: date, labels: dict[str, Labels] | None = None
    ) -> None:
        self._ws, self._units, self._month = ws, units, month
        # What names a county's rows, kept from month to month while they are the same.
        self._labels = {} if labels is None else labels
        self._heirs, self._valid = units.heirs(month), units.valid(month)
        rows = units.rows
        self._stands = self._valid[rows]
        if units.of_villages:
            self._stands = self._stands & (self._heirs[rows] == rows)
        self._counties = units.counties[rows]
        above = units.of_register(units.parents[rows])
        self._groups = np.where(self._counties, np.arange(len(rows)), above)

    def measures(self, months: Sequence[Counts], needed: Collection[str]) -> dict[str, FloatArray]:
        """Return every needed measure: a county's is the sum of its townships' windows."""
        names = sorted({name for counts in months for name in counts.names} & set(needed))
        stocks = tuple(n for n in names if window_rule(self._ws, n) == "last")
        flows = tuple(n for n in names if n not in stocks)
        heirs = self._units.of_register(self._heirs[self._units.rows])
        values = over_windows(months, flows, stocks, heirs, self._ws.year_start(self._month))
        # The stock of a unit that is gone counts no more; what flowed there before still does.
        values[:, len(flows) :, ~self._stands] = np.nan
        counties = None if self._units.of_villages else self._to_counties(values)
        values[:, :, ~self._stands] = np.nan
        if counties is not None:
            values[:, :, self._counties] = counties[:, :, self._counties]
        return {name: values[:, row] for row, name in enumerate((*flows, *stocks))}

    def count_over(self, months: Sequence[Counts], least: float) -> FloatArray:
        """Return how many villages of each area stand at or over a line; ``months`` are totals.

        An area of which no village reported in a window has no count; the month itself has none.
        """
        start = self._ws.year_start(self._month)
        totals = over_windows(months, ("total",), (), self._heirs, start)[:, 0]
        totals[:, ~self._valid] = np.nan
        over = np.where(np.isnan(totals), np.nan, totals >= least)
        over[0] = np.nan
        townships = self._units.of_register(self._units.parents)
        counts = summed(over, townships, len(self._groups))
        counts[:, self._counties] = self._to_counties(counts)[:, self._counties]
        return counts

    def streaks(self, checks: pa.Table) -> FloatArray:
        """Return each area's number of checks in a row, the same in each window."""
        at = self._units.index(checks["area_code"])
        values = np.full(len(self._groups), np.nan)
        values[at[at >= 0]] = checks["n"].to_numpy()[at >= 0]
        return np.tile(values, (3, 1))

    def rows(self, built: Mapping[str, Indicator], rolled: Rolled, *, full: bool) -> pa.Table:
        """Return the mart's rows of the month, counties first."""
        tables = []
        for mask in (self._counties, ~self._counties):
            at = np.flatnonzero(self._stands & mask)
            for some in np.split(at, range(MOST_AREAS, len(at), MOST_AREAS)) if len(at) else ():
                areas = self._areas(some)
                found = self._figures(built, rolled, areas, some, full=full)
                tables.append(indicator_rows(found, labels_of(areas, found.shown)))
        return pa.concat_tables(tables) if tables else SCHEMA.empty_table()

    def rows_by_county(
        self,
        built: Mapping[str, Indicator],
        rolled: Rolled,
        counties: Collection[str],
        *,
        full: bool,
    ) -> Iterator[tuple[str, pa.Table]]:
        """Yield the rows of the villages of each of these counties, as by itself."""
        at = np.flatnonzero(self._stands)
        areas = self._areas(at)
        found = self._figures(built, rolled, areas, at, full=full) if len(at) else None
        for county in counties:
            span = self._units.spans[county]
            first, last = (int(n) for n in np.searchsorted(at, (span.start, span.stop)))
            if found is None or first == last:
                yield county, SCHEMA.empty_table()
                continue
            own, shown = areas.slice(first, last - first), found.shown
            key = (shown, at[first:last].tobytes())
            if self._labels.get(county, ((), {}))[0] != key:
                self._labels[county] = key, labels_of(own, shown)
            yield county, indicator_rows(found, self._labels[county][1], first)

    def _figures(
        self,
        built: Mapping[str, Indicator],
        rolled: Rolled,
        areas: pa.Table,
        at: IndexArray,
        *,
        full: bool,
    ) -> Figures:
        """Return the figures of units of one level."""
        values = {name: each[:, at] for name, each in rolled.items()}
        level = areas["level"][0].as_py()
        return figures_of(self._ws, built, values, level, len(at), self._month, full=full)

    def _areas(self, at: IndexArray) -> pa.Table:
        register = self._units.register.select(["area_code", "level", "parent_code"])
        return register.take(self._units.rows[at])

    def _to_counties(self, values: FloatArray) -> FloatArray:
        return summed(values, self._groups, len(self._groups))
