"""Villages as planks: rates pulled towards the common mean, and what each adds to the gap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import has_figure
from shortplank.reading.judged.ledger import Standing, ledger_of
from shortplank.reading.measured import (
    Floats,
    Measured,
    column,
    from_table,
    texts,
    values_of,
)
from shortplank.reading.targets import target_of
from shortplank.reading.view import View
from shortplank.stats.judge.comparisons import Side
from shortplank.stats.judge.lines import LineCount, line_count
from shortplank.stats.judge.posterior import Posterior, posterior
from shortplank.store.indicators import is_stock
from shortplank.wording import planks as words
from shortplank.wording.numbers import short_value, unit_suffix, value_text
from shortplank.wording.sides import is_weak, line_label
from shortplank.wording.verdicts import STATE_WORDS


@dataclass(frozen=True)
class Line:
    """The line that villages are held against: the easier of the county's target and the card's."""

    value: float
    label: str
    source: str
    text: str
    """The value by itself: 85%."""


@dataclass(frozen=True)
class Planks:
    """Villages in the register's order; NaN and empty lists where something cannot be said.

    ``standing`` is what the month's ledger says of them, None where they are not judged, ``at``
    each village's place in it; ``announced`` and ``compared`` the same by village. ``rate`` is
    the shrunken rate with its 95 % limits where an order by rate is shown at all, ``contribution``
    what a village adds to the county's gap from ``benchmark`` (all add up to ``gap``), ``weakest``
    and ``largest`` the two orders that people confuse, ``months_below`` in how many of
    ``months_known`` months it was on the wrong side of the line, ``months_running`` how many of
    them one after the other up to now, and ``late`` the villages that have not reported this month
    and stand with an earlier figure.
    """

    item: Indicator
    stock: bool
    standing: Standing | None
    villages: Measured
    towns: list[str]
    rate: Floats
    rate_lower: Floats
    rate_upper: Floats
    shrinks: bool
    county: float
    line: Line | None
    benchmark: float
    contribution: Floats
    gap: float
    months_below: Floats
    months_known: Floats
    months_running: Floats
    weakest: list[int]
    largest: list[int]
    at: list[int | None]
    announced: list[bool]
    compared: list[bool]
    late: list[int]

    @property
    def scattered(self) -> bool:
        """Return whether an order by rate is shown: somebody is listed, or they differ for sure."""
        return self.shrinks and _told_apart(self.standing)

    @property
    def told(self) -> list[str]:
        """Return who is listed, with township, in the register's order."""
        return [self.place(i) for i, listed in enumerate(self.announced) if listed]

    @property
    def county_short(self) -> bool:
        """Return whether the county as a whole is on the wrong side of the line."""
        return self.line is not None and is_weak(self.item, self.county, self.line.value)

    @property
    def from_county(self) -> bool:
        """Return whether the parts are measured from the county's own value: they cancel out."""
        return self.line is None and self.benchmark == self.county

    @cached_property
    def under_line(self) -> list[int]:
        """Return the villages whose raw rate is on the wrong side of the line."""
        if self.line is None:
            return []
        values = np.round(self.villages.value, 9)  # a rate on the line is on neither side
        return [i for i, v in enumerate(values) if is_weak(self.item, v, self.line.value)]

    @cached_property
    def under(self) -> LineCount | None:
        """Return how many stand there, and how many would if all had the county's own rate."""
        if self.line is None or not self.shrinks or np.isnan(self.county):
            return None
        known, factor = ~np.isnan(self.villages.value), self.item.factor
        if not known.any():
            return None
        return line_count(
            self.villages.x[known],
            self.villages.n[known],
            self.scatter,
            self.line.value / factor,
            _worse(self.item),
            self.county / factor,
        )

    @property
    def scatter(self) -> float:
        """Return how many cases come together, 1 where the villages are not judged."""
        return 1.0 if self.standing is None else self.standing.scatter

    @property
    def reported(self) -> int:
        """Return how many villages have a figure."""
        return int(np.count_nonzero(~np.isnan(self.contribution)))

    def place(self, i: int) -> str:
        """Return a village with its township: 峰浦镇老屋村."""
        return f"{self.towns[i]}{self.villages.names[i]}"

    def rate_text(self, i: int) -> str:
        """Return the shrunken rate."""
        return short_value(self.item, float(self.rate[i]))

    def raw_text(self, i: int) -> str:
        """Return the raw rate, or why there is none."""
        state = self.villages.state[i]
        if state in STATE_WORDS:
            return STATE_WORDS[state]
        return value_text(self.item, float(self.villages.value[i]))

    def months_text(self, i: int) -> str:
        """Return how long a village has stood on the wrong side of the line, as a fact.

        近12月中 6 个月低于 85%; of a stock how long on end, since most are the same persons.
        """
        if self.line is None or not self._has_months(i):
            return ""
        if self.stock:
            return words.running_text(self.item, int(self.months_running[i]), self.line.text)
        below, known = int(self.months_below[i]), int(self.months_known[i])
        return words.months_text(self.item, below, known, self.line.text)

    def months_cell(self, i: int) -> str:
        """Return the same for a table's cell: 6/12, of a stock 6 个月."""
        if not self._has_months(i):
            return "–"
        if self.stock:
            return words.running_cell(int(self.months_running[i]))
        return f"{int(self.months_below[i])}/{int(self.months_known[i])}"

    def _has_months(self, i: int) -> bool:
        return bool(self.months_known[i] > 0)


