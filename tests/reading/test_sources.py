"""Every figure leads to its cell: file, sheet, row and column as the report had them."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from shortplank.access import Actor
from shortplank.catalogue import load_workspace
from shortplank.errors import NotAllowed
from shortplank.ingest import check_batch, publish_batch
from shortplank.reading.sources import sources, sources_table
from shortplank.reading.view import View
from shortplank.records.import_notes import import_notes
from shortplank.store import Engine, Store
from tests.ingest.yunzhou import EXCERPTS, JUNE, make_yunzhou, uploads


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    folder = make_yunzhou(tmp_path_factory.mktemp("sources") / "county")
    store = Store(folder)
    publish_batch(store, check_batch(store, uploads(EXCERPTS / "good")), why="六月")
    engine = Engine(load_workspace(folder))
    home = engine.ws.settings.home
    return View(engine, engine.newest(), Actor("analyst"), JUNE, "ytd", "migrant_filing", home)


def village_of(view: View, part: str) -> str:
    (town,) = [a for a in view.ws.areas if a.level == "township" and part in a.name]
    return view.ws.areas_below[town.area_code][0].area_code


def test_each_cell_holds_the_published_count(view: View) -> None:
    village = village_of(view, "梅坪")
    (source,) = [s for s in sources(view, village, JUNE) if s.form == "village_month"]
    assert "梅坪" in source.file and source.sheet and len(source.sha256) == 64
    table = view.published.table("village_month", JUNE)
    assert table is not None
    (row,) = [r for r in table.to_pylist() if r["area_code"] == village]
    path = EXCERPTS / "good" / source.file
    cells = (
        CalamineWorkbook.from_path(str(path))
        .get_sheet_by_name(source.sheet)
        .to_python(skip_empty_area=False)
    )
    for measure in ("pop_end", "migrants_due", "migrants_filed"):
        cell = source.cells[measure]
        column = ord(cell[0]) - ord("A")
        assert float(cells[int(cell[1:]) - 1][column]) == row[measure]


def test_a_township_has_its_own_form(view: View) -> None:
    (town,) = [a.area_code for a in view.ws.areas if a.level == "township" and "梅坪" in a.name]
    found = {source.form for source in sources(view, town, JUNE)}
    assert found == {"village_month", "township_month"}


def test_the_table_names_form_file_and_cell(view: View) -> None:
    table = sources_table(view, sources(view, village_of(view, "梅坪"), JUNE))
    lines = table.to_pylist()
    assert {line["报表"] for line in lines} >= {"村月报"}
    assert any(line["数"] == "流动人口已建档" and line["单元格"] for line in lines)


def test_what_came_without_a_workbook_says_so() -> None:
    from shortplank.store import engine

    shared = engine()
    month = shared.edition().months("submission")[-1]
    home = shared.ws.settings.home
    view = View(shared, shared.newest(), Actor("analyst"), month, "ytd", "migrant_filing", home)
    found = sources(view, f"{home}101", month)
    assert found
    assert set(sources_table(view, found)["文件"].to_pylist()) == {"（没有工作簿）"}
    with pytest.raises(NotAllowed):
        sources(view, "nowhere", month)


def test_what_an_import_let_through_stays_beside_its_edition(view: View) -> None:
    batch = check_batch(Store(view.ws.path), uploads(EXCERPTS / "good"))
    warned = [finding for finding in batch.findings if finding.severity == "warning"]
    rows = import_notes(view).to_pylist()
    assert warned and [row["提示"] for row in rows] == [finding.message for finding in warned]
    assert {row["版次"] for row in rows} == {f"第{view.edition}版"}
    assert import_notes(replace(view, actor=Actor("viewer"))).num_rows == 0
    assert import_notes(replace(view, edition=view.edition - 1)).num_rows == 0


def test_names_kept_before_they_were_guarded_are_guarded_when_shown(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = View.ask

    def kept(self: View, name: str, **params: object) -> pa.Table:
        table = asked(self, name, **params)
        if name != "sources_by_area" or not table.num_rows:
            return table
        rows = [
            {**row, "sheet": "李某某", "cells": json.dumps({"file": "张某某/2010-06_王某某.xlsx"})}
            for row in table.to_pylist()
        ]
        return pa.Table.from_pylist(rows, schema=table.schema)

    monkeypatch.setattr(View, "ask", kept)
    found = sources(view, village_of(view, "梅坪"), JUNE)
    assert {(source.file, source.sheet) for source in found} == {("2010-06_（略）.xlsx", "（略）")}
