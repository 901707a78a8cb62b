"""Workbooks: whichever way a program writes one, it says the same or is refused."""

from __future__ import annotations

import io
import json
import math
import random
import re
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
import python_calamine as calamine
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from shortplank.ingest.bounded import BoundedReader
from shortplank.sheets import xlsx
from shortplank.sheets.child import read
from shortplank.sheets.content import Disagreement, Sheet
from tests.ingest.books import book, merges, report
from tools.damage import MAIN, RESPELLINGS, damaged, parts_of, zipped

SOUND = book(report(), merges()).data


def sheets_of(data: bytes) -> Any:
    """Return what is read of a workbook: its sheets, or why none."""
    found = json.loads(read(data))
    return found.get("fault") or found["sheets"]


def texts_of(data: bytes) -> dict[str, str]:
    """Return the texts of a workbook's first sheet by the cells' names."""
    (first, *_) = sheets_of(data)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return {
        f"{letters[c]}{r + 1}": text
        for c, texts in enumerate(first["columns"])
        for r, text in enumerate(texts)
        if text
    }


def faulty() -> bytes:
    """Return a report with an error value and a formula that nobody calculated."""
    rows = report()
    rows[5][2], rows[6][7] = "#REF!", "=A1"
    made = openpyxl.load_workbook(io.BytesIO(book(rows, merges()).data))
    made.worksheets[0].cell(6, 3).data_type = "e"
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


@pytest.mark.parametrize("spelling", RESPELLINGS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("data", [SOUND, faulty()], ids=["sound", "faulty"])
def test_other_spellings_say_the_same(spelling: Any, data: bytes) -> None:
    plain, other = sheets_of(data), sheets_of(zipped(spelling(parts_of(data))))
    assert other == plain


def test_errors_and_formulas_are_told_in_every_spelling() -> None:
    (sheet,) = sheets_of(faulty())
    assert sheet["faults"] == [[5, 2, "error"], [6, 7, "no_value"]]


@pytest.mark.parametrize("inside", ["", "<v/>", "<v></v>", "<v>#NULL!</v>"])
def test_an_error_is_one_whatever_it_says(inside: str) -> None:
    parts = parts_of(faulty())
    (main,) = (name for name in parts if name.endswith("sheet1.xml"))
    said = re.compile(rb'(<c r="C6"[^>]*)>.*?</c>')
    parts[main] = said.sub(rb"\1>" + inside.encode() + b"</c>", parts[main])
    (sheet,) = sheets_of(zipped(parts))
    assert sheet["faults"] == [[5, 2, "error"], [6, 7, "no_value"]]


@given(st.integers(0, 2**32))
def test_damage_never_makes_other_figures(seed: int) -> None:
    """A damaged workbook is refused, or two readers find the same number in the same cell."""
    data = damaged(random.Random(seed), SOUND)
    found = sheets_of(data)
    if isinstance(found, str):
        return
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as other:
        for sheet in found:
            rows = other.get_sheet_by_name(sheet["name"]).to_python(skip_empty_area=False)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, float) and not math.isnan(value):
                        text = sheet["columns"][column][row]
                        share = text.endswith("%")
                        assert float(text.rstrip("%")) == pytest.approx(
                            value * (100 if share else 1)
                        )


# --- number formats -------------------------------------------------------------------------------
def formatted(value: object, code: str) -> str:
    made = openpyxl.Workbook()
    cell = made.worksheets[0]["A1"]
    cell.value, cell.number_format = value, code
    sink = io.BytesIO()
    made.save(sink)
    return texts_of(sink.getvalue()).get("A1", "")


