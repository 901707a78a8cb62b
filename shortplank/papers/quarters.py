"""What a quarter says beside the one before: its own figures, who came and left, what was restated.

Figures are told; of a change only the month's ledger says whether it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue.models import Indicator, Window
from shortplank.papers.pack import Pack, Quarter
from shortplank.reading.gaps import has_figure, history_start
from shortplank.reading.judged.announced import UNITS, finding_text, unit_codes
from shortplank.reading.judged.ledger import Finding, Ledger, findings_for, ledger_of
from shortplank.reading.measured import PREFIX, Floats, Measured, change_between, column, measure
from shortplank.reading.series import Change
from shortplank.reading.view import View
from shortplank.records.meeting import restatement_text
from shortplank.store import add_months
from shortplank.store.indicators import is_stock, window_rule
from shortplank.wording.judged import LISTED, OFF_LIST_MEANS, step_text
from shortplank.wording.numbers import interval_text, rounded, value_text
from shortplank.wording.periods import WINDOW_LABELS, month_key, month_text, months_text
from shortplank.wording.verdicts import ONLY_FIGURES, STATE_WORDS

MONTHS = 3
POOLED, AT_END = "三个月合计", "季末"
CAME, STAYED, LEFT, UNKNOWN = WAYS = (
    f"新{LISTED}", f"仍{LISTED}", "不再列入", "本季末没有可比的数",
)  # fmt: skip
NO_BEFORE = "上一季度没有月报，只列本季度的数"
NOT_COMPARED = "上季末没有可比的数"
NOBODY_MOVED = f"两个季末都没有单位{LISTED}"
AGAINST = "与上季末比"
NOTHING_SURE = f"主要指标近 {MONTHS} 个月没有确定的升降"
NOT_RESTATED = "没有订正本季度各月的数"


@dataclass(frozen=True)
class QuarterFigure:
    """One headline indicator in a quarter and the one before; ``how`` says over what it is.

    ``now`` and ``before`` hold one row; ``before`` is None where no quarter before has figures.
    ``steps`` is what the ledger is sure of in the last three months, in words.
    """

    indicator: str
    item: Indicator
    how: str
    now: Measured
    before: Measured | None
    change: Change
    steps: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """Return the ledger's word on the last three months, or that only figures are told."""
        return "；".join(self.steps) or ONLY_FIGURES


@dataclass(frozen=True)
class Move:
    """A unit of the list at one quarter's end or at both; ``way`` is what became of it.

    ``code`` is the ledger's verdict on it at this quarter's end, "" where it is not listed then.
    """

    way: str
    found: Finding
    text: str
    code: str = ""


@dataclass(frozen=True)
class QuarterTold:
    """What a quarter says; ``before`` is the quarter that it is held against, None without one.

    ``moves`` are those that came first, townships before villages; none where the end of the
    quarter before had nothing to compare (``compared``).
    """

    quarter: Quarter
    before: Quarter | None
    compared: bool
    figures: list[QuarterFigure]
    moves: list[Move]
    restated: list[str]

    @property
    def title(self) -> str:
        """Return how many units the list gained and lost since the quarter before."""
        return f"{self.quarter.text}：{self._moved(AGAINST)}"

    @property
    def figures_title(self) -> str:
        """Return what the ledger is sure of in the quarter's figures."""
        if self.before is None:
            return f"{self.quarter.text}：{NO_BEFORE}"
        sure = [f"{each.item.label}{'，'.join(each.steps)}" for each in self.figures if each.steps]
        return f"{self.quarter.text}：{'；'.join(sure) or NOTHING_SURE}"

    @property
    def moved(self) -> str:
        """Return the same as a sentence that names the months: 与上季末（2009年12月）比，…。"""
        then = "" if self.before is None else f"（{month_text(_end(self.before))}）"
        return f"{self._moved(f'与上季末{then}比')}。"

    def _moved(self, against: str) -> str:
        if self.before is None:
            return NO_BEFORE
        if not self.compared:
            return NOT_COMPARED
        counts = [(way, sum(move.way == way for move in self.moves)) for way in WAYS]
        told = "、".join(f"{way} {count} 条" for way, count in counts if count)
        return f"{against}，{told or NOBODY_MOVED}"

    @property
    def sentence(self) -> str:
        """Return what the figures are held against, and what is said of a difference."""
        if self.before is None:
            return f"{NO_BEFORE}。"
        against = months_text(self.before.months[0], self.before.months[-1])
        return f"上季度为{against}；{VERDICTS_FROM}。"


VERDICTS_FROM = "变化一栏只列数和区间，确不确定只看台账对近 3 个月的判断"


def quarter_told(made: Pack) -> QuarterTold | None:
    """Return the quarter of a pack beside the one before, None where the pack is a month's."""
    view, quarter = made.view, made.quarter
    if quarter is None:
        return None
    key = ("quarter", view.edition, view.county.area_code, quarter.months[0], view.actor.reads)
    return view.engine.keep(key, lambda: _told(view, quarter))


