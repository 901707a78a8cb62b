"""Headers: which rows name the columns, and which measure each column holds, by the forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shortplank.catalogue.models import Form
from shortplank.ingest.findings import Findings, Severity
from shortplank.ingest.grid import Grid
from shortplank.ingest.nearness import HEADERS, nearest
from shortplank.ingest.numbers import BLANK, OK, parse_count
from shortplank.ingest.privacy import Exempt
from shortplank.ingest.text import header_key, name_key
from shortplank.ingest.words import Role, Words
from shortplank.store.names import HIDDEN_PIECE
from shortplank.store.personal import is_a_bare_name

# More levels than any report's header has.
HEADER_ROWS = 6
# A row with so many numbers is no header.
NUMBERS = 2
# With so many known columns a table is a form's, though the header of its areas is not known.
FEWEST_KNOWN = 3
Texts = list[tuple[int, str]]
# Columns of a layout that are no counts and no keys.
PLACES = ("month", "code", "parent", "name", "county", "parent_code", "county_code")


@dataclass(frozen=True)
class Unknown:
    """A header that no form knows: where it stands, and the known one that is most alike."""

    form: str
    file: str
    header: str
    cell: str | None
    nearest: str | None


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
    totals: tuple[tuple[int, tuple[str, ...], tuple[str, ...]], ...]
    keys: dict[str, int] = field(default_factory=dict)
    county: int | None = None
    parent_code: int | None = None
    county_code: int | None = None

    @property
    def areas(self) -> frozenset[int]:
        """Return the columns that say of which area a row is."""
        said = (self.code, self.parent, self.name, self.county, self.parent_code, self.county_code)
        return frozenset(column for column in said if column is not None)

    @property
    def count_columns(self) -> list[int]:
        """Return the columns that hold counts, totals included."""
        own = {column for columns in self.measures.values() for column in columns}
        return sorted(own | {column for column, *_ in self.totals})


@dataclass(frozen=True)
class Block:
    """The rows of a header that a form knows best, and how many of its columns are known."""

    form: str
    first: int
    last: int
    known: int
    fits: bool = True
    """Whether an area and a count are among them."""

    @property
    def rank(self) -> tuple[bool, int]:
        """Return by what blocks are compared."""
        return self.fits, self.known


def read_layout(
    grid: Grid,
    words: Words,
    block: Block,
    findings: Findings,
    unknown: list[Unknown] | None = None,
    *,
    lenient: bool = False,
) -> Layout | None:
    """Return the layout under a header, or None after naming every header that is at fault.

    ``lenient`` gives the columns that are known, whatever the others are.
    """
    reader = _Reader(grid, words, block, findings, [] if unknown is None else unknown)
    return reader.layout(lenient=lenient)


def exemption(layout: Layout | None) -> Exempt:
    """Return what a layout takes out of the scan for personal data."""
    if layout is None:
        return Exempt()
    areas = layout.areas
    counts = frozenset(layout.count_columns)
    keys = {*layout.keys.values(), *([] if layout.month is None else [layout.month])}
    return Exempt(counts, areas, areas | counts | keys, layout.first, layout.last)


# --- which rows -----------------------------------------------------------------------------------
def find_block(grid: Grid, words: Mapping[str, Words]) -> Block | None:
    """Return the rows and the form with the most known columns, area and count among them."""
    best: Block | None = None
    header_like = [_is_header_like(cells) for cells in grid.head]
    for form, own in words.items():
        for first, cells in enumerate(grid.head):
            if best and first > best.first + HEADER_ROWS:
                break
            if not header_like[first] or not _has_levels(cells, own):
                continue
            last = first
            while last < len(grid.head) and last < first + HEADER_ROWS and header_like[last]:
                block = Block(form, first, last, *_known(grid, own, first, last))
                told = block.fits or block.known >= FEWEST_KNOWN
                if told and (best is None or block.rank > best.rank):
                    best = block
                last += 1
    if best is None:
        return None
    last = _last_header_row(grid, best.first, best.last, words[best.form])
    return replace(best, first=_first_header_row(grid, best), last=last)


def is_titled(grid: Grid, form: Form, block: Block) -> bool:
    """Return whether the title or the file's name has the form's words."""
    texts = [cell for row in grid.head[: block.first] for cell in row] + [
        grid.file.rsplit("/", 1)[-1]
    ]
    return any(word in name_key(text) for word in form.title for text in texts)


def _first_header_row(grid: Grid, block: Block) -> int:
    """Return the first row of cells that are merged down into the block: its upper levels."""
    first = block.first
    while first > 0:
        above, own = grid.head[first - 1], grid.head[first]
        if not any(a == b and header_key(b) for a, b in zip(above, own, strict=True)):
            break
        first -= 1
    return first


def _is_header_like(cells: Sequence[str]) -> bool:
    """Return whether a row may name columns: it holds words, and no line of numbers."""
    filled = [cell for cell in cells if cell.strip()]
    numbers = sum(parse_count(cell)[1] == OK for cell in filled)
    return bool(filled) and numbers < NUMBERS and numbers < len(filled)


def _has_levels(cells: Sequence[str], words: Words) -> bool:
    return any(
        words.key(cell) in words.roles or not words.levels.isdisjoint(words.split(cell))
        for cell in cells
        if cell
    )


def _known(grid: Grid, words: Words, first: int, last: int) -> tuple[int, bool]:
    """Return how many columns a form knows, and whether an area and a count are among them."""
    roles = set()
    for texts in header_texts(grid, first, last):
        found = roles_of(texts, words) if texts else []
        roles |= set(found[:1] if len(found) == 1 else ())
    kinds = {role[0] for role in roles}
    fits = kinds & {"measure", "part"} and kinds & {"code", "name"}
    return len(roles), bool(fits)


def _last_header_row(grid: Grid, first: int, last: int, words: Words) -> int:
    """Return the last of the rows that repeat the header (another language), or number columns."""
    for row in range(last + 1, min(last + HEADER_ROWS, len(grid.head))):
        cells = [cell for cell in grid.head[row] if header_key(cell)]
        known = sum(words.key(cell) in words.roles for cell in cells)
        numbers = sum(parse_count(cell)[1] == OK for cell in cells)
        if (known < NUMBERS or numbers) and not numbers_columns(grid.head[row]):
            break
        last = row
    return last


def numbers_columns(cells: Sequence[str]) -> bool:
    """Return whether a row only numbers the columns (栏次: 甲, 1, 2, 3, …).

    >>> numbers_columns(["甲", "1", "2", "3"]), numbers_columns(["栏次", "", "1", "2", "3", "4"])
    (True, True)
    >>> numbers_columns(["双河村", "1", "2", "3"])
    False
    """
    filled = [header_key(cell) for cell in cells if header_key(cell)]
    numbers = [parse_count(cell)[0] for cell in filled if parse_count(cell)[1] == OK]
    heads = [cell for cell in filled if parse_count(cell)[1] != OK]
    in_order = len(numbers) >= 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return (
        in_order
        and numbers[0] in (0, 1, 2)
        and set(heads) <= {"甲", "乙", "丙", "栏次", "序号", "代码"}
    )


def header_texts(grid: Grid, first: int, last: int) -> list[Texts]:
    """Return the header of every column as rows and texts, merged and shared levels filled in."""
    rows = [
        [""] * len(cells) if numbers_columns(cells) else list(cells)
        for cells in grid.head[first : last + 1]
    ]
    merged: set[tuple[int, int]] = set()
    for top, bottom, left, right in grid.spans:
        for row in range(max(top, first), min(bottom, last) + 1):
            text = grid.head[top][left] if left < len(grid.head[top]) else ""
            for column in range(left, min(right + 1, len(rows[0]))):
                rows[row - first][column] = text
                merged.add((row - first, column))
    _share(rows, merged)
    return [
        [(first + i, row[column]) for i, row in enumerate(rows) if header_key(row[column])]
        for column in range(len(rows[0]) if rows else 0)
    ]


def _share(rows: list[list[str]], merged: set[tuple[int, int]]) -> None:
    """Let a blank level take the text on its left: the header of an unmerged table.

    Only above a level with text, and under the same upper levels.
    """
    for i, row in enumerate(rows[:-1]):
        for column in range(1, len(row)):
            if header_key(row[column]) or (i, column) in merged:
                continue
            below = any(header_key(lower[column]) for lower in rows[i + 1 :])
            alike = all(upper[column] == upper[column - 1] for upper in rows[:i])
            left_ends = not any(header_key(lower[column - 1]) for lower in rows[i + 1 :])
            if below and alike and header_key(row[column - 1]) and not left_ends:
                row[column] = row[column - 1]


def anchor(grid: Grid, row: int, column: int) -> int:
    """Return the first column of the merged or shared cell that a header's level stands in."""
    cells = grid.head[row]
    while column > 0 and not header_key(cells[column]):
        column -= 1
    return column


