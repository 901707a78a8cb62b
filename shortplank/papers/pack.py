"""What the papers of one meeting are made of: the pages' own answers, asked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from shortplank.catalogue.models import Indicator
from shortplank.errors import ShortplankError
from shortplank.reading.filed import refuse_unknown_month
from shortplank.reading.gaps import history_start
from shortplank.reading.offered import for_draws, for_villages
from shortplank.reading.published import dated, stamp_parts
from shortplank.reading.view import View
from shortplank.records.follow_ups import FollowUp, follow_ups, last_items
from shortplank.records.meeting import (
    frozen_view,
    meeting_of,
    restated_since,
    since_text,
)
from shortplank.records.pinned import Note, note_text, notes
from shortplank.store import Engine, add_months
from shortplank.topics.bench.kept import Pinned, pinned_queries
from shortplank.topics.inspection.answer.rehearsal import (
    Rehearsal,
    default_plan,
    rehearsal,
)
from shortplank.topics.overview.answer import Overview, Tile, overview
from shortplank.topics.quality.answer.signals import Signals, signals
from shortplank.topics.rankings.answer.ranking import Ranking, rankable, ranking
from shortplank.topics.sex_ratio.answer.sex_ratio import (
    SexRatio,
    default_span,
    looks_of,
    sex_ratio,
    sex_ratio_items,
)
from shortplank.topics.short_plank.answer.short_plank import ShortPlank, short_plank
from shortplank.topics.short_plank.answer.warning_list import WarningList, warning_list
from shortplank.topics.trends.answer.trend import Trend, trend
from shortplank.wording.numbers import interval_text, points_text, rounded, value_text
from shortplank.wording.periods import WINDOW_LABELS, month_key, month_text, months_text
from shortplank.wording.verdicts import STATE_WORDS

UNFROZEN = "未定版，按最新一版"
NOTES = "标注"
# So many notes stand under a picture.
MOST_NOTES = 2


@dataclass(frozen=True)
class Quarter:
    """A quarter of the statistical year: 2010Q2 is January to March 2010."""

    year: int
    number: int
    months: tuple[date, date, date]

    @property
    def key(self) -> str:
        """Return the quarter as files name it: 2010Q2."""
        return f"{self.year}Q{self.number}"

    @property
    def name(self) -> str:
        """Return the quarter in words, without its months."""
        return f"{self.year}统计年度第{self.number}季度"

    @property
    def text(self) -> str:
        """Return the quarter in words."""
        return f"{self.name}（{months_text(self.months[0], self.months[-1])}）"


def quarter_of(engine: Engine, text: str) -> Quarter:
    """Return the quarter that 2010Q2 names; `ShortplankError` for what is no quarter."""
    year, mark, number = text.upper().partition("Q")
    if not (mark and year.isdecimal() and len(year) == 4 and number in ("1", "2", "3", "4")):
        raise ShortplankError(f"{text} 不是季度", mend="请写成 2010Q2")
    opens = engine.ws.settings.statistical_year_first_month
    start = date(int(year) - (1 if opens > 1 else 0), opens, 1)
    first = add_months(start, 3 * (int(number) - 1))
    months = (first, add_months(first, 1), add_months(first, 2))
    return Quarter(int(year), int(number), months)


def quarter_ending(engine: Engine, month: date) -> Quarter | None:
    """Return the quarter of the statistical year that a month is the last of, None for others."""
    opens = engine.ws.settings.statistical_year_first_month
    place = (month.month - opens) % 12
    if place % 3 != 2:
        return None
    year = month.year + (1 if opens > 1 and month.month >= opens else 0)
    return quarter_of(engine, f"{year}Q{place // 3 + 1}")


@dataclass(frozen=True)
class Chapter:
    """One headline indicator: its tile, its months and its townships, as far as there are."""

    indicator: str
    item: Indicator
    tile: Tile
    trend: Trend | None
    ranking: Ranking | None


@dataclass(frozen=True)
class Pack:
    """All answers of a meeting's papers, in one view: its edition, its role."""

    view: View
    quarter: Quarter | None
    frozen: str
    overview: Overview
    chapters: list[Chapter]
    sex_ratio: SexRatio | None
    plank: ShortPlank | None
    inspection: Rehearsal | None
    signals: Signals
    warnings: WarningList
    items: list[FollowUp]
    last: list[FollowUp]
    restated: list[str]
    since: str
    queries: list[Pinned]
    """The pinned queries, each run for the view's role; what it may not see is not among them."""
    notes: list[Note]
    """What is pinned to the month's pages, as far as the view's role may read it."""

    def noted(self, page: str, indicator: str = "") -> str:
        """Return what stands under a picture: the notes pinned to its page, "" without any."""
        asked = ("", indicator)
        here = [n for n in self.notes if n.place.page == page and n.place.indicator in asked]
        said = "；".join(note_text(self.view, note) for note in here[:MOST_NOTES])
        left = len(here) - MOST_NOTES
        more = f"；余 {left} 条见工作簿“{NOTES}”表" if left > 0 else ""
        return f"{NOTES}：{said}{more}。" if here else ""

    @property
    def when(self) -> str:
        """Return what the papers are of: 2010年5月, 2010统计年度第2季度."""
        return self.quarter.name if self.quarter else month_text(self.view.month)

    @property
    def when_text(self) -> str:
        """Return the same, of a quarter with its months."""
        return self.quarter.text if self.quarter else self.when

    @property
    def when_key(self) -> str:
        """Return the same as files name it: 2010-05, 2010Q2."""
        return self.quarter.key if self.quarter else month_key(self.view.month)

    @property
    def title(self) -> str:
        """Return the papers' title."""
        return f"{self.view.county.name}{self.when_text}调度材料"

    @property
    def stamp(self) -> str:
        """Return what stands on every slide and sheet: edition, date of the data, exactness."""
        parts = [
            self.view.county.name,
            month_text(self.view.month),
            *stamp_parts(self.view.published),
            self.frozen,
        ]
        parts += ["内部使用"] if self.view.may("see_exact") else []
        parts += ["演示数据"] if self.view.ws.settings.demo else []
        return " · ".join(part for part in parts if part)

    @property
    def about(self) -> dict[str, str]:
        """Return what stands on every table that is taken away."""
        return {
            "单位县": self.view.county.name,
            "月份": month_key(self.view.month),
            "版次": f"第{self.view.edition}版",
            **dated(self.view.published),
            "口径": self.view.actor.exactness,
            "定版": self.frozen or "已定版",
        }