@pytest.mark.parametrize(
    "value, code, text",
    [
        (0.8264, "0.00%", "82.64%"),
        (0.8264, "0%", "82.64%"),
        (0.916666666666667, "0.0%", "91.6666666666667%"),
        (1, "0%", "100%"),
        (0, "0%", "0%"),
        (1.21, "0%;[Red]-0%", "121%"),
        (0.8264, '0.00"%"', "0.8264"),
        (0.8264, "0.00\\%", "0.8264"),
        (0.8264, "General", "0.8264"),
        (279, "#,##0", "279"),
        (279, '0"人"', "279"),
        (2010.1, "0.00", "2010.1"),
        (12345, "0.00E+00", "12345"),
        (date(2010, 6, 30), "yyyy-mm-dd", "2010-06-30"),
        (date(2010, 6, 30), 'yyyy"年"m"月"', "2010-06-30"),
        (date(2010, 6, 30), "[$-804]yyyy年m月;@", "2010-06-30"),
        (datetime(2010, 6, 30, 12, 30), "yyyy/m/d h:mm", "2010-06-30 12:30:00"),
        (time(8, 30), "h:mm", "08:30:00"),
        (40359, "mmm-yy", "2010-06-30"),
        (40359, "General", "40359"),
        (True, "General", "TRUE"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(value: object, code: str, text: str) -> None:
    assert formatted(value, code) == text


@given(st.decimals(0, 2, places=6))
def test_a_percentage_loses_nothing(share: Any) -> None:
    text = formatted(float(share), "0%")
    assert text.endswith("%") and float(text[:-1]) == pytest.approx(float(share) * 100, abs=1e-9)


# --- what two readers might read differently ------------------------------------------------------
def with_sheet(xml: str) -> bytes:
    """Return the sound workbook with other rows."""
    parts = parts_of(SOUND)
    (name,) = [part for part in parts if part.startswith("xl/worksheets/sheet")]
    parts[name] = f'<worksheet xmlns="{MAIN[1:-1]}">{xml}</worksheet>'.encode()
    return zipped(parts)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="１"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>9999</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
    ],
)
def test_cells_that_contradict_themselves_are_refused(rows: str) -> None:
    assert sheets_of(with_sheet(f"<sheetData>{rows}</sheetData>")) == "broken"


@pytest.mark.parametrize("text", ["1_000", "nan", "inf", "0x10", "1,000", "1 000", "一"])
def test_a_numeric_cell_without_a_number_is_no_number(text: str) -> None:
    found = sheets_of(
        with_sheet(f'<sheetData><row r="1"><c r="A1"><v>{text}</v></c></row></sheetData>')
    )
    assert found in ("broken", "disagreement") or found[0]["columns"] == [[text]]


def test_cells_that_only_one_reader_finds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_filled", lambda sheet: {*Sheet("x").texts, (99, 99)})
    assert json.loads(read(SOUND)) == {"fault": "disagreement"}
    with pytest.raises(Disagreement):
        xlsx.read_xlsx(SOUND)


def test_two_parts_of_one_name_are_refused() -> None:
    parts = parts_of(SOUND)
    (name,) = [part for part in parts if part.startswith("xl/worksheets/sheet")]
    assert sheets_of(zipped({**parts, name.upper(): parts[name]})) == "broken"


ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        ONE + '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
        ONE + '<row r="1048576">' + "<c/>" * 99 + "<c><v>1</v></c></row>",
        '<row r="1048576"><c r="XFD1048576" t="e"><v>#REF!</v></c></row>',
        '<row r="1048576"><c r="XFD1048576"><f>A1</f></c></row>',
    ],
)
def test_a_far_cell_is_too_large_however_it_is_written(rows: str) -> None:
    with BoundedReader() as reader:
        assert reader.read(with_sheet(f"<sheetData>{rows}</sheetData>")) == {"fault": "too_large"}
        assert "sheets" in reader.read(SOUND), "the process lives on"


def test_a_merge_over_everything_costs_nothing() -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(1, 9))
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert (
        len(sheets_of(with_sheet(f"<sheetData>{rows}</sheetData>{merged}"))[0]["columns"][0]) == 8
    )


def test_entities_are_refused() -> None:
    parts = parts_of(SOUND)
    (name,) = [part for part in parts if part.startswith("xl/worksheets/sheet")]
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert sheets_of(zipped({**parts, name: bomb})) == "broken"


# --- texts beside the cells -----------------------------------------------------------------------
def test_every_text_beside_the_cells_is_read() -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet["A1"] = "单位"
    rule = DataValidation(type="list", formula1='"选项一,选项二"', prompt="提示", error="报错")
    rule.add("B2")
    sheet.add_data_validation(rule)
    sheet["A1"].hyperlink = "https://example.org/link"
    sheet["A1"].hyperlink.tooltip = "悬停"
    sheet["A1"].comment = Comment("批注", "作者")
    sheet.oddHeader.center.text = "页眉"
    made.defined_names["名称"] = openpyxl.workbook.defined_name.DefinedName(
        "名称", attr_text='"值"'
    )
    made.properties.creator, made.properties.keywords = "创建者", "关键词"
    sink = io.BytesIO()
    made.save(sink)
    found = json.loads(read(sink.getvalue()))
    notes = [text for _, text in found["sheets"][0]["notes"]]
    for text in (
        "选项一",
        "提示",
        "报错",
        "https://example.org/link",
        "悬停",
        "批注",
        "作者",
        "页眉",
    ):
        assert any(text in note for note in notes), text
    for text in ("名称", '"值"', "创建者", "关键词"):
        assert text in found["about"]
