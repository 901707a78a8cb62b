"""read → tidy → check → publish: monthly reports to one edition, nothing wrong let through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Form
from shortplank.errors import Overtaken, ShortplankError, StoreError
from shortplank.ingest.accepted import Accepted, accept_header, accepted_headers
from shortplank.ingest.areas import Register
from shortplank.ingest.beside import take_in
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.bulletins import check_bulletins
from shortplank.ingest.check import check_together
from shortplank.ingest.drop import check_months
from shortplank.ingest.findings import SEVERITY_LABELS, Finding, Severity
from shortplank.ingest.grid import Unreadable, Upload
from shortplank.ingest.header import Unknown
from shortplank.ingest.history import compare_with_history
from shortplank.ingest.preview import Headline, Preview, earlier_months, overwritten
from shortplank.ingest.preview import preview as preview_reports
from shortplank.ingest.publish import publish, skipped_months
from shortplank.ingest.read import read_grids
from shortplank.ingest.reports import Reader, area_labels, known_in
from shortplank.ingest.strangers import Stranger, strangers
from shortplank.ingest.tidy import Report
from shortplank.ingest.words import vocabularies
from shortplank.store import Edition, Store, journal
from shortplank.store.personal import personal_kind
from shortplank.store.posts import county_of

Progress = Callable[[int], None]


class Refused(ShortplankError):
    """A batch with faults that stop a publish; nothing was written."""


@dataclass(frozen=True)
class Batch:
    """Files that are published together or not at all, with everything found in them."""

    register: Register
    reports: tuple[Report, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[Unknown, ...] = ()
    """Headers that no form knows, which an analyst can accept (see `accept_header`)."""
    edition: int = 0
    """The edition beside which the batch was checked; what it changes is seen against it."""
    strangers: tuple[Stranger, ...] = ()
    """Areas that the register does not have, which an analyst can register (see `strangers`)."""
    months_off: tuple[date, ...] = ()
    """Months to come or off the others' of the batch, confirmed or not (see `drop`)."""

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
    accept: Mapping[Accepted, str] | None = None,
    sheets: BoundedReader | None = None,
    months_ok: Collection[date] = (),
) -> Batch:
    """Return the files of one batch, read and checked; ``progress`` hears each file's number.

    Workbooks are read by one process for the whole batch, or by ``sheets`` where it is given.

    ``accept`` are headers taken in for this batch, beside those that the workspace remembers:
    (form, header) with the known header that it stands for. ``months_ok`` are months that are
    meant, though they lie off the other files' or are still to come.
    """
    ws = store.workspace
    accepted = accepted_headers(store.root) | dict(accept or {})
    reports: list[Report] = []
    with nullcontext(sheets) if sheets else BoundedReader() as workbooks:
        reader = Reader(ws, _forms(ws, dataset), accepted, month, workbooks)
        for number, upload in enumerate(take_in(uploads, reader.known), start=1):
            reports += reader.reports(upload)
            if progress:
                progress(number)
    findings, register = reader.findings, reader.register
    check_together(reports, ws, register, findings)
    off = check_months(reports, findings, months_ok)
    edition = store.edition()
    skipped_months(edition, reports, register, findings)
    compare_with_history(edition, ws, reports, register, findings)
    check_bulletins(edition, ws, reports, register, findings)
    return Batch(
        register,
        tuple(reports),
        tuple(findings),
        tuple(reader.unknown),
        edition.number,
        months_off=off,
        strangers=tuple(strangers(reports, register)) if findings.stops else (),
    )


def taken_in(ws: Workspace, uploads: Iterable[Upload]) -> tuple[Upload, ...]:
    """Return the files under the names by which findings and submissions call them."""
    return tuple(take_in(uploads, known_in(Register(ws))))


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


def publish_batch(
    store: Store,
    batch: Batch,
    *,
    why: str,
    received: date | None = None,
    seen: Preview | None = None,
) -> Edition:
    """Publish a batch as one edition and return it; `Refused` where a finding stops it.

    ``received`` is the day on which the reports came; without it each sheet's own 报出日期 stands,
    and without that today. A batch that restates an earlier month needs a reason in ``why``.
    The edition stands on the one that was looked at: that of the preview ``seen``, else
    `Overtaken`; without one, the newest whose other reports the batch leaves as they are, else
    `Refused`; `NotAllowed` where the store's actor may not publish.
    """
    store.signs("publish")
    if batch.stops or not batch.reports:
        count = sum(finding.severity != "warning" for finding in batch.findings)
        raise Refused(f"有 {count} 处错误，没有发布", mend="请按提示改正后重试")
    while True:  # each turn but the last is one that another publish won
        expected, months = _standing(store, batch) if seen is None else (seen.edition, seen.reasons)
        reason = _reason(batch, why, months)
        try:
            edition = publish(
                store,
                batch.register,
                batch.reports,
                why=reason,
                received=received,
                expected=expected,
            )
        except Overtaken:
            if seen is not None:
                raise
            continue
        _keep_warnings(store, edition, batch)
        return edition


