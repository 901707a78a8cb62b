"""Bulletins: what makes a published figure impossible or unlikely, each fault at its cell.

What cannot be is an error: a share outside 0–100 %, a numerator above the whole that it is a part
of, a value that is not what its own numerator and denominator come to, a rank beyond the number of
counties, a column on another scale than the bulletin before (0.8264 for 82.64 %). What may be, and
seldom is, is a warning that never stops an import: a value cut off instead of rounded, ranks that
do not order the values (a province may place a county by more than the value), a sudden move, and
counties of the register that are not there (published without them, a bulletin is still true of
those that it has).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator
from shortplank.ingest.areas import NONE, Register
from shortplank.ingest.findings import Findings, Severity
from shortplank.ingest.numbers import NEGATIVE, OK
from shortplank.ingest.text import name_key
from shortplank.ingest.tidy import Report, is_rate
from shortplank.ingest.words import FIGURES, indicator_names
from shortplank.stats.published import (
    CONTRADICTS,
    CUT_OFF,
    FITS,
    grade_against_parts,
    level_move,
    level_ratio,
    out_of_order,
    shifted_by,
    sudden_moves,
)
from shortplank.stats.ranking import ranking_key
from shortplank.store import Edition, add_months

# The bulletin that the rankings hold the county's peers by: a line for each of them.
PEERS = "peer_month"
# A level so many times another is another scale, where either is as large as this.
SCALE, LEVEL = 20.0, 20.0
# Moves below the first are never sudden; a county by itself moves so by the second.
LEAST_MOVE, LONE_MOVE = 1.0, 20.0
# More ranks out of order than this share, and it is the column that is said and not each cell.
SCATTERED, FEWEST = 0.2, 3
NAMED = 10
# Digits of a number that are more than a double's noise.
DIGITS = 12
Floats = NDArray[np.float64]
Lines = NDArray[np.bool_]


@dataclass(frozen=True)
class Figures:
    """One indicator's figures in one report: the lines, and the column of each figure."""

    report: Report
    indicator: str
    item: Indicator | None
    label: str
    lines: NDArray[np.int64]
    columns: Mapping[str, int]

    def values(self, figure: str) -> Floats:
        """Return a figure of every line; NaN where it is blank or cannot be read."""
        if figure not in self.columns:
            return np.full(len(self.lines), np.nan)
        cells = self.report.columns[self.columns[figure]]
        read = np.isin(cells.states, (OK, NEGATIVE))
        return np.where(read, cells.values, np.nan).astype(np.float64)[self.lines]

    @property
    def places(self) -> NDArray[np.int32]:
        """Return each line's area (places in the register)."""
        return self.report.area[self.lines]

    def text(self, figure: str, i: int) -> str:
        """Return what a line's cell shows."""
        row = int(self.report.rows[self.lines[i]])
        return str(self.report.grid.columns[self.columns[figure]][row].as_py())


def check_bulletins(
    edition: Edition,
    ws: Workspace,
    reports: Sequence[Report],
    register: Register,
    findings: Findings,
) -> None:
    """Note what is wrong with the published figures of a batch's bulletins."""
    held: dict[tuple[str, date], list[Figures]] = {}
    for report in reports:
        if report.form.figures and report.month is not None and len(report.rows):
            every = list(figures_of(report, ws))
            held.setdefault((report.form.dataset, report.month), []).extend(every)
            for figures in every:
                _Checker(edition, ws, register, findings, figures, report.month).check()
    for (dataset, month), every in held.items():
        if dataset == PEERS:
            _say_absent(edition, ws, every, month, register, findings)


def figures_of(report: Report, ws: Workspace) -> Iterator[Figures]:
    """Yield the figures of every indicator that a bulletin has, a line a county or an indicator."""
    names = indicator_names(report.form, ws)
    measures = report.layout.measures
    if "indicator" in report.layout.keys:
        named = np.array([names.get(str(v), str(v)) for v in report.keys["indicator"]])
        columns = {f: measures[f][0] for f in FIGURES if f in measures}
        for indicator in dict.fromkeys(named.tolist()):
            yield _figures(report, ws, indicator, np.flatnonzero(named == indicator), columns)
        return
    for indicator in dict.fromkeys(name.partition(".")[0] for name in measures):
        own = {f: measures[f"{indicator}.{f}"] for f in FIGURES if f"{indicator}.{f}" in measures}
        lines = np.arange(len(report.rows))
        yield _figures(report, ws, indicator, lines, {f: c[0] for f, c in own.items()})


def _figures(
    report: Report,
    ws: Workspace,
    indicator: str,
    lines: NDArray[np.int64],
    columns: Mapping[str, int],
) -> Figures:
    item = ws.indicators.get(indicator)
    others = report.form.figures.indicators.get(indicator, ()) if report.form.figures else ()
    label = item.label if item else (others[0] if others else indicator)
    return Figures(report, indicator, item, label, lines, columns)