def planks(view: View, table: pa.Table | None = None) -> Planks:
    """Return the villages of one indicator in the view's month and window."""
    item = view.item
    if table is None:
        table = village_rows(view, view.indicator)
    villages = from_table(item, table, view.window, full=has_figure(view))
    line, standing = line_of(view), ledger_of(view).standing(view.indicator, "village")
    rate, lower, upper = _shrunken(item, villages, standing)
    county = _county(item, villages)
    benchmark = _benchmark(item, line, county)
    parts = _contribution(item, villages, benchmark)
    gap = county - benchmark
    below, known, running = _low_months(view, villages, line)
    at = _places(villages, standing)
    return Planks(
        item=item,
        stock=is_stock(view.ws, item),
        standing=standing,
        villages=villages,
        towns=texts(table, "township"),
        rate=rate,
        rate_lower=lower,
        rate_upper=upper,
        shrinks=item.interval == "wilson",
        county=county,
        line=line,
        benchmark=benchmark,
        contribution=parts,
        gap=gap,
        months_below=below,
        months_known=known,
        months_running=running,
        weakest=_weakest(item, rate, parts),
        largest=_largest(item, parts, gap),
        at=at,
        announced=_flags(at, standing.announced if standing else None),
        compared=_flags(at, standing.tested if standing else None),
        late=_late(table, villages),
    )


def village_rows(view: View, indicator: str) -> pa.Table:
    """Return every village's counts of one indicator in the view's month."""
    every = view.ask("villages_by_month", month=view.month)  # a composite reads several of them
    return every.filter(pc.equal(every["indicator"], indicator))


def line_of(view: View) -> Line | None:
    """Return the indicator's line for villages: no village is held to more than its county is."""
    item = view.item
    if item.polarity not in ("up", "down"):
        return None
    found = []
    if (target := target_of(view, view.indicator, view.county.area_code)) is not None:
        found.append((target.value, target.source))
    weak = "above" if item.polarity == "down" else "below"
    found += [(t.value, t.source) for t in item.thresholds if t.side == weak]
    if not found:
        return None
    value, source = (min if item.polarity == "up" else max)(found, key=lambda each: each[0])
    return Line(value, line_label(item, value), source, f"{value:g}{unit_suffix(item)}")


# --- what the ledger says -------------------------------------------------------------------------
def _told_apart(standing: Standing | None) -> bool:
    return standing is not None and (standing.spread or bool(standing.announced.any()))


def _places(villages: Measured, standing: Standing | None) -> list[int | None]:
    at = {code: i for i, code in enumerate(standing.codes)} if standing else {}
    return [at.get(code) for code in villages.codes]


def _flags(at: list[int | None], held: NDArray[np.bool_] | None) -> list[bool]:
    return [held is not None and i is not None and bool(held[i]) for i in at]


# --- rates ----------------------------------------------------------------------------------------
def _shrunken(
    item: Indicator, villages: Measured, standing: Standing | None
) -> tuple[Floats, Floats, Floats]:
    """Return shrunken rates with limits where the ledger allows an order by rate, else NaN.

    In the judged window they are those of the ledger's own order.
    """
    nothing = np.full(len(villages.codes), np.nan)
    if standing is None or not (item.interval == "wilson" and _told_apart(standing)):
        return nothing, nothing, nothing
    if _is_judged_window(villages, standing):
        found = standing.order
    else:
        counts = tuple(villages.x), tuple(villages.n)
        found = _posterior_of(*counts, standing.scatter, standing.worse)
    return item.factor * found.mean, item.factor * found.lower, item.factor * found.upper


