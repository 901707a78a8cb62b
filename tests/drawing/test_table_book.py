"""A table as a workbook: numbers stay numbers, text stays text, nobody's name is in it."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pyarrow as pa

from shortplank.drawing.table_book import table_xlsx

TABLE = pa.table(
    {"乡镇": ["峰浦镇", "=1+1"], "位次": pa.array([1, None], pa.int64()), "率（%）": [90.938, 88.0]}
)


def test_numbers_are_numbers_and_text_never_runs() -> None:
    data = table_xlsx(TABLE, {"月份": "2010-05", "版次": "第26版"}, name="乡镇排名")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "月份：2010-05" and rows[1][0] == "版次：第26版"
    assert rows[3] == ("乡镇", "位次", "率（%）")
    assert rows[4] == ("峰浦镇", 1, 90.938)
    assert rows[5][0] == "=1+1" and sheet.cell(6, 1).data_type == "s" and rows[5][1] is None
    assert sheet.cell(5, 3).number_format == "0.00"


def test_the_same_table_is_the_same_file_and_names_no_person() -> None:
    one, two = (table_xlsx(TABLE, {}, name="表") for _ in range(2))
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as book:
        core = book.read("docProps/core.xml").decode()
        names = book.namelist()
    assert "短板看板" in core and "externalLink" not in "".join(names)
