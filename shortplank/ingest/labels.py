"""What a file's rows call their month, their areas and these areas' codes, unchecked."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from shortplank.catalogue.models import Form
from shortplank.ingest.grid import Grid
from shortplank.ingest.header import Layout
from shortplank.ingest.numbers import NOT_A_NUMBER, parse_count
from shortplank.ingest.periods import period_of


def labels(grid: Grid, layout: Layout, form: Form) -> pa.Table:
    """Return what each row calls its month, areas and their codes; null where it does not."""
    start = layout.last + 1
    columns = {
        name: pa.nulls(grid.rows - start, pa.string())
        if column is None
        else grid.columns[column].slice(start)
        for name, column in (
            ("parent", layout.parent),
            ("name", layout.name),
            ("code", layout.code),
            ("county", layout.county),
            ("parent_code", layout.parent_code),
            ("county_code", layout.county_code),
        )
    }
    months = pa.nulls(grid.rows - start, pa.date32())
    if layout.month is not None and form.month is not None:
        calendar = form.month.calendar
        read = [period_of(text, calendar=calendar).month for text in grid.texts[layout.month]]
        months = pa.array(read, pa.date32()).take(pa.array(grid.places(layout.month, start)))
    return pa.table({"month": months, **columns})


def line_labels(grid: Grid, layout: Layout, form: Form) -> pa.Table:
    """Return the labels of the rows that are lines: with an area, and no words for counts."""
    table, start = labels(grid, layout, form), layout.last + 1
    keep = np.zeros(table.num_rows, dtype=bool)
    for column in (layout.code, layout.name):
        if column is not None:
            named = np.array([bool(text.strip()) for text in grid.texts[column]], dtype=bool)
            keep |= named[grid.places(column, start)]
    for column in layout.count_columns:
        states = [parse_count(text)[1] != NOT_A_NUMBER for text in grid.texts[column]]
        keep &= np.array(states, dtype=bool)[grid.places(column, start)]
    return table.filter(pa.array(keep))
