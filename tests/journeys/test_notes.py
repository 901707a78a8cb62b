"""A note in a browser: pinned, seen by somebody else, changed by both at once, printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from tests.copies import demo_copy
from tests.journeys.looks import english
from tools.browser import AppServer, open_tab, serving
from tools.look import settled

VIEW = "rankings?indicator=migrant_filing&month=2010-05"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AppServer]:
    with serving(demo_copy(tmp_path / "county", without=("journal",))) as running:
        yield running


def tab(browser: Browser, server: AppServer) -> Page:
    """Return a tab of a session of its own, on the view, with its fold open."""
    page = open_tab(browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}))
    page.goto(f"{server.url}/{VIEW}")
    settled(page)
    page.get_by_role("link", name="标注", exact=True).click()
    expect(page.get_by_label("钉在")).to_be_visible()
    return page


def pinned(page: Page) -> Locator:
    return page.locator(".pinned li")


def choose_first(page: Page) -> None:
    first = page.get_by_role("option").first
    for _ in range(20):  # a list shuts while the page still scrolls to it
        page.get_by_role("combobox", name="改哪一条").click()
        with suppress(TimeoutError):
            first.wait_for(timeout=500)
            break
    first.click()
    expect(page.get_by_label("改为")).to_be_visible()


def change(page: Page, text: str) -> None:
    page.get_by_label("改为").fill(text)
    page.get_by_role("button", name="保存").click()
    expect(pinned(page).filter(has_text=text)).to_have_count(1)


def test_two_people_lose_nothing(browser: Browser, server: AppServer) -> None:
    one, two = tab(browser, server), tab(browser, server)
    one.get_by_label("钉在").fill("集中外出返乡")
    one.get_by_role("button", name="钉上").click()
    expect(pinned(one)).to_have_count(1)
    expect(one.get_by_label("钉在")).to_have_count(1)  # the field before it is gone
    expect(one.get_by_label("钉在")).to_have_value("")
    two.get_by_label("钉在").fill("存量在清理")
    two.get_by_role("button", name="钉上").click()
    expect(pinned(two)).to_have_count(2)
    one.reload()
    settled(one)
    for page in (one, two):
        choose_first(page)
        assert english(page) == set()
    change(one, "返乡，甲核")
    change(two, "返乡，乙核")
    assert pinned(two).count() == 3
    one.reload()
    settled(one)
    expect(pinned(one)).to_have_count(3)
    one.emulate_media(media="print")
    expect(pinned(one).first).to_be_visible()
    expect(one.locator("summary", has_text="标注")).to_be_hidden()
    for page in (one, two):
        page.context.close()
