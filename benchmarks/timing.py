"""Medians, rows, and the table that a run prints."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table

BEATS = 7


@dataclass(frozen=True)
class Row:
    """One measured figure beside its goal: a ratio where there is another to hold it against.

    ``anchor`` is what the machine took for something that stays the same, in the same run and in
    the same unit: an absolute figure is kept in the baseline as its multiple. `figures` are those
    of each run where there were several.
    """

    name: str
    ours: float
    other: float | None
    goal: float | None
    unit: str = "ms"
    anchor: float | None = None
    figures: tuple[float, ...] = ()

    @property
    def ratio(self) -> float:
        """Return ours over the other; ours alone where there is nothing to compare."""
        return self.ours / self.other if self.other else self.ours

    @property
    def kept_as(self) -> str:
        """Return what of the row is comparable with another run's: its ratio, or its figure."""
        if self.other:
            return "ratio"
        return "× anchor" if self.anchor else self.unit

    @property
    def comparable(self) -> float:
        """Return the figure that `kept_as` names."""
        return self.ratio if self.other or not self.anchor else self.ours / self.anchor


def beat_ms() -> float:
    """Return what a loop that never changes takes here and now: the anchor of absolute times."""
    return median_ms(lambda: sum(n * n % 7 for n in range(200_000)), BEATS)


def anchored(rows: Sequence[Row], beat: float) -> list[Row]:
    """Return the rows, those of a time without anything beside them anchored to the beat."""
    return [
        replace(row, anchor=beat) if row.unit == "ms" and not (row.other or row.anchor) else row
        for row in rows
    ]


def merged(runs: Sequence[Sequence[Row]]) -> list[Row]:
    """Return one row for each name, with its medians and the figures of all the runs.

    >>> [row] = merged([[Row("a", 4, 2, 1)], [Row("a", 9, 3, 1)], [Row("a", 5, 5, 1)]])
    >>> row.ours, row.other, row.figures
    (5, 3, (2.0, 3.0, 1.0))
    """
    by_name: dict[str, list[Row]] = {}
    for rows in runs:
        for row in rows:
            by_name.setdefault(row.name, []).append(row)
    return [
        replace(
            same[0],
            ours=statistics.median(row.ours for row in same),
            other=_middle([row.other for row in same]),
            anchor=_middle([row.anchor for row in same]),
            figures=tuple(row.comparable for row in same),
        )
        for same in by_name.values()
    ]


def _middle(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def median_ms(work: Callable[[], object], times: int) -> float:
    """Return the median time of some runs, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def paired_ms(
    one: Callable[[], object], other: Callable[[], object], times: int
) -> tuple[float, float]:
    """Return both medians, run in turn so that what else the machine does hits both."""
    first, second = [], []
    for _ in range(times):
        first.append(median_ms(one, 1))
        second.append(median_ms(other, 1))
    return statistics.median(first), statistics.median(second)


def print_table(rows: Sequence[Row]) -> None:
    """Print what was measured, with the goals; in brackets stands what only anchors a figure."""
    table = Table(title="Shortplank: ratios of one run (medians)")
    for heading in ("measure", "ours", "other", "ratio", "goal", ""):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for row in rows:
        figure = f"{row.ratio:.2f}×" if row.other else f"{row.ours:.2f} {row.unit}"
        goal, mark = "–", ""
        if row.goal is not None:
            goal = f"≤ {row.goal:g}×" if row.other else f"≤ {row.goal:g} {row.unit}"
            mark = "✓" if row.ratio <= row.goal else "missed"
        other = f"{row.other:.2f} {row.unit}" if row.other else "–"
        if row.anchor and not row.other:
            other = f"({row.anchor:.2f} {row.unit})"
        ours = f"{row.ours:.2f} {row.unit}"
        table.add_row(row.name, ours, other, figure, goal, mark)
    Console(width=120).print(table)
