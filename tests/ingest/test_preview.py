"""What a batch would change, when it needs a reason, and the copy that goes back."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from shortplank.errors import ShortplankError
from shortplank.ingest import (
    Finding,
    Refused,
    Upload,
    annotate,
    annotated,
    check_batch,
    needs_reason,
    preview,
    publish_batch,
)
from shortplank.ingest.read import read_grids
from shortplank.store import Store
from tests.ingest.books import book, merges, report
from tests.ingest.county import EAST, as_csv, checked, rows, state_of, upload


def publish(store: Store, month: str, **given: object) -> None:
    batch = checked(store, as_csv(rows(month=month, **given)))
    publish_batch(store, batch, why="月报")


def test_a_preview_says_old_and_new_and_publishes_nothing(store: Store) -> None:
    publish(store, "2010-06", 死亡人数=1, 流动人口应建档=10, 流动人口已建档=5)
    before = state_of(store.root)
    again = rows(EAST, 死亡人数=2, 流动人口应建档=10, 流动人口已建档=8)
    change = preview(store, checked(store, as_csv(again)))
    assert state_of(store.root) == before
    assert (change.edition, change.areas, change.restates) == (1, 2, ("2010-06",))
    assert change.new_months == () and change.earlier == ()
    counts = {
        (r["area_code"], r["measure"]): (r["old"], r["new"]) for r in change.changes.to_pylist()
    }
    assert counts == {
        ("990101001001", "deaths"): (1, 2),
        ("990101001001", "migrants_filed"): (5, 8),
        ("990101001002", "deaths"): (1, 2),
        ("990101001002", "migrants_filed"): (5, 8),
    }
    (headline,) = change.headlines
    assert (headline.indicator, headline.old, headline.new) == (
        "migrant_filing",
        (20, 40),
        (26, 40),
    )


def test_a_new_month_is_new_and_a_batch_at_fault_has_no_preview(store: Store) -> None:
    publish(store, "2010-05")
    change = preview(store, checked(store, as_csv(rows(month="2010-06"))))
    assert change.new_months == ("2010-06",) and change.restates == ()
    with pytest.raises(Refused):
        preview(store, checked(store, as_csv(rows(死亡人数=-1))))


def test_restating_an_earlier_month_needs_a_reason(store: Store) -> None:
    publish(store, "2010-05")
    newest = checked(store, as_csv(rows(month="2010-05")))
    assert needs_reason(store, newest) == ()
    publish(store, "2010-06")
    before = state_of(store.root)
    batch = checked(store, as_csv(rows(month="2010-05", 死亡人数=3)))
    assert needs_reason(store, batch) == ("2010-05",)
    with pytest.raises(Refused, match="2010-05"):
        publish_batch(store, batch, why=" ")
    assert state_of(store.root) == before
    edition = publish_batch(store, batch, why="五月死亡数漏报")
    assert (edition.restates, edition.why) == (("2010-05",), "五月死亡数漏报")


# --- the annotated copy ---------------------------------------------------------------------------
def marks(data: bytes) -> dict[str, str]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}


def test_the_copy_marks_each_cell_with_its_finding(store: Store) -> None:
    made = report()
    made[5][1], made[6][0] = -1, '=HYPERLINK("http://x","x")'
    file = book(made, merges())
    batch = check_batch(store, [file])
    data = annotate(file, batch.findings)
    said = marks(data)
    assert set(said) == {"B6", "A7"} and "[错误]" in said["B6"]
    copy = openpyxl.load_workbook(io.BytesIO(data))
    assert copy.sheetnames[-1] == "核对意见"
    cells = [cell for sheet in copy for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert copy.worksheets[0]["A7"].value == '=HYPERLINK("http://x","x")'


def test_a_csv_file_gets_a_copy_as_a_workbook(store: Store) -> None:
    file = upload(as_csv(rows(死亡人数="=1+1")), "月报.csv")
    data = annotate(file, check_batch(store, [file]).findings)
    assert set(marks(data)) == {"E2", "E3", "E4", "E5"}
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert (sheet["E2"].value, sheet["E2"].data_type) == ("=1+1", "s")


def test_a_refused_file_has_no_copy(store: Store) -> None:
    file = upload(as_csv([line | {"姓名": "某"} for line in rows()], ["姓名"]), "月报.csv")
    with pytest.raises(ShortplankError, match="个人信息"):
        annotate(file, check_batch(store, [file]).findings)
    with pytest.raises(ShortplankError, match="空文件"):
        annotate(Upload("a.csv", b""), [])


def test_dates_are_months_of_the_sheet(store: Store) -> None:
    made = report(month="二〇一〇年六月")
    batch = check_batch(store, [book(made, merges())])
    assert not batch.findings and batch.reports[0].month == date(2010, 6, 1)
    for month in ("2010年13月", "2010年1—6月"):
        batch = check_batch(store, [book(report(month=month), merges())])
        assert [(f.code, f.cell) for f in batch.findings] == [("bad_month", "D2")]


def test_a_copy_keeps_findings_on_sheets_that_excel_would_not_name_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (grid,) = read_grids(upload(as_csv(rows()), "a.csv"))
    names = ["6/7月:[村]", "6/7月:[村]之二" + "长" * 30, "核对意见"]
    grids = [replace(grid, sheet=name) for name in names]
    monkeypatch.setattr(annotated, "read_grids", lambda file: grids)
    findings = [
        Finding("a.csv", name, f"B{n}", "error", "x", name) for n, name in enumerate(names, 2)
    ]
    copy = openpyxl.load_workbook(io.BytesIO(annotate(upload("", "a.csv"), findings)))
    assert len(copy.sheetnames) == 4 and copy.sheetnames[-1] == "核对意见"
    for n, (sheet, name) in enumerate(zip(copy.worksheets, names, strict=False), 2):
        assert name in sheet[f"B{n}"].comment.text
