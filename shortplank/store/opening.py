"""One edition, opened for one role: a locked-down DuckDB that holds its marts and registers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from functools import partial

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.access import Actor, Reads
from shortplank.catalogue import Workspace
from shortplank.store import disclosure
from shortplank.store.editions import Edition
from shortplank.store.marts import MartBuilder, Progress, read_marts
from shortplank.store.schema import dataset_schema
from shortplank.store.units import area_table, successor_table
from shortplank.store.viewing import History, Viewer

MEMORY_LIMIT = "1GB"


class OpenEdition:
    """A locked-down in-memory DuckDB that holds one edition's marts for one role.

    A relation is filled when the first query that reads it is asked. ``indicator`` holds the home
    county and its townships, and those of another county from the first question on that names
    it; ``peer_indicator`` holds the peer counties that report here. So a county costs the same in
    a province or a nation as by itself. ``history`` is what a viewer's closed years come from.
    """

    def __init__(
        self,
        ws: Workspace,
        edition: Edition,
        role: Reads,
        progress: Progress | None = None,
        history: History | None = None,
    ) -> None:
        self._local = threading.local()
        self._lock = threading.Lock()
        self._filled: set[str] = set()
        self._counties = {ws.settings.home}
        self._con = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": 1})
        self._con.execute("set enable_external_access = false")
        self._con.execute("set lock_configuration = true")
        viewer = None if Actor(role).may("see_exact") else Viewer(ws, edition, history)

        def townships(rows: pc.Expression) -> pa.Table:
            table = read_marts(MartBuilder(ws, edition, progress=progress), rows)
            return viewer.townships(table) if viewer else table

        def peers() -> pa.Table:
            codes = pa.array(sorted({peer.area_code for peer in ws.peers}), pa.string())
            return townships(pc.field("area_code").isin(codes))

        def villages() -> pa.Table:
            builder = MartBuilder(ws, edition, county=ws.settings.home, progress=progress)
            table = read_marts(builder)
            return viewer.villages(table) if viewer else disclosure.with_shown(table)

        def recounts() -> pa.Table:
            table = disclosure.recounts(ws, _dataset(ws, edition, "recount"))
            return viewer.recounts(table) if viewer else table

        self._townships = townships
        self._sources: dict[str, Callable[[], pa.Table]] = {
            "indicator": lambda: townships(_within(ws.settings.home)),
            "peer_indicator": peers,
            "village_indicator": villages,
            **{
                name: partial(_dataset, ws, edition, name)
                for name in ("peer_month", "city_month", "submission", "cross_source")
            },
            "recount": recounts,
            "inspection": lambda: disclosure.inspections(
                ws, _dataset(ws, edition, "inspection"), viewer=viewer is not None
            ),
            **{name: partial(_register_table, ws, name) for name in _REGISTERS},
        }

    @property
    def relations(self) -> list[str]:
        """Return the names of all relations that a query may read."""
        return list(self._sources)

    def holds(self, relations: Iterable[str]) -> bool:
        """Return whether the relations are loaded, so that asking them needs no building."""
        return self._filled.issuperset(relations)

    def fill(self, relations: Collection[str], counties: Iterable[str] = ()) -> None:
        """Load the relations that are not loaded yet, with the townships of these counties too."""
        with self._lock:
            for name in relations:
                if name in self._filled:
                    continue
                self._load(f'create table "{name}" as', self._sources[name]())
                self._filled.add(name)
            if "indicator" in relations:
                for county in set(counties) - self._counties:
                    self._load("insert into indicator", self._townships(_within(county)))
                    self._counties.add(county)

    def _load(self, into: str, table: pa.Table) -> None:
        self._con.register("incoming", table)
        self._con.execute(f"{into} select * from incoming")
        self._con.unregister("incoming")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return this thread's cursor; a connection shared by threads mixes up results."""
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._con.cursor()
        return cursor


def _within(county: str) -> pc.Expression:
    """Return which rows are a county's own and its townships'."""
    return (pc.field("area_code") == county) | (pc.field("parent_code") == county)


def _dataset(ws: Workspace, edition: Edition, dataset: str) -> pa.Table:
    if dataset not in ws.datasets:
        return _EMPTY[dataset].empty_table()
    months = edition.months(dataset)
    tables = [table for m in months if (table := edition.table(dataset, m)) is not None]
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
