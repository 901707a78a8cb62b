"""Repaints beside a bare Streamlit page that shows the same finished pictures, in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser.boxes import IDLE, Seat, fresh, in_turn, streamlit_option
from benchmarks.browser.figures import INDICATORS, figures_file, walks
from benchmarks.timing import Row
from shortplank.store import workspace_path
from tools.browser import launch, serving

REPAINTS = 12
MONTH, INDICATOR = "月份", "指标"


def rows() -> list[Row]:
    """Return a repaint by the box of indicators on two pages, and by the box of months on one."""
    walk = walks()
    labels = [walk.indicators[(turn + 1) % 2] for turn in range(REPAINTS)]
    asked = (
        ("repaint of rankings / bare page", "rankings", INDICATOR, labels, 300, 1.3),
        ("repaint of trends / bare page", "trends", INDICATOR, labels, 300, 1.3),
        ("repaint by month, came along / bare page", "rankings", MONTH, walk.near, IDLE, 1.0),
        ("repaint by month, did not / bare page", "rankings", MONTH, walk.far, 300, 1.0),
    )
    found = []
    with figures_file(walk) as store, pages(store) as (ours, bare), chromium() as browser:
        for name, page, box, chosen, idle, goal in asked:
            with fresh(browser) as mine, fresh(browser) as theirs:
                mine.goto(f"{ours}/{page}?indicator={INDICATORS[0]}")
                theirs.goto(bare)
                seats = [Seat(each, streamlit_option) for each in (mine, theirs)]
                us, other = in_turn(seats, box, chosen, idle)
            found.append(Row(name, us, other, goal))
    return found


@contextmanager
def pages(store: Path) -> Iterator[tuple[str, str]]:
    """Give the addresses of our app and of the bare page with these pictures."""
    options = {"SHORTPLANK_BENCH_FIGURES": str(store)}
    with (
        serving(script="benchmarks/apps/bare.py", environment=options) as bare,
        serving(workspace_path()) as ours,
    ):
        yield ours.url, bare.url


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a headless Chromium."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