def _is_judged_window(villages: Measured, standing: Standing) -> bool:
    """Return whether these are the very counts that the ledger compared, all of them."""
    pairs = ((villages.x, standing.units.x), (villages.n, standing.units.n))
    return (
        villages.codes == standing.codes
        and all(np.array_equal(own, held, equal_nan=True) for own, held in pairs)
        and bool(standing.tested[~np.isnan(villages.x)].all())
    )


@lru_cache(maxsize=128)
def _posterior_of(
    x: tuple[float, ...], n: tuple[float, ...], scatter: float, worse: Side
) -> Posterior:
    """Return one window's order of villages, kept because the same ones are looked at again."""
    return posterior(np.array(x), np.array(n), scatter, None, worse)


def _worse(item: Indicator) -> Side:
    return "below" if item.polarity == "up" else "above"


def _county(item: Indicator, villages: Measured) -> float:
    known = ~(np.isnan(villages.x) | np.isnan(villages.n))
    if not known.any():
        return float("nan")
    x, n = (np.array([side[known].sum()]) for side in (villages.x, villages.n))
    return float(values_of(item, x, n)[0])


def _late(table: pa.Table, villages: Measured) -> list[int]:
    due = (column(table, "expected") > 0) & (column(table, "reported") == 0)
    return [int(i) for i in np.flatnonzero(due & ~np.isnan(villages.x))]


def _weakest(item: Indicator, rate: Floats, parts: Floats) -> list[int]:
    """Return the villages from the weakest shrunken rate on; equals by their contribution."""
    worse = -stats.ranking_key(rate, item.polarity, item.target_range)
    order = np.lexsort((parts if item.polarity == "up" else -parts, np.round(worse, 9)))
    return [int(i) for i in order if not np.isnan(rate[i])]


# --- contribution ---------------------------------------------------------------------------------
def _benchmark(item: Indicator, line: Line | None, county: float) -> float:
    """Return what the gap is measured from: the line, zero for net gaps, else the county.

    Of a county outside its range it is the nearer end of the range.
    """
    if line is not None:
        return line.value
    if item.interval == "paired":
        return 0.0
    if item.target_range is not None and not np.isnan(county):
        return float(np.clip(county, *item.target_range))
    return county


def _contribution(item: Indicator, villages: Measured, benchmark: float) -> Floats:
    if not item.denominator:
        return np.full(len(villages.codes), np.nan)
    x, n, factor = villages.x, villages.n, item.factor
    if item.interval == "paired":  # x is a difference and may be negative: n − x is a count
        return 0.0 - np.asarray(stats.contribution(n - x, n, factor - benchmark, factor))
    return np.asarray(stats.contribution(x, n, benchmark, factor))


def _largest(item: Indicator, parts: Floats, gap: float) -> list[int]:
    """Return the villages that add most to the gap; those on the good side are left out.

    Within a range no side is the good one: those that move the county most, either way.
    """
    if np.isnan(gap):
        return []
    if item.polarity in ("up", "down"):
        pull = -parts if item.polarity == "up" else parts
    else:
        pull = np.sign(gap) * parts if gap else np.abs(parts)
    order = np.argsort(-np.where(np.isnan(pull), -np.inf, pull), kind="stable")
    return [int(i) for i in order if pull[i] > 1e-12]


# --- persistence ----------------------------------------------------------------------------------
def _low_months(view: View, villages: Measured, line: Line | None) -> tuple[Floats, Floats, Floats]:
    """Return in how many of the last twelve months each village stood on the wrong side of the
    line, of how many, and in how many on end up to now.

    Service indicators only; a month without a report counts for neither.
    """
    nothing = np.full(len(villages.codes), np.nan)
    item = view.item
    monthly = item.helpable and "month" in item.windows
    if line is None or not monthly or view.ws.sensitive(view.indicator):
        return nothing, nothing, nothing
    turned = -1.0 if item.polarity == "down" else 1.0  # the query counts what lies below
    table = view.ask(
        "low_months_by_village",
        indicator=view.indicator,
        month=view.month,
        line=turned * line.value,
        factor=turned * item.factor,
    )
    at = pc.index_in(pa.array(villages.codes, pa.string()), table["area_code"].combine_chunks())
    rows = at.to_numpy(zero_copy_only=False)
    found = ~np.isnan(rows)

    def placed(name: str) -> Floats:
        values = nothing.copy()
        values[found] = column(table, name)[rows[found].astype(int)]
        return values

    return placed("months_below"), placed("months_known"), placed("months_running")