def signed_columns(report: Report, ws: Workspace) -> frozenset[int]:
    """Return the columns of a bulletin whose indicator may fall below zero (births less deaths)."""
    if not report.form.figures or "indicator" in report.layout.keys:
        return frozenset()
    found: set[int] = set()
    for name, columns in report.layout.measures.items():
        indicator, _, figure = name.partition(".")
        item = ws.indicators.get(indicator)
        if item and may_be_negative(item, ws) and (is_rate(name) or figure == "numerator"):
            found |= set(columns)
    return frozenset(found)


def unsummed_columns(report: Report) -> frozenset[int]:
    """Return the columns of a bulletin that no total row adds up: rates and ranks."""
    if not report.form.figures:
        return frozenset()
    counts = ("numerator", "denominator")
    return frozenset(
        column
        for name, columns in report.layout.measures.items()
        for column in columns
        if name.rpartition(".")[2] not in counts
    )


def may_be_negative(item: Indicator, ws: Workspace) -> bool:
    """Return whether an indicator's numerator is a difference that is no part of a whole."""
    return not item.is_share and any(
        ws.derived[part].minus for part in item.numerator if part in ws.derived
    )


@dataclass(frozen=True)
class _Checker:
    edition: Edition
    ws: Workspace
    register: Register
    findings: Findings
    figures: Figures
    month: date

    def check(self) -> None:
        """Note every fault of one indicator's figures; an impossible one is said once."""
        value = self.figures.values("value")
        impossible = self._parts()
        impossible |= self._range(value)
        impossible |= self._against_parts(value, impossible)
        if not impossible.all():
            value = np.where(impossible, np.nan, value)
        self._ranks(value)
        self._against_before(value)

    def _say(self, i: int | None, figure: str, severity: Severity, code: str, words: str) -> None:
        """Note a fault at a line's cell, or at the column's first one."""
        grid, figures = self.figures.report.grid, self.figures
        row = int(figures.report.rows[figures.lines[i or 0]])
        name = "" if i is None else self._name(i)
        message = f"{name}的“{figures.label}”{words}" if name else f"“{figures.label}”{words}"
        cell = grid.cell(row, figures.columns[figure])
        self.findings.add(grid.file, grid.sheet, cell, severity, code, message)

    def _name(self, i: int) -> str:
        place = int(self.figures.places[i])
        return "" if place == NONE else self.register.areas[place].name

    # --- a figure by itself ------------------------------------------------------------------
    def _range(self, value: Floats) -> Lines:
        """Note values outside the unit, and return those of shares, which the whole bounds."""
        item = self.figures.item
        if item is None or item.unit not in ("%", "‰"):
            return np.zeros(len(value), dtype=bool)
        above = value > item.factor
        for i in np.flatnonzero(above):
            words = f"通报值 {value[i]:g} 超过 {item.factor:g}{item.unit}，"
            if item.is_share:
                words += "不可能这样大，请检查小数点。"
                self._say(int(i), "value", "error", "out_of_range", words)
            else:
                self._say(int(i), "value", "warning", "out_of_range", words + "很少见，请核对。")
        return above & item.is_share

    def _parts(self) -> Lines:
        """Note numerators above the denominator of a share, and return their lines."""
        item = self.figures.item
        x, n = self.figures.values("numerator"), self.figures.values("denominator")
        above = x > n
        if item is None or item.unit not in ("%", "‰") or not item.denominator:
            return np.zeros(len(x), dtype=bool)
        severity: Severity = "error" if item.is_share else "warning"
        for i in np.flatnonzero(above):
            words = f"分子 {x[i]:.0f} 大于分母 {n[i]:.0f}，请检查是否填反。"
            self._say(int(i), "numerator", severity, "numerator_above", words)
        return above & item.is_share

    def _against_parts(self, value: Floats, known: Lines) -> Lines:
        """Note values that are not what their own parts come to, and return the contradictions.

        A denominator in person-years is not what a bulletin divides by in every province: there a
        difference is unlikely, and not impossible.
        """
        item = self.figures.item
        if item is None or not item.denominator or "value" not in self.figures.columns:
            return np.zeros(len(value), dtype=bool)
        x, n = self.figures.values("numerator"), self.figures.values("denominator")
        counted = item.factor * x / np.where(n > 0, n, np.nan)
        shown = np.array([decimals_shown(self.figures.text("value", i)) for i in range(len(x))])
        grades = grade_against_parts(value, counted, shown)
        yearly = any(
            self.ws.measures[leaf].window == "mean" for leaf in self.ws.leaves(item.denominator)
        )
        for i in np.flatnonzero((grades != FITS) & ~known).tolist():
            sums = (
                f"分子 {x[i]:.0f}、分母 {n[i]:.0f} 算出 {counted[i]:.{min(max(shown[i], 2), 4)}f}"
            )
            words = f"通报值 {self.figures.text('value', i).strip()}，而{sums}，"
            cut = grades[i] == CUT_OFF
            words += "末位像是舍去而没有四舍五入。" if cut else "请核对。"
            severity: Severity = "error" if grades[i] == CONTRADICTS and not yearly else "warning"
            self._say(i, "value", severity, "value_and_parts", words)
        return (grades == CONTRADICTS) & (not yearly)

    # --- ranks -------------------------------------------------------------------------------
    def _ranks(self, value: Floats) -> None:
        """Note ranks that no county can have, then those that do not order the values."""
        ranks = self.figures.values("published_rank")
        if np.isnan(ranks).all():
            return
        wrong = ranks < 1
        if self.figures.report.form.dataset == PEERS:
            counties = len({*_expected(self.ws, self.register, self.month), *self.figures.places})
            wrong |= ranks > counties
            for i in np.flatnonzero(ranks > counties):
                words = f"名次是第 {ranks[i]:.0f}，而这个月参加排位的只有 {counties} 个县，请核对。"
                self._say(int(i), "published_rank", "error", "rank_beyond", words)
        for i in np.flatnonzero(ranks < 1):
            self._say(int(i), "published_rank", "error", "rank_beyond", "名次须从 1 起，请核对。")
        self._order(value, np.where(wrong, np.nan, ranks))

    def _order(self, value: Floats, ranks: Floats) -> None:
        if np.count_nonzero(~(np.isnan(value) | np.isnan(ranks))) < FEWEST:
            return
        found = [out_of_order(ranks, key) for key in self._keys(value)]
        wrong = min(found, key=lambda one: int(one.sum()))
        lines = np.flatnonzero(wrong)
        if len(lines) > max(FEWEST, SCATTERED * len(value)):
            words = f"的名次与数值的高低对不上（{len(lines)} 个县），请核对是否错列。"
            self._say(None, "published_rank", "warning", "rank_and_value", words)
            return
        for i in lines.tolist():
            words = f"数值 {value[i]:g}，名次却是第 {ranks[i]:.0f}，与其他县的高低不合，请核对。"
            self._say(i, "published_rank", "warning", "rank_and_value", words)

    def _keys(self, value: Floats) -> list[Floats]:
        """Return by what the counties may have been ranked: the catalogue does not always say."""
        item = self.figures.item
        if item is None or item.polarity == "none":
            return [-value, value]
        return [ranking_key(value, item.polarity, item.target_range)]

    # --- beside the bulletin before ----------------------------------------------------------
    def _against_before(self, value: Floats) -> None:
        """Note a column on another scale than the bulletin before, else each sudden move."""
        if np.isnan(value).all():
            return
        when = _month_before(self.edition, self.ws, self.figures.report.form.dataset, self.month)
        before = self._before(when)
        ratio = level_ratio(before, value)
        first = int(np.flatnonzero(~np.isnan(value))[0])
        level = max(np.nanmedian(value), np.nanmedian(before) if ratio == ratio else 0.0)
        if level >= LEVEL and (ratio >= SCALE or ratio <= 1 / SCALE):
            was = f"上次通报（{when:%Y-%m}）的 {ratio:.2g} 倍"
            words = f"这一列整体是{was}，像是小数与百分数混用或小数点错位，请改正。"
            self._say(first, "value", "error", "scale_differs", words)
        elif np.isnan(before).all():
            self._without_before(value, first)
        elif not self._column_moved(before, value, f"上次通报（{when:%Y-%m}）"):
            for i in np.flatnonzero(sudden_moves(before, value, LEAST_MOVE, LONE_MOVE)):
                words = f"通报值 {value[i]:g}，上次通报（{when:%Y-%m}）是 {before[i]:g}，"
                self._say(int(i), "value", "warning", "sudden_move", words + "变动很大，请核对。")

    def _column_moved(self, before: Floats, value: Floats, last: str) -> bool:
        """Return whether a column stands in wrong lines, or is another one, and note it.

        Where every county moves, none of them moves as no other does.
        """
        move = level_move(before, value)
        if lines := shifted_by(before, value, LEAST_MOVE):
            where = "上一行" if lines > 0 else "下一行"
            words = f"的数值与{last}中{where}的县相近，像是整列错了一行，请核对。"
        elif abs(move) >= max(LONE_MOVE, np.nanmedian(before) / 5):
            moved = f"{'高' if move > 0 else '低'}了 {abs(move):.3g}"
            words = f"这一列比{last}整体{moved}，像是填错了列，请核对。"
        else:
            return False
        self._say(None, "value", "warning", "column_moved", words)
        return True

    def _without_before(self, value: Floats, first: int) -> None:
        """Note a share's column that is all fractions, and values far from the other counties'."""
        item, known = self.figures.item, value[~np.isnan(value)]
        if item and item.is_share and len(known) >= FEWEST and 0 < known.max() <= 1:
            words = "这一列都不超过 1，如为小数（0.8264）请改写成百分数（82.64）。"
            self._say(first, "value", "warning", "scale_differs", words)
            return
        level = float(np.median(known))
        if len(known) < FEWEST or level < LEVEL:
            return
        for i in np.flatnonzero((value > level * SCALE) | (value < level / SCALE)):
            words = f"通报值 {value[i]:g}，与其他县（一般在 {level:g} 上下）相差很大，请核对。"
            self._say(int(i), "value", "warning", "sudden_move", words)

    def _before(self, when: date | None) -> Floats:
        """Return each line's value in the bulletin before; NaN where it has none."""
        table = self.edition.table(self.figures.report.form.dataset, when) if when else None
        if table is None:
            return np.full(len(self.figures.lines), np.nan)
        columns = (table[name].to_pylist() for name in ("area_code", "indicator", "value"))
        known = {a: v for a, i, v in zip(*columns, strict=True) if i == self.figures.indicator}
        codes = [None if p == NONE else self.register.codes[p] for p in self.figures.places]
        return np.array([known.get(code) for code in codes], dtype=np.float64)


