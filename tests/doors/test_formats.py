"""Formats: which one a request gets, and that all of them hold the same figures."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shortplank.doors.formats import CSV, FORMATS, JSON, PARQUET, chosen
from shortplank.gate.programs import Refused
from tests.doors.worlds import Doors

SERIES = "/api/ask/series_by_area?indicator=migrant_filing&month=2010-05"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", JSON), ("*/*", JSON), ("application/*", JSON), ("text/*", CSV), (CSV, CSV),
        (PARQUET, PARQUET), ("application/x-parquet", PARQUET), ("text/csv, */*;q=0.1", CSV),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON), ("application/json;q=0, */*", CSV),
        ("TEXT/CSV;Q=1", CSV),
    ],
)  # fmt: skip
def test_the_accept_header_chooses(accept: str, media: str) -> None:
    assert chosen(None, accept).media == media


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/json;q=x", "x", ",;"])
def test_what_nobody_writes_is_not_acceptable(accept: str) -> None:
    with pytest.raises(Refused) as told:
        chosen(None, accept)
    assert told.value.status == 406


def _as(text: str, value: Any) -> Any:
    """Return a field of a CSV as what stands in its place in JSON."""
    return None if text == "" else type(value)(text)


def test_all_formats_hold_the_same(county: Doors) -> None:
    told = county.ask(SERIES, "ana").json()
    names = [each["name"] for each in told["columns"]]
    rows = [list(row.values()) for row in told["rows"]]

    text = county.ask(SERIES, "ana", headers={"accept": "text/csv"})
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    head, *lines = csv.reader(io.StringIO(text.text))
    assert head == names
    for line, row in zip(lines, rows, strict=True):
        assert [_as(text, value) for text, value in zip(line, row, strict=True)] == row

    whole = county.ask(f"{SERIES}&format=parquet", "ana")
    assert whole.headers["content-type"] == PARQUET
    table = pq.read_table(io.BytesIO(whole.content))
    assert table.column_names == names and table.num_rows == len(rows)
    about = json.loads(table.schema.metadata[b"shortplank"])
    assert about == {key: told[key] for key in about} and about["edition"] == told["edition"]
    plain = [[v.isoformat() if hasattr(v, "isoformat") else v for v in r.values()]
             for r in table.to_pylist()]  # fmt: skip
    assert plain == rows


def test_numbers_are_numbers_and_what_is_not_known_is_null() -> None:
    table = pa.table(
        {"a": [1.5, float("nan"), None], "b": [1, None, 3], "c": ["=1+1", "x,y", None]}
    )
    told = json.loads(FORMATS["json"].write(table, {}))
    assert told["rows"] == [
        {"a": 1.5, "b": 1, "c": "=1+1"},
        {"a": None, "b": None, "c": "x,y"},
        {"a": None, "b": 3, "c": None},
    ]
    assert [each["type"] for each in told["columns"]] == ["number", "integer", "string"]
    text = FORMATS["csv"].write(table, {}).decode()
    assert text.splitlines() == ['"a","b","c"', '1.5,1,"\'=1+1"', ',,"x,y"', ",3,"]
    assert pq.read_table(io.BytesIO(FORMATS["parquet"].write(table, {})))["a"].null_count == 2


def test_only_json_where_there_is_no_table(county: Doors) -> None:
    for path in ("/api/", "/api/openapi.json", "/api/findings/2010-05"):
        assert county.ask(path, "ana", headers={"accept": "text/csv"}).status_code == 406
    assert county.ask("/api/findings/2010-05?format=csv", "ana").status_code == 400
    assert county.ask("/api/?format=json", "ana").status_code == 400
