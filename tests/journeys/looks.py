"""What is looked for on an open page: what keeps people out, and what has moved."""

from __future__ import annotations

from playwright.sync_api import Page

from tools.browser import REPOSITORY

AXE = REPOSITORY / "tests/gate/provider/node_modules/axe-core/axe.min.js"
MOST_SHIFT = 0.05
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true }) }"""
"""A function that, run before a page, adds up its layout shifts in ``window.shifted``."""


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page: the rule and the first element of each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]
