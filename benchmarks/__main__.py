"""Measure and print: `python -m benchmarks [--rows asks,scripts,browser,crowd]`."""

from __future__ import annotations

import argparse
import logging

from benchmarks import asks, crowd, pages
from benchmarks.timing import Row, print_table

GROUPS = {
    "asks": asks.rows,
    "scripts": pages.script_rows,
    "browser": pages.browser_rows,
    "crowd": crowd.rows,
}


def main() -> None:
    """Print one table of all the rows that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=",".join(GROUPS))
    wanted = parser.parse_args().rows.split(",")
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    found: list[Row] = []
    for name in wanted:
        found += GROUPS[name]()
    print_table(found)


if __name__ == "__main__":
    main()
