"""The formats in which every table is taken away: a format is one line of `FORMATS`.

Each writes a table of Chinese columns with what it is about: county, month, edition, exactness.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

# Not the machine's own register of types: it differs from one to the next.
_OFFICE = "application/vnd.openxmlformats-officedocument."
MIME = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "docx": _OFFICE + "wordprocessingml.document",
    "pptx": _OFFICE + "presentationml.presentation",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}


@dataclass(frozen=True)
class Format:
    """A file that a table can be: what its button says, its ending, and what writes it.

    ``write`` takes the table, what it is about, its name and its fractions' decimals.
    """

    label: str
    ending: str
    write: Callable[[pa.Table, Mapping[str, str], str, int], bytes]


def _csv(table: pa.Table, about: Mapping[str, str], _name: str, _decimals: int) -> bytes:
    """Return a table as CSV with what it is on every row; no cell can run as a formula."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow([*table.column_names, *about])
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow([_cell(value) for value in (*row, *about.values())])
    return sink.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    """Return a cell's value; text that a spreadsheet would run is quoted.

    >>> _cell("=1+1"), _cell(None), _cell(3)
    ("'=1+1", '', 3)
    """
    if value is None:
        return ""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _xlsx(table: pa.Table, about: Mapping[str, str], name: str, decimals: int) -> bytes:
    """Return a table as a workbook of one sheet."""
    from shortplank.drawing.table_book import table_xlsx  # slow to import

    return table_xlsx(table, about, name=name, decimals=decimals)


FORMATS: tuple[Format, ...] = (
    Format("下载 CSV", "csv", _csv),
    Format("下载 Excel", "xlsx", _xlsx),
)
