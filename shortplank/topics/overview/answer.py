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
from shortplank.reading.judged.announced import (
    change_word,
    finding_text,
    judged_label,
    listed_text,
    other_window_note,
)
from shortplank.reading.judged.counts import CountFact, count_fact, is_count, with_intervals
from shortplank.reading.judged.ledger import Finding, Ledger, ledger_of, masked
from shortplank.reading.measured import (
    PREFIX,
    Measured,
    change_between,
    column,
    measure,
)
from shortplank.reading.peers import Peers, peers
from shortplank.reading.targets import TargetLine, target_of
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.stats.judge.month import Place
from shortplank.store import add_months
from shortplank.topics.rankings.answer.ranking import rankable
from shortplank.wording.judged import (
    ALIKE,
    FOOTER,
    NO_WINDOW,
    NOT_JUDGED_HERE,
    VILLAGES,
    apart_text,
    how_tests,
    judged_by,
    missed_text,
    month_list_text,
    not_tested_text,
    place_text,
)
from shortplank.wording.naming import home_units, joined
from shortplank.wording.periods import month_key, month_text
from shortplank.wording.sides import has_target, is_weak, line_side, target_met
from shortplank.wording.verdicts import STATE_WORDS

SPARK_MONTHS = 25


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
    moved: str
    """What the ledger says of the change, "" where it is not the ledger's to say."""
    judged: str
    """In which window its word was judged, "" where that is the tile's own."""
    rank: int | None
    ranked_among: int
    rank_move: int | None
    code: str
    word: str
    spark: list[float]
    counted: CountFact | None = None
    """Of a count: the last twelve months against the twelve before."""


@dataclass(frozen=True)
class Concern:
    """What the ledger announces of one indicator at one level: who is listed, or what changed.

    ``first`` is the area that its link leads to, "" for none; ``check`` what to look at first.
    """

    indicator: str
    level: Place
    first: str
    text: str
    check: str


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


@once(stored=True)
def overview(view: View) -> Overview:
    """Return the county's month at a glance."""
    history = view.ask(
        "county_history_by_indicator",
        area=view.county.area_code,
        first_month=add_months(view.month, -SPARK_MONTHS + 1),
        month=view.month,
    )
    tiles = [tile(view, key, history) for key in view.ws.scheme.headline]
    book, reports = ledger_of(view), reports_of(view)
    period = f"{view.statistical_year}统计年度已过 {view.months_of_year} / 12 个月"
    overall = _overall(view)
    return Overview(
        title=_title(view, tiles, reports.unreported),
        about=(f"{view.county.name}月度调度", period),
        period=period,
        tiles=tiles,
        concerns=_concerns(view),
        named=tuple(dict.fromkeys(each.area for each in _listed(book))),
        tested=book.tests,
        how=(how_tests(book.tests), FOOTER) if book.tests else (),
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
    code, word = _judge(view, indicator, series, now, target)
    change = _change(item, series, now, then if same_period_full(view, window) else None)
    counted = None
    if is_count(view.ws, item):
        counted = count_fact(view.with_(indicator=indicator, area=view.county.area_code))
        series = with_intervals(view.ws, item, rows, series)
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
        change=change,
        moved="" if counted or np.isnan(change[0]) else change_word(view, indicator, window),
        judged=_judged_in(view, indicator, window) if code != "none" else "",
        rank=standing.home_rank if standing else None,
        ranked_among=standing.size if standing else 0,
        rank_move=_rank_move(standing, earlier),
        code=code,
        word=word,
        spark=[float(v) for v in series.value],
        counted=counted,
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
    view: View, indicator: str, series: Measured, now: int | None, target: TargetLine | None
) -> tuple[str, str]:
    """Return the verdict's code and its words: the ledger's on a range, or whether a target is met.

    A target is met or missed by the figure itself; births have a line and no target.
    """
    item = view.ws.indicators[indicator]
    if now is None or series.state[now] not in ("ok", "zero"):
        state = "missing" if now is None else series.state[now]
        return "none", STATE_WORDS.get(state, "–")
    if item.target_range is not None:
        return _judge_range(view, indicator)
    if target is None or item.polarity == "none":
        return "none", NOT_JUDGED_HERE
    met = not is_weak(item, float(series.value[now]), target.value)
    if has_target(item):
        return "better" if met else "worse", target_met(met=met)
    return "none", line_side(item, above=met == (item.polarity == "up"))


