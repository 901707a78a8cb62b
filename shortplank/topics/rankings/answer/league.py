"""The county among its peers: its place by indicator, and how the places changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats, column, texts, values_of
from shortplank.reading.peers import Peers, peers
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.store import add_months
from shortplank.wording.naming import joined
from shortplank.wording.numbers import places_since_text, value_text, whole
from shortplank.wording.periods import month_key, month_text
from shortplank.wording.verdicts import STATE_WORDS

BUMP_MONTHS = 24


@dataclass(frozen=True)
class Place:
    """The county's place among the peers in one indicator."""

    indicator: str
    item: Indicator
    value: float
    counted_rank: int | None
    published_rank: int | None
    size: int
    shadow: tuple[str, int, int] | None
    month: date
    few: bool = False

    @property
    def rank(self) -> int | None:
        """Return the place that is told: as published where there is one, else as counted."""
        return self.published_rank if self.published_rank is not None else self.counted_rank

    @property
    def mark(self) -> str:
        """Return the mark of the last places: 末位, 倒二位, nothing elsewhere; or 样本太少."""
        if self.few:
            return STATE_WORDS["too_few"]
        return {0: "末位", 1: "倒二位"}.get(self.from_last, "")

    @property
    def from_last(self) -> int:
        """Return how many places below it are: 0 for the last; -1 where too few are ranked."""
        return -1 if self.rank is None or self.size < 3 else self.size - self.rank

    @property
    def is_last(self) -> bool:
        """Return whether the county stands last or last but one, on enough cases to say so."""
        return self.from_last in (0, 1) and not self.few

    @property
    def differs(self) -> bool:
        """Return whether the published rank is not the one that its own counts give."""
        both = self.published_rank is not None and self.counted_rank is not None
        return both and self.published_rank != self.counted_rank


@dataclass(frozen=True)
class League(Told):
    """The county's places by indicator, the worst first."""

    places: list[Place]
    region: str

    @property
    def is_empty(self) -> bool:
        """Return whether no indicator has a place."""
        return not self.places


@once()
def league(view: View) -> League:
    """Return the county's place among its peers in every indicator that has them."""
    places = [
        place
        for key, item in view.ws.indicators.items()
        if (standing := peers(view.with_(indicator=key, window="ytd"))) is not None
        and (place := _place(key, item, standing)) is not None
    ]
    places.sort(key=lambda p: (-(p.rank or 0) / max(p.size, 1), p.item.label))
    region = _region(view)
    return League(
        places,
        region,
        title=_league_title(places),
        about=(f"{view.county.name}在同类县中的位次", region, "实心为通报，空心为重算"),
        sentence=_league_sentence(places),
    )


def _place(key: str, item: Indicator, standing: Peers) -> Place | None:
    if standing.home is None or np.isnan(standing.values[standing.home]):
        return None
    # A single share of births or of procedures orders nobody; what the bulletin ranked is told.
    published = standing.published_ranks[standing.home]
    ranked = item.polarity != "none"
    counted = standing.ranks[standing.home] if ranked and standing.counted else np.nan
    if np.isnan(published) and np.isnan(counted):
        return None
    return Place(
        indicator=key,
        item=item,
        value=float(standing.values[standing.home]),
        counted_rank=None if np.isnan(counted) else int(counted),
        published_rank=None if np.isnan(published) else int(published),
        size=standing.size,
        shadow=_shadow(item, standing) if ranked else None,
        month=standing.month,
        few=standing.too_few and np.isnan(published),
    )


def _shadow(item: Indicator, standing: Peers) -> tuple[str, int, int] | None:
    """Return the rank that the county would have in the other regional group."""
    assert standing.home is not None
    own = standing.regions[standing.home]
    others = sorted({r for r in standing.regions if r and r != own})
    if len(others) != 1:
        return None
    held = np.array([r == others[0] for r in standing.regions]) & ~np.isnan(standing.values)
    if not held.any():
        return None
    rivals = np.append(np.round(standing.values[held], 9), round(standing.values[standing.home], 9))
    ranks = stats.competition_ranks(rivals, item.polarity, item.target_range)
    return others[0], int(ranks[-1]), int(held.sum()) + 1


def _region(view: View) -> str:
    mine = [p for p in view.ws.peers if p.area_code == view.county.area_code]
    now = [
        p for p in mine if p.valid_from <= view.month and not (p.valid_to or date.max) < view.month
    ]
    return now[0].group if now else ""


def _league_title(places: list[Place]) -> str:
    if not places:
        return "本期没有同类县的数可以比较"
    last, near = (
        [p.item.label for p in places if p.from_last == below and not p.few] for below in (0, 1)
    )
    parts = [f"{joined(last)}居末位"] if last else []
    parts += [f"{joined(near)}居倒二位"] if near else []
    firm = [p for p in places if not p.few]
    if not firm:
        return _too_few_text(joined([p.item.label for p in places]))
    if not parts:
        worst = firm[0]
        return f"{len(firm)} 项中最靠后：{worst.item.label}第 {worst.rank}"
    return "；".join(parts)


def _too_few_text(labels: str) -> str:
    """Return that a place in an order rests on too few cases to be read."""
    return f"{labels}：{STATE_WORDS['too_few']}，位次不作评价"


