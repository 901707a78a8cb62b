"""From numerators and denominators to values, intervals and states: the one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shortplank import stats
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator, Window
from shortplank.wording.naming import home_units, home_whole
from shortplank.wording.verdicts import STATE_WORDS

Floats = NDArray[np.float64]
PREFIX: dict[Window, str] = {"month": "", "ytd": "ytd_", "r12": "r12_"}


def column(table: pa.Table, name: str) -> Floats:
    """Return a column as floats, null as NaN."""
    return np.asarray(table[name].to_numpy(zero_copy_only=False), dtype=np.float64)


def texts(table: pa.Table, name: str) -> list[str]:
    """Return a text column."""
    return table[name].to_pylist()


@dataclass(frozen=True)
class Measured:
    """Values of several areas (or months) with all that says how sure they are.

    ``x`` numerator, ``n`` denominator, ``base`` the count that the minimum is held against
    (births for sex ratios), ``state`` one of ok, zero, missing, not_expected, suppressed, too_few,
    not_full (the window reaches back before the history).
    """

    codes: list[str]
    names: list[str]
    x: Floats
    n: Floats
    base: Floats
    value: Floats
    lower: Floats
    upper: Floats
    state: list[str]
    shown: list[str | None] = field(default_factory=list)

    def index(self, code: str) -> int | None:
        """Return an area's place, None where it is absent."""
        return self.codes.index(code) if code in self.codes else None

    def pick(self, places: list[int] | NDArray[np.int_]) -> Measured:
        """Return some of the rows, in that order."""
        rows = [int(i) for i in places]
        return Measured(
            codes=[self.codes[i] for i in rows],
            names=[self.names[i] for i in rows],
            x=self.x[rows],
            n=self.n[rows],
            base=self.base[rows],
            value=self.value[rows],
            lower=self.lower[rows],
            upper=self.upper[rows],
            state=[self.state[i] for i in rows],
            shown=[self.shown[i] for i in rows] if self.shown else [],
        )


def values_of(item: Indicator, x: Floats, n: Floats) -> Floats:
    """Return the indicator's values; NaN where the denominator is zero or unknown."""
    if not item.denominator:
        return item.factor * x
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 0, item.factor * x / np.where(n > 0, n, np.nan), np.nan)


