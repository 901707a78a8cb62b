"""What is looked for on an open page: barriers, what has moved, and words that are not Chinese."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tools.browser import REPOSITORY

AXE = REPOSITORY / "tests/gate/provider/node_modules/axe-core/axe.min.js"
MOST_SHIFT = 0.05
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true }) }"""
"""A function that, run before a page, adds up its layout shifts in ``window.shifted``."""
LATIN, CHINESE = re.compile(r"[A-Za-z]{3,}"), re.compile(r"[\u4e00-\u9fff]")
# Names: of formats, tests and keys.
NAMES = re.compile(r"\b(CSV|Excel|JSON|xlsx|xls|docx|pptx|SHA-256|DHIS2|Enter|Tab|Esc)\b")
# Every text and every name by which something is read out, in document order.
READ_OUT = """() => {
  const found = [];
  const names = ["aria-label", "title", "placeholder", "alt", "aria-roledescription",
    "aria-description", "aria-valuetext", "data-title"];
  const walk = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (["STYLE", "SCRIPT"].includes(each.tagName)) continue;
      const hidden = each.closest('[aria-hidden="true"], code');
      if (!hidden) {
        for (const name of names) found.push(each.getAttribute(name) ?? "");
        for (const node of each.childNodes) if (node.nodeType === 3) found.push(node.data.trim());
      }
      if (each.shadowRoot) walk(each.shadowRoot);
    }
  };
  walk(document.body);
  return found;
}"""


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page: the rule and the first element of each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]


def english(page: Page) -> set[str]:
    """Return what is read out and has English words but none that are Chinese."""
    said = (NAMES.sub("", text) for text in page.evaluate(READ_OUT))
    return {text for text in said if LATIN.search(text) and not CHINESE.search(text)}
