"""认一张新表 in a browser: a file that no form knows is looked at, changed and saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from shortplank.catalogue import load_workspace
from tests.ingest.drafting.registered import blank
from tests.ingest.drafting.shapes import SHAPES
from tools.browser import AppServer, open_tab, serving
from tools.look import settled


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, AppServer]]:
    """A blank workspace and the app on it."""
    root = blank(tmp_path / "w")
    with serving(root) as server:
        yield root, server


def drop(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(str(file))


def test_a_new_report_becomes_a_form(
    browser: Browser, served: tuple[Path, AppServer], tmp_path: Path
) -> None:
    root, server = served
    shape = SHAPES["taiwan"]()
    file = tmp_path / shape.name
    file.write_bytes(shape.data)
    with browser.new_context(viewport={"width": 1366, "height": 900}) as context:
        page = open_tab(context)
        page.goto(f"{server.url}/imports?look=draft")
        settled(page)
        drop(page, file)
        page.get_by_text("认出 3 个数").wait_for(timeout=60_000)
        assert page.get_by_text("Big5（繁体中文）").count() >= 1
        # One column is said to be none of the report's.
        page.get_by_role("combobox", name="H 列“死亡數”").click()
        page.keyboard.type("不读")
        page.get_by_role("option", name="不读").click()
        page.get_by_text("认出 2 个数").wait_for(timeout=60_000)
        page.get_by_role("button", name="保存表单").click()
        page.get_by_text("已保存").first.wait_for(timeout=60_000)
        (form,) = load_workspace(root).forms.values()
        assert len(form.columns) == 2 and "死亡數" in form.ignore
        settled(page)
        drop(page, file)
        page.get_by_text("已能按表单").first.wait_for(timeout=60_000)


def test_a_list_of_people_leaves_nothing_behind(
    browser: Browser, served: tuple[Path, AppServer], tmp_path: Path
) -> None:
    root, server = served
    file = tmp_path / "名单.csv"
    file.write_text("姓名,电话\n张三,13800138000\n李四,13800138001\n", encoding="utf-8")
    with browser.new_context() as context:
        page = open_tab(context)
        page.goto(f"{server.url}/imports?look=draft")
        settled(page)
        drop(page, file)
        page.get_by_text("个人信息").first.wait_for(timeout=60_000)
        assert "13800138000" not in page.content()
        assert not load_workspace(root).forms
