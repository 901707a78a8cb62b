"""What changed between two editions, count by count."""

from __future__ import annotations

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.store.edition import Edition, Key
from shortplank.store.schema import dataset_measures

SCHEMA = pa.schema(
    [
        ("area_code", pa.string()),
        ("stat_month", pa.date32()),
        ("dataset", pa.string()),
        ("measure", pa.string()),
        ("old", pa.int64()),
        ("new", pa.int64()),
    ]
)
BULLETIN_COUNTS = ("numerator", "denominator", "published_rank")
Counts = dict[tuple[str, str], int]


def difference(ws: Workspace, before: Edition, after: Edition) -> pa.Table:
    """Return each changed count: area_code, stat_month, dataset, measure, old, new."""
    parts = [
        _changed(ws, key, before, after)
        for key in sorted({*before.by_key, *after.by_key})
        if before.by_key.get(key) != after.by_key.get(key)
    ]
    return pa.concat_tables(parts) if parts else SCHEMA.empty_table()


def _changed(ws: Workspace, key: Key, before: Edition, after: Edition) -> pa.Table:
    dataset, month = key
    old, new = (_counts(ws, dataset, edition.table(dataset, month)) for edition in (before, after))
    rows = [
        {
            "area_code": code,
            "stat_month": month,
            "dataset": dataset,
            "measure": name,
            "old": old.get((code, name)),
            "new": new.get((code, name)),
        }
        for code, name in sorted({*old, *new})
        if old.get((code, name)) != new.get((code, name))
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _counts(ws: Workspace, dataset: str, table: pa.Table | None) -> Counts:
    """Return the sums by area and measure; null counts are left out."""
    found: Counts = {}
    if table is None:
        return found
    bulletin = "published_rank" in table.column_names
    wanted = BULLETIN_COUNTS if bulletin else dataset_measures(ws, dataset)
    names = [name for name in wanted if name in table.column_names]
    for row in table.to_pylist():
        for name in names:
            if row[name] is not None:
                measure = f"{row['indicator']}.{name}" if bulletin else name
                key = (row["area_code"], measure)
                found[key] = found.get(key, 0) + row[name]
    return found
