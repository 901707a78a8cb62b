"""Blanks: whether a blank count is a zero, by the form, the sheet's own way and its total row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shortplank.catalogue import Workspace
from shortplank.ingest.fault_words import CELL_FAULTS
from shortplank.ingest.findings import Severity
from shortplank.ingest.numbers import BLANK, OK
from shortplank.ingest.tidy import Report

BLANK_COLUMN = "整列空白，不知是 0 还是没有统计：没有发生的请逐行填 0，没有统计的请补报。"
Say = Callable[[int | None, int | None, Severity, str, str], None]


def check_blanks(report: Report, ws: Workspace, name: Callable[[int], str], say: Say) -> None:
    """Note a report's blank columns and blanks; ``name`` is what a line's area is called."""
    _Blanks(report, ws, name, say).blanks()


@dataclass(frozen=True)
class _Blanks:
    report: Report
    ws: Workspace
    name: Callable[[int], str]
    say: Say

    def blanks(self) -> None:
        """Note blank columns and blanks, by what the form says that a blank is."""
        report = self.report
        said: list[str] = []
        for measure, columns in report.layout.measures.items():
            for column in columns:
                blank = [
                    int(i)
                    for i in np.flatnonzero(report.columns[column].states == BLANK)
                    if not self._is_said(int(report.rows[i]), column)
                ]
                if blank and not self._blank_column(measure, column, len(blank)):
                    said += [self._blank_cell(measure, column, i) for i in blank]
        if said and report.form.blank != "refused":
            where = "、".join(said[:5]) + (" 等" if len(said) > 5 else "")
            message = f"有 {len(said)} 个空格按 0 计（{where}）。"
            self.say(None, None, "warning", "blank_as_zero", message)

    def _is_said(self, row: int, column: int) -> bool:
        """Return whether the cell's own fault is said; a formula that gives "" is a blank."""
        return (self.report.grid.faults.get((row, column), ""), True) in CELL_FAULTS

    def _blank_column(self, measure: str, column: int, blank: int) -> bool:
        """Return whether a column has no count at all and is not known to be zeros, after saying.

        Nineteen blanks are no nineteen zeros: it may not have been counted. It is an error and not
        a gap, because a gap in one measure of a report that came makes the county's sums and rates
        wrong without a word; writing 0 takes the reporter a moment.
        """
        report, label = self.report, self._label(measure)
        if report.is_left_out(measure):
            message = f"“{label}”这一列没有内容，按没有填报处理。"
            self.say(int(report.rows[0]), column, "warning", "blank_column", message)
            return True
        whole = len(report.rows) > 1 and blank == len(report.rows)
        if not whole or report.form.blank == "zero" or self._says_zero(column):
            return False
        message = f"“{label}”{BLANK_COLUMN}"
        self.say(int(report.rows[0]), column, "error", "blank_column", message)
        return True

    def _says_zero(self, column: int) -> bool:
        """Return whether the sheet itself tells that a blank column is zeros.

        Its total row does, with a count of its own; or its way of writing zero does, where it has
        blanks in other columns too and not one 0.
        """
        report = self.report
        if any(cells[column][1] == OK for cells in report.totals.values()):
            return True
        others = [c for c in report.columns.values() if not (c.states == BLANK).all()]
        zeros = any(((c.values == 0) & (c.states == OK)).any() for c in others)
        return not zeros and any((c.states == BLANK).any() for c in others)

    def _blank_cell(self, measure: str, column: int, i: int) -> str:
        """Return where a blank stands, after refusing it where the form takes none."""
        report, row = self.report, int(self.report.rows[i])
        cell = report.grid.cell(row, column)
        if report.form.blank == "refused":
            message = (
                f"第 {row + 1} 行{self.name(i)}的“{self._label(measure)}”空白，"
                "不知是 0 还是没有统计；没有发生的请填 0。"
            )
            self.say(row, column, "error", "blank_cell", message)
        return cell or f"{self.name(i)}的{self._label(measure)}"

    def _label(self, measure: str) -> str:
        return self.ws.measures[measure].label if measure in self.ws.measures else measure
