"""What a trend says in words: its finding, its sentence, and what must be known about it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.gaps import has_figure, partly, silent, window_notes
from shortplank.reading.judged.announced import (
    area_text,
    change_text,
    other_window_note,
    standing_title,
)
from shortplank.reading.judged.counts import CountFact, is_count
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.measured import column, withheld_text
from shortplank.reading.series import SAME_PERIOD, Change, Series
from shortplank.reading.targets import TargetLine
from shortplank.reading.view import View
from shortplank.store.indicators import window_rule
from shortplank.topics.trends.answer.control import Control, Uncharted
from shortplank.wording.counts import NO_YEAR_BEFORE
from shortplank.wording.judged import NOT_JUDGED, units_changes
from shortplank.wording.limits import ASSURANCE, PICTURE_ONLY, WITHIN_LIMITS
from shortplank.wording.naming import home_units, home_whole, joined
from shortplank.wording.numbers import fewer_than, value_text
from shortplank.wording.periods import WINDOW_LABELS, month_text
from shortplank.wording.sides import line_word, target_text
from shortplank.wording.verdicts import STATE_WORDS

# A sum of months lacks what one of them lacks, in every later month that it is drawn for.
LACKED_LATER: dict[Window, str] = {
    "month": "",
    "ytd": "，该年度其后各月的累计也不含未报的数",
    "r12": "，其后 11 个月的合计也不含未报的数",
}


def title_of(view: View, series: Series, now: int | None) -> str:
    """Return the finding in one sentence: the figure, and what the ledger says of its area."""
    item, name = view.item, f"{view.area_item.name}{view.item.label}"
    if now is None:
        return f"{name}：{'没有可看的数' if has_figure(view) else STATE_WORDS['not_full']}"
    if series.months[now] != view.month and not np.isnan(series.measured.value[now]):
        # Quarterly reports: the last one before the month.
        name += f" {month_text(series.months[now])}"
    if np.isnan(series.measured.value[now]):
        when = month_text(series.months[now])
        return f"{name}：{when}{STATE_WORDS[series.measured.state[now]]}"
    told = announced_of(view)
    return "，".join([f"{name} {value_text(item, series.measured.value[now])}", *told[:1]])


def announced_of(view: View) -> list[str]:
    """Return what the ledger says of the view's area: who stands apart, then how it moved."""
    told = [area_text(view, view.indicator, view.area)]
    if view.area == view.county.area_code:
        told.append(change_text(view, view.indicator))
    return [text for text in told if text]


def sentence_of(
    view: View,
    series: Series,
    now: int | None,
    control: Control | Uncharted | None,
    change: Change,
    target: TargetLine | None,
    counted: CountFact | None = None,
) -> str:
    """Return what the picture says, and what it does not say.

    ``counted`` is a count's twelve months against the twelve before.
    """
    level = view.area_item.level
    if now is None and level not in view.item.levels:
        return "这个指标只到县。"
    if now is None:
        return "这个单位没有这个指标的数。" if has_figure(view) else f"{window_notes(view)[0]}。"
    if series.measured.state[now] == "missing":
        return _missing_text(view.item, series, now)
    if series.measured.state[now] == "suppressed":
        return f"{withheld_text(view.ws, view.indicator)}。"
    if series.measured.state[now] == "too_few":
        least = fewer_than(view.item.min_denominator)
        other = "，请改看年度累计或近12月" if view.window == "month" else ""
        return f"样本太少（{least}），不作评价{other}。"
    parts = announced_of(view)[1:]
    parts += _control_parts(series, now, control)
    if isinstance(control, Uncharted):
        parts.append(control.reason)
    counts = is_count(view.ws, view.item)
    if change.known and not (counted and view.window == "r12"):  # those twelve months follow
        # The title's change is of the judged window: that of another one says which; 上年同月 does.
        another = view.window != "month" and other_window_note(view, view.indicator)
        own = WINDOW_LABELS[view.window] if another else ""
        parts.append(f"{own}与{SAME_PERIOD[view.window]}相比 {change.text}")
    if counts:
        parts.append(counted.told if counted else NO_YEAR_BEFORE)
    elif not view.item.judged and view.item.polarity != "none":
        parts.append(NOT_JUDGED)
    parts += _target_parts(view, series, now, control, target)
    parts += other_window_note(view, view.indicator)
    return "；".join(parts) + "。" if parts else "这个时段没有可比的数。"


def _missing_text(item: Indicator, series: Series, now: int) -> str:
    """Return that a month is not reported, and the last figure there is."""
    text = f"{month_text(series.months[now])}未报"
    known = np.nonzero(~np.isnan(series.measured.value))[0]
    if not known.size:
        return f"{text}。"
    last = int(known[-1])
    value = value_text(item, series.measured.value[last])
    return f"{text}；最近一次有数是{month_text(series.months[last])}，{value}。"


def _control_parts(series: Series, now: int, control: Control | Uncharted | None) -> list[str]:
    """Return where the month's point lies in the picture's limits; no verdict hangs on it."""
    if not isinstance(control, Control) or np.isnan(series.measured.value[now]):
        return []
    if control.now:
        return [f"{control.now.period}{control.now.text}（{PICTURE_ONLY}）"]
    return [f"{month_text(series.months[now])}的点{WITHIN_LIMITS}（{PICTURE_ONLY}）"]


