"""Filling in: one township's fields of a form for a month, and the form's workbook with its counts.

What is typed on a page goes the way of a workbook that was handed in: `filled` makes that workbook,
always of the same bytes for the same counts, and everything after it is the import's own. Which
cell a field is, and which field a cell, `Fields` knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Area, Form
from shortplank.errors import ShortplankError
from shortplank.ingest.areas import Register
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.findings import Finding, cell_name
from shortplank.ingest.grid import Upload
from shortplank.ingest.templates import (
    LARGEST,
    Column,
    Filling,
    columns_of,
    first_line,
    levels_of,
    template,
)
from shortplank.names import file_name
from shortplank.sheets.child import read
from shortplank.store import Edition, add_months

WAY = "在线填报"
"""What the name of a file begins with that was filled in on a page."""
Field = tuple[str, str]
"""A count of the form: the code of its area, and its measure."""
Values = Mapping[Field, int | None]


@dataclass(frozen=True)
class Fields:
    """The fields of a form for a township and month: a row an area, a column a measure."""

    form: str
    township: Area
    month: date
    areas: tuple[Area, ...]
    """The township's villages that are due in the month, or the township itself."""
    measures: tuple[str, ...]
    """The form's counts, in the order of its workbook."""
    optional: frozenset[str]
    """Measures that may be left out as a whole."""
    columns: tuple[Column, ...]
    """The workbook's columns, areas and totals among them."""
    places: Mapping[str, int]
    """Each measure's column in the workbook."""
    before: Mapping[Field, int]
    """What was published for the period before."""
    before_month: date

    @cached_property
    def _rows(self) -> dict[str, int]:
        first = first_line(self.columns)
        return {area.area_code: row for row, area in enumerate(self.areas, start=first)}

    @cached_property
    def _cells(self) -> dict[str, tuple[Area, int]]:
        return {
            cell_name(self._rows[area.area_code], place): (area, place)
            for area in self.areas
            for place in range(len(self.columns))
        }

    @cached_property
    def _measures(self) -> dict[int, str]:
        return {place: measure for measure, place in self.places.items()}

    def header(self, measure: str) -> tuple[str, ...]:
        """Return the levels of a measure's header."""
        return self.columns[self.places[measure]].levels

    def cell_of(self, field: Field) -> str:
        """Return the cell of the workbook that holds a field."""
        area_code, measure = field
        return cell_name(self._rows[area_code], self.places[measure])

    def field_of(self, cell: str) -> Field | None:
        """Return the field that a cell of the workbook holds, None for a header or a total."""
        area, place = self._cells.get(cell, (None, -1))
        measure = self._measures.get(place)
        return (area.area_code, measure) if area and measure else None

    def told(self, cell: str) -> tuple[Area | None, tuple[str, ...]]:
        """Return the area and the header's levels of a cell, nothing for one of no area."""
        area, place = self._cells.get(cell, (None, -1))
        return area, self.columns[place].levels if area else ()


def is_fillable(ws: Workspace, form: Form) -> bool:
    """Return whether a form is one that a township owes: one line an area, one month, only counts.

    What nobody owes (births found again, inspections, departments' totals) or a county publishes
    (bulletins) is collected by the analyst.
    """
    month = form.month
    several = month is not None and (month.many or month.key is not None)
    owed = form.expected is not None and ws.datasets[form.dataset].level in ("township", "village")
    return owed and not (form.figures or form.keys or form.split or several)


def fillable_forms(ws: Workspace) -> dict[str, Form]:
    """Return the forms that a township fills in, by their names in the catalogue."""
    return {key: form for key, form in ws.forms.items() if is_fillable(ws, form)}


def is_due(form: Form, month: date) -> bool:
    """Return whether a form is filed under a month: a quarter's is filed under its last."""
    return form.expected != "quarter" or month.month % 3 == 0


