"""A draft: one file read by guesses, and the form that its guesses make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shortplank.catalogue.models import Form, Level
from shortplank.ingest.beside import guard_about, guard_name, guard_sheets, guard_texts
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.csv_text import delimiter_of
from shortplank.ingest.csv_text import table_of as columns_of
from shortplank.ingest.drafting import clues
from shortplank.ingest.drafting.adding import lines_of, sum_names, total_columns
from shortplank.ingest.drafting.areas import Areas, guess_areas
from shortplank.ingest.drafting.explaining import Explained, explained, rivals
from shortplank.ingest.drafting.forming import Measured, form_of, measured_in
from shortplank.ingest.drafting.guesses import Guess
from shortplank.ingest.drafting.marks import Marks, guess_marks
from shortplank.ingest.drafting.roles import Roles, guess_roles
from shortplank.ingest.drafting.tables import Head, Table, find_head, table_of
from shortplank.ingest.drafting.telling import guesses_of
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.privacy import Exempt, guard
from shortplank.ingest.read import loose_texts, read_grids
from shortplank.ingest.recorded import exemption_of, find_recorded, is_text, lay
from shortplank.ingest.recorded.laying import Laid
from shortplank.ingest.recorded.texts import CALLED, decoded


@dataclass(frozen=True)
class Choices:
    """What somebody says instead of a guess; blank is a guess."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    head: tuple[int, int] | None = None
    """First and last row of the header, counted from 1."""
    roles: Mapping[int, str] = field(default_factory=dict)
    """Kinds of columns, counted from 0."""
    month: str | None = None
    level: Level | None = None
    label: str = ""


AS_GUESSED = Choices()
UNMADE = Form.model_validate({"label": "—", "dataset": "draft", "columns": {"m": ["—"]}})


@dataclass(frozen=True)
class Draft:
    """One file's table with all that was guessed of it, and its form."""

    upload: Upload
    table: Table
    roles: Roles
    areas: Areas
    marks: Marks
    measured: tuple[Measured, ...]
    form: Form
    explained: tuple[Explained, ...] = ()
    delimiter: str | None = None
    unsummed: tuple[str, ...] = ()
    """Rows that look like sums and are not those of the lines beside them: passed over."""

    @property
    def rivals(self) -> list[Explained]:
        """Return the other encodings that explain the bytes about as well."""
        return rivals(list(self.explained)) if self.explained else []

    @property
    def guesses(self) -> list[Guess]:
        """Return every guess beside its cells."""
        return guesses_of(self)


def draft_file(upload: Upload, choices: Choices = AS_GUESSED) -> Draft:
    """Return the draft of one file; `Unreadable` says in one sentence why there is none.

    A file with anything personal in it is refused like a report.
    """
    findings = Findings()
    if not guard_name(upload, findings):
        raise _refused(findings)
    grids, found, delimiter = _grids(upload, choices)
    clean = guard_texts(upload, loose_texts(upload.data), findings)
    clean &= guard_about(upload, grids, findings) and guard_sheets(upload, grids, findings)
    if not clean:
        raise _refused(findings)
    grid, head = _chosen(grids, choices, findings)
    drafted = _drafted(upload, grid, head, choices, found, delimiter)
    _guard(drafted, [g for g in grids if g is not grid], findings)
    return drafted


def _refused(findings: Findings) -> Unreadable:
    first = next(f for f in findings if f.severity == "refuse")
    where = f"{first.cell}：" if first.cell else ""
    return Unreadable(first.code, f"{where}{first.message}")


# --- bytes to a table -----------------------------------------------------------------------------
def _grids(
    upload: Upload, choices: Choices
) -> tuple[list[Grid], tuple[Explained, ...], str | None]:
    if not upload.data.strip():
        raise Unreadable("empty_file", "这是一个空文件，不能认表。")
    if not is_text(upload.data):
        with BoundedReader() as reader:
            return read_grids(upload, reader=reader), (), None
    found = explained(upload.data)
    if choices.encoding:
        text = decoded(upload.data, choices.encoding)
        if text is None:
            raise Unreadable("encoding", f"文件不是 {CALLED[choices.encoding]} 编码，不能这样认。")
        found.sort(key=lambda each: each.encoding != choices.encoding)
    if not found:
        raise Unreadable("encoding", "认不出文件的编码：不是文字表格，或已损坏，不能认表。")
    text = decoded(upload.data, choices.encoding or found[0].encoding)
    assert text is not None
    mark = choices.delimiter or delimiter_of(text)
    return [Grid(upload.name, None, upload.sha256, columns_of(text, mark))], tuple(found), mark


