"""A register of the areas that a file names, for trying a drafted form on its own file."""

from __future__ import annotations

import csv
from pathlib import Path

from shortplank.catalogue import load_workspace
from shortplank.catalogue.models import AreaLine
from shortplank.cli.new_workspace import write_workspace
from shortplank.ingest import Upload, area_labels, check_batch, publish_batch
from shortplank.ingest.drafting.variants import Drafted, draft_files
from shortplank.ingest.drafting.writing import Written, write_draft
from shortplank.records.settings_changes import change
from shortplank.store import Store

FIRST = "2000-01-01"
Held = dict[tuple[str, str], tuple[int | None, ...]]


def opened(root: Path) -> Store:
    """Return the store of a workspace as it stands now."""
    return Store(root, load_workspace(root))


def accepted(root: Path, uploads: list[Upload]) -> tuple[Drafted, Written]:
    """Draft a form from files, and write it into a workspace."""
    store = opened(root)
    made = draft_files(uploads)
    written = write_draft(
        store.workspace,
        made.form,
        made.measured,
        made.first.areas.level,
        quarters=made.first.roles.times.quarters,
    )
    change(store, written.texts, "认表")
    return made, written


def register(root: Path, upload: Upload, form: str) -> dict[str, str]:
    """Write the areas that a file names, and return each one's code, else name, by its code."""
    ws = load_workspace(root)
    level = ws.datasets[ws.forms[form].dataset].level
    home = ws.settings.home
    lines: list[list[str]] = []
    towns: dict[str, str] = {}
    units: dict[tuple[str, ...], str] = {}
    for row in area_labels(upload, ws.forms[form]).to_pylist():
        unit = tuple(row[name] or "" for name in ("county", "parent", "name", "code"))
        if unit in units:
            continue
        above = home
        if level == "village":
            above = towns.setdefault(unit[1], f"T{len(towns) + 1}")
        units[unit] = unit[3] or f"U{len(units) + 1}"
        lines.append([units[unit], above, level, unit[2] or unit[3], "", FIRST, ""])
    lines = [[code, home, "township", name, "", FIRST, ""] for name, code in towns.items()] + lines
    with (root / "areas.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    assert len(AreaLine.model_fields) == 7
    return {code: unit[3] or unit[2] for unit, code in units.items()}


def imported(root: Path, uploads: list[Upload], form: str, called: dict[str, str]) -> Held:
    """Import files and return what the edition then holds, by month and unit."""
    store = opened(root)
    batch = check_batch(store, uploads)
    assert not batch.stops, [f.message for f in batch.findings if f.severity != "warning"]
    edition = publish_batch(store, batch, why="")
    own = store.workspace.forms[form]
    return {
        (f"{month:%Y-%m}", called[row["area_code"]]): tuple(row[name] for name in own.columns)
        for month in edition.months(own.dataset)
        for row in edition.table(own.dataset, month).to_pylist()  # type: ignore[union-attr]
    }


def blank(root: Path) -> Path:
    """Return a blank workspace."""
    write_workspace(root, "990101", "本县", blank=True)
    return root