def fields(
    ws: Workspace, form: str, township: str, month: date, edition: Edition | None = None
) -> Fields:
    """Return a township's fields of a form for a month, beside what an edition has before it.

    `ShortplankError` where the form is none that a township fills in, or is not due in that month.
    """
    own, area = fillable_forms(ws).get(form), ws.area_by_code.get(township)
    if own is None:
        raise ShortplankError("这张表不在网页上填写", mend="请选村月报等由乡镇报送的表")
    if area is None or area.level != "township":
        raise ShortplankError("登记册里没有这个乡镇", mend="请从名单中选择")
    if not is_due(own, month):
        raise ShortplankError(f"{own.label}不按 {month:%Y-%m} 报送", mend="请选季末的月份")
    columns = _columns(own)
    headers = {column.levels: place for place, column in enumerate(columns)}
    places = {name: headers[levels_of(said)] for name, said in own.columns.items()}
    areas = _areas(ws, own, area, month)
    before = add_months(month, -3 if own.expected == "quarter" else -1)
    measures = tuple(sorted(places, key=places.__getitem__))
    return Fields(
        form=form,
        township=area,
        month=month,
        areas=areas,
        measures=measures,
        optional=frozenset(measures if "*" in own.optional else own.optional),
        columns=columns,
        places=places,
        before=_before(ws, own, areas, before, edition),
        before_month=before,
    )


def _areas(ws: Workspace, form: Form, township: Area, month: date) -> tuple[Area, ...]:
    """Return the areas that an import would miss: the same register decides."""
    register, level = Register(ws), ws.datasets[form.dataset].level
    town = np.array([register.codes.index(township.area_code)], dtype=np.int32)
    due = register.expected(town, level, month).tolist()
    return tuple(sorted((register.areas[place] for place in due), key=lambda a: a.area_code))


def _columns(form: Form) -> tuple[Column, ...]:
    """Return the template's columns, the areas' codes beside their names where the form has them.

    A code says which area is meant where two are called alike.
    """
    columns = columns_of(form)
    names = next(n for n, c in enumerate(columns) if c.levels == (form.area.name_headers[-1],))
    codes = [Column((form.area.code_headers[-1],))] if form.area.code_headers else []
    return (*columns[: names + 1], *codes, *columns[names + 1 :])


def _before(
    ws: Workspace, form: Form, areas: tuple[Area, ...], month: date, edition: Edition | None
) -> dict[Field, int]:
    """Return what these areas, and no others, had in a month."""
    table = edition.table(form.dataset, month) if edition else None
    if table is None:
        return {}
    own = {area.area_code for area in areas}
    names = {m: (ws.measures[m].column or m) if m in ws.measures else m for m in form.columns}
    there = {m: column for m, column in names.items() if column in table.column_names}
    rows = (row for row in table.to_pylist() if row["area_code"] in own)
    return {
        (row["area_code"], measure): row[column]
        for row in rows
        for measure, column in there.items()
        if row[column] is not None
    }


# --- the workbook ---------------------------------------------------------------------------------
def filled(ws: Workspace, form: str, township: str, month: date, values: Values) -> Upload:
    """Return the form's workbook with a township's counts; what has no value is left blank."""
    return filled_in(ws, fields(ws, form, township, month), values)


def filled_in(ws: Workspace, own: Fields, values: Values) -> Upload:
    """Return the workbook of fields with their counts: the same counts give the same bytes.

    Totals are written where all of their parts are, and are no less than 0. A value outside the
    fields is a `ShortplankError`.
    """
    form = ws.forms[own.form]
    known = {(area.area_code, measure) for area in own.areas for measure in own.measures}
    if any(field not in known for field, value in values.items() if value is not None):
        raise ShortplankError("有的数不在这张表上", mend="请重新打开这张表再填")
    said = f"{own.month.year}年{own.month.month}月"
    words = f"（{form.title[0]}）" if form.title else ""
    lines = tuple(_line(own, form, area, values) for area in own.areas)
    title = f"{ws.home.name}{form.label}{words}"
    data = template(ws, form, Filling(title, own.township.name, said, own.columns, lines))
    name = f"{WAY}_{own.township.name}_{form.label}_{own.month:%Y-%m}.xlsx"
    return Upload(file_name(name), data)


