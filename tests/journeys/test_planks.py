"""The short plank and the inspection in a real browser: the hall's list, files, and a plan."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from shortplank.store import journal
from tests.copies import demo_copy
from tests.topics.villages import county, filed
from tools.browser import AppServer, open_tab, serving
from tools.look import settled

Serve = Callable[..., AppServer]
EDGES = """() => [...document.querySelectorAll('table.wall td, p.say, h1.finding')].map((e) => {
  const box = e.getBoundingClientRect();
  return [e.innerText, box.right, box.bottom, parseFloat(getComputedStyle(e).fontSize)];
})"""


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_warning_list_is_read_from_the_last_row(
    size: tuple[int, int], browser: Browser, tmp_path: Path
) -> None:
    """Of a county with more villages listed than a screen holds."""
    county(tmp_path / "county", [filed(200, 110)] * 12 + [filed(200, 190)] * 48, towns=4)
    context = browser.new_context(locale="zh-CN", viewport={"width": size[0], "height": size[1]})
    page = open_tab(context)
    with serving(tmp_path / "county") as server:
        page.goto(f"{server.url}/short_plank?look=warnings&present=1&month=2009-09")
        settled(page)
        cells = page.evaluate(EDGES)
    assert any("另有" in text for text, *_ in cells)
    for text, right, bottom, high in cells:
        assert right <= size[0] and bottom <= size[1] - 40 and high >= 24, text
    context.close()


def test_an_exact_list_is_taken_on_purpose(tmp_path: Path, page: Page) -> None:
    root = demo_copy(tmp_path / "county")
    with serving(root) as server:
        page.goto(f"{server.url}/short_plank?look=warnings&month=2010-05")
        settled(page)
        page.get_by_text("精确数（标明内部使用，记入日志）").click()
        signed = page.get_by_text(re.compile("^由 .+ 取用$")).inner_text()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="下载 Excel（内部使用）").click()
        data = Path(waiting.value.path()).read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert all(sheet["A1"].value == "密级：内部使用" for sheet in book)
    [line] = journal.read(root, "exact_exports")
    assert signed == f"由 {line['who']} 取用"


def test_a_plan_is_chosen_and_stands_in_the_link(page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/inspection?month=2009-09&indicator=policy_compliance")
    settled(page)
    title = page.locator("h1.finding")
    expect(title).to_contain_text("98.1% 的可能抽到≥3 例的村（185 个村中 88 个）")
    box = page.get_by_label("抽几个村")
    box.fill("2")
    box.press("Enter")
    expect(title).to_contain_text("抽 2 个村，72.6% 的可能")
    assert "villages=2" in page.url
    page.reload()
    settled(page)
    expect(title).to_contain_text("抽 2 个村，72.6% 的可能")
