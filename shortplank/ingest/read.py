"""Read: from a file's bytes to a grid of cells. What a file is, its bytes say, not its name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import zip_longest

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from shortplank.catalogue import Workspace
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.dhis2 import is_value_set, read_value_set
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.workbook import (
    is_compound,
    is_package,
    loose_texts_in,
    read_workbook,
)
from shortplank.sheets.content import CELLS, UNPACKED_BYTES

DELIMITERS = (",", "\t", ";")
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_grids(
    upload: Upload, ws: Workspace | None = None, reader: BoundedReader | None = None
) -> list[Grid]:
    """Return the sheets of a file; raises `Unreadable`.

    ``reader`` is the process that reads a batch's workbooks; without it this file has its own.
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
    return [_read_csv(upload)]


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


# --- CSV ------------------------------------------------------------------------------------------
def _read_csv(upload: Upload) -> Grid:
    data = _as_utf8(upload.data)
    first_line = data[: data.find(b"\n")] if b"\n" in data else data
    delimiter = max(DELIMITERS, key=lambda mark: first_line.count(mark.encode()))
    columns = _even_columns(data, first_line, delimiter) or _ragged_columns(data, delimiter)
    return Grid(upload.name, None, upload.sha256, columns)


def _as_utf8(data: bytes) -> bytes:
    """Return the text in UTF-8 without its mark; UTF-16 by its mark, else UTF-8, else GB18030."""
    if data.startswith(_UTF16_BOMS):
        return _decoded(data, "utf-16").encode()
    if b"\0" in data:
        raise Unreadable("binary", "文件内容不是文字表格，可能已损坏，请重新导出后再报。")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "gb18030").encode()
    return data.removeprefix(_UTF8_BOM)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            "encoding", "认不出文件的编码，可能已损坏。请另存为“CSV UTF-8（逗号分隔）”后再报。"
        ) from error


def _even_columns(
    data: bytes, first_line: bytes, delimiter: str
) -> tuple[pa.StringArray, ...] | None:
    """Return the columns of a table whose rows are all as long as the first, else None."""
    try:
        width = len(next(csv.reader([first_line.decode()], delimiter=delimiter), []))
        names = [str(i) for i in range(width)]
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, ignore_empty_lines=False, newlines_in_values=b'"' in data
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, csv.Error):
        return None
    return tuple(column.combine_chunks() for column in table.columns)


def _ragged_columns(data: bytes, delimiter: str) -> tuple[pa.StringArray, ...]:
    """Return the columns of a table with titles, notes or short rows, padded with blanks."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable("csv", "文件不是有效的 CSV，请重新导出后再报。") from error
    columns = zip_longest(*rows, fillvalue="")
    return tuple(pa.array(column, pa.string()) for column in columns)


__all__ = ["Grid", "Unreadable", "Upload", "loose_texts", "read_grids"]
