"""值得核对: what in the figures deserves a second look, with its evidence and false-alarm rate.

No method here accuses. Each says how often it would speak if nothing were going on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.reading.gaps import all_filed, counted_datasets, gaps_until, silent_everywhere
from shortplank.reading.measured import column
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.records.marks import JOURNAL as MARKS
from shortplank.records.marks import checked_marks
from shortplank.topics.quality.answer.checks_found import KINDS
from shortplank.topics.quality.answer.recounts import factor_text, recounts, way_text
from shortplank.topics.quality.answer.signal_kinds import (
    CHECK,
    Series,
    Signal,
    alike_signals,
    better_signals,
    digit_signals,
    jump_signals,
    missing_signals,
    outlier_signals,
    repeated_signals,
    smooth_signals,
)
from shortplank.wording.periods import month_key, month_text


@dataclass(frozen=True)
class Signals(Told):
    """The page's list with its words."""

    rows: list[Signal]


# --- on an edition --------------------------------------------------------------------------------
@once(MARKS)
def signals(view: View) -> Signals:
    """Return all signals of the edition up to the view's month, with who checked them."""
    found = _found(view.of_month)
    marks = checked_marks(view)
    rows = [replace(row, mark=marks.get(row.key, "")) for row in found]
    return _told(view, rows)


@once(stored=True)
def _found(view: View) -> list[Signal]:
    """Return every signal, missing reports first, then by the people affected."""
    opens = view.ws.settings.statistical_year_first_month
    rows: list[Signal] = missing_signals(gaps_until(view), silent_everywhere(view))
    for key in watched_indicators(view):
        towns, months, series = _series(view, key)
        if not towns:
            continue
        rows += outlier_signals(towns, months, series)
        rows += jump_signals(towns, months, series, opens)
        item = view.ws.indicators[key]
        if item.helpable:
            rows += smooth_signals(towns, months, series)
            rows += repeated_signals(towns, months, series)
            rows += better_signals(towns, months, series)
            rows += _village_signals(view, key)
    rows += _inspected(view) + _recounted(view)
    rows.sort(key=lambda row: (not row.missing, -row.affected, row.area))
    return rows


def watched_indicators(view: View) -> list[str]:
    """Return the monthly indicators of villages' counts that are looked through."""
    return [
        key
        for key, item in view.ws.indicators.items()
        if "township" in item.levels
        and "month" in item.windows
        and item.kind == "ratio"
        and item.interval == "wilson"
        and item.family in ("service", "births")
        and (item.helpable or item.historical)
        and item.denominator != item.numerator
        and "village" in item.levels
    ]


def _series(view: View, key: str) -> tuple[list[str], list[date], Series]:
    table = view.area_months(key)
    rows = table.filter(pc.equal(table["level"], "township"))
    codes = list(dict.fromkeys(rows["area_code"].to_pylist()))
    names = dict(zip(rows["area_code"].to_pylist(), rows["name"].to_pylist(), strict=True))
    months = sorted(set(rows["stat_month"].to_pylist()))
    shape = (4, len(codes), len(months))
    values = np.full(shape, np.nan)
    i = [codes.index(code) for code in rows["area_code"].to_pylist()]
    at = [months.index(month) for month in rows["stat_month"].to_pylist()]
    for part, name in enumerate(("numerator", "denominator", "expected", "reported")):
        values[part, i, at] = column(rows, name)
    item = view.ws.indicators[key]
    leaves = view.ws.leaves(item.denominator)
    stock = any(view.ws.measures[leaf].kind == "stock" for leaf in leaves)
    series = Series(item.label, values[0], values[1], values[2], values[3], stock)
    return [names[code] for code in codes], months, series


def _village_signals(view: View, key: str) -> list[Signal]:
    """Return heaped digits and villages too alike in the month; services only, so never births."""
    every = view.ask("villages_by_month", month=view.month)
    rows = every.filter(pc.equal(every["indicator"], key))
    item = view.ws.indicators[key]
    x, n = column(rows, "numerator"), column(rows, "denominator")
    known = ~(np.isnan(x) | np.isnan(n))
    found = digit_signals(view.month, item.label, n[known])
    town = np.array(rows["township"].to_pylist())
    towns = list(dict.fromkeys(town.tolist()))
    groups = [(x[known & (town == each)], n[known & (town == each)]) for each in towns]
    return found + alike_signals(view.month, item.label, towns, groups)


