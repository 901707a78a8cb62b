"""Headers: which row names the columns, and which measure each column holds, by the forms."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from shortplank.catalogue.models import Form
from shortplank.ingest.findings import Findings, cell_name
from shortplank.ingest.read import Grid
from shortplank.ingest.text import OK, header_key, parse_count

# A column's meaning: ("month",), ("code",), ("parent",), ("name",), ("ignore",),
# ("measure", id), ("part", id, place) or ("total", place).
Role = tuple[str, ...]
HEADER_ROWS = 4


@dataclass(frozen=True)
class Layout:
    """Where a form's columns stand in a grid; rows and columns are counted from 0."""

    form: str
    first: int
    last: int
    month: int | None
    code: int | None
    parent: int | None
    name: int | None
    measures: dict[str, tuple[int, ...]]
    totals: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def count_columns(self) -> list[int]:
        """Return the columns that hold counts, totals included."""
        own = {column for columns in self.measures.values() for column in columns}
        return sorted(own | {column for column, _ in self.totals})


def vocabulary(form: Form) -> dict[str, Role]:
    """Return the form's known headers, as they are compared, with their meaning."""
    words: dict[str, Role] = {}

    def learn(headers: tuple[str, ...], *role: str) -> None:
        for header in headers:
            words.setdefault(header_key(header), role)

    learn(form.month.headers if form.month else (), "month")
    learn(form.area.code_headers, "code")
    learn(form.area.parent_headers, "parent")
    learn(form.area.name_headers, "name")
    for measure, headers in form.columns.items():
        learn(headers, "measure", measure)
    for measure, parts in form.sums.items():
        for place, headers in enumerate(parts):
            learn(headers, "part", measure, str(place))
    for place, total in enumerate(form.totals):
        learn(total.headers, "total", str(place))
    learn(form.ignore, "ignore")
    return words


def find_layout(grid: Grid, forms: Mapping[str, Form], findings: Findings) -> Layout | None:
    """Return where the grid's columns stand, or None with the reasons among the findings."""
    words = {key: vocabulary(form) for key, form in forms.items()}
    best = _header_row(grid, words)
    if best is None:
        known = "、".join(form.label for form in forms.values())
        message = f"没有找到表头。已登记的表单是：{known}；请检查表头文字，或在表单中登记这些写法。"
        findings.add(grid.file, grid.sheet, None, "error", "no_header", message)
        return None
    key, first = best
    last = _last_header_row(grid, first, words[key])
    return _Reader(grid, key, forms[key], words[key], first, last, findings).layout()


def _header_row(grid: Grid, words: Mapping[str, Mapping[str, Role]]) -> tuple[str, int] | None:
    """Return the form and row with the most known headers, a count's and an area's among them."""
    best: tuple[int, str, int] | None = None
    for row, cells in enumerate(grid.head):
        keys = {header_key(cell) for cell in cells if cell}
        for form, known in words.items():
            roles = {known[key] for key in keys if key in known}
            kinds = {role[0] for role in roles}
            fits = kinds & {"measure", "part"} and kinds & {"code", "name"}
            if fits and (best is None or len(roles) > best[0]):
                best = (len(roles), form, row)
        if best and row >= best[2] + HEADER_ROWS:
            break
    return None if best is None else (best[1], best[2])


def _last_header_row(grid: Grid, first: int, words: Mapping[str, Role]) -> int:
    """Return the last of the rows that repeat the header, e.g. in the other language."""
    last = first
    for row in range(first + 1, min(first + HEADER_ROWS, len(grid.head))):
        cells = [cell for cell in grid.head[row] if cell]
        known = sum(header_key(cell) in words for cell in cells)
        numbers = sum(parse_count(cell)[1] == OK for cell in cells)
        if known < 2 or numbers:
            break
        last = row
    return last


