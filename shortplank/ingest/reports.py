"""From files to reports under one workspace's forms, and what rows call their areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Form
from shortplank.errors import ShortplankError
from shortplank.ingest.accepted import Accepted, by_form
from shortplank.ingest.areas import Register
from shortplank.ingest.beside import (
    guard_about,
    guard_name,
    guard_sheets,
    guard_texts,
    shown_sheets,
)
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.check import check
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.header import Block, Unknown, exemption, is_titled, read_layout
from shortplank.ingest.labels import labels, line_labels
from shortplank.ingest.numbers import OK, parse_count
from shortplank.ingest.privacy import guard
from shortplank.ingest.read import loose_texts, read_grids
from shortplank.ingest.recognising import find_layout, find_registered, say_headless
from shortplank.ingest.recorded import Match, Recorded, exemption_of, is_text, lay
from shortplank.ingest.stitch import stitch
from shortplank.ingest.tidy import Report, tidy
from shortplank.ingest.words import Words, vocabularies
from shortplank.store.names import known_names


def known_in(register: Register) -> frozenset[str]:
    """Return the codes and names of a register, which are nobody's own."""
    return known_names((*register.codes, *(area.name for area in register.areas)))


class Reader:
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
        self.known = known_in(self.register)
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
        if not text and not any(blocks.values()) and not any(matches.values()):
            matches = {i: self.recorded.nearly(g) for i, g in enumerate(grids)}
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
