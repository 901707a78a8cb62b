"""What a person sees in a real browser: filters in the link, and a way home from anywhere."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page

from tools.browser import AppServer, serving
from tools.look import settled

Serve = Callable[..., AppServer]


def query(page: Page) -> dict[str, str]:
    """Return the link's parameters."""
    return {key: values[0] for key, values in parse_qs(urlparse(page.url).query).items()}


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box by its label."""
    page.get_by_role("combobox", name=label).click()
    page.keyboard.type(option)  # long lists draw only what is in sight
    page.get_by_role("option", name=option, exact=True).click()


def test_filters_survive_reload_and_page_change(page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/rankings")
    settled(page)
    choose(page, "指标", "奖励优惠兑现率")
    page.wait_for_url("**indicator=benefit_delivery**")
    choose(page, "月份", "2009年9月")
    page.wait_for_url("**month=2009-09**")
    page.reload()
    settled(page)
    assert query(page)["indicator"] == "benefit_delivery"
    assert "2009年9月" in page.locator(".stamp").inner_text()
    page.get_by_test_id("stSidebar").get_by_role("link", name="短板村").click()
    page.wait_for_url("**/short_plank**")
    page.wait_for_function("() => location.search.includes('benefit_delivery')")
    settled(page)
    assert query(page)["month"] == "2009-09"


def test_guard_holds_a_deep_link_to_a_viewer(page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/short_plank?role=viewer&month=2010-05&indicator=births_out")
    settled(page)
    assert "浏览者" in page.get_by_test_id("stSidebar").inner_text()


def test_every_page_keeps_its_path_whoever_came_first(page: Page) -> None:
    """In a process that nobody has opened: a page, the root, and the page that the root shows."""
    asked: list[str] = []
    page.on(
        "request", lambda sent: asked.append(sent.url) if sent.is_navigation_request() else None
    )
    with serving() as server:
        page.goto(f"{server.url}/rankings")
        settled(page)
        before = len(asked)
        page.get_by_test_id("stSidebar").get_by_role("link", name="指标趋势").click()
        page.wait_for_url("**/trends**")
        settled(page)
        assert len(asked) == before, "a page of the list opens in the same document"
        for path in ("", "overview", "rankings", "", "overview"):
            page.goto(f"{server.url}/{path}")
            settled(page)
            assert page.locator("h1.finding").inner_text().strip()
            assert page.get_by_role("dialog").count() == 0
            assert urlparse(page.url).path == f"/{path}"


@pytest.mark.parametrize(
    "path", ["nowhere", "home", "overview/deeper", "overview.html", "pages/trends.py"]
)
def test_where_no_page_is_stands_the_way_home(path: str, page: Page, app_server: Serve) -> None:
    answer = page.goto(f"{app_server().url}/{path}")
    assert answer and answer.status == 404
    assert page.get_by_role("heading", name="没有这一页").is_visible()
    assert page.locator("script").count() == 0
    page.get_by_role("link", name="回到看板").click()
    settled(page)
    assert page.locator("h1.finding").inner_text().strip()


def test_a_slash_too_many_is_forgiven(page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/trends/?month=2009-09")
    settled(page)
    assert urlparse(page.url).path == "/trends"
    assert query(page)["month"] == "2009-09"
