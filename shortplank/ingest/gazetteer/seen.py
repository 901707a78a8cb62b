"""What files say of areas: the rows of plain lists, and of reports over the months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.base import Level
from shortplank.catalogue.models import Form
from shortplank.errors import ShortplankError
from shortplank.ingest.accepted import accepted_headers, by_form
from shortplank.ingest.beside import guard_about, guard_name, guard_sheets, guard_texts, take_in
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.drafting.explaining import explained, rivals
from shortplank.ingest.findings import Findings
from shortplank.ingest.gazetteer.columns import Columns, Named, find_columns, names_above
from shortplank.ingest.gazetteer.proposal import Item, Path, Spell, Where
from shortplank.ingest.gazetteer.sheet import Sheet
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.header import Layout, exemption, read_layout
from shortplank.ingest.months import only_month, said_months
from shortplank.ingest.numbers import OK, parse_count
from shortplank.ingest.periods import period_of, rule_of
from shortplank.ingest.privacy import Exempt, guard
from shortplank.ingest.read import loose_texts, read_grids
from shortplank.ingest.recognising import find_registered
from shortplank.ingest.recorded import Match, Recorded, exemption_of, is_text, lay
from shortplank.ingest.recorded.texts import CALLED, decoded
from shortplank.ingest.text import code_key, name_key
from shortplank.ingest.tidy import is_total
from shortplank.ingest.words import vocabularies

GUESS = Named()
NONE: Mapping[str, tuple[Item, Item]] = {}
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
    of_villages: bool = False
    """Whether a list's header says that its lowest areas are villages."""

    @property
    def months(self) -> list[date]:
        """Return the months that reports speak of."""
        every = {m for paths in self.reports.values() for s in paths.values() for m in s.months}
        return sorted(every)


def read_seen(
    ws: Workspace, uploads: Iterable[Upload], named: Named = GUESS, encoding: str | None = None
) -> Seen:
    """Return what the files say of areas; `ShortplankError` where one cannot be read or is refused.

    A file that a form of the workspace knows is a report, any other (and every one whose columns
    are named) a plain list, whose text is of an ``encoding`` where one is given.
    """
    seen = Seen()
    with BoundedReader() as workbooks:
        reader = _Reader(ws, seen, named, encoding, workbooks)
        for upload in take_in(uploads):
            seen.files += 1
            try:
                reader.see(upload)
            except Unreadable as fault:
                raise ShortplankError(fault.message.rstrip("。"), place=upload.name) from fault
    if not seen.lists and not seen.reports:
        raise ShortplankError("文件里没有任何单位", mend="请核对文件")
    return seen


class _Reader:
    """From files to what they say, by the workspace's forms or as plain lists."""

    def __init__(
        self,
        ws: Workspace,
        seen: Seen,
        named: Named,
        encoding: str | None,
        workbooks: BoundedReader,
    ) -> None:
        self.ws, self.seen, self.named = ws, seen, named
        self.encoding, self.workbooks = encoding, workbooks
        forms = {} if named else ws.forms
        self.recorded = Recorded.of(forms)
        guessed = {k: f for k, f in forms.items() if f.reading is None}
        self.words = vocabularies(guessed, ws, by_form(accepted_headers(ws.path)))

    def see(self, upload: Upload) -> None:
        """Take in one file; raises `Unreadable`, `ShortplankError` where it is refused."""
        findings = Findings()
        if not guard_name(upload, findings):
            raise _refused(upload, findings)
        read = self.recorded.text(upload)
        if read is not None and not read[1].missing:
            self._lay(*read)
            return
        grids = self._grids(upload)
        clean = guard_texts(upload, loose_texts(upload.data), findings)
        clean = clean and guard_about(upload, grids, findings)
        if not (clean and guard_sheets(upload, grids, findings)):
            raise _refused(upload, findings)
        shown = [grid for grid in grids if not grid.hidden and grid.rows]
        if not shown:
            raise ShortplankError("文件里没有可读的工作表", place=upload.name, mend="请核对文件")
        for grid in shown:
            self._see(grid)

    def _grids(self, upload: Upload) -> list[Grid]:
        if not is_text(upload.data):
            return read_grids(upload, self.ws, self.words or None, self.workbooks)
        if self.words and self.encoding is None:
            with suppress(Unreadable):
                grids = read_grids(upload, self.ws, self.words, self.workbooks)
                if any(find_registered(grid, self.words) for grid in grids):
                    return grids
        return read_grids(Upload(upload.name, self._text(upload).encode()))

    def _text(self, upload: Upload) -> str:
        """Return a list's text: of the encoding that is said, else of the one that explains it."""
        if self.encoding is not None:
            text = decoded(upload.data, self.encoding)
            if text is None:
                raise ShortplankError(
                    f"文件不是 {self.encoding} 编码", place=upload.name, mend="请改正 --encoding"
                )
            return text
        found = explained(upload.data)
        text = decoded(upload.data, found[0].encoding) if found else None
        if text is None:
            raise ShortplankError(
                "认不出文件的编码", place=upload.name, mend="请用 --encoding 指明，或另存为 UTF-8"
            )
        if found[0].encoding not in ("utf-8", "utf-16"):
            others = "、".join(CALLED[each.encoding] for each in rivals(found))
            said = f"编码取 {CALLED[found[0].encoding]}"
            said += f"，也可能是 {others}，另选请用 --encoding" if others else ""
            self.seen.guessed[upload.name] = (said,)
        return text

    def _see(self, grid: Grid) -> None:
        if match := self.recorded.sheet(grid):
            self._lay(grid, match)
            return
        block = find_registered(grid, self.words) if self.words else None
        if block is None:
            _see_list(self.seen, grid, self.named)
            return
        findings = Findings()
        layout = read_layout(grid, self.words[block.form], block, findings, lenient=True)
        if layout is None:
            raise ShortplankError(next(iter(findings)).message, place=grid.file)
        _refuse_personal(grid, exemption(layout))
        _see_report(self.seen, grid, layout, self.ws.forms[block.form], self.ws)

    def _lay(self, grid: Grid, match: Match) -> None:
        _refuse_personal(grid, exemption_of(match))
        findings = Findings()
        laid = lay(grid, match, self.ws.forms[match.form], findings)
        if laid is None:
            raise ShortplankError(next(iter(findings)).message.rstrip("。"), place=grid.file)
        provinces = _provinces(grid, match)
        _see_report(self.seen, laid.grid, laid.layout, laid.form, self.ws, provinces)


