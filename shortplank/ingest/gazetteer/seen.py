"""What files say of areas: the rows of plain lists, and of reports over the months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.base import Level
from shortplank.errors import ShortplankError
from shortplank.ingest.accepted import accepted_headers, by_form
from shortplank.ingest.beside import guard_about, guard_name, guard_sheets, guard_texts, take_in
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.findings import Findings
from shortplank.ingest.gazetteer.columns import Columns, Named, Sheet, find_columns, names_above
from shortplank.ingest.gazetteer.proposal import Item, Path, Spell, Where
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.header import Layout, exemption, read_layout
from shortplank.ingest.labels import labels
from shortplank.ingest.months import only_month, said_months
from shortplank.ingest.numbers import OK, parse_count
from shortplank.ingest.periods import rule_of
from shortplank.ingest.privacy import Exempt, guard
from shortplank.ingest.read import loose_texts, read_grids
from shortplank.ingest.recognising import find_registered
from shortplank.ingest.text import code_key, name_key
from shortplank.ingest.tidy import is_total
from shortplank.ingest.words import vocabularies

GUESS = Named()
_BLANK = Item("", "")


@dataclass(frozen=True)
class Counted:
    """A report's sheet, so that counts of an area can be looked up: rows by month and path."""

    grid: Grid
    columns: tuple[int, ...]
    rows: Mapping[tuple[date, Path], int]


@dataclass
class Seen:
    """What the files say, each thing once with its months and rows.

    ``lists`` are rows of plain lists: the path, and what the parent column points to, if anything.
    ``reports`` are those of reports, by the level of their rows.
    """

    lists: dict[tuple[Path, Item], Spell] = field(default_factory=dict)
    reports: dict[Level, dict[Path, Spell]] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    guessed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: int = 0

    @property
    def months(self) -> list[date]:
        """Return the months that reports speak of."""
        every = {m for paths in self.reports.values() for s in paths.values() for m in s.months}
        return sorted(every)


def read_seen(ws: Workspace, uploads: Iterable[Upload], named: Named = GUESS) -> Seen:
    """Return what the files say of areas; `ShortplankError` where one cannot be read or is refused.

    A file that a form of the workspace knows is a report, any other (and every one whose columns
    are named) a plain list.
    """
    seen, words = Seen(), vocabularies(ws.forms, ws, by_form(accepted_headers(ws.path)))
    with BoundedReader() as workbooks:
        for upload in take_in(uploads):
            seen.files += 1
            for grid in _grids(upload, ws, words, workbooks):
                block = None if named or not words else find_registered(grid, words)
                if block is None:
                    _see_list(seen, grid, named)
                    continue
                findings = Findings()
                layout = read_layout(grid, words[block.form], block, findings, lenient=True)
                if layout is None:
                    raise ShortplankError(next(iter(findings)).message, place=grid.file)
                _refuse_personal(grid, exemption(layout))
                _see_report(seen, grid, layout, ws)
    if not seen.lists and not seen.reports:
        raise ShortplankError("文件里没有任何单位", mend="请核对文件")
    return seen


def _grids(
    upload: Upload, ws: Workspace, words: Mapping[str, object], workbooks: BoundedReader
) -> Iterator[Grid]:
    findings = Findings()
    clean = guard_name(upload, findings)
    try:
        grids = read_grids(upload, ws, words or None, workbooks) if clean else []  # type: ignore[arg-type]
    except Unreadable as fault:
        raise ShortplankError(fault.message.rstrip("。"), place=upload.name) from fault
    clean = clean and guard_texts(upload, loose_texts(upload.data), findings)
    clean = clean and guard_about(upload, grids, findings) and guard_sheets(upload, grids, findings)
    if not clean:
        raise ShortplankError(next(iter(findings)).message.rstrip("。"), place=upload.name)
    shown = [grid for grid in grids if not grid.hidden and grid.rows]
    if not shown:
        raise ShortplankError("文件里没有可读的工作表", place=upload.name, mend="请核对文件")
    yield from shown


def _refuse_personal(grid: Grid, exempt: Exempt) -> None:
    findings = Findings()
    if not guard(grid, findings, exempt):
        found = next(iter(findings))
        place = " ".join(part for part in (grid.file, grid.sheet, found.cell) if part)
        raise ShortplankError(found.message.rstrip("。"), place=place)


# --- plain lists ----------------------------------------------------------------------------------
def _see_list(seen: Seen, grid: Grid, named: Named) -> None:
    columns = find_columns(grid, named)
    areas = {c for pair in columns.levels for c in pair if c is not None}
    areas |= {c for c in (columns.parent, columns.parent_name, columns.kind) if c is not None}
    own = frozenset(areas)
    _refuse_personal(grid, Exempt(frozenset(), own, own, 0, columns.start - 1))
    if columns.guessed:
        seen.guessed[grid.file] = columns.guessed
    levels = [_items(grid, code, name, columns.start) for code, name in columns.levels]
    pointers = _items(grid, columns.parent, columns.parent_name, columns.start)
    kinds = _items(grid, None, columns.kind, columns.start)
    rows = zip(zip(*levels, strict=True), pointers, kinds, strict=True)
    for row, (path, pointer, kind) in enumerate(rows, start=columns.start + 1):
        whole = _trimmed(path)
        if whole and not is_total(whole[-1].name):
            spell = seen.lists.setdefault((whole, _pointing(columns, pointer)), Spell())
            spell.see(None, Where(grid.file, row), kind.name)


