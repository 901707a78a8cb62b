"""DHIS2 value sets: nothing deleted, divided, blank or of another period becomes a count."""

from __future__ import annotations

import csv
import io
import json

import pytest

from shortplank.ingest import Batch, Upload, check_batch
from shortplank.store import Store
from tests.ingest.county import VILLAGES, found
from tests.ingest.test_publish import JUNE

Value = dict[str, object]


def values(store: Store, month: str = "201006") -> list[Value]:
    """Return a sound value set: every element of the village report is 1, populations 1000."""
    names = store.workspace.forms["village_month"].columns
    ones = ("births_p1_m", "births_p1_in")
    return [
        {"dataElement": name, "period": month, "orgUnit": code,
         "value": "1000" if name == "pop_end" else str(int(name in ones))}
        for code in VILLAGES for name in names
    ]  # fmt: skip


def deaths(every: list[Value], village: int = 0) -> Value:
    """Return the value of the deaths of a village."""
    return next(
        v for v in every if (v["dataElement"], v["orgUnit"]) == ("deaths", VILLAGES[village])
    )


def batch(store: Store, every: list[Value], form: str = "json") -> Batch:
    """Return a value set, checked."""
    if form == "json":
        return check_batch(store, [Upload("v.json", json.dumps({"dataValues": every}).encode())])
    names = ("dataelement", "period", "orgunit", "categoryoptioncombo", "attributeoptioncombo",
             "value", "storedby", "deleted")  # fmt: skip
    own = ("dataElement", "period", "orgUnit", "categoryOptionCombo", "attributeOptionCombo",
           "value", "storedBy", "deleted")  # fmt: skip
    sink = io.StringIO()
    csv.writer(sink).writerows([names, *([v.get(name, "") for name in own] for v in every)])
    return check_batch(store, [Upload("v.csv", sink.getvalue().encode())])


def declare(store: Store, *lines: str) -> None:
    folder = store.root / "dhis2"
    folder.mkdir(exist_ok=True)
    text = "\n".join(("data_element,category_option_combo,measure,combos", *lines)) + "\n"
    (folder / "data_elements.csv").write_text(text, encoding="utf-8")


def counted(one: Batch, measure: str = "deaths") -> list[int]:
    (report,) = one.reports
    return report.measure(measure).tolist()


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("said", [True, "true", "TRUE", "1"])
def test_a_deleted_value_is_not_counted(store: Store, form: str, said: object) -> None:
    every = values(store)
    gone = deaths(every)
    gone |= {"value": "7", "deleted": said}
    one = batch(store, [*every, {**gone, "value": "3", "deleted": False}], form)
    assert not one.stops
    assert counted(one)[0] == 3


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("said", [False, "false", None, "", "null"])
def test_a_value_that_is_not_deleted_is(store: Store, form: str, said: object) -> None:
    every = values(store)
    deaths(every).update({"value": "7", "deleted": said})
    assert counted(batch(store, every, form))[0] == 7


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_deleted_value_with_none_in_its_place_is_no_zero(store: Store, form: str) -> None:
    every = values(store)
    deaths(every, 1)["deleted"] = "true"
    one = batch(store, every, form)
    assert found(one, "error") == [("deleted_value", None)]
    assert VILLAGES[1] in one.findings[0].message
    # An area that was deleted whole did not report; an element of no form says nothing.
    for value in every:
        value["deleted"] = value["orgUnit"] == VILLAGES[1]
    every.append({**every[0], "dataElement": "zz", "deleted": True})
    one = batch(store, every, form)
    assert not one.stops, one.findings
    assert found(one) == [("missing_area", None)]


def test_a_word_that_is_neither_is_refused(store: Store) -> None:
    every = values(store)
    deaths(every)["deleted"] = "vielleicht"
    assert found(batch(store, every), "error") == [("json", None)]
    assert "第 3 行" in batch(store, every, "csv").findings[0].message


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("combo", ["categoryOptionCombo", "attributeOptionCombo"])
@pytest.mark.parametrize(("one", "other"), [("2", "2"), ("2", "3"), ("0", "0")])
def test_combos_are_added_where_declared_and_else_refused(
    store: Store, form: str, combo: str, one: str, other: str
) -> None:
    every = [v for v in values(store) if v is not deaths(values(store))]
    first = deaths(every)
    first |= {"value": one, combo: "a1"}
    every.append({**first, "value": other, combo: "b2"})
    assert found(batch(store, every, form), "error") == [("value_twice", None)]
    declare(store, "deaths,,deaths,sum")
    summed = batch(store, every, form)
    assert not summed.stops, summed.findings
    assert counted(summed)[0] == int(one) + int(other)


def test_a_part_is_no_whole_where_another_area_has_the_other_part(store: Store) -> None:
    every = values(store)
    deaths(every, 0)["categoryOptionCombo"] = "a1"
    deaths(every, 1)["categoryOptionCombo"] = "b2"
    assert found(batch(store, every), "error") == [("value_twice", None)]


def test_the_default_combo_is_none(store: Store) -> None:
    every = values(store)
    deaths(every, 0)["categoryOptionCombo"] = "default"
    deaths(every, 1)["categoryOptionCombo"] = "HllvX50cXC0"
    assert not batch(store, every).stops


