"""Read: from a file's bytes to a grid of cells. What a file is, its bytes say, not its name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import zip_longest

import pyarrow as pa
import pyarrow.csv as arrow_csv

from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.workbook import is_compound, is_package, read_compound, read_package

DELIMITERS = (",", "\t", ";")
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_grids(upload: Upload) -> list[Grid]:
    """Return the sheets of a file; raises `Unreadable`."""
    if not upload.data.strip():
        raise Unreadable("empty_file", "这是一个空文件，请重新导出后再报。")
    for starts, reader in _READERS:
        if starts(upload.data):
            return reader(upload)
    return [_read_csv(upload)]


def _is_markup(data: bytes) -> bool:
    return data.removeprefix(_UTF8_BOM).lstrip()[:1] == b"<"


def _read_markup(upload: Upload) -> list[Grid]:
    raise Unreadable(
        "markup",
        "扩展名虽是表格，内容却是网页。请在表格软件中打开，另存为 xlsx 后再报。",
    )


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[Upload], list[Grid]]], ...] = (
    (is_package, read_package),
    (is_compound, read_compound),
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


__all__ = ["Grid", "Unreadable", "Upload", "read_grids"]
