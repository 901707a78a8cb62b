"""The one way to ask: every question is a file in ``queries/``, answered from an edition's marts."""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
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
    """A locked-down in-memory DuckDB that holds one edition's marts for one role."""

    def __init__(
        self, ws: Workspace, edition: Edition, role: Role, progress: Progress | None = None
    ) -> None:
        self._local = threading.local()
        self._con = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": 1})
        viewer = role == "viewer"
        townships = read_marts(MartBuilder(ws, edition, progress=progress))
        villages = read_marts(
            MartBuilder(ws, edition, county=ws.settings.home, progress=progress)
        )
        shown = disclosure.band_villages if viewer else _exact
        self._fill("indicator", disclosure.band_townships(ws, townships) if viewer else townships)
        self._fill("village_indicator", shown(ws, villages))
        for name, table in _register_tables(ws).items():
            self._fill(name, table)
        for dataset in ("peer_month", "city_month", "submission"):
            self._fill(dataset, _dataset(ws, edition, dataset))
        self._con.execute("set enable_external_access = false")
        self._con.execute("set lock_configuration = true")

    def _fill(self, name: str, table: pa.Table) -> None:
        self._con.register("incoming", table)
        self._con.execute(f'create table "{name}" as select * from incoming')
        self._con.unregister("incoming")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return this thread's cursor; a connection shared by threads mixes up results."""
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._con.cursor()
        return cursor


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


def _register_tables(ws: Workspace) -> dict[str, pa.Table]:
    text, day = pa.string(), pa.date32()
    tables = {"area": area_table(ws), "successor": successor_table(ws)}
    kinds: dict[str, dict[str, pa.DataType]] = {
        "peers": {"area_code": text, "name": text, "class_": text, "group": text,
                  "valid_from": day, "valid_to": day},
        "class_history": {"statistical_year": pa.int32(), "area_code": text, "class_": text,
                          "group": text},
        "status": {"area_code": text, "status": text, "valid_from": day, "valid_to": day,
                   "source": text},
        "support": {"area_code": text, "role": text, "unit": text, "valid_from": day,
                    "valid_to": day, "source": text},
        "targets": {"area_code": text, "indicator": text, "statistical_year": pa.int32(),
                    "target": pa.float64(), "source": text},
    }
    names = {"peers": "peer", "targets": "target"}
    for key, columns in kinds.items():
        rows = getattr(ws, key)
        tables[names.get(key, key)] = pa.table(
            {
                {"class_": "class", "group": "region"}.get(name, name): pa.array(
                    [getattr(row, name) for row in rows], kind
                )
                for name, kind in columns.items()
            }
        )
    tables["card"] = pa.table(
        {
            "indicator": list(ws.indicators),
            "label": [item.label for item in ws.indicators.values()],
            "family": [item.family for item in ws.indicators.values()],
            "factor": [item.factor for item in ws.indicators.values()],
            "form_expected": [None for _ in ws.indicators],
        }
    ).drop_columns(["form_expected"])
    tables["form"] = pa.table(
        {
            "form": pa.array(list(ws.forms), text),
            "label": pa.array([form.label for form in ws.forms.values()], text),
            "expected": pa.array([form.expected for form in ws.forms.values()], text),
        }
    )
    return tables


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

    def is_open(self, number: int, role: Role) -> bool:
        """Return whether an edition is open for a role, so that asking it needs no building."""
        return (number, role) in self._open

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
        cursor = self.open(number, role).cursor()
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
