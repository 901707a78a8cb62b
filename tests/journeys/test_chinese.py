"""What the browser says around the pages is Chinese: nothing of Streamlit's English is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from shortplank.frame.pages import PAGES
from tools.browser import AppServer
from tools.look import settled

Serve = Callable[..., AppServer]
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


def english(page: Page) -> set[str]:
    """Return what is read out and has English words but none that are Chinese."""
    said = (NAMES.sub("", text) for text in page.evaluate(READ_OUT))
    return {text for text in said if LATIN.search(text) and not CHINESE.search(text)}


def states(page: Page) -> Iterator[str]:
    """Bring a page into one state after another."""
    yield "as it opens"
    boxes = page.get_by_role("combobox").filter(visible=True)
    if boxes.count():
        boxes.first.click()
        page.get_by_role("option").first.wait_for()
        yield "a list open"
        page.keyboard.type("zz")
        yield "nothing found in it"
        page.keyboard.press("Escape")
    copies = page.get_by_role("button", name="复制表格").filter(visible=True)
    if copies.count():
        copies.first.click()
        page.locator(".told:not(:empty)").first.wait_for()
        yield "a table copied"


@pytest.mark.parametrize("name", PAGES)
def test_no_english_is_read_out(name: str, page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/{name}?month=2010-05")
    settled(page)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    for state in states(page):
        page.wait_for_timeout(100)
        assert english(page) == set(), state


def test_what_a_page_itself_says_stays(page: Page, app_server: Serve) -> None:
    """Only Streamlit's own texts are replaced, not the same words on a page."""
    page.goto(f"{app_server().url}/dictionary")
    settled(page)
    kept = """() => {
      const chrome = document.querySelector("[data-testid=stMain]");
      const own = chrome.querySelector(".stHtml");
      const made = ["Search", "Search"].map((text) =>
        Object.assign(document.createElement("p"), { textContent: text }));
      own.append(made[0]);
      chrome.append(made[1]);
      const texts = () => made.map((each) => each.textContent);
      return new Promise((done) => setTimeout(() => done(texts()), 50));
    }"""
    assert page.evaluate(kept) == ["Search", "查找"]


@pytest.mark.parametrize("name", ["imports", "briefing"])
def test_an_icon_stays_a_picture(name: str, page: Page, app_server: Serve) -> None:
    """The text of an icon is its name in the font: translated it would be read."""
    page.goto(f"{app_server().url}/{name}?month=2010-05")
    settled(page)
    names = page.locator("[data-testid=stIconMaterial]").all_text_contents()
    assert "upload" in names and not [each for each in names if CHINESE.search(each)]
