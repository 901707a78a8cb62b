"""A card in a browser: a fault, the preview, the saving; what the running server then says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from shortplank.records.settings_changes import changes
from tests.copies import demo_copy
from tests.journeys.looks import AXE, english, violations
from tools.browser import AppServer, open_tab, serving
from tools.look import settled

EDIT = "dictionary?look=edit&indicator=migrant_filing"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_copy(tmp_path_factory.mktemp("county") / "county", without=("journal",))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[AppServer]:
    with serving(folder) as running:
        yield running


def tab(browser: Browser, url: str, theme: str = "light", width: int = 1366) -> Page:
    size = {"width": width, "height": 768}
    made = browser.new_context(locale="zh-CN", viewport=size, color_scheme=theme)  # type: ignore[arg-type]
    page = open_tab(made)
    page.goto(url)
    settled(page)
    return page


@pytest.mark.parametrize("look", ["edit", "changes"])
@pytest.mark.parametrize(("theme", "width"), [("light", 1366), ("dark", 1920), ("light", 390)])
def test_a_look_is_as_wide_as_its_screen_and_chinese(
    look: str, theme: str, width: int, browser: Browser, server: AppServer
) -> None:
    page = tab(browser, f"{server.url}/{EDIT.replace('edit', look, 1)}", theme, width)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("(main) => main.scrollWidth - main.clientWidth") <= 0
    assert not english(page)
    if AXE.exists():
        assert violations(page) == []
    page.context.close()


def test_a_card_is_changed_and_the_running_server_says_so(
    browser: Browser, server: AppServer, folder: Path
) -> None:
    page = tab(browser, f"{server.url}/{EDIT}")
    page.get_by_label("定义（一句话）").fill("")
    page.get_by_label("目标（可不填）").fill("88")
    page.get_by_label("名称", exact=True).fill("流动人口建档")
    page.get_by_role("button", name="核对并预览").click()
    expect(page.get_by_text("请填写", exact=True)).to_be_visible()
    expect(page.get_by_text("有 1 处要改，写在各栏下面。")).to_be_visible()
    page.get_by_label("定义（一句话）").fill("已建档占应建档的比重。")
    page.get_by_role("button", name="核对并预览").click()
    expect(page.get_by_text("的数都不变。")).to_be_visible(timeout=30_000)
    page.get_by_label("为什么改（必填）").first.fill("县里定的目标")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存第 1 次改动，记为第27版。")).to_be_visible(timeout=30_000)
    assert [each.why for each in changes(folder)] == ["县里定的目标"]
    other = tab(browser, f"{server.url}/trends?indicator=migrant_filing")
    expect(other.get_by_text("口径自第27版改（县里定的目标）")).to_be_visible()
    expect(other.locator("h1.finding")).to_contain_text("云洲县流动人口建档 82.64%")
    other.context.close()
    page.context.close()