def _chosen(grids: list[Grid], choices: Choices, findings: Findings) -> tuple[Grid, Head]:
    """Return the sheet with the longest table, and its header."""
    shown = [g for g in grids if not g.hidden and g.columns]
    if choices.sheet:
        shown = [g for g in shown if g.sheet == choices.sheet]
        if not shown:
            raise Unreadable("no_sheet", f"没有工作表“{choices.sheet[:30]}”。")
    found = [(g, head) for g in shown if (head := choices_head(choices) or find_head(g))]
    if not found:
        for grid in grids:
            if not guard(grid, findings):
                raise _refused(findings)
        raise Unreadable(
            "no_table", "没有找到表：上面几行是表头、下面各行有计数的表才能认，请核对文件。"
        )
    return max(found, key=lambda each: each[0].rows * len(each[0].columns))


def choices_head(choices: Choices) -> Head | None:
    """Return the header's rows as they are chosen, counted from 0."""
    return Head(choices.head[0] - 1, choices.head[1] - 1) if choices.head else None


# --- a table to a form ----------------------------------------------------------------------------
def _drafted(
    upload: Upload,
    grid: Grid,
    head: Head,
    choices: Choices,
    found: tuple[Explained, ...],
    delimiter: str | None,
) -> Draft:
    table = table_of(grid, head)
    try:
        roles = guess_roles(table, choices.roles, choices.month)
    except Unreadable:
        findings = Findings()
        if not guard(grid, findings):
            raise _refused(findings) from None
        raise
    areas = guess_areas(table, roles, choices.level)
    measures = roles.of("measure") if roles.times.month != "across" else []
    totals = total_columns(table, measures) if not roles.of("split") else {}
    counts = measures or [*roles.of("measure"), *roles.of("across")]
    if roles.times.month == "across":
        counts = roles.of("across")
    own = [c for c in (areas.code, areas.name) if c is not None]
    sums, upper = sum_names(table, areas.columns, own, counts)
    marks = guess_marks(table, counts, lines_of(table, own, areas.columns, [*sums, *upper]))
    measured = measured_in(table, roles, totals)
    made = Draft(
        upload, table, roles, areas, marks, tuple(measured),
        UNMADE, found, delimiter,
    )  # fmt: skip
    # Which rows are sums, and whether all of its own cells can be read, the form itself tells.
    made = replace(made, form=form_of(made, totals, [*sums, *upper], [], choices.label))
    wrong = _unsummed(made)
    if wrong:
        kept = [name for name in (*sums, *upper) if name and name not in wrong]
        skipped = [name for name in (*sums, *upper) if not name or name in wrong]
        form = form_of(made, totals, kept, skipped, choices.label)
        made = replace(made, form=form, unsummed=tuple(wrong))
    lay_own(made)
    return made


def _unsummed(draft: Draft) -> list[str]:
    """Return the names of rows, taken for sums, that are not those of the lines beside them."""
    findings = Findings()
    match = find_recorded(draft.table.grid, "draft", draft.form)
    if match is None:
        return []
    lay(draft.table.grid, match, draft.form, findings)
    rows = {f.cell for f in findings if f.code == "total_row_differs"}
    assert draft.form.reading is not None
    blank = [""] if "" in draft.form.reading.sum_rows else []
    if not rows:
        return blank
    numbers = {int("".join(x for x in cell or "" if x.isdigit())) - 1 for cell in rows if cell}
    named: dict[str, None] = {}
    for column in (draft.areas.code, draft.areas.name):
        if column is not None:
            cells = draft.table.grid.columns[column]
            named |= {cells[row].as_py().strip(): None for row in sorted(numbers)}
    return [*named, *blank]


def lay_own(draft: Draft) -> Laid:
    """Return the file as its own form reads it; `Unreadable` with the first thing it cannot."""
    findings = Findings()
    match = find_recorded(draft.table.grid, "draft", draft.form)
    laid = None
    if match is not None and not match.missing:
        laid = lay(draft.table.grid, match, draft.form, findings)
    errors = [f for f in findings if f.severity == "error"]
    if laid is None or errors:
        said = errors[0] if errors else None
        where = f"{said.cell}：" if said and said.cell else ""
        raise Unreadable("unread", where + (said.message if said else "表头重复，分不清各列。"))
    return laid


def _guard(draft: Draft, others: list[Grid], findings: Findings) -> None:
    """Refuse a file with anything personal in it."""
    match = find_recorded(draft.table.grid, "draft", draft.form)
    clean = guard(draft.table.grid, findings, exemption_of(match) if match else Exempt())
    for grid in others:
        clean &= guard(grid, findings)
    if not clean:
        raise _refused(findings)


__all__ = ["Choices", "Draft", "clues", "draft_file", "lay_own"]
