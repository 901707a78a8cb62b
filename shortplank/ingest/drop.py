"""The months of a drop beside each other: what is ahead of today, or alone among its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from shortplank.ingest.findings import Findings, Severity
from shortplank.ingest.text import today
from shortplank.ingest.tidy import Report

CODE = "month_off"
# A month that holds two of three reports is the drop's; of fewer no month is the odd one.
MAJORITY, FEWEST = 2 / 3, 2


def check_months(
    reports: Sequence[Report], findings: Findings, confirmed: Collection[date] = ()
) -> tuple[date, ...]:
    """Note reports of a month to come, or off the others' of the drop; return all such months.

    A month that is ``confirmed`` is a warning, kept beside the edition, and stops nothing.

    Off is what lies outside the month of a clear majority: of all reports of one cadence (monthly
    forms together, quarterly together; of any other form its own) at least two in three, and two or
    more, are of one month. A history load has no such month: 36 monthly files, or a county's
    townships over a year, are never off. Forms whose lines each have their own month (births found
    again, inspections) are left out: their months are meant to differ.
    """
    ahead = [one for one in reports if one.month and one.month > today().replace(day=1)]
    apart = [one for group in _groups(reports) for one in _apart(group)]
    for report in ahead:
        _say(report, f"{report.month:%Y-%m} 还没有到", findings, confirmed)
    early = {id(report) for report in ahead}
    for report, usual in apart:
        if id(report) not in early:
            words = f"这份报表是 {report.month:%Y-%m} 的，同一批的其他报表大多是 {usual:%Y-%m} 的"
            _say(report, words, findings, confirmed)
    off = [*ahead, *(report for report, _ in apart)]
    return tuple(sorted({report.month for report in off if report.month}))


def _groups(reports: Iterable[Report]) -> list[list[Report]]:
    """Return the reports that are expected to be of one month."""
    groups: dict[str, list[Report]] = {}
    for report in reports:
        own = report.form.month
        if report.month is not None and not (own and (own.many or own.key)):
            groups.setdefault(report.form.expected or f"form {report.layout.form}", []).append(
                report
            )
    return list(groups.values())


def _apart(group: Sequence[Report]) -> list[tuple[Report, date]]:
    """Return the reports outside the month of the majority, with that month."""
    counted = Counter(report.month for report in group if report.month)
    (usual, most), *others = counted.most_common()
    if not others or most < FEWEST or most < MAJORITY * len(group):
        return []
    return [(report, usual) for report in group if report.month != usual]


def _say(report: Report, words: str, findings: Findings, confirmed: Collection[date]) -> None:
    severity: Severity = "error"
    mend = f"请核对；月份无误的，勾选确认或用 --month-ok {report.month:%Y-%m}"
    if report.month in confirmed:
        severity, mend = "warning", "已经确认"
    at = next((one for one in report.said_months if one.row is not None), report.said_months[0])
    grid = report.grid
    cell = None if at.row is None or at.column is None else grid.cell(at.row, at.column)
    findings.add(grid.file, grid.sheet, cell, severity, CODE, f"{words}，{mend}。")
