"""Publish: a checked batch becomes one edition; other townships' rows stay as they were."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.ingest.areas import NONE, Places, Register
from shortplank.ingest.findings import Findings, cell_name, column_name
from shortplank.ingest.recorded.origin import Moved
from shortplank.ingest.rows import rows_of
from shortplank.ingest.text import today
from shortplank.ingest.tidy import Report
from shortplank.store import Edition, Store, add_months
from shortplank.store.schema import dataset_schema

Key = tuple[str, date]
SUBMISSION = "submission"


@dataclass
class Publication:
    """What one batch changes; ``restates`` and ``forms`` are filled in under the store's lock."""

    ws: Workspace
    register: Register
    reports: Sequence[Report]
    received: date | None
    restates: list[str] = field(default_factory=list)
    forms: dict[str, int] = field(default_factory=dict)

    def change(self, edition: Edition) -> Mapping[Key, pa.Table]:
        """Return the new content of every month that the batch touches."""
        self.forms |= edition.forms | {r.layout.form: r.form.version for r in self.reports}
        grouped: dict[Key, list[Report]] = {}
        for report in self.reports:
            assert report.month is not None
            grouped.setdefault((report.form.dataset, report.month), []).append(report)
        new = {key: self._merged(edition, key, grouped[key]) for key in sorted(grouped)}
        if SUBMISSION in self.ws.datasets:
            for month in sorted({month for _, month in grouped}):
                reports = [r for r in self.reports if r.month == month]
                new[SUBMISSION, month] = self._submissions(edition, month, reports)
        return new

    def _merged(self, edition: Edition, key: Key, reports: Sequence[Report]) -> pa.Table:
        """Return a month's rows: those of the batch, and those that it does not replace."""
        dataset, month = key
        own = [rows_of(report, self.ws, self.register, month) for report in reports]
        old = edition.table(dataset, month)
        if old is None:
            return pa.concat_tables(own)
        old = old.cast(dataset_schema(self.ws, dataset))
        replaced = np.zeros(old.num_rows, dtype=bool)
        for report, rows in zip(reports, own, strict=True):
            replaced |= self._replaced(report, rows, old)
        if replaced.any() and f"{month:%Y-%m}" not in self.restates:
            self.restates.append(f"{month:%Y-%m}")
        return pa.concat_tables([old.filter(pa.array(~replaced)), *own])

    def _replaced(self, report: Report, rows: pa.Table, old: pa.Table) -> NDArray[np.bool_]:
        """Return the old rows of the report's townships, within the form's scope."""
        if report.form.figures:
            return _same(old, rows, ("area_code", "indicator"))
        own = np.isin(self._towns_of(old["area_code"]), np.unique(report.town))
        scope = report.form.scope
        return own & _same(old, rows, scope) if scope else own

    def _towns_of(self, codes: pa.ChunkedArray) -> Places:
        places = pc.index_in(codes, value_set=pa.array(self.register.codes)).to_numpy()
        return self.register.township[places.astype(np.int32)]

    # --- submissions -------------------------------------------------------------------------
    def _submissions(self, edition: Edition, month: date, reports: Sequence[Report]) -> pa.Table:
        """Return the month's submissions: one row more for every township and form of the batch."""
        schema = dataset_schema(self.ws, SUBMISSION)
        old = edition.table(SUBMISSION, month)
        revisions = _last_revisions(old)
        parts = [] if old is None else [old.cast(schema)]
        for report in reports:
            towns, cells = source_cells(report, self.register)
            codes = [self.register.codes[place] for place in towns]
            if report.form.figures:  # a bulletin comes from above: it is the county's own receipt
                codes, cells = [self.ws.settings.home], pa.array([_about(report) + "}}"])
            form, rows = report.layout.form, len(codes)
            values: dict[str, object] = {
                "area_code": codes,
                "stat_month": [month] * rows,
                "form": [form] * rows,
                "revision": [revisions.get((code, form), 0) + 1 for code in codes],
                "received_at": [self.received or report.received or today()] * rows,
                "file_sha256": [report.grid.sha256] * rows,
                "sheet": [report.grid.sheet] * rows,
                "cells": cells,
            }
            parts.append(pa.table({n: values[n] for n in schema.names}, schema=schema))
        return pa.concat_tables(parts)


def _same(old: pa.Table, new: pa.Table, columns: Sequence[str]) -> NDArray[np.bool_]:
    """Return the old rows whose values in these columns stand in the new ones too."""
    wanted = set(zip(*(new[name].to_pylist() for name in columns), strict=True))
    lines = zip(*(old[name].to_pylist() for name in columns), strict=True)
    return np.array([line in wanted for line in lines], dtype=bool)


def _last_revisions(submissions: pa.Table | None) -> dict[tuple[str, str], int]:
    last: dict[tuple[str, str], int] = {}
    if submissions is not None:
        rows = submissions.select(["area_code", "form", "revision"]).to_pylist()
        for row in rows:
            key = (row["area_code"], row["form"])
            last[key] = max(last.get(key, 0), row["revision"])
    return last


