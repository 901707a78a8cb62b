"""read → tidy → check → publish: monthly reports to one edition, nothing wrong let through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Form
from shortplank.errors import Overtaken, ShortplankError, StoreError
from shortplank.ingest.accepted import Accepted, accept_header, accepted_headers, by_form
from shortplank.ingest.areas import Register
from shortplank.ingest.beside import (
    guard_about,
    guard_name,
    guard_sheets,
    guard_texts,
    shown_sheets,
    take_in,
)
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.bulletins import check_bulletins
from shortplank.ingest.check import check, check_together
from shortplank.ingest.drop import check_months
from shortplank.ingest.findings import SEVERITY_LABELS, Finding, Findings, Severity
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.header import (
    Block,
    Unknown,
    exemption,
    is_titled,
    read_layout,
)
from shortplank.ingest.history import compare_with_history
from shortplank.ingest.labels import labels, line_labels
from shortplank.ingest.numbers import OK, parse_count
from shortplank.ingest.preview import Headline, Preview, earlier_months, overwritten
from shortplank.ingest.preview import preview as preview_reports
from shortplank.ingest.privacy import guard
from shortplank.ingest.publish import publish, skipped_months
from shortplank.ingest.read import loose_texts, read_grids
from shortplank.ingest.recognising import find_layout, find_registered, say_headless
from shortplank.ingest.recorded import Match, Recorded, exemption_of, is_text, lay
from shortplank.ingest.stitch import stitch
from shortplank.ingest.strangers import Stranger, strangers
from shortplank.ingest.tidy import Report, tidy
from shortplank.ingest.words import Words, vocabularies
from shortplank.store import Edition, Store, journal
from shortplank.store.names import known_names
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
        reader = _Reader(ws, _forms(ws, dataset), accepted, month, workbooks)
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
    return tuple(take_in(uploads, _known(Register(ws))))


def _known(register: Register) -> frozenset[str]:
    return known_names((*register.codes, *(area.name for area in register.areas)))


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


class _Reader:
    """From files to reports under one workspace's forms; what is wrong is collected."""

    def __init__(
        self,
        ws: Workspace,
        forms: dict[str, Form],
        accepted: Mapping[Accepted, str],
        month: date | None,
        workbooks: BoundedReader,
    ) -> None:
        self.ws, self.forms, self.month, self.workbooks = ws, forms, month, workbooks
        self.words = vocabularies(forms, ws, by_form(accepted))
        self.recorded = Recorded.of(forms)
        # A text file's encoding and delimiter are guessed for forms that do not record them.
        guessed = {k: w for k, w in self.words.items() if not _records_text(forms[k])}
        self.guessed = guessed or None
        self.register, self.findings = Register(ws), Findings()
        self.known = _known(self.register)
        self.unknown: list[Unknown] = []

    def reports(self, upload: Upload) -> list[Report]:
        """Return one file's reports; none where it is refused, cannot be read or has no table."""
        if not guard_name(upload, self.findings):
            return []
        try:
            read = self.recorded.text(upload)
            if read is not None and (not read[1].missing or self.guessed is None):
                return self._recorded(*read, upload)
            grids = read_grids(upload, self.ws, self._words_for(upload), self.workbooks)
        except Unreadable as fault:
            self._say_unread(upload, fault.code, fault.message)
            return []
        clean = guard_texts(upload, loose_texts(upload.data), self.findings)
        clean &= guard_about(upload, grids, self.findings)
        clean &= guard_sheets(upload, grids, self.findings)
        grids = shown_sheets(grids, self.known)
        words, text = self._words_for(upload), is_text(upload.data)
        matches = {i: None if text else self.recorded.sheet(g) for i, g in enumerate(grids)}
        blocks = {
            i: find_registered(g, words) if words and not matches[i] else None
            for i, g in enumerate(grids)
        }
        for i, grid in enumerate(grids):
            clean &= self._guarded(grid, blocks[i], matches[i])
        if not clean:
            return []
        for grid in grids:
            if grid.hidden and grid.rows:
                message = f"隐藏的工作表“{(grid.sheet or '')[:30]}”没有作为数据读取。"
                self.findings.add(grid.file, grid.sheet, None, "warning", "hidden_sheet", message)
        shown = [i for i, grid in enumerate(grids) if not grid.hidden]
        return self._tables([(grids[i], blocks[i] or matches[i]) for i in shown], upload)

    def _words_for(self, upload: Upload) -> Mapping[str, Words] | None:
        """Return the headers that may be looked for in a file without a record of how to read."""
        return self.guessed if is_text(upload.data) else self.words

    def _say_unread(self, upload: Upload, code: str, message: str) -> None:
        """Note a file that cannot be read, or that a form reads in another writing."""
        other = self.recorded.elsewhere(upload)
        self.findings.add(
            upload.name, None, None, "error", "encoding" if other else code, other or message
        )

    def _recorded(self, grid: Grid, match: Match, upload: Upload) -> list[Report]:
        """Return the reports of a text file that a form reads by its record."""
        if not self._guarded(grid, None, match):
            return []
        return self._laid(grid, match)

    def _laid(self, grid: Grid, match: Match) -> list[Report]:
        laid = lay(grid, match, self.forms[match.form], self.findings)
        if laid is None:
            return []
        return self._checked(
            tidy(laid.grid, laid.layout, laid.form, self.ws, self.register, self.month)
        )

    def _guarded(self, grid: Grid, block: Block | None, match: Match | None = None) -> bool:
        layout = None
        if block is not None:
            layout = read_layout(grid, self.words[block.form], block, Findings(), lenient=True)
        exempt = exemption_of(match) if match else exemption(layout)
        return guard(grid, self.findings, exempt, self.known)

    def _tables(
        self, grids: list[tuple[Grid, Block | Match | None]], upload: Upload
    ) -> list[Report]:
        found: list[Report] = []
        for grid, block in grids:
            if isinstance(block, Match):
                found += self._laid(grid, block)
            elif block is not None:
                found += self._table(grid, block)
            elif _has_numbers(grid) and any(b for _, b in grids):
                message = "这张工作表没有登记过的表头，没有读取；如有数据请核对表头。"
                self.findings.add(grid.file, grid.sheet, None, "warning", "unread_sheet", message)
        if not any(block for _, block in grids):
            tables = [grid for grid, _ in grids if grid.rows]
            longest = max(tables, key=lambda g: g.rows, default=None)
            other = self.recorded.elsewhere(upload)
            if other is not None:
                self._say_unread(upload, "encoding", other)
            elif longest is None:
                message = "文件里没有可读的工作表（空白或全部隐藏），请核对后再报。"
                self.findings.add(upload.name, None, None, "error", "no_rows", message)
            else:
                say_headless(longest, self.forms, self.words, self.findings)
        return found

    def _table(self, grid: Grid, block: Block) -> list[Report]:
        titled = self._titled(grid, block)
        if titled is None:
            return []
        words, form, block = self.words[titled], self.forms[titled], replace(block, form=titled)
        grid = stitch(grid, words, block, self.findings)
        layout = read_layout(grid, words, block, self.findings, self.unknown)
        if layout is None:
            return []
        return self._checked(tidy(grid, layout, form, self.ws, self.register, self.month))

    def _checked(self, reports: list[Report]) -> list[Report]:
        for report in reports:
            check(report, self.ws, self.register, self.findings)
        return reports

    def _titled(self, grid: Grid, block: Block) -> str | None:
        """Return the form, of those with one header the one that the title names."""
        alike = [k for k, form in self.forms.items() if form.title]
        if block.form not in alike or len(alike) == 1:
            return block.form
        named = [key for key in alike if is_titled(grid, self.forms[key], block)]
        if len(named) == 1:
            return named[0]
        known = "、".join(
            f"{self.forms[k].label}（{'、'.join(self.forms[k].title)}）" for k in alike
        )
        message = f"分不清是哪一种表：{known}；请在表题或文件名写明，或用 --dataset 指明。"
        self.findings.add(grid.file, grid.sheet, None, "error", "ambiguous_form", message)
        return None


