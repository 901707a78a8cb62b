"""Measure and print: `python -m benchmarks [--rows asks,scripts,…] [--runs 3] [--accept]`.

It ends with what got worse than `benchmarks/baseline.json` by more than its noise; `--accept` keeps
what was measured as the new good figures. `workers` (two processes), `peers` (a Dash page, see
`make peers`), `nation` (some minutes, 10 GB of disk), `province` (some minutes) and `soak` (half an
hour) are measured when they are asked for.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import sys
from collections.abc import Callable
from datetime import date

from benchmarks import asks, baseline, gate, intake, pages, province, size
from benchmarks.browser import peers, repaints, starts
from benchmarks.crowds import rows as crowds
from benchmarks.timing import Row, anchored, beat_ms, merged, print_table

GROUPS: dict[str, Callable[[], list[Row]]] = {
    "asks": asks.rows,
    "scripts": pages.script_rows,
    "starts": starts.rows,
    "repaints": repaints.rows,
    "crowd": crowds.rows,
    "gate": gate.rows,
    "intake": intake.rows,
    "size": size.rows,
}
LONG: dict[str, Callable[[], list[Row]]] = {
    "workers": crowds.worker_rows,
    "peers": peers.rows,
    "nation": size.nation_rows,
    "soak": crowds.soak_rows,
    "province": province.rows,
}
TOGETHER = {"browser": ("starts", "repaints")}
CHEAP = {"asks": 5, "scripts": 3, "gate": 5}
"""Groups of some seconds, and how often they run each time."""


def main() -> None:
    """Print one table of all the rows that were asked for, and what got worse."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=",".join(GROUPS))
    parser.add_argument("--runs", type=int, default=1, help="of every group, for its noise")
    parser.add_argument("--accept", action="store_true", help="keep these figures as good ones")
    asked = parser.parse_args()
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    found: list[Row] = []
    for wanted in asked.rows.split(","):
        for name in TOGETHER.get(wanted, (wanted,)):
            found += _measured((GROUPS | LONG)[name], max(asked.runs, CHEAP.get(name, 1)))
    print_table(found)
    kept = baseline.read()
    print("\n".join(baseline.compare(found, kept).lines()))
    if asked.accept:
        baseline.write(baseline.accepted(found, kept, date.today()))
        print(f"{len(found)} rows accepted into {baseline.FILE.name}.")


def _measured(group: Callable[[], list[Row]], runs: int) -> list[Row]:
    """Return a group's rows of all its runs, absolute times anchored to the beat around each."""
    taken = []
    for _ in range(runs):
        before = beat_ms()
        rows = group()
        taken.append(anchored(rows, statistics.mean([before, beat_ms()])))
    return merged(taken)


if __name__ == "__main__":
    main()
