"""Maps in a real browser: drawn without a network, whole on a screen, in a hall and in print."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.watching import watch
from tools.browser import AppServer, open_tab, serving
from tools.look import settled

SHAPES = "[...document.querySelectorAll('.js-plotly-plot .fills path.js-fill')]"
DRAWN = f"""() => {{
  const plot = document.querySelector('.js-plotly-plot');
  const box = plot.getBoundingClientRect();
  const shapes = {SHAPES}.map((e) => e.getBoundingClientRect());
  return [shapes.length, box.width, box.height,
    Math.min(...shapes.map((s) => s.left)) - box.left,
    box.right - Math.max(...shapes.map((s) => s.right)),
    Math.min(...shapes.map((s) => s.top)) - box.top,
    box.bottom - Math.max(...shapes.map((s) => s.bottom))];
}}"""
NAMES = """() => [...document.querySelectorAll('.js-plotly-plot .textpoint')].map((e) => {
  const box = e.getBoundingClientRect();
  return [e.textContent, box.left, box.top, box.right, box.bottom];
})"""
LOOKS = {
    "rankings?look=map&month=2010-05&indicator=migrant_filing": 16,
    "sex_ratio?look=map&month=2010-05": 16,
    "short_plank?look=map&month=2010-05": 185,
}


@pytest.fixture(scope="module")
def server() -> Iterator[AppServer]:
    """The demo county, served."""
    with serving() as running:
        yield running


def open_map(page: Page, server: AppServer, look: str, count: int) -> None:
    page.goto(f"{server.url}/{look}")
    settled(page)
    page.wait_for_function(f"() => {SHAPES}.length === {count}")


@pytest.mark.parametrize("look", LOOKS)
def test_a_map_is_drawn_with_our_own_server_alone(
    look: str, server: AppServer, browser: Browser
) -> None:
    """No tiles, no outlines of the world, nothing that the page's rules refuse."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    heard, asked = watch(context), []
    context.on("request", lambda request: asked.append(request.url))
    page = open_tab(context)
    open_map(page, server, look, LOOKS[look])
    expect(page.locator(".about").first).to_contain_text("边界为示意")
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert asked and not [url for url in asked if not url.startswith(own)]
    assert not [url for url in asked if "topo" in url or "geo" in url]
    assert not heard.reports
    context.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_a_hall_sees_the_whole_map(
    size: tuple[int, int], look: str, server: AppServer, browser: Browser
) -> None:
    context = browser.new_context(
        locale="zh-CN", viewport={"width": size[0], "height": size[1]}, color_scheme="dark"
    )
    page = open_tab(context)
    open_map(page, server, f"{look}&present=1", LOOKS[look])
    page.wait_for_function(
        f"() => Math.max(...{SHAPES}.map((e) => e.getBoundingClientRect().bottom))"
        f" - Math.min(...{SHAPES}.map((e) => e.getBoundingClientRect().top)) > 300"
    )
    _, _, _, *free = page.evaluate(DRAWN)
    assert min(free) >= 0
    names = page.evaluate(NAMES)
    assert len(names) >= 12
    for k, (name, left, top, right, bottom) in enumerate(names):
        for other, *box in names[k + 1 :]:
            apart = right <= box[0] + 2 or box[2] <= left + 2
            assert apart or bottom <= box[1] + 6 or box[3] <= top + 6, (name, other)
    context.close()


def test_the_pointer_is_told_of_the_shape_that_it_is_on(server: AppServer, page: Page) -> None:
    open_map(page, server, "rankings?look=map&month=2010-05&indicator=migrant_filing", 16)
    [(_, left, top, right, bottom)] = [n for n in page.evaluate(NAMES) if "枫麓镇" in n[0]]
    x, y = (left + right) / 2, (top + bottom) / 2
    page.mouse.move(x - 4, y - 4)
    page.mouse.move(x, y)
    told = page.locator(".hoverlayer .hovertext")
    expect(told).to_contain_text(re.compile(r"枫麓镇.*95% 区间.*看不出差别.*第26版"))


def test_a_look_is_one_click_away_and_stands_in_the_link(server: AppServer, page: Page) -> None:
    page.goto(f"{server.url}/rankings?month=2010-05&indicator=migrant_filing")
    settled(page)
    title = page.locator("h1.finding").inner_text()
    page.get_by_text("地图", exact=True).click()
    page.wait_for_function(f"() => {SHAPES}.length === 16")
    assert "look=map" in page.url
    assert page.locator("h1.finding").inner_text() == title


def test_a_printed_map_is_whole(server: AppServer, page: Page) -> None:
    open_map(page, server, "short_plank?look=map&month=2010-05", 185)
    page.emulate_media(media="print")
    _, width, height, *free = page.evaluate(DRAWN)
    assert width > 400 and height > 300 and min(free) >= 0