def test_the_same_value_twice_is_refused_though_combos_are_added(store: Store) -> None:
    declare(store, "deaths,,deaths,sum")
    every = values(store)
    one = batch(store, [*every, deaths(every)])
    assert found(one, "error") == [("value_twice", None)]
    assert VILLAGES[0] in one.findings[0].message


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("value", [None, "", "  ", "—", "x", "2.5", "-1", "NaN", "1e400"])
def test_what_is_no_count_is_named_with_its_place(
    store: Store, form: str, value: str | None
) -> None:
    every = values(store)
    deaths(every, 2)["value"] = value
    one = batch(store, every, form)
    (code,) = {f.code for f in one.findings}
    assert code in ("empty_value", "not_a_number")
    message = one.findings[0].message
    assert all(part in message for part in ("deaths", VILLAGES[2], "201006"))


@pytest.mark.parametrize("period", ["2010Q2", "2010", "2010S1", "20100601", "201013", "2010W3", ""])
def test_a_monthly_element_has_a_month(store: Store, period: str) -> None:
    one = batch(store, values(store, period))
    assert found(one, "error") == [("bad_month", None)]
    assert f"“{period}”" in one.findings[0].message


@pytest.mark.parametrize(
    ("period", "month"), [("2010Q2", JUNE), ("201006", None), ("2010-06", None)]
)
def test_a_quarterly_element_has_a_quarter(store: Store, period: str, month: object) -> None:
    names = store.workspace.forms["township_quarter"].columns
    every: list[Value] = [
        {"dataElement": name, "period": period, "orgUnit": "990101001", "value": 1}
        for name in names
    ]
    one = batch(store, every)
    assert [report.month for report in one.reports] == [month] * (month is not None)
    assert found(one, "error") == ([] if month else [("bad_month", None)])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"dataValues": [{"dataElement": "\\ud800", "period": "201006", '
         b'"orgUnit": "1", "value": 1}]}', "json"),
        (b'{"dataValues": {"a": 1}}', "json"),
        (b'{"dataValues": null}', "json"),
        (b'{"dataValues": []}', "no_rows"),
        (b"dataelement,period,orgunit,value\ndeaths,201006,1\n", "csv"),
        (b"dataelement,period,orgunit,value\ndeaths,201006,1,2,3\n", "csv"),
        (b'dataelement,period,orgunit,value\n"deaths,201006,1,2\n', "quote"),
        (b"dataelement,period,orgunit,value\ndeaths,201006,\xff,2\n", "encoding"),
    ],
)  # fmt: skip
def test_a_broken_set_is_refused(store: Store, data: bytes, code: str) -> None:
    one = check_batch(store, [Upload("v", data)])
    assert found(one, "error") == [(code, None)]


def test_a_line_of_the_map_says_sum_or_nothing(store: Store) -> None:
    declare(store, "deaths,,deaths,yes")
    with pytest.raises(Exception, match="第 2 行"):
        batch(store, values(store))


@pytest.mark.parametrize(
    ("missing", "code"), [("value", "empty_value"), ("orgUnit", "unknown_area")]
)
def test_what_a_value_lacks_is_named_with_its_place(store: Store, missing: str, code: str) -> None:
    every = values(store)
    del deaths(every)[missing]
    if missing != "value":
        every = [{missing: None, **value} for value in every]
    (finding,) = batch(store, every).findings
    assert finding.code == code and "数据元 deaths" in finding.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("blank", ["", " "])
def test_a_set_is_known_in_every_encoding_and_delimiter(
    store: Store, delimiter: str, encoding: str, blank: str
) -> None:
    names = ("dataelement", "period", "orgunit", "value", "comment")
    own = ("dataElement", "period", "orgUnit", "value")
    lines = [[*(str(value[name]) for name in own), "无"] for value in values(store)]
    text = "\n".join([f"{delimiter}{blank}".join(names), *map(delimiter.join, lines)])
    one = check_batch(store, [Upload("v.csv", text.encode(encoding))])
    assert not one.stops and counted(one) == [0, 0, 0, 0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_is_known_in_every_encoding(store: Store, encoding: str) -> None:
    text = json.dumps({"period": "201006", "dataValues": values(store)})
    assert not check_batch(store, [Upload("v.json", text.encode(encoding))]).stops


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"value": "1000"', '"value": "1000", "value": "7"'),
        ('{"dataValues"', '{"dataValues": [], "dataValues"'),
        ('{"dataValues"', '{"period": "201005", "dataValues"'),
        ('{"dataValues"', '{"orgUnit": "x", "dataValues"'),
    ],
)
def test_what_is_said_twice_is_refused(store: Store, was: str, now: str) -> None:
    text = json.dumps({"dataValues": values(store)}).replace(was, now, 1)
    one = check_batch(store, [Upload("v.json", text.encode())])
    assert [f.code for f in one.findings] == ["json"]


def test_two_columns_of_one_name_are_refused(store: Store) -> None:
    text = "dataelement,period,orgunit,value,value\ndeaths,201006,x,1,2\n"
    one = check_batch(store, [Upload("v.csv", text.encode())])
    assert [f.code for f in one.findings] == ["csv"]
