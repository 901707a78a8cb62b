"""A clerk with a phone and the county's analyst: filled in, sent back, mended, published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from shortplank.access import MACHINE
from shortplank.gate.accounts import Accounts
from shortplank.store import Store
from tests.copies import demo_copy
from tests.journeys.test_form import PHONE
from tests.journeys.watching import watch
from tools.browser import AppServer, serving
from tools.look import settled

PASSWORD = "杉野的春天来得很早呀"
SECONDS = 30_000
FORM = "form=township_quarter&month=2010-06"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """The demo with a clerk of 竹麓乡, one of 湖渡镇 and an analyst."""
    folder = demo_copy(tmp_path / "county")
    (folder / "access.toml").write_text("[local]\n", encoding="utf-8")
    accounts, towns = Accounts(folder), {a.name: a.area_code for a in Store(folder).workspace.areas}
    for name, town in (("zhulu", "竹麓乡"), ("hudu", "湖渡镇")):
        accounts.add(MACHINE, name, PASSWORD, "filer", towns[town], must_change=False)
    accounts.add(MACHINE, "tongji01", PASSWORD, "analyst", must_change=False)
    return folder


@pytest.fixture
def server(county: Path) -> Iterator[AppServer]:
    with serving(county, environment={"SHORTPLANK_TODAY": "2010-07-03"}) as running:
        yield running


def sign_in(page: Page, server: AppServer, path: str, name: str) -> None:
    page.goto(f"{server.url}/{path}")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    settled(page)


def press(page: Page, name: str, said: str) -> None:
    """Press a button and wait for what the page then says."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_text(said).first).to_be_visible(timeout=SECONDS)
    settled(page)


def test_a_quarter_is_filled_in_sent_back_mended_and_published(
    browser: Browser, server: AppServer, county: Path
) -> None:
    hand = browser.new_context(
        locale="zh-CN", user_agent=PHONE, viewport={"width": 390, "height": 844}
    )
    desk = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    heard = [watch(context) for context in (hand, desk)]
    clerk, analyst = hand.new_page(), desk.new_page()
    # Filled in on the page, one count typed and zeros where nothing happened.
    sign_in(clerk, server, f"filing?way=page&{FORM}", "zhulu")
    first = clerk.locator("table.list input").first
    first.fill("5")
    first.press("Tab")
    expect(clerk.get_by_text("已填 1 格")).to_be_visible(timeout=SECONDS)
    clerk.get_by_role("button", name="格都填 0").click()
    expect(clerk.get_by_role("button", name="报送", exact=True)).to_be_visible(timeout=SECONDS)
    press(clerk, "报送", "等县里收下")
    # Sent back with a reason, which the clerk reads.
    sign_in(analyst, server, "tray?look=waiting", "tongji01")
    expect(analyst.get_by_text("1 份待收")).to_be_visible(timeout=SECONDS)
    analyst.get_by_label("退回的理由（乡镇会看到）").fill("第一项请再核一遍")
    analyst.keyboard.press("Tab")
    press(analyst, "退回", "已退回")
    clerk.reload()
    settled(clerk)
    expect(clerk.get_by_text("被退回：第一项请再核一遍")).to_be_visible(timeout=SECONDS)
    # The draft is there to be mended, and handed in again.
    first = clerk.locator("table.list input").first
    expect(first).to_have_value("5", timeout=SECONDS)
    first.fill("6")
    first.press("Tab")
    expect(clerk.get_by_role("button", name="报送", exact=True)).to_be_visible(timeout=SECONDS)
    press(clerk, "报送", "等县里收下")
    # Accepted and published as one edition; the clerk sees in which.
    analyst.goto(f"{server.url}/tray?look=waiting")
    settled(analyst)
    press(analyst, "全部收下（1）", "已收下 1 份")
    analyst.goto(f"{server.url}/tray?look=publish")
    settled(analyst)
    before = Store(county).newest()
    press(analyst, "发布", f"已发布第{before + 1}版")
    clerk.goto(f"{server.url}/filing?look=sent")
    settled(clerk)
    own = Store(county)
    assert own.newest() == before + 1
    submitted = own.edition().table("submission", max(own.edition().months("submission")))
    assert submitted is not None and submitted["file_sha256"].to_pylist()
    for each in heard:
        assert not each.reports, each.reports
    hand.close()
    desk.close()


def test_a_clerk_sees_nothing_of_another_township(page: Page, server: AppServer) -> None:
    sign_in(page, server, "filing?area=990101102&look=sent&role=analyst", "hudu")
    assert page.get_by_text("竹麓").count() == 0
    for path in ("tray", "tray?look=decided", "imports?look=differences", "audit"):
        page.goto(f"{server.url}/{path}")
        settled(page)
        assert page.get_by_text("竹麓乡", exact=True).count() == 0
