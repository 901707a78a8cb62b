"""No page keeps anybody out, moves under a hand, or is wider than its screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from shortplank.frame.pages import PAGES
from tools.browser import REPOSITORY, AppServer, open_tab
from tools.look import settled

Serve = Callable[..., AppServer]
AXE = REPOSITORY / "tests/gate/provider/node_modules/axe-core/axe.min.js"
MOST_SHIFT = 0.05
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true }) }"""


@pytest.fixture(scope="module")
def themes(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """A context a theme; each has its scripts read and compiled once."""
    opened = {
        theme: browser.new_context(
            locale="zh-CN", viewport={"width": 1366, "height": 768}, color_scheme=theme
        )
        for theme in THEMES
    }
    yield {str(theme): context for theme, context in opened.items()}
    for context in opened.values():
        context.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page: the rule and the first element of each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: bash tools/system.sh")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_kept_out_and_nothing_moves(
    name: str, theme: str, themes: dict[str, BrowserContext], app_server: Serve
) -> None:
    page = open_tab(themes[theme])
    page.add_init_script(f"({SHIFTS})()")
    page.goto(f"{app_server().url}/{name}")
    settled(page)
    assert page.evaluate("window.shifted") <= MOST_SHIFT
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("name", ["overview", "rankings", "sex_ratio", "filing"])
def test_three_tabs_lead_into_the_page(name: str, page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/{name}")
    settled(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    inside = "document.querySelector('[data-testid=stMain]').contains(document.activeElement)"
    assert page.evaluate(inside)


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
