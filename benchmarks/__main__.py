"""Measure and print: `python -m benchmarks [--rows asks,scripts,browser,crowd,gate,intake,size]`.

`nation` (some minutes, 10 GB of disk) and `soak` (half an hour) are measured when they are asked
for.
"""

from __future__ import annotations

import argparse
import logging

from benchmarks import asks, crowd, gate, intake, pages, size
from benchmarks.timing import Row, print_table

GROUPS = {
    "asks": asks.rows,
    "scripts": pages.script_rows,
    "browser": pages.browser_rows,
    "crowd": crowd.rows,
    "gate": gate.rows,
    "intake": intake.rows,
    "size": size.rows,
}
LONG = {"nation": size.nation_rows, "soak": crowd.soak_rows}


def main() -> None:
    """Print one table of all the rows that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=",".join(GROUPS))
    wanted = parser.parse_args().rows.split(",")
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    found: list[Row] = []
    for name in wanted:
        found += (GROUPS | LONG)[name]()
    print_table(found)


if __name__ == "__main__":
    main()
