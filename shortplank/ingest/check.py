"""Check: what would make a report's counts wrong, each fault at its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Area, Level, Rule
from shortplank.ingest.areas import NONE, Register
from shortplank.ingest.blanks import check_blanks
from shortplank.ingest.bulletins import signed_columns, unsummed_columns
from shortplank.ingest.fault_words import CELL_FAULTS, FAULTS, count_fault, month_fault
from shortplank.ingest.findings import Findings, Severity
from shortplank.ingest.months import SaidMonth
from shortplank.ingest.numbers import BLANK, NEGATIVE
from shortplank.ingest.periods import rule_of
from shortplank.ingest.strangers import near
from shortplank.ingest.text import name_key
from shortplank.ingest.tidy import Counts, Report, is_rate
from shortplank.ingest.words import indicator_names
from shortplank.store.mart_sql import terms
from shortplank.store.personal import looks_like_a_name

# One area with so many lines has them of several months rather than twice.
LINES_OF_MONTHS = 3
_OPERATORS = {"<=": np.less_equal, ">=": np.greater_equal, "=": np.equal}


def check(report: Report, ws: Workspace, register: Register, findings: Findings) -> None:
    """Note every fault of one report."""
    checker = _Checker(report, ws, register, findings)
    checker.months()
    checker.areas()
    checker.cells()
    checker.keys()
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
        cell = None if row is None or column is None else grid.cell(row, column)
        self.findings.add(grid.file, grid.sheet, cell, severity, code, message)
        self.failed |= severity != "warning"

    # --- month and areas ---------------------------------------------------------------------
    def months(self) -> None:
        """Note a month that is not said, not read or said in two ways."""
        report = self.report
        if not len(report.rows):
            self.say(None, None, "error", "no_rows", "没有任何数据行，请核对后再报。")
            return
        said = report.said_months
        unread = [one for one in said if one.month is None]
        if unread:
            rule = rule_of(report.form, self.ws.datasets[report.form.dataset])
            message = month_fault(unread[0], rule.cadence)
            self.say(unread[0].row, unread[0].column, "error", "bad_month", message)
        elif not said:
            message = "没有写明月份，请在文件名或表题写上（如 2010-06），或用 --month 指明。"
            self.say(None, None, "error", "no_month", message)
        elif report.month is None:
            told = "，".join(f"{one.where}是 {one.month:%Y-%m}" for one in said)
            message = f"月份说法不一（{told}），一个文件只能报一个月。"
            at = _differing(said)
            self.say(at.row, at.column, "error", "months_differ", message)

    def areas(self) -> None:
        """Note rows whose area is unknown, not of the form's level, gone, or there twice."""
        self._unknown()
        report, register = self.report, self.register
        known = np.flatnonzero(report.area != NONE)
        places = report.area[known]
        fits = register.at_level(places, report.level)
        if self.ws.datasets[report.form.dataset].cadence == "event":
            fits |= report.area[known] != NONE  # an inspection may be of a township or the county
        for i in known[~fits]:
            message = f"{self._name(i)}不是这张表应报的单位，请核对是否报错了表。"
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
        """Note rows whose township or area the register does not have, by the key that failed."""
        report, layout = self.report, self.report.layout
        for i in np.flatnonzero(report.area == NONE).tolist():
            column, code = layout.name, "unknown_area"
            if layout.code is not None and (
                layout.name is None or self._cell(i, layout.code).strip()
            ):
                column = layout.code
            elif report.town[i] == NONE and report.level == "village" and layout.parent is not None:
                column, code = layout.parent, "unknown_township"
            assert column is not None
            row = int(report.rows[i])
            if self._is_said(row, column):
                continue
            words = "登记册中没有这一行的单位"
            if not self.findings.is_full(report.grid.file, report.grid.sheet, code):
                words = self._unknown_words(i, column)
            message = f"第 {row + 1} 行：{words}；请改正，或登记别名、去向或新单位。"
            self.say(row, column, "error", code, message)

    def _unknown_words(self, i: int, column: int) -> str:
        """Return what the register lacks, and what was meant where something is near."""
        report, layout = self.report, self.report.layout
        text, town = self._cell(i, column).strip(), int(report.town[i])
        written = "这个名称" if looks_like_a_name(text) else f"“{text[:20]}”"
        if column == layout.code:
            named = self._cell(i, layout.name) if layout.name is not None else ""
            said = named.strip()[:20]
            beside = f"（这一行写的是“{said}”）" if said and not looks_like_a_name(said) else ""
            meant = self._near(named.strip(), town)
            return f"登记册中没有代码{written}{beside}{meant}"
        level: Level = "township" if column == layout.parent else report.level
        same = self.register.elsewhere(text, level)
        if same and town == NONE:
            return f"叫{written}的单位有 {len(same)} 个（{_listed(same)}），请写明上级单位或代码"
        if same:
            within = self.register.areas[town].name
            return f"{within}没有{written}，{_listed(same)}，请核对上级单位"
        near = self.register.nearest(text, town, level)
        meant = f"，最接近的是 {near.name}（{near.area_code}）" if near else self._perhaps()
        return f"登记册中没有{written}{meant}"

    def _near(self, named: str, town: int) -> str:
        """Return which registered areas a row with an unknown code may be, by its name."""
        found = near(self.register, named, town, self.report.level)
        if not found:
            return ""
        same = name_key(found[0].name) == name_key(named)
        told = "、".join(f"{area.name}（{area.area_code}）" for area in found)
        return f"，同名的是 {told}" if same else f"，名称最接近的是 {told}"

    def _perhaps(self) -> str:
        """Return which areas the sheet lacks, where an unknown name may stand for one of them."""
        absent = [self.register.areas[place].name for place in self.absent()]
        return f"，这张表还缺 {'、'.join(absent)}" if 0 < len(absent) <= 3 else ""

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
                    "请改正，或登记为别名。"
                )
                self.say(int(report.rows[i]), layout.name, "error", "code_and_name", message)

    def _towns_agree(self) -> None:
        """Note rows whose code or name lies in another township than the row says."""
        report, register = self.report, self.register
        if report.layout.parent is None:
            return
        known = (report.area != NONE) & (report.said_town != NONE)
        for i in np.flatnonzero(known & ~register.lies_in(report.area, report.said_town)):
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
        """Note lines of one area, month and key: which of them is right is for people to say."""
        report = self.report
        if report.month is None and len({one.month for one in report.said_months}) > 1:
            return  # lines of several months: that is said, and none of them is too many
        lines: dict[tuple[object, ...], list[int]] = {}
        places, times = np.unique(report.area[report.area != NONE], return_counts=True)
        for i in np.flatnonzero(np.isin(report.area, places[times > 1])).tolist():
            line = (report.area[i], *(values[i] for values in report.keys.values()))
            lines.setdefault(line, []).append(i)
        counts = [len(own) for own in lines.values()] + [1] * bool((times == 1).any())
        if max(counts, default=1) == 1 or self._several_periods(counts):
            return
        for first, *again in lines.values():
            area = self.register.areas[report.area[first]]
            for i in again:
                message = (
                    f"第 {report.rows[i] + 1} 行的{area.name}（{area.area_code}）与第 "
                    f"{report.rows[first] + 1} 行重复，请核对哪一行是对的，另一行是否写错了单位。"
                )
                self._say_area(i, "duplicate_area", message)

    def _several_periods(self, counts: Sequence[int]) -> bool:
        """Return whether every area has the same number of lines, several, after saying so."""
        if len(set(counts)) > 1 or (len(counts) == 1 and counts[0] < LINES_OF_MONTHS):
            return False
        message = (
            f"每个单位都有 {counts[0]} 行，像是几个月的数放在一起，或一张表贴了两遍；"
            "这张表一次只收一个月，请按月分成几个文件，并写明月份。"
        )
        self._say_area(0, "duplicate_area", message)
        return True

    # --- cells and keys ----------------------------------------------------------------------
    def cells(self) -> None:
        """Note cells that a spreadsheet program fills: errors, formulas, merged counts."""
        report, layout = self.report, self.report.layout
        own, names = set(layout.count_columns), {layout.name, layout.code, layout.parent}
        below = set(report.rows.tolist()) | set(report.totals)
        for (row, column), fault in sorted(report.grid.faults.items()):
            if row in below and (column in own or column in names):
                words = CELL_FAULTS.get((fault, column in own))
                if words:
                    self.say(row, column, "error", words[0], words[1])

    def _is_said(self, row: int, column: int) -> bool:
        """Return whether a cell's own fault has been said, as not every kind is everywhere."""
        fault = self.report.grid.faults.get((row, column), "")
        return (fault, column in self.report.layout.count_columns) in CELL_FAULTS

    def keys(self) -> None:
        """Note key cells that hold nothing the form knows."""
        report = self.report
        for name, values in report.keys.items():
            form, column = report.form.keys[name], report.layout.keys.get(name)
            words = "、".join(word for spellings in form.values.values() for word in spellings[-1:])
            meant = f"可以写：{words}" if words else "请写成 2010-06-30"
            for i in (i for i, value in enumerate(values) if value is None):
                message = f"第 {report.rows[i] + 1} 行的“{form.headers[-1]}”认不出，{meant}。"
                self.say(int(report.rows[i]), column, "error", "bad_key", message)
        if "indicator" in report.layout.keys:
            known = indicator_names(report.form, self.ws)
            for i, value in enumerate(report.keys["indicator"]):
                if value is not None and value not in known:
                    message = (
                        f"第 {report.rows[i] + 1} 行：目录中没有指标“{str(value)[:20]}”，请改正。"
                    )
                    column = report.layout.keys.get("indicator")
                    self.say(int(report.rows[i]), column, "error", "bad_key", message)

    # --- counts ------------------------------------------------------------------------------
    def counts(self) -> None:
        """Note cells that are no whole count, and blanks: nobody knows whether they are zeros."""
        report = self.report
        signed = signed_columns(report, self.ws)
        for column, cells in report.columns.items():
            faulty = cells.states > BLANK
            if column in signed:
                faulty &= cells.states != NEGATIVE
            for i in np.flatnonzero(faulty):
                if self._is_said(int(report.rows[i]), column):
                    continue
                code, words = self._fault(int(i), column, int(cells.states[i]))
                where = f"第 {report.rows[i] + 1} 行{self._name(int(i))}这一格"
                self.say(int(report.rows[i]), column, "error", code, where + words)
        if not report.blank_is_unknown:  # there it is nothing published or counted
            check_blanks(report, self.ws, self._name, self.say)

    def totals(self) -> None:
        """Note rows where a declared total is not the sum of its parts."""
        report = self.report
        for column, parts, minus in report.layout.totals:
            declared = report.columns[column].values
            counted = sum((report.measure(p) for p in parts), start=np.zeros_like(declared))
            counted = counted - sum(report.measure(p) for p in minus)
            given = report.columns[column].states != BLANK  # a blank declares nothing
            for i in np.flatnonzero((declared != counted) & given):
                name, line = self._name(int(i)), f"各分项相加是 {counted[i]}，请核对。"
                message = f"{name}这一格填 {declared[i]}，{line}"
                self.say(int(report.rows[i]), column, "error", "total_differs", message)

    def total_rows(self) -> None:
        """Note a total row that is not the sum of the rows above it, or of its part of them."""
        report, before = self.report, -1
        unsummed = unsummed_columns(report)
        for row, cells in sorted(report.totals.items()):
            own = (report.rows > before) & (report.rows < row)
            for column, (declared, state) in cells.items():
                if column in unsummed:
                    continue
                values = report.columns[column].values
                counted, part = int(values.sum()), int(values[own].sum())
                if state > BLANK:
                    self.say(row, column, "error", *_not_counted(state))
                elif declared not in (counted, part) and (declared or state != BLANK):
                    self.say(
                        row, column, "error", "total_row_differs", self._apart(declared, counted)
                    )
            before = row

    def _apart(self, declared: int, counted: int) -> str:
        absent = [self.register.areas[place].name for place in self.absent()[:3]]
        mend = (
            f"这张表没有 {'、'.join(absent)}，请核对是否漏报" if absent else "请核对是否缺行或错数"
        )
        return f"合计行填 {declared}，各行相加是 {counted}，{mend}。"

    def rules(self) -> None:
        """Note rows that break a rule of ``rules.toml``."""
        for rule in self.ws.rules:
            if rule.dataset == self.report.form.dataset and not self.report.form.figures:
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
        """Return the sum of measures and totals; None where the file lacks one of them."""
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

    def absent(self) -> list[int]:
        """Return the areas that should have a row and have none (places in the register)."""
        report, register = self.report, self.register
        if report.month is None or not report.form.expected or not len(report.rows):
            return []
        towns = np.unique(report.town)
        if report.level != "village":
            # One township alone files for itself; a county's table has a row for each.
            counties = {register.areas[t].parent_code for t in towns.tolist() if t != NONE}
            if len(towns) < 2:
                return []
            towns = register.members(counties)
        due = register.expected(towns, report.level, report.month)
        return np.setdiff1d(due, report.area).tolist()

    def missing(self) -> None:
        """Note areas of the reporting townships that should have a row and have none."""
        for place in self.absent():
            area = self.register.areas[place]
            blank = "整行空白" if place in self.report.silent else "没有这一行"
            message = f"{area.name}（{area.area_code}）应报而{blank}，按未报处理。"
            self.say(None, None, "warning", "missing_area", message)

    # --- words -------------------------------------------------------------------------------
    def _fault(self, line: int, column: int, state: int) -> tuple[str, str]:
        """Return the code and the words for a cell that is no count, or no rate."""
        measures = self.report.layout.measures
        rate = any(is_rate(name) for name, columns in measures.items() if column in columns)
        return count_fault(state, self._cell(line, column), rate=rate)

    def _cell(self, line: int, column: int) -> str:
        return self.report.grid.columns[column][int(self.report.rows[line])].as_py()

    def _name(self, line: int) -> str:
        place = int(self.report.area[line])
        return "" if place == NONE else self.register.areas[place].name

    def _say_area(self, line: int, code: str, message: str) -> None:
        layout = self.report.layout
        column = layout.name if layout.name is not None else layout.code
        self.say(int(self.report.rows[line]), column, "error", code, message)


def _differing(said: Sequence[SaidMonth]) -> SaidMonth:
    """Return the last cell that says another month than the first one said."""
    inside = [one for one in said if one.row is not None]
    return inside[-1] if inside else said[0]


def _listed(areas: Sequence[Area]) -> str:
    """Return the areas of one name that the register has, with their codes."""
    some = "、".join(f"{area.name}（{area.area_code}）" for area in areas[:3])
    return f"登记册中有 {some}" + (f" 等 {len(areas)} 个" if len(areas) > 3 else "")


def _not_counted(state: int) -> tuple[str, str]:
    code, words = FAULTS[state]
    return code, f"合计行的这一格{words}"


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