def decimals_shown(text: str) -> int:
    """Return how many digits behind the point a cell shows, at least none.

    What a spreadsheet's own arithmetic leaves behind the twelfth digit is not shown by anyone.

    >>> decimals_shown("82.64%"), decimals_shown("1,082"), decimals_shown("85.93000000000001")
    (2, 0, 2)
    """
    try:
        number = Decimal(name_key(text).rstrip("%").replace(",", ""))
    except InvalidOperation:
        return 0
    if len(number.as_tuple().digits) > DIGITS:
        number = Decimal(f"{number:.{DIGITS}g}").normalize()
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _month_before(edition: Edition, ws: Workspace, dataset: str, month: date) -> date | None:
    """Return the bulletin to hold one against: the last of its statistical year, else a year ago.

    A new year starts anew: its first month is like the first month of the year before.
    """
    there = edition.months(dataset)
    own = [one for one in there if ws.year_start(month) <= one < month]
    year_ago = add_months(month, -12)
    return max(own) if own else (year_ago if year_ago in there else None)


# --- who is not there -----------------------------------------------------------------------------
def _expected(ws: Workspace, register: Register, month: date) -> set[int]:
    """Return the peer counties of the register in a month (places in it)."""
    codes = {
        peer.area_code
        for peer in ws.peers
        if peer.valid_from <= month <= (peer.valid_to or date.max)
    }
    return {place for place, code in enumerate(register.codes) if code in codes}


