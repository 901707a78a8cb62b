"""One indicator over time: single months against their past, years over each other, townships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from shortplank.catalogue.models import Event, Indicator, Window
from shortplank.errors import StoreError
from shortplank.reading.judged.announced import announced_codes, how_changed, how_judged
from shortplank.reading.judged.counts import CountFact, count_fact, is_count
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.peers import peer_median
from shortplank.reading.series import (
    SAME_PERIOD,
    Change,
    Series,
    changes_of,
    recent,
    reports_text,
    series_of,
    township_series,
)
from shortplank.reading.targets import TargetLine, target_of, targets_by_year
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.records.rebases import JOURNAL as REBASES
from shortplank.records.rebases import rebase_places, rebases
from shortplank.topics.trends.answer.control import Control, Uncharted, control_of
from shortplank.topics.trends.answer.trend_words import (
    notes_of,
    sentence_of,
    title_of,
    towns_sentence,
    towns_title,
)
from shortplank.wording.judged import LISTED
from shortplank.wording.limits import BEYOND_LIMITS, rule_text
from shortplank.wording.naming import home_units, home_whole
from shortplank.wording.numbers import interval_text, rounded
from shortplank.wording.periods import month_key, month_text, period_text
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS, VERDICT_WORDS

PICTURES = ("curve", "years", "towns")


@dataclass(frozen=True)
class YearLine:
    """One statistical year's months; ``rows`` are rows of the series, ``places`` 1 to 12."""

    year: int
    current: bool
    rows: list[int]
    places: list[int]


@dataclass(frozen=True)
class Trend(Told):
    """All that the page of trends shows."""

    item: Indicator
    picture: str
    window: Window
    area: str
    year_opens: int
    edition: int
    series: Series
    beside: Series | None
    """What the line is held against: the county, or for the county the median of its peers."""
    control: Control | Uncharted | None
    years: list[YearLine]
    towns: list[Series]
    changes: list[Change]
    codes: dict[str, str]
    """The verdict code of each township that the ledger announces."""
    target: TargetLine | None
    targets: dict[int, TargetLine]
    change: Change
    counted: CountFact | None
    """Of a count: the last twelve months against the twelve before."""
    events: list[Event]
    now: int | None
    period: str

    @property
    def is_empty(self) -> bool:
        """Return whether no month has a value."""
        shown = self.towns if self.picture == "towns" else [self.series]
        return all(bool(np.isnan(each.measured.value).all()) for each in shown)

    def signal_code(self, row: int) -> str | None:
        """Return on which side of the limits a month lies in which a rule fired: no verdict."""
        if not isinstance(self.control, Control) or not self.control.rules[row]:
            return None
        return "higher" if self.control.directions[row] > 0 else "lower"

    def town_code(self, code: str) -> str:
        """Return the verdict code of a township: the ledger's, and of nothing else."""
        return self.codes.get(code, "similar")

    @property
    def has_intervals(self) -> bool:
        """Return whether values have intervals: those of the card, or of a count of cases."""
        return self.item.interval != "none" or not np.isnan(self.series.measured.lower).all()

    @property
    def event_marks(self) -> list[str]:
        """Return what stands at the dated events: a number each where there are several."""
        if len(self.events) == 1:
            return [self.events[0].label]
        return [chr(ord("①") + n % 20) for n in range(len(self.events))]

    @property
    def event_notes(self) -> list[str]:
        """Return the events in words with their sources, numbered as in the picture."""
        if self.picture != "curve":
            return []
        marks = self.event_marks if len(self.events) > 1 else [""] * len(self.events)
        return [
            f"{mark} {month_text(event.month)} {event.label}（{event.source}）".strip()
            for mark, event in zip(marks, self.events, strict=True)
        ]

    @property
    def marks(self) -> str:
        """Return what the marks of the picture mean."""
        if self.picture == "towns":
            return _marks(f"同一标尺，灰线为{home_whole()}", list(self.codes.values()), LISTED)
        if self.picture == "years":
            return "粗线为本年度，灰线为以前年度，灰带为 95% 区间"
        if not isinstance(self.control, Control):
            return "灰带为 95% 区间" if self.has_intervals else ""
        fired = [self.signal_code(row) for row in range(len(self.series.months))]
        return _marks("灰带为正常波动的界限，虚线为平均", fired, f"{BEYOND_LIMITS}的月份")


def _marks(text: str, codes: Sequence[str | None], what: str) -> str:
    shown = [c for c in ("better", "worse", "higher", "lower") if c in codes]
    marks = " ".join(f"{VERDICT_MARKS[c]} {VERDICT_WORDS[c]}" for c in shown)
    return f"{text}，{marks}：{what}" if shown else text


def default_picture(view: View) -> str:
    """Return the picture that fits a window: years over each other for the cumulative one."""
    return "years" if view.window == "ytd" else "curve"


