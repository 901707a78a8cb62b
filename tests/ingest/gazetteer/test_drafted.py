"""A stranger's file through the commands alone: form drafted, areas registered, counts imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank import cli
from tests.ingest.drafting.shapes import SHAPES
from tests.ingest.gazetteer.county import opened


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_registered_by_its_own_file(name: str, tmp_path: Path) -> None:
    shape, root = SHAPES[name](), tmp_path / "w"
    path = tmp_path / shape.name
    path.write_bytes(shape.data)
    assert cli.run(["init", str(root), "--blank", "--name", "山口县"]) == 0
    for command in ("form draft", "areas from"):
        assert cli.run([*command.split(), str(path), "-w", str(root), "--accept"]) == 0
    assert cli.run(["import", str(path), "-w", str(root)]) == 0
    ws = opened(root).workspace
    units = {area.area_code for area in ws.areas if area.level == shape.level}
    named = {unit for _, unit in shape.figures}
    assert len(units) >= len(named)
    store = opened(root)
    (key,) = ws.forms
    form, edition = ws.forms[key], store.edition()
    got = sum(
        value or 0
        for month in edition.months(form.dataset)
        for row in edition.table(form.dataset, month).to_pylist()  # type: ignore[union-attr]
        for value in (row[column] for column in form.columns)
    )
    assert got == sum(value or 0 for counts in shape.figures.values() for value in counts)
    assert cli.run(["areas", "from", str(path), "-w", str(root), "--accept"]) == 0
    assert opened(root).workspace.areas == ws.areas
