"""One village: its indicators beside township and county, its history, badges and peers of size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.closed_years import closing_notes
from shortplank.reading.gaps import has_figure
from shortplank.reading.judged.announced import how_judged, other_window_note
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.measured import (
    PREFIX,
    Floats,
    Measured,
    column,
    from_table,
    measure,
    texts,
)
from shortplank.reading.planks import (
    Line,
    Planks,
    line_of,
    planks,
    village_rows,
)
from shortplank.reading.registers import STATUS, badges
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.store import add_months
from shortplank.topics.short_plank.answer.short_plank import CLOSED_ONLY, Listed, Listing
from shortplank.topics.short_plank.answer.standing import are_judged, place_in, verdict_of
from shortplank.wording.naming import joined
from shortplank.wording.numbers import (
    interval_text,
    minus_text,
    number_text,
    points_text,
    value_text,
)
from shortplank.wording.periods import WINDOW_LABELS, day_text, month_key, month_text, period_text
from shortplank.wording.planks import among_ranks, on_list_text
from shortplank.wording.sides import COUNTY
from shortplank.wording.verdicts import STATE_WORDS

PEERS_OF_SIZE = 8


@dataclass(frozen=True)
class Badge:
    """A dated line of a register: what, from when to when, by which document."""

    kind: str
    label: str
    dates: str
    source: str


@dataclass(frozen=True)
class ProfileRow:
    """One indicator of the village beside its township and county, with its verdict in words."""

    indicator: str
    label: str
    value: str
    interval: str
    n: str
    town: str
    county: str
    code: str
    word: str


@dataclass(frozen=True)
class History:
    """One indicator over the months: village with its interval, township and county."""

    item: Indicator
    window: Window
    months: list[date]
    village: Floats
    lower: Floats
    upper: Floats
    states: list[str]
    town: Floats
    county: Floats
    line: Line | None
    years: list[tuple[int, str]]

    @property
    def heading(self) -> str:
        """Return what the picture shows: 流动人口建档率（当月）的走势."""
        if self.years:
            return f"{self.item.label}：已结束的统计年度"
        return f"{self.item.label}（{WINDOW_LABELS[self.window]}）的走势"

    @property
    def is_empty(self) -> bool:
        """Return whether the village has no month to draw."""
        return bool(np.isnan(self.village).all())


@dataclass(frozen=True)
class Village(Told):
    """The profile of one village."""

    area_code: str
    name: str
    town: str
    badges: list[Badge]
    rows: list[ProfileRow]
    history: History
    peers: Listing | None


@once()
def village(view: View) -> Village:
    """Return the profile of the view's area in its month and window."""
    area = view.area_item
    town = view.ws.area_by_code[area.parent_code].name
    measured, towns, counties = _side_by_side(view)
    rows = [
        _profile_row(view, key, measured[key], towns.get(key), counties.get(key))
        for key in view.ws.indicators
        if key in measured
    ]
    chosen = next((row for row in rows if row.indicator == view.indicator), None)
    banded = view.banded(view.indicator)
    found = None if banded or view.item.kind != "ratio" else planks(view)
    history = _history(view, area.name, town)
    return Village(
        area_code=area.area_code,
        name=area.name,
        town=town,
        title=_title(view, f"{town}{area.name}", chosen),
        about=(f"{town}{area.name}", _period(view)),
        sentence=_sentence(view, found),
        badges=_badges(view),
        rows=rows,
        history=history,
        peers=_peers_of_size(view, found) if found else None,
        notes=[*_notes(view, rows, history), *(closing_notes(view) if banded else [])],
        named=(f"{town}{area.name}",) if chosen is not None and chosen.code == "worse" else (),
        tested=sum(found.compared) if found else 0,
        how=how_judged(view, view.indicator, "village") if are_judged(view.item) else (),
    )


def _period(view: View) -> str:
    return period_text(view.window, view.month, view.window_start, view.statistical_year)


# --- indicators side by side ----------------------------------------------------------------------
def _side_by_side(
    view: View,
) -> tuple[dict[str, Measured], dict[str, Measured], dict[str, Measured]]:
    """Return every village-level indicator of the village, its township and its county."""
    table = view.ask("profile_by_indicator", village=view.area, month=view.month)
    levels: dict[str, dict[str, Measured]] = {"village": {}, "township": {}, "county": {}}
    for level, found in levels.items():
        rows = table.filter(pc.equal(table["level"], level))
        for i, key in enumerate(rows["indicator"].to_pylist()):
            item = view.ws.indicators[key]
            found[key] = _measured_row(view, item, key, rows.slice(i, 1))
    return levels["village"], levels["township"], levels["county"]