@dataclass(frozen=True)
class _Reader:
    grid: Grid
    key: str
    form: Form
    words: Mapping[str, Role]
    first: int
    last: int
    findings: Findings

    def layout(self) -> Layout | None:
        """Return the layout, or None after naming every header that is at fault."""
        roles = [self._role(column) for column in range(len(self.grid.columns))]
        by_role: dict[Role, int] = {}
        sound = all(role is not None for role in roles)
        for column, role in enumerate(roles):
            if role in (None, ("ignore",), ("blank",)):
                continue
            assert role is not None
            if role in by_role:
                other = cell_name(self.first, by_role[role])
                self._say(column, "duplicate_header", f"这一列与 {other} 重复，请只留一列。")
                sound = False
            by_role.setdefault(role, column)
        measures = self._measures(by_role)
        if not sound or measures is None:
            return None
        totals = tuple(
            (by_role["total", str(place)], total.parts)
            for place, total in enumerate(self.form.totals)
            if ("total", str(place)) in by_role
        )
        places = {kind: by_role.get((kind,)) for kind in ("month", "code", "parent", "name")}
        return Layout(self.key, self.first, self.last, **places, measures=measures, totals=totals)

    def _role(self, column: int) -> Role | None:
        """Return a column's meaning; None, and a finding, where it has none or two."""
        rows = range(self.first, self.last + 1)
        texts = [(row, self.grid.head[row][column]) for row in rows]
        texts = [(row, text) for row, text in texts if header_key(text)]
        if not texts:
            return self._headless(column)
        path = "/".join(dict.fromkeys(text for _, text in texts))
        found = [self.words[k] for _, text in texts if (k := header_key(text)) in self.words]
        found += [self.words[k] for k in [header_key(path)] if k in self.words]
        if not found:
            self._unknown(column, *texts[0])
            return None
        if len(set(found)) > 1:
            self._say(column, "header_conflict", "几行表头对这一列的说法不一致，请改正表头。")
            return None
        return found[0]

    def _headless(self, column: int) -> Role | None:
        if any(header_key(text) for text in self.grid.texts[column]):
            self._say(column, "no_header", "这一列有内容而没有表头，请补上表头或删去这一列。")
            return None
        return ("blank",)

    def _unknown(self, column: int, row: int, text: str) -> None:
        near: list[str] = []
        if not self.findings.is_full(self.grid.file, self.grid.sheet, "unknown_header"):
            near = difflib.get_close_matches(header_key(text), sorted(self.words), n=1, cutoff=0.5)
        hint = f"，最接近的登记写法是“{near[0]}”" if near else ""
        message = (
            f"表单“{self.form.label}”没有登记表头“{text.strip()[:30]}”{hint}；"
            "请改正表头，或在表单中登记这个写法。"
        )
        self.findings.add(
            self.grid.file,
            self.grid.sheet,
            cell_name(row, column),
            "error",
            "unknown_header",
            message,
        )

    def _measures(self, by_role: Mapping[Role, int]) -> dict[str, tuple[int, ...]] | None:
        """Return each measure's columns: its own, or those of its parts."""
        found: dict[str, tuple[int, ...]] = {}
        missing = []
        for measure, headers in self.form.columns.items():
            parts = [
                by_role.get(("part", measure, str(place)))
                for place in range(len(self.form.sums.get(measure, ())))
            ]
            if ("measure", measure) in by_role:
                found[measure] = (by_role["measure", measure],)
            elif parts and None not in parts:
                found[measure] = tuple(part for part in parts if part is not None)
            else:
                missing.append(headers[-1])
        if not missing:
            return found
        message = f"表头不全：表单“{self.form.label}”还须有 {'、'.join(missing)}；请补上后再报。"
        self.findings.add(self.grid.file, self.grid.sheet, None, "error", "missing_header", message)
        return None

    def _say(self, column: int, code: str, message: str) -> None:
        cell = cell_name(self.first, column)
        self.findings.add(self.grid.file, self.grid.sheet, cell, "error", code, message)