def _provinces(grid: Grid, match: Match) -> dict[str, tuple[Item, Item]]:
    """Return province and county by the text that a laid grid has for both."""
    columns = [match.column("province"), match.column("county")]
    if None in columns:
        return {}
    pairs = zip(*(grid.columns[c or 0].to_pylist() for c in columns), strict=True)
    return {
        shown_name(f"{province} {county}"): (
            Item("", shown_name(province)),
            Item("", shown_name(county)),
        )
        for province, county in set(pairs)
    }


def _refused(upload: Upload, findings: Findings) -> ShortplankError:
    found = next(iter(findings))
    return ShortplankError(found.message.rstrip("。"), place=found.file)


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
        seen.guessed[grid.file] = (*seen.guessed.get(grid.file, ()), *columns.guessed)
    seen.of_villages |= columns.of_villages and len(columns.levels) > 1
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
    found = list(_filled(path[:depth]))
    below = next((item.code for item in reversed(path[depth:]) if item.code), "")
    if below and not found[-1].code:
        found[-1] = Item(below, found[-1].name)
    return tuple(found)


# --- reports --------------------------------------------------------------------------------------
def _see_report(
    seen: Seen,
    grid: Grid,
    layout: Layout,
    form: Form,
    ws: Workspace,
    provinces: Mapping[str, tuple[Item, Item]] = NONE,
) -> None:
    start, dataset = layout.last + 1, ws.datasets[form.dataset]
    months = _months(grid, layout, form)
    rule = rule_of(form, dataset, ws.settings.statistical_year_first_month)
    titled = only_month(said_months(grid, layout, form.month, rule, None, None))
    levels = [_items(grid, code, name, start) for code, name in _columns(grid, layout)]
    counted = _counted_rows(grid, layout, start)
    own: dict[Path, Spell] = seen.reports.setdefault(dataset.level, {})
    rows: dict[tuple[date, Path], int] = {}
    known: dict[tuple[Item, ...], Path] = {}
    for i, (month, items) in enumerate(zip(months, zip(*levels, strict=True), strict=True)):
        at = month or titled
        if at is None or not counted[i] or items[-1] == _BLANK:
            continue
        path = known.get(items)
        if path is None:
            both = provinces.get(items[0].name, items[:1])
            path = known[items] = _filled((*both, *items[1:]))
        if not any(is_total(item.name) for item in path[-2:]):
            own.setdefault(path, Spell()).see(at, _where(grid, i + start))
            rows[at, path] = i + start
    seen.counted.append(Counted(grid, tuple(layout.count_columns), rows))


def _filled(items: Sequence[Item]) -> Path:
    """Return a row's areas, a blank below one that is named called as that one."""
    found: list[Item] = []
    for item in items:
        if found and not item.name:
            found.append(Item(item.code, found[-1].name))
        elif item != _BLANK:
            found.append(item)
    return tuple(found)


def _months(grid: Grid, layout: Layout, form: Form) -> list[date | None]:
    """Return the month that each row says in its column, None where it has none."""
    start = layout.last + 1
    if layout.month is None or form.month is None:
        return [None] * (grid.rows - start)
    calendar = form.month.calendar
    read = [period_of(text, calendar=calendar).month for text in grid.texts[layout.month]]
    return [read[place] for place in grid.places(layout.month, start)]


def _columns(grid: Grid, layout: Layout) -> list[tuple[int | None, int | None]]:
    """Return a report's columns of codes and names, from the top level down to its units."""
    pairs = [
        (layout.county_code, layout.county),
        (layout.parent_code, layout.parent),
        (layout.code, layout.name),
    ]
    if layout.county is None and layout.county_code is None:
        pairs = [*((None, name) for name in _above(grid, layout)), *pairs[1:]]
    return [pair for pair in pairs if pair != (None, None)]


def _where(grid: Grid, row: int) -> Where:
    """Return a row as the file has it, a laid grid's by where its first cell stood."""
    place = (row, 0)
    at = grid.origin.get(place, place)[0] if grid.origin else row
    return Where(grid.file, at + 1)


def _counted_rows(grid: Grid, layout: Layout, start: int) -> NDArray[np.bool_]:
    """Return the rows that hold a number: notes and signatures below a table hold none."""
    counted = np.zeros(grid.rows - start, dtype=bool)
    for column in layout.count_columns:
        numbers = [parse_count(text)[1] == OK for text in grid.texts[column]]
        counted |= np.array(numbers, dtype=bool)[grid.places(column, start)]
    return counted


def _above(grid: Grid, layout: Layout) -> list[int]:
    """Return the columns that name levels above those that the form reads, from the top down."""
    decided_by = layout.code if layout.code is not None else layout.parent
    if decided_by is None:
        return []
    read = {*layout.areas, layout.month, *layout.count_columns}
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
