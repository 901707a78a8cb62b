"""A sheet laid out as its form records it: a line an area and month, a column a count.

Each cell keeps where it stood. What is not read (rows that add up others, notes, repeated headers)
is blank; sums are checked on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shortplank.catalogue.models import Form, FormMonth
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid, Place
from shortplank.ingest.header import Layout
from shortplank.ingest.recorded.cells import plain_codes, ungrouped
from shortplank.ingest.recorded.matching import Match, compared
from shortplank.ingest.recorded.months import months_of
from shortplank.ingest.recorded.origin import Moved
from shortplank.ingest.recorded.sums import check_sums, sum_rows
from shortplank.ingest.signed import NOTE_ROWS, is_signed
from shortplank.ingest.text import name_key

AREAS = ("county_code", "county", "parent_code", "parent", "code", "name")
MONTH = "统计月份"
# What stands for a blank in a column that says of which count a line is.
BLANK_WORD = "（空白）"
_COUNTS = ("measure", "part", "total", "across", "value")


@dataclass(frozen=True)
class Laid:
    """A grid with its layout, and the form by which these are read on."""

    grid: Grid
    layout: Layout
    form: Form


def lay(grid: Grid, match: Match, form: Form, findings: Findings) -> Laid | None:
    """Return the sheet laid out; None after saying why it cannot be."""
    if not _is_sound(grid, match, form, findings):
        return None
    return _Laying(grid, match, form, findings).laid()


def _is_sound(grid: Grid, match: Match, form: Form, findings: Findings) -> bool:
    """Return whether the header is the recorded one, after naming what is not."""

    def say(column: int, code: str, message: str) -> None:
        cell = grid.cell(match.last, column)
        findings.add(grid.file, grid.sheet, cell, "error", code, message)

    for column in match.unknown:
        shown = match.paths[column][:40] or "（空白）"
        message = (
            f"表单“{form.label}”没有登记表头“{shown}”，而这一列有内容；"
            "请改正表头，或用 form draft 重新认表。"
        )
        say(column, "unknown_header", message)
    for column in match.several:
        say(column, "duplicate_header", "这一列与另一列的表头是一个意思，请去掉多余的一列。")
    if match.missing:
        message = (
            f"表头不全：表单“{form.label}”还须有 {'、'.join(match.missing[:5])}；请补上后再报。"
        )
        findings.add(grid.file, grid.sheet, None, "error", "missing_header", message)
    return not (match.unknown or match.several or match.missing)


class _Laying:
    def __init__(self, grid: Grid, match: Match, form: Form, findings: Findings) -> None:
        assert form.reading is not None
        self.raw, self.match, self.findings = grid, match, findings
        self.form, self.reading, self.start = form, form.reading, match.last + 1
        self.grid = self._filled() if form.reading.fill_down else grid
        self.grid = self._with_provinces(self.grid)
        self.grid = self._with_names(self.grid) if form.reading.fill_names else self.grid
        self.counts = match.columns(*_COUNTS)

    def _filled(self) -> Grid:
        """Return the grid with blanks of upper areas and months filled from the line before."""
        columns = list(self.raw.columns)
        for column in self.match.columns("county", "parent", "county_code", "parent_code",
                                         "month", "year"):  # fmt: skip
            texts = columns[column].to_pylist()
            last = ""
            for row in range(self.start, len(texts)):
                last = texts[row] if texts[row].strip() else last
                texts[row] = last
            columns[column] = pa.array(texts, pa.string())
        return replace(self.raw, columns=tuple(columns))

    def _with_provinces(self, grid: Grid) -> Grid:
        """Return the grid with each county's name behind its province's, where the form says so."""
        province, county = self.match.column("province"), self.match.column("county")
        if province is None or county is None:
            return grid
        columns = list(grid.columns)
        columns[county] = pc.binary_join_element_wise(columns[province], columns[county], " ")
        return replace(grid, columns=tuple(columns))

    def _with_names(self, grid: Grid) -> Grid:
        """Return the grid with the name of the area above where a unit has none of its own."""
        name = self.match.column("name")
        above = self.match.columns("parent", "county")
        if name is None or not above:
            return grid
        columns, upper = list(grid.columns), grid.columns[above[-1]]
        parent = self.match.column("parent")
        if parent is not None:
            upper = grid.columns[parent]
        blank = pc.equal(pc.utf8_trim_whitespace(columns[name]), "")
        columns[name] = pc.if_else(blank, upper, columns[name])
        return replace(grid, columns=tuple(columns))

    def laid(self) -> Laid | None:
        """Return the laid grid."""
        kept = self._kept()
        months = months_of(self.grid, self.match, self.form, kept, self.findings)
        if months is None:
            return None
        if self.reading.split_headers:
            return self._long(kept, months)
        if self.reading.month == "across":
            return self._across(kept)
        return self._wide(kept, months)

    # --- rows --------------------------------------------------------------------------------
    def _kept(self) -> NDArray[np.int64]:
        """Return the rows that are lines; sums are checked, repeated headers and notes passed."""
        rows = np.arange(self.start, self.grid.rows)
        areas = self.match.columns("code", "name")
        own = {c: self._keys(c) for c in areas}
        header = {c: compared(self.match.paths[c]) for c in areas}
        lasts = {c: compared(self.grid.head[self.match.last][c]) for c in areas}
        repeated = np.ones(len(rows), dtype=bool)
        for c in areas:
            repeated &= np.isin(own[c], [header[c], lasts[c]]) & (own[c] != "")
        repeated |= self._are_header_rows()
        blank = np.ones(len(rows), dtype=bool)
        for c in self.counts:
            is_blank = np.array([not t.strip() for t in self.grid.texts[c]], dtype=bool)
            blank &= is_blank[self.grid.places(c, self.start)]
        above = [self._keys(c) for c in self.match.columns("parent", "county")]
        sums = sum_rows([*own.values(), *above], self.reading.sum_rows, len(rows))
        skipped = sum_rows(own.values(), self.reading.skip_rows, len(rows))
        skipped |= self._are_skipped_blanks(own)
        kept = ~(repeated | blank | sums | skipped | self._are_signed())
        check_sums(self.grid, self.match, self.form, rows[kept], rows[sums & ~blank], self.findings)
        return rows[kept]

    def _are_header_rows(self) -> NDArray[np.bool_]:
        """Return the rows that are one of the header's again, as further down on a long sheet."""
        found = np.zeros(self.grid.rows - self.start, dtype=bool)
        for row in range(self.match.first, self.start):
            same = np.ones(len(found), dtype=bool)
            for column in range(len(self.raw.columns)):
                places = self.raw.places(column)
                same &= places[self.start :] == places[row]
            found |= same
        return found

    def _are_signed(self) -> NDArray[np.bool_]:
        """Return the rows below the table that are signed or dated."""
        found = np.zeros(self.grid.rows - self.start, dtype=bool)
        first = max(self.start, self.raw.rows - NOTE_ROWS)
        for row, cells in enumerate(self.raw.slice(first, NOTE_ROWS), start=first):
            found[row - self.start] = any(is_signed(cell) for cell in cells)
        return found

    def _keys(self, column: int) -> NDArray[np.str_]:
        keys = np.array([name_key(t).casefold() for t in self.grid.texts[column]], dtype=np.str_)
        return keys[self.grid.places(column, self.start)]

    def _are_skipped_blanks(self, own: dict[int, NDArray[np.str_]]) -> NDArray[np.bool_]:
        """Return the lines whose unit is blank, where the form passes those over."""
        if "" not in self.reading.skip_rows or not own:
            return np.zeros(self.grid.rows - self.start, dtype=bool)
        return np.logical_or.reduce([keys == "" for keys in own.values()])

    # --- shapes ------------------------------------------------------------------------------
    def _wide(self, kept: NDArray[np.int64], months: NDArray[np.object_]) -> Laid:
        """Return the sheet as it stands, with a month's column at its right end."""
        keep = np.zeros(self.grid.rows, dtype=bool)
        keep[kept] = True
        keep[self.match.first : self.start] = True
        mask = pa.array(keep)
        columns = []
        codes = self.match.columns("code", "parent_code", "county_code")
        for column, cells in enumerate(self.grid.columns):
            texts = self._counted(cells) if column in self.counts else cells
            texts = plain_codes(cells) if column in codes else texts
            columns.append(pc.if_else(mask, texts, ""))
        dated = np.full(self.grid.rows, "", dtype=object)
        dated[kept] = months[kept - self.start]
        columns.append(pa.array(dated.tolist(), pa.string()))
        at = len(columns) - 1
        shape = (self.grid.rows, at + 1)
        rows, moved = np.mgrid[0 : shape[0], 0 : shape[1]]
        moved[:, at] = self._month_column()
        grid = replace(self.raw, columns=tuple(columns), recorded=True, spans=())
        if moved[0, at] != at:
            grid = replace(grid, origin=Moved(rows, moved))
        faults = {p: f for p, f in self.raw.faults.items() if keep[p[0]]}
        layout = self._layout(at, {r: [c] for c, r in self.match.roles.items()})
        return Laid(replace(grid, faults=faults), layout, self._read_on())

    def _month_column(self) -> int:
        column = self.match.column("month")
        if column is None:
            column = self.match.column("year")
        return 0 if column is None else column

    def _counted(self, cells: pa.StringArray) -> pa.StringArray:
        """Return counts with the recorded marks as zeros and blanks, and digits together."""
        if self.reading.grouping:
            texts = [ungrouped(text, self.reading.grouping) for text in cells.to_pylist()]
            cells = pa.array(texts, pa.string())
        for marks, meant in ((self.reading.zeros, "0"), (self.reading.unknown, "")):
            if marks:
                bare = pc.utf8_trim_whitespace(cells)
                cells = pc.if_else(pc.is_in(bare, pa.array(marks)), meant, cells)
        return cells

    def _long(self, kept: NDArray[np.int64], months: NDArray[np.object_]) -> Laid | None:
        """Return lines that say which count they hold, gathered by area and month."""
        known = {compared(h): name for name, hs in self.form.columns.items() for h in hs}
        splits = self.match.columns("split")
        words = [self.grid.columns[c].to_pylist() for c in splits]
        table = _Table(self, list(self.form.columns))
        sound = True
        for column, head, said in self._values():
            own = months
            if said is not None:
                found = months_of(self.grid, self.match, self.form, kept, self.findings, said)
                if found is None:
                    return None
                own = found
            for row in kept.tolist():
                path = "/".join([*(word[row].strip() or BLANK_WORD for word in words), *head])
                measure = known.get(compared(path))
                if measure is not None:
                    sound &= table.put(row, column, own[row - self.start], measure)
                elif compared(path) not in table.ignored:
                    sound = self._unknown_word(row, splits[-1], path)
        return table.laid() if sound else None

    def _values(self) -> list[tuple[int, list[str], str | None]]:
        """Return the columns of lines' counts, what each adds to their words, and its month."""
        across = [(c, self.match.roles[c]) for c in self.match.columns("across")]
        if across:
            return [(c, [role[1]] if role[1] else [], role[2]) for c, role in across]
        values = self.match.columns("value")
        several = len(values) > 1
        return [(c, [self.match.paths[c]] if several else [], None) for c in values]

    def _unknown_word(self, row: int, column: int, path: str) -> bool:
        cell = self.grid.cell(row, column)
        message = (
            f"第 {row + 1} 行的“{path[:40]}”，表单“{self.form.label}”没有登记；"
            "请改正，或用 form draft 重新认表。"
        )
        grid = self.grid
        self.findings.add(grid.file, grid.sheet, cell, "error", "unknown_header", message)
        return False

    def _across(self, kept: NDArray[np.int64]) -> Laid | None:
        """Return a line a month of what stands side by side."""
        table = _Table(self, list(self.form.columns))
        sound = True
        for column in self.match.columns("across"):
            _, measure, said = self.match.roles[column]
            months = months_of(self.grid, self.match, self.form, kept, self.findings, said)
            if months is None:
                return None
            for row in kept.tolist():
                sound &= table.put(row, column, months[row - self.start], measure)
        return table.laid() if sound else None

    # --- what is read on ---------------------------------------------------------------------
    def _layout(self, month: int, roles: dict[tuple[str, ...], list[int]]) -> Layout:
        form = self.form
        measures = {r[1]: tuple(c) for r, c in roles.items() if r[0] == "measure"}
        for name, parts in form.sums.items():
            own = [roles.get(("part", name, str(i))) for i in range(len(parts))]
            if name not in measures and own and all(own):
                measures[name] = tuple(c for part in own for c in part or [])
        totals = tuple(
            (roles["total", str(i)][0], total.parts, total.minus)
            for i, total in enumerate(form.totals)
            if ("total", str(i)) in roles and {*total.parts, *total.minus} <= set(measures)
        )
        places = {kind: roles[kind,][0] for kind in AREAS if (kind,) in roles}
        return Layout(
            self.match.form, self.match.first, self.match.last, month,
            places.get("code"), places.get("parent"), places.get("name"), measures, totals, {},
            places.get("county"), places.get("parent_code"), places.get("county_code"),
        )  # fmt: skip

    def _read_on(self) -> Form:
        headers = self.form.month.headers if self.form.month else ()
        month = FormMonth(headers=headers or (MONTH,), many=True)
        return self.form.model_copy(update={"month": month})


