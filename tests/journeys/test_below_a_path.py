"""Below a path a link of each kind leads to its page, and nothing is asked for outside."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from shortplank.frame.pages import PAGES
from tests.journeys.watching import Watch, watch
from tools.browser import AppServer, open_tab, serving
from tools.look import settled

BASE = "/board"
MONTH = "month=2010-05"
# Streamlit asks by itself, on a page's first load, whether its server answers below that page.
PROBES = re.compile(rf"404 http\S+{BASE}/(?:{'|'.join(PAGES)})/_stcore/(?:health|host-config)")


@pytest.fixture(scope="module")
def server() -> Iterator[AppServer]:
    """The server below a path."""
    with serving(script="asgi.py", base=BASE.strip("/")) as running:
        yield running


@pytest.fixture
def heard(browser: Browser) -> Iterator[tuple[Page, Watch]]:
    """A page, all of whose requests must stay below the path and be answered."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    heard = watch(context)
    yield open_tab(context), heard
    context.close()
    assert not [path for path in heard.paths() if not path.startswith(f"{BASE}/")]
    assert not [each for each in heard.missing() if not PROBES.fullmatch(each)]
    assert not heard.reports


def path(page: Page) -> str:
    return urlsplit(page.url).path


def follow(page: Page, link: Locator, name: str) -> None:
    """Click a link, and see its page come."""
    link.click()
    page.wait_for_url(f"**{BASE}/{name}*")
    expect(page).to_have_title(re.compile(f"^{PAGES[name]}"), timeout=30_000)
    page.locator("h1.finding").first.wait_for()
    settled(page)
    assert path(page) == f"{BASE}/{name}"
    assert page.locator("[data-testid=stAlert]").filter(has_text="没有画出来").count() == 0


def test_every_kind_of_link(server: AppServer, heard: tuple[Page, Watch]) -> None:
    page, _ = heard
    page.goto(f"{server.url}/")
    settled(page)
    follow(page, page.locator(".tile a").first, "rankings")
    follow(page, page.locator("p.card-link a"), "dictionary")
    card = page.locator("details.card[open]").first
    follow(page, card.locator("a[href*=trends]").first, "trends")
    overview = page.get_by_test_id("stSidebar").get_by_role("link", name=PAGES["overview"])
    overview.click()
    page.locator(".tile").first.wait_for()
    settled(page)
    follow(page, page.get_by_role("link", name="哪些村要先去看：预警名单"), "short_plank")
    village = page.locator("table a").first
    name = village.inner_text()
    follow(page, village, "short_plank")
    assert "area=" in page.url
    assert name in page.locator(".stMainBlockContainer").inner_text()


def test_from_page_to_page_by_the_list(server: AppServer, heard: tuple[Page, Watch]) -> None:
    page, _ = heard
    page.goto(f"{server.url}/trends?{MONTH}")
    settled(page)
    for name, label in PAGES.items():
        if name in ("overview", "trends"):
            continue
        follow(page, page.get_by_test_id("stSidebar").get_by_role("link", name=label), name)
        page.reload()
        settled(page)
        assert path(page) == f"{BASE}/{name}"


def test_projection_turns(server: AppServer, heard: tuple[Page, Watch]) -> None:
    page, _ = heard
    page.goto(f"{server.url}/rankings?{MONTH}")
    settled(page)
    page.get_by_role("link", name="放映").click()
    page.wait_for_url("**present=1**")
    page.wait_for_selector("#turn", state="attached")
    settled(page)
    before = page.url
    page.keyboard.press("PageDown")
    page.wait_for_url(lambda url: url != before)
    settled(page)
    assert path(page).startswith(f"{BASE}/")
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelector('#turn')?.dataset.place === '1'")
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('present=1')")


def test_a_monitor_is_answered_at_the_root_and_below(server: AppServer) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for url in (f"{server.url}/healthz", f"{server.url.removesuffix(BASE)}/healthz"):
        with opener.open(url, timeout=10) as response:
            assert response.read() == b"ok"
