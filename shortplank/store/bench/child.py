"""The process that runs one statement of the bench: it holds that statement's relations alone.

It is run as a file (``python -I child.py``), on the standard library, DuckDB and Arrow, with an
empty environment. Before it reads a letter of the statement it gives up files: the database in
memory opens none and takes no setting, and the system lets the process open none whatever asks.
Where the system knows no such limits (Windows) the database's own lock and `bounded`'s time hold.

Whatever goes in or out goes as its length (8 bytes, the lowest first) and its bytes. In comes a
request as JSON: ``text``, ``values`` by parameter, ``known`` relations, ``explain``. Out goes
``reads``, the relations that the statement names, or a ``fault``; in come their rows as Arrow, in
that order; out go ``rows`` or a ``fault`` as JSON and the answer as Arrow.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

try:
    import resource
except ImportError:  # not a POSIX system
    resource = None  # type: ignore[assignment]

LENGTH = 8
CPU_SECONDS = 9
DATABASE_MEMORY = "384MB"
# DuckDB does not count every text that it makes: so much more than at its start the system allows.
MEMORY = 640 * 1024**2
MOST_ROWS = 10_000
BATCH = 2_048
# Of the whole answer, and of the text of one cell.
MOST_BYTES, MOST_CELL_BYTES = 16 * 1024**2, 64 * 1024
# So much less may others be kept waiting for the processor by this process.
NICENESS = 10
_SETTINGS: dict[str, Any] = {
    "threads": 1,
    "memory_limit": DATABASE_MEMORY,
    "temp_directory": "",
    "max_temp_directory_size": "0B",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}
# What a statement may name in place of a table: what makes rows out of nothing but its arguments.
TABLE_FUNCTIONS = frozenset(
    {"range", "generate_series", "unnest", "json_each", "json_tree", "generate_subscripts"}
)
# What tells of the process or waits, reads what the statement does not name, or has an effect.
REFUSED_FUNCTIONS = frozenset(
    {
        "create_sort_key",
        "current_connection_id",
        "current_query",
        "current_query_id",
        "current_setting",
        "current_transaction_id",
        "currval",
        "getenv",
        "getvariable",
        "json_execute_serialized_sql",
        "nextval",
        "pg_sleep",
        "query",
        "query_table",
        "sleep_ms",
        "stats",
        "txid_current",
        "write_log",
    }
)
_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_FAULTS: tuple[tuple[type[BaseException], str], ...] = (
    (MemoryError, "memory"),
    (duckdb.OutOfMemoryException, "memory"),
    (duckdb.PermissionException, "refused"),
    (duckdb.IOException, "refused"),
    (duckdb.HTTPException, "refused"),
    (duckdb.ParserException, "syntax"),
    (duckdb.CatalogException, "names"),
    (duckdb.BinderException, "names"),
    (duckdb.Error, "value"),
)


class Refused(Exception):
    """A statement that is not run; ``fault`` is why, ``detail`` the name that it is about."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault, self.detail = fault, detail


def main() -> int:
    """Run the one statement that comes in on stdin; the answer goes to stdout."""
    commands, answers = sys.stdin.buffer, own_output()
    database = opened()
    give_up_files()
    try:
        asked = json.loads(_received(commands))
        reads = look_through(database, asked["text"], asked["known"], asked["values"])
        _send(answers, json.dumps({"reads": reads}).encode())
        for name in reads:
            fill(database, name, _received(commands))
        told, table = run(database, asked["text"], asked["values"], explain=asked["explain"])
        data = _arrow(table)
        told["work"] = time.process_time()
    except BaseException as error:
        told, data = fault_of(error), b""
    _send(answers, json.dumps(told).encode())
    _send(answers, data)
    return 0


def own_output() -> BinaryIO:
    """Return what was stdout, which from here on nobody else writes to: a library's words go."""
    own = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return own


