"""The workbook of a drafted form is filled in and read back as it is."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from shortplank.ingest import Upload, check_batch
from shortplank.ingest.templates import FIRST_HEADER_ROW, columns_of, template
from tests.ingest.drafting.registered import accepted, blank, opened, register
from tests.ingest.drafting.shapes import SHAPES


@pytest.mark.parametrize("name", SHAPES)
def test_a_drafted_forms_workbook_is_read_back(name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]()
    root, upload = blank(tmp_path / "w"), Upload(shape.name, shape.data)
    _, written = accepted(root, [upload])
    called = register(root, upload, written.key)
    store = opened(root)
    ws, form = store.workspace, store.workspace.forms[written.key]
    book = openpyxl.load_workbook(io.BytesIO(template(ws, form)))
    sheet, columns = book.worksheets[0], columns_of(form)
    first = FIRST_HEADER_ROW + max(len(column.levels) for column in columns) + 1
    units = [area for area in ws.areas if area.area_code in called]
    heads = {
        **dict.fromkeys(form.area.code_headers, lambda a: a.area_code),
        **dict.fromkeys(form.area.name_headers, lambda a: a.name),
        **dict.fromkeys(form.area.parent_headers, lambda a: ws.area_by_code[a.parent_code].name),
        **dict.fromkeys(form.area.county_headers, lambda a: ""),
    }
    assert form.month is not None
    month = {"roc": "11403", "era": "令和7年3月"}.get(form.month.calendar, "2025-03")
    totals = {total.headers[-1]: len(total.parts) for total in form.totals}
    for r, area in enumerate(units):
        for c, column in enumerate(columns):
            path = "/".join(column.levels)
            value: object = 7 * totals.get(path, 1)
            if not column.counted:
                value = heads[path](area) if path in heads else month
            sheet.cell(first + r, c + 1, value)
    sink = io.BytesIO()
    book.save(sink)
    batch = check_batch(store, [Upload("2025-03.xlsx", sink.getvalue())])
    assert not batch.stops, [f.message for f in batch.findings]
    assert batch.rows == len(units)
    assert all((report.measure(m) == 7).all() for report in batch.reports for m in form.columns)