def interval_of(
    item: Indicator, x: Floats, n: Floats, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the interval that the indicator's card names, in its unit; NaN where it has none."""
    known = ~(np.isnan(x) | np.isnan(n))
    lower, upper = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    if item.interval == "none" or not known.any():
        return lower, upper
    a, b = x[known], n[known]
    if item.interval == "srb":
        low, high = stats.sex_ratio_interval(a, b, level)
    elif item.interval == "byar":
        low, high = (item.factor * v for v in stats.rate_interval(a, b, level))
    elif item.interval == "paired":
        low, high = (item.factor * v for v in stats.paired_interval(b, b - a, level))
    else:
        low, high = (item.factor * v for v in stats.wilson_interval(a, b, level))
    lower[known], upper[known] = low, high
    return lower, upper


def base_of(item: Indicator, x: Floats, n: Floats) -> Floats:
    """Return the count that the least shown denominator is held against."""
    if item.interval == "srb":
        return x + n
    return n if item.denominator else x


def measure(
    item: Indicator,
    codes: list[str],
    names: list[str],
    x: Floats,
    n: Floats,
    expected: Floats,
    shown: Sequence[str | None] | None = None,
    *,
    full: bool | Sequence[bool] = True,
) -> Measured:
    """Return values, intervals and states of one indicator for several areas or months.

    ``full`` says whether the history holds the whole window, for all rows or row by row.
    """
    base = base_of(item, x, n)
    value = values_of(item, x, n)
    lower, upper = interval_of(item, x, n)
    state = _states(item, x, base, value, expected, shown, full)
    hidden = np.array([s not in ("ok", "zero") for s in state], dtype=bool)
    value, lower, upper = (np.where(hidden, np.nan, v) for v in (value, lower, upper))
    return Measured(codes, names, x, n, base, value, lower, upper, state, list(shown or []))


def _states(
    item: Indicator,
    x: Floats,
    base: Floats,
    value: Floats,
    expected: Floats,
    shown: Sequence[str | None] | None,
    full: bool | Sequence[bool],
) -> list[str]:
    """Return each row's state: the first of these that is true of it."""
    unknown = np.isnan(x)
    hidden = np.array([each is not None for each in shown]) if shown else np.zeros(len(x), bool)
    due, whole = unknown & (expected > 0), np.broadcast_to(full, x.shape)
    nothing = unknown | (bool(item.denominator) & (base == 0))
    few = (bool(item.denominator) & (base < item.min_denominator)) | np.isnan(value)
    kinds = {
        "suppressed": unknown & hidden,
        "missing": due & whole,
        "not_full": due,
        "not_expected": nothing,
        "too_few": few,
        "zero": x == 0,
    }
    found: list[str] = np.select(list(kinds.values()), list(kinds), "ok").tolist()
    return found


def from_table(
    item: Indicator, table: pa.Table, window: Window, *, full: bool | list[bool] = True
) -> Measured:
    """Return the measured rows of a query's table with the mart's columns.

    ``full`` says whether the history holds the whole window (see `gaps.has_figure`).
    """
    prefix = PREFIX[window]
    return measure(
        item,
        texts(table, "area_code"),
        texts(table, "name"),
        column(table, f"{prefix}numerator"),
        column(table, f"{prefix}denominator"),
        column(table, "expected"),
        texts(table, "shown") if "shown" in table.column_names else withheld(item, table),
        full=full,
    )


def withheld(item: Indicator, table: pa.Table) -> list[str | None] | None:
    """Return what stands for each count that was taken out where a viewer's tables were filled.

    Nothing says how many reports stand behind it; or, of a number of villages over a line, its
    reports are there and the count is not.
    """
    if not {"reported", "ytd_numerator"} <= set(table.column_names):
        return None
    reported = column(table, "reported")
    gone = np.isnan(reported)
    if item.kind == "count_over" or item.closed_years_only:
        gone |= np.isnan(column(table, "ytd_numerator")) & (reported > 0)
    if not gone.any():
        return None
    return [STATE_WORDS["suppressed"] if each else None for each in gone]


def withheld_text(ws: Workspace, key: str) -> str:
    """Return why viewers have no townships' figures of an indicator."""
    if ws.viewer_level(key) == "county":
        return f"抽中的点就是村，{home_units()}数不公布，只看{home_whole()}"
    return f"{home_units()}数不公布" + (
        "，只看已结束年度" if ws.indicators[key].closed_years_only else ""
    )


def changes_between(
    item: Indicator, x1: Floats, n1: Floats, x2: Floats, n2: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the differences of pairs of periods with their intervals, in the indicator's unit.

    Proportions by Newcombe; sex ratios, rates and paired differences by the square-and-add of
    their own limits (Zou and Donner 2008); NaN limits where the indicator has no interval, all NaN
    where either period has no value.
    """
    v1, v2 = values_of(item, x1, n1), values_of(item, x2, n2)
    difference = v1 - v2
    lower, upper = np.full(difference.shape, np.nan), np.full(difference.shape, np.nan)
    at = ~np.isnan(difference)
    if item.interval != "none" and at.any():
        (l1, u1), (l2, u2) = (interval_of(item, x[at], n[at]) for x, n in ((x1, n1), (x2, n2)))
        lower[at] = difference[at] - np.hypot(v1[at] - l1, u2 - v2[at])
        upper[at] = difference[at] + np.hypot(u1 - v1[at], v2[at] - l2)
    return difference, lower, upper


def change_between(
    item: Indicator, x1: float, n1: float, x2: float, n2: float
) -> tuple[float, float, float]:
    """Return the difference of two periods with its interval: `changes_between` of one pair."""
    pairs = (np.array([each], dtype=np.float64) for each in (x1, n1, x2, n2))
    difference, lower, upper = changes_between(item, *pairs)
    return float(difference[0]), float(lower[0]), float(upper[0])
