"""Cold starts: from a process to its answer, and to the first chart in Chromium."""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser.boxes import CHART, fresh
from benchmarks.timing import Row
from shortplank.store import workspace_path
from tools.browser import launch, serving

STARTS = 5
EMPTY = "benchmarks/apps/empty.py"
PAGES = {
    "empty": (EMPTY, "", ".stamp"),
    "overview": ("asgi.py", "", ".tile img"),
    "rankings": ("asgi.py", "rankings", CHART),
    "bare": ("benchmarks/apps/one_chart.py", "", CHART),
}


def rows() -> list[Row]:
    """Return what a start takes, beside an empty Streamlit page's, taken in turn."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            return [_answers(), *_first_charts(browser)]
        finally:
            browser.close()


def _answers() -> Row:
    """Start a server of ours and an empty one, each until it answers 200.

    It is what `make run` and, after its own imports, `shortplank serve` start.
    """
    ours, empty = list[float](), list[float]()
    for _ in range(STARTS):
        for script, taken in (("asgi.py", ours), (EMPTY, empty)):
            start = time.perf_counter()
            with serving(workspace_path(), script):
                taken.append(1000 * (time.perf_counter() - start))
    name = "the server answers, from its process's start"
    return Row(name, statistics.median(ours), None, 1000, anchor=statistics.median(empty))


def _first_charts(browser: Browser) -> list[Row]:
    """Start a server and open a page: to the first chart, against an empty page's only line.

    The first page's charts are its tiles' sparklines; the second row opens a plotly chart at once,
    and the third says what a bare page with one plotly chart costs beside the same empty page.
    """
    taken: dict[str, list[float]] = {name: [] for name in PAGES}
    for _ in range(STARTS):
        for name, (script, path, selector) in PAGES.items():
            taken[name].append(_start_ms(browser, script, path, selector))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    overview, rankings, empty = medians["overview"], medians["rankings"], medians["empty"]
    return [
        Row("cold start to the first page's first chart / empty page", overview, empty, 1.3),
        Row("cold start to a plotly chart / empty page", rankings, empty, 1.5),
        Row("cold start to a plotly chart / bare page with one", rankings, medians["bare"], 1.6),
    ]


def _start_ms(browser: Browser, script: str, path: str, selector: str) -> float:
    start = time.perf_counter()
    with serving(workspace_path(), script) as server, fresh(browser) as page:
        page.goto(f"{server.url}/{path}")
        page.wait_for_selector(selector, state="attached", timeout=60_000)
        return 1000 * (time.perf_counter() - start)