def _say_absent(
    edition: Edition,
    ws: Workspace,
    every: Sequence[Figures],
    month: date,
    register: Register,
    findings: Findings,
) -> None:
    """Note the counties that a month's bulletins, old and new together, do not have."""
    expected = _expected(ws, register, month)
    table = edition.table(PEERS, month)
    kept = set(table["area_code"].to_pylist()) if table is not None else set()
    there = {int(place) for figures in every for place in figures.report.area}
    there |= {place for place, code in enumerate(register.codes) if code in kept}
    grid = every[0].report.grid
    if absent := sorted(expected - there):
        message = (
            f"登记册中的 {len(expected)} 个县，这份通报缺 {len(absent)} 个："
            f"{_names(absent, register)}；缺的县本期没有位次和对比，请核对是否漏行。"
        )
        findings.add(grid.file, grid.sheet, None, "warning", "missing_county", message)
    for figures in every:
        blank = np.all([np.isnan(figures.values(f)) for f in FIGURES], axis=0)
        own = {int(place) for place in figures.places[~blank]}
        listed = {int(place) for place in figures.report.area} & expected
        if own and (without := sorted(listed - own)):
            grid = figures.report.grid
            message = (
                f"“{figures.label}”有 {len(without)} 个县没有数："
                f"{_names(without, register)}；按没有公布处理。"
            )
            findings.add(grid.file, grid.sheet, None, "warning", "missing_figure", message)


def _names(places: Sequence[int], register: Register) -> str:
    names = [register.areas[place].name for place in places[:NAMED]]
    return "、".join(names) + (f" 等 {len(places)} 个" if len(places) > NAMED else "")
