"""One edition's tables as a viewer may hold them: every mask is laid on here, and only here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.errors import StoreError
from shortplank.store import disclosure, withheld
from shortplank.store.closing import Closings, banded_datasets, is_year_end
from shortplank.store.disclosure import Row
from shortplank.store.edition import Edition
from shortplank.store.marts import MartBuilder, read_marts


@dataclass(frozen=True)
class History:
    """The editions up to the one that is looked at: any of them, and which closed each year."""

    edition: Callable[[int], Edition]
    closings: Callable[[], Closings]


@dataclass
class Viewer:
    """What a viewer sees of one edition; without a history each year is closed by itself."""

    ws: Workspace
    shown: Edition
    history: History | None = None

    def townships(self, table: pa.Table) -> pa.Table:
        """Return the county and township mart as a viewer may hold it."""
        ws, home = self.ws, self.ws.settings.home
        if pc.any(pc.equal(table["area_code"], home)).as_py():
            over = {key for key, item in ws.indicators.items() if item.kind == "count_over"}
            figures = self._figures(table, over, county=None)
            table = withheld.county_counts_over(ws, table, figures)
        table = withheld.without_pins(ws, table)
        table = withheld.without_partly_chosen(ws, table, self._partial)
        return withheld.stop_at_county(ws, disclosure.band_townships(ws, table))

    def villages(self, table: pa.Table) -> pa.Table:
        """Return the home county's village mart as a viewer may hold it."""
        levels = {key for key, item in self.ws.indicators.items() if "village" in item.levels}
        figures = self._figures(table, levels, county=self.ws.settings.home)
        return disclosure.band_villages(self.ws, table, figures)

    def recounts(self, table: pa.Table) -> pa.Table:
        """Return recounted births by township, empty in years in which some villages were chosen.

        A year goes as a whole: a sum over its other months would be taken for the year's.
        """
        ws = self.ws
        years = {
            (county, ws.statistical_year(month))
            for dataset, county, month in self._partial
            if dataset == "recount"
        }
        item = ws.datasets.get("recount")
        stops = item is not None and item.lowest_for_viewers == "county"
        codes, months = (table[name].to_pylist() for name in ("area_code", "stat_month"))
        gone = [
            stops or (ws.county_of(code), ws.statistical_year(month)) in years
            for code, month in zip(codes, months, strict=True)
        ]
        mask = pa.chunked_array([pa.array(gone, pa.bool_())])
        return disclosure.without(table, mask, ("males", "females"))

    @cached_property
    def _partial(self) -> set[tuple[str, str, date]]:
        return withheld.partly_chosen(self.ws, self.shown)

    def _figures(
        self, table: pa.Table, keys: set[str], *, county: str | None
    ) -> dict[tuple[str, date], dict[str, Row] | None]:
        """Return the closed years of banded indicators that other editions give, by area."""
        if self.history is None:
            return {}
        closings = self.history.closings()
        months = [m for m in pc.unique(table["stat_month"]).to_pylist() if is_year_end(self.ws, m)]
        wanted: dict[int, list[tuple[str, date]]] = {}
        found: dict[tuple[str, date], dict[str, Row] | None] = {}
        for key, dataset in banded_datasets(self.ws).items():
            for month in months if key in keys else ():
                number = closings.get((dataset, month))
                if number is None:
                    found[key, month] = None
                elif number != self.shown.number:
                    wanted.setdefault(number, []).append((key, month))
        for number, pairs in wanted.items():
            found |= self._rows_of(number, pairs, county)
        return found

    def _rows_of(
        self, number: int, pairs: list[tuple[str, date]], county: str | None
    ) -> dict[tuple[str, date], dict[str, Row] | None]:
        """Return the rows that an earlier edition has; None where its files are lost."""
        assert self.history is not None
        keys = pa.array(sorted({key for key, _ in pairs}), pa.string())
        rows = pc.field("indicator").isin(keys)
        if county is None:
            rows = rows & (pc.field("area_code") == self.ws.settings.home)
        try:
            edition = self.history.edition(number)
            only = frozenset(month for _, month in pairs)
            table = read_marts(MartBuilder(self.ws.whole, edition, county=county, only=only), rows)
        except StoreError:
            return dict.fromkeys(pairs)
        found: dict[tuple[str, date], dict[str, Row] | None] = {pair: {} for pair in pairs}
        for row in table.to_pylist():
            own = found.get((row["indicator"], row["stat_month"]))
            if own is not None:
                own[row["area_code"]] = row
        return found
