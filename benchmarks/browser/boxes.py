"""From the press on an option of a select box to the repainted chart, in Chromium."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, TimeoutError

from tools.browser import open_tab

CHART = ".js-plotly-plot .scatterlayer path"
IDLE = 1500.0
"""Milliseconds that a page is left alone before a choice: time for what comes along."""

# The chart's data are compared with those before the press at each frame.
_ARM = """() => {
  const seen = document.querySelector('.js-plotly-plot');
  const before = JSON.stringify(seen.data);
  window.__repainted = null;
  window.__armed = () => {
    const start = performance.now();
    const look = () => {
      const now = document.querySelector('.js-plotly-plot');
      if (now && now._fullLayout && now.data && JSON.stringify(now.data) !== before
          && now.querySelector('.scatterlayer path')) {
        window.__repainted = performance.now() - start;
      } else { requestAnimationFrame(look); }
    };
    look();
  };
  document.addEventListener('pointerdown', window.__armed, {once: true, capture: true});
}"""
_DISARM = "() => document.removeEventListener('pointerdown', window.__armed, {capture: true})"
_TRIES = 3


@dataclass(frozen=True)
class Seat:
    """An open page with a chart, and how an option of one of its boxes is brought into sight."""

    page: Page
    option: Callable[[Page, str, str], Locator]

    def ready(self) -> None:
        """Wait for the chart, and a while for what comes after it."""
        self.page.wait_for_selector(CHART, state="attached", timeout=60_000)
        self.page.wait_for_timeout(IDLE)

    def repaint_ms(self, box: str, label: str) -> float:
        """Choose an option, and return the milliseconds until the chart shows other data."""
        for _ in range(_TRIES):
            option = self.option(self.page, box, label)
            try:
                option.wait_for(timeout=10_000)
                self.page.evaluate(_ARM)
                option.click(timeout=5_000)
                break
            except TimeoutError:  # what opens over a page closes when something else arrives
                self.page.evaluate(_DISARM)
                self.page.keyboard.press("Escape")
        self.page.wait_for_function("() => window.__repainted !== null", timeout=30_000)
        return float(self.page.evaluate("() => window.__repainted"))


def streamlit_option(page: Page, box: str, label: str) -> Locator:
    """Open a box of a Streamlit page and bring an option into sight."""
    page.get_by_role("combobox", name=re.compile(box)).click()
    page.keyboard.type(label)  # long lists draw only what is in sight
    return page.get_by_role("option", name=label, exact=True)


def in_turn(
    seats: Sequence[Seat], box: str, labels: Sequence[str], idle: float = 300.0
) -> list[float]:
    """Return each seat's median over the labels; all choose the same, one after the other."""
    taken: list[list[float]] = [[] for _ in seats]
    for seat in seats:
        seat.ready()
    for label in labels:
        for seat, times in zip(seats, taken, strict=True):
            seat.page.wait_for_timeout(idle)
            times.append(seat.repaint_ms(box, label))
    return [statistics.median(times) for times in taken]


@contextmanager
def fresh(browser: Browser) -> Iterator[Page]:
    """Give a page in a context of its own."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield open_tab(context)
    context.close()
