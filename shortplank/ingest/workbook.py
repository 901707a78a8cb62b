"""Workbooks: the sheets of an .xlsx or .xls file as grids, with what is hidden and merged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.grid import HEAD_ROWS, Grid, Unreadable, Upload

_FAULTS = {
    "broken": "文件不完整或已损坏，打不开。请在表格软件中打开原文件，另存为 xlsx 后再报。",
    "too_large": "文件解压后过大，不像是月报，没有打开。请只留报表本身，另存为新的 xlsx 后再报。",
    "password": "文件设有打开密码，读不了。请去掉密码另存后再报。",
    "workbook": "文件不是 xlsx 或 xls 工作簿（可能是文档或别的格式）。请另存为 xlsx 后再报。",
    "disagreement": (
        "文件内部的格子位置写得自相矛盾，不同软件会读出不同的数，没有读取。"
        "请在表格软件中打开原文件，另存为新的 xlsx 后再报。"
    ),
}


def is_package(data: bytes) -> bool:
    """Return whether the bytes begin like a zip file, as .xlsx files do."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_compound(data: bytes) -> bool:
    """Return whether the bytes begin like a compound file, as .xls files do."""
    return data.startswith(b"\xd0\xcf\x11\xe0")


def read_workbook(upload: Upload, reader: BoundedReader) -> list[Grid]:
    """Return the sheets of an .xlsx or .xls file; raises `Unreadable`."""
    found = reader.read(upload.data)
    if "fault" in found:
        raise Unreadable(found["fault"], _FAULTS[found["fault"]])
    about = tuple(found["about"])
    return [_grid(upload, sheet, about) for sheet in found["sheets"]]


def _grid(upload: Upload, sheet: dict[str, Any], about: tuple[str, ...]) -> Grid:
    return Grid(
        upload.name,
        sheet["name"],
        upload.sha256,
        tuple(pa.array(column, pa.string()) for column in sheet["columns"]),
        hidden=not sheet["visible"],
        spans=tuple(_spans(sheet["merges"])),
        faults={(row, column): kind for row, column, kind in sheet["faults"]},
        notes=tuple((tuple(place) if place else None, text) for place, text in sheet["notes"]),
        about=about,
    )


def _spans(merges: Iterable[Sequence[int]]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the ranges of the head that are merged across columns: first and last row, column."""
    for top, left, bottom, right in merges:
        if right > left and top < HEAD_ROWS:
            yield top, min(bottom, HEAD_ROWS - 1), left, right


_XLS_TEXTS = (re.compile(rb"[ -~]{11,}"), re.compile(rb"(?:[ -~]\x00){11,}"))


def loose_texts_in(data: bytes) -> list[str]:
    """Return the long runs of Latin text anywhere in an .xls file, comments among them."""
    found = [match.decode("latin-1") for match in _XLS_TEXTS[0].findall(data)]
    return found + [match.decode("utf-16-le") for match in _XLS_TEXTS[1].findall(data)]
