"""DHIS2 analytics answers: the same counts as a value set's, and nothing that only looks so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shortplank.ingest import Batch, Upload, check_batch
from shortplank.store import Store
from tests.ingest.county import VILLAGES
from tests.ingest.test_dhis2 import counted, deaths, declare, values

Row = list[str]


def rows(store: Store, month: str = "201006") -> list[Row]:
    """Return a sound answer's rows: data, period, unit and value, as text with a fraction."""
    return [
        [str(v["dataElement"]), month, str(v["orgUnit"]), f"{v['value']}.0"] for v in values(store)
    ]


def answer(
    names: tuple[str, ...], every: list[Row], dimensions: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """Return an answer as DHIS2 gives it."""
    kinds = {"value": ("Value", "NUMBER", "java.lang.Double", False)}
    heads = [kinds.get(name, (name, "TEXT", "java.lang.String", True)) for name in names]
    return {
        "headers": [
            {"name": name, "column": column, "valueType": kind, "type": java, "hidden": False,
             "meta": meta}
            for name, (column, kind, java, meta) in zip(names, heads, strict=True)
        ],
        "metaData": {
            "items": {"201006": {"name": "June 2010"}, "dx": {"name": "Data"}},
            "dimensions": dimensions or {},
        },
        "rows": every, "width": len(names), "height": len(every), "headerWidth": len(names),
    }  # fmt: skip


FOUR = ("dx", "pe", "ou", "value")


def batch(store: Store, told: object, encoding: str = "utf-8") -> Batch:
    text = told if isinstance(told, str) else json.dumps(told)
    return check_batch(store, [Upload("analytics.json", text.encode(encoding))])


def found(one: Batch, code: str) -> str:
    """Return what the batch says with a code; it stops everything."""
    assert one.stops and not one.reports
    (told,) = [finding.message for finding in one.findings if finding.code == code]
    return told


def change(every: list[Row], element: str, value: str, at: int = 0) -> None:
    for row in every:
        if (row[0], row[2]) == (element, VILLAGES[at]):
            row[3] = value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_answer_is_read_like_the_value_set(store: Store, encoding: str) -> None:
    every = rows(store)
    change(every, "deaths", "7.0")
    one = batch(store, answer(FOUR, every), encoding)
    assert not one.stops
    assert counted(one) == [7, *[0] * (len(VILLAGES) - 1)]
    plain = values(store)
    deaths(plain)["value"] = "7"
    same = check_batch(store, [Upload("v.json", json.dumps({"dataValues": plain}).encode())])
    assert counted(same) == counted(one)


@pytest.mark.parametrize("order", [("value", "ou", "dx", "pe"), ("pe", "dx", "value", "ou")])
def test_columns_stand_as_the_headers_say(store: Store, order: tuple[str, ...]) -> None:
    every = rows(store)
    change(every, "deaths", "4")
    moved = [[row[FOUR.index(name)] for name in order] for row in every]
    assert counted(batch(store, answer(order, moved)))[0] == 4


def test_a_filter_of_one_item_is_that_item_and_of_several_is_refused(store: Store) -> None:
    names, every = ("dx", "ou", "value"), [[r[0], r[2], r[3]] for r in rows(store)]
    assert not batch(store, answer(names, every, {"pe": ["201006"], "dx": [], "ou": []})).stops
    for periods in ([], ["201005", "201006"]):
        one = batch(store, answer(names, every, {"pe": periods}))
        assert "pe" in found(one, "json")


@pytest.mark.parametrize("period", ["2010Q2", "2010", "2010W23", "201013", "LAST_12_MONTHS"])
def test_another_kind_of_period_is_refused(store: Store, period: str) -> None:
    message = found(batch(store, answer(FOUR, rows(store, period))), "bad_month")
    assert period[:12] in message and "月份" in message


@pytest.mark.parametrize(
    ("value", "code"),
    [("2.5", "not_a_number"), ("-1", "not_a_number"), ("1.2E3", "not_a_number"),
     ("", "empty_value"), ("NaN", "not_a_number"), ("12%", "not_a_number")],
)  # fmt: skip
def test_only_whole_counts_come_in(store: Store, value: str, code: str) -> None:
    every = rows(store)
    change(every, "deaths", value)
    assert "deaths" in found(batch(store, answer(FOUR, every)), code)


def test_parts_are_added_only_where_the_line_says_so(store: Store) -> None:
    names = (*FOUR[:3], "co", "value")
    every = [[*r[:3], "HllvX50cXC0", r[3]] for r in rows(store)]
    own = [row for row in every if row[0] == "deaths"]
    rest = [row for row in every if row[0] != "deaths"]
    parts = [[*row[:3], part, n] for row in own for part, n in (("m", "2.0"), ("f", "3.0"))]
    assert found(batch(store, answer(names, rest + parts)), "value_twice")
    declare(store, "deaths,,deaths,sum")
    assert counted(batch(store, answer(names, rest + parts)))[0] == 5
    # as operands, and as a dimension of their own
    operands = [[f"{r[0]}.{r[3]}", r[1], r[2], r[4]] for r in parts]
    plain = [[*r[:3], r[4]] for r in rest]
    assert counted(batch(store, answer(FOUR, plain + operands)))[0] == 5
    sexes = (*FOUR[:3], "gtuVl6NbXQV", "value")
    alone = [[*r[:3], "", r[4]] for r in rest]
    assert counted(batch(store, answer(sexes, alone + parts)))[0] == 5


def test_a_total_beside_its_parts_does_not_count_twice(store: Store) -> None:
    declare(store, "deaths,,deaths,sum")
    every = rows(store)
    own = [row for row in every if row[0] == "deaths"]
    parts = [[f"deaths.{part}", *row[1:3], "1.0"] for row in own for part in ("m", "f")]
    one = batch(store, answer(FOUR, every + parts))
    assert "合计" in found(one, "value_twice")


def test_ids_are_mapped_by_the_workspaces_files(store: Store) -> None:
    declare(store, "fbfJHSPpUQD,,deaths,")
    units = [f"O6uvpzGd5p{n},{code}" for n, code in enumerate(VILLAGES)]
    text = "\n".join(["org_unit,area_code", *units]) + "\n"
    (store.root / "dhis2/org_units.csv").write_text(text, "utf-8")
    every = [
        ["fbfJHSPpUQD" if r[0] == "deaths" else r[0], r[1], f"O6uvpzGd5p{VILLAGES.index(r[2])}",
         "9.0" if r[0] == "deaths" else r[3]]
        for r in rows(store)
    ]  # fmt: skip
    assert counted(batch(store, answer(FOUR, every))) == [9] * len(VILLAGES)
    every[0][0] = "Uvn6LCg7dVU"
    assert "Uvn6LCg7dVU" in found(batch(store, answer(FOUR, every)), "unknown_element")


def test_what_is_no_aggregate_is_refused(store: Store) -> None:
    events = ("psi", "ps", "eventdate", "ou", "value")
    one = batch(store, answer(events, [["e1", "p", "2010-06-01", VILLAGES[0], "1"]]))
    assert "个案" in found(one, "personal")
    laid_out = ("dataid", "dataname", "201006")
    assert "tableLayout" in found(batch(store, answer(laid_out, [["a", "b", "1"]])), "json")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told["rows"][0].pop(),
        lambda told: told["rows"].append("x"),
        lambda told: told["rows"].append({}),
        lambda told: told.update(rows=7),
        lambda told: told.update(headers=[{"column": "x"}, *told["headers"][1:]]),
        lambda told: told["headers"].append(dict(told["headers"][0])),
        lambda told: told.update(rows=[[None] * 4]),
    ],
)
def test_a_damaged_answer_is_refused_in_one_sentence(store: Store, spoil: Any) -> None:
    told = answer(FOUR, rows(store))
    spoil(told)
    one = batch(store, told)
    assert one.stops and not one.reports
    assert batch(store, json.dumps(answer(FOUR, rows(store)))[:-5]).stops


def test_a_value_that_is_there_twice_is_refused(store: Store) -> None:
    every = rows(store)
    assert found(batch(store, answer(FOUR, [*every, every[0]])), "value_twice")
    text = json.dumps(answer(FOUR, every)).replace('"rows"', '"rows": [], "rows"', 1)
    assert found(batch(store, text), "json")