def _told(view: View, quarter: Quarter) -> QuarterTold:
    earlier = quarter_before(quarter)
    known = set(
        view.ask("months_by_edition", county=view.county.area_code)["stat_month"].to_pylist()
    )
    opened = history_start(view)
    had = opened is not None and earlier.months[0] >= opened and known >= set(earlier.months)
    before = earlier if had else None
    compared = before is not None and bool(ledger_of(view.with_(month=_end(before))).tests)
    return QuarterTold(
        quarter,
        before,
        compared,
        [_figure(view, key, quarter, before) for key in view.ws.scheme.headline],
        _moves(view, quarter, before) if before and compared else [],
        _restated(view, quarter),
    )


def quarter_before(quarter: Quarter) -> Quarter:
    """Return the quarter before, of the statistical year before where it is the first.

    >>> from datetime import date
    >>> one = Quarter(2010, 1, (date(2009, 10, 1), date(2009, 11, 1), date(2009, 12, 1)))
    >>> quarter_before(one).year, quarter_before(one).number, quarter_before(one).months[0]
    (2009, 4, datetime.date(2009, 7, 1))
    """
    first, second, third = (add_months(month, -MONTHS) for month in quarter.months)
    last = quarter.number == 1
    year, number = (quarter.year - 1, 4) if last else (quarter.year, quarter.number - 1)
    return Quarter(year, number, (first, second, third))


# --- figures --------------------------------------------------------------------------------------
def _figure(view: View, key: str, quarter: Quarter, before: Quarter | None) -> QuarterFigure:
    item, window = view.ws.indicators[key], _window(view, key)
    now = _measured(view, key, quarter, window)
    then = None if before is None else _measured(view, key, before, window)
    return QuarterFigure(
        key,
        item,
        POOLED if window is None else AT_END if is_stock(view.ws, item) else WINDOW_LABELS[window],
        now,
        then,
        _change(item, now, then),
        _steps(view, key, quarter) if then is not None else (),
    )


def _window(view: View, key: str) -> Window | None:
    """Return the window of a quarter's end that stands for it; None where its months add up.

    Months add up where all counts are of single months; sex ratios of so few births are not made.
    """
    ws, item = view.ws, view.ws.indicators[key]
    leaves = ws.leaves((*item.numerator, *item.denominator))
    adds = all(window_rule(ws, leaf) in ("sum", "mean") for leaf in leaves)
    pooled = item.kind in ("ratio", "count", "completeness") and item.interval != "srb"
    return None if pooled and adds and "month" in item.windows else item.default_window


def _measured(view: View, key: str, quarter: Quarter, window: Window | None) -> Measured:
    """Return the county's figure of a quarter as one row."""
    item, last = view.ws.indicators[key], quarter.months[-1]
    table = view.ask(
        "county_history_by_indicator",
        area=view.county.area_code,
        first_month=quarter.months[0],
        month=last,
    )
    rows = table.filter(pc.equal(table["indicator"], key))
    months = rows["stat_month"].to_pylist()
    if window is not None:
        return _row(item, rows.filter(pc.equal(rows["stat_month"], pa.scalar(last, pa.date32()))),
                    window, full=has_figure(view, window, last))  # fmt: skip
    due = column(rows, "expected")
    x, n = (_sum(column(rows, name), due, last, months) for name in ("numerator", "denominator"))
    return measure(item, [key], [item.label], x, n, np.array([np.nansum(due)]))


def _row(item: Indicator, rows: pa.Table, window: Window, *, full: bool) -> Measured:
    nothing = np.array([np.nan])
    prefix = PREFIX[window]
    x, n, due = (
        column(rows, name) if rows.num_rows else nothing
        for name in (f"{prefix}numerator", f"{prefix}denominator", "expected")
    )
    return measure(item, [item.label], [item.label], x, n, due, full=full)


def _sum(values: Floats, due: Floats, last: date, months: list[date]) -> Floats:
    """Return the sum of a quarter's months; unknown where a month that was due has no figure.

    A month in which nothing was due adds nothing; a quarter that has not ended has no sum.
    """
    known = ~np.isnan(values)
    lacking = (~known & (due > 0)).any() or last not in months or not known.any()
    return np.array([np.nan if lacking else values[known].sum()])


def _change(item: Indicator, now: Measured, then: Measured | None) -> Change:
    """Return the difference of two quarters with its interval: a figure, no verdict."""
    if then is None or np.isnan([now.value[0], then.value[0]]).any():
        return Change(item, *(float("nan"),) * 3)
    return Change(item, *change_between(item, now.x[0], now.n[0], then.x[0], then.n[0]))


