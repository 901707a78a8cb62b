"""The one way to ask: every question is a file in ``queries/``, answered from an edition's marts."""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from shortplank.access import ROLES, Role
from shortplank.catalogue import Workspace, load_workspace
from shortplank.errors import AskError, ShortplankError
from shortplank.store import disclosure
from shortplank.store.editions import Edition, Store
from shortplank.store.marts import MartBuilder, Progress, area_table, successor_table, read_marts

PROJECT = Path(__file__).resolve().parents[2]
QUERIES = PROJECT / "queries"
DEMO = PROJECT / "data" / "demo"
OPEN_EDITIONS = 4
CACHED_ANSWERS = 4096
MEMORY_LIMIT = "1GB"


# --- questions ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Query:
    """A query file: its SQL and the contract in its header."""

    name: str
    path: Path
    sql: str
    about: str
    grain: str
    params: tuple[str, ...]
    columns: tuple[str, ...]
    reads: tuple[str, ...]


_HEADER = re.compile(r"^--\s?(.*)$")


def parse_query(path: Path) -> Query:
    """Return a query file with its header read; the header's form is in ``queries/README.md``."""
    text = path.read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        if not (match := _HEADER.match(line)):
            break
        lines.append(match.group(1))
    fields: dict[str, str] = {}
    key = "about"
    for line in lines:
        if match := re.match(r"^(grain|params|columns|reads):\s*(.*)$", line):
            key = match.group(1)
            line = match.group(2)
        fields[key] = (fields.get(key, "") + "\n" + line).strip()
    names = fields.get("columns", "").replace("\n", " ")
    reads = fields.get("reads", "").replace("\n", " ")
    return Query(
        name=path.stem,
        path=path,
        sql=text,
        about=fields.get("about", ""),
        grain=fields.get("grain", ""),
        params=tuple(re.findall(r"\$(\w+)", fields.get("params", ""))),
        columns=tuple(part.strip() for part in names.split(",") if part.strip()),
        reads=tuple(part.strip() for part in reads.split(",") if part.strip()),
    )


@cache
def all_queries() -> dict[str, Query]:
    """Return every query by name; names are unique over all topics."""
    return {path.stem: parse_query(path) for path in sorted(QUERIES.glob("*/*.sql"))}


# --- one edition, opened for one role -------------------------------------------------------------
class OpenEdition:
    """A locked-down in-memory DuckDB that holds one edition's marts for one role.

    A relation is filled when the first query that reads it is asked.
    """

    def __init__(
        self, ws: Workspace, edition: Edition, role: Role, progress: Progress | None = None
    ) -> None:
        self._local = threading.local()
        self._lock = threading.Lock()
        self._filled: set[str] = set()
        self._con = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": 1})
        self._con.execute("set enable_external_access = false")
        self._con.execute("set lock_configuration = true")
        viewer = role == "viewer"
        banded_towns = disclosure.band_townships if viewer else _as_is
        banded_villages = disclosure.band_villages if viewer else _exact

        def townships() -> pa.Table:
            return banded_towns(ws, read_marts(MartBuilder(ws, edition, progress=progress)))

        def villages() -> pa.Table:
            builder = MartBuilder(ws, edition, county=ws.settings.home, progress=progress)
            return banded_villages(ws, read_marts(builder))

        self._sources: dict[str, Callable[[], pa.Table]] = {
            "indicator": townships,
            "village_indicator": villages,
            **{
                name: partial(_dataset, ws, edition, name)
                for name in ("peer_month", "city_month", "submission")
            },
            **{name: partial(_register_table, ws, name) for name in _REGISTERS},
        }

    def holds(self, relations: Iterable[str]) -> bool:
        """Return whether the relations are loaded, so that asking them needs no building."""
        return self._filled.issuperset(relations)

    def fill(self, relations: Iterable[str]) -> None:
        """Load the relations that are not loaded yet."""
        with self._lock:
            for name in relations:
                if name in self._filled:
                    continue
                self._con.register("incoming", self._sources[name]())
                self._con.execute(f'create table "{name}" as select * from incoming')
                self._con.unregister("incoming")
                self._filled.add(name)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return this thread's cursor; a connection shared by threads mixes up results."""
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._con.cursor()
        return cursor