def _line(own: Fields, form: Form, area: Area, values: Values) -> tuple[str | int | None, ...]:
    """Return an area's line: its name and code, its counts, and the totals of them."""
    counts = {measure: values.get((area.area_code, measure)) for measure in own.measures}
    cells: dict[tuple[str, ...], str | int | None] = {
        levels_of(total.headers): _total(counts, total.parts, total.minus) for total in form.totals
    }
    cells |= {own.header(measure): count for measure, count in counts.items()}
    cells[(form.area.name_headers[-1],)] = area.name
    if form.area.code_headers:
        cells[(form.area.code_headers[-1],)] = area.area_code
    return tuple(cells.get(column.levels) for column in own.columns)


def _total(
    counts: Mapping[str, int | None], parts: tuple[str, ...], minus: tuple[str, ...]
) -> int | None:
    """Return a total; None where a part is blank, or where it would be no count."""
    added = [counts[part] for part in parts]
    taken = [counts[part] for part in minus]
    whole = [count for count in (*added, *taken) if count is not None]
    if len(whole) < len(added) + len(taken):
        return None
    total = sum(whole[: len(added)]) - sum(whole[len(added) :])
    return total if total >= 0 else None


class OwnReader(BoundedReader):
    """Reads workbooks that this process has just made itself: no limits and no wait for another.

    Never for a file that somebody handed in.
    """

    def read(self, data: bytes) -> dict[str, Any]:
        """Return what a workbook holds, as `BoundedReader.read` does."""
        found: dict[str, Any] = json.loads(read(data))
        return found


# --- what is still blank --------------------------------------------------------------------------
def is_count(value: object) -> bool:
    """Return whether a value is a whole number that a field takes, as the template's cells do.

    No number of a person has so few digits.

    >>> is_count(0), is_count(-1), is_count(True), is_count(1.0), is_count(13800138000)
    (True, False, False, False, False)
    """
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def unfiled(own: Fields, values: Values) -> tuple[Area, ...]:
    """Return the areas whose row is all blank: they have not reported."""
    return tuple(
        area
        for area in own.areas
        if all(values.get((area.area_code, measure)) is None for measure in own.measures)
    )


def gaps(own: Fields, values: Values) -> tuple[Field, ...]:
    """Return the blank fields of rows that have been begun, left-out columns not among them."""
    silent = set(unfiled(own, values))
    begun = [area.area_code for area in own.areas if area not in silent]
    needed = [
        measure
        for measure in own.measures
        if measure not in own.optional
        or any(values.get((code, measure)) is not None for code in begun)
    ]
    fields = ((code, measure) for code in begun for measure in needed)
    return tuple(field for field in fields if values.get(field) is None)


def findings_so_far(
    ws: Workspace, own: Fields, values: Values, found: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Return what of an import's findings holds while some rows are still being filled in.

    An import takes a blank of such a row for a zero: what it then says of the blank, of a rule
    that compares it, or of the sheet as a whole, is only said once no field is open any more.
    """
    open_ = gaps(own, values)
    rows, rules = {area_code for area_code, _ in open_}, {rule.id for rule in ws.rules}
    return tuple(f for f in found if not open_ or _holds(own, values, f, rows, rules))


def _holds(own: Fields, values: Values, found: Finding, rows: set[str], rules: set[str]) -> bool:
    area, _ = own.told(found.cell) if found.cell else (None, ())
    if area is None or area.area_code not in rows:
        return area is not None
    field = own.field_of(found.cell or "")
    return field is not None and values.get(field) is not None and found.code not in rules
