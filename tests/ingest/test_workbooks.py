"""Workbooks: merged headers, formulas, continued tables, and what is never opened."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from shortplank.ingest import Batch, Upload, bounded, check_batch, publish_batch
from shortplank.ingest.read import Unreadable, read_grids
from shortplank.sheets import compound
from shortplank.sheets.content import UNPACKED_BYTES
from shortplank.store import Store
from tests.ingest.books import HEADER, book, line, merges, report
from tests.ingest.county import found
from tests.ingest.yunzhou import EXCERPTS
from tools.damage import parts_of
from tools.damage import zipped as zipped_parts

JUNE = date(2010, 6, 1)


def check(store: Store, upload: Upload) -> Batch:
    return check_batch(store, [upload])


def births(store: Store, batch: Batch) -> dict[str, int]:
    table = publish_batch(store, batch, why="乙").table("village_month", JUNE)
    assert table is not None
    return dict(zip(table["area_code"].to_pylist(), table["births_p1_m"].to_pylist(), strict=True))


@pytest.mark.parametrize("merged", [True, False])
def test_three_levels_merged_or_not(store: Store, merged: bool) -> None:
    batch = check(store, book(report(), merges() if merged else []))
    assert not batch.findings
    assert births(store, batch) == {"990101001001": 1, "990101001002": 1}


def test_spellings_marks_and_numbering_do_not_matter(store: Store) -> None:
    rows = report()
    for row in rows[2:5]:
        for at, text in enumerate(row):
            words = {
                "多孩": "三孩及\n以上",
                "男": "男 孩",
                "小计": "计",
                "死亡人数": "２、死亡",
                "出生人数": "本月出生",
            }
            row[at] = words.get(str(text), text)
    rows[2][1] = "一、期末总人口（人）"
    assert not check(store, book(rows, merges())).findings


def test_a_scale_in_a_header_is_not_passed_over(store: Store) -> None:
    rows = report()
    rows[2][1] = "期末总人口（万人）"
    assert ("unknown_header", "B3") in found(check(store, book(rows, merges())), "error")


def test_an_unknown_level_is_named_once_at_its_merged_cell(store: Store) -> None:
    rows = report()
    rows[2][22] = "流动人口立卡"
    batch = check(store, book(rows, merges()))
    assert found(batch, "error") == [("unknown_header", "W3")]
    assert "流动人口建档" in batch.findings[0].message
    (unknown,) = batch.unknown
    assert (unknown.header, unknown.nearest, unknown.cell) == ("流动人口立卡", "流动人口建档", "W3")


@pytest.mark.parametrize(
    ("cell", "text", "near"),
    [("D3", "生育情况", None), ("A3", "村民组", None), ("G5", "政策内数目", "符合政策")],
)
def test_wherever_a_header_is_unknown_it_is_named_once(
    store: Store, cell: str, text: str, near: str | None
) -> None:
    made = openpyxl.load_workbook(io.BytesIO(book(report(), merges()).data))
    made.worksheets[0][cell] = text
    sink = io.BytesIO()
    made.save(sink)
    batch = check(store, Upload("a.xlsx", sink.getvalue()))
    assert found(batch) == [("unknown_header", cell)]
    assert text in batch.findings[0].message and batch.unknown[0].nearest == near


def test_a_header_of_last_year_is_not_taken_for_this_years(store: Store) -> None:
    rows = [[*row, None] for row in report()]
    rows[2][26], rows[4][26] = "上年同期", "期末总人口"
    batch = check(store, book(rows, merges()))
    assert found(batch, "error") == [("unknown_header", "AA3")] or batch.stops is False
    assert any(f.cell == "AA3" for f in batch.findings)


def test_a_row_that_numbers_the_columns_is_no_data(store: Store) -> None:
    rows = report()
    rows.insert(5, ["甲", *range(1, 26)])
    assert not check(store, book(rows, merges())).findings


def test_formulas_with_values_count_and_without_are_told(store: Store) -> None:
    rows = report()
    rows[5][3] = "=E6+F6"
    batch = check(store, book(rows, merges()))
    assert found(batch, "error") == [("formula", "D6")]  # openpyxl keeps no values
    made = openpyxl.load_workbook(io.BytesIO(book(rows, merges()).data))
    sink = io.BytesIO()
    made.save(sink)
    data = _with_value(sink.getvalue())
    assert not check(store, Upload("a.xlsx", data)).findings


@pytest.mark.parametrize("kept", ["#REF!", "279人", "无", "2,79", "1²"])
def test_a_formula_whose_value_is_no_number_is_no_zero(store: Store, kept: str) -> None:
    rows = report()
    rows[5][3] = "=E6+F6"
    data = _with_value(book(rows, merges()).data)
    parts = parts_of(data)
    (name,) = [part for part in parts if part.startswith("xl/worksheets/sheet")]
    cell = re.sub(
        rb'<c r="D6"[^>]*>(.*?)<v>1</v>',
        lambda match: b'<c r="D6" t="str">' + match[1] + f"<v>{kept}</v>".encode(),
        parts[name],
    )
    batch = check(store, Upload("a.xlsx", zipped_parts({**parts, name: cell})))
    assert found(batch, "error") == [("not_a_number", "D6")]


def test_formulas_that_give_nothing_are_blanks(store: Store) -> None:
    rows = report()
    rows[5][2] = rows[6][2] = "=E6+F6"
    parts = parts_of(_with_value(book(rows, merges()).data))
    (name,) = [part for part in parts if part.startswith("xl/worksheets/sheet")]
    kept = re.sub(rb'(<c r="C[67]")([^>]*>.*?)<v>1</v>', rb'\1 t="str"\2<v></v>', parts[name])
    batch = check(store, Upload("a.xlsx", zipped_parts({**parts, name: kept})))
    assert found(batch, "error") == [("blank_column", "C6")]


@pytest.mark.parametrize("where", ["superscript", "subscript"])
def test_a_digit_above_the_line_is_not_the_numbers_last(store: Store, where: str) -> None:
    rows = report()
    raised = TextBlock(InlineFont(vertAlign=where), "2")
    rows[5][1] = CellRichText("1000", raised)
    assert found(check(store, book(rows, merges())), "error") == [("not_a_number", "B6")]
    rows[5][1] = CellRichText("10", TextBlock(InlineFont(b=True), "00"))
    assert not check(store, book(rows, merges())).findings


def _with_value(data: bytes) -> bytes:
    """Return the workbook with 1 kept as its formula's value, as a spreadsheet program does."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(sink, "w") as target:
        for name in source.namelist():
            content = re.sub(rb"</f><v( />|></v>)", b"</f><v>1</v>", source.read(name))
            target.writestr(name, content)
    return sink.getvalue()