def _as_is(ws: Workspace, table: pa.Table) -> pa.Table:
    return table


def _exact(ws: Workspace, table: pa.Table) -> pa.Table:
    return disclosure.with_shown(table)


def _dataset(ws: Workspace, edition: Edition, dataset: str) -> pa.Table:
    from shortplank.store.schema import dataset_schema

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
_EMPTY = {
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
    "peer": ("peers", {
        "area_code": ("area_code", _TEXT), "name": ("name", _TEXT), "class": ("class_", _TEXT),
        "region": ("group", _TEXT), "valid_from": ("valid_from", _DAY),
        "valid_to": ("valid_to", _DAY),
    }),
    "class_history": ("class_history", {
        "statistical_year": ("statistical_year", _YEAR), "area_code": ("area_code", _TEXT),
        "class": ("class_", _TEXT), "region": ("group", _TEXT),
    }),
    "status": ("status", {
        "area_code": ("area_code", _TEXT), "status": ("status", _TEXT),
        "valid_from": ("valid_from", _DAY), "valid_to": ("valid_to", _DAY),
        "source": ("source", _TEXT),
    }),
    "support": ("support", {
        "area_code": ("area_code", _TEXT), "role": ("role", _TEXT), "unit": ("unit", _TEXT),
        "valid_from": ("valid_from", _DAY), "valid_to": ("valid_to", _DAY),
        "source": ("source", _TEXT),
    }),
    "target": ("targets", {
        "area_code": ("area_code", _TEXT), "indicator": ("indicator", _TEXT),
        "statistical_year": ("statistical_year", _YEAR), "target": ("target", pa.float64()),
        "source": ("source", _TEXT),
    }),
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
            return pa.table({
                "indicator": list(ws.indicators),
                "label": [item.label for item in ws.indicators.values()],
                "family": [item.family for item in ws.indicators.values()],
                "factor": [item.factor for item in ws.indicators.values()],
            })
        case "form":
            forms = ws.forms
            return pa.table({
                "form": pa.array(list(forms), _TEXT),
                "label": pa.array([form.label for form in forms.values()], _TEXT),
                "expected": pa.array([form.expected for form in forms.values()], _TEXT),
            })
    attribute, columns = _REGISTERS[relation]
    rows = getattr(ws, attribute)
    return pa.table({
        name: pa.array([getattr(row, field) for row in rows], kind)
        for name, (field, kind) in columns.items()
    })


# --- asking ---------------------------------------------------------------------------------------
class Engine:
    """Answers questions about one workspace; safe to share by threads."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.store = Store(ws.path, ws)
        self._lock = threading.RLock()
        self._open: OrderedDict[tuple[int, Role], OpenEdition] = OrderedDict()
        self._answers: OrderedDict[tuple[Any, ...], pa.Table] = OrderedDict()
        self.edition = lru_cache(maxsize=64)(self.store.edition)

    def open(self, number: int, role: Role, progress: Progress | None = None) -> OpenEdition:
        """Return an edition opened for a role, building its marts when they are not there."""
        key = (number, role)
        with self._lock:
            if key not in self._open:
                self._open[key] = OpenEdition(self.ws, self.edition(number), role, progress)
                while len(self._open) > OPEN_EDITIONS:
                    self._open.popitem(last=False)
            self._open.move_to_end(key)
            return self._open[key]

    def ask(
        self, name: str, edition: int | None = None, role: Role = "viewer", **params: object
    ) -> pa.Table:
        """Return the answer to one question as an Arrow table.

        ``name`` is a query's file name without ``.sql`` (its topic may stand before it);
        ``edition`` a number, the newest by default. Raises `AskError` for an unknown question, an
        unknown role or parameters that are not the query's own.
        """
        number = edition if edition is not None else self.newest()
        key = (name, number, role, tuple(sorted(params.items())))
        with self._lock:
            if (answer := self._answers.get(key)) is not None:
                self._answers.move_to_end(key)
                return answer
        answer = self._answer(name, number, role, params)
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > CACHED_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def forget(self) -> None:
        """Drop the cached answers (opened editions stay)."""
        with self._lock:
            self._answers.clear()

    def newest(self) -> int:
        """Return the number of the newest edition, 0 where there is none."""
        numbers = self.store.numbers()
        return numbers[-1] if numbers else 0

    def _answer(self, name: str, number: int, role: Role, params: dict[str, object]) -> pa.Table:
        query = all_queries().get(name.rsplit("/", 1)[-1])
        if query is None:
            known = "、".join(sorted(all_queries()))
            raise AskError(f"没有名为 {name} 的查询", mend=f"可用的查询：{known}")
        if role not in ROLES:
            raise AskError(f"没有角色 {role}", mend="角色是 analyst 或 viewer")
        if set(params) != set(query.params):
            wanted = "、".join(query.params) or "没有参数"
            raise AskError("参数不符", place=query.name, mend=f"这个查询的参数是：{wanted}")
        bound = {key: _parameter(query.name, key, value) for key, value in params.items()}
        opened = self.open(number, role)
        opened.fill(query.reads)
        cursor = opened.cursor()
        try:
            return cursor.sql(query.sql, params=bound).to_arrow_table()
        except duckdb.Error as error:
            raise AskError(
                "查询没有成功", place=query.name, mend=f"请检查参数（{_first_line(error)}）"
            ) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _parameter(query: str, name: str, value: object) -> object:
    """Return a parameter as DuckDB takes it; months may be written 2010-05."""
    if not (name == "month" or name.endswith("_month")) or not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value + "-01" if len(value) == 7 else value)
    except ValueError as error:
        raise AskError(
            f"参数 {name}={value} 不是月份", place=query, mend="请写成 2010-05"
        ) from error


def workspace_path() -> Path:
    """Return the workspace that ``SHORTPLANK_WORKSPACE`` names, the demo by default."""
    return Path(os.environ.get("SHORTPLANK_WORKSPACE") or DEMO)


_SETTINGS = ("workspace.toml", "areas.csv", "successors.csv", "aliases.csv", "peers.csv",
             "class_history.csv", "registers", "registers/status.csv", "registers/support.csv",
             "registers/targets.csv", "catalogue", "catalogue/measures.toml",
             "catalogue/scheme.toml", "catalogue/events.toml", "catalogue/rules.toml",
             "catalogue/indicators", "catalogue/forms")


def _signature(path: Path) -> tuple[tuple[str, int, int], ...]:
    found = []
    for name in _SETTINGS:
        try:
            stat = os.stat(path / name)
        except OSError:
            continue
        found.append((name, stat.st_mtime_ns, stat.st_size))
    for folder in ("catalogue/indicators", "catalogue/forms"):
        if (path / folder).is_dir():
            found += [
                (entry.name, entry.stat().st_mtime_ns, entry.stat().st_size)
                for entry in os.scandir(path / folder)
            ]
    return tuple(sorted(found))


_engines_lock = threading.Lock()


@lru_cache(maxsize=4)
def _engine(path: Path, signature: object) -> Engine:
    return Engine(load_workspace(path))


def engine(path: Path | str | None = None) -> Engine:
    """Return the shared engine of a workspace, a new one when its settings have changed."""
    root = Path(path) if path else workspace_path()
    with _engines_lock:
        return _engine(root, _signature(root))


def ask(
    name: str,
    edition: int | None = None,
    role: Role = "viewer",
    *,
    workspace: Path | str | None = None,
    **params: object,
) -> pa.Table:
    """Return the answer to a question of ``queries/`` about the workspace, as an Arrow table.

    >>> ask("areas_by_level").column_names[:2]
    ['area_code', 'parent_code']
    """
    return engine(workspace).ask(name, edition, role, **params)


__all__ = ["AskError", "Engine", "ShortplankError", "all_queries", "ask", "engine"]
