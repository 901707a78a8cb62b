"""Where the county stands this month: tiles, what needs attention, what is missing or restated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.filed import Reports, reports_of
from shortplank.reading.gaps import (
    has_figure,
    partly,
    same_period_full,
    silent,
    window_notes,
)
from shortplank.reading.measured import (
    PREFIX,
    Measured,
    change_between,
    column,
    from_table,
    measure,
    verdicts_against,
    verdicts_against_range,
)
from shortplank.reading.peers import Peers, peers
from shortplank.reading.targets import TargetLine, target_of
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.topics.rankings.answer.ranking import rankable
from shortplank.wording.chance import BEYOND, BY_CHANCE
from shortplank.wording.claims import UNTESTED, Tally, all_clear, without_test
from shortplank.wording.naming import joined
from shortplank.wording.numbers import interval_text, number_text, short_value
from shortplank.wording.periods import month_key, month_text
from shortplank.wording.sides import (
    COUNTY,
    against_text,
    is_weak,
    range_name,
    range_side,
    same_period_change,
    same_period_side,
    target_met,
    within_range,
)
from shortplank.wording.verdicts import STATE_WORDS, alike_text, target_verdict

LEVEL = 0.998
# Of two-sided limits that chance passes in one of 500, half are on the worse side.
ONE_SIDE = (1 - LEVEL) / 2
SPARK_MONTHS = 25
CHANGED_WORDS = {
    "up": BEYOND,
    "down": BEYOND,
    "within": BY_CHANCE,
    "untested": UNTESTED,
}


@dataclass(frozen=True)
class Tile:
    """One headline indicator: value, interval, target, same period, peers, verdict in words."""

    indicator: str
    item: Indicator
    window: Window
    value: float
    lower: float
    upper: float
    base: float
    state: str
    target: TargetLine | None
    change: tuple[float, float, float]
    rank: int | None
    ranked_among: int
    rank_move: int | None
    code: str
    word: str
    spark: list[float]

    @property
    def changed(self) -> str:
        """Return what the same-period change says: up, down, within chance, or untested.

        Nothing where there is no earlier period; untested where the figure has no interval.
        """
        difference, lower, upper = self.change
        if np.isnan(difference):
            return ""
        if np.isnan(lower):
            return "untested"
        if lower <= 0 <= upper:
            return "within"
        return "up" if difference > 0 else "down"

    @property
    def changed_word(self) -> str:
        """Return what was found of the same-period change, for the line that shows it."""
        return CHANGED_WORDS.get(self.changed, "")


@dataclass(frozen=True)
class Concern:
    """A township that stands beyond 99.8 % limits in a service or quality indicator."""

    area_code: str
    name: str
    indicator: str
    label: str
    text: str


@dataclass(frozen=True)
class Restatement:
    """An edition of the last weeks that changed earlier months."""

    number: int
    published: date
    months: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Overview(Told):
    """All that the first page shows."""

    period: str
    tiles: list[Tile]
    concerns: list[Concern]
    overall: str
    reports: Reports
    restatements: list[Restatement]
    months_passed: int


def overview(view: View) -> Overview:
    """Return the county's month at a glance."""
    history = view.ask(
        "county_history_by_indicator",
        area=view.county.area_code,
        first_month=add_months(view.month, -SPARK_MONTHS + 1),
        month=view.month,
    )
    tiles = [tile(view, key, history) for key in view.ws.scheme.headline]
    concerns, tested = _concerns(view)
    reports = reports_of(view)
    period = f"统计年度{view.statistical_year}已过 {view.months_of_year} / 12 个月"
    overall = _overall(view)
    return Overview(
        title=_title(view, tiles, concerns, reports.unreported),
        about=(f"{view.county.name}月度调度", period, overall),
        period=period,
        tiles=tiles,
        concerns=concerns,
        named=tuple(dict.fromkeys(each.name for each in concerns)),
        tested=tested,
        overall=overall,
        reports=reports,
        restatements=_restatements(view),
        months_passed=view.months_of_year,
        notes=_notes(view, tiles, history),
    )