def test_a_count_merged_over_two_rows_belongs_to_neither(store: Store) -> None:
    batch = check(store, book(report(), [*merges(), "W6:W7"]))
    assert ("merged_count", "W6") in found(batch, "error")


def test_a_township_merged_over_its_rows_holds_for_each(store: Store) -> None:
    rows = report(("双河村", "五河村"))
    rows[:2] = [["2010年6月"], []]
    rows = [[town, *row] for town, row in zip(
        [None, None, "乡镇", None, None, "东岭镇", None], rows, strict=True)]  # fmt: skip
    areas = [
        "A3:A5",
        "A6:A7",
        "B3:B5",
        "E3:T3",
        "E4:H4",
        "I4:L4",
        "M4:P4",
        "Q4:T4",
        "U3:V3",
        "X3:Y3",
        "Z3:AA3",
    ]
    rows[0] = ["2010年6月"]
    assert not check(store, book(rows, areas)).findings


# --- 续表 -----------------------------------------------------------------------------------------
def test_a_continued_table_adds_rows_under_its_header_again(store: Store) -> None:
    rows = report(["双河村"])
    total = ["合计", 2000, 4, *[4, 4, 0, 4] * 2, *[0] * 8, 0, 0, 0, 20, 18, 10, 10]
    rows += [["续表"], *map(list, HEADER), line("五河村", boys=3), total]
    batch = check(store, book(rows, merges()))
    assert not batch.findings
    assert births(store, batch) == {"990101001001": 1, "990101001002": 3}