def _inspected(view: View) -> list[Signal]:
    """Return the errors that inspections found in procedures, by township."""
    table = view.ask("inspections_by_area", month=view.month)
    rows = table.filter(pc.equal(table["subject"], "procedures")).to_pylist()
    found = []
    for row in rows:
        wrong = {label: row[name] for name, label in KINDS.items() if row[name]}
        if wrong:
            what = "、".join(f"{label} {count} 例" for label, count in wrong.items())
            found.append(
                Signal(
                    row["name"],
                    row["stat_month"],
                    "手术抽查",
                    CHECK,
                    f"核实 {row['verified']} 例，{what}",
                    "抽查结果，不是推断",
                    float(sum(wrong.values())),
                    "inspected",
                )
            )
    return found


def _recounted(view: View) -> list[Signal]:
    """Return the county's recount where its interval leaves no difference out.

    What two counts differ by is no guess, and no warning of anybody.
    """
    made = recounts(view)
    key = view.ws.indicator_of("recount")
    if key is None or made.factor is None or made.factor.lower <= 1 <= made.factor.upper:
        return []
    return [
        Signal(
            "全县",
            made.months[-1],
            view.ws.indicators[key].label,
            CHECK,
            f"{way_text(made)}，{factor_text(*map(float, made.factor[:3]))}",
            "两次清点之差，不是推断",
            abs(float(made.recounted.sum() - made.reported.sum())),
            "recounted",
        )
    ]


def _told(view: View, rows: list[Signal]) -> Signals:
    open_rows = [row for row in rows if not row.mark]
    missing = sum(row.missing for row in open_rows)
    check = len(open_rows) - missing
    unchecked = _unchecked(view)
    about = ("全部月份", f"截至{month_text(view.month)}")
    made = Signals(rows, about=about, notes=unchecked, how=_how(rows))
    if not rows:
        text = "，".join(_all_clear(view))
        return replace(made, title=text, sentence=text + "。")
    parts = [
        f"{check} 处值得核对" if check or not unchecked else "",
        f"{missing} 处未报" if missing else "应报的都已报",
    ]
    title = "，".join(part for part in parts if part)
    top = next((row for row in open_rows if not row.missing), None)
    parts = []
    if top is not None:
        when = month_text(top.month)
        what = f"{top.area}{when}的{top.label}：{top.evidence}（{top.rate}）"
        parts.append(f"牵涉人数最多的是{what}")
    order = "未报在前，其余按牵涉的人数排列" if missing else "按牵涉的人数排列"
    parts.append(f"{order}；每一处都可能有正当的原因，先核对台账")
    done = len(rows) - len(open_rows)
    notes = [f"已核对 {done} 处"] if done else []
    sentence = "；".join(parts) + "。"
    return replace(made, title=title, sentence=sentence, notes=[*notes, *unchecked])


def _how(rows: list[Signal]) -> tuple[str, ...]:
    """Return the tests behind the signals that have one."""
    return tuple(
        f"{row.area} {month_key(row.month)} {row.label}：{row.how}" for row in rows if row.how
    )


def _all_clear(view: View) -> list[str]:
    """Return that nothing is missing and nothing stands out, of what was looked through."""
    counted, watched = len(counted_datasets(view)), len(watched_indicators(view))
    missing = all_filed(counted) or "没有应报的报表可以清点"
    return [missing, f"看过的 {watched} 项指标没有值得核对的数"] if watched else [missing]


def _unchecked(view: View) -> list[str]:
    """Return that no figures were looked through, where none can be."""
    if watched_indicators(view):
        return []
    return ["没有到村的月度服务或政策指标，未作数值核对，只清点未报"]


def signals_table(answer: Signals) -> pa.Table:
    """Return the list: area, month, indicator, words, evidence, rate, who checked."""
    rows = answer.rows
    return pa.table(
        {
            "单位": [row.area for row in rows],
            "月份": [month_key(row.month) for row in rows],
            "指标": [row.label for row in rows],
            "提示": [row.words for row in rows],
            "依据": [row.evidence for row in rows],
            "误报的可能": [row.rate for row in rows],
            "核对": [row.mark for row in rows],
        }
    )


# --- what imports let through ---------------------------------------------------------------------


# --- marks ----------------------------------------------------------------------------------------
