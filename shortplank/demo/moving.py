"""Move the fewest cases that make a drawn table meet a list of stated figures.

A `Tally` is a table of whole counts, one row an area. A `Constraint` says by how many cases a
tally misses one figure. `move_fewest` then walks downhill: of all single cases that could be moved
from one column to another (or added, or taken away) it moves the one that brings the weighted sum
of misses down most, until every figure is met. Nothing in here knows what the figures are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortplank.errors import ShortplankError

Counts = NDArray[np.int64]
Move = tuple[str | None, str | None]
"""One case from a column to a column; None stands for outside the table."""
Step = tuple[int, Move]
"""A move in a row."""

NUDGE = 1e-6  # what a unit that lies exactly on a line still misses
WIDEST_TOP_UP = 12  # births added at most to bring one village's denominator to a wanted one
LONGEST = 2000  # moves after which a table is given up
FIRST_OF_PAIR = 100  # single moves that are tried as the first of two


@dataclass
class Tally:
    """Counts by row and column, the rows' groups, and the moves that are allowed."""

    columns: tuple[str, ...]
    counts: Counts
    moves: tuple[Move, ...]
    groups: Counts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def total(self, names: Sequence[str]) -> Counts:
        """Return the sum of the named columns, by row."""
        chosen = [self.counts[:, self.columns.index(name)] for name in names]
        return chosen[0] if len(chosen) == 1 else np.sum(chosen, axis=0)

    def at(self, scope: str, names: Sequence[str]) -> Counts:
        """Return the sum of the named columns by ``row``, by ``group`` or for ``all``."""
        rows = self.total(names)
        if scope == "all":
            return rows.sum(keepdims=True)
        if scope == "group":
            return np.bincount(self.groups, weights=rows).astype(np.int64)
        return rows

    def shift(self, row: int, move: Move, sign: int = 1) -> None:
        """Move one case (or move it back)."""
        for name, step in zip(move, (-sign, sign), strict=True):
            if name is not None:
                self.counts[row, self.columns.index(name)] += step

    def effects(self, ratio: Ratio, line: float) -> list[float]:
        """Return what each allowed move does to ``numerator − line × denominator``."""
        return [
            sum(
                step * ((name in ratio.numerator) - line * (name in ratio.denominator))
                for name, step in zip(move, (-1, 1), strict=True)
                if name is not None
            )
            for move in self.moves
        ]


@dataclass(frozen=True)
class Ratio:
    """A sum of columns over another, times a factor; without a denominator it is a count."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    factor: float = 100.0

    def parts(self, tally: Tally, scope: str) -> tuple[Counts, Counts]:
        """Return numerators and denominators at a scope."""
        top = tally.at(scope, self.numerator)
        return top, tally.at(scope, self.denominator) if self.denominator else np.ones_like(top)

    def scale(self) -> float:
        """Return the factor of a ratio, 1 for a count."""
        return self.factor if self.denominator else 1.0

    def cases_to(self, tally: Tally, scope: str, line: float) -> NDArray[np.float64]:
        """Return the signed number of cases each unit lies above ``line`` (below: negative)."""
        top, bottom = self.parts(tally, scope)
        share = line / self.scale()
        gap = top - share * bottom
        effects = tally.effects(self, share)
        return np.where(gap > 0, gap / -min(effects), gap / max(effects))


class Constraint(Protocol):
    """One stated figure."""

    @property
    def weight(self) -> float:
        """Return how much a missed case counts beside those of other figures."""

    def miss(self, tally: Tally) -> float:
        """Return how many cases the tally is away from the figure, 0 when it is met."""


@dataclass(frozen=True)
class Between:
    """The value for all rows together lies between two bounds (both allowed)."""

    ratio: Ratio
    low: float
    high: float
    weight: float = 1.0

    def miss(self, tally: Tally) -> float:
        """Return the cases to the nearer bound."""
        above = float(self.ratio.cases_to(tally, "all", self.high)[0])
        below = float(-self.ratio.cases_to(tally, "all", self.low)[0])
        return max(above, below, 0.0)


def rounds_to(ratio: Ratio, value: float, decimals: int, weight: float = 1.0) -> Between:
    """Return the constraint that the value for all rows rounds to ``value``."""
    half = 0.5 * 10.0**-decimals * (1.0 - NUDGE)
    return Between(ratio, value - half, value + half, weight)


@dataclass(frozen=True)
class CountBeyond:
    """Exactly ``count`` units lie ``below`` or ``above`` a line, or reach it (``at_least``).

    A line of None is the value of all rows together; units under ``least`` cases do not count.
    """

    ratio: Ratio
    side: str
    line: float | None
    count: int
    scope: str = "row"
    least: int = 0
    weight: float = 3.0

    def miss(self, tally: Tally) -> float:
        """Return the cases to carry the nearest units across the line."""
        line = self._line(tally)
        over = self.ratio.cases_to(tally, self.scope, line)
        if self.side == "at_least":
            beyond, cost = over >= 0, np.where(over >= 0, over + 1.0, -over)
        else:
            signed = over if self.side == "above" else -over
            beyond, cost = signed > 0, np.abs(over) + NUDGE
        counted = self._large_enough(tally)
        beyond, cost = beyond[counted], cost[counted]
        excess = int(beyond.sum()) - self.count
        nearest = np.sort(cost[beyond] if excess > 0 else cost[~beyond])
        return float(nearest[: abs(excess)].sum())

    def _line(self, tally: Tally) -> float:
        if self.line is not None:
            return self.line
        top, bottom = self.ratio.parts(tally, "all")
        return float(self.ratio.scale() * top[0] / bottom[0])

    def _large_enough(self, tally: Tally) -> NDArray[np.bool_]:
        names = tuple(dict.fromkeys((*self.ratio.numerator, *self.ratio.denominator)))
        return tally.at(self.scope, names) >= self.least


@dataclass(frozen=True)
class Largest:
    """The largest row's count is exactly ``value``, in a row of at least ``least`` cases ``of``."""

    ratio: Ratio
    value: int
    of: Ratio
    least: int
    weight: float = 9.0

    def miss(self, tally: Tally) -> float:
        """Return the cases to take from rows above, or to add to the highest large row."""
        counts = tally.total(self.ratio.numerator)
        large = tally.total(self.of.numerator) >= self.least
        above = np.maximum(counts - self.value, 0).sum()
        return float(above + max(self.value - int(np.max(counts[large], initial=0)), 0))


