"""Script time of each page's rerun, cold start and repaint in Chromium."""

from __future__ import annotations

import json
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.testing.v1 import AppTest

from benchmarks.timing import Row, median_ms
from shortplank.access import Actor
from shortplank.drawing.theme import Style
from shortplank.frame import signed_in
from shortplank.gate.house import HERE, house_of
from shortplank.gate.sessions import key_of
from shortplank.reading.view import View
from shortplank.store import engine, workspace_path
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.rankings.figure.ranking import ranking_figure
from tools.browser import REPOSITORY, launch, open_tab, serving

RERUNS = 15
STARTS = 5
REPAINTS = 12


def script_rows() -> list[Row]:
    """Return each page's median script time of a rerun, as who started the server sees it."""
    found = []
    with tempfile.TemporaryDirectory() as state, ExitStack() as instead:
        instead.enter_context(mock.patch.dict("os.environ", {"SHORTPLANK_STATE": state}))
        key = key_of(house_of(workspace_path()).sessions.open(HERE, "start"))
        instead.enter_context(mock.patch.object(signed_in, "gate_key", lambda: key))
        for path in sorted((REPOSITORY / "pages").glob("*.py")):
            test = AppTest.from_file(str(path), default_timeout=120)
            if test.run().error:
                raise RuntimeError(f"{path.stem}: {test.error[0].value}")
            found.append(Row(f"script of {path.stem}", median_ms(test.run, RERUNS), None, 60))
    return found


def browser_rows() -> list[Row]:
    """Return cold start and repaint beside a bare Streamlit page, taken in turn."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            return [*_cold_starts(browser), *_repaints(browser)]
        finally:
            browser.close()


CHART = ".js-plotly-plot .scatterlayer path"


def _cold_starts(browser: Browser) -> list[Row]:
    """Start a server and open a page: to the first chart, against an empty page's only line.

    The first page's charts are its tiles' sparklines; the second row opens a plotly chart at once,
    and the third says what a bare page with one plotly chart costs beside the same empty page.
    """
    starts = {
        "empty": ("benchmarks/apps/empty.py", "", ".stamp"),
        "overview": ("asgi.py", "", ".tile img"),
        "rankings": ("asgi.py", "rankings", CHART),
        "bare": ("benchmarks/apps/one_chart.py", "", CHART),
    }
    taken: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(STARTS):
        for name, (script, path, selector) in starts.items():
            taken[name].append(_start_ms(browser, script, path, selector))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    return [
        Row(
            "cold start to the first page's first chart / empty page",
            medians["overview"],
            medians["empty"],
            1.6,
        ),
        Row(
            "cold start to a plotly chart / empty page", medians["rankings"], medians["empty"], 1.6
        ),
        Row(
            "cold start to a plotly chart / bare page with one",
            medians["rankings"],
            medians["bare"],
            1.6,
        ),
    ]


def _start_ms(browser: Browser, script: str, path: str, selector: str) -> float:
    start = time.perf_counter()
    with serving(workspace_path(), script) as server, _fresh(browser) as page:
        page.goto(f"{server.url}/{path}")
        page.wait_for_selector(selector, state="attached", timeout=60_000)
        return 1000 * (time.perf_counter() - start)


@contextmanager
def _fresh(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield open_tab(context)
    context.close()


def _repaints(browser: Browser) -> list[Row]:
    """From the click on an option to the repainted chart, ours and the bare page in turn."""
    shared = engine()
    labels = [shared.ws.indicators[k].label for k in _INDICATORS]
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "figures.json"
        figures = {
            shared.ws.indicators[key].label: ranking_figure(ranking(_view(key)), Style())
            for key in _INDICATORS
        }
        store.write_text(json.dumps(figures), encoding="utf-8")
        bare_options = {"SHORTPLANK_BENCH_FIGURES": str(store)}
        rows = []
        with (
            serving(script="benchmarks/apps/bare.py", environment=bare_options) as bare,
            serving(workspace_path()) as server,
        ):
            for name in ("rankings", "trends"):
                with _fresh(browser) as mine, _fresh(browser) as theirs:
                    mine.goto(f"{server.url}/{name}?indicator={_INDICATORS[0]}")
                    theirs.goto(bare.url)
                    ours, other = _in_turn(mine, theirs, labels)
                rows.append(Row(f"repaint of {name} / bare page", ours, other, 1.3))
        return rows


_INDICATORS = ("migrant_filing", "benefit_delivery")


def _view(indicator: str) -> View:
    shared = engine()
    number = shared.newest()
    month = shared.ask("months_by_edition", number, "analyst", county=shared.ws.settings.home)[
        "stat_month"
    ][-1].as_py()
    return View(shared, number, Actor("analyst"), month, "ytd", indicator, shared.ws.settings.home)


def _in_turn(mine: Page, theirs: Page, labels: list[str]) -> tuple[float, float]:
    for page in (mine, theirs):
        page.wait_for_selector(
            ".js-plotly-plot .scatterlayer path", state="attached", timeout=60_000
        )
        page.wait_for_timeout(1500)
    ours, other = [], []
    for turn in range(REPAINTS):
        label = labels[(turn + 1) % 2]
        ours.append(_repaint_ms(mine, label))
        other.append(_repaint_ms(theirs, label))
    return statistics.median(ours), statistics.median(other)


_ARM = """(label) => {
  const seen = document.querySelector('.js-plotly-plot');
  const before = JSON.stringify(seen.data);
  window.__repainted = null;
  document.addEventListener('click', () => {
    const start = performance.now();
    const look = () => {
      const now = document.querySelector('.js-plotly-plot');
      if (now && now._fullLayout && now.data && JSON.stringify(now.data) !== before
          && now.querySelector('.scatterlayer path')) {
        window.__repainted = performance.now() - start;
      } else { requestAnimationFrame(look); }
    };
    look();
  }, {once: true, capture: true});
}"""


def _repaint_ms(page: Page, label: str) -> float:
    box = page.get_by_role("combobox", name=re.compile("指标"))
    box.click()
    page.keyboard.type(label)  # long lists draw only what is in sight
    option = page.get_by_role("option", name=label, exact=True)
    option.wait_for()
    page.evaluate(_ARM, label)
    option.click()
    page.wait_for_function("() => window.__repainted !== null", timeout=30_000)
    taken = float(page.evaluate("() => window.__repainted"))
    page.wait_for_timeout(300)
    return taken