def _pointing(columns: Columns, pointer: Item) -> Item:
    """Return what a parent column says as a code or, of words without any digit, as a name."""
    if columns.parent is None or any(map(str.isdigit, pointer.code)) or pointer.name:
        return pointer
    return Item("", pointer.code)


def _items(grid: Grid, code: int | None, name: int | None, start: int) -> list[Item]:
    """Return what each row has in a pair of columns, blanks and widths evened out."""
    count = grid.rows - start
    codes = _texts(grid, code, start, code_key) if code is not None else [""] * count
    names = _texts(grid, name, start, shown_name) if name is not None else [""] * count
    return [Item(c, n) for c, n in zip(codes, names, strict=True)]


def _texts(grid: Grid, column: int, start: int, even: object) -> list[str]:
    texts = [even(text) for text in grid.texts[column]]  # type: ignore[operator]
    return [texts[place] for place in grid.places(column, start)]


def shown_name(text: str) -> str:
    """Return a name as a register has it: one width, and one blank where words are parted.

    >>> shown_name(" 東　區 "), shown_name("North  East")
    ('東區', 'North East')
    """
    words = text.split()
    if len(words) > 1 and all(word.isascii() or _is_hangul(word) for word in words):
        return " ".join(words)
    return name_key(text)


def _is_hangul(word: str) -> bool:
    return any("\uac00" <= letter <= "\ud7a3" for letter in word)


def _trimmed(path: Sequence[Item]) -> Path:
    """Return a path down to its last area that is named, a blank in between named as the one above.

    A code that stands beside a row of a higher level is that level's.
    """
    depth = max((i for i, item in enumerate(path, start=1) if item.name), default=0)
    if not depth:
        depth = max((i for i, item in enumerate(path, start=1) if item.code), default=0)
        return tuple(path[:depth])
    found: list[Item] = []
    for item in path[:depth]:
        found.append(Item("", found[-1].name) if item == _BLANK and found else item)
    below = next((item.code for item in reversed(path[depth:]) if item.code), "")
    if below and not found[-1].code:
        found[-1] = Item(below, found[-1].name)
    return tuple(found)


# --- reports --------------------------------------------------------------------------------------
def _see_report(seen: Seen, grid: Grid, layout: Layout, ws: Workspace) -> None:
    form, start = ws.forms[layout.form], layout.last + 1
    dataset = ws.datasets[form.dataset]
    table = labels(grid, layout, form).to_pydict()
    rule = rule_of(form, dataset, ws.settings.statistical_year_first_month)
    titled = only_month(said_months(grid, layout, form.month, rule, None, None))
    units = _items(grid, layout.code, layout.name, start)
    parents = _items(grid, None, layout.parent, start)
    uppers = [_items(grid, None, name, start) for name in _above(grid, layout)]
    own, rows = seen.reports.setdefault(dataset.level, {}), {}
    counted = _counted_rows(grid, layout, start)
    paths: dict[tuple[Item, ...], Path] = {}
    for i, (month, unit, parent) in enumerate(zip(table["month"], units, parents, strict=True)):
        at = month or titled
        if (
            not counted[i]
            or at is None
            or unit == _BLANK
            or is_total(unit.name)
            or is_total(parent.name)
        ):
            continue
        items = (*(upper[i] for upper in uppers), parent, unit)
        path = paths.get(items)
        if path is None:
            path = paths[items] = _report_path(items, layout.parent is not None)
        own.setdefault(path, Spell()).see(at, Where(grid.file, i + start + 1))
        rows[at, path] = i + start
    seen.counted.append(Counted(grid, tuple(layout.count_columns), rows))


def _counted_rows(grid: Grid, layout: Layout, start: int) -> NDArray[np.bool_]:
    """Return the rows that hold a number: notes and signatures below a table hold none."""
    counted = np.zeros(grid.rows - start, dtype=bool)
    for column in layout.count_columns:
        numbers = [parse_count(text)[1] == OK for text in grid.texts[column]]
        counted |= np.array(numbers, dtype=bool)[grid.places(column, start)]
    return counted


def _report_path(items: tuple[Item, ...], has_parent: bool) -> Path:
    *above, parent, unit = items
    named = [item for item in above if item != _BLANK]
    return (*named, parent, unit) if has_parent else (*named, unit)


def _above(grid: Grid, layout: Layout) -> list[int]:
    """Return the columns that name levels above those that the form reads, from the top down."""
    decided_by = layout.code if layout.code is not None else layout.parent
    if decided_by is None:
        return []
    read = {layout.code, layout.parent, layout.name, layout.month, *layout.count_columns}
    read |= set(layout.keys.values())
    return names_above(Sheet(grid, layout.last + 1), read, decided_by)


def counts_of(seen: Seen, month: date, path: Path) -> dict[str, int]:
    """Return what a report counts for an area in a month, by the columns' headers."""
    for sheet in seen.counted:
        row = sheet.rows.get((month, path))
        if row is None:
            continue
        heads = sheet.grid.head
        found = {}
        for column in sheet.columns:
            text = sheet.grid.columns[column][row].as_py()
            head = next((cells[column] for cells in heads if cells[column].strip()), str(column))
            found[head.strip()] = int(parse_count(text)[0])
        return found
    return {}