def test_a_continued_table_adds_columns_for_the_same_villages(store: Store) -> None:
    left = [row[:19] for row in report()]
    right = [[row[0], *row[19:]] for row in report()[2:]]
    batch = check(store, book([*left, ["续表"], *right]))
    assert not batch.findings
    (one,) = batch.reports
    column = one.layout.measures["migrants_filed"][0]
    assert one.grid.cell(int(one.rows[0]), column) == "F12"
    right[3][5] = 99
    batch = check(store, book([*left, ["续表"], *right]))
    assert found(batch, "error") == [("filed_le_due", "F12")]


# --- what is not opened ---------------------------------------------------------------------------
def zipped(size: int, told: int | None = None) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    data = bytearray(sink.getvalue())
    if told is not None:
        at = data.rfind(b"PK\x01\x02")
        struct.pack_into("<I", data, at + 24, told)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped(UNPACKED_BYTES + 1), "too_large"),
        (zipped(10_000_000, told=100), "broken"),
        (zipped(100, told=2_000_000_000), "too_large"),
        (zipped(100), "broken"),
    ],
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read_grids(Upload("a.xlsx", data))
    assert fault.value.code == code


def test_a_far_cell_does_not_lay_out_all_between() -> None:
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"], made.worksheets[0]["XFD1048576"] = "单位", 1
    sink = io.BytesIO()
    made.save(sink)
    with pytest.raises(Unreadable) as fault:
        read_grids(Upload("a.xlsx", sink.getvalue()))
    assert fault.value.code == "too_large"


@pytest.mark.parametrize(
    "death, code", [("os.abort()", "broken"), ("os.kill(os.getpid(), signal.SIGXCPU)", "too_large")]
)
def test_a_reader_that_dies_takes_only_its_own_process_down(
    monkeypatch: pytest.MonkeyPatch, death: str, code: str
) -> None:
    sound = book(report())
    with bounded.BoundedReader() as reader:
        monkeypatch.setattr(bounded, "_CODE", f"import os, signal; {death}")
        with pytest.raises(Unreadable) as fault:
            read_grids(sound, reader=reader)
        monkeypatch.undo()
        assert fault.value.code == code
        assert read_grids(sound, reader=reader), "the next file has a new process"


def test_error_values_of_an_xls_are_told() -> None:
    bof = struct.pack("<HHI", 0x0809, 4, 0)
    sheet = struct.pack("<HHIHBB", 0x0085, 10, 0, 0, 2, 0) + b"ab"
    start = len(sheet)
    sheet = struct.pack("<HHIHBB", 0x0085, 10, start, 0, 2, 0) + b"ab"
    error = struct.pack("<HHHHHBB", 0x0205, 8, 6, 21, 0, 0x17, 1)
    truth = struct.pack("<HHHHHBB", 0x0205, 8, 7, 21, 0, 1, 0)
    result = b"\x02\x00\x17\x00\x00\x00\xff\xff"
    formula = struct.pack("<HHHHH", 0x0006, 14, 8, 3, 0) + result
    assert compound._errors(sheet + bof + error + truth + formula) == {"ab": [(6, 21), (8, 3)]}
    (path,) = (EXCERPTS / "good").glob("*.xls")
    stream = compound._workbook_stream(path.read_bytes())
    assert stream is not None and stream.startswith(b"\x09\x08")
