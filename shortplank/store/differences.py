"""What changed between two editions, figure by figure."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.store.edition import Edition, Key
from shortplank.store.schema import dataset_measures

SCHEMA = pa.schema(
    [
        ("area_code", pa.string()),
        ("stat_month", pa.date32()),
        ("dataset", pa.string()),
        ("measure", pa.string()),
        ("old", pa.float64()),  # counts, exact to 2**53, and a bulletin's published values
        ("new", pa.float64()),
    ]
)
BULLETIN_FIGURES = ("numerator", "denominator", "value", "published_rank")
Figures = dict[tuple[str, str], float]


def difference(ws: Workspace, before: Edition, after: Edition) -> pa.Table:
    """Return each changed figure: area_code, stat_month, dataset, measure, old, new."""
    parts = [
        _changed(ws, key, before, after)
        for key in sorted({*before.by_key, *after.by_key})
        if before.by_key.get(key) != after.by_key.get(key)
    ]
    return pa.concat_tables(parts) if parts else SCHEMA.empty_table()


def whole_or_not(figures: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return figures as integers where all are whole, as they are otherwise."""
    whole = pc.all(pc.equal(figures, pc.floor(figures))).as_py() in (True, None)
    return figures.cast(pa.int64()) if whole else figures


def _changed(ws: Workspace, key: Key, before: Edition, after: Edition) -> pa.Table:
    dataset, month = key
    old, new = (_figures(ws, dataset, edition.table(dataset, month)) for edition in (before, after))
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


def _figures(ws: Workspace, dataset: str, table: pa.Table | None) -> Figures:
    """Return the sums by area and measure; nulls are left out."""
    found: Figures = {}
    if table is None:
        return found
    bulletin = "published_rank" in table.column_names
    wanted = BULLETIN_FIGURES if bulletin else dataset_measures(ws, dataset)
    names = [name for name in wanted if name in table.column_names]
    for row in table.to_pylist():
        for name in names:
            if row[name] is not None:
                measure = f"{row['indicator']}.{name}" if bulletin else name
                key = (row["area_code"], measure)
                found[key] = found.get(key, 0) + row[name]
    return found
