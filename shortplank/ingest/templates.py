"""Workbooks of every form, for the townships to fill in: they are read back as they are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Form
from shortplank.ingest.words import FIGURES
from shortplank.names import file_name, sheet_name
from shortplank.store.files import write_together

NOTES = "填表说明"
LINES = 60
FIRST_HEADER_ROW = 3
LARGEST = 10**9
# A workbook holds numbers as floats; beyond, digits would be lost.
EXACT = 2**53
# A fixed day, so that the same form gives the same bytes.
_MADE = datetime(2000, 1, 1)
_NOTES = (
    "一行填一个单位；没有发生的填 0，整行空白视为未报。",
    "只填汇总数，不得填写姓名、证件号码、电话、住址等个人信息。",
    "表头已锁定，请不要改动；合计行可以填写，导入时会核对。",
)


@dataclass(frozen=True)
class Column:
    """A column of a template: its header's levels, and what may be written in it."""

    levels: tuple[str, ...]
    counted: bool = False
    choices: tuple[str, ...] = ()
    decimal: bool = False


@dataclass(frozen=True)
class Filling:
    """What is written into a template: above its header, and a line of cells a unit."""

    title: str
    unit: str
    month: str
    columns: tuple[Column, ...]
    lines: tuple[tuple[str | int | None, ...], ...]


def write_templates(ws: Workspace, folder: Path) -> list[Path]:
    """Write one .xlsx file a form into the folder, all or none, and return their paths."""
    made: dict[str, bytes] = {}
    for form in ws.forms.values():
        made[file_name(f"{form.label}.xlsx", made)] = template(ws, form)
    return write_together(folder, made)


