"""The demo county's register without its editions, and sample reports of it."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from shortplank.catalogue import copy_standard
from shortplank.demo.build import __file__ as DEMO
from shortplank.ingest import Upload
from shortplank.store import Edition

EXCERPTS = Path(__file__).parent / "excerpts"
SETTINGS = 'schema_version = 1\nname = "云洲县"\nhome = "990101"\n'
JUNE = date(2010, 6, 1)


def make_yunzhou(root: Path) -> Path:
    """Write the workspace, the standard catalogue in it, and return its folder."""
    root.mkdir(parents=True)
    (root / "workspace.toml").write_text(SETTINGS, encoding="utf-8")
    for name in ("areas.csv", "successors.csv", "peers.csv"):
        shutil.copyfile(Path(DEMO).parent / "areas" / name, root / name)
    copy_standard(root)
    return root


def uploads(folder: Path) -> list[Upload]:
    """Return the reports of a folder, in order."""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("expected"))
    return [Upload(path.name, path.read_bytes()) for path in files]


def expected(folder: Path) -> dict[str, Any]:
    """Return what a folder's ``expected.json`` says of each bad file."""
    return json.loads((folder / "expected.json").read_text("utf-8"))["files"]


def differing(edition: Edition, dataset: str, truth: Path) -> tuple[int, list[tuple[str, str]]]:
    """Return how many counts a file of true counts has, and the (area, measure) that differ."""
    table = edition.table(dataset, JUNE)
    assert table is not None
    got = {row["area_code"]: row for row in table.to_pylist()}
    counted, wrong = 0, []
    with truth.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in row.keys() - {"month", "township_code", "area_code"}:
                counted += 1
                if got.get(row["area_code"], {}).get(name) != int(row[name]):
                    wrong.append((row["area_code"], name))
    return counted, wrong
