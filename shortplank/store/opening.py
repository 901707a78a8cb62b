"""One edition, opened for one role: a locked-down DuckDB that holds its marts and registers."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.access import Actor, Reads
from shortplank.catalogue import Workspace
from shortplank.store import disclosure, indicators, province, withheld
from shortplank.store.editions import Edition
from shortplank.store.form_versions import form_versions
from shortplank.store.marts import MartBuilder, Progress, read_marts
from shortplank.store.schema import dataset_schema
from shortplank.store.units import area_table, successor_table
from shortplank.store.viewing import History, Viewer

MEMORY_LIMIT = "1GB"
# What a county's tables may hold together, as Arrow counts them.
MOST_BYTES = 160_000_000
# What is a county's own: of other relations there is one of all counties.
LOCAL = ("indicator", "village_indicator", "submission", "recount", "inspection", "cross_source")
Held = tuple[str, str]
"""A relation and the county that it is of, "" where it is one of all."""


@dataclass(frozen=True)
class _Cursor:
    """A cursor, and of which county its views of each relation are."""

    own: duckdb.DuckDBPyConnection
    seen: dict[str, str] = field(default_factory=dict)


class OpenEdition:
    """A locked-down in-memory DuckDB that holds one edition's marts for one role.

    A relation is filled when the first query that reads it is asked. Registers and the peers that
    report here are held once. What is a county's own (`LOCAL`) is a table a county, filled from
    the first question on that looks at it; a question reads those of one county under the names
    that it writes. So a county costs the same in a province or a nation as by itself. Counties
    that nobody reads are let go, the longest unread first, where all hold more than ``most`` bytes.
    ``history`` gives a viewer's closed years of a county.
    """

    def __init__(
        self,
        ws: Workspace,
        edition: Edition,
        role: Reads,
        progress: Progress | None = None,
        history: Callable[[str], History] | None = None,
        most: int = MOST_BYTES,
    ) -> None:
        self._ws, self._most = ws, most
        self._tables = Tables(ws, edition, masked=not Actor(role).may("see_exact"),
                              progress=progress, history=history)  # fmt: skip
        self._idle: deque[_Cursor] = deque()
        self._filling, self._counting = threading.Lock(), threading.Lock()
        self._filled: dict[Held, int] = {}
        self._readers: OrderedDict[str, int] = OrderedDict()
        self._con = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": 1})
        self._con.execute("set enable_external_access = false")
        self._con.execute("set lock_configuration = true")

    @property
    def relations(self) -> list[str]:
        """Return the names of all relations that a query may read."""
        return [*LOCAL, *self._tables.shared]

    @property
    def counties(self) -> dict[str, int]:
        """Return the bytes that are held of each county, the longest unread first."""
        held = {county: 0 for county in [*self._readers]}
        for (_, county), size in [*self._filled.items()]:
            if county in held:
                held[county] += size
        return held

    def holds(self, relations: Iterable[str], county: str = "") -> bool:
        """Return whether the relations are loaded, so that asking them needs no building."""
        return all(self._held(name, county) in self._filled for name in relations)

    def fill(self, relations: Iterable[str], county: str = "") -> None:
        """Load the relations that are not loaded yet; a county's own are those of ``county``."""
        with self.reading(relations, county):
            pass

    @contextmanager
    def reading(
        self, relations: Iterable[str], county: str = ""
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor to read with, under whose names the relations are those of a county.

        ``county`` is the home where it is not named. While it is read, nothing of it is let go, and
        nobody else has the cursor: one that threads share mixes up results.
        """
        names, own = list(relations), county or self._ws.settings.home
        with self._counting:
            self._readers[own] = self._readers.get(own, 0) + 1
            self._readers.move_to_end(own)
        try:
            if not self.holds(names, own):
                self._fill(names, own)
            cursor = self._taken()
            try:
                yield self._looking(cursor, names, own)
            finally:
                self._idle.append(cursor)
        finally:
            with self._counting:
                self._readers[own] -= 1

    def _held(self, name: str, county: str) -> Held:
        return name, (county or self._ws.settings.home) if name in LOCAL else ""

    def _fill(self, relations: Iterable[str], county: str) -> None:
        with self._filling:
            for held in (self._held(name, county) for name in relations):
                if held not in self._filled:
                    table = self._tables.made(*held)
                    self._con.register("incoming", table)
                    self._con.execute(f'create table "{_table(held)}" as select * from incoming')
                    self._con.unregister("incoming")
                    self._filled[held] = table.nbytes
            for gone in self._let_go():
                self._con.execute(f'drop table "{_table(gone)}"')

    def _let_go(self) -> list[Held]:
        """Return the tables of counties to drop, which are no longer counted as filled."""
        with self._counting:
            sizes, gone = self.counties, list[Held]()
            for county in list(sizes):
                if sum(sizes.values()) <= self._most:
                    break
                if self._readers[county] == 0:
                    gone += [held for held in self._filled if held[1] == county]
                    del sizes[county], self._readers[county]
            for held in gone:
                del self._filled[held]
            return gone

    def _looking(
        self, cursor: _Cursor, relations: Iterable[str], county: str
    ) -> duckdb.DuckDBPyConnection:
        """Return a cursor, whose own views of a county's relations are now of this one."""
        for name in relations:
            if name in LOCAL and cursor.seen.get(name) != county:
                own = _table(self._held(name, county))
                cursor.own.execute(
                    f'create or replace temp view "{name}" as select * from memory.main."{own}"'
                )
                cursor.seen[name] = county
        return cursor.own

    def _taken(self) -> _Cursor:
        """Return a cursor that nobody reads with: each run is a thread of its own, and what it
        looks at is mostly what the one before has looked at.
        """
        try:
            return self._idle.pop()
        except IndexError:
            return _Cursor(self._con.cursor())


def _table(held: Held) -> str:
    return "@".join(filter(None, held))


class Tables:
    """What an edition's relations are made of, masked where the role is no exact one's.

    ``ws`` is the workspace as it was read, whose counties they are of, or that `at` a province.
    """

    def __init__(
        self,
        ws: Workspace,
        edition: Edition,
        *,
        masked: bool,
        progress: Progress | None,
        history: Callable[[str], History] | None,
    ) -> None:
        self._ws, self._edition, self._progress = ws, edition, progress
        self._masked, self._history = masked, history
        self._several = sum(area.level == "county" for area in ws.whole.area_by_code.values()) > 1
        self.shared: dict[str, Callable[[], pa.Table]] = {
            "peer_indicator": self._peers,
            **{name: partial(_dataset, ws, edition, name) for name in ("peer_month", "city_month")},
            "form_version": self._form_versions,
            **{name: partial(_register_table, ws, name) for name in _REGISTERS},
        }

    def made(self, name: str, county: str) -> pa.Table:
        """Return a relation's rows; of what is a county's own those of one county."""
        if name in self.shared:
            return self.shared[name]()
        if self._ws is not self._ws.whole:
            return self._of_province(name)
        ws = self._ws.at(county)
        viewer = self._viewer(ws)
        match name:
            case "indicator":
                return self._townships(viewer, _within(county))
            case "village_indicator":
                table = read_marts(self._builder(county))
                return viewer.villages(table) if viewer else disclosure.with_shown(table)
        table = _dataset(ws, self._edition, name, self._codes(county))
        match name:
            case "recount":
                table = disclosure.recounts(ws, table)
                return viewer.recounts(table) if viewer else table
            case "inspection":
                return disclosure.inspections(ws, table, viewer=viewer is not None)
        return table

    def _of_province(self, name: str) -> pa.Table:
        """Return the province's and its counties' rows; there is nothing else that is its own."""
        if name == "indicator":
            builder = self._builder(None)
            return province.rows(self._ws, builder, masked=self._masked)
        if name == "village_indicator":
            return disclosure.with_shown(indicators.SCHEMA.empty_table())
        return _EMPTY[name].empty_table()

    def _builder(self, county: str | None) -> MartBuilder:
        return MartBuilder(self._ws.whole, self._edition, county=county, progress=self._progress)

    def _viewer(self, ws: Workspace) -> Viewer | None:
        if not self._masked:
            return None
        return Viewer(ws, self._edition, self._history(ws.settings.home) if self._history else None)

    def _townships(self, viewer: Viewer | None, rows: pc.Expression) -> pa.Table:
        table = read_marts(self._builder(None), rows)
        return viewer.townships(table) if viewer else table

    def _peers(self) -> pa.Table:
        codes = pa.array(sorted({peer.area_code for peer in self._ws.peers}), pa.string())
        table = self._townships(self._viewer(self._ws), pc.field("area_code").isin(codes))
        if not self._masked:
            return table
        return withheld.without_counts_over(self._ws, table, but=self._ws.settings.home)

    def _form_versions(self) -> pa.Table:
        known = self._history(self._ws.settings.home).edition if self._history else None
        return form_versions(self._ws, self._edition, known)

    def _codes(self, county: str) -> pa.Array | None:
        """Return the areas of a county, None where there is no other."""
        if not self._several:
            return None
        below, found = self._ws.whole.areas_below, [county]
        for code in found:
            found.extend(area.area_code for area in below.get(code, ()))
        return pa.array(dict.fromkeys(found), pa.string())


def _within(county: str) -> pc.Expression:
    """Return which rows are a county's own and its townships'."""
    return (pc.field("area_code") == county) | (pc.field("parent_code") == county)


def _dataset(
    ws: Workspace, edition: Edition, dataset: str, codes: pa.Array | None = None
) -> pa.Table:
    """Return all months of a dataset; ``codes`` are the areas that are wanted, None all."""
    if dataset not in ws.datasets:
        return _EMPTY[dataset].empty_table()
    months = edition.months(dataset)
    tables = [table for m in months if (table := edition.table(dataset, m)) is not None]
    if codes is not None:
        tables = [each.filter(pc.is_in(each["area_code"], codes)) for each in tables]
    schema = dataset_schema(ws, dataset)
    return pa.concat_tables(tables).cast(schema) if tables else schema.empty_table()


_BULLETIN = pa.schema(
    [
        ("area_code", pa.string()),
        ("stat_month", pa.date32()),
        ("indicator", pa.string()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
        ("value", pa.float64()),
        ("published_rank", pa.int64()),
    ]
)
_COUNT = pa.int64()
_EMPTY = {
    "cross_source": pa.schema(
        [
            ("area_code", pa.string()),
            ("stat_month", pa.date32()),
            ("source", pa.string()),
            *((f"births_{name}", _COUNT) for name in ("hospital", "vaccination", "registered")),
        ]
    ),
    "recount": pa.schema(
        [
            ("area_code", pa.string()),
            ("stat_month", pa.date32()),
            ("recount_date", pa.date32()),
            ("births_m", _COUNT),
            ("births_f", _COUNT),
        ]
    ),
    "inspection": pa.schema(
        [
            ("area_code", pa.string()),
            ("stat_month", pa.date32()),
            ("inspection_id", pa.string()),
            ("date", pa.date32()),
            *((name, pa.string()) for name in ("level", "kind", "subject")),
            *((name, _COUNT) for name in disclosure.FOUND),
        ]
    ),
    "peer_month": _BULLETIN,
    "city_month": _BULLETIN,
    "submission": pa.schema(
        [
            ("area_code", pa.string()),
            ("stat_month", pa.date32()),
            ("form", pa.string()),
            ("revision", pa.int64()),
            ("received_at", pa.date32()),
            ("file_sha256", pa.string()),
            ("sheet", pa.string()),
            ("cells", pa.string()),
        ]
    ),
}


_TEXT, _DAY, _YEAR = pa.string(), pa.date32(), pa.int32()
# Registers by relation: the workspace's attribute, and each column's field and type.
_REGISTERS: dict[str, tuple[str, dict[str, tuple[str, pa.DataType]]]] = {
    "peer": (
        "peers",
        {
            "area_code": ("area_code", _TEXT),
            "name": ("name", _TEXT),
            "class": ("class_", _TEXT),
            "region": ("group", _TEXT),
            "valid_from": ("valid_from", _DAY),
            "valid_to": ("valid_to", _DAY),
        },
    ),
    "class_history": (
        "class_history",
        {
            "statistical_year": ("statistical_year", _YEAR),
            "area_code": ("area_code", _TEXT),
            "class": ("class_", _TEXT),
            "region": ("group", _TEXT),
        },
    ),
    "status": (
        "status",
        {
            "area_code": ("area_code", _TEXT),
            "status": ("status", _TEXT),
            "valid_from": ("valid_from", _DAY),
            "valid_to": ("valid_to", _DAY),
            "source": ("source", _TEXT),
        },
    ),
    "support": (
        "support",
        {
            "area_code": ("area_code", _TEXT),
            "role": ("role", _TEXT),
            "unit": ("unit", _TEXT),
            "valid_from": ("valid_from", _DAY),
            "valid_to": ("valid_to", _DAY),
            "source": ("source", _TEXT),
        },
    ),
    "target": (
        "targets",
        {
            "area_code": ("area_code", _TEXT),
            "indicator": ("indicator", _TEXT),
            "statistical_year": ("statistical_year", _YEAR),
            "target": ("target", pa.float64()),
            "source": ("source", _TEXT),
        },
    ),
    "area": ("areas", {}),
    "successor": ("successors", {}),
    "card": ("indicators", {}),
    "form": ("forms", {}),
}


def _register_table(ws: Workspace, relation: str) -> pa.Table:
    """Return one register or part of the catalogue as a relation."""
    match relation:
        case "area":
            return area_table(ws)
        case "successor":
            return successor_table(ws)
        case "card":
            return pa.table(
                {
                    "indicator": list(ws.indicators),
                    "label": [item.label for item in ws.indicators.values()],
                    "family": [item.family for item in ws.indicators.values()],
                    "factor": [item.factor for item in ws.indicators.values()],
                }
            )
        case "form":
            forms = ws.forms
            return pa.table(
                {
                    "form": pa.array(list(forms), _TEXT),
                    "label": pa.array([form.label for form in forms.values()], _TEXT),
                    "expected": pa.array([form.expected for form in forms.values()], _TEXT),
                }
            )
    attribute, columns = _REGISTERS[relation]
    rows = getattr(ws, attribute)
    return pa.table(
        {
            name: pa.array([getattr(row, field) for row in rows], kind)
            for name, (field, kind) in columns.items()
        }
    )