def opened() -> duckdb.DuckDBPyConnection:
    """Return an empty database in memory that reads no file and takes no setting."""
    database = duckdb.connect(":memory:", config=_SETTINGS)
    _warm(database)
    database.execute("set enable_progress_bar = false")
    database.execute("set enable_external_access = false")
    database.execute("set lock_configuration = true")
    return database


# A value of each type that Arrow needs more than itself to read.
_EVERY = """
select json_serialize_sql('select 1') as a, 1.5::decimal(5, 2) as b, [1.5::decimal(5, 2)] as c,
    timestamp '2010-01-01 10:00' as d, [timestamp '2010-01-01 10:00'] as e, interval 1 day as f,
    [date '2010-01-01'] as g, time '10:00' as h, 'a'::blob as i, uuid() as j, map {'a': 1} as k
"""


def _warm(database: duckdb.DuckDBPyConnection) -> None:
    """Load what DuckDB and Arrow load at their first use, while files can still be opened."""
    table = database.execute(_EVERY).to_arrow_table()
    database.register("incoming", table)
    _rows(database.execute("select * from incoming")).read_all()
    database.unregister("incoming")
    _arrow(_plain(table))


def give_up_files() -> None:
    """Bound memory and time, and open nothing from here on; others come first."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    if resource:
        none = (0, 0)
        most = _mapped() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
            resource.setrlimit(limit, none)


def _mapped() -> int:
    """Return how much memory is mapped: with its libraries a process begins with two gigabytes."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:  # no Linux
        return 3 * 1024**3


# --- before a statement is run --------------------------------------------------------------------
def look_through(
    database: duckdb.DuckDBPyConnection, text: str, known: list[str], values: dict[str, Any]
) -> list[str]:
    """Return the relations that a statement names; `Refused` where it is not to be run.

    DuckDB's own parser says what it is: one SELECT, of known relations, without functions that
    tell of the process. That is for a clear sentence; what holds is that there is nothing else.
    """
    found = database.extract_statements(text)
    if len(found) != 1:
        raise Refused("several" if found else "empty")
    if found[0].type != duckdb.StatementType.SELECT:
        raise Refused("select")
    if missing := sorted(found[0].named_parameters ^ set(values)):
        raise Refused("parameters", missing[0])
    rows = database.execute("select json_serialize_sql($1::varchar)", [text]).fetchall()
    tree = json.loads(rows[0][0])
    if tree["error"]:
        raise Refused("select")
    return _named(tree, {name.lower(): name for name in known})


