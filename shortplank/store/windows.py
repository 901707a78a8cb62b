"""Twelve months of units' counts to values over the three windows: arrays in, arrays out.

The windows are the first axis of what comes back: the month, the statistical year to date, the
rolling twelve months. NaN is "nothing was counted". Sums of integers are exact in any order; a
population's persons are divided to person-years after all sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
CountArray = NDArray[np.float64] | NDArray[np.int32]
IndexArray = NDArray[np.intp]
Mask = NDArray[np.bool_]
Term = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Counts:
    """One month's counts, measures × units: 0 where nothing was counted, and where something was.

    >>> table = pa.table({"a": [1, None], "b": [None, None]})
    >>> Counts.of(date(2010, 5, 1), table, np.array([2, 0]), 3).values.tolist()
    [[0, 0, 1]]
    """

    month: date
    names: tuple[str, ...]
    values: CountArray
    seen: Mask

    @classmethod
    def of(cls, month: date, table: pa.Table, at: IndexArray, units: int) -> Counts:
        """Return the columns that count anything, each row put at its unit (−1: left out)."""
        known = at >= 0
        names = [n for n in table.column_names if table[n].null_count < table.num_rows]
        seen = np.zeros((len(names), units), dtype=bool)
        values = np.zeros((len(names), units))
        for row, name in enumerate(names):
            column = table[name].to_numpy()[known]
            seen[row, at[known]] = ~np.isnan(column)
            values[row, at[known]] = np.nan_to_num(column)
        # Twelve months of a nation stay in memory: half the bytes where the counts allow it.
        small = np.abs(values).max(initial=0.0) < np.iinfo(np.int32).max
        return cls(month, tuple(names), values.astype(np.int32) if small else values, seen)

    @classmethod
    def nothing(cls, month: date, units: int) -> Counts:
        """Return a month in which nothing was counted."""
        return cls(month, (), np.zeros((0, units)), np.zeros((0, units), dtype=bool))

    def take(self, names: tuple[str, ...]) -> tuple[CountArray, Mask]:
        """Return the rows of these measures; of one that the month lacks nothing was counted."""
        if names == self.names:
            return self.values, self.seen
        shape = (len(names), self.values.shape[1])
        values, seen = np.zeros(shape), np.zeros(shape, dtype=bool)
        held = [row for row, name in enumerate(names) if name in self.names]
        rows = [self.names.index(names[row]) for row in held]
        values[held], seen[held] = self.values[rows], self.seen[rows]
        return values, seen


def moved(values: CountArray, seen: Mask, heirs: IndexArray) -> tuple[CountArray, Mask]:
    """Return each unit's counts with those of the units that it is the heir of.

    ``heirs`` says for each unit where its counts belong now: itself, another, or −1 nowhere here.
    """
    gone = np.flatnonzero(heirs != np.arange(len(heirs)))
    if not len(gone):
        return values, seen
    total, any_seen = values.astype(np.float64), seen.copy()
    total[:, gone], any_seen[:, gone] = 0.0, False
    for unit in gone[heirs[gone] >= 0]:
        total[:, heirs[unit]] += values[:, unit]
        any_seen[:, heirs[unit]] |= seen[:, unit]
    return total, any_seen


def over_windows(
    months: Sequence[Counts],
    flows: tuple[str, ...],
    stocks: tuple[str, ...],
    heirs: IndexArray,
    year_start: date,
) -> FloatArray:
    """Return windows × (flows, then stocks) × units of up to twelve months, the month the last.

    A flow is summed; of a stock each unit's last value counts.
    """
    names, cut = (*flows, *stocks), len(flows)
    shape = (len(names), len(heirs))
    before, year = _Running(shape, cut), _Running(shape, cut)
    month = before
    for counts in months:
        values, seen = moved(*counts.take(names), heirs)
        (year if counts.month >= year_start else before).add(values, seen)
        if counts is months[-1]:
            month = _Running(shape, cut)
            month.add(values, seen)
    before.add(year.values, year.seen)
    return np.stack([window.known() for window in (month, year, before)])


class _Running:
    """Counts over the months so far: flows above ``cut`` are summed, below it the last stands."""

    def __init__(self, shape: tuple[int, int], cut: int) -> None:
        self.cut, self.values, self.seen = cut, np.zeros(shape), np.zeros(shape, dtype=bool)

    def add(self, values: CountArray, seen: Mask) -> None:
        self.values[: self.cut] += values[: self.cut]
        np.copyto(self.values[self.cut :], values[self.cut :], where=seen[self.cut :])
        self.seen |= seen

    def known(self) -> FloatArray:
        return np.where(self.seen, self.values, np.nan)


def summed(values: FloatArray, groups: IndexArray, size: int) -> FloatArray:
    """Return the last axis summed to ``size`` groups (−1: to none); a sum of nothing is NaN.

    >>> summed(np.array([[1.0, 2.0, np.nan, 4.0]]), np.array([0, 0, 1, -1]), 2)
    array([[ 3., nan]])
    """
    held = groups >= 0
    at, rows = groups[held], values.reshape(-1, values.shape[-1])[:, held]
    result = np.full((len(rows), size), np.nan)
    for row, counts in enumerate(rows):
        there = ~np.isnan(counts)
        if there.any():
            some = np.bincount(at, there, size) > 0
            result[row, some] = np.bincount(at, np.nan_to_num(counts), size)[some]
    return result.reshape(*values.shape[:-1], size)


def signed_sum(
    values: Mapping[str, FloatArray], terms: Sequence[Term], person_years: frozenset[str]
) -> FloatArray | None:
    """Return the sum of terms, each the largest of its leaves; None without a term.

    NaN where a term has no leaf that was counted.

    >>> births = {"m": np.array([3.0]), "f": np.array([2.0])}
    >>> signed_sum(births, [(1, ("m",)), (1, ("f",))], frozenset())
    array([5.])
    """
    total: FloatArray | None = None
    for sign, leaves in terms:
        parts = [values[leaf] / (12.0 if leaf in person_years else 1.0) for leaf in leaves]
        largest = parts[0]
        for each in parts[1:]:
            largest = np.fmax(largest, each)
        total = sign * largest if total is None else total + sign * largest
    return total
