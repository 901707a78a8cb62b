"""Villages as planks: rates pulled towards the common mean, and what each adds to the gap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import has_figure
from shortplank.reading.measured import (
    Floats,
    Measured,
    column,
    from_table,
    interval_of,
    texts,
    values_of,
)
from shortplank.reading.targets import target_of
from shortplank.reading.view import View
from shortplank.wording.numbers import short_value, value_text
from shortplank.wording.planks import alike_count_text, months_text
from shortplank.wording.sides import is_weak, line_label
from shortplank.wording.verdicts import STATE_WORDS

# A prior fitted off its boundary says little by itself: half of all counties in which only chance
# is at work do so. The likelihood-ratio test holds that false alarm at one in twenty.
SCATTER_LEVEL = 0.05


@dataclass(frozen=True)
class Line:
    """The line that villages are held against: the easier of the county's target and the card's."""

    value: float
    label: str
    source: str


@dataclass(frozen=True)
class Planks:
    """Villages in the register's order; NaN and empty lists where something cannot be said.

    ``rate`` is the shrunken rate with its 95 % limits, ``contribution`` what a village adds to the
    county's gap from ``benchmark`` (all add up to ``gap``), ``weakest`` and ``largest`` the two
    orders that people confuse, ``below`` whether a village is worse than the county (or off the
    indicator's range) beyond chance, ``short`` whether its own rate is on the wrong side of the
    line beyond chance, ``months_below`` in how many months it was there, and ``late`` the villages
    that have not reported this month and stand with an earlier figure.
    """

    item: Indicator
    villages: Measured
    towns: list[str]
    rate: Floats
    rate_lower: Floats
    rate_upper: Floats
    shrinks: bool
    scattered: bool
    county: float
    line: Line | None
    benchmark: float
    contribution: Floats
    gap: float
    months_below: Floats
    months_known: Floats
    weakest: list[int]
    largest: list[int]
    below: list[bool]
    short: list[bool]
    late: list[int]

    @property
    def county_short(self) -> bool:
        """Return whether the county as a whole is on the wrong side of the line."""
        return self.line is not None and is_weak(self.item, self.county, self.line.value)

    @property
    def from_county(self) -> bool:
        """Return whether the parts are measured from the county's own value: they cancel out."""
        return self.line is None and self.benchmark == self.county

    @property
    def under_line(self) -> list[int]:
        """Return the villages whose raw rate is on the wrong side of the line, tested or not."""
        if self.line is None:
            return []
        values = self.villages.value
        return [i for i, v in enumerate(values) if is_weak(self.item, v, self.line.value)]

    @property
    def expected_under(self) -> float:
        """Return how many villages would stand there if all had the county's own rate."""
        if self.line is None or self.item.interval != "wilson" or np.isnan(self.county):
            return float("nan")
        sizes = self.villages.n[~np.isnan(self.villages.value)]
        share, line = self.county / self.item.factor, self.line.value / self.item.factor
        side = "above" if self.item.polarity == "down" else "below"
        found = stats.threshold_count(share, sizes, line, len(self.under_line), side)
        return float(found.expected)

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

    def months_text(self, i: int, line: str = "") -> str:
        """Return how long a village has stood on the wrong side of the line, which is named where
        ``line`` names it: 近12月中 6 个月低于线."""
        known = self.months_known[i]
        if np.isnan(known) or known == 0:
            return ""
        return months_text(self.item, int(self.months_below[i]), int(known), line)

    def months_cell(self, i: int) -> str:
        """Return the same for a table's cell: 6/12."""
        known = self.months_known[i]
        if np.isnan(known) or known == 0:
            return "–"
        return f"{int(self.months_below[i])}/{int(known)}"


def under_text(found: Planks) -> str:
    """Return how many villages miss a line that the county misses itself, beside how many would
    if all had its value."""
    return alike_count_text(found.item, len(found.under_line), found.expected_under)


def planks(view: View, table: pa.Table | None = None) -> Planks:
    """Return the villages of one indicator in the view's month and window."""
    item = view.item
    if table is None:
        table = village_rows(view, view.indicator)
    villages = from_table(item, table, view.window, full=has_figure(view))
    line = line_of(view)
    shrinks = item.interval == "wilson"
    rate, lower, upper, scattered = _shrunken(item, villages)
    county = _county(item, villages)
    benchmark = _benchmark(item, line, county)
    parts = _contribution(item, villages, benchmark)
    gap = county - benchmark
    below = _beyond(item, lower, upper, county) if scattered else [False] * len(villages.codes)
    months_below, months_known = _low_months(view, villages, line)
    return Planks(
        item=item,
        villages=villages,
        towns=texts(table, "township"),
        rate=rate,
        rate_lower=lower,
        rate_upper=upper,
        shrinks=shrinks,
        scattered=scattered,
        county=county,
        line=line,
        benchmark=benchmark,
        contribution=parts,
        gap=gap,
        months_below=months_below,
        months_known=months_known,
        weakest=_weakest(item, rate, parts) if scattered else [],
        largest=_largest(item, parts, gap),
        below=below,
        short=_short_of(item, villages, line),
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
        found.append(Line(target.value, "", target.source))
    weak = "above" if item.polarity == "down" else "below"
    found += [Line(t.value, "", t.source) for t in item.thresholds if t.side == weak]
    if not found:
        return None
    easiest = (min if item.polarity == "up" else max)(found, key=lambda each: each.value)
    return Line(easiest.value, line_label(item, easiest.value), easiest.source)


# --- rates ----------------------------------------------------------------------------------------
def _shrunken(item: Indicator, villages: Measured) -> tuple[Floats, Floats, Floats, bool]:
    """Return shrunken rates with limits, and whether villages scatter more than chance."""
    nothing = np.full(len(villages.codes), np.nan)
    if item.interval != "wilson" or not (villages.n > 0).any():
        return nothing, nothing, nothing, False
    rate, lower, upper, scattered = _shrunken_of(tuple(villages.x), tuple(villages.n))
    return item.factor * rate, item.factor * lower, item.factor * upper, scattered


@lru_cache(maxsize=128)
def _shrunken_of(x: tuple[float, ...], n: tuple[float, ...]) -> tuple[Floats, Floats, Floats, bool]:
    """Empirical Bayes of one month's villages, kept because the same months are looked at again."""
    counts, sizes = np.array(x), np.array(n)
    fit = stats.beta_binomial_fit(counts, sizes)
    found = stats.shrink(counts, sizes, fit)
    return found.rate, found.lower, found.upper, fit.beyond_chance and fit.p_value < SCATTER_LEVEL


def _county(item: Indicator, villages: Measured) -> float:
    known = ~(np.isnan(villages.x) | np.isnan(villages.n))
    if not known.any():
        return float("nan")
    x, n = (np.array([side[known].sum()]) for side in (villages.x, villages.n))
    return float(values_of(item, x, n)[0])


def _beyond(item: Indicator, lower: Floats, upper: Floats, county: float) -> list[bool]:
    with np.errstate(invalid="ignore"):
        if item.target_range is not None:
            worse = (upper < item.target_range[0]) | (lower > item.target_range[1])
        else:
            worse = lower > county if item.polarity == "down" else upper < county
    return [bool(flag) for flag in worse]


def _short_of(item: Indicator, villages: Measured, line: Line | None) -> list[bool]:
    """Return which villages' own rates are short of the line beyond chance; never on births."""
    if line is None or not item.helpable:
        return [False] * len(villages.codes)
    lower, upper = interval_of(item, villages.x, villages.n)
    with np.errstate(invalid="ignore"):
        short = lower > line.value if item.polarity == "down" else upper < line.value
    few = villages.base < item.min_denominator
    return [bool(flag) for flag in short & ~few]


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
def _low_months(view: View, villages: Measured, line: Line | None) -> tuple[Floats, Floats]:
    """Return in how many of the last twelve months each village stood on the wrong side of the
    line, and of how many.

    Service indicators only; a month without a report counts for neither.
    """
    nothing = np.full(len(villages.codes), np.nan)
    item = view.item
    monthly = item.helpable and "month" in item.windows
    if line is None or not monthly or view.ws.sensitive(view.indicator):
        return nothing, nothing
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
    sides = []
    for name in ("months_below", "months_known"):
        values = nothing.copy()
        values[found] = column(table, name)[rows[found].astype(int)]
        sides.append(values)
    return sides[0], sides[1]