def tile(view: View, indicator: str, history: pa.Table) -> Tile:
    """Return one headline indicator in its own window."""
    item = view.ws.indicators[indicator]
    window = item.default_window
    rows = history.filter(pc.equal(history["indicator"], indicator))
    months = rows["stat_month"].to_pylist()
    series = _series(view, item, rows, window)
    now = months.index(view.month) if view.month in months else None
    before = add_months(view.month, -12)
    then = months.index(before) if before in months else None
    target = target_of(view, indicator, view.county.area_code)
    standing, earlier = _standing(view, indicator) if rankable(item) else (None, None)
    code, word = _judge(item, series, now, target)
    return Tile(
        indicator=indicator,
        item=item,
        window=window,
        value=_at(series.value, now),
        lower=_at(series.lower, now),
        upper=_at(series.upper, now),
        base=_at(series.base, now),
        state="missing" if now is None else series.state[now],
        target=target,
        change=_change(item, series, now, then if same_period_full(view, window) else None),
        rank=standing.home_rank if standing else None,
        ranked_among=standing.size if standing else 0,
        rank_move=_rank_move(standing, earlier),
        code=code,
        word=word,
        spark=[float(v) for v in series.value],
    )


def _series(view: View, item: Indicator, rows: pa.Table, window: Window) -> Measured:
    prefix = PREFIX[window]
    held = rows["stat_month"].to_pylist()
    months = [str(m) for m in held]
    return measure(
        item,
        months,
        months,
        column(rows, f"{prefix}numerator"),
        column(rows, f"{prefix}denominator"),
        column(rows, "expected"),
        full=[has_figure(view, window, month) for month in held],
    )


def _at(values: np.ndarray, place: int | None) -> float:
    return float("nan") if place is None else float(values[place])


def _change(
    item: Indicator, series: Measured, now: int | None, then: int | None
) -> tuple[float, float, float]:
    nothing = (float("nan"),) * 3
    if now is None or then is None or np.isnan(series.value[[now, then]]).any():
        return nothing
    return change_between(item, series.x[now], series.n[now], series.x[then], series.n[then])


def _standing(view: View, indicator: str) -> tuple[Peers | None, Peers | None]:
    looking = view.with_(indicator=indicator, window="ytd")
    standing = peers(looking)
    before = add_months(view.month, -1)
    if standing is None or view.ws.statistical_year(before) != view.statistical_year:
        return standing, None
    return standing, peers(looking, before)


def _rank_move(now: Peers | None, before: Peers | None) -> int | None:
    if now is None or before is None or now.home_rank is None or before.home_rank is None:
        return None
    return before.home_rank - now.home_rank if before.month != now.month else None


def _judge(
    item: Indicator, series: Measured, now: int | None, target: TargetLine | None
) -> tuple[str, str]:
    """Return the verdict's code and its words: against the natural range or the target."""
    if now is None or series.state[now] not in ("ok", "zero"):
        state = "missing" if now is None else series.state[now]
        return "none", STATE_WORDS.get(state, "–")
    lower, upper = series.lower[now], series.upper[now]
    if item.target_range is not None:
        low, high = item.target_range
        if np.isnan(lower):
            return "none", "不作评价"
        if lower > high:
            return "worse", range_side(item, above=True)
        if upper < low:
            return "worse", range_side(item, above=False)
        if low <= lower and upper <= high:
            return "better", within_range(item)
        return "similar", alike_text(range_name(item))
    if target is None or item.polarity == "none":
        return "none", "只列数，不作评价"
    codes = verdicts_against(item, series.pick([now]), target.value)
    if codes[0] == "none":
        met = not is_weak(item, float(series.value[now]), target.value)
        return "none", target_met(met=met)
    return codes[0], target_verdict(item, codes[0]) or STATE_WORDS["too_few"]


def _overall(view: View) -> str:
    """Return the overall place that the bulletin published, in words; nothing without one."""
    key = next((k for k, item in view.ws.indicators.items() if item.kind == "published"), None)
    if key is None:
        return ""
    standing = peers(view.with_(indicator=key, window="ytd"))
    if standing is None or standing.home is None:
        return ""
    rank = standing.published_ranks[standing.home]
    if np.isnan(rank):
        return ""
    month = month_text(standing.month)
    return f"省通报综合第 {int(rank)} 位（{standing.size} 县，{month}）"


# --- what needs attention -------------------------------------------------------------------------
def _concerns(view: View) -> tuple[list[Concern], int]:
    """Return townships worse than the county beyond 99.8 % limits, and how many were tested."""
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    found, tested = [], 0
    for key in view.ws.scheme.headline:
        item = view.ws.indicators[key]
        if not item.helpable or item.interval != "wilson" or "township" not in item.levels:
            continue
        rows = table.filter(pc.equal(table["indicator"], key))
        county, towns = (
            from_table(item, rows.filter(pc.equal(rows["level"], level)), item.default_window)
            for level in ("county", "township")
        )
        if not county.codes or np.isnan(county.value[0]) or len(towns.codes) < 2:
            continue
        value = float(county.value[0])
        codes = verdicts_against(item, towns, value, level=LEVEL)
        if item.target_range is not None:  # a range is judged by itself, on either side
            codes = verdicts_against_range(item, towns, level=LEVEL)
        tested += sum(code not in ("none", "too_few") for code in codes)
        found += [
            _concern(item, key, towns, i, value) for i, code in enumerate(codes) if code == "worse"
        ]
    return found, tested


