"""What the browser says around the pages is Chinese, and what a page itself says is left alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tools.browser import AppServer
from tools.look import settled

Serve = Callable[..., AppServer]


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