def _reason(batch: Batch, why: str, months: tuple[str, ...]) -> str:
    """Return the reason to be kept; `Refused` where these months ask for one and none is given."""
    if months and not why.strip():
        raise Refused(
            f"这一批重报已发布的月份（{'、'.join(months)}）", mend="请写明重报的理由（--note）"
        )
    return why.strip() or f"导入 {len(batch.reports)} 份报表"


def _standing(store: Store, batch: Batch) -> tuple[int, tuple[str, ...]]:
    """Return the newest edition's number and the months that need a reason there.

    `Refused` where an edition that came in since the check changed what the batch would change.
    """
    if store.newest() == batch.edition and not earlier_months(store.edition(), batch.reports):
        return batch.edition, ()
    change = preview(store, batch)
    if change.between and (count := overwritten(store, batch.edition, change)):
        told = "、".join(edition.byline for edition in change.between)
        raise Refused(
            f"核对之后又发布了{told}，这一批会改掉其中的 {count} 个数，没有发布",
            mend="请用 --dry-run 看过新的差异，再决定是否导入",
        )
    return change.edition, change.earlier


def _keep_warnings(store: Store, edition: Edition, batch: Batch) -> None:
    """Keep what was found and let through beside its edition, so that it can be looked at again."""
    found = [
        finding.as_dict()
        for finding in batch.findings
        if finding.severity == "warning" and personal_kind(finding.message) is None
    ]
    if not found:
        return
    with suppress(StoreError):  # it has been said already; the edition stands
        journal.append(
            store.root,
            journal.IMPORT_WARNINGS,
            {"edition": edition.number, "findings": found, **county_of(store.workspace)},
        )


def annotate(upload: Upload, findings: Iterable[Finding]) -> bytes:
    """Return an .xlsx copy of a file with the findings marked in it (see `annotate.annotate`)."""
    from shortplank.ingest.annotated import annotate as marked  # openpyxl is slow to load

    return marked(upload, findings)


def needs_reason(store: Store, batch: Batch) -> tuple[str, ...]:
    """Return the published months for which publishing the batch now needs a reason."""
    if store.newest() == batch.edition and not earlier_months(store.edition(), batch.reports):
        return ()
    return preview(store, batch).reasons


def known_headers(ws: Workspace, form: str) -> list[str]:
    """Return every header that a form knows, as it writes them, and that a column is not read."""
    return sorted({*vocabularies({form: ws.forms[form]}, ws)[form].shown.values()})


def neighbourhood(upload: Upload, sheet: str | None, row: int, rows: int) -> list[tuple[str, ...]]:
    """Return the texts of some rows of a sheet, counted from 0.

    Nothing where the file cannot be read, the sheet is hidden or the rows lie outside.
    """
    try:
        grids = read_grids(upload)
    except Unreadable:
        return []
    grid = next((g for g in grids if g.sheet == sheet and not g.hidden), None)
    return grid.slice(row, rows) if grid else []


def preview(store: Store, batch: Batch, *, since: int | None = None) -> Preview:
    """Return what publishing a sound batch would change; `Refused` where a finding stops it.

    ``since`` is the edition that was looked at before, where that is not the one of the check.
    """
    if batch.stops:
        raise Refused("有错误，不能预览", mend="请按提示改正后重试")
    since = batch.edition if since is None else since
    return preview_reports(store, batch.register, batch.reports, since)


__all__ = [
    "SEVERITY_LABELS",
    "Batch",
    "Finding",
    "Headline",
    "Preview",
    "Refused",
    "Severity",
    "Unknown",
    "Upload",
    "accept_header",
    "accepted_headers",
    "annotate",
    "area_labels",
    "check_batch",
    "known_headers",
    "needs_reason",
    "neighbourhood",
    "preview",
    "publish_batch",
    "taken_in",
]
