"""Each page opened once and looked at in every way while it stands open; last by a deep link.

To open a page is what such a look costs; the looks themselves take moments. Those that touch
nothing come first, those that bring the page into another state last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlparse

import pytest
from playwright.sync_api import BrowserContext, Page

from shortplank.frame.pages import DESKS, PAGES
from tests.journeys.looks import AXE, CHINESE, MOST_SHIFT, SHIFTS, english, violations
from tests.journeys.watching import Watch
from tools.browser import AppServer, open_tab
from tools.look import settled

Serve = Callable[..., AppServer]
MONTH = "month=2009-09"


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


@dataclass(frozen=True)
class Visit:
    """A page that stands open: its tab, its address, and what was heard until it stood."""

    name: str
    page: Page
    address: str
    asked: list[str]
    """What it has asked for until now."""
    reports: list[str]


@pytest.fixture(scope="module", params=PAGES)
def visit(
    request: pytest.FixtureRequest, context: BrowserContext, heard: Watch, app_server: Serve
) -> Iterator[Visit]:
    """A page in a tab, and so a session, of its own."""
    heard.reports.clear()
    asked: list[str] = []
    page = open_tab(context)
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(f"({SHIFTS})()")
    address = f"{app_server().url}/{request.param}"
    page.goto(address)
    settled(page)
    yield Visit(request.param, page, address, asked, list(heard.reports))
    page.close()


def test_a_page_keeps_the_rules_of_its_headers(visit: Visit) -> None:
    assert not visit.reports


def test_nothing_moves_under_a_hand(visit: Visit) -> None:
    assert visit.page.evaluate("window.shifted") <= MOST_SHIFT


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: bash tools/system.sh")
def test_nobody_is_kept_out(visit: Visit) -> None:
    assert violations(visit.page) == []


def test_an_icon_stays_a_picture(visit: Visit) -> None:
    """The text of an icon is its name in the font: translated it would be read."""
    names = visit.page.locator("[data-testid=stIconMaterial]").all_text_contents()
    assert not [each for each in names if CHINESE.search(each)]
    assert "upload" in names or visit.name not in ("imports", "briefing")


def test_three_tabs_lead_into_the_page(visit: Visit) -> None:
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    inside = "document.querySelector('[data-testid=stMain]').contains(document.activeElement)"
    assert page.evaluate(inside)


def test_no_english_is_read_out(visit: Visit) -> None:
    assert visit.page.evaluate("document.documentElement.lang") == "zh-CN"
    for state in states(visit.page):
        visit.page.wait_for_timeout(100)
        assert english(visit.page) == set(), state


def test_a_deep_link_shows_its_month_and_asks_nobody_outside(visit: Visit) -> None:
    """Another address in the tab is another document, and so another session."""
    page = visit.page
    page.goto(f"{visit.address}?{MONTH}")
    settled(page)
    assert page.locator("h1.finding").inner_text().strip()
    said = "云洲县" if visit.name in DESKS else "2009年9月"
    assert said in page.locator(".stamp").inner_text()
    links = page.get_by_test_id("stSidebar").locator("a").all_inner_texts()
    # A page of work is not shown in a hall; the bench looks at a month's data like the others.
    door = ["放映 ▶"] if visit.name not in DESKS or visit.name == "bench" else []
    assert [text.strip() for text in links] == [*PAGES.values(), *door, "账号与退出"]
    host = urlparse(visit.address).netloc
    outside = [
        url
        for url in visit.asked
        if urlparse(url).netloc != host and not url.startswith(("data:", "blob:"))
    ]
    assert visit.asked and not outside
