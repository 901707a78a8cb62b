"""Where the county stands among the peer counties: counted where possible, else as published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats, Measured, base_of, column, texts, values_of
from shortplank.reading.series import Series
from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.wording.numbers import fewer_than
from shortplank.wording.periods import month_key


@dataclass(frozen=True)
class Peers:
    """The peer counties on one scale; ranks are competition ranks, published ones kept apart."""

    codes: list[str]
    names: list[str]
    regions: list[str]
    values: Floats
    ranks: Floats
    published_ranks: Floats
    month: date
    counted: bool
    home: int | None
    base: Floats
    least: float

    @property
    def too_few(self) -> bool:
        """Return whether the county's own count is too small for a rank to mean anything."""
        return self.home is not None and bool(self.base[self.home] < self.least)

    @property
    def size(self) -> int:
        """Return how many peers have a value."""
        return int(np.count_nonzero(~np.isnan(self.values)))

    @property
    def home_rank(self) -> int | None:
        """Return the county's rank: counted where all are, else as the bulletin published it.

        A rank that rests on too few is none: it says where chance put the county.
        """
        if self.home is None or (self.counted and self.too_few):
            return None
        ranks = self.ranks if self.counted else self.published_ranks
        rank = ranks[self.home]
        return None if np.isnan(rank) else int(rank)

    def rank_of(self, item: Indicator, value: float) -> int | None:
        """Return where a value would stand if it took the county's place."""
        if np.isnan(value) or self.size < 2:
            return None
        rivals = np.delete(self.values, self.home) if self.home is not None else self.values
        ranks = stats.competition_ranks(
            np.round([*rivals, value], 9), item.polarity, item.target_range
        )
        return int(ranks[-1])


def peers(view: View, month: date | None = None) -> Peers | None:
    """Return the peers' standing over the statistical year to a month, None without any value."""
    when = month or view.month
    item = view.item
    table = _rows(view, when)
    if table.num_rows < 2:
        return None
    published = column(table, "published_value")
    own = values_of(item, column(table, "numerator"), column(table, "denominator"))
    values = np.where(np.isnan(own), published, own)
    if np.count_nonzero(~np.isnan(values)) < 2:
        return None
    codes = texts(table, "area_code")
    home = codes.index(view.county.area_code) if view.county.area_code in codes else None
    others = np.arange(len(codes)) != (-1 if home is None else home)
    counted = not np.isnan(own[others & ~np.isnan(values)]).any()
    ranks = stats.competition_ranks(np.round(values, 9), item.polarity, item.target_range)
    return Peers(
        codes,
        texts(table, "name"),
        texts(table, "region"),
        values,
        ranks,
        column(table, "published_rank"),
        table["stat_month"][0].as_py(),
        counted,
        home,
        base_of(item, column(table, "numerator"), column(table, "denominator")),
        max(item.min_denominator, item.grey_denominator),
    )


def year_place_text(standing: Peers | None) -> str:
    """Return where the county's place is to be found, or why its year to date has none."""
    if standing is None:
        return "同类县没有这项数，不列同类县位次"
    if standing.home_rank is not None:
        return "与同类县只比年度累计，换到年度累计看位次"
    if standing.counted and standing.too_few:
        return f"本县年度累计{fewer_than(standing.least)}，不列同类县位次"
    return "通报里没有本县这项数，不列同类县位次"


def peer_median(view: View, first: date) -> Series | None:
    """Return the median of the peers' cumulative values by month, without the county's own."""
    item = view.item
    table = view.peer_months(first)
    table = table.filter(pc.not_equal(table["area_code"], view.county.area_code))
    own = values_of(item, column(table, "numerator"), column(table, "denominator"))
    values = np.where(np.isnan(own), column(table, "published_value"), own)
    days = table["stat_month"].cast(pa.int32()).to_numpy().astype(np.int64)
    found, medians, counts = stats.medians_by_group(days, values)
    several = counts > 1
    if not several.any():
        return None
    middle = medians[several]
    months = pa.array(found[several], pa.int32()).cast(pa.date32()).to_pylist()
    unknown = np.full(len(months), np.nan)
    keys = [month_key(month) for month in months]
    return Series(
        "",
        "同类县中位",
        months,
        [view.ws.statistical_year(month) for month in months],
        Measured(
            codes=keys,
            names=keys,
            x=unknown,
            n=unknown,
            base=unknown,
            value=middle,
            lower=unknown,
            upper=unknown,
            state=["ok"] * len(months),
        ),
        [True] * len(months),
        unknown,
        unknown,
    )


def _rows(view: View, when: date) -> pa.Table:
    """Return the peers' rows of a month; the view's own and the one before come with one answer."""
    year_month = view.ws.year_start(view.month)
    asked = view.month if year_month <= when and when == add_months(view.month, -1) else when
    every = view.ask("peers_by_indicator", month=asked, year_month=view.ws.year_start(asked))
    mine = pc.and_(
        pc.equal(every["indicator"], view.indicator), pc.equal(every["as_of"], pa.scalar(when))
    )
    return every.filter(mine)
