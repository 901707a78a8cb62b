"""The tour with the keyboard alone: Enter goes on, Esc leaves, Back goes back, paper has none."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.watching import watch
from tools.browser import AppServer
from tools.look import settled

Serve = Callable[..., AppServer]
STOPS = ("overview", "rankings", "trends", "short_plank", "briefing")


def arrive(page: Page, number: int) -> None:
    """Wait until a stop's card is there, on its page."""
    expect(page.locator("nav.tour")).to_have_count(1)
    expect(page.locator("nav.tour .head")).to_have_text(f"看懂这个看板 {number}/5")
    page.wait_for_url(f"**/{STOPS[number - 1]}?**tour={number}**")


def focused(page: Page, name: str) -> None:
    expect(page.locator("nav.tour").get_by_role("link", name=name)).to_be_focused()


def test_enter_alone_goes_through(page: Page, app_server: Serve) -> None:
    seen = watch(page.context)
    page.goto(f"{app_server().url}/overview?month=2010-05")
    settled(page)
    page.get_by_role("link", name="五步看懂").focus()
    page.keyboard.press("Enter")
    arrive(page, 1)
    page.locator("nav.tour").get_by_role("link", name="下一步").focus()
    for number in range(2, 6):
        page.keyboard.press("Enter")
        arrive(page, number)
        focused(page, "下一步" if number < 5 else "结束")
    for number in (4, 3):
        page.go_back()
        arrive(page, number)
    settled(page)
    page.emulate_media(media="print")
    expect(page.locator("nav.tour")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator("nav.tour").get_by_role("link", name="结束").focus()
    page.keyboard.press("Escape")
    expect(page.locator("nav.tour")).to_have_count(0)
    assert "/trends?" in page.url and "tour" not in page.url
    assert not seen.reports


def test_the_card_lies_inside_a_phones_screen_and_the_page_scrolls_clear_of_it(
    page: Page, app_server: Serve
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app_server().url}/overview?month=2010-05&tour=1")
    settled(page)
    card = page.locator("nav.tour").bounding_box()
    assert card and card["x"] >= 0 and card["x"] + card["width"] <= 390
    last = page.locator(".stMainBlockContainer .stHtml").filter(visible=True)
    end = "document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)"
    page.evaluate(end)
    boxes = last.evaluate_all(
        "nodes => nodes.filter(n => n.innerText && !n.querySelector('nav, .stamp'))"
        ".map(n => n.getBoundingClientRect().bottom)"
    )
    card = page.locator("nav.tour").bounding_box()
    assert card and max(boxes) <= card["y"]
