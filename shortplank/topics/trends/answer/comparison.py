"""Several townships over the months, the rest in grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.gaps import has_figure, window_notes
from shortplank.reading.judged.announced import announced_codes, area_text, other_window_note
from shortplank.reading.series import SAME_PERIOD, Series, recent, series_of, township_series
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.wording.naming import home_units, joined
from shortplank.wording.numbers import rounded, short_value
from shortplank.wording.periods import month_key, month_text, period_text
from shortplank.wording.verdicts import STATE_WORDS

MOST_CHOSEN = 4


@dataclass(frozen=True)
class Comparison(Told):
    """All townships' months; ``chosen`` names the codes that stand out."""

    item: Indicator
    window: Window
    edition: int
    towns: list[Series]
    county: Series
    chosen: list[str]

    @property
    def is_empty(self) -> bool:
        """Return whether no township has a value."""
        return all(bool(np.isnan(t.measured.value).all()) for t in self.towns)

    @property
    def marked(self) -> list[Series]:
        """Return the chosen townships' series."""
        return [town for town in self.towns if town.code in self.chosen]


def opened_with(view: View) -> list[str]:
    """Return who stands out where nobody was chosen: the selected township, then those listed."""
    own = [view.area] if view.area != view.county.area_code else []
    listed = [code for code in announced_codes(view, view.indicator, "township") if code not in own]
    return [*own, *listed][:MOST_CHOSEN]


@once()
def comparison(view: View, chosen: Sequence[str]) -> Comparison:
    """Return the townships over the months, at the most four of them to stand out."""
    table = view.area_months()
    towns = [town for town in township_series(view, table) if town.months]
    county = series_of(view, table, view.county.area_code)
    known = [code for code in chosen if code in {town.code for town in towns}][:MOST_CHOSEN]
    title, sentence = _words(view, [town for town in towns if town.code in known], len(towns))
    period = period_text(view.window, view.month, view.window_start, view.statistical_year)
    return Comparison(
        view.item,
        view.window,
        view.edition,
        recent(towns),
        county,
        known,
        title=title,
        about=(view.item.label, period, view.item.unit, f"灰线为其余{home_units()}"),
        sentence=sentence,
    )


def _words(view: View, chosen: list[Series], count: int) -> tuple[str, str]:
    item = view.item
    if not count and not has_figure(view):
        short = STATE_WORDS["not_full"]
        return f"{item.label}：{short}", f"{window_notes(view)[0]}。"
    if not count:
        return f"{item.label}：没有{home_units()}有这个指标的数", "请改选指标或月份。"
    if not chosen:
        ask = f"请选要比较的{home_units()}（最多 {MOST_CHOSEN} 个），其余为灰线。"
        return f"{item.label}：{count} 个{home_units()}", ask
    # Quarterly reports and recounts: the last figures before the month.
    month = max(town.months[-1] for town in chosen)
    told = "，".join(f"{town.name} {_figure(item, town, month)}" for town in chosen)
    known = [town for town in chosen if not np.isnan(_value(town, month))]
    listed = ((town, area_text(view, view.indicator, town.code)) for town in known)
    parts = [f"{town.name}{text}" for town, text in listed if text]
    for town in known:
        change = town.change(item, town.place(month))
        if change.known:
            parts.append(f"{town.name}与{SAME_PERIOD[view.window]}比 {change.text}")
    said = [part for part in parts if part]
    when = "" if month == view.month else f" {month_text(month)}"
    title = f"{item.label}{when}：{told}"
    said += [*_lacking(view, known, month), *window_notes(view)]
    said += other_window_note(view, view.indicator)
    return title, "；".join(said) + "。" if said else "没有可比的数。"


def _lacking(view: View, known: list[Series], month: date) -> list[str]:
    """Return whose reports of the month have not all come, so that a sum is of earlier months."""
    late = [town for town in known if (at := town.place(month)) is not None and not town.whole[at]]
    if not late:
        return []
    of_sums = "，累计数只含已到的月份" if view.window != "month" else ""
    return [f"{joined([town.name for town in late])}本月报表未到齐{of_sums}"]


def _figure(item: Indicator, town: Series, month: date) -> str:
    """Return a township's figure of the month, or why it has none."""
    place = town.place(month)
    if place is None or town.measured.state[place] in ("ok", "zero"):
        return short_value(item, _value(town, month))
    return STATE_WORDS[town.measured.state[place]]


def _value(town: Series, month: date) -> float:
    place = town.place(month)
    return float("nan") if place is None else float(town.measured.value[place])


def comparison_table(made: Comparison) -> pa.Table:
    """Return the chosen townships' months beside the county's, the newest first."""
    months = made.county.months[::-1]
    columns: dict[str, object] = {"月份": [month_key(month) for month in months]}
    for series in (*made.marked, made.county):
        values = [rounded(_value(series, m), made.item.decimals) for m in months]
        columns[f"{series.name}（{made.item.unit}）"] = pa.array(values, pa.float64())
    return pa.table(columns)