def _measured_row(view: View, item: Indicator, key: str, row: pa.Table) -> Measured:
    banded = view.banded(key)
    prefix = PREFIX["ytd" if banded else view.window]
    return measure(
        item,
        [key],
        texts(row, "name"),
        column(row, f"{prefix}numerator"),
        column(row, f"{prefix}denominator"),
        column(row, "expected"),
        texts(row, "shown"),
        full=has_figure(view, "ytd" if banded else view.window),
    )


def _profile_row(
    view: View, key: str, own: Measured, town: Measured | None, county: Measured | None
) -> ProfileRow:
    item = view.ws.indicators[key]
    standing = ledger_of(view).standing(key, "village")
    code, word = verdict_of(standing, place_in(standing, view.area), own.state[0])
    return ProfileRow(
        indicator=key,
        label=item.label,
        value=_value(item, own),
        interval=interval_text(item, float(own.lower[0]), float(own.upper[0])),
        n=_size(item, own),
        town=_value(item, town),
        county=_value(item, county),
        code=code,
        word=word,
    )


def _value(item: Indicator, measured: Measured | None) -> str:
    """Return a value, its banded text, or why there is none."""
    if measured is None:
        return "–"
    if measured.shown and measured.shown[0] is not None:
        return minus_text(str(measured.shown[0]))
    state = measured.state[0]
    return STATE_WORDS.get(state) or value_text(item, float(measured.value[0]))


def _size(item: Indicator, own: Measured) -> str:
    if not item.denominator or np.isnan(own.x[0]):
        return "–"
    return f"{number_text(own.x[0])}/{number_text(own.n[0])}"


# --- words ----------------------------------------------------------------------------------------
def _title(view: View, place: str, chosen: ProfileRow | None) -> str:
    """Return the village's figure beside the county's, and what the ledger says of it."""
    item = view.item
    if chosen is None:
        return f"{place}：本期没有{item.label}"
    if chosen.code == "too_few":
        return f"{place}：{item.label}{chosen.word}"
    text = f"{place}：{item.label} "
    if chosen.code == "worse":
        return text + on_list_text(item, chosen.value, chosen.county)
    text += chosen.value
    if chosen.code == "none":  # only counted: the county's figure stands beside it and says no more
        known = item.denominator and chosen.interval != "–"
        return f"{text}（{COUNTY} {chosen.county}）" if known else text
    return f"{text}，{chosen.word}"


def _sentence(view: View, found: Planks | None) -> str:
    """Return facts of a village: how long below its line, where it may stand, what it adds."""
    if view.banded(view.indicator):
        return f"{CLOSED_ONLY}。"
    i = None if found is None else found.villages.index(view.area)
    if found is None or i is None:
        return ""
    if found.villages.state[i] == "too_few":
        return ""  # its months and its part would tell the same few
    parts = [found.months_text(i), _rank_text(found, view.area)]
    if not np.isnan(found.contribution[i]):
        points = points_text(found.item, float(found.contribution[i]), 2)
        parts.append(f"对{COUNTY}{'的影响' if found.from_county else '差额的贡献'} {points}")
    return "".join(f"{part}。" for part in parts if part)


def _rank_text(found: Planks, code: str) -> str:
    """Return between which places the village may stand, "" where it was not compared."""
    standing, at = found.standing, place_in(found.standing, code)
    if standing is None or at is None or not standing.tested[at]:
        return ""
    low, high = float(standing.order.rank_low[at]), float(standing.order.rank_high[at])
    return among_ranks(standing.compared, low, high)


def _notes(view: View, rows: list[ProfileRow], history: History) -> list[str]:
    notes = []
    former = view.ask("predecessors_by_area", area=view.area).to_pylist()
    if former:
        start = add_months(max(row["valid_to"] for row in former), 1).replace(day=1)
        names = joined([row["name"] for row in former], 5)
        whole = any(
            month < start and state != "not_expected"
            for month, state in zip(history.months, history.states, strict=True)
        )
        before = "合并前的数已并入本村" if whole else "合并前的月份不在图中"
        notes.append(f"{month_text(start)}由{names}合并而成，{before}")
    if any(view.ws.indicators[row.indicator].historical for row in rows):
        notes.append("政策类指标为历史口径，只列数")
    return [*notes, *(other_window_note(view, view.indicator) if are_judged(view.item) else [])]


def _badges(view: View) -> list[Badge]:
    """Return the village's own badges, and its township's supporting posts."""
    every = badges(view)
    above = every.get(view.area_item.parent_code, [])
    rows = every.get(view.area, []) + [row for row in above if row["kind"] != STATUS]
    rows.sort(key=lambda row: row["kind"] != STATUS)
    return [
        Badge(row["kind"], row["label"], _dates(row["valid_from"], row["valid_to"]), row["source"])
        for row in rows
    ]