def _named(tree: Any, known: dict[str, str]) -> list[str]:
    nodes = list(_nodes(tree))
    own = {str(each["key"]).lower() for node in nodes for each in _map(node.get("cte_map"))}
    reads = []
    for node in nodes:
        _check(node)
        if node.get("type") != "BASE_TABLE":
            continue
        name = str(node["table_name"]).lower()
        if name in own and not node["schema_name"]:
            continue
        elsewhere = node["schema_name"] not in ("", "main") or node["catalog_name"] not in (
            "",
            "memory",
        )
        if elsewhere or name not in known:
            raise Refused("relation", str(node["table_name"]))
        reads.append(known[name])
    return sorted(set(reads))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a tree, however deep."""
    left = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left += node.values()
        elif isinstance(node, list):
            left += node


def _map(found: Any) -> list[dict[str, Any]]:
    return found["map"] if isinstance(found, dict) and isinstance(found.get("map"), list) else []


def _check(node: dict[str, Any]) -> None:
    """Raise `Refused` for a part of a statement that is not of a question."""
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in _QUERIES:
        raise Refused("select")
    if kind == "SHOW_REF" and not node.get("query"):
        raise Refused("select")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            raise Refused("function", name)
    elif str(node.get("function_name", "")).lower() in REFUSED_FUNCTIONS:
        raise Refused("function", str(node["function_name"]))


# --- running it -----------------------------------------------------------------------------------
def fill(database: duckdb.DuckDBPyConnection, name: str, data: bytes) -> None:
    """Make a relation of rows that come as Arrow."""
    database.register("incoming", pa.ipc.open_stream(data).read_all())
    database.execute(f'create table "{name}" as select * from incoming')
    database.unregister("incoming")


def run(
    database: duckdb.DuckDBPyConnection, text: str, values: dict[str, Any], *, explain: bool
) -> tuple[dict[str, Any], pa.Table]:
    """Return what is said of an answer, and its rows, no more than may be shown."""
    bound = {name: _value(value) for name, value in values.items()}
    asked = database.execute(f"explain {text}" if explain else text, bound or None)
    batches, rows, size = [], 0, 0
    reader = _rows(asked)
    for batch in reader:
        plain = _plain(pa.Table.from_batches([batch]))
        rows, size = rows + plain.num_rows, size + plain.nbytes
        if size > MOST_BYTES:
            raise Refused("bytes")
        batches.append(plain)
        if rows > MOST_ROWS:
            break
    table = pa.concat_tables(batches) if batches else _plain(reader.schema.empty_table())
    return {"rows": min(rows, MOST_ROWS), "cut": rows > MOST_ROWS}, table.slice(0, MOST_ROWS)


def _rows(asked: Any) -> pa.RecordBatchReader:
    """Return what was asked in batches, each made when it is read."""
    return asked.to_arrow_reader(BATCH)


def _value(value: Any) -> Any:
    """Return a parameter's value: a date comes as ``{"date": "2010-05-01"}``."""
    return date.fromisoformat(value["date"]) if isinstance(value, dict) else value


def _plain(table: pa.Table) -> pa.Table:
    """Return a table of whole numbers, fractions, days and texts; columns' names are distinct."""
    columns = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        try:
            columns.append(_plain_column(column))
        except (pa.ArrowException, OSError, ImportError) as error:
            raise Refused("type", name) from error
    names = list[str]()
    for name in table.column_names:
        same = sum(each == name or each.startswith(f"{name} (") for each in names)
        names.append(f"{name} ({same + 1})" if same else name)
    return pa.table(columns, names=names)


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_decimal(kind) and kind.scale == 0:
        with suppress(pa.ArrowInvalid):
            return column.cast(pa.int64())
        return column.cast(pa.float64())
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return column.cast(pa.float64())
    if pa.types.is_boolean(kind) or pa.types.is_date(kind):
        return column
    if pa.types.is_integer(kind):
        return column if kind == pa.uint64() else column.cast(pa.int64())
    if pa.types.is_timestamp(kind):  # with a zone it is what the clock says at Greenwich
        return column.cast(pa.timestamp("us")).cast(pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts = column.cast(pa.large_string())
    else:
        texts = pa.chunked_array(
            [pa.array([_text(value) for value in column.to_pylist()], pa.large_string())]
        )
    longest = pc.max(pc.binary_length(texts)).as_py()
    if longest is not None and longest > MOST_CELL_BYTES:
        raise Refused("cell")
    return texts.cast(pa.string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=_text)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def fault_of(error: BaseException) -> dict[str, str]:
    """Return what is said of a statement that was not run, or not to its end."""
    if isinstance(error, Refused):
        return {"fault": error.fault, "detail": error.detail}
    fault = next((code for kind, code in _FAULTS if isinstance(error, kind)), "value")
    told = fault in ("syntax", "names", "value") and isinstance(error, duckdb.Error)
    return {"fault": fault, "detail": str(error).strip().splitlines()[0][:300] if told else ""}


# --- in and out -----------------------------------------------------------------------------------
def _received(source: BinaryIO) -> bytes:
    return source.read(int.from_bytes(source.read(LENGTH), "little"))


def _send(target: BinaryIO, data: bytes) -> None:
    target.write(len(data).to_bytes(LENGTH, "little") + data)
    target.flush()


if __name__ == "__main__":
    sys.exit(main())
