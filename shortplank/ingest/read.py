"""Read: from a file's bytes to a grid of cells. What a file is, its bytes say, not its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from shortplank.catalogue import Workspace
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.csv_text import read_csv
from shortplank.ingest.dhis2 import is_value_set, read_value_set
from shortplank.ingest.dhis2_analytics import is_analytics, read_analytics
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.words import Words
from shortplank.ingest.workbook import (
    is_compound,
    is_package,
    loose_texts_in,
    read_workbook,
)
from shortplank.sheets.content import CELLS, UNPACKED_BYTES

_UTF8_BOM = b"\xef\xbb\xbf"


def read_grids(
    upload: Upload,
    ws: Workspace | None = None,
    words: Mapping[str, Words] | None = None,
    reader: BoundedReader | None = None,
) -> list[Grid]:
    """Return the sheets of a file; raises `Unreadable`.

    ``words`` are the forms' headers, by which the delimiter of a CSV is told; ``reader`` is the
    process that reads a batch's workbooks; without it this file has its own.
    """
    if not upload.data.strip():
        raise Unreadable("empty_file", "这是一个空文件，请重新导出后再报。")
    if is_package(upload.data) or is_compound(upload.data):
        if reader is not None:
            return read_workbook(upload, reader)
        with BoundedReader() as own:
            return read_workbook(upload, own)
    for starts, read in _READERS:
        if starts(upload.data):
            return read(upload)
    if ws is not None and is_value_set(upload.data):
        return read_value_set(upload, ws)
    if ws is not None and is_analytics(upload.data):
        return read_analytics(upload, ws)
    return [read_csv(upload, words)]


def loose_texts(data: bytes) -> list[str]:
    """Return the texts of a file that belong to no sheet: those between the cells of an .xls."""
    return loose_texts_in(data) if is_compound(data) else []


def _is_parquet(data: bytes) -> bool:
    return data.startswith(b"PAR1")


def _read_parquet(upload: Upload) -> list[Grid]:
    """Return a tidy table; its columns' names are its header."""
    try:
        file = pq.ParquetFile(pa.BufferReader(upload.data))
        about = file.metadata
        size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        if about.num_rows * about.num_columns > CELLS or size > UNPACKED_BYTES:
            raise Unreadable(
                "too_large", "文件展开后过大，不像是报表，没有打开。请分月导出后再报。"
            )
        table = file.read(use_threads=False)
        columns = tuple(_as_text(name, table[name]) for name in table.column_names)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise Unreadable("broken", "Parquet 文件不完整或已损坏，请重新导出后再报。") from error
    return [Grid(upload.name, None, upload.sha256, columns)]


def _as_text(name: str, column: pa.ChunkedArray) -> pa.StringArray:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.date32(), safe=False)
    texts = column.cast(pa.string()).fill_null("").combine_chunks()
    return pa.concat_arrays([pa.array([name], pa.string()), texts])


def _is_markup(data: bytes) -> bool:
    return data.removeprefix(_UTF8_BOM).lstrip()[:1] == b"<"


def _read_markup(upload: Upload) -> list[Grid]:
    raise Unreadable(
        "markup",
        "扩展名虽是表格，内容却是网页。请在表格软件中打开，另存为 xlsx 后再报。",
    )


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[Upload], list[Grid]]], ...] = (
    (_is_parquet, _read_parquet),
    (_is_markup, _read_markup),
)


__all__ = ["Grid", "Unreadable", "Upload", "loose_texts", "read_grids"]
