"""Every file in ``queries/`` keeps the contract in its header, and the index lists them all."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from shortplank.access import READS, Reads
from shortplank.store import Engine, Store, all_queries, engine
from shortplank.store.queries import QUERIES, Query, parse_query
from tests.store import workspaces as w

QUERY_LIST = list(all_queries().values())
every_query = pytest.mark.parametrize("query", QUERY_LIST, ids=[q.name for q in QUERY_LIST])
INDEX = (QUERIES / "README.md").read_text("utf-8")
PARAMETERS: dict[str, object] = {
    "county": w.COUNTY,
    "area": w.NORTH,
    "village": w.N1,
    "indicator": "migrant_filing",
    "indicators": "migrant_filing,benefit_delivery",
    "month": date(2009, 9, 1),
    "first_month": date(2008, 10, 1),
    "year_month": date(2008, 10, 1),
    "year": 2009,
    "year_opens": 10,
    "changed": date(2008, 10, 1),
    "form": "village_month",
    "line": 85.0,
    "factor": 100.0,
}
ANSWERED: dict[str, dict[str, object]] = {
    "predecessors_by_area": {"area": w.N3},
}


@pytest.fixture(scope="module")
def asked(published: Store) -> Engine:
    return engine(published.root)


def parameters(query: Query) -> dict[str, object]:
    """Return values for a query's parameters that it has an answer to."""
    return {name: PARAMETERS[name] for name in query.params} | ANSWERED.get(query.name, {})


# --- the header -----------------------------------------------------------------------------------
@every_query
def test_the_header_names_the_parameters_of_the_sql(query: Query) -> None:
    [statement] = duckdb.extract_statements(query.sql)
    assert set(query.params) == set(statement.named_parameters)
    assert len(query.params) == len(set(query.params))


@every_query
@pytest.mark.parametrize("role", READS)
def test_the_result_has_the_columns_of_the_header(query: Query, role: Reads, asked: Engine) -> None:
    table = asked.ask(query.name, role=role, **parameters(query))
    assert tuple(table.column_names) == query.columns
    assert table.num_rows > 0, "a contract that nothing was asked of"


@every_query
def test_the_header_names_the_relations_that_are_read(query: Query) -> None:
    code = "\n".join(line for line in query.sql.splitlines() if not line.startswith("--"))
    own = set(re.findall(r"^(\w+) as \(", code, re.MULTILINE))
    read = set(re.findall(r"\b(?:from|join)\s+(\w+)", code)) - own
    assert set(query.reads) == read


@every_query
def test_the_result_has_no_counts_too_wide_for_a_whole_number(query: Query, asked: Engine) -> None:
    schema = asked.ask(query.name, role="analyst", **parameters(query)).schema
    wide = [field.name for field in schema if "decimal" in str(field.type)]
    assert wide == []  # a sum is HUGEINT in DuckDB, which Arrow hands on as decimal128(38, 0)


@every_query
def test_the_header_says_what_comes_back(query: Query) -> None:
    first = query.about.split("\n\n")[0]
    assert first[0].isupper() and first.endswith(".")
    assert query.grain.startswith("one row per ")
    keys = [line for line in query.sql.splitlines() if re.match(r"-- (\w+):", line)]
    assert [re.split(r"[ :]", line)[1] for line in keys] == ["grain", "params", "columns", "reads"]


# --- the shape ------------------------------------------------------------------------------------
@every_query
def test_the_result_has_an_explicit_order(query: Query) -> None:
    last = re.split(r"\n(?=\S)", query.sql.strip())[-1]
    assert re.match(r"order by [\w., ]+$", last.strip()), last


@every_query
def test_keywords_are_in_lower_case_and_lines_short(query: Query) -> None:
    lines = query.sql.splitlines()
    assert [line for line in lines if "\t" in line or line != line.rstrip()] == []
    code = "\n".join(line for line in lines if not line.lstrip().startswith("--"))
    assert max(map(len, code.splitlines())) <= 88
    code = re.sub(r"'[^']*'", "''", code)
    types = {"DATE", "INT", "BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN"}
    assert set(re.findall(r"\b[A-Z]{2,}\b", code)) <= types
    assert "{" not in code and "}" not in code  # no templates


@every_query
def test_divisions_are_guarded(query: Query) -> None:
    code = re.sub(r"--.*", "", query.sql)
    assert all("nullif(" in part[:12] for part in code.split("/")[1:])
    assert "//" not in code


@every_query
def test_the_file_says_what_it_holds_by_which_grain(query: Query) -> None:
    assert re.fullmatch(r"[a-z0-9_]+_by_[a-z0-9_]+", query.name)
    assert re.fullmatch(r"[a-z_]+", query.path.parent.name)


# --- the folder -----------------------------------------------------------------------------------
def test_names_are_unique_over_all_topics() -> None:
    files = sorted(QUERIES.glob("*/*.sql"))
    assert len(files) == len(all_queries()) == len(list(QUERIES.rglob("*.sql")))


@every_query
def test_the_index_lists_the_query_as_its_header_has_it(query: Query) -> None:
    link = f"[`{query.name}`]({query.path.parent.name}/{query.path.name})"
    [line] = [line for line in INDEX.splitlines() if link in line]
    _, _, grain, says, _ = (part.strip() for part in line.split("|"))
    assert grain == query.grain.removeprefix("one row per ")
    assert says == query.about.split("\n\n")[0].replace("\n", " ")


def test_the_index_lists_nothing_else() -> None:
    linked = set(re.findall(r"\]\((\w+/\w+\.sql)\)", INDEX))
    assert linked == {f"{q.path.parent.name}/{q.path.name}" for q in QUERY_LIST}


def test_the_index_lists_every_relation(asked: Engine) -> None:
    [line] = [line for line in INDEX.splitlines() if line.startswith("Relations: ")]
    opened = asked.open(asked.newest(), "analyst")
    listed = set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", line)))
    assert listed == set(opened.relations)


def test_a_header_is_read_over_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "things_by_month.sql"
    path.write_text(
        "-- Things.\n--\n-- More of them.\n--\n-- grain:   one row per month\n"
        "-- params:  $a  first\n--          $b  second, with $a in its words\n"
        "-- columns: one, two,\n--          three\n-- reads:   x, y\nselect 1 -- not a header\n",
        "utf-8",
    )
    query = parse_query(path)
    assert (query.name, query.about, query.grain) == (
        "things_by_month",
        "Things.\n\nMore of them.",
        "one row per month",
    )
    assert (query.columns, query.reads) == (("one", "two", "three"), ("x", "y"))
    assert query.params == ("a", "b")
