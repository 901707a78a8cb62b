"""An annotated copy: the workbook as it came, each faulty cell marked, with its finding."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from shortplank.errors import ShortplankError
from shortplank.ingest.bounded import Bounded, Ended
from shortplank.ingest.findings import SEVERITY_LABELS, Finding
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.read import read_grids
from shortplank.ingest.workbook import is_package
from shortplank.names import sheet_name

_COLOURS = {"error": "FFF4B183", "warning": "FFFFF2CC"}
SHEET = "核对意见"
AUTHOR = "短板看板"


def annotate(upload: Upload, findings: Iterable[Finding]) -> bytes:
    """Return an .xlsx copy with the findings in it and a sheet that lists them all.

    Formulas and text that looks like one are written as text: nothing in the copy can run.
    `ShortplankError` for a file that was refused (it is not handed on) or cannot be read.
    """
    own = [finding for finding in findings if finding.file == upload.name]
    if any(finding.severity == "refuse" for finding in own):
        raise ShortplankError("含个人信息的文件不另存批注副本", mend="请退回填报单位重报")
    try:
        grids = read_grids(upload)
    except Unreadable as fault:
        raise ShortplankError(fault.message, place=upload.name) from fault
    marks = [
        (f.sheet, f.cell, _COLOURS[f.severity], SEVERITY_LABELS[f.severity], f.message) for f in own
    ]
    about = {"list": SHEET, "author": AUTHOR, "marks": marks, "copies": []}
    copy = _made(about, upload.data) if is_package(upload.data) else b""
    if not (copy := copy or _made({**about, "copies": _copies(grids)}, b"")):
        raise ShortplankError(
            "文件过大，做不出批注副本", place=upload.name, mend="请按页面上的提示逐格核对"
        )
    return copy


def _copies(grids: Sequence[Grid]) -> list[tuple[str | None, str, list[list[str]]]]:
    """Return each sheet's name, what it is called in a copy of the cells alone, and its columns."""
    titles: list[str] = []
    for number, grid in enumerate(grids, start=1):
        titles.append(sheet_name(grid.sheet or f"表{number}", [*titles, SHEET]))
    return [
        (grid.sheet, title, [column.to_pylist() for column in grid.columns])
        for grid, title in zip(grids, titles, strict=True)
    ]


def _made(about: Mapping[str, object], data: bytes) -> bytes:
    """Return the copy that a process of its own makes; nothing where it cannot."""
    try:
        with Bounded("mark") as worker:
            return worker.ask(json.dumps(about).encode() + b"\n" + data)
    except Ended:
        return b""
