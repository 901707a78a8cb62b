"""The bench's answers: relations as they are, queries to begin with, a result as it is drawn."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from shortplank.access import READS, Actor, Reads
from shortplank.drawing.theme import Style
from shortplank.store import all_queries, engine
from shortplank.store.bench.held import query
from shortplank.store.bench.statements import parse_statement
from shortplank.topics.bench.answer import (
    MOST_LINES,
    MOST_MARKS,
    charts_of,
    drawn,
    drawn_note,
    first_columns,
    relations_rows,
)
from shortplank.topics.bench.figure import result_figure
from shortplank.wording.asked.relations import PARAMS, QUESTIONS
from tests.demo.conftest import DEMO
from tools.browser import REPOSITORY

pytestmark = pytest.mark.usefixtures("time_enough")
SERIES = pa.table(
    {
        "area_code": ["1", "1", "2", "2"],
        "name": ["甲乡", "甲乡", "乙乡", "乙乡"],
        "stat_month": [date(2010, m, 1) for m in (4, 5, 4, 5)],
        "births": [3, None, 5, 6],
        "rate": [0.5, 0.25, None, 1.0],
    }
)


@pytest.mark.parametrize("role", READS)
def test_the_relations_are_described_as_they_are(role: Reads) -> None:
    shared = engine(DEMO)
    opened = shared.open(shared.newest(), role)
    told = {name: [key for key, _ in columns] for name, _, columns in relations_rows(shared.ws)}
    with opened.reading(opened.relations) as cursor:
        found = {
            name: [row[0] for row in cursor.execute(f'describe "{name}"').fetchall()]
            for name in opened.relations
        }
    assert told == found


def test_each_question_of_the_product_has_a_title_and_names_for_its_parameters() -> None:
    assert set(QUESTIONS) == set(all_queries())
    assert len(set(QUESTIONS.values())) == len(QUESTIONS)
    assert {name for query in all_queries().values() for name in query.params} == set(PARAMS)


def test_the_columns_that_are_drawn_are_those_that_tell_rows_apart() -> None:
    assert first_columns(SERIES, "bar", "", "") == ("name", "rate")
    assert first_columns(SERIES, "line", "", "births") == ("stat_month", "births")
    assert first_columns(SERIES, "dot", "area_code", "nothing") == ("area_code", "rate")


def test_a_result_offers_the_pictures_that_it_has_columns_for() -> None:
    assert charts_of(SERIES, shapes=True) == ["table", "line", "bar", "dot", "map"]
    assert charts_of(SERIES, shapes=False)[-1] == "dot"
    assert charts_of(SERIES.select(["name"]), shapes=True) == ["table"]
    assert charts_of(SERIES.slice(0, 0), shapes=True) == ["table"]


def test_lines_are_parted_by_name_and_what_is_not_there_breaks_one() -> None:
    made = drawn(SERIES, "line", "stat_month", "births")
    assert [*made.series] == ["甲乡", "乙乡"] and made.series["乙乡"][1] == [5.0, 6.0]
    first, _ = result_figure(made, Style())["data"]
    assert first["y"] == [3.0, None] and not first["connectgaps"]


def test_what_does_not_fit_a_picture_is_counted() -> None:
    many = pa.table({"name": [str(n) for n in range(MOST_MARKS + 3)], "n": range(MOST_MARKS + 3)})
    assert "余 3 行" in drawn_note(drawn(many, "bar", "name", "n"))
    day = pa.array([date(2010, 1, 1)] * (MOST_LINES + 2))
    lines = pa.table({"name": list("abcdefghij"), "day": day, "n": range(MOST_LINES + 2)})
    assert drawn(lines, "line", "day", "n").left == 2
    assert not drawn_note(drawn(SERIES, "dot", "name", "births"))


@pytest.mark.parametrize("kind", ["line", "bar", "dot"])
@pytest.mark.parametrize("dark", [False, True])
def test_one_row_and_no_value_are_drawn_without_a_fault(kind: str, dark: bool) -> None:
    one = pa.table({"name": ["甲乡"], "n": pa.array([None], pa.float64())})
    made = drawn(one, kind, "name", "n")  # type: ignore[arg-type]
    assert result_figure(made, Style(dark=dark))["layout"]["height"] > 0


def test_the_guides_statement_answers_the_question_that_it_is_about() -> None:
    text = (
        (REPOSITORY / "docs" / "bench.md").read_text("utf-8").split("```sql\n")[1].split("```")[0]
    )
    shared = engine(DEMO)
    told = [
        query(shared, shared.newest(), Actor("analyst"), text, {"changed": changed}).table
        for changed in (None, date(2010, 3, 1))
    ]
    assert [table.num_rows for table in told] == [0, 39]
    assert len(parse_statement("", text).body.splitlines()) <= 15