def _target_parts(
    view: View,
    series: Series,
    now: int,
    control: Control | Uncharted | None,
    target: TargetLine | None,
) -> list[str]:
    item, value = view.item, series.measured.value[now]
    if target is None or np.isnan(value) or item.polarity not in ("up", "down"):
        return []
    if isinstance(control, Control):
        chance = stats.assurance(
            target.value, control.lower[now], control.upper[now], item.polarity
        )
        if chance == "none":
            return []
        return [f"{line_word(item)} {target.value:g}，{ASSURANCE[chance]}"]
    return [target_text(item, value, target.value)]


def towns_title(view: View, towns: list[Series]) -> str:
    """Return what the ledger says of the townships that stand side by side."""
    item = view.item
    if not any(t.months for t in towns):
        short = f"没有{home_units()}数" if has_figure(view) else STATE_WORDS["not_full"]
        return f"{item.label}：{short}"
    if not ledger_of(view).judges(view.indicator):
        if _all_withheld(towns):
            return f"{item.label}：{home_units()}数不公布"
        return f"{item.label}：{len(towns)} 个{home_units()}同一标尺"
    return f"{item.label}：{standing_title(view, view.indicator, 'township')}"


def towns_sentence(view: View, towns: list[Series], changes: list[Change]) -> str:
    """Return how many townships went up and down since a year before: figures and no verdict."""
    if "township" not in view.item.levels:
        return "这个指标只到县。"
    if not has_figure(view):
        return f"{window_notes(view)[0]}。"
    if _all_withheld(towns):
        return f"{home_units()}数不公布，只看{home_whole()}。"
    known = [change.difference for change in changes if change.known]
    if not known:
        return "没有可比的上年同期，只列走势。"
    up, down = sum(value > 0 for value in known), sum(value < 0 for value in known)
    higher = f"{up} 个{home_units()}的数高些" if up else f"没有{home_units()}的数高些"
    lower = f"{down} 个低些" if down else "没有低些的"
    counts = f"与{SAME_PERIOD[view.window]}比，{higher}，{lower}"
    return "；".join([counts, units_changes(), *other_window_note(view, view.indicator)]) + "。"


def _all_withheld(towns: list[Series]) -> bool:
    states = {state for town in towns for state in town.measured.state}
    return states == {"suppressed"}


def notes_of(
    view: View, table: pa.Table, series: Series, control: Control | Uncharted | None
) -> list[str]:
    notes = _earlier_notes(control) if isinstance(control, Control) else []
    notes = [*notes, *(window_notes(view) if series.months else [])]
    notes += _silent_notes(view, table, series)
    few = sum(state == "too_few" for state in series.measured.state)
    if few:
        notes.append(f"{few} 个月样本太少（{fewer_than(view.item.min_denominator)}），不显示")
    if series.months and series.months[-1] != view.month:
        notes.append(f"最近一期为{month_text(series.months[-1])}")
    if view.item.closed_years_only and series.code != view.county.area_code:
        notes.append(f"{home_units()}只看已结束年度")
    if view.item.historical:
        notes.append("历史口径")
    return notes


def _earlier_notes(control: Control) -> list[str]:
    """Return the signals of earlier months, and what must be known about the limits."""
    shown = [f"{e.period}{e.text}" for e in control.earlier[-2:]]
    if not shown:
        return control.notes
    count = len(control.earlier)
    lead = "此前的信号：" if count <= 2 else f"此前共 {count} 处信号，最近的是"
    return [lead + "、".join(shown), *control.notes]


def _silent_notes(view: View, table: pa.Table, series: Series) -> list[str]:
    """Return the months that are not fully reported, with the townships that kept silent."""
    texts = []
    for i in [i for i, whole in enumerate(series.whole) if not whole][-3:]:
        month = series.months[i]
        rows = table.filter(pc.equal(table["stat_month"], pa.scalar(month, pa.date32())))
        if series.code != view.county.area_code:
            rows = rows.filter(pc.equal(rows["area_code"], series.code))
        texts.append(f"{month_text(month)}{_who_lacks(rows)}")
    if not texts:
        return []
    shape = "，空心圆点为未报齐的月份" if view.area == view.county.area_code else ""
    return ["、".join(texts) + shape + _lacked_later(view)]


def _lacked_later(view: View) -> str:
    """Return that later windows lack the month too: sums do, the last count of a stock does not,
    and of reports themselves what is missing is what is counted."""
    ws, item = view.ws, view.item
    summed = {window_rule(ws, key) for key in ws.leaves(item.numerator)} - {"last"}
    added = item.kind in ("ratio", "count", "count_over") and summed
    return LACKED_LATER[view.window] if added else ""


def _who_lacks(rows: pa.Table) -> str:
    """Return which townships did not report a month, or not all of it: 松崖镇未报, 東區未报齐."""
    towns = rows.filter(pc.equal(rows["level"], "township"))
    names = np.array(towns["name"].to_pylist(), dtype=object)
    counts = column(towns, "expected"), column(towns, "reported")
    told = [
        joined(names[flags].tolist()) + word
        for flags, word in ((silent(*counts), "未报"), (partly(*counts), "未报齐"))
        if flags.any()
    ]
    return "、".join(told) or "未报齐"