def _judge_range(view: View, indicator: str) -> tuple[str, str]:
    """Return what the ledger says of the county's own figure against its range."""
    book, item = ledger_of(view), view.ws.indicators[indicator]
    if not book.judges(indicator):
        return "none", NOT_JUDGED_HERE
    found = book.of(indicator, "county", "named")
    if not found:
        return "similar", ALIKE
    code = ("higher" if found[0].above else "lower") if item.interval == "srb" else "worse"
    return code, apart_text(item, above=found[0].above)


def _judged_in(view: View, indicator: str, window: Window) -> str:
    """Return the window in which the county's figure was held against its range: 按近36月判."""
    ranged = view.ws.indicators[indicator].target_range is not None
    if not ranged or not other_window_note(view, indicator, window):
        return ""
    return judged_by(judged_label(ledger_of(view), indicator))


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
    of = "" if standing.month == view.month else f"，{month_text(standing.month)}"
    return f"省通报综合第 {int(rank)} 位（{standing.size} 县{of}）"


# --- what needs attention -------------------------------------------------------------------------
def _listed(book: Ledger) -> list[Finding]:
    """Return the townships and villages that the month's list has."""
    return [
        each
        for each in book.findings
        if each.kind in ("named", "listed") and each.level != "county"
    ]


def _concerns(view: View) -> list[Concern]:
    """Return what the ledger announces, an indicator and level at a time: who is listed first.

    The surest stand first, by the exact q whatever the role may read of it.
    """
    groups: dict[tuple[str, Place], list[Finding]] = {}
    for each in ledger_of(view).findings:
        groups.setdefault((each.indicator, each.level), []).append(each)
    order = ("township", "village", "county")
    ranked = sorted(groups.items(), key=lambda group: order.index(group[0][1]))
    return [
        _concern(view, level, [masked(view, each) for each in sorted(found, key=_sureness)])
        for (_, level), found in ranked
    ]


def _sureness(found: Finding) -> tuple[bool, float]:
    """Return the order of findings: by q, who is listed because others are named behind them."""
    return found.q is None or found.kind == "listed", found.q or 0.0


def _concern(view: View, level: Place, found: list[Finding]) -> Concern:
    units = [each for each in found if each.kind in ("named", "listed") and level != "county"]
    item = found[0].item
    told = [listed_text(view, units)] if units else []
    rest = [finding_text(view, each) for each in found if each not in units]
    if told:  # its name stands before the units already
        rest = [text.removeprefix(f"{item.label}：") for text in rest]
    return Concern(
        indicator=found[0].indicator,
        level=level,
        first=units[0].area_code if units else "",
        text="；".join([*told, *rest]),
        check=item.check if units else "",
    )


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


def _title(view: View, tiles: list[Tile], unreported: list[str]) -> str:
    """Return the month in one sentence: what is listed, which targets are missed, the place."""
    parts = [_listed_part(view)]
    missed = [t.item.label for t in tiles if t.code == "worse" and t.target is not None]
    if missed:
        parts.append(missed_text(missed))
    if (place := _place(view, tiles)) is not None:
        parts.append(place)
    if unreported:
        parts.append(f"{len(unreported)} 个{home_units()}未报齐")
    return f"{month_text(view.month)}：" + "；".join(parts)


def _listed_part(view: View) -> str:
    """Return who is on the month's list, counted by level; else that nobody is, of how many."""
    book = ledger_of(view)
    if not book.tests:
        return not_tested_text(NO_WINDOW)
    found = _listed(book)
    counts = [
        (unit, len({each.area_code for each in found if each.level == level}))
        for level, unit in (("township", home_units()), ("village", VILLAGES))
    ]
    return month_list_text([(unit, count) for unit, count in counts if count])


def _place(view: View, tiles: list[Tile]) -> str | None:
    """Return the county's place among its peers: the bulletin's, else its last by indicator."""
    if overall := _overall(view):
        return overall
    placed = [t for t in tiles if t.rank is not None and t.ranked_among > 1]
    if not placed:
        return None
    last = max(placed, key=lambda t: (t.rank or 0) / t.ranked_among)
    return place_text(last.item.label, last.rank or 0, last.ranked_among)


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
