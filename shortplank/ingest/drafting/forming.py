"""From guesses to a form: headers, identifiers, and the record of how the file is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shortplank.catalogue.models import Form
from shortplank.ingest.drafting import clues
from shortplank.ingest.drafting.names import identifier
from shortplank.ingest.drafting.roles import Roles
from shortplank.ingest.drafting.tables import Table
from shortplank.ingest.grid import Unreadable
from shortplank.ingest.recorded.laying import BLANK_WORD, MONTH
from shortplank.ingest.recorded.matching import compared
from shortplank.ingest.recorded.texts import DELIMITERS

if TYPE_CHECKING:
    from shortplank.ingest.drafting.draft import Draft

# More counts than any report has: a column was taken for a kind of line that is none.
MOST_MEASURES = 400
_ASCII = re.compile(r"[\x00-\x7f]+")


@dataclass(frozen=True)
class Measured:
    """A count that a form will hold: identifier, heading as the form knows it, label, unit."""

    id: str
    header: str
    label: str
    unit: str = "人"
    stock: bool = False
    stopped: bool = False
    """Whether it is a procedure, a pregnancy or a fee, which stops at the township."""
    cell: str = ""


def measured_in(table: Table, roles: Roles, totals: dict[int, tuple[int, ...]]) -> list[Measured]:
    """Return the counts of a table, in order; columns that add up others are none."""
    above = [cell for row in table.grid.head[: table.head.first] for cell in row if cell.strip()]
    unit = clues.unit_of_lines(above)
    context = " ".join(above[:6]) + " " + table.grid.file
    found: list[Measured] = []
    taken: set[str] = set()
    for header, cell in _headers(table, roles, totals).items():
        own = _own_language(header, table)
        name = identifier(own, taken, f"m{len(found) + 1}")
        taken.add(name)
        stopped = bool(clues.STOPPED.search(header) or clues.STOPPED.search(context))
        stock = bool(clues.STOCK.search(own))
        told = clues.unit_in(own) or unit or "人"
        found.append(Measured(name, header, own, told, stock, stopped, cell))
    if len(found) > MOST_MEASURES:
        raise Unreadable(
            "too_many", f"认出 {len(found)} 个数，不像是一张报表；请指明区分各行的列再认。"
        )
    return found


def _headers(table: Table, roles: Roles, totals: dict[int, tuple[int, ...]]) -> dict[str, str]:
    """Return each count's header with the first cell that it is seen in."""
    head = table.head.last + 1
    if splits := roles.of("split"):
        return _of_lines(table, splits, _ends(table, roles))
    if roles.times.month == "across":
        found: dict[str, str] = {}
        for column, (_, rest) in roles.times.across.items():
            if roles.kinds.get(column) == "across":
                header = rest or _title(table)
                found.setdefault(header, f"{table.columns[column].letter}{head}")
        return found
    kept = [table.columns[c] for c in roles.of("measure") if c not in totals]
    return {c.path: f"{c.letter}{head}" for c in kept}


def _ends(table: Table, roles: Roles) -> list[list[str]]:
    """Return what each column of counts adds to the words of its line: its header, if several."""
    if roles.times.month == "across":
        rests = dict.fromkeys(rest for _, rest in roles.times.across.values())
        return [[rest] if rest else [] for rest in rests]
    values = roles.of("measure")
    return [[table.columns[c].path] if len(values) > 1 else [] for c in values]


def _of_lines(table: Table, splits: list[int], ends: list[list[str]]) -> dict[str, str]:
    """Return the words of lines, joined with what each column of counts adds to them."""
    places = [table.places(c) for c in splits]
    keys = np.stack(places, axis=1)
    distinct, first = np.unique(keys, axis=0, return_index=True)
    found: dict[str, str] = {}
    for i in np.argsort(first):
        words = [table.grid.texts[c][p].strip() for c, p in zip(splits, distinct[i], strict=True)]
        words = [word or BLANK_WORD for word in words]
        cell = f"{table.columns[splits[0]].letter}{int(table.rows[first[i]]) + 1}"
        for more in ends:
            found.setdefault("/".join([*words, *more]), cell)
    return found


def _title(table: Table) -> str:
    """Return what a table of one count is called: its title, or its file."""
    for row in table.grid.head[: table.head.first]:
        for cell in row:
            text = without_time(cell)
            if len(text) > 1 and not re.search(r"[:：]", text):
                return text[:40]
    return without_time(re.sub(r"\.\w{1,6}$", "", table.grid.file))[:40] or "报表"


def without_time(text: str) -> str:
    """Return a title without its months, years and what brackets them.

    >>> without_time("2024年3月门急诊月报（续表）"), without_time("births_202403")
    ('门急诊月报', 'births')
    """
    bare = re.sub(
        r"(?:19|20)\d{2}[年년./_-]?(?:第?[一二三四1-4]季度?|\d{1,2}[月월]?(?:[份分]|\d{1,2}[日일])?)?|(?:令和|平成)[\d元]+年(?:\d{1,2}月分?)?|"
        r"(?<!\d)1[01]\d年(?:\d{1,2}月[份分]?)?|(?<!\d)1[01]\d{3}(?!\d)|\d{1,2}[月월][份分]?|续表|續表",
        " ", text,
    )  # fmt: skip
    bare = re.sub(r"[(（\[【][\s\d]*[)）\]】]", " ", bare)
    return re.sub(r"[\s_\-–—/]+", " ", bare).strip(" ._-–—至到~")