@once(REBASES)
def trend(view: View, picture: str) -> Trend:
    """Return one indicator over the months to the view's; ``picture`` is a key of PICTURES."""
    table = view.area_months()
    item = view.item
    series = series_of(view, table, view.area)
    whole_county = view.area == view.county.area_code
    county = None if whole_county else series_of(view, table, view.county.area_code)
    beside = county
    unread = []
    if whole_county and view.window == "ytd" and picture != "towns" and series.months:
        try:
            beside = peer_median(view, series.months[0])
        except StoreError as error:  # a damaged bulletin does not take the county's own line
            unread = [f"没有画同类县中位（{error.sentence.rstrip('。')}）"]
    now = len(series.months) - 1 if series.months else None
    control = None
    if view.window == "month" and picture != "towns":
        control = _control(view, series, county)
    towns = township_series(view, table) if picture == "towns" else []
    changes = changes_of(item, [(t, t.place(view.month)) for t in towns])
    change = series.change(item, now)
    counted = count_fact(view) if is_count(view.ws, item) else None
    target = target_of(view, view.indicator, view.area)
    made = Trend(
        item=item,
        picture=picture,
        window=view.window,
        area=view.area_item.name,
        year_opens=view.ws.settings.statistical_year_first_month,
        edition=view.edition,
        series=series,
        beside=beside,
        control=control,
        years=_years(view, series),
        towns=recent(towns),
        changes=changes,
        codes=announced_codes(view, view.indicator, "township") if towns else {},
        target=target,
        targets=targets_by_year(view, view.indicator, view.area),
        change=change,
        counted=counted,
        events=_events(view, series, control),
        now=now,
        title=towns_title(view, towns) if picture == "towns" else title_of(view, series, now),
        period=period_text(view.window, view.month, view.window_start, view.statistical_year),
        sentence=towns_sentence(view, towns, changes)
        if picture == "towns"
        else sentence_of(view, series, now, control, change, target, counted),
        notes=[*notes_of(view, table, series, control), *unread],
        **_judged(view, whole_county, picture == "towns"),
    )
    return replace(made, about=(item.label, made.period, item.unit, made.marks))


def _judged(view: View, whole_county: bool, towns: bool) -> dict[str, Any]:
    """Return who is named, of how many, and how that was judged."""
    book = ledger_of(view)
    standing = book.standing(view.indicator, "township") if towns else None
    how = how_judged(view, view.indicator, "township") if towns else ()
    if whole_county and not towns:
        how = how_changed(view, view.indicator)
    return {
        "named": tuple(standing.announced_names) if standing else (),
        "tested": standing.compared if standing else 0,
        "how": how,
    }


def _control(view: View, series: Series, county: Series | None) -> Control | Uncharted:
    season = None
    if county is not None:
        values = dict(zip(county.months, county.measured.value, strict=True))
        season = np.array([values.get(month, np.nan) for month in series.months])
    return control_of(
        view.ws,
        view.indicator,
        series.months,
        series.measured,
        series.whole,
        season,
        rebase_places(view, series.months),
    )


def _years(view: View, series: Series) -> list[YearLine]:
    first = view.ws.settings.statistical_year_first_month
    lines = []
    for year in sorted(set(series.years)):
        rows = [i for i, each in enumerate(series.years) if each == year]
        places = [(series.months[i].month - first) % 12 + 1 for i in rows]
        lines.append(YearLine(year, year == view.statistical_year, rows, places))
    return lines


def _events(view: View, series: Series, control: Control | Uncharted | None) -> list[Event]:
    """Return the catalogue's dated events, and the decisions that began limits anew."""
    if not series.months:
        return []
    own = [each.event for each in rebases(view)] if isinstance(control, Control) else []
    return [
        event
        for event in sorted((*view.ws.events, *own), key=lambda event: event.month)
        if series.months[0] <= event.month <= series.months[-1]
        and (not event.indicators or view.indicator in event.indicators)
    ]


def trend_table(answer: Trend) -> pa.Table:
    """Return the picture's figures with Chinese headings: the months, or the townships, latest."""
    if answer.picture == "towns":
        rows = [
            (s, len(s.months) - 1, c)
            for s, c in zip(answer.towns, answer.changes, strict=True)
            if s.months
        ]
        first = {home_units(): [s.name for s, _, _ in rows]}
    else:
        places = range(len(answer.series.months) - 1, -1, -1)
        changes = changes_of(answer.item, [(answer.series, i) for i in places])
        rows = [(answer.series, i, c) for i, c in zip(places, changes, strict=True)]
        first = {}
    return pa.table(
        {
            **first,
            "月份": [month_key(s.months[i]) for s, i, _ in rows],
            **_figures(answer, [(s, i) for s, i, _ in rows]),
            f"与{SAME_PERIOD[answer.window]}比": [c.text for _, _, c in rows],
            "说明": [_remark(answer, s, i) for s, i, _ in rows],
        }
    )


def _figures(answer: Trend, rows: list[tuple[Series, int]]) -> dict[str, list[object]]:
    item = answer.item
    top, bottom = ("男婴", "女婴") if item.interval == "srb" else ("分子", "分母")
    columns: dict[str, list[object]] = {
        f"{item.label}（{item.unit}）": [
            rounded(s.measured.value[i], item.decimals) for s, i in rows
        ]
    }
    if answer.has_intervals:
        columns["95% 区间"] = [
            interval_text(item, s.measured.lower[i], s.measured.upper[i]) for s, i in rows
        ]
    if item.denominator:
        columns[top] = [rounded(s.measured.x[i], 0) for s, i in rows]
        columns[bottom] = [rounded(s.measured.n[i], 0) for s, i in rows]
    columns["上报/应报"] = [reports_text(s, i) for s, i in rows]
    return columns


def _remark(answer: Trend, series: Series, i: int) -> str:
    state = series.measured.state[i]
    if state not in ("ok", "zero"):
        return STATE_WORDS[state]
    control = answer.control
    if isinstance(control, Control) and series is answer.series and control.rules[i]:
        return rule_text(control.rules[i], control.directions[i])
    return "" if series.whole[i] else "本月未报齐"


def picture_labels() -> dict[str, str]:
    """Return what each of the pictures is called, by its key."""
    return {"curve": "月度曲线", "years": "年度对照", "towns": f"各{home_units()}"}