def _dates(start: date, end: date | None) -> str:
    if end is None:
        return f"{day_text(start)}起"
    return f"{day_text(start)}至{day_text(end)}"


# --- history --------------------------------------------------------------------------------------
def history_window(item: Indicator) -> Window:
    """Return the window that a village's months are drawn in: births need twelve months."""
    return "month" if item.helpable and "month" in item.windows else "r12"


def _history(view: View, name: str, town: str) -> History:
    item, window = view.item, history_window(view.item)
    table = view.ask(
        "profile_history_by_month",
        indicator=view.indicator,
        village=view.area,
        month=view.month,
    )
    own = table.filter(pc.equal(table["level"], "village"))
    whole = table.filter(pc.equal(table["level"], "county"))
    months = whole["stat_month"].to_pylist()
    full = [has_figure(view, window, month) for month in own["stat_month"].to_pylist()]
    series = from_table(item, own, window, full=full) if own.num_rows else None
    at = {month: i for i, month in enumerate(own["stat_month"].to_pylist())}

    def spread(values: Floats | None) -> Floats:
        if values is None:
            return np.full(len(months), np.nan)
        return np.array([values[at[m]] if m in at else np.nan for m in months], dtype=np.float64)

    return History(
        item=item,
        window=window,
        months=months,
        village=spread(series.value if series else None),
        lower=spread(series.lower if series else None),
        upper=spread(series.upper if series else None),
        states=[series.state[at[m]] if series and m in at else "not_expected" for m in months],
        town=_level_values(item, table, "township", months, window),
        county=_level_values(item, table, "county", months, window),
        line=line_of(view) if item.helpable else None,
        years=_years(view, own) if view.banded(view.indicator) else [],
    )


def _level_values(
    item: Indicator, table: pa.Table, level: str, months: list[date], window: Window
) -> Floats:
    rows = table.filter(pc.equal(table["level"], level))
    if not rows.num_rows:
        return np.full(len(months), np.nan)
    values = from_table(item, rows, window).value
    at = {month: i for i, month in enumerate(rows["stat_month"].to_pylist())}
    return np.array([values[at[m]] if m in at else np.nan for m in months], dtype=np.float64)


def _years(view: View, own: pa.Table) -> list[tuple[int, str]]:
    """Return what a viewer may read of each closed statistical year."""
    years = []
    for row in own.to_pylist():
        month = row["stat_month"]
        if view.with_(month=month).months_of_year == 12:
            text = row["shown"] or number_text(row["ytd_numerator"])
            years.append((view.ws.statistical_year(month), minus_text(str(text))))
    return years


# --- peers of its size ----------------------------------------------------------------------------
def _peers_of_size(view: View, found: Planks) -> Listing | None:
    """Return the villages whose n is nearest to this one's, in the order of their size."""
    villages = found.villages
    if view.area not in villages.codes:
        return None
    own = villages.codes.index(view.area)
    if np.isnan(villages.n[own]):
        return None
    far = np.abs(villages.n - villages.n[own])
    far[own] = -1.0
    known = [
        int(i)
        for i in np.argsort(np.where(np.isnan(far), np.inf, far), kind="stable")
        if not np.isnan(far[i])
    ][: PEERS_OF_SIZE + 1]
    rows = [
        Listed(
            villages.codes[i],
            villages.names[i],
            found.towns[i],
            (
                number_text(villages.n[i]),
                found.raw_text(i),
                interval_text(found.item, float(villages.lower[i]), float(villages.upper[i])),
            ),
            i == own,
        )
        for i in sorted(known, key=lambda i: (-villages.n[i], i))
    ]
    return Listing(
        "规模相近的村",
        "n 最接近的村，按 n 从大到小，不排高低；粗体为本村",
        ("n", "原始率", "95% 区间"),
        rows,
    )


# --- which villages there are ---------------------------------------------------------------------
@once()
def village_choices(view: View) -> dict[str, str]:
    """Return the villages of the view's month by code: 桂浦镇 双店村."""
    rows = village_rows(view, view.indicator)
    places = zip(texts(rows, "township"), texts(rows, "name"), strict=True)
    return {
        code: f"{town} {name}"
        for code, (town, name) in zip(texts(rows, "area_code"), places, strict=True)
    }


def history_table(own: Village) -> pa.Table:
    """Return the picture's figures with Chinese headings, a row a month."""
    history = own.history
    return pa.table(
        {
            "月份": [month_key(month) for month in history.months],
            "本村": pa.array(history.village, from_pandas=True),
            "下限": pa.array(history.lower, from_pandas=True),
            "上限": pa.array(history.upper, from_pandas=True),
            own.town: pa.array(history.town, from_pandas=True),
            "全县": pa.array(history.county, from_pandas=True),
        }
    )