def source_cells(report: Report, register: Register) -> tuple[list[int], pa.StringArray]:
    """Return the reporting townships (places in the register) and the map to their source cells.

    The map is JSON: ``file``, ``header`` (first and last row), ``columns`` (a measure's letters,
    several where parts were added) and ``rows`` (an area's row), rows counted from 1.
    """
    order = np.argsort(report.town, kind="stable")
    towns, starts = np.unique(report.town[order], return_index=True)
    codes = pa.array(register.codes).take(pa.array(report.area[order]))
    rows = pa.array(report.rows[order] + 1).cast(pa.string())
    entries = pc.binary_join_element_wise('"', codes, '":', rows, "")
    offsets = pa.array([*starts.tolist(), len(order)], pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, entries), ",")
    about: pa.Array | str = _about(report)
    if isinstance(report.grid.origin, Moved):  # a town's own cells alone: there are a great many
        lines = np.split(report.rows[order], starts[1:])
        about = pa.array([_about(report, rows.tolist()) for rows in lines], pa.string())
    return towns.tolist(), pc.binary_join_element_wise(about, joined, "}}", "")


def _about(report: Report, rows: Sequence[int] = ()) -> str:
    """Return the JSON map of a report as far as its rows; of a laid grid with these rows' cells."""
    layout = report.layout
    about: dict[str, object] = {
        "file": report.grid.file,
        "header": [layout.first + 1, layout.last + 1],
        "columns": {
            measure: "+".join(column_name(column) for column in columns)
            for measure, columns in layout.measures.items()
        },
    }
    if isinstance(report.grid.origin, Moved):
        about["moved"] = _moved_in(report, report.grid.origin, rows)
    elif report.grid.origin:
        about["moved"] = _moved(report)
    return json.dumps(about, ensure_ascii=False, separators=(",", ":"))[:-1] + ',"rows":{'


def _moved(report: Report) -> dict[str, str]:
    """Return where the cells of 续表 blocks stood: A1 of the joined table to A1 of the sheet."""
    columns = set(report.layout.count_columns)
    return {
        cell_name(*place): cell_name(*stood)
        for place, stood in sorted(report.grid.origin.items())
        if place[1] in columns and place != stood
    }


def _moved_in(report: Report, origin: Moved, rows: Sequence[int]) -> dict[str, str]:
    """Return where the counts of some rows of a laid grid stood in the file."""
    places = ((row, column) for row in rows for column in report.layout.count_columns)
    return {
        cell_name(*place): cell_name(*stood)
        for place in places
        if (stood := origin.get(place)) is not None and stood != place
    }


def publish(
    store: Store,
    register: Register,
    reports: Sequence[Report],
    *,
    why: str,
    received: date | None,
    expected: int,
) -> Edition:
    """Publish all reports on edition ``expected`` and return the new one; else `Overtaken`.

    `NotAllowed` where the store's actor has another county than one of a report's townships.
    """
    if store.actor.scope:
        for code in _reported(reports, register, store.workspace):
            store.actor.must("publish", code, store.workspace)
    new = Publication(store.workspace, register, reports, received)
    # restates and forms are known once `change` has seen the current edition, under the lock.
    return store.publish(
        new.change,
        why=why,
        restates=new.restates,
        forms=new.forms,
        expected=expected,
    )


def _reported(reports: Iterable[Report], register: Register, ws: Workspace) -> set[str]:
    """Return the townships that reports are of; a bulletin is the whole workspace's."""
    found = set()
    for report in reports:
        if report.form.figures:
            found.add(ws.whole.settings.home)
        found |= {register.codes[place] for place in np.unique(report.town) if place != NONE}
    return found


def skipped_months(
    edition: Edition, reports: Iterable[Report], register: Register, findings: Findings
) -> None:
    """Note townships whose month before this one was never reported, though earlier ones were."""
    reports = [report for report in reports if report.month and _by_month(report)]
    ours: dict[Key, set[int]] = {}
    for report in reports:
        assert report.month is not None
        towns = set(np.unique(report.town[report.town != NONE]).tolist())
        ours.setdefault((report.form.dataset, report.month), set()).update(towns)
    for report in reports:
        _skipped(edition, report, ours, register, findings)


def _by_month(report: Report) -> bool:
    """Return whether a form comes every month or quarter, and not when something is found."""
    return not (report.form.keys or report.form.figures)


def _skipped(
    edition: Edition,
    report: Report,
    ours: Mapping[Key, set[int]],
    register: Register,
    findings: Findings,
) -> None:
    dataset, month = report.form.dataset, report.month
    assert month is not None
    before = add_months(month, -3 if report.form.expected == "quarter" else -1)
    earlier = [m for m in edition.months(dataset) if m < month]
    earlier += [m for name, m in ours if name == dataset and m < month]
    if not earlier:
        return
    there = set(ours.get((dataset, before), ()))
    table = edition.table(dataset, before)
    if table is not None:
        codes = pc.unique(table["area_code"]).to_pylist()
        places = {code: place for place, code in enumerate(register.codes)}
        there |= {int(register.township[places[code]]) for code in codes if code in places}
    gone = [
        place
        for place in sorted(ours[dataset, month] - there)
        if register.valid(np.array([place], dtype=np.int32), before)[0]
    ]
    if gone:
        names = "、".join(register.areas[place].name for place in gone[:5])
        more = f"等 {len(gone)} 个单位" if len(gone) > 5 else ""
        message = f"{names}{more} {before:%Y-%m} 还没有报，先报了 {month:%Y-%m}。"
        grid = report.grid
        findings.add(grid.file, grid.sheet, None, "warning", "skipped_month", message)
