"""A province on one platform in a real browser: people of three counties, and one of all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks import scale
from shortplank.access import MACHINE
from shortplank.gate.accounts import Accounts
from tools.browser import AppServer, serving
from tools.look import settled

PASSWORD = "杉野的春天来得很早呀"
SECONDS = 30_000
PROVINCE = "99"
# Each county's account, and on which of two processes it is served.
PEOPLE = {"990101": ("yixian", 0), "990102": ("erxian", 1), "990103": ("sanxian", 0)}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AppServer, AppServer]]:
    """Two processes over one workspace and one state folder, as workers are."""
    root = tmp_path_factory.mktemp("province")
    scale.make(root / "all", scale.Scale(3, 5, 4, 26), PROVINCE)
    (root / "all" / "access.toml").write_text("[local]\n", encoding="utf-8")
    accounts = Accounts(root / "all")
    for county, (name, _) in PEOPLE.items():
        accounts.add(MACHINE, name, PASSWORD, "viewer", county, must_change=False)
    accounts.add(MACHINE, "sheng", PASSWORD, "analyst", must_change=False)
    state = {"SHORTPLANK_STATE": str(root / "state")}
    with (
        serving(root / "all", environment=state) as one,
        serving(root / "all", environment=state) as two,
    ):
        yield one, two


def sign_in(page: Page, server: AppServer, name: str) -> None:
    page.goto(f"{server.url}/")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    settled(page)


def stamp(page: Page) -> str:
    return page.locator(".stamp").last.inner_text()


def test_three_people_of_three_counties_see_their_own(
    browser: Browser, servers: tuple[AppServer, AppServer]
) -> None:
    pages = {}
    for county, (name, at) in PEOPLE.items():
        pages[county] = browser.new_context(locale="zh-CN").new_page()
        sign_in(pages[county], servers[at], name)
    for path in ("rankings?month=2002-10", "trends", "short_plank"):
        for county, page in pages.items():  # in turn: each asks while the others are open
            page.goto(f"{servers[PEOPLE[county][1]].url}/{path}")
            settled(page)
            assert stamp(page).startswith(f"第{county}县")
            others = [f"第{other}" for other in PEOPLE if other != county]
            said = page.locator("body").inner_text()
            assert not [other for other in others if other in said]
            assert page.get_by_label("县", exact=True).count() == 0
    page = pages["990101"]
    page.goto(f"{servers[0].url}/rankings?county=990102")
    expect(page.get_by_role("alert")).to_contain_text(
        "本账号只能查看第990101县的数", timeout=SECONDS
    )
    assert page.locator(".finding").count() == 0
    for each in pages.values():
        each.context.close()


def test_who_has_the_province_goes_into_a_county_and_back(
    browser: Browser, servers: tuple[AppServer, AppServer]
) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    sign_in(page, servers[0], "sheng")
    assert stamp(page).startswith("量测省")
    page.get_by_role("navigation", name="页面").get_by_text("各县排名").click()
    page.wait_for_url("**/rankings**", timeout=SECONDS)
    settled(page)
    assert stamp(page).startswith("量测省") and "个县" in page.locator(".finding").inner_text()
    page.get_by_role("navigation", name="页面").get_by_text("调度总览").click()
    page.wait_for_url("**/overview**", timeout=SECONDS)
    settled(page)
    page.get_by_role("link", name="第990102县", exact=True).last.click()
    page.wait_for_url("**county=990102**", timeout=SECONDS)
    expect(page.locator(".stamp").last).to_contain_text("第990102县", timeout=SECONDS)
    settled(page)
    page.get_by_role("navigation", name="页面").get_by_text("短板村").click()
    page.wait_for_url("**/short_plank**county=990102**", timeout=SECONDS)
    settled(page)
    assert stamp(page).startswith("第990102县")
    page.go_back()
    page.go_back()
    expect(page.locator(".stamp").last).to_contain_text("量测省", timeout=SECONDS)
    assert "county=" not in page.url
    page.context.close()
