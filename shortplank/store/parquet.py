"""Tables as Parquet files, apart from `files`: by those a server locks and writes at once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shortplank.errors import StoreError
from shortplank.store.files import RESTORE, check, place_of


def parquet_bytes(table: pa.Table, *, row_group: int = 131_072, small: bool = False) -> bytes:
    """Return the table as Parquet; the same rows give the same bytes.

    ``small`` is for some hundred rows that are read whole: what zstd and statistics cost for each
    column is three quarters of what such a file takes to write.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.replace_schema_metadata(None),
        sink,
        compression="lz4" if small else "zstd",
        compression_level=None if small else 3,
        write_statistics=not small,
        row_group_size=row_group,
        store_schema=False,
        use_dictionary=_texts(table),
    )
    return bytes(sink.getvalue())


def _texts(table: pa.Table) -> list[str]:
    """Return the columns written as dictionaries: area codes, and what is one in memory."""
    kinds = zip(table.column_names, table.schema.types, strict=True)
    return [name for name, kind in kinds if name == "area_code" or pa.types.is_dictionary(kind)]


def read_table(path: Path, rows: pc.Expression | None = None) -> pa.Table:
    """Return the rows of a Parquet file that is named by its hash; `StoreError` as in `check`.

    ``rows`` says which rows; the parts of the file that hold none of them are not decoded.
    """
    try:
        return pq.read_table(pa.BufferReader(check(path)), partitioning=None, filters=rows)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise StoreError("数据文件已损坏", place=place_of(path), mend=RESTORE) from error
