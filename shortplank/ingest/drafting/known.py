"""Whether a form of the workspace reads a file already."""

from __future__ import annotations

from shortplank.catalogue import Workspace
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.header import Block, read_layout
from shortplank.ingest.read import read_grids
from shortplank.ingest.recognising import find_registered
from shortplank.ingest.recorded import Recorded, is_text
from shortplank.ingest.words import Words, vocabularies


def form_that_reads(ws: Workspace, upload: Upload) -> str | None:
    """Return the label of the form that reads a file's header, all of it; None where none does."""
    recorded = Recorded.of(ws.forms)
    try:
        read = recorded.text(upload)
        if read is not None and not read[1].missing and not read[1].unknown:
            return ws.forms[read[1].form].label
        words = vocabularies({k: f for k, f in ws.forms.items() if _guesses(ws, k, upload)}, ws)
        grids = read_grids(upload, ws, words or None)
    except Unreadable:
        return None
    for grid in grids:
        if grid.hidden:
            continue
        match = recorded.sheet(grid) if not is_text(upload.data) else None
        if match is not None and not match.unknown:
            return ws.forms[match.form].label
        block = find_registered(grid, words) if words else None
        if block is not None and _is_whole(grid, words[block.form], block):
            return ws.forms[block.form].label
    return None


def _guesses(ws: Workspace, key: str, upload: Upload) -> bool:
    reading = ws.forms[key].reading
    return reading is None or reading.encoding is None or not is_text(upload.data)


def _is_whole(grid: Grid, words: Words, block: Block) -> bool:
    findings = Findings()
    layout = read_layout(grid, words, block, findings)
    return layout is not None and not any(f.severity == "error" for f in findings)