def _steps(view: View, key: str, quarter: Quarter) -> tuple[str, ...]:
    """Return what the ledger of the quarter's end says of its last three months."""
    end = view.with_(month=quarter.months[-1])
    return tuple(
        step_text(each.item, each.change or 0.0, each.months)
        for each in ledger_of(end).of(key, "county", "changed")
        if each.months == MONTHS
    )


# --- who came and who left ------------------------------------------------------------------------
def _moves(view: View, quarter: Quarter, before: Quarter) -> list[Move]:
    """Return who came onto the list between two quarters' ends, who stands on both, who left it.

    One that this quarter's end does not compare did not leave the list by it.
    """
    now, then = (view.with_(month=_end(each)) for each in (quarter, before))
    book = ledger_of(now)
    held, had = ({_unit(f): f for f in _units(findings_for(v))} for v in (now, then))
    moves = [
        Move(STAYED if key in had else CAME, each, finding_text(now, each), _code(now, each))
        for key, each in held.items()
    ]
    moves += [
        Move(LEFT if _compared(book, each) else UNKNOWN, each,
             f"{month_text(then.month)}末：{finding_text(then, each)}")
        for key, each in had.items()
        if key not in held
    ]  # fmt: skip
    return sorted(moves, key=_place)


def _place(move: Move) -> tuple[int, bool, str]:
    """Return the order: those that came first, townships before villages."""
    return WAYS.index(move.way), move.found.level == "village", move.found.area_code


def _units(found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.kind in ("named", "listed") and each.level != "county"]


def _unit(found: Finding) -> tuple[str, str, str]:
    return found.indicator, found.level, found.area_code


def _code(view: View, found: Finding) -> str:
    return unit_codes(view, found.indicator, found.level, [found.area_code])[0]


def _compared(book: Ledger, found: Finding) -> bool:
    standing = book.standing(found.indicator, found.level)
    return standing is not None and standing.is_compared(found.area_code)


def _restated(view: View, quarter: Quarter) -> list[str]:
    """Return which editions changed a month of the quarter, the newest first."""
    asked = {month_key(month) for month in quarter.months}
    found = []
    for number in reversed(view.engine.store.numbers()):
        if number <= view.edition:
            edition = view.engine.edition(number)
            if months := [m for m in edition.restates if m in asked]:
                found.append(restatement_text(edition, months))
    return found


# --- tables ---------------------------------------------------------------------------------------
def figures_table(told: QuarterTold) -> pa.Table:
    """Return the headline indicators' quarters beside each other, a row each."""
    rows = told.figures
    return pa.table(
        {
            "指标": [each.item.label for each in rows],
            "口径": [each.how for each in rows],
            "本季度": _values(rows, [each.now for each in rows]),
            "95% 区间": [_interval(each.item, each.now) for each in rows],
            "分子": _counts([each.now.x[0] for each in rows]),
            "分母": _counts([each.now.n[0] for each in rows]),
            "上季度": _values(rows, [each.before for each in rows]),
            "上季度 95% 区间": [_interval(each.item, each.before) for each in rows],
            "变化（95% 区间）": [each.change.text for each in rows],
            "台账": [each.verdict for each in rows],
        }
    )


def _values(rows: list[QuarterFigure], held: list[Measured | None]) -> pa.Array:
    return pa.array([figure_text(r.item, m) for r, m in zip(rows, held, strict=True)], pa.string())


def figure_text(item: Indicator, held: Measured | None) -> str:
    """Return a quarter's figure in words, or why there is none."""
    if held is None:
        return "–"
    return STATE_WORDS.get(held.state[0]) or value_text(item, float(held.value[0]))


def _interval(item: Indicator, held: Measured | None) -> str:
    return "–" if held is None else interval_text(item, float(held.lower[0]), float(held.upper[0]))


def _counts(values: list[float]) -> pa.Array:
    return pa.array([rounded(value, 0) for value in values], pa.int64())


def moves_table(told: QuarterTold) -> pa.Table:
    """Return what became of each unit that stands on the list at either end, with the evidence."""
    rows = told.moves
    return pa.table(
        {
            AGAINST: pa.array([move.way for move in rows], pa.string()),
            "级别": pa.array([UNITS[move.found.level] for move in rows], pa.string()),
            "单位": pa.array([move.found.area for move in rows], pa.string()),
            "指标": pa.array([move.found.item.label for move in rows], pa.string()),
            "依据": pa.array([move.text for move in rows], pa.string()),
        }
    )


def ends_text(told: QuarterTold) -> str:
    """Return between which months' lists the changes are: 2009年12月末同2010年3月末比."""
    if told.before is None:
        return f"{NO_BEFORE}。"
    then, now = (_end(each) for each in (told.before, told.quarter))
    return f"{month_text(then)}末的名单同{month_text(now)}末的名单比；{OFF_LIST_MEANS}。"


def _end(quarter: Quarter) -> date:
    return quarter.months[-1]