class _Table:
    """Lines that are filled cell by cell, each cell with the place where it stood."""

    def __init__(self, laying: _Laying, measures: list[str]) -> None:
        self.laying, self.measures = laying, measures
        self.areas = laying.match.columns(*AREAS)
        held = [*self.areas, *laying.match.columns("across", "value")]
        codes = laying.match.columns("code", "parent_code", "county_code")
        self.texts = {
            c: (plain_codes(column) if c in codes else column).to_pylist()
            for c in held
            for column in [laying.grid.columns[c]]
        }
        self.ignored = {compared(h) for h in laying.form.ignore}
        self.lines: dict[tuple[str, ...], int] = {}
        self.cells: list[list[str]] = []
        self.rows: list[list[int]] = []
        self.columns: list[list[int]] = []
        self.at = {name: len(self.areas) + 1 + i for i, name in enumerate(measures)}
        self.faults: dict[Place, str] = {}

    def put(self, row: int, column: int, month: str, measure: str) -> bool:
        """Put a count into its line; a second one of the same line is refused."""
        line = self._line(row, month)
        at = self.at[measure]
        if self.rows[line][at] >= 0:
            return self._twice(row, column, self.rows[line][at])
        text = self.texts[column][row]
        reading = self.laying.reading
        if text.strip() in reading.zeros:
            text = "0"
        elif text.strip() in reading.unknown:
            text = ""
        elif reading.grouping:
            text = ungrouped(text, reading.grouping)
        self.cells[line][at] = text
        self.rows[line][at], self.columns[line][at] = row, column
        if fault := self.laying.raw.faults.get((row, column)):
            self.faults[line + 1, at] = fault
        return True

    def _line(self, row: int, month: str) -> int:
        own = tuple(self.texts[c][row] for c in self.areas)
        key = (*own, month)
        line = self.lines.get(key)
        if line is None:
            line = self.lines[key] = len(self.cells)
            width = len(self.areas) + 1 + len(self.measures)
            self.cells.append([*own, month, *[""] * len(self.measures)])
            self.rows.append([row] * (len(self.areas) + 1) + [-1] * (width - len(self.areas) - 1))
            dated = self.laying._month_column()
            self.columns.append([*self.areas, dated, *[-1] * len(self.measures)])
        return line

    def _twice(self, row: int, column: int, first: int) -> bool:
        grid = self.laying.grid
        message = (
            f"第 {row + 1} 行与第 {first + 1} 行是同一单位、同一月份的同一个数，"
            "请核对哪一行是对的。"
        )
        cell = grid.cell(row, column)
        self.findings_add(cell, message)
        return False

    def findings_add(self, cell: str | None, message: str) -> None:
        """Note a fault of the lines."""
        grid = self.laying.grid
        self.laying.findings.add(grid.file, grid.sheet, cell, "error", "duplicate_area", message)

    def laid(self) -> Laid:
        """Return the lines as a grid below one header."""
        laying = self.laying
        header = [laying.match.paths[c] for c in self.areas] + [MONTH]
        header += [laying.form.columns[name][-1] for name in self.measures]
        table = [header, *self.cells]
        columns = tuple(pa.array(column, pa.string()) for column in zip(*table, strict=True))
        rows = np.array([[laying.match.last] * len(header), *self.rows], dtype=np.int64)
        first = [*self.areas, laying._month_column(), *[-1] * len(self.measures)]
        moved = np.array([first, *self.columns], dtype=np.int64)
        rows[0, moved[0] < 0] = -1
        grid = replace(
            laying.raw, columns=columns, origin=Moved(rows, moved), faults=self.faults,
            spans=(), recorded=True,
        )  # fmt: skip
        roles = {laying.match.roles[c]: [i] for i, c in enumerate(self.areas)}
        roles |= {("measure", name): [at] for name, at in self.at.items()}
        layout = laying._layout(len(self.areas), roles)
        layout = replace(layout, first=0, last=0)
        return Laid(grid, layout, laying._read_on())
