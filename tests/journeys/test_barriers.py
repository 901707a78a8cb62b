"""No page keeps anybody out, moves under a hand, or is wider than its screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from shortplank.frame.pages import PAGES
from tests.journeys.looks import AXE, MOST_SHIFT, SHIFTS, violations
from tools.browser import AppServer, open_tab
from tools.look import settled

Serve = Callable[..., AppServer]


@pytest.fixture(scope="module")
def dark(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that asks for the dark theme; the light one's pages are `test_every_page`'s."""
    made = browser.new_context(
        locale="zh-CN", viewport={"width": 1366, "height": 768}, color_scheme="dark"
    )
    yield made
    made.close()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: bash tools/system.sh")
@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_kept_out_and_nothing_moves_in_the_dark(
    name: str, dark: BrowserContext, app_server: Serve
) -> None:
    page = open_tab(dark)
    page.add_init_script(f"({SHIFTS})()")
    page.goto(f"{app_server().url}/{name}")
    settled(page)
    assert page.evaluate("window.shifted") <= MOST_SHIFT
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("name", ["overview", "trends", "rankings", "sex_ratio", "short_plank"])
def test_a_page_is_as_wide_as_its_screen(name: str, page: Page, app_server: Serve) -> None:
    """Nothing scrolls sideways but boxes of their own; a picture is never squeezed."""
    for width in (1366, 911, 820, 360):
        page.set_viewport_size({"width": width, "height": 780})
        page.goto(f"{app_server().url}/{name}")
        settled(page)
        main = page.get_by_test_id("stMain")
        assert main.evaluate("(main) => main.scrollWidth - main.clientWidth") <= 0, width
        title = page.locator("h1.finding").bounding_box()
        assert title and title["x"] >= 0 and title["x"] + title["width"] <= width
        for plot in page.locator(".chart .paper").all():
            box = plot.bounding_box()
            assert box and box["width"] >= 480


def test_the_list_of_pages_is_folded_where_there_is_no_room(page: Page, app_server: Serve) -> None:
    page.set_viewport_size({"width": 820, "height": 1100})
    page.goto(f"{app_server().url}/rankings")
    settled(page)
    page.get_by_test_id("stExpandSidebarButton").wait_for()
    box = page.get_by_test_id("stMain").bounding_box()
    assert box and box["x"] == 0 and box["width"] == 820