def _shown(header: str) -> str:
    """Return a header as it is said; one that may be a person's name is not."""
    return HIDDEN_PIECE if is_a_bare_name(header) else re.sub(r"\s+", "", header)[:40]


def path_of(texts: Texts) -> str:
    """Return a column's header as one text, its levels joined by "/"."""
    return "/".join(dict.fromkeys(text.strip() for _, text in texts))


def roles_of(texts: Texts, words: Words) -> list[Role]:
    """Return what a column's header means: by all its levels, else by each line (two languages)."""
    whole = words.roles.get(words.key(path_of(texts)))
    if whole is not None:
        return [whole]
    each = [words.roles.get(words.key(text)) for _, text in texts]
    if None in each:
        return []
    return list(dict.fromkeys(role for role in each if role is not None))


# --- which columns --------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Reader:
    grid: Grid
    words: Words
    block: Block
    findings: Findings
    unknown: list[Unknown]

    def layout(self, *, lenient: bool = False) -> Layout | None:
        """Return the layout, or None after naming every header that is at fault."""
        texts = header_texts(self.grid, self.block.first, self.block.last)
        roles = [self._role(column, each) for column, each in enumerate(texts)]
        by_role: dict[Role, int] = {}
        sound = all(role is not None for role in roles)
        for column, role in enumerate(roles):
            if role in (None, ("ignore",), ("blank",)):
                continue
            assert role is not None
            if role in by_role:
                other = self.grid.cell(self.block.first, by_role[role])
                self._say(
                    column,
                    "duplicate_header",
                    f"这一列与 {other} 的表头是一个意思，请改正其中一个，或核对后去掉多余的一列。",
                )
                sound = False
            by_role.setdefault(role, column)
        measures = self._measures(by_role, quiet=not sound or lenient)
        if lenient:
            measures = {r[1]: (c,) for r, c in by_role.items() if r[0] == "measure"}
        elif not sound:
            return None
        elif not {("name",), ("code",)} & set(by_role):
            known = "、".join(self.words.form.area.name_headers[-2:])
            message = f"没有单位列，请补上表头和这一列（如 {known}）。"
            grid = self.grid
            self.findings.add(grid.file, grid.sheet, None, "error", "missing_header", message)
            return None
        return None if measures is None else self._built(by_role, measures)

    def _built(self, by_role: Mapping[Role, int], measures: dict[str, tuple[int, ...]]) -> Layout:
        form = self.words.form
        totals = tuple(
            (by_role["total", str(place)], total.parts, total.minus)
            for place, total in enumerate(form.totals)
            if ("total", str(place)) in by_role and {*total.parts, *total.minus} <= set(measures)
        )
        places = {kind: by_role.get((kind,)) for kind in PLACES}
        keys = {name: by_role["key", name] for name in form.keys if ("key", name) in by_role}
        b = self.block
        return Layout(
            b.form, b.first, b.last, **places, measures=measures, totals=totals, keys=keys
        )

    def _role(self, column: int, texts: Texts) -> Role | None:
        """Return a column's meaning; None, and a finding, where it has none or two."""
        if not texts:
            return self._headless(column)
        found = roles_of(texts, self.words)
        if not found:
            return self._unknown(column, texts)
        if len(found) > 1:
            self._say(column, "header_conflict", "几行表头对这一列的说法不一致，请改正表头。")
            return None
        return found[0]

    def _headless(self, column: int) -> Role | None:
        below = self.grid.places(column, self.block.last + 1)
        texts = self.grid.texts[column]
        filled = {int(place) for place in set(below.tolist()) if header_key(texts[place])}
        rows = [r for r, place in enumerate(below.tolist()) if int(place) in filled]
        counts = [r for r in rows if parse_count(texts[below[r]])[1] == OK]
        # Signatures and dates stand below a table in columns of their own.
        if not counts and len(rows) < 2:
            return ("blank",)
        cell = self.grid.cell(self.block.first, column)
        message = "这一列有内容而没有表头，请补上表头或删去这一列。"
        self.findings.add(self.grid.file, self.grid.sheet, cell, "error", "no_header", message)
        return None

    def _unknown(self, column: int, texts: Texts) -> Role | None:
        """Note a header that the form does not know: its first unknown level, once a cell."""
        row, level = next(((r, t) for r, t in texts if not self.words.knows(t)), (None, None))
        path = path_of(texts)
        if row is None or level is None:  # the levels are known, but not one under the other
            row, header = texts[-1][0], path
        else:
            header = level.strip() if "/" in path else path
        at = anchor(self.grid, row, column)
        cell, near = self.grid.cell(row, at), None
        if any((one.file, one.cell) == (self.grid.file, cell) for one in self.unknown):
            return None
        if not self.findings.is_full(self.grid.file, self.grid.sheet, "unknown_header"):
            near = self._nearest(path, header)
        severity: Severity = "error"
        mend = f"请改正表头，或由分析员认可一次（--accept {_shown(header)}=登记写法）。"
        if all(parse_count(text)[1] == BLANK for text in self._below(column)):
            severity, mend = "warning", "这一列没有内容，未读。"
        hint = f"，最接近的登记写法是“{near}”" if near else ""
        message = f"表单“{self.words.form.label}”没有登记表头“{_shown(header)}”{hint}；{mend}"
        self.findings.add(
            self.grid.file, self.grid.sheet, cell, severity, "unknown_header", message
        )
        self.unknown.append(Unknown(self.block.form, self.grid.file, header, cell, near))
        return None if severity == "error" else ("blank",)

    def _nearest(self, path: str, header: str) -> str | None:
        """Return the known header that is most alike; for one level of it, that level."""
        near, levels = self.words.nearest(path), path.split("/")
        if near is None or header == path:
            return near
        known = near.split("/")
        same = len(known) == len(levels) and header in levels
        if not same:
            return self.words.nearest_level(header)
        # What stands around a level does not make it near: 怀孕人数/男 is not 出生人数/男.
        return nearest(header, [known[levels.index(header)]], HEADERS)

    def _below(self, column: int) -> list[str]:
        places = set(self.grid.places(column, self.block.last + 1).tolist())
        return [self.grid.texts[column][place] for place in places]

    def _measures(
        self, by_role: Mapping[Role, int], *, quiet: bool
    ) -> dict[str, tuple[int, ...]] | None:
        """Return each measure's columns: its own, or those of its parts."""
        form = self.words.form
        missing: list[str] = []
        found: dict[str, tuple[int, ...]] = {
            role[1]: (column,) for role, column in by_role.items() if role[0] == "measure"
        }
        for measure, headers in form.columns.items():
            parts = [
                by_role.get(("part", measure, str(place)))
                for place in range(len(form.sums.get(measure, ())))
            ]
            if measure not in found and parts and None not in parts:
                found[measure] = tuple(part for part in parts if part is not None)
            if measure not in found and not {measure, "*"} & set(form.optional):
                missing.append(headers[-1])
        if not missing and found:
            return found
        missing = missing or [headers[-1] for headers in list(form.columns.values())[:3]]
        if quiet:  # what is missing may be what a header at fault means
            return None
        message = f"表头不全：表单“{form.label}”还须有 {'、'.join(missing)}；请补上后再报。"
        self.findings.add(self.grid.file, self.grid.sheet, None, "error", "missing_header", message)
        return None

    def _say(self, column: int, code: str, message: str) -> None:
        cell = self.grid.cell(self.block.first, column)
        self.findings.add(self.grid.file, self.grid.sheet, cell, "error", code, message)
