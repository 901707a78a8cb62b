"""One statement in its process: what comes back, and each limit with its sentence."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pytest

from shortplank.access import Actor
from shortplank.errors import NotAllowed
from shortplank.store import engine
from shortplank.store.bench import bounded
from shortplank.store.bench.bounded import SENTENCES, Answer, BenchError, run
from shortplank.store.bench.held import query
from tests.demo.conftest import DEMO

pytestmark = pytest.mark.usefixtures("time_enough")
LONGEST = bounded.SECONDS + bounded.SEAT_SECONDS
AREAS = pa.table({"area_code": ["a", "b", "c"], "births": [3, 0, None]})


def given(names: list[str]) -> Mapping[str, pa.Table]:
    return {name: AREAS for name in names}


def asked(text: str, **values: object) -> Answer:
    return run(text, values, ["area", "other"], given)


def refused(text: str, **values: object) -> BenchError:
    with pytest.raises(BenchError) as caught:
        asked(text, **values)
    return caught.value


def test_a_statement_is_answered_from_the_relations_that_it_names() -> None:
    answer = asked("select a.area_code, sum(a.births) as n from AREA as a group by all order by 1")
    assert answer.table.to_pylist()[0] == {"area_code": "a", "n": 3}
    assert (answer.reads, answer.cut) == (("area",), False)
    assert answer.table.schema.types == [pa.string(), pa.int64()]


def test_parameters_have_the_types_that_they_are_given_with() -> None:
    text = "select $day + 1 as d, $n * 2 as n, $s || 'x' as s, $none as e"
    row = asked(text, day=date(2010, 5, 1), n=4, s="'; drop", none=None).table.to_pylist()[0]
    assert row == {"d": date(2010, 5, 2), "n": 8, "s": "'; dropx", "e": None}
    assert "$b" in refused("select $a + $b", a=1).sentence


def test_every_value_comes_as_a_number_a_day_or_a_text() -> None:
    text = (
        "select [1] as l, 1.5::decimal(4, 1) as d, now() as t, 1 as l, true as b, 2::hugeint as h"
    )
    table = asked(text).table
    assert [str(each) for each in table.schema.types] == [
        "string", "double", "string", "int64", "bool", "int64",
    ]  # fmt: skip
    assert table.column_names == ["l", "d", "t", "l (2)", "b", "h"]


def test_rows_beyond_the_most_are_cut_and_that_is_said() -> None:
    answer = asked("select range as n from range(10001)")
    assert (answer.table.num_rows, answer.cut) == (10_000, True)
    assert not asked("select range as n from range(10000)").cut


def test_the_plan_is_shown_in_place_of_the_answer() -> None:
    text = "select * from area where births > 1"
    plan = run(text, {}, ["area"], given, explain=True).table
    assert "births" in plan.to_pylist()[0]["explain_value"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        ("select 1; select 2", "several"),
        ("drop table area", "select"),
        ("with a as (delete from area returning *) select * from a", "select"),
        ("explain select 1", "select"),
        ("select * from nothing", "relation"),
        ("select * from '/etc/passwd'", "relation"),
        ("select * from read_text('/etc/passwd')", "function"),
        ("select getenv('PATH')", "function"),
        ("selct 1", "syntax"),
        ("select nothing from area", "names"),
        ("select 'x'::date", "value"),
        ("select repeat('x', 100000)", "cell"),
        ("select repeat('x', 60000) from range(2000)", "bytes"),
        ("select list(range) from range(200000000)", "memory"),
        ("select [now()]", "type"),
        (" " * (bounded.MOST_TEXT + 1), "long"),
    ],
)
def test_each_refusal_has_its_sentence(text: str, fault: str) -> None:
    error = refused(text)
    assert error.fault == fault
    assert SENTENCES[fault][1] in error.sentence and "{}" not in error.sentence


def test_a_runaway_ends_in_time_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LONGEST <= 9.5
    monkeypatch.setattr(bounded, "SECONDS", 2.0)
    begun = time.monotonic()
    assert refused("select count(*) from range(1000000000000)").fault == "time"
    assert time.monotonic() - begun < 10.0


def test_who_finds_no_seat_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SEAT_SECONDS", 0.01)
    taken = [bounded._seats.acquire() for _ in range(bounded.AT_ONCE)]
    try:
        assert refused("select 1").fault == "busy"
    finally:
        for _ in taken:
            bounded._seats.release()


def test_a_county_outside_the_scope_is_refused() -> None:
    shared = engine(DEMO)
    with pytest.raises(NotAllowed):
        query(shared, shared.newest(), Actor("analyst", "x", "999999"), "select 1")
