"""Workbooks: the sheets of an .xlsx or .xls file as grids, with what is hidden and merged."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any

import pyarrow as pa
import python_calamine as calamine

from shortplank.ingest import archive, compound_child
from shortplank.ingest.archive import SheetPart
from shortplank.ingest.compound import error_cells
from shortplank.ingest.grid import HEAD_ROWS, Grid, Place, Unreadable, Upload

# A number from here on is no count but an identity or card number that lost its last digits.
LONG_NUMBER = 1e14
Merge = tuple[tuple[int, int], tuple[int, int]]
_TORN = "文件不完整或已损坏，打不开。请在表格软件中打开原文件，另存为 xlsx 后再报。"
_HUGE = "文件解压后过大，不像是月报，没有打开。请只留报表本身，另存为新的 xlsx 后再报。"
_LOCKED = "文件设有打开密码，读不了。请去掉密码另存后再报。"
# How the process that reads an .xls file ends (see `compound_child`).
_CHILD_SAYS = {3: ("password", _LOCKED), 4: ("too_large", _HUGE)}
SECONDS = 25
_FOREIGN = "文件不是 xlsx 或 xls 工作簿（可能是文档或别的格式）。请另存为 xlsx 后再报。"


def is_package(data: bytes) -> bool:
    """Return whether the bytes begin like a zip file, as .xlsx files do."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_compound(data: bytes) -> bool:
    """Return whether the bytes begin like a compound file, as .xls files do."""
    return data.startswith(b"\xd0\xcf\x11\xe0")


def read_package(upload: Upload) -> list[Grid]:
    """Return the sheets of an .xlsx file; raises `Unreadable`."""
    try:
        parts = archive.unpack(upload.data)
        if "xl/workbook.bin" in parts or "mimetype" in parts:
            raise Unreadable("workbook", _FOREIGN)
        paths = {k: p for k, p in archive.sheet_paths(parts).items() if p in parts}
        for path in paths.values():
            archive.check_extent(parts[path])
        unseen = {name: archive.read_part(parts, path) for name, path in paths.items()}
    except archive.TooLarge as error:
        raise Unreadable("too_large", _HUGE) from error
    except archive.Broken as error:
        raise Unreadable("broken", _TORN) from error
    return _sheets(upload, unseen)


def read_compound(upload: Upload) -> list[Grid]:
    """Return the sheets of an .xls file, read by a process of its own; raises `Unreadable`."""
    command = [sys.executable, "-I", compound_child.__file__, str(archive.CELLS)]
    try:
        done = subprocess.run(command, input=upload.data, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("too_large", _HUGE) from error
    if done.returncode:
        raise Unreadable(*_CHILD_SAYS.get(done.returncode, ("broken", _TORN)))
    errors = error_cells(upload.data)
    sheets = []
    for name, visible, cells, merges in json.loads(done.stdout):
        unseen = SheetPart(errors=dict.fromkeys(errors.get(name, ()), "#"))
        sheets.append(_grid(upload, name, visible, cells, merges, unseen))
    return sheets


def _sheets(upload: Upload, unseen: dict[str, SheetPart]) -> list[Grid]:
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(upload.data)) as book:
            about = [m for m in book.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
            return [_sheet(upload, book, m, unseen.get(m.name) or SheetPart()) for m in about]
    except calamine.PasswordError as error:
        raise Unreadable("password", _LOCKED) from error
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise Unreadable("broken", _TORN) from error
    except BaseException as error:  # calamine's own faults come as panics, not as exceptions
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("broken", _TORN) from None


def _sheet(upload: Upload, book: Any, about: Any, unseen: SheetPart) -> Grid:
    sheet = book.get_sheet_by_name(about.name)
    if sheet.total_height * sheet.total_width > archive.CELLS:
        raise Unreadable("too_large", _HUGE)
    visible = about.visible == calamine.SheetVisibleEnum.Visible
    cells = sheet.to_python(skip_empty_area=False)
    return _grid(upload, about.name, visible, cells, sheet.merged_cell_ranges or (), unseen)


def _grid(
    upload: Upload,
    name: str,
    visible: bool,
    cells: Sequence[Sequence[object]],
    merges: Sequence[Merge],
    unseen: SheetPart,
) -> Grid:
    faults = _faults(cells, unseen)
    rows = [[_text(value) for value in row] for row in cells]
    _fill_down(rows, cells, merges, faults)
    return Grid(
        upload.name,
        name,
        upload.sha256,
        tuple(pa.array(c, pa.string()) for c in zip_longest(*rows, fillvalue="")),
        hidden=not visible,
        spans=tuple(_spans(merges)),
        faults=faults,
        notes=tuple(unseen.notes),
    )


def _text(value: object) -> str:
    """Return a cell's value as it would be typed; a date without a time as 2010-06-01."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else str(value)
    return str(value) if isinstance(value, (int, date, time, timedelta)) else ""


def _faults(cells: Sequence[Sequence[object]], unseen: SheetPart) -> dict[Place, str]:
    """Return the cells whose value is not what it seems: `formula`, `no_value`, `error`, `long`."""
    faults = {place: "formula" if kept else "no_value" for place, kept in unseen.formulas.items()}
    faults |= dict.fromkeys(unseen.errors, "error")
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            if isinstance(value, (int, float)) and abs(value) >= LONG_NUMBER:
                faults[row, column] = "long"
    return faults


def _fill_down(
    rows: list[list[str]],
    cells: Sequence[Sequence[object]],
    merges: Iterable[Merge],
    faults: dict[Place, str],
) -> None:
    """Write a merged text into every row that it spans; a merged count belongs to no one row."""
    for (top, left), (bottom, _) in merges:
        bottom = min(bottom, len(rows) - 1)
        if bottom <= top or left >= len(rows[top]):
            continue
        value = cells[top][left]
        for row in range(top + 1, bottom + 1):
            if isinstance(value, str):
                rows[row][left] = value
            else:
                faults[row, left] = faults[top, left] = "merged"


def _spans(merges: Iterable[Merge]) -> Iterable[tuple[int, int, int, int]]:
    """Yield the ranges of the head that are merged across columns: first and last row, column."""
    for (top, left), (bottom, right) in merges:
        if right > left and top < HEAD_ROWS:
            yield top, min(bottom, HEAD_ROWS - 1), left, right


_XLS_TEXTS = (re.compile(rb"[ -~]{11,}"), re.compile(rb"(?:[ -~]\x00){11,}"))


def loose_texts_in(data: bytes) -> list[str]:
    """Return the long runs of Latin text anywhere in an .xls file, comments among them."""
    found = [match.decode("latin-1") for match in _XLS_TEXTS[0].findall(data)]
    return found + [match.decode("utf-16-le") for match in _XLS_TEXTS[1].findall(data)]
