"""What inspections found: error kinds, accuracy, key checks in a row, procedures, petitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.reading.measured import column
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.wording.naming import joined
from shortplank.wording.numbers import number_text
from shortplank.wording.periods import month_text

KINDS = {"omitted": "漏报", "duplicate": "重报", "fabricated": "虚报", "misclassified": "错报"}
KIND_LABELS = {"sample": "抽样核实", "key_check": "重点核查", "petition": "信访核查"}
LEVEL_LABELS = {"province": "省", "city": "市", "county": "县"}
SUBJECTS = {"births": "出生统计", "procedures": "手术（乡镇）"}


@dataclass(frozen=True)
class Errors:
    """Errors of births by kind over the statistical year to the month."""

    verified: float
    counts: dict[str, float]
    share: float
    lower: float
    upper: float


@dataclass(frozen=True)
class ChecksFound(Told):
    """All that the page says of inspections."""

    errors: Errors
    streak: int | None
    streak_line: float | None
    procedure_errors: list[str]
    petitions: tuple[float, float]
    rows: pa.Table


@once()
def checks_found(view: View) -> ChecksFound:
    """Return the inspections of the statistical year to the month, and all of them as a table."""
    table = view.ask("inspections_by_area", month=view.month)
    errors = _errors(_year(view, table, "births", "sample"))
    wrong = _procedure_errors(table)
    streak = _streak(view)
    key = _streak_key(view)
    item = None if key is None else view.ws.indicators[key]
    line = item.thresholds[0].value if item and item.thresholds else None
    title, sentence = _words(view, errors, streak, line, wrong)
    notes = []
    if not view.may("see_exact"):
        notes.append("抽查点就是村，浏览者只看全县合计")
    return ChecksFound(
        errors,
        streak,
        line,
        wrong,
        _petitions(view),
        _rows(table),
        title=title,
        about=("抽查、重点核查和信访",),
        sentence=sentence,
        notes=notes,
    )


def _year(view: View, table: pa.Table, subject: str, kind: str) -> pa.Table:
    start = pa.scalar(view.year_start, pa.date32())
    chosen = pc.and_(
        pc.and_(pc.equal(table["subject"], subject), pc.equal(table["kind"], kind)),
        pc.greater_equal(table["stat_month"], start),
    )
    return table.filter(chosen)


def _errors(rows: pa.Table) -> Errors:
    sums = {name: float(np.nansum(column(rows, name))) for name in ("verified", *KINDS)}
    verified = sums.pop("verified")
    if not verified:
        return Errors(0.0, sums, *(float("nan"),) * 3)
    found = stats.absolute_error(verified, *(sums[name] for name in KINDS))
    share, lower, upper = (100 * float(v) for v in (found.share, found.lower, found.upper))
    return Errors(verified, sums, share, lower, upper)


def _procedure_errors(table: pa.Table) -> list[str]:
    """Return where an inspection found an error in procedures: townships and months only."""
    found = []
    for row in table.filter(pc.equal(table["subject"], "procedures")).to_pylist():
        wrong = {label: row[name] for name, label in KINDS.items() if row[name]}
        if wrong:
            what = "、".join(f"{label} {count} 例" for label, count in wrong.items())
            level = LEVEL_LABELS.get(row["inspected_by"], "")
            found.append(f"{row['name']}（{month_text(row['stat_month'])}，{level}查，{what}）")
    return found


def _streak_key(view: View) -> str | None:
    """Return the indicator that counts key checks in a row, None where there is none."""
    return next((k for k, item in view.ws.indicators.items() if item.kind == "streak"), None)


def _county_row(view: View, key: str) -> pa.Table:
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    own = pc.and_(pc.equal(table["indicator"], key), pc.equal(table["level"], "county"))
    return table.filter(own)


def _streak(view: View) -> int | None:
    key = _streak_key(view)
    if key is None:
        return None
    row = _county_row(view, key)
    value = column(row, "ytd_numerator")
    return int(value[0]) if len(value) and not np.isnan(value[0]) else None


def _petitions(view: View) -> tuple[float, float]:
    """Return how many petitions could be checked, and how many held, this statistical year."""
    key = view.ws.indicator_of("petitions")
    row = None if key is None else _county_row(view, key)
    if row is None or not row.num_rows:
        return float("nan"), float("nan")
    return float(column(row, "ytd_denominator")[0]), float(column(row, "ytd_numerator")[0])


def _rows(table: pa.Table) -> pa.Table:
    rows = table.to_pylist()[::-1]
    return pa.table(
        {
            "日期": [_day(row["date"]) for row in rows],
            "单位": [row["name"] for row in rows],
            "级别": [LEVEL_LABELS.get(row["inspected_by"], row["inspected_by"]) for row in rows],
            "方式": [KIND_LABELS.get(row["kind"], row["kind"]) for row in rows],
            "内容": [SUBJECTS.get(row["subject"], row["subject"]) for row in rows],
            "核实": pa.array([row["verified"] for row in rows], pa.int64()),
            **{
                label: pa.array([row[name] for row in rows], pa.int64())
                for name, label in KINDS.items()
            },
            "列入": pa.array([row["listed"] for row in rows], pa.int64()),
            "查实": pa.array([row["confirmed"] for row in rows], pa.int64()),
        }
    )


def _day(day: date) -> str:
    return day.isoformat()


def _words(
    view: View, errors: Errors, streak: int | None, line: float | None, wrong: list[str]
) -> tuple[str, str]:
    year = f"{view.statistical_year}统计年度"
    parts = []
    if errors.verified:
        accuracy = number_text(100 - errors.share, 1)
        title = f"{year}抽查核实的出生中 {accuracy}% 无误"
        kinds = "、".join(
            f"{KINDS[name]} {number_text(count)}"
            for name, count in sorted(errors.counts.items(), key=lambda pair: -pair[1])
            if count
        )
        low, high = (number_text(100 - v, 1) for v in (errors.upper, errors.lower))
        parts.append(
            f"核实 {number_text(errors.verified)} 例，其中{kinds or '没有差错'}，"
            f"准确率 95% 区间 {low}–{high}%"
        )
    else:
        title = f"{year}还没有抽查结果"
    if wrong:
        title += f"；手术抽查有误：{joined(wrong, 2)}"
        parts.append("手术抽查有误的乡镇，值得核对：" + "；".join(wrong))
    if streak is not None:
        text = f"连续 {streak} 次重点核查列入且查实"
        if line is not None and streak + 1 >= line > streak:
            text += f"，再有一次就到 {line:g} 次的线"
        elif line is not None and streak >= line:
            text += f"，已到 {line:g} 次的线"
        parts.append(text)
    verifiable, confirmed = _petitions(view)
    if not np.isnan(verifiable):
        parts.append(f"信访可查 {number_text(verifiable)} 件、属实 {number_text(confirmed)} 件")
    return title, "；".join(parts) + "。" if parts else ""