def template(ws: Workspace, form: Form, filling: Filling | None = None) -> bytes:
    """Return a form's workbook: locked header, open lines with data validation, or filled ones."""
    if filling is None:
        columns = tuple(columns_of(form))
        dated = any(c.levels[0] == _month_header(form) for c in columns)
        month = "" if dated else "　　　　年　　月"
        empty = (((None,) * len(columns)),) * LINES
        filling = Filling(_title(ws, form), "", month, columns, empty)
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        book.set_properties({"title": form.label, "created": _MADE})
        style = {"align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
        head = book.add_format({**style, "bold": True, "bg_color": "#EAF1F6"})
        open_ = book.add_format({"locked": False, "border": 1})
        free = book.add_format({"locked": False})
        bold = book.add_format({"bold": True, "font_size": 14})
        sheet = book.add_worksheet(sheet_name(form.label, [NOTES]))
        columns = filling.columns
        sheet.write(0, 0, filling.title, bold)
        sheet.write(1, 0, f"填报单位：{filling.unit}", free)
        if filling.month:
            sheet.write(1, min(3, len(columns)), filling.month, free)
        first = _write_header(sheet, columns, head) + 1
        _write_lines(sheet, columns, filling.lines, first, open_)
        foot = first + len(filling.lines) + 1
        sheet.write(foot, 0, "单位负责人：", free)
        sheet.write(foot, min(3, len(columns)), "填表人：", free)
        sheet.write(foot, min(6, len(columns) + 1), "报出日期：", free)
        sheet.freeze_panes(first, 1)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        notes = book.add_worksheet(NOTES)
        for row, text in enumerate(_NOTES):
            notes.write_string(row, 0, text)
    return sink.getvalue()


def _title(ws: Workspace, form: Form) -> str:
    words = f"（{form.title[0]}）" if form.title else ""
    return f"{ws.home.name}{form.label}{words}"


def _month_header(form: Form) -> str:
    return form.month.headers[-1] if form.month and form.month.headers else ""


def columns_of(form: Form) -> list[Column]:
    """Return a template's columns: areas, keys, then counts grouped under their upper levels."""
    columns = []
    if form.month and (form.month.many or form.figures):
        columns.append(Column((_month_header(form),)))
    area = form.area
    if form.reading:  # all units stand in one file
        above = (area.county_headers, area.parent_headers, area.code_headers)
        columns += [Column((headers[-1],)) for headers in above if headers]
    elif area.parent_headers and form.keys:
        columns.append(Column((area.parent_headers[-1],)))
    if area.name_headers:
        columns.append(Column((area.name_headers[-1],)))
    if not form.split:
        for key in form.keys.values():
            choices = tuple(words[0] for words in key.values.values())
            columns.append(Column((key.headers[-1],), choices=choices))
    if form.figures:
        words = {f: getattr(form.figures, f)[-1] for f in FIGURES}
        return columns + [
            Column((w,), counted=True, decimal=f == "value") for f, w in words.items()
        ]
    return columns + _counts(form)


def _counts(form: Form) -> list[Column]:
    totals = [levels_of(total.headers) for total in form.totals]
    leaves = [levels_of(headers) for headers in form.columns.values()]
    order: dict[tuple[str, ...], int] = {}
    for path in leaves:
        order.setdefault(path[:1], len(order))
    for path in [*totals, *leaves]:
        for depth in range(1, len(path) + 1):
            order.setdefault(path[:depth], len(order))
    paths = sorted([*totals, *leaves], key=lambda p: [order[p[:d]] for d in range(1, len(p) + 1)])
    return [Column(path, counted=True) for path in dict.fromkeys(paths)]


def levels_of(headers: Sequence[str]) -> tuple[str, ...]:
    """Return the levels of the header that has most of them."""
    return tuple(max(reversed(headers), key=lambda header: header.count("/")).split("/"))


def first_line(columns: Sequence[Column]) -> int:
    """Return the row, counted from 0, of the first line below the header of these columns."""
    return FIRST_HEADER_ROW + max(len(column.levels) for column in columns)


def _write_header(sheet: Worksheet, columns: Sequence[Column], style: Format) -> int:
    """Write the merged header and return its last row."""
    depth = first_line(columns) - FIRST_HEADER_ROW
    for level in range(depth):
        start = 0
        while start < len(columns):
            own = columns[start].levels
            end = start
            while (
                level < len(own) - 1
                and end + 1 < len(columns)
                and (
                    columns[end + 1].levels[: level + 1] == own[: level + 1]
                    and level < len(columns[end + 1].levels) - 1
                )
            ):
                end += 1
            if level < len(own):
                bottom = depth - 1 if level == len(own) - 1 else level
                _merge(sheet, (level, start, bottom, end), own[level], style)
            start = end + 1
    return FIRST_HEADER_ROW + depth - 1


def _merge(sheet: Worksheet, area: tuple[int, int, int, int], text: str, style: Format) -> None:
    top, left, bottom, right = area
    top, bottom = top + FIRST_HEADER_ROW, bottom + FIRST_HEADER_ROW
    if (top, left) == (bottom, right):
        sheet.write_string(top, left, text, style)
    else:
        sheet.merge_range(top, left, bottom, right, text, style)


def _write_lines(
    sheet: Worksheet,
    columns: Sequence[Column],
    lines: Sequence[Sequence[str | int | None]],
    first: int,
    style: Format,
) -> None:
    for row, line in enumerate(lines, start=first):
        for place, value in enumerate(line):
            _write_cell(sheet, row, place, value, style)
    for place, own in enumerate(columns):
        sheet.set_column(place, place, 9 if own.counted else 14)
        rule: dict[str, object] | None = None
        if own.counted:
            kind = "decimal" if own.decimal else "integer"
            rule = {"validate": kind, "criteria": "between", "minimum": 0, "maximum": LARGEST,
                    "error_title": "请核对", "error_message": "这里填不小于 0 的数。"}  # fmt: skip
        elif own.choices:
            rule = {"validate": "list", "source": list(own.choices)}
        if rule:
            sheet.data_validation(first, place, first + len(lines) - 1, place, rule)


def _write_cell(
    sheet: Worksheet, row: int, column: int, value: str | int | None, style: Format
) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, int) and abs(value) <= EXACT:
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)
