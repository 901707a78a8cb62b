"""Check: what would make a report's counts wrong, each fault at its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Rule
from shortplank.ingest.areas import NONE, Register
from shortplank.ingest.findings import Findings, Severity, cell_name
from shortplank.ingest.text import BLANK, NEGATIVE, NOT_A_NUMBER, NOT_WHOLE, TOO_LARGE
from shortplank.ingest.tidy import Counts, Report
from shortplank.store.mart_sql import terms

_FAULTS: dict[int, tuple[str, str]] = {
    NOT_A_NUMBER: ("not_a_number", "不是数字，应为整数（没有就填 0）。"),
    NOT_WHOLE: ("not_whole", "不是整数，人数、户数和金额须为整数。"),
    NEGATIVE: ("negative", "是负数，计数须大于或等于 0。"),
    TOO_LARGE: ("too_large", "大得不可能，请检查是否多填了位数。"),
}
_OPERATORS = {"<=": np.less_equal, ">=": np.greater_equal, "=": np.equal}


def check(report: Report, ws: Workspace, register: Register, findings: Findings) -> None:
    """Note every fault of one report."""
    checker = _Checker(report, ws, register, findings)
    checker.months()
    checker.areas()
    checker.counts()
    if not checker.failed:
        checker.totals()
        checker.total_rows()
        checker.rules()
        checker.missing()


@dataclass
class _Checker:
    report: Report
    ws: Workspace
    register: Register
    findings: Findings
    failed: bool = False

    def say(
        self, row: int | None, column: int | None, severity: Severity, code: str, message: str
    ) -> None:
        """Note a fault at a cell of the grid."""
        grid = self.report.grid
        cell = None if row is None or column is None else cell_name(row, column)
        self.findings.add(grid.file, grid.sheet, cell, severity, code, message)
        self.failed |= severity != "warning"

    # --- month and areas ---------------------------------------------------------------------
    def months(self) -> None:
        """Note a month that is not said, not read or said in two ways."""
        report = self.report
        if not len(report.rows):
            self.say(None, None, "error", "no_rows", "没有任何数据行，请核对后再报。")
            return
        column, said = report.layout.month, report.said_months
        unread = [one for one in said if one.month is None]
        if unread:
            message = f"{unread[0].where}不是月份，请写成 2010-06。"
            self.say(unread[0].row, column, "error", "bad_month", message)
        elif not said:
            message = "没有写明月份，请在文件名或表题写上（如 2010-06），或用 --month 指明。"
            self.say(None, None, "error", "no_month", message)
        elif report.month is None:
            told = "，".join(f"{one.where}是 {one.month:%Y-%m}" for one in said)
            message = f"月份说法不一（{told}），一个文件只能报一个月。"
            rows = [one.row for one in said if one.row is not None]
            self.say(rows[-1] if rows else None, column, "error", "months_differ", message)

    def areas(self) -> None:
        """Note rows whose area is unknown, not of the form's level, gone, or there twice."""
        self._unknown()
        report, register = self.report, self.register
        known = np.flatnonzero(report.area != NONE)
        places = report.area[known]
        for i in known[~register.at_level(places, report.level)]:
            message = f"{self._name(i)}不是这张表应报的单位，请删去这一行。"
            self._say_area(int(i), "wrong_level", message)
        if report.month is not None:
            for i in known[~register.valid(places, report.month)]:
                area = register.areas[report.area[i]]
                until = f"–{area.valid_to}" if area.valid_to else " 起"
                message = (
                    f"{area.name}在 {report.month:%Y-%m} 不在登记册中（{area.valid_from}{until}）。"
                )
                self._say_area(int(i), "not_valid", message)
        self._names_agree()
        self._towns_agree()
        self._twice()

    def _unknown(self) -> None:
        """Note rows whose township or area the register does not have, with the nearest it has."""
        report, layout = self.report, self.report.layout
        columns = (layout.name, layout.code, layout.parent)
        own = next(column for column in columns if column is not None)
        for i in np.flatnonzero(report.area == NONE).tolist():
            town, level, column, code = int(report.town[i]), report.level, own, "unknown_area"
            if town == NONE and level == "village" and layout.parent is not None:
                level, column, code = "township", layout.parent, "unknown_township"
            text = self._cell(i, column).strip()
            near = None
            if not self.findings.is_full(report.grid.file, report.grid.sheet, code):
                near = self.register.nearest(text, town, level)
            meant = f"，最接近的是 {near.name}（{near.area_code}）" if near else ""
            message = f"登记册中没有“{text[:20]}”{meant}；请改正，或在 aliases.csv 登记别名。"
            self.say(int(report.rows[i]), column, "error", code, message)

    def _names_agree(self) -> None:
        """Note rows whose code is one area's and whose name is another's."""
        report, layout = self.report, self.report.layout
        if layout.code is None or layout.name is None:
            return
        keys = self.register.keys
        for i in np.flatnonzero(self._differs(layout.name, keys) & (report.area != NONE)):
            place = int(report.area[i])
            text = self._cell(int(i), layout.name)
            if text.strip() and not self.register.is_named(place, text):
                area = self.register.areas[place]
                message = (
                    f"代码 {area.area_code} 是{area.name}，这一行写的是“{text.strip()[:20]}”；"
                    "请改正，或在 aliases.csv 登记别名。"
                )
                self.say(int(report.rows[i]), layout.name, "error", "code_and_name", message)

    def _towns_agree(self) -> None:
        """Note rows whose code or name lies in another township than the row says."""
        report, register = self.report, self.register
        if report.layout.parent is None:
            return
        known = (report.area != NONE) & (report.said_town != NONE)
        for i in np.flatnonzero(known & (register.township[report.area] != report.said_town)):
            area = register.areas[report.area[i]]
            town = register.areas[register.township[report.area[i]]]
            message = f"{area.name}（{area.area_code}）属于{town.name}，与这一行写的不符，请核对。"
            self.say(int(report.rows[i]), report.layout.parent, "error", "code_and_town", message)

    def _differs(self, column: int, keys: Sequence[str]) -> NDArray[np.bool_]:
        """Return the rows whose text is not the register's own name of the row's area."""
        report = self.report
        place_of = {text: place for place, text in enumerate(report.grid.texts[column])}
        registered = np.array([place_of.get(key, NONE) for key in keys], dtype=np.int32)
        return registered[report.area] != report.grid.places(column)[report.rows]

    def _twice(self) -> None:
        report = self.report
        first: dict[int, int] = {}
        places, counts = np.unique(report.area[report.area != NONE], return_counts=True)
        for i in np.flatnonzero(np.isin(report.area, places[counts > 1])):
            place = int(report.area[i])
            if place not in first:
                first[place] = int(report.rows[i])
                continue
            area = self.register.areas[place]
            message = f"{area.name}（{area.area_code}）与第 {first[place] + 1} 行重复，请只留一行。"
            self._say_area(int(i), "duplicate_area", message)

    # --- counts ------------------------------------------------------------------------------
    def counts(self) -> None:
        """Note cells that are no whole count, and blanks that are read as zero."""
        report = self.report
        blanks: list[str] = []
        for column, cells in report.columns.items():
            for i in np.flatnonzero(cells.states > BLANK):
                code, words = _FAULTS[int(cells.states[i])]
                self.say(int(report.rows[i]), column, "error", code, self._name(int(i)) + words)
            blanks += [
                cell_name(int(report.rows[i]), column)
                for i in np.flatnonzero(cells.states == BLANK)
            ]
        if blanks:
            where = "、".join(blanks[:5]) + (" 等" if len(blanks) > 5 else "")
            message = f"有 {len(blanks)} 个空格按 0 计（{where}）。"
            self.say(None, None, "warning", "blank_as_zero", message)

    def totals(self) -> None:
        """Note rows where a declared total is not the sum of its parts."""
        report = self.report
        for column, parts in report.layout.totals:
            declared = report.columns[column].values
            counted = sum((report.measure(p) for p in parts), start=np.zeros_like(declared))
            for i in np.flatnonzero(declared != counted):
                message = (
                    f"{self._name(int(i))}合计填 {declared[i]}，各分项相加是 {counted[i]}，请核对。"
                )
                self.say(int(report.rows[i]), column, "error", "total_differs", message)

    def total_rows(self) -> None:
        """Note a total row that is not the sum of the rows above it."""
        report = self.report
        for row, cells in report.totals.items():
            for column, (declared, state) in cells.items():
                counted = int(report.columns[column].values.sum())
                if state <= BLANK and declared != counted and (declared or state != BLANK):
                    message = f"合计行填 {declared}，各行相加是 {counted}，请核对是否缺行或错数。"
                    self.say(row, column, "error", "total_row_differs", message)

    def rules(self) -> None:
        """Note rows that break a rule of ``rules.toml``."""
        for rule in self.ws.rules:
            if rule.dataset == self.report.form.dataset:
                self._rule(rule)

    def _rule(self, rule: Rule) -> None:
        left, right = self._side(rule.left), self._side(rule.right)
        if left is None or right is None:
            return
        column = self._first_column(rule.left)
        for i in np.flatnonzero(~_OPERATORS[rule.operator](left, right)):
            message = f"{self._name(int(i))}：{rule.message}（{left[i]} 与 {right[i]}），请核对。"
            self.say(int(self.report.rows[i]), column, rule.severity, rule.id, message)

    def _side(self, names: Sequence[str]) -> Counts | None:
        """Return the sum of measures and totals; None where the form lacks one of them."""
        total = np.zeros(len(self.report.rows), dtype=np.int64)
        for name in names:
            for sign, leaves in terms(self.ws, name):
                if not set(leaves) <= set(self.report.layout.measures):
                    return None
                values = np.max([self.report.measure(leaf) for leaf in leaves], axis=0)
                total = total + sign * values
        return total

    def _first_column(self, names: Sequence[str]) -> int:
        leaves = terms(self.ws, names[0])[0][1]
        return self.report.layout.measures[leaves[0]][0]

    def missing(self) -> None:
        """Note areas of the reporting townships that should have a row and have none."""
        report, register = self.report, self.register
        if report.month is None or report.level != "village":
            return
        due = register.expected(np.unique(report.town), report.level, report.month)
        for place in np.setdiff1d(due, report.area):
            area = register.areas[place]
            blank = "整行空白" if place in report.silent else "没有这一行"
            message = f"{area.name}（{area.area_code}）应报而{blank}，按未报处理。"
            self.say(None, None, "warning", "missing_area", message)

    # --- words -------------------------------------------------------------------------------
    def _cell(self, line: int, column: int) -> str:
        return self.report.grid.columns[column][int(self.report.rows[line])].as_py()

    def _name(self, line: int) -> str:
        place = int(self.report.area[line])
        return "" if place == NONE else self.register.areas[place].name

    def _say_area(self, line: int, code: str, message: str) -> None:
        layout = self.report.layout
        column = layout.name if layout.name is not None else layout.code
        self.say(int(self.report.rows[line]), column, "error", code, message)


def check_together(
    reports: Sequence[Report], ws: Workspace, register: Register, findings: Findings
) -> None:
    """Note townships that two sheets of one batch report for the same form and month."""
    seen: dict[tuple[str, date | None, int], str] = {}
    for report in reports:
        for town in np.unique(report.town[report.town != NONE]).tolist():
            key = (report.layout.form, report.month, town)
            if key in seen and report.month is not None:
                message = (
                    f"{register.areas[town].name} {report.month:%Y-%m} 的{report.form.label}"
                    f"在 {seen[key]} 里已经报过，同一批只能报一份。"
                )
                grid = report.grid
                findings.add(grid.file, grid.sheet, None, "error", "reported_twice", message)
            seen.setdefault(key, report.grid.file)
