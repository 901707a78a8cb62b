"""Counts of cases: their intervals, and twelve months against the twelve before, as a fact.

A count that rose or fell is told, never announced: it is no better or worse than before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import same_period_full
from shortplank.reading.measured import Floats, Measured, column
from shortplank.reading.view import View
from shortplank.stats.judge.counts import (
    CountChange,
    count_change,
    count_dispersion,
    count_interval,
)
from shortplank.store import add_months
from shortplank.wording.counts import (
    BIRTHS,
    NOT_FILED,
    PERSONS,
    TOO_FEW_CASES,
    counts_text,
    moved_word,
    percent_change_text,
)

LEVEL = 0.05
# A window of which fewer reports came is another period's, whatever its count is scaled by.
LEAST_FILED = 0.9
# Cases of both windows together, each counted as one of φ: fewer say nothing of a change.
LEAST_CASES = 20.0


@dataclass(frozen=True)
class CountFact:
    """A count of the last twelve months against the twelve before.

    ``percent``, ``lower`` and ``upper`` are the change in per cent with its 95 % interval, NaN
    where too few reports came or too few cases happened to compare; ``direction`` is up or down
    where it surely moved; ``word`` says which of these it is.
    """

    indicator: str
    """The card's id, "" for the births behind the sex ratios."""
    label: str
    unit: str
    area: str
    now: float
    before: float
    percent: float
    lower: float
    upper: float
    direction: str | None
    word: str
    told: str
    """All of it without its name: 近12月 5,740 人，上年同期 5,610 人，升 2.3%（…），升降不明显."""

    @property
    def sentence(self) -> str:
        """Return the fact in words."""
        return f"{self.label}{self.told}"


def is_count(ws: Workspace, item: Indicator) -> bool:
    """Return whether an indicator counts cases.

    A stock is the same people month after month, and a difference of two counts (births less
    deaths) scatters more than its size says.
    """
    leaves = ws.leaves(item.numerator) & set(ws.measures)
    flows = any(ws.measures[leaf].kind != "stock" for leaf in leaves)
    return item.kind == "count" and flows and all(_is_sum(ws, name) for name in item.numerator)


def _is_sum(ws: Workspace, name: str) -> bool:
    """Return whether a total adds up cases: by the workspace's rules it takes away only parts."""
    total = ws.derived.get(name)
    if total is None:
        return True
    parts: set[str] = set()
    for rule in ws.rules:
        sides = (rule.left, rule.right) if rule.operator == "<=" else (rule.right, rule.left)
        if rule.operator != "=" and ws.leaves(sides[1]) <= ws.leaves(total.plus):
            parts |= ws.leaves(sides[0])
    every = (*total.plus, *total.minus)
    return ws.leaves(total.minus) <= parts and all(_is_sum(ws, each) for each in every)


def count_changes(view: View) -> list[CountFact]:
    """Return the county's births and every count of the catalogue against the year before.

    Only where the history holds both windows, and where who looks has the figures.
    """
    keys = [key for key, item in view.ws.indicators.items() if is_count(view.ws, item)]
    births = _births_card(view.ws)
    found = [] if births is None else [_births_fact(view, births)]
    found += [count_fact(view.with_(indicator=key, area=view.county.area_code)) for key in keys]
    return [fact for fact in found if fact is not None]


def count_fact(view: View) -> CountFact | None:
    """Return the view's area and count against the year before, None where either is unknown.

    A township's count that is shown for closed years only is told at a year's end alone.
    """
    item = view.item
    closed = item.closed_years_only and view.area != view.county.area_code
    if closed and view.months_of_year < 12:
        return None
    rows = _rows(view)
    counted = {part: item.factor * column(rows, f"{part}numerator") for part in ("", "r12_")}
    return _fact(view, rows, counted, (view.indicator, item.label, item.unit))


def with_intervals(
    ws: Workspace, item: Indicator, rows: pa.Table, made: Measured, areas: Sequence[str] = ()
) -> Measured:
    """Return measured months with the intervals of counts; others as they are.

    ``rows`` are the months with their reports, which say how far they scatter; ``areas`` is whose
    each row is, where they are not all of one area.
    """
    if not is_count(ws, item) or item.factor != 1:
        return made
    phi, whose = np.ones(rows.num_rows), np.array(areas or [""] * rows.num_rows)
    for area in dict.fromkeys(whose.tolist()):
        own = rows.filter(pa.array(whose == area))
        phi[whose == area] = _scatter(own, column(own, "numerator"))
    lower, upper = count_interval(np.where(made.value >= 0.0, made.value, np.nan), phi)
    return replace(made, lower=np.asarray(lower), upper=np.asarray(upper))


