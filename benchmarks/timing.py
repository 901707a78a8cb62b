"""Medians, and the table that a run prints."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One measured ratio beside its goal."""

    name: str
    ours: float
    other: float | None
    goal: float | None
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """Return ours over the other; ours alone where there is nothing to compare."""
        return self.ours / self.other if self.other else self.ours


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


def print_table(rows: list[Row]) -> None:
    """Print what was measured, with the goals."""
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
        ours = f"{row.ours:.2f} {row.unit}"
        table.add_row(row.name, ours, other, figure, goal, mark)
    Console(width=120).print(table)
