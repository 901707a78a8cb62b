"""Asking by typing in a real browser: by keys alone, in the hall, by a finger, and back again."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from shortplank.wording.asked.told import LABEL, PLACEHOLDER
from tests.journeys.watching import watch
from tools.browser import AppServer, open_tab
from tools.look import settled

Serve = Callable[..., AppServer]
ZHULU = "990101215"


def query(page: Page) -> dict[str, str]:
    """Return the link's parameters."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name=LABEL)


def show(page: Page, url: str) -> None:
    """Open a page and wait until it has its box: the address has all that it shows."""
    page.goto(url)
    settled(page)
    page.locator(".ask-open[data-words]").wait_for(state="attached")


@pytest.mark.parametrize("hall", ["", "&present=1"])
def test_from_a_key_to_the_page_and_back(hall: str, page: Page, app_server: Serve) -> None:
    heard = watch(page.context)
    show(page, f"{app_server().url}/overview?month=2010-04{hall}")
    before = page.evaluate("history.length")
    page.keyboard.press("/")
    page.keyboard.type("zll xbb")
    page.keyboard.press("Enter")  # before the server has answered
    page.wait_for_url("**/sex_ratio?**")
    expect(page.locator("dialog.ask")).to_be_hidden()
    settled(page)
    assert query(page)["area"] == ZHULU and query(page)["month"] == "2010-04"
    assert query(page).get("present") == ("1" if hall else None)
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    page.wait_for_url("**/overview?**")
    settled(page)
    assert query(page)["month"] == "2010-04"
    assert not heard.reports


def test_the_list_is_gone_through_by_keys(page: Page, app_server: Serve) -> None:
    show(page, f"{app_server().url}/overview?month=2010-05")
    page.keyboard.press("/")
    field, rows = box(page), page.get_by_role("option")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("建档 oeo")
    expect(page.get_by_role("status").filter(has_text="没有认出“oeo”")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    assert rows.count() > 2
    expect(rows.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    chosen = rows.nth(1).get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", chosen or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(rows.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rankings?**")
    assert query(page)["indicator"] == "migrant_filing"


def test_escape_leaves_everything_as_it_was(page: Page, app_server: Serve) -> None:
    """In the hall the same key leaves the show, and Enter and the blank turn: not from the box."""
    show(page, f"{app_server().url}/trends?month=2010-05&present=1")
    page.wait_for_function("() => document.querySelector('#turn')?.dataset.place")
    before = page.url, page.evaluate("history.length")
    page.keyboard.press("/")
    page.keyboard.type("没有这个 ")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.ask")).to_be_hidden()
    page.wait_for_timeout(300)  # a turn is taken within a tenth of a second
    assert (page.url, page.evaluate("history.length")) == before
    page.keyboard.press("/")
    expect(box(page)).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('present')")


def test_the_keys_of_an_input_method_are_its_own(page: Page, app_server: Serve) -> None:
    """What is composed is asked for when it is done; its Enter and Escape go nowhere."""
    show(page, f"{app_server().url}/overview?month=2010-05")
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.evaluate("""() => {
      const field = document.activeElement;
      const fire = (kind, made, more) => field.dispatchEvent(new made(kind,
        { bubbles: true, cancelable: true, ...more }));
      fire("compositionstart", CompositionEvent);
      field.value = "zhu'lu";
      fire("input", InputEvent, { isComposing: true });
      for (const key of ["Enter", "Escape"])
        fire("keydown", KeyboardEvent, { key, isComposing: true, keyCode: 229 });
    }""")
    expect(page.locator("dialog.ask")).to_be_visible()
    assert page.get_by_role("option").count() == 0
    page.evaluate("""() => {
      const field = document.activeElement;
      field.value = "竹麓";
      field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    }""")
    expect(page.get_by_role("option").first).to_contain_text("竹麓乡")


def test_a_slash_in_a_field_is_a_slash(page: Page, app_server: Serve) -> None:
    show(page, f"{app_server().url}/dictionary")
    field = page.get_by_role("textbox", name="查找")
    field.click()
    page.keyboard.press("/")
    expect(field).to_have_value("/")
    expect(page.locator("dialog.ask")).to_be_hidden()


def test_with_a_finger_on_a_phone(browser: Browser, app_server: Serve) -> None:
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = open_tab(context)
    show(page, f"{app_server().url}/rankings?month=2010-05")
    head = page.get_by_role("button", name=LABEL)
    place = head.bounding_box()
    assert place and place["height"] >= 44 and place["width"] >= 44 and place["y"] < 60
    head.tap()
    box(page).fill("竹麓 性别比 近三年")
    row = page.get_by_role("option").first
    expect(row).to_have_text("竹麓乡 · 出生人口性别比 · 近36月 → 性别比")
    shape = page.locator("dialog.ask").bounding_box()
    assert shape and shape["x"] >= 0 and shape["x"] + shape["width"] <= 390
    row.tap()
    page.wait_for_url("**/sex_ratio?**")
    settled(page)
    assert query(page) == {"area": ZHULU, "span": "r36", "month": "2010-05"}
    context.close()


def test_from_the_field_above_the_list_of_pages(page: Page, app_server: Serve) -> None:
    show(page, f"{app_server().url}/imports")
    page.get_by_test_id("stSidebar").get_by_role("button", name=PLACEHOLDER).click()
    box(page).fill("操作记录")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/audit")


def test_it_answers_while_one_types(page: Page, app_server: Serve) -> None:
    """Typing runs no page: what stands on it stays, the chart's own element too."""
    show(page, f"{app_server().url}/rankings?month=2010-05&indicator=migrant_filing&window=r12")
    page.evaluate("document.querySelector('h1.finding').dataset.kept = 'yes'")
    page.keyboard.press("/")
    for text in ("z", "zl", "zlx", "zlx x", "zlx xb", "zlx xbb"):
        box(page).fill(text)
        expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_role("option").first).to_have_text("竹麓乡 · 出生人口性别比 → 性别比")
    assert page.evaluate("document.querySelector('h1.finding').dataset.kept") == "yes"