@dataclass(frozen=True)
class LowestRoundsTo:
    """The lowest row's ratio rounds to ``value``, in a row of at least ``least`` cases."""

    ratio: Ratio
    value: float
    decimals: int
    least: int
    weight: float = 9.0

    def miss(self, tally: Tally) -> float:
        """Return the cases to lift every lower row, and to bring one row to the value."""
        top, bottom = self.ratio.parts(tally, "row")
        half = 0.5 * 10.0**-self.decimals * (1.0 - NUDGE)
        low, high = (self.value - half) / self.ratio.factor, (self.value + half) / self.ratio.factor
        lift = np.ceil(np.maximum(low * bottom - top, 0.0)).sum()
        large = bottom >= self.least
        return float(lift + self._nearest(top[large], bottom[large], low, high))

    @staticmethod
    def _nearest(top: Counts, bottom: Counts, low: float, high: float) -> float:
        """Return the fewest additions and changes that bring some row between the limits."""
        extra = np.arange(WIDEST_TOP_UP + 1)[:, None]
        lowest = np.ceil(low * (bottom + extra))
        cost = extra + np.abs(lowest - (top + extra))
        return float(np.min(cost[lowest < high * (bottom + extra)], initial=np.inf))


def misses(tally: Tally, constraints: Sequence[Constraint]) -> float:
    """Return the weighted sum of what a tally misses."""
    return sum(c.weight * c.miss(tally) for c in constraints)


def move_fewest(
    tally: Tally, constraints: Sequence[Constraint], rng: np.random.Generator
) -> list[Step]:
    """Move single cases until every constraint is met; return them as (row, move), in order.

    Equal moves are chosen between by ``rng``, so that moved cases scatter over the county.
    """
    options = [(row, move) for row in range(len(tally.counts)) for move in tally.moves]
    moved: list[Step] = []
    missed = misses(tally, constraints)
    while missed > 0:
        steps, after = _best_single(tally, constraints, options, rng)
        if after >= missed - NUDGE / 2:
            steps, after = _best_pair(tally, constraints, options, rng)
        if after >= missed - NUDGE / 2 or len(moved) > LONGEST:
            raise ShortplankError("演示数据无法满足给定的数字", place="demo", mend="请换一个种子")
        for row, move in steps:
            tally.shift(row, move)
        moved += steps
        missed = after
    return moved


def _best_single(
    tally: Tally, constraints: Sequence[Constraint], options: list[Step], rng: np.random.Generator
) -> tuple[list[Step], float]:
    after = np.array([_tried(tally, constraints, step) for step in options])
    order = rng.permutation(len(options))
    best = int(order[np.argmin(after[order])])
    return [options[best]], float(after[best])


def _best_pair(
    tally: Tally, constraints: Sequence[Constraint], options: list[Step], rng: np.random.Generator
) -> tuple[list[Step], float]:
    """Return the two moves that help most where no single one does: the way out of a corner."""
    after = np.array([_tried(tally, constraints, step) for step in options])
    best: tuple[list[Step], float] = ([], float("inf"))
    for place in np.argsort(after, kind="stable")[:FIRST_OF_PAIR]:
        if np.isinf(after[place]):
            break
        row, move = options[int(place)]
        tally.shift(row, move)
        second, missed = _best_single(tally, constraints, options, rng)
        tally.shift(row, move, -1)
        if missed < best[1]:
            best = ([(row, move), *second], missed)
    return best


def _tried(tally: Tally, constraints: Sequence[Constraint], step: Step) -> float:
    row, (source, _) = step
    if source is not None and tally.counts[row, tally.columns.index(source)] == 0:
        return float("inf")
    tally.shift(*step)
    missed = misses(tally, constraints)
    tally.shift(*step, -1)
    return missed