def _records_text(form: Form) -> bool:
    """Return whether a form records how its text files are written."""
    return form.reading is not None and form.reading.encoding is not None


def _has_numbers(grid: Grid) -> bool:
    """Return whether a sheet has lines of numbers, as a table has."""
    return sum(sum(parse_count(cell)[1] == OK for cell in row) >= 2 for row in grid.head) >= 2


def area_labels(upload: Upload, form: Form) -> pa.Table:
    """Return what a file's rows call their month, township, area and code, unchecked.

    A register is made from it where there is none. Raises `ShortplankError` for a file that the
    form does not know.
    """
    findings = Findings()
    try:
        if form.reading is not None:
            return pa.concat_tables(_recorded_labels(upload, form, findings))
        (grid,) = read_grids(upload)
        layout = find_layout(grid, {form.label: form}, findings)
    except Unreadable as fault:
        raise ShortplankError(fault.message, place=upload.name) from fault
    if layout is None:
        raise ShortplankError(next(iter(findings)).message, place=upload.name)
    return labels(grid, layout, form)


def _recorded_labels(upload: Upload, form: Form, findings: Findings) -> list[pa.Table]:
    """Return the labels of every sheet that a form reads by its record."""
    recorded = Recorded({form.label: form})
    read = recorded.text(upload)
    if read is not None:
        pairs: list[tuple[Grid, Match | None]] = [read]
    else:
        grids = [] if is_text(upload.data) else read_grids(upload)
        pairs = [(grid, recorded.sheet(grid)) for grid in grids if not grid.hidden]
    found = [lay(grid, match, form, findings) for grid, match in pairs if match is not None]
    if not found or any(laid is None for laid in found):
        said = next((f.message for f in findings if f.severity == "error"), None)
        message = said or recorded.elsewhere(upload) or "没有这张表单的表头"
        raise ShortplankError(message, place=upload.name)
    return [line_labels(laid.grid, laid.layout, laid.form) for laid in found if laid is not None]


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