def _league_sentence(places: list[Place]) -> str:
    if not places:
        return ""
    other = [
        f"{p.item.label}通报第 {p.published_rank}、按分子分母重算第 {p.counted_rank}"
        for p in places
        if p.differs
    ]
    only = [p.item.label for p in places if p.counted_rank is None]
    parts = [f"共 {len(places)} 项指标有同类县数据"]
    if other:
        parts.append("通报与重算不一致，值得核对：" + "；".join(other))
    if only:
        parts.append(f"{joined(only)}只有通报位次，没有分子分母，不作重算和区间")
    return "；".join(parts) + "。"


def league_table(answer: League) -> pa.Table:
    """Return the places as a table, the worst first."""
    rows = answer.places
    return pa.table(
        {
            "指标": [p.item.label for p in rows],
            "本县": [value_text(p.item, p.value) for p in rows],
            "通报位次": pa.array([p.published_rank for p in rows], pa.int64()),
            "重算位次": pa.array([p.counted_rank for p in rows], pa.int64()),
            "县数": [p.size for p in rows],
            "标记": [p.mark or "" for p in rows],
            "若在另一组": [
                f"{p.shadow[0]} {p.shadow[2]} 县第 {p.shadow[1]}" if p.shadow else "–" for p in rows
            ],
            "截至": [month_key(p.month) for p in rows],
        }
    )


@dataclass(frozen=True)
class Bump(Told):
    """Every peer's rank over the months; rows are peers, columns months."""

    item: Indicator
    months: list[date]
    codes: list[str]
    names: list[str]
    ranks: Floats
    published: Floats
    home: int | None
    few: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether the county has a rank in fewer than two months."""
        return self.home is None or int((~np.isnan(self.told[self.home])).sum()) < 2

    @property
    def told(self) -> Floats:
        """Return the ranks that are drawn: counted, else as published."""
        return np.where(np.isnan(self.ranks), self.published, self.ranks)


@once()
def bump(view: View) -> Bump:
    """Return the peers' ranks over the last months, cumulative over each statistical year."""
    table = view.peer_months(add_months(view.month, 1 - BUMP_MONTHS))
    item = view.item
    months = sorted(set(table["stat_month"].to_pylist()))
    names = dict(zip(texts(table, "area_code"), texts(table, "name"), strict=True))
    codes = sorted(names)
    ranks, published = (np.full((len(codes), len(months)), np.nan) for _ in range(2))
    for at, month in enumerate(months):
        rows = table.filter(pc.equal(table["stat_month"], pa.scalar(month, pa.date32())))
        places = [codes.index(code) for code in texts(rows, "area_code")]
        published[places, at] = column(rows, "published_rank")
        ranks[places, at] = _counted_ranks(item, rows)
    home = codes.index(view.county.area_code) if view.county.area_code in codes else None
    standing = peers(view.with_(window="ytd"))
    few = standing is not None and standing.counted and standing.too_few
    own = [names[code] for code in codes]
    about = (item.label, "年度累计位次", "灰线为其他同类县")
    return _bump_told(Bump(item, months, codes, own, ranks, published, home, few, about=about))


def _counted_ranks(item: Indicator, rows: pa.Table) -> Floats:
    """Return ranks by the peers' own counts, NaN for all where there are none to be ranked.

    A month without a bulletin has the county alone, and alone nobody is first.
    """
    own = values_of(item, column(rows, "numerator"), column(rows, "denominator"))
    value = np.where(np.isnan(own), column(rows, "published_value"), own)
    if (
        item.polarity == "none"
        or item.kind == "published"
        or np.count_nonzero(~np.isnan(value)) < 2
    ):
        return np.full(rows.num_rows, np.nan)
    return np.asarray(stats.competition_ranks(np.round(value, 9), item.polarity, item.target_range))


def _bump_told(made: Bump) -> Bump:

    if made.is_empty or made.home is None:
        text = f"{made.item.label}没有两个月以上的同类县位次"
        return replace(made, title=text, sentence=text + "。")
    line = made.told[made.home]
    known = np.flatnonzero(~np.isnan(line))
    if made.few:
        text = _too_few_text(made.item.label)
        return replace(made, title=text, sentence=text + "。")
    first, last = int(known[0]), int(known[-1])
    move = int(line[first] - line[last])
    size = int((~np.isnan(made.told[:, last])).sum())
    when = month_text(made.months[last])
    of = f"（{size} 县）" if size > 1 else ""  # of a published place the others may be unknown
    title = f"{made.item.label}：{when}第 {int(line[last])} 位{of}"
    low, high = int(np.nanmin(line)), int(np.nanmax(line))
    since = places_since_text(month_text(made.months[first]), int(line[first]), move, low, high)
    sentence = f"{since}。统计年度之初累计数少，名次本来就跳动，不宜解读单月的升降。"
    return replace(made, title=title, sentence=sentence)


def bump_table(made: Bump) -> pa.Table:
    """Return the county's own ranks by month."""
    home = made.home if made.home is not None else 0
    known = [i for i in range(len(made.months)) if not np.isnan(made.told[home, i])]
    return pa.table(
        {
            "月份": [month_key(made.months[i]) for i in known],
            "重算位次": pa.array([whole(made.ranks[home, i]) for i in known], pa.int64()),
            "通报位次": pa.array([whole(made.published[home, i]) for i in known], pa.int64()),
            "县数": [int((~np.isnan(made.told[:, i])).sum()) for i in known],
        }
    )
