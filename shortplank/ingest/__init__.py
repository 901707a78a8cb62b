"""read → tidy → check → publish: monthly reports to one edition, nothing wrong let through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Form
from shortplank.errors import ShortplankError
from shortplank.ingest.areas import Register
from shortplank.ingest.check import check, check_together
from shortplank.ingest.findings import SEVERITY_LABELS, Finding, Findings, Severity
from shortplank.ingest.header import find_layout
from shortplank.ingest.privacy import guard
from shortplank.ingest.publish import publish, skipped_months
from shortplank.ingest.read import Grid, Unreadable, Upload, read_grids
from shortplank.ingest.tidy import Report, labels, tidy
from shortplank.store import Edition, Store

Progress = Callable[[int], None]


class Refused(ShortplankError):
    """A batch with faults that stop a publish; nothing was written."""


@dataclass(frozen=True)
class Batch:
    """Files that are published together or not at all, with everything found in them."""

    register: Register
    reports: tuple[Report, ...]
    findings: tuple[Finding, ...]

    @property
    def stops(self) -> bool:
        """Return whether something was found that stops a publish."""
        return any(finding.severity != "warning" for finding in self.findings)

    @property
    def rows(self) -> int:
        """Return the number of lines of all reports."""
        return sum(len(report.rows) for report in self.reports)


def check_batch(
    store: Store,
    uploads: Iterable[Upload],
    *,
    month: date | None = None,
    dataset: str | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Return the files of one batch, read and checked; ``progress`` hears each file's number."""
    ws = store.workspace
    forms = _forms(ws, dataset)
    register, findings = Register(ws), Findings()
    reports: list[Report] = []
    for number, upload in enumerate(uploads, start=1):
        try:
            grids = read_grids(upload)
        except Unreadable as fault:
            findings.add(upload.name, None, None, "error", fault.code, fault.message)
            grids = []
        for grid in grids:
            report = _report(grid, ws, forms, register, findings, month)
            reports += [report] if report else []
        if progress:
            progress(number)
    check_together(reports, ws, register, findings)
    skipped_months(store.edition(), reports, register, findings)
    return Batch(register, tuple(reports), tuple(findings))


def _forms(ws: Workspace, dataset: str | None) -> dict[str, Form]:
    forms = {k: f for k, f in ws.forms.items() if dataset in (None, f.dataset, k)}
    if not forms:
        known = "、".join(sorted({form.dataset for form in ws.forms.values()})) or "无"
        raise ShortplankError(
            f"没有数据集 {dataset} 的表单" if dataset else "工作区没有登记表单",
            place="catalogue/forms",
            mend=f"已登记的：{known}",
        )
    return forms


def _report(
    grid: Grid,
    ws: Workspace,
    forms: dict[str, Form],
    register: Register,
    findings: Findings,
    month: date | None,
) -> Report | None:
    """Return one sheet's report; None where it is refused or has no readable header."""
    if not guard(grid, findings):
        return None
    layout = find_layout(grid, forms, findings)
    if layout is None:
        return None
    form = forms[layout.form]
    report = tidy(grid, layout, form, ws.datasets[form.dataset].level, register, month)
    check(report, ws, register, findings)
    return report


def area_labels(upload: Upload, form: Form) -> pa.Table:
    """Return what a file's rows call their month, township, area and code, unchecked.

    A register is made from it where there is none. Raises `ShortplankError` for a file that the
    form does not know.
    """
    findings = Findings()
    try:
        (grid,) = read_grids(upload)
        layout = find_layout(grid, {form.label: form}, findings)
    except Unreadable as fault:
        raise ShortplankError(fault.message, place=upload.name) from fault
    if layout is None:
        raise ShortplankError(next(iter(findings)).message, place=upload.name)
    return labels(grid, layout, form)


def publish_batch(
    store: Store, batch: Batch, *, who: str, why: str, received: date | None = None
) -> Edition:
    """Publish a batch as one edition and return it; `Refused` where a finding stops it.

    ``received`` is the day on which the reports came; without it each sheet's own 报出日期 stands,
    and without that today.
    """
    if batch.stops or not batch.reports:
        count = sum(finding.severity != "warning" for finding in batch.findings)
        raise Refused(f"有 {count} 处错误，没有发布", mend="请按提示改正后重试")
    return publish(store, batch.register, batch.reports, who=who, why=why, received=received)


__all__ = [
    "SEVERITY_LABELS",
    "Batch",
    "Finding",
    "Refused",
    "Severity",
    "Upload",
    "area_labels",
    "check_batch",
    "publish_batch",
]
