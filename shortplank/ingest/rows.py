"""Rows: a report's lines as the dataset's table has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.ingest.areas import Register
from shortplank.ingest.tidy import Report, is_rate
from shortplank.ingest.words import FIGURES, indicator_names
from shortplank.store.schema import dataset_measures, dataset_schema

Columns = dict[str, pa.Array]


def rows_of(report: Report, ws: Workspace, register: Register, month: date) -> pa.Table:
    """Return a report's lines in the dataset's schema; what it does not hold is null."""
    if report.form.figures:
        return _figures(report, ws, register, month)
    if report.form.split:
        return _split(report, ws, register, month)
    columns = _places(report, register, month, np.arange(len(report.rows)))
    for name in report.form.keys:
        columns[name] = pa.array(report.keys[name])
    for measure in report.layout.measures:
        columns[ws.measures[measure].column or measure] = _counts(report, measure)
    return _table(ws, report.form.dataset, columns, len(report.rows))


def _places(report: Report, register: Register, month: date, lines: np.ndarray) -> Columns:
    codes = pa.array(register.codes)
    return {
        "area_code": codes.take(pa.array(report.area[lines])),
        "stat_month": pa.repeat(pa.scalar(month), len(lines)),
    }


def _counts(report: Report, measure: str) -> pa.Array:
    """Return a measure's counts; a blank is zero, or null where it is nothing counted.

    A column without any count of a measure that may be left out is left out too.
    """
    values = report.measure(measure)
    if not report.blank_is_unknown and not report.is_left_out(measure):
        return pa.array(values)
    return pa.array(values, mask=report.blank(measure))


def _split(report: Report, ws: Workspace, register: Register, month: date) -> pa.Table:
    """Return a row for each measure that a line holds, with the key's value for it."""
    (key,) = report.form.keys
    parts = []
    for measure, value in report.form.split.items():
        if measure not in report.layout.measures:
            continue
        lines = np.flatnonzero(~report.blank(measure))
        columns = _places(report, register, month, lines)
        columns[key] = pa.repeat(pa.scalar(value), len(lines))
        columns[measure] = _counts(report, measure).take(pa.array(lines))
        parts.append(_table(ws, report.form.dataset, columns, len(lines)))
    return pa.concat_tables(parts)


def _figures(report: Report, ws: Workspace, register: Register, month: date) -> pa.Table:
    """Return a bulletin's figures, a row an area and indicator."""
    if "indicator" in report.layout.keys:
        names = indicator_names(report.form, ws)
        named = [names.get(str(v), str(v)) for v in report.keys["indicator"]]
        return _one_figure(report, ws, register, month, named, "")
    indicators = dict.fromkeys(name.partition(".")[0] for name in report.layout.measures)
    lines = len(report.rows)
    parts = [
        _one_figure(report, ws, register, month, [indicator] * lines, f"{indicator}.")
        for indicator in indicators
    ]
    return pa.concat_tables(parts)


def _one_figure(
    report: Report,
    ws: Workspace,
    register: Register,
    month: date,
    named: Sequence[str],
    prefix: str,
) -> pa.Table:
    columns = _places(report, register, month, np.arange(len(report.rows)))
    columns["indicator"] = pa.array(named, pa.string())
    blank = np.ones(len(report.rows), dtype=bool)
    for figure in FIGURES:
        measure = prefix + figure
        if measure in report.layout.measures:
            blank &= report.blank(measure)
            (column,) = report.layout.measures[measure]
            values = report.columns[column].values
            columns[figure] = pa.array(
                values if is_rate(measure) else values.astype(np.int64), mask=report.blank(measure)
            )
    table = _table(ws, report.form.dataset, columns, len(report.rows))
    return table.filter(pa.array(~blank))


def _table(ws: Workspace, dataset: str, columns: Columns, rows: int) -> pa.Table:
    schema = dataset_schema(ws, dataset)
    known = {*schema.names, *dataset_measures(ws, dataset)}
    assert set(columns) <= known
    full = [columns.get(f.name, pa.nulls(rows, f.type)).cast(f.type) for f in schema]
    return pa.table(full, schema=schema)
