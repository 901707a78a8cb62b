"""Against what was published before: jumps, outliers and figures that never move are said.

None of it stops a publish but a blank column that the months before show to be no zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.ingest.areas import NONE, Register
from shortplank.ingest.blanks import BLANK_COLUMN
from shortplank.ingest.findings import Findings
from shortplank.ingest.tidy import Report
from shortplank.stats.outliers import find_outliers
from shortplank.stats.quality import unchanged_runs
from shortplank.store import Edition, add_months

# The year before: outliers are judged against it.
MONTHS = 12
# Shares above which a change or a figure is worth a look (editable defaults of the catalogue).
POPULATION_MOVED, LATE_SHARE = 0.05, 0.10
LATE_LEAST = 5
UNCHANGED_MONTHS, UNCHANGED_MEDIAN, UNCHANGED_LEAST = 6, 20.0, 3
EXTREME = 2
# So many of one kind are named for a sheet, those that concern most people first.
NAMED = 10
_BIRTHS = tuple(f"births_p{order}_{sex}" for order in (1, 2, 3) for sex in "mf")
Series = NDArray[np.float64]


def compare_with_history(
    edition: Edition,
    ws: Workspace,
    reports: Sequence[Report],
    register: Register,
    findings: Findings,
) -> None:
    """Note what is unlikely beside the months before, and columns that cannot be blank."""
    groups: dict[tuple[str, date], list[Report]] = {}
    for report in reports:
        if report.month is None or not report.form.expected or not len(report.rows):
            continue
        if not findings.has(report.grid.file, report.grid.sheet, ("error", "refuse")):
            _late_births(report, findings)
            groups.setdefault((report.layout.form, report.month), []).append(report)
    for (_, month), together in groups.items():
        _Look(edition, ws, together, month, register, findings).against_before()


def _late_births(report: Report, findings: Findings) -> None:
    """Note a sheet whose late registrations are more than a tenth of what it registered."""
    if "births_late" not in report.layout.measures or not set(_BIRTHS) <= set(
        report.layout.measures
    ):
        return
    late = int(report.measure("births_late").sum())
    whole = late + int(sum(report.measure(m).sum() for m in _BIRTHS))
    if late > LATE_SHARE * whole and late >= LATE_LEAST:
        share = f"占本月登记出生 {whole} 人的 {100 * late / whole:.0f}%，超过 10%"
        message = f"往年出生补报 {late} 人，{share}，请核对是否漏报后补。"
        grid = report.grid
        findings.add(grid.file, grid.sheet, None, "warning", "late_births", message)


class _Look:
    """All reports of one form and month beside the year before: one look, one rate of alarms."""

    def __init__(
        self,
        edition: Edition,
        ws: Workspace,
        reports: Sequence[Report],
        month: date,
        register: Register,
        findings: Findings,
    ) -> None:
        self.edition, self.ws, self.reports, self.month = edition, ws, reports, month
        self.register, self.findings, self.form = register, findings, reports[0].form
        known = [np.flatnonzero(report.area != NONE) for report in reports]
        self.report = np.repeat(np.arange(len(reports)), [len(lines) for lines in known])
        self.line = np.concatenate(known)
        self.places = np.concatenate([r.area[k] for r, k in zip(reports, known, strict=True)])
        self.months = self._months_before()

    def against_before(self) -> None:
        """Note populations that jumped, extreme outliers, and large columns that never move."""
        if not len(self.line) or not self.months:
            return
        before = self._before()
        shared = set.intersection(*(set(r.layout.measures) for r in self.reports))
        for measure in (m for m in self.form.columns if m in shared):
            column = self.ws.measures[measure].column or measure
            if column not in before:
                continue
            now = np.concatenate([r.measure(measure) for r in self.reports])[self._own()]
            series = np.column_stack([before[column], now.astype(np.float64)])
            self._blank(measure, series)
            self._moved(measure, series)
            self._outliers(measure, series)
            self._unchanged(measure, series)

    def _own(self) -> NDArray[np.int64]:
        """Return the known lines' places when all reports' lines stand one after another."""
        starts = np.cumsum([0, *(len(report.rows) for report in self.reports)])[:-1]
        return starts[self.report] + self.line

    def _months_before(self) -> list[date]:
        """Return the months of the year before, oldest first, from the first that was published."""
        step = 3 if self.form.expected == "quarter" else 1
        wanted = [add_months(self.month, -step * n) for n in range(MONTHS, 0, -1)]
        there = set(self.edition.months(self.form.dataset))
        first = next((i for i, month in enumerate(wanted) if month in there), len(wanted))
        return wanted[first:]

    def _before(self) -> dict[str, Series]:
        """Return each column's published counts, areas × months; NaN where none was reported."""
        codes = pa.array([self.register.codes[place] for place in self.places])
        found: dict[str, Series] = {}
        for at, month in enumerate(self.months):
            table = self.edition.table(self.form.dataset, month)
            if table is None:
                continue
            rows = pc.index_in(codes, value_set=table["area_code"].combine_chunks())
            for name in (f.name for f in table.schema if f.type == pa.int64()):
                whole = np.full((len(codes), len(self.months)), np.nan)
                values = table[name].combine_chunks().take(rows).cast(pa.float64())
                found.setdefault(name, whole)[:, at] = values.to_numpy(zero_copy_only=False)
        return found

    # --- what is impossible ------------------------------------------------------------------
    def _blank(self, measure: str, series: Series) -> None:
        """Note a sheet's blank column where its areas were never all at zero in the year before.

        A sheet that writes blanks for zeros is believed only where zeros have been seen.
        """
        if self.form.blank == "zero":
            return
        for number, report in enumerate(self.reports):
            own, empty = self.report == number, bool(report.blank(measure).all())
            known = ~np.isnan(series[own, :-1]).all(axis=0)
            sums = np.nansum(series[own, :-1], axis=0)[known]
            if len(report.rows) > 1 and empty and len(sums) >= UNCHANGED_LEAST and sums.min() > 0:
                grid, column = report.grid, report.layout.measures[measure][0]
                cell = grid.cell(int(report.rows[0]), column)
                message = f"“{self.ws.measures[measure].label}”{BLANK_COLUMN}"
                self.findings.add(grid.file, grid.sheet, cell, "error", "blank_column", message)

    # --- what is unlikely --------------------------------------------------------------------
    def _moved(self, measure: str, series: Series) -> None:
        if self.ws.measures[measure].window != "mean":
            return
        before, now = series[:, -2], series[:, -1]
        with np.errstate(invalid="ignore", divide="ignore"):
            lines = np.flatnonzero(np.abs(now - before) / before > POPULATION_MOVED)
        for i in self._first(lines, np.abs(now - before)):
            share = 100 * abs(now[i] - before[i]) / before[i]
            words = f"上月 {before[i]:.0f}，本月 {now[i]:.0f}，变动 {share:.1f}%，超过 5%，请核对。"
            self._say(i, measure, "population_moved", words)

    def _outliers(self, measure: str, series: Series) -> None:
        found = find_outliers(series, only_last=True)
        lines = np.flatnonzero(found.grade[:, -1] == EXTREME)
        for i in self._first(lines, found.affected[:, -1]):
            usual = np.nanmedian(series[i, :-1])
            words = f"填 {series[i, -1]:.0f}，以往一般是 {usual:.0f}，相差很大，值得核对。"
            self._say(i, measure, "outlier", words)

    def _unchanged(self, measure: str, series: Series) -> None:
        """Note a sheet's column where most of the large counts have not moved for six months."""
        if self.form.expected != "month" or series.shape[1] < UNCHANGED_MONTHS:
            return
        recent = series[:, -UNCHANGED_MONTHS:]
        still = (unchanged_runs(recent).current >= UNCHANGED_MONTHS) & ~np.isnan(recent).any(axis=1)
        large = np.nan_to_num(recent[:, -1]) >= UNCHANGED_MEDIAN
        for number, report in enumerate(self.reports):
            own = large & (self.report == number)
            lines = np.flatnonzero(own & still)
            if len(lines) < UNCHANGED_LEAST or 2 * len(lines) < own.sum():
                continue
            column = report.layout.measures[measure][0]
            cell = report.grid.cell(int(report.rows[self.line[lines[0]]]), column)
            label = self.ws.measures[measure].label
            message = f"“{label}”这一列有 {len(lines)} 行连续六个月没有变动，值得核对。"
            grid = report.grid
            self.findings.add(grid.file, grid.sheet, cell, "warning", "unchanged", message)

    # --- words -------------------------------------------------------------------------------
    def _first(self, lines: NDArray[np.int64], affected: Series) -> list[int]:
        order = np.argsort(-affected[lines], kind="stable")[:NAMED]
        return [int(i) for i in lines[order]]

    def _say(self, i: int, measure: str, code: str, words: str) -> None:
        report = self.reports[self.report[i]]
        column = report.layout.measures[measure][0]
        cell = report.grid.cell(int(report.rows[self.line[i]]), column)
        name = self.register.areas[self.places[i]].name
        message = f"{name}的“{self.ws.measures[measure].label}”{words}"
        self.findings.add(report.grid.file, report.grid.sheet, cell, "warning", code, message)