def _concern(item: Indicator, key: str, towns: Measured, i: int, county: float) -> Concern:
    than = f"{COUNTY} {short_value(item, county)}"
    than = than if item.target_range is None else against_text(item)
    text = (
        f"{item.label} {short_value(item, towns.value[i])}"
        f"（{interval_text(item, towns.lower[i], towns.upper[i])}，"
        f"n={number_text(towns.n[i])}），{than}"
    )
    return Concern(towns.codes[i], towns.names[i], key, item.label, text)


def _restatements(view: View) -> list[Restatement]:
    """Return the editions since the month's end before last that changed earlier months."""
    since = add_months(view.month, 0)
    found = []
    for number in range(view.edition, 0, -1):
        edition = view.engine.edition(number)
        day = edition.published_at.date()
        if day < since:
            break
        earlier = tuple(m for m in edition.restates if m <= month_key(view.month))
        if earlier:
            found.append(Restatement(number, day, earlier, edition.why))
    return found


def _title(view: View, tiles: list[Tile], concerns: list[Concern], unreported: list[str]) -> str:
    """Return the month in one sentence: what moved beyond chance, and what to ask of whom."""
    parts = _moved(tiles) or _unmoved(tiles)
    asked = sorted({c.name for c in concerns})
    if asked:
        parts.append(f"{len(asked)} 个乡镇需要过问")
    if unreported:
        parts.append(f"{len(unreported)} 个乡镇未报齐")
    return f"{month_text(view.month)}：" + "；".join(parts)


def _moved(tiles: list[Tile]) -> list[str]:
    """Return which headline indicators changed beyond chance since the year before.

    Only of one with a direction is a change better or worse.
    """
    moved = [t for t in tiles if t.changed in ("up", "down")]
    judged = [t for t in moved if t.item.helpable and t.item.polarity in ("up", "down")]
    worse = [t for t in judged if (t.changed == "up") != (t.item.polarity == "up")]
    better = [t for t in judged if t not in worse]
    parts = []
    if worse:
        parts.append(same_period_change(joined([t.item.label for t in worse], 2), better=False))
    if better:
        parts.append(same_period_change(joined([t.item.label for t in better], 2), better=True))
    for way in ("up", "down"):
        names = [t.item.label for t in moved if t.changed == way and t not in judged]
        side = same_period_side(joined(names, 2), above=way == "up")
        parts += [side] if names else []
    return parts


def _unmoved(tiles: list[Tile]) -> list[str]:
    """Return that nothing moved, of how many indicators that was tested, and which have no test."""
    tally = Tally.of_changes(tile.change for tile in tiles)
    untested = [tile.item.label for tile in tiles if tile.changed == "untested"]
    parts = [
        all_clear(tally, "项指标", "与上年同期的差异"),
        without_test(untested, "与上年同期的差"),
    ]
    return [part for part in parts if part] or ["没有可与上年同期比较的指标"]


def _notes(view: View, tiles: list[Tile], history: pa.Table) -> list[str]:
    notes = dict.fromkeys(
        note
        for window in dict.fromkeys(t.window for t in tiles)
        for note in window_notes(view, window)
    )
    if late := _late_months(view, tiles, history):
        notes[f"累计中有月份未报齐：{joined(late)}"] = None
    past = [t.item.label for t in tiles if t.item.historical]
    return [*notes, *([f"{joined(past)}为历史口径"] if past else [])]


def _late_months(view: View, tiles: list[Tile], history: pa.Table) -> list[str]:
    """Return the earlier months within the tiles' windows whose reports did not all come."""
    found: set[date] = set()
    for tile in tiles:
        first = view.with_(window=tile.window).window_start
        rows = history.filter(pc.equal(history["indicator"], tile.indicator))
        expected, reported = column(rows, "expected"), column(rows, "reported")
        lacking = silent(expected, reported) | partly(expected, reported)
        months = rows["stat_month"].to_pylist()
        found |= {
            m for m, late in zip(months, lacking, strict=True) if late and first <= m < view.month
        }
    return [month_text(month) for month in sorted(found)]
