"""Labels as names of sheets and files: whatever they hold, Excel and Windows take them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from shortplank.names import FILE_BYTES, file_name, printable, sheet_name

SIGNS = "[]:*?/\\'\"<>|.　 \n\t\x01\u200b\ud800：／？＊［］𠮷aAＡ表"
TEXTS = st.text(st.one_of(st.sampled_from(SIGNS), st.characters()), max_size=60)
LABELS = st.lists(st.one_of(TEXTS, st.sampled_from(["History", "历史", "x" * 40, "X" * 40])))


@given(LABELS, st.sampled_from(["", "走势", "乡镇"]))
def test_any_labels_are_sheets_that_excel_opens_and_tells_apart(
    labels: list[str], ending: str
) -> None:
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True})
    for label in labels:
        name = sheet_name(label, book.sheetnames, ending=ending)
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name) and name == name.strip(" '")
        assert name.casefold() != "history" and (not ending or ending in name)
        book.add_worksheet(name)  # refuses what Excel does
    assert len({name.casefold() for name in book.sheetnames}) == len(labels)
    if labels:
        book.close()
        assert openpyxl.load_workbook(sink).sheetnames == list(book.sheetnames)


@given(LABELS)
def test_any_labels_are_files_that_windows_writes_and_tells_apart(labels: list[str]) -> None:
    taken: list[str] = []
    for label in labels:
        name = file_name(f"{label}.xlsx", taken)
        assert name.endswith(".xlsx") and len(name.encode()) <= FILE_BYTES
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        assert Path(name).name == name and name == name.strip(" .")
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
        taken.append(name)
    assert len({name.casefold() for name in taken}) == len(labels)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("流动人口建档率", "流动人口建档率"),
        ("已建/应建", "已建-应建"),
        ("'引号'", "引号"),
        ("HISTORY", "HISTORY_"),
        ("一" * 40, "一" * 31),
        ("", "表"),
        ("?*", "表"),
    ],
)
def test_a_sheets_name_is_as_near_to_the_label_as_may_be(label: str, name: str) -> None:
    assert sheet_name(label) == name


@given(TEXTS)
def test_printable_text_is_what_xml_holds(text: str) -> None:
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", printable(text))