# --- how it is found ------------------------------------------------------------------------------
def _births_card(ws: Workspace) -> str | None:
    """Return the sex ratio of the most births: boys and girls together are the births."""
    ratios = {
        key: len(ws.leaves((*item.numerator, *item.denominator)))
        for key, item in ws.indicators.items()
        if item.interval == "srb"
    }
    return max(ratios, key=lambda key: ratios[key]) if ratios else None


def _births_fact(view: View, key: str) -> CountFact | None:
    looking = view.with_(indicator=key, area=view.county.area_code)
    rows = _rows(looking)
    counted = {
        part: column(rows, f"{part}numerator") + column(rows, f"{part}denominator")
        for part in ("", "r12_")
    }
    return _fact(looking, rows, counted, ("", BIRTHS, PERSONS))


def _rows(view: View) -> pa.Table:
    table = view.area_months()
    return table.filter(pc.equal(table["area_code"], view.area))


def _fact(
    view: View, rows: pa.Table, counted: dict[str, Floats], named: tuple[str, str, str]
) -> CountFact | None:
    months = rows["stat_month"].to_pylist()
    then = add_months(view.month, -12)
    if not {view.month, then} <= set(months) or not same_period_full(view, "r12"):
        return None
    places = [months.index(view.month), months.index(then)]
    now, before = (float(v) for v in counted["r12_"][places])
    if not (now >= 0.0 and before >= 0.0):
        return None
    filed = _share(column(rows, "r12_reported"), column(rows, "r12_expected"))[places]
    phi = _scatter(rows, counted[""])
    change, word = _UNKNOWN, NOT_FILED
    if (now + before) / phi < LEAST_CASES:
        word = TOO_FEW_CASES
    elif (filed >= LEAST_FILED).all():
        change = count_change(now, before, phi, (float(filed[0]), float(filed[1])))
    scaled = bool(filed[0] != filed[1])
    return _told(view.area_item.name, named, (now, before), change, word, scaled=scaled)


_UNKNOWN = CountChange(*(float("nan"),) * 4)


def _told(
    area: str,
    named: tuple[str, str, str],
    counts: tuple[float, float],
    change: CountChange,
    word: str,
    *,
    scaled: bool,
) -> CountFact:
    """Return the fact in words; ``word`` says why there is no comparison where there is none."""
    key, label, unit = named
    percent, lower, upper = (100.0 * (part - 1.0) for part in change[:3])
    direction = None
    if change.p <= LEVEL:
        direction = "up" if change.lower >= 1.0 else "down"
    if not np.isnan(change.p):
        word = moved_word(direction)
    size = percent_change_text(percent, lower, upper, scaled=scaled)
    told = "，".join(part for part in (counts_text(unit, *counts), size, word) if part)
    return CountFact(key, label, unit, area, *counts, percent, lower, upper, direction, word, told)


def _share(reported: Floats, expected: Floats) -> Floats:
    """Return which share of the reports that were due came; 1 where none was due."""
    due = expected > 0
    return np.where(due, np.nan_to_num(reported) / np.where(due, expected, 1.0), 1.0)


def _scatter(rows: pa.Table, counts: Floats) -> float:
    """Return φ of an area's single months, each of as many reports as came."""
    months = rows["stat_month"].to_pylist()
    share = _share(column(rows, "reported"), column(rows, "expected"))
    return _dispersion(tuple(months), counts.tobytes(), share.tobytes())


@lru_cache(maxsize=512)
def _dispersion(months: tuple[date, ...], counts: bytes, shares: bytes) -> float:
    """Return φ, kept because the same months are looked at by several answers."""
    if not months:
        return 1.0
    first = min(months)
    at = [(m.year - first.year) * 12 + m.month - first.month for m in months]
    x, e = np.full(max(at) + 1, np.nan), np.zeros(max(at) + 1)
    x[at], e[at] = np.frombuffer(counts), np.frombuffer(shares)
    return count_dispersion(np.where(x >= 0.0, x, np.nan), e)
