"""A blank and a zero are two things: what a form, a sheet and the months before say of blanks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortplank.ingest import Batch, publish_batch
from shortplank.store import Store
from tests.ingest.county import EAST, HEADER, MEASURES, WEST, as_csv, checked, found, rows

FORM = "catalogue/forms/village_month.toml"
OTHERS = [name for name in MEASURES if name not in ("期末总人口", "一孩男", "一孩符合政策")]
Line = dict[str, object]


def blank(name: str, lines: list[Line]) -> list[Line]:
    """Return the lines with one column blank."""
    return [{**line, name: ""} for line in lines]


def zeros_as_blanks(lines: list[Line]) -> list[Line]:
    """Return the lines as a reporter writes them who leaves every zero blank."""
    return [{k: "" if v == 0 else v for k, v in line.items()} for line in lines]


def says(store: Store, blank: str | None) -> Store:
    """Return the store whose village form says so of blanks."""
    path = store.root / FORM
    text = path.read_text("utf-8").replace('blank = "single"\n', "")
    line = f'blank = "{blank}"\n' if blank else ""
    path.write_text(text.replace("ignore =", f"{line}ignore =", 1), "utf-8")
    return Store(store.root)


def errors(batch: Batch) -> list[tuple[str, str | None]]:
    return found(batch, "error")


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("mark", ["", "—", "-", " "])
def test_a_blank_column_in_a_sheet_that_writes_zeros_is_refused(
    store: Store, name: str, mark: str
) -> None:
    lines = [{**line, name: mark} for line in rows(一孩男=1, 一孩符合政策=1)]
    assert [code for code, _ in errors(checked(store, as_csv(lines)))] == ["blank_column"]


def test_blanks_by_themselves_are_zeros_that_are_said(store: Store) -> None:
    lines = rows(死亡人数=2)
    lines[1]["死亡人数"] = ""
    batch = checked(store, as_csv(lines))
    assert found(batch) == [("blank_as_zero", None)]
    assert batch.reports[0].measure("deaths").tolist() == [2, 0, 2, 2]


def test_a_sheet_that_leaves_every_zero_blank_means_zeros(store: Store) -> None:
    lines = zeros_as_blanks(rows(一孩男=1, 一孩符合政策=1))
    lines[0] |= {"死亡人数": 3, "流动人口应建档": 3}
    batch = checked(store, as_csv(lines))
    assert found(batch) == [("blank_as_zero", None)]


def test_only_one_column_blank_and_nothing_else_is_no_way_to_write_zero(store: Store) -> None:
    full = {name: 1 for name in MEASURES} | {"一孩符合政策": 1, "政策外出生中流动人口": 1}
    full |= {name: 2 for name in ("一孩男", "二孩男", "多孩男")}
    lines = blank("死亡人数", rows(**full))
    assert errors(checked(store, as_csv(lines))) == [("blank_column", "E2")]


def test_a_total_rows_own_zero_tells_that_the_column_is_zeros(store: Store) -> None:
    lines = blank("死亡人数", rows(EAST))
    total: Line = {"乡镇": "合计", **dict.fromkeys(MEASURES, 0), "期末总人口": 2000}
    assert not checked(store, as_csv([*lines, total])).stops
    assert errors(checked(store, as_csv([*lines, {**total, "死亡人数": ""}])))


def test_a_total_column_that_is_blank_declares_nothing(store: Store) -> None:
    lines = [{**line, "出生合计": ""} for line in rows(一孩男=1, 一孩符合政策=1)]
    assert not checked(store, as_csv(lines, (*HEADER, "出生合计"))).findings


@pytest.mark.parametrize("blanks", ["column", "cell"])
@pytest.mark.parametrize(
    ("form", "column", "cell"),
    [
        (None, ["blank_column"], ["blank_cell"]),
        ("refused", ["blank_column"], ["blank_cell"]),
        ("single", ["blank_column"], []),
        ("zero", [], []),
    ],
)
def test_the_form_says_what_a_blank_is(
    store: Store, form: str | None, column: Sequence[str], cell: Sequence[str], blanks: str
) -> None:
    lines = rows()
    for line in lines if blanks == "column" else lines[:1]:
        line["死亡人数"] = ""
    batch = checked(says(store, form), as_csv(lines))
    assert [code for code, _ in errors(batch)] == (column if blanks == "column" else cell)


def test_the_months_before_tell_that_a_blank_column_is_no_zeros(store: Store) -> None:
    def sheet(month: str, deaths: int) -> str:
        lines = zeros_as_blanks(rows(WEST, month, 一孩男=1, 一孩符合政策=1, 死亡人数=deaths))
        lines[0]["流动人口应建档"] = 3
        return as_csv(lines)

    for number, month in enumerate(("2010-02", "2010-03", "2010-04", "2010-05"), start=3):
        batch = checked(store, sheet(month, 2))
        assert not batch.stops, batch.findings
        publish_batch(store, batch, why="", received=date(2010, number, 5))
    found_now = errors(checked(store, sheet("2010-06", 0)))
    assert found_now == [("blank_column", "E2")]


def test_an_optional_column_without_a_count_is_left_out(store: Store) -> None:
    form = store.workspace.forms["township_month"]
    header = ["area_code", "month", *form.columns]
    lines: list[Line] = [
        {"area_code": code, "month": "2010-06", **dict.fromkeys(form.columns, 1)}
        for code in ("990101001", "990101002")
    ]
    lines = blank("petitions_received", lines)
    batch = checked(store, as_csv(lines, header))
    assert found(batch) == [("blank_column", "L2")]
    edition = publish_batch(store, batch, why="", received=date(2010, 7, 5))
    table = edition.table("township_month", date(2010, 6, 1))
    assert table is not None
    assert table["petitions_received"].to_pylist() == [None, None]
    assert table["petitions_confirmed"].to_pylist() == [1, 1]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.tuples(st.integers(0, 3), st.sampled_from(OTHERS)), max_size=20))
def test_no_column_becomes_zeros_where_zeros_are_written(
    store: Store, blanks: set[tuple[int, str]]
) -> None:
    lines = rows(一孩男=1, 一孩符合政策=1)
    for line, name in blanks:
        lines[line][name] = ""
    columns = [name for name in OTHERS if all(line[name] == "" for line in lines)]
    batch = checked(store, as_csv(lines))
    zeros_left = any(value == 0 for line in lines for value in line.values())
    assert len(errors(batch)) == len(columns) * zeros_left