def _own_language(header: str, table: Table) -> str:
    """Return a heading in the one of two languages that is no plain ASCII, else as it is.

    A second row that says the first again has a level of the other kind under each.
    """
    levels = header.split("/")
    plain = [level for level in levels if _ASCII.fullmatch(level)]
    own = [level for level in levels if not _ASCII.fullmatch(level)]
    rows = table.head.last - table.head.first + 1
    if rows == 2 and len(plain) == 1 and len(own) == 1 and re.search(r"[_a-z]{3}", plain[0]):
        return own[0]
    return header


def form_of(
    draft: Draft,
    totals: dict[int, tuple[int, ...]],
    sums: list[str],
    skipped: list[str],
    label: str,
) -> Form:
    """Return the form that a draft's guesses make; its dataset is named later."""
    table, roles, areas = draft.table, draft.roles, draft.areas
    ids = {compared(m.header): m.id for m in draft.measured}
    splits, values = roles.of("split"), roles.of("measure")
    across = roles.times.month == "across"
    path = {c.index: c.path for c in table.columns}

    def headers(column: int | None) -> tuple[str, ...]:
        return () if column is None or not path[column] else (path[column],)

    known = {*areas.columns, *(c for c in (areas.parent_code, areas.county_code) if c is not None)}
    known |= {*roles.times.columns, *splits}
    known |= set() if across else set(values)
    ignored = [c.path for c in table.columns if c.index not in known and c.path]
    month = next((c for c, kind in roles.times.columns.items() if kind == "month"), None)
    years = [c for c, kind in roles.times.columns.items() if kind == "year"]
    reading = {
        "encoding": draft.explained[0].encoding if draft.explained else None,
        "delimiter": _delimiter(draft),
        "head_row": table.head.first + 1,
        "head_rows": table.head.last - table.head.first + 1,
        "month": roles.times.month,
        "year": roles.times.year,
        "year_headers": headers(years[0]) if years else (),
        "day_first": roles.times.day_first,
        "split_headers": tuple(path[c] for c in splits),
        "value_headers": tuple(path[c] for c in values) if splits and not across else (),
        "grouping": draft.marks.grouping,
        "zeros": draft.marks.zeros,
        "unknown": draft.marks.unknown,
        "fill_down": _is_filled_down(draft),
        "fill_names": _names_are_above(draft),
        "sum_rows": tuple(dict.fromkeys(name for name in sums if name)),
        "skip_rows": tuple(dict.fromkeys([*skipped, *(n for n in sums if not n)])),
    }
    area = {
        "code_headers": headers(areas.code),
        "name_headers": headers(areas.name) or _unheaded(areas.name),
        "parent_headers": headers(areas.parent),
        "county_headers": headers(areas.county),
        "province_headers": headers(areas.province),
        "parent_code_headers": headers(areas.parent_code),
        "county_code_headers": headers(areas.county_code),
    }
    months = {"headers": headers(month) or (MONTH,), "calendar": roles.times.calendar, "many": True}
    added = [
        {"headers": (path[t],), "parts": tuple(ids[compared(path[p])] for p in parts)}
        for t, parts in totals.items()
    ]
    return Form.model_validate(
        {
            "label": label or form_label(table),
            "dataset": "draft",
            "month": months,
            "area": area,
            "columns": {m.id: (m.header,) for m in draft.measured},
            "optional": ("*",) if draft.marks.lacking or _lacks_lines(draft) else (),
            "totals": added,
            "ignore": tuple(dict.fromkeys(ignored)),
            "reading": reading,
        }
    )


def _delimiter(draft: Draft) -> str | None:
    """Return what a form calls the mark between a text file's cells."""
    return next((name for name, mark in DELIMITERS.items() if mark == draft.delimiter), None)


def form_label(table: Table) -> str:
    """Return what a report is called: its title without the month, else its file's name."""
    return _title(table)


def _is_filled_down(draft: Draft) -> bool:
    """Return whether blanks of the areas above stand for the name before them."""
    areas, table = draft.areas, draft.table
    for column in (areas.parent, areas.county):
        if column is None:
            continue
        blank = len(table.rows) - table.columns[column].filled
        if blank > 0.2 * len(table.rows):
            return True
    return False


def _unheaded(column: int | None) -> tuple[str, ...]:
    """Return the header of units' names where the file has none, and what a template writes."""
    return () if column is None else ("", "单位")


def _names_are_above(draft: Draft) -> bool:
    """Return whether units with a code have no name of their own, but one above them."""
    areas, table = draft.areas, draft.table
    if areas.name is None or areas.code is None or areas.parent is None:
        return False
    blank = [not text.strip() for text in table.grid.texts[areas.name]]
    named = [bool(text.strip()) for text in table.grid.texts[areas.parent]]
    lines = np.array(blank)[table.places(areas.name)] & np.array(named)[table.places(areas.parent)]
    return bool(lines.any())


def _lacks_lines(draft: Draft) -> bool:
    """Return whether lines that say which count they hold lack some of an area's in a month."""
    splits = draft.roles.of("split")
    if not splits or draft.roles.times.month == "across":
        return draft.roles.times.month == "across" and len(draft.measured) > 1
    table = draft.table
    per = len({m.header for m in draft.measured}) // max(len(draft.roles.of("measure")), 1)
    keys = [*draft.areas.columns, *draft.roles.times.columns]
    units = len(np.unique(np.stack([table.places(c) for c in keys], axis=1), axis=0))
    return len(table.rows) != units * per