def pack(view: View, quarter: Quarter | None = None) -> Pack:
    """Return the answers for the papers of the view's month, in its meeting's frozen edition."""
    own = frozen_view(view)
    refuse_unknown_month(own)
    frozen = "" if meeting_of(view) else UNFROZEN
    first = overview(own)
    return Pack(
        view=own,
        quarter=quarter,
        frozen=frozen,
        overview=first,
        chapters=[_chapter(own, tile) for tile in first.tiles],
        sex_ratio=_sex_ratio(own),
        plank=_plank(own),
        inspection=_inspection(own),
        signals=signals(own),
        warnings=warning_list(own),
        items=[each for each in follow_ups(own) if each.month == own.month],
        last=last_items(own),
        restated=restated_since(own),
        since=since_text(own),
        queries=pinned_queries(own),
        notes=[note for note in notes(own) if note.place.month == own.month],
    )


def _chapter(view: View, tile: Tile) -> Chapter:
    item = tile.item
    own = view.with_(indicator=tile.indicator, window=item.default_window)
    towns = rankable(item) and "township" in item.levels and item.interval != "srb"
    return Chapter(
        indicator=tile.indicator,
        item=item,
        tile=tile,
        trend=trend(own, "years") if item.kind != "published" else None,
        ranking=ranking(own) if towns else None,
    )


def _sex_ratio(view: View) -> SexRatio | None:
    keys = [key for key, item in view.ws.indicators.items() if item.interval == "srb"]
    if not keys:
        return None
    looks = looks_of(view)
    look = "orders" if "orders" in looks else next(iter(looks))
    first = next(iter(sex_ratio_items(view)))
    made = sex_ratio(view, look, default_span(view), first)
    return None if made.is_empty else made


def _plank(view: View) -> ShortPlank | None:
    key = view.ws.scheme.short_plank_default
    if key is None or not for_villages(view.ws.indicators[key]):
        return None
    made = short_plank(view.with_(indicator=key, window="ytd"))
    return None if made.is_empty else made


def _inspection(view: View) -> Rehearsal | None:
    key = view.ws.scheme.short_plank_default
    if key is None or not for_draws(view.ws.indicators[key]):
        return None
    own = view.with_(indicator=key, window="ytd")
    made = rehearsal(own, default_plan(own))
    return None if made.is_empty else made


# --- tables that deck, workbook and bulletin share ------------------------------------------------
def tiles_table(made: Pack) -> pa.Table:
    """Return the headline indicators as a table, a row each."""
    tiles = made.overview.tiles
    return pa.table(
        {
            "指标": [tile.item.label for tile in tiles],
            "时段": [WINDOW_LABELS[tile.window] for tile in tiles],
            "数值": pa.array(
                [rounded(tile.value, tile.item.decimals) for tile in tiles], pa.float64()
            ),
            "单位": [tile.item.unit for tile in tiles],
            "95% 区间": [interval_text(t.item, t.lower, t.upper) for t in tiles],
            "分母": pa.array(
                [None if np.isnan(tile.base) else round(tile.base) for tile in tiles], pa.int64()
            ),
            "目标或线": pa.array(
                [tile.target.value if tile.target else None for tile in tiles], pa.float64()
            ),
            "同比": [change_text(tile) for tile in tiles],
            "结论": [tile.word for tile in tiles],
            "位次": pa.array([tile.rank for tile in tiles], pa.int64()),
            "县数": pa.array([tile.ranked_among or None for tile in tiles], pa.int64()),
        }
    )


def change_text(tile: Tile) -> str:
    """Return a headline's change in a year, with what the ledger says of it; counts have theirs."""
    if tile.counted is not None:
        return tile.counted.told
    parts = (points_text(tile.item, tile.change[0]), tile.moved)
    return "，".join(part for part in parts if part)


def quarter_table(view: View, quarter: Quarter) -> pa.Table:
    """Return each headline indicator's three single months.

    不适用 is a month in which nothing was to be filed, – one of which the edition has nothing.
    """
    months = quarter.months
    opened = history_start(view)
    columns: dict[str, list[str]] = {"指标": [], **{month_key(m): [] for m in months}}
    for key in view.ws.scheme.headline:
        item = view.ws.indicators[key]
        if "month" not in item.windows or item.interval == "srb":  # a month's births say nothing
            continue
        columns["指标"].append(item.label)
        series = trend(view.with_(indicator=key, window="month"), "curve").series
        for month in months:
            place = series.place(month)
            value = float("nan") if place is None else float(series.measured.value[place])
            # A series has no months in which nothing was due.
            state = "not_expected" if place is None else series.measured.state[place]
            if opened is None or not opened <= month <= view.month:
                state = ""
            told = STATE_WORDS.get(state) or value_text(item, value)
            columns[month_key(month)].append(told)
    return pa.table(columns)
