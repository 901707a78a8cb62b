"""Projection in a real browser: one screen, large type, keys, a timer, and a server that goes."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from shortplank.access import ANYONE
from shortplank.frame.pages import PAGES
from tools.browser import AppServer, open_tab, serving
from tools.look import settled

Serve = Callable[..., AppServer]
Theme = Literal["light", "dark"]
Screens = Callable[[tuple[int, int], Theme], BrowserContext]
SIZES = ((1366, 768), (1920, 1080))
PLACE = "() => document.querySelector('#turn')?.dataset.place"
# What stands on the screen, with its box and its size of type.
BOXES = """() => {
  const wanted = ".finding, .about, .say, .legend, .stamp, .tile, .tile > *, .js-plotly-plot";
  return [...document.querySelectorAll(wanted)].map((e) => {
    const box = e.getBoundingClientRect();
    return { what: e.className, top: box.top, bottom: box.bottom, left: box.left, right: box.right,
             shown: box.height > 0, text: e.innerText?.trim() && !e.matches(".head, .tile"),
             type: parseFloat(getComputedStyle(e).fontSize),
             clipped: e.scrollWidth > e.clientWidth + 1 && !e.matches(".js-plotly-plot") };
  });
}"""
# Words in a picture that are too small or reach over its edge.
POOR_TEXT = """() => [...document.querySelectorAll('.chart .paper')].flatMap((plot) => {
  const edge = plot.getBoundingClientRect();
  return [...plot.querySelectorAll('text')].map((e) => {
    const box = e.getBoundingClientRect();
    const inside = box.left >= edge.left - 1 && box.right <= edge.right + 1
      && box.top >= edge.top - 1 && box.bottom <= edge.bottom + 1;
    return [e.textContent, parseFloat(getComputedStyle(e).fontSize), inside, box.height];
  }).filter(([words, size, inside, high]) => words.trim() && high && (size < 17.9 || !inside));
})"""


# Words of the picture that lie over each other: lines are as high as their type.
TOUCHING = """() => {
  const plot = document.querySelector('.chart .paper');
  const words = [...plot.querySelectorAll('.annotation text')].map((e) => {
    const box = e.getBoundingClientRect(), lines = e.querySelectorAll('.line').length || 1;
    const spare = (box.height / lines - parseFloat(getComputedStyle(e).fontSize)) / 2;
    return [e.textContent, box.left, box.right, box.top + spare, box.bottom - spare];
  });
  const over = ([, l, r, t, b], [, l2, r2, t2, b2]) =>
    Math.min(r, r2) - Math.max(l, l2) > 2 && Math.min(b, b2) - Math.max(t, t2) > 1;
  return words.flatMap((one, i) =>
    words.slice(i + 1).filter((other) => over(one, other)).map((other) => [one[0], other[0]]));
}"""


def show(page: Page, url: str) -> None:
    page.goto(url)
    settled(page)


def at_stop(page: Page, number: int) -> None:
    page.wait_for_function(
        f"n => ({PLACE})() === n && document.querySelector('h1.finding')", arg=str(number)
    )


@pytest.fixture(scope="module")
def screens(browser: Browser) -> Iterator[Screens]:
    """A function to a screen of a size and a theme; each has its scripts read and compiled once."""
    opened: dict[object, BrowserContext] = {}

    def screen(size: tuple[int, int], theme: Theme) -> BrowserContext:
        if (size, theme) not in opened:
            view = ViewportSize(width=size[0], height=size[1])
            opened[size, theme] = browser.new_context(
                locale="zh-CN", viewport=view, color_scheme=theme
            )
        return opened[size, theme]

    yield screen
    for context in opened.values():
        context.close()


# What is projected is seen by anyone, so a page that not everyone opens is in no hall.
@pytest.mark.parametrize("name", [page for page in PAGES if ANYONE.opens(page)])
# Where boxes stand depends on the size alone, and whether text is poor to read on the theme alone.
@pytest.mark.parametrize(("size", "theme"), list(zip(SIZES, get_args(Theme), strict=True)))
def test_one_screen(
    name: str, size: tuple[int, int], theme: Theme, screens: Screens, app_server: Serve
) -> None:
    page = open_tab(screens(size, theme))
    show(page, f"{app_server().url}/{name}?present=1&month=2010-05")
    boxes = [box for box in page.evaluate(BOXES) if box["shown"]]
    assert any("finding" in box["what"] for box in boxes)
    for box in boxes:
        assert box["top"] >= 0 and box["bottom"] <= size[1] + 0.5, box
        assert box["left"] >= 0 and box["right"] <= size[0] + 0.5, box
        assert not box["clipped"], box
        if box["text"] and "plotly" not in box["what"]:
            assert box["type"] >= (20 if "stamp" in box["what"] else 24), box
    stamp = next(box for box in boxes if "stamp" in box["what"])
    for box in boxes:
        if "stamp" not in box["what"]:
            assert box["bottom"] <= stamp["top"] + 1, box
    assert page.evaluate(POOR_TEXT) == []
    assert not page.get_by_test_id("stSidebar").is_visible()
    scroll = page.evaluate("() => document.scrollingElement.scrollHeight - innerHeight")
    assert scroll <= 0
    page.close()


@pytest.mark.parametrize(
    "query", ["rankings?", "rankings?area=990101103", "rankings?look=spine", "points?"]
)
def test_names_never_touch_on_a_low_screen(query: str, page: Page, app_server: Serve) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    show(page, f"{app_server().url}/{query}&present=1&month=2010-05")
    page.locator(".chart .words .annotation").first.wait_for(state="attached")
    assert page.evaluate(TOUCHING) == []


def test_the_order_is_run_from_the_keyboard(page: Page, app_server: Serve) -> None:
    show(page, f"{app_server().url}/overview?month=2010-05")
    page.get_by_role("link", name="放映").click()
    page.wait_for_url("**present=1**")
    page.wait_for_selector("#turn", state="attached")
    last = page.locator("#turns a").count() - 1
    assert last >= 10
    for number in range(2, last + 1):
        page.keyboard.press("PageDown")
        at_stop(page, number)
    page.keyboard.press("PageDown")  # the last picture stays
    at_stop(page, last)
    page.keyboard.press("ArrowLeft")
    at_stop(page, last - 1)
    page.keyboard.press("Home")
    at_stop(page, 1)
    for _ in range(3):  # faster than the pages come
        page.keyboard.press("ArrowRight")
    at_stop(page, 4)
    page.keyboard.press("End")
    at_stop(page, last)
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('present=1')")
    page.get_by_test_id("stSidebar").get_by_text("调度总览").wait_for()


@pytest.mark.parametrize("look", ["rankings?", "trends?look=spc", "sex_ratio?"])
def test_a_picture_that_was_open_leaves_room_for_its_words(
    look: str, page: Page, app_server: Serve
) -> None:
    """What was drawn on the page holds no place open in the hall: legend and sentence fit below."""
    page.set_viewport_size({"width": 1366, "height": 768})
    show(page, f"{app_server().url}/{look}&month=2010-05")
    page.locator(".chart .words").wait_for(state="attached")
    page.get_by_role("link", name="放映").click()
    page.wait_for_url("**present=1**")
    page.wait_for_function(
        """() => {
            const seen = document.querySelector("p.say")?.getBoundingClientRect();
            const hall = document.querySelector(".chart.hall");
            return hall && seen && seen.height > 0 && seen.bottom <= innerHeight;
        }"""
    )


def test_the_timer_turns_the_page(page: Page, app_server: Serve) -> None:
    show(page, f"{app_server().url}/overview?month=2010-05&present=1&timer=3")
    at_stop(page, 2)
    assert "timer=3" in page.url


def test_projection_is_banded(page: Page, app_server: Serve) -> None:
    show(page, f"{app_server().url}/overview?month=2010-05&present=1&role=analyst")
    assert page.get_by_text("浏览者（小数分档）").count() == 1  # out of sight in the sidebar
    assert page.get_by_text("分析员（精确数）").count() == 0


def test_who_comes_as_a_viewer_leaves_as_one(page: Page, app_server: Serve) -> None:
    show(page, f"{app_server().url}/overview?month=2010-05&role=viewer")
    page.get_by_role("link", name="放映").click()
    page.wait_for_url("**present=1**")
    at_stop(page, 1)
    page.keyboard.press("PageDown")
    at_stop(page, 2)
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('present=1')")
    assert "role=viewer" in page.url
    page.get_by_text("浏览者（小数分档）").wait_for()
    assert page.get_by_text("分析员（精确数）").count() == 0


def test_a_server_that_goes_leaves_the_picture_and_comes_back(page: Page, tmp_path: Path) -> None:
    kept = {"SHORTPLANK_STATE": str(tmp_path)}  # sessions outlive the process
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(port=port, environment=kept):
        show(page, f"http://127.0.0.1:{port}/rankings?present=1&month=2010-05")
        title = page.locator("h1.finding").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator("h1.finding").is_visible()
    assert page.locator("h1.finding").inner_text() == title
    assert page.locator(".js-plotly-plot .main-svg").first.is_visible()
    for words in ("Connect", "error", "断开"):
        assert page.get_by_text(words).filter(visible=True).count() == 0
    with serving(port=port, environment=kept):
        page.wait_for_function(  # a key answers again: the page is alive
            f"() => {{ window.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Home'}}));"
            f" return ({PLACE})() === '1'; }}",
            timeout=90_000,
            polling=1000,
        )
