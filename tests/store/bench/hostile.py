"""Hostile statements, made from templates and targets: each tries to reach out, write or tell.

``{path}`` stands for something that is not a relation, ``{q}`` for a statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

# Each reads what is not there to be read, or says where it would be.
READING = (
    "select * from '{path}'",
    'select * from "{path}"',
    "select * from read_text('{path}')",
    "select * from read_blob('{path}')",
    "select * from read_csv('{path}', header=false, columns={{'a': 'varchar'}})",
    "select * from read_csv_auto('{path}')",
    "select * from read_json('{path}')",
    "select * from read_json_auto('{path}')",
    "select * from read_ndjson_objects('{path}')",
    "select * from read_parquet('{path}')",
    "select * from parquet_scan('{path}')",
    "select * from parquet_metadata('{path}')",
    "select * from parquet_schema('{path}')",
    "select * from parquet_kv_metadata('{path}')",
    "select * from parquet_bloom_probe('{path}', 'a', 1)",
    "select * from read_duckdb('{path}')",
    "select * from sniff_csv('{path}')",
    "select * from glob('{path}')",
    "select * from read_text(['{path}', '{path}'])",
    "select (select content from read_text('{path}')) as a",
    "with a as (select * from read_text('{path}')) select * from a",
    "with a as materialized (select * from '{path}') select count(*) from a",
    "select 1 where exists (select 1 from read_text('{path}'))",
    "select case when 1 = 1 then (select max(content) from read_text('{path}')) end as a",
    "select * from area, lateral (select * from read_text('{path}')) as b",
    "select * from area union all by name select * from read_text('{path}')",
    "select * from area where name in (select content from read_text('{path}'))",
    "select list_transform([1], lambda x: (select content from read_text('{path}'))) as a",
    "from read_text('{path}')",
    "from '{path}'",
    "table \"{path}\"",
    "describe select * from '{path}'",
    "summarize '{path}'",
    "describe '{path}'",
    "/* select */ select /* */ * from /* */ read_text(/* */ '{path}')",
    "-- select 1\nselect * from read_text('{path}')",
    "SeLeCt * FrOm ReAd_TeXt('{path}')",
    'select * from "read_text"(\'{path}\')',
    "select * from main.read_text('{path}')",
    "select * from system.main.read_text('{path}')",
    "select\u00a0*\u3000from\u2003read_text('{path}')",
    "select * from read_text(e'{path}')",
    "select * from read_text($${path}$$)",
    "select * from read_text(concat('{path}', ''))",
    "select * from query('select * from read_text(''{path}'')')",
    "select * from query_table('{path}')",
    "select * from query_table(['{path}'])",
    "select * from json_execute_serialized_sql(json_serialize_sql('from read_text(''{path}'')'))",
    "explain analyze select * from read_text('{path}')",
    "prepare a as select * from read_text('{path}')",
    "select * from read_text('{path}'); select 1",
    "select 1; select * from read_text('{path}')",
)  # fmt: skip
PATHS = (
    "/etc/passwd",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "/proc/self/environ",
    "/proc/self/fd/0",
    "/dev/stdin",
    "{canary}",
    "{workspace}/snapshots/manifests/00000001.json",
    "{workspace}/**/*.parquet",
    "http://127.0.0.1:9/a.csv",
    "s3://bucket/a.parquet",
)
# Each writes, or changes what holds.
WRITING = (
    "copy (select 1) to '{path}'",
    "copy area to '{path}' (format parquet)",
    "copy area from '{path}'",
    "export database '{path}'",
    "import database '{path}'",
    "attach '{path}' as other",
    "attach '{path}' as other (type sqlite)",
    "create table stolen as select * from '{path}'",
    "create view stolen as select * from read_text('{path}')",
    "create macro stolen() as table select * from read_text('{path}')",
    "insert into area select * from '{path}'",
    "load '{path}'",
    "install '{path}'",
    "install spatial from '{path}'",
    "with a as (insert into area (name) values ('{path}') returning *) select * from a",
    "with a as (delete from area returning *) select * from a",
    "set file_search_path = '{path}'",
    "set temp_directory = '{path}'",
    "set log_query_path = '{path}'",
    "set secret_directory = '{path}'",
    "set extension_directory = '{path}'",
    "pragma import_database('{path}')",
    "call write_log('{path}')",
    "select write_log('{path}') as a",
    "use '{path}'",
    "checkpoint '{path}'",
    "call enable_profiling(save_location := '{path}')",
    "create secret s (type s3, key_id '{path}')",
)
# Each asks about the process, its settings or other databases.
TELLING = (
    "select getenv('{name}') as a",
    "select current_setting('{name}') as a",
    "select getvariable('{name}') as a",
    "select * from {name}()",
    "select (select count(*) from {name}()) as a",
    "call {name}()",
    "pragma {name}",
    "set {name} = 1",
    "reset {name}",
    "show {name}",
    "from information_schema.{name}",
    "from system.information_schema.{name}",
    "from pg_catalog.{name}",
    "from memory.{name}.{name}",
    "select value from duckdb_settings() where name = '{name}'",
)
NAMES = (
    "duckdb_settings", "duckdb_secrets", "duckdb_extensions", "duckdb_databases", "duckdb_tables",
    "duckdb_columns", "duckdb_logs", "duckdb_memory", "duckdb_temporary_files",
    "duckdb_external_file_cache", "duckdb_prepared_statements", "pragma_version",
    "pragma_database_size", "pragma_platform", "which_secret", "home_directory",
    "enable_external_access", "lock_configuration", "memory_limit", "threads", "secret_directory",
    "PATH", "HOME", "SHORTPLANK_CANARY", "tables", "columns",
)  # fmt: skip
# Each is a whole statement of its own.
OTHERS = (
    "begin", "commit", "vacuum", "checkpoint", "analyze", "show databases", "show all tables",
    "show tables", "detach memory", "drop table area", "delete from area", "truncate area",
    "update area set name = 'x'", "alter table area add column x int", "create sequence s",
    "create type t as enum ('a')", "create schema s", "create function f() as 1", "select 1;;",
    "deallocate a", "execute a", "", ";", "--", "/*", "select", "select '", 'select "',
    "selct 1", "drop database memory", "comment on table area is 'x'", "merge into area using area",
    "select * from arrow_scan(0, 0, 0)", "select * from pandas_scan(0)",
    "select * from python_map_function(0)", "select * from seq_scan('area')",
    "select * from create_external_resource('a')", "select * from repeat_row(1, num_rows=1)",
    "select * from enable_logging()", "select * from force_checkpoint()",
    "select * from test_all_types()", "select sleep_ms(60000) as a", "select pg_sleep(60) as a",
    "select nextval('s') as a", "select current_query() as a", "select stats(name) from area",
    "select * from incoming", "select * from database", "select * from json", "select * from sys",
    "select * from tree", "select * from values", "pivot area on level using count(*)",
    "select * from (pivot area on level using count(*))", "select $1", "select ?",
    "select $secret as a", "\x00select 1", "select '\x00'", "\ufeffselect * from duckdb_settings()",
    "ｓｅｌｅｃｔ * from area", "select 1 union select * from duckdb_settings()",
)  # fmt: skip
# Each would run, fill or answer without end: its limit ends it.
RUNAWAYS = (
    "select count(*) from range(1000000000000)",
    "select max(a) from (select range * 7 % 13 as a from range(100000000000))",
    "select count(*) from range(1000000) as a, range(1000000) as b, range(1000000) as c",
    "with recursive t(n) as (select 1 union all select n + 1 from t) select max(n) from t",
    "with recursive t(n) as (select 1 union all select n + 1 from t) select * from t",
    "with recursive t(n) as (select 'a' union all select n || n from t) select max(len(n)) from t",
    "select count(distinct a.range + b.range) from range(100000) as a, range(100000) as b",
    "select md5(string_agg(md5(range::varchar), '')) from range(100000000)",
    "select count(*) from area as a, area as b, area as c, area as d, area as e",
    "select count(*) from generate_series(1, 1000000000000) as a",
    "select list_sum(list_transform(range(100000000), lambda x: x * x)) as a",
    "select regexp_replace(repeat('a', 30000000), '(a|aa)+', 'b', 'g') as a",
    "select levenshtein(repeat('ab', 2000000), repeat('ba', 2000000)) as a",
    "select count(*) from area as a, area as b, area as c, area as d "
    "where regexp_matches(a.name || b.name || c.name || d.name, '(.*)*x')",
)
BOMBS = (
    "select repeat('x', 1000000000) as a",
    "select repeat('x', 100000) as a",
    "select repeat(repeat('x', 100000), 100000) as a",
    "select lpad('x', 2000000000, 'y') as a",
    "select list(range) as a from range(100000000)",
    "select string_agg(range::varchar, ',') as a from range(100000000)",
    "select range(1000000000) as a",
    "select [x for x in range(100000000)] as a",
    "select [[y for y in range(10000)] for x in range(10000)] as a",
    "select array_agg(a) from (select unnest(range(100000000)) as a)",
    "select repeat('x', 60000) as a from range(100000)",
    "select map_from_entries(list_transform(range(10000000), lambda x: (x, x))) as a",
    "select list_transform(range(3000), lambda x: repeat('x', 1000000)) as a",
    "select printf('%1000000000d', 1) as a",
    "select format('{:1000000000d}', 1) as a",
    "select bitstring('1', 2000000000) as a",
    "select row_number() over (order by a.range + b.range) as a "
    "from range(30000) as a, range(30000) as b order by 1 desc",
)


def _deep(depth: int) -> tuple[str, ...]:
    """Return statements that are nested or long beyond all sense."""
    return (
        "select " + "(" * depth + "1" + ")" * depth,
        "select " + "[" * depth + "]" * depth + " as a",
        "select " + "not " * depth + "true as a",
        "select " + "-" * 1 + "- " * 0 + "+".join(["1"] * depth) + " as a",
        "select " + "case when true then " * depth + "1" + " end" * depth,
        "select * from " + "(select * from " * depth + "area" + ")" * depth,
        " union all ".join(["select 1 as a"] * (depth // 2)),
        "select " + ", ".join(f"1 as a{i}" for i in range(depth)),
        "with " + ", ".join(f"a{i} as (select 1)" for i in range(depth // 2)) + " select 1",
    )


def outward(canary: str, workspace: str) -> Iterator[str]:
    """Yield statements that read a file or an address, write, or ask about the process."""
    paths = [path.format(canary=canary, workspace=workspace) for path in PATHS]
    yield from (text.format(path=path) for text, path in product((*READING, *WRITING), paths))
    yield from (text.format(name=name) for text, name in product(TELLING, NAMES))
    yield from OTHERS
    yield from (text for depth in (50, 400, 2000) for text in _deep(depth))
