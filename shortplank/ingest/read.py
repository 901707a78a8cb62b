"""Read: from a file's bytes to a grid of cells. What a file is, its bytes say, not its name."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

HEAD_ROWS = 60
DELIMITERS = (",", "\t", ";")
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """A file that holds no grid of cells; ``code`` and ``message`` say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Upload:
    """A file as it came: the name to show, and its bytes."""

    name: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """Return the hash of the bytes, by which a submission keeps its file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Grid:
    """One sheet: columns of text, all of one length; a blank cell is an empty string."""

    file: str
    sheet: str | None
    sha256: str
    columns: tuple[pa.StringArray, ...]

    @property
    def rows(self) -> int:
        """Return the number of rows, headers included."""
        return len(self.columns[0]) if self.columns else 0

    @cached_property
    def head(self) -> list[tuple[str, ...]]:
        """Return the first rows, where titles and headers stand."""
        return self.slice(0, HEAD_ROWS)

    @cached_property
    def encoded(self) -> tuple[pa.DictionaryArray, ...]:
        """Return the columns as distinct texts and places, so that each text is read once."""
        return tuple(column.dictionary_encode() for column in self.columns)

    @cached_property
    def texts(self) -> tuple[list[str], ...]:
        """Return each column's distinct texts."""
        return tuple(column.dictionary.to_pylist() for column in self.encoded)

    def places(self, column: int, start: int = 0) -> NDArray[np.int32]:
        """Return each row's place among the column's distinct texts, from row ``start`` on."""
        return self.encoded[column].indices.to_numpy()[start:]

    def slice(self, start: int, count: int) -> list[tuple[str, ...]]:
        """Return some rows as tuples of texts."""
        return list(zip(*(c.slice(start, count).to_pylist() for c in self.columns), strict=True))


def read_grids(upload: Upload) -> list[Grid]:
    """Return the sheets of a file; raises `Unreadable`."""
    if not upload.data.strip():
        raise Unreadable("empty_file", "这是一个空文件，请重新导出后再报。")
    for starts, reader in _READERS:
        if starts(upload.data):
            return reader(upload)
    return [_read_csv(upload)]


# --- workbooks ------------------------------------------------------------------------------------
def _is_workbook(data: bytes) -> bool:
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def _read_workbook(upload: Upload) -> list[Grid]:
    raise Unreadable(
        "workbook", "这一版只读 CSV 文件。请在表格软件中另存为“CSV UTF-8（逗号分隔）”后再报。"
    )


def _is_markup(data: bytes) -> bool:
    return data.removeprefix(_UTF8_BOM).lstrip()[:1] == b"<"


def _read_markup(upload: Upload) -> list[Grid]:
    raise Unreadable("markup", "文件内容是网页，不是表格。请在表格软件中打开并另存为 CSV 后再报。")


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[Upload], list[Grid]]], ...] = (
    (_is_workbook, _read_workbook),
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
