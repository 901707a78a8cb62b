"""Tables in a browser: sorted, turned, copied, printed and scrolled, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from shortplank.frame.made.parts import HOW
from shortplank.frame.table.takeaways import GONE
from tests.journeys.watching import watch
from tools.browser import AppServer
from tools.look import settled

Serve = Callable[..., AppServer]
RANKINGS = "rankings?month=2010-05"
VILLAGES = "short_plank?month=2010-05&look=lists"


def opened(page: Page, server: AppServer, link: str) -> Locator:
    """Return the table of a page that has been opened."""
    page.goto(f"{server.url}/{link}")
    settled(page)
    table = page.locator("table.data").first
    table.wait_for()
    page.wait_for_function("() => document.querySelector('script[src*=\"tables.js\"]')")
    return table


def column(table: Locator, head: str) -> list[str]:
    """Return a column's texts as they are in the document, all pages of it."""
    return table.evaluate(
        """(table, head) => {
          const at = [...table.tHead.rows[0].cells].findIndex((th) => th.textContent === head);
          return [...table.tBodies].flatMap((b) => [...b.rows]).map((r) => r.cells[at].textContent);
        }""",
        head,
    )


def seen_rows(page: Page) -> int:
    """Return how many rows of the first table are shown."""
    return page.locator("table.data").first.locator("tbody tr").filter(visible=True).count()


def head_of(table: Locator, head: str) -> Locator:
    return table.get_by_role("columnheader", name=head, exact=True)


def clipboard(page: Page) -> list[list[str]]:
    """Return what was copied, in rows of cells."""
    said = str(page.evaluate("navigator.clipboard.readText()"))
    return [line.split("\t") for line in said.replace("\r", "").split("\n")]


def test_a_heading_sorts_by_value_both_ways_and_back(page: Page, app_server: Serve) -> None:
    table = opened(page, app_server(), RANKINGS)
    own = column(table, "比上月")
    numbers = [int(text) for text in own]
    assert len({*numbers}) > 3 and min(numbers) < 0
    head = head_of(table, "比上月")
    head.get_by_role("button").click()
    assert column(table, "比上月") == [str(n) for n in sorted(numbers)]
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").click()
    assert column(table, "比上月") == [str(n) for n in sorted(numbers, reverse=True)]
    head.get_by_role("button").click()
    assert column(table, "比上月") == own
    expect(head).to_have_attribute("aria-sort", "none")


def test_the_keyboard_reaches_headings_and_box(page: Page, app_server: Serve) -> None:
    table = opened(page, app_server(), RANKINGS)
    box = page.locator(".table-box").first
    box.focus()
    before = column(table, "乡镇")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(head_of(table, "乡镇")).to_have_attribute("aria-sort", "ascending")
    named = column(table, "乡镇")
    assert named != before
    assert named == page.evaluate("(all) => all.sort(new Intl.Collator('zh').compare)", before)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(head_of(table, "乡镇")).to_have_attribute("aria-sort", "none")
    expect(head_of(table, "位次")).to_have_attribute("aria-sort", "ascending")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.table-box').scrollLeft > 0")


def test_what_is_missing_stays_last(page: Page, app_server: Serve) -> None:
    table = opened(page, app_server(), RANKINGS)
    table.evaluate("""(table) => {
      const cell = table.tBodies[0].rows[4].cells[1];
      cell.dataset.v = "";
      cell.textContent = "–";
    }""")
    for _ in range(2):
        head_of(table, "位次").get_by_role("button").click()
        assert column(table, "位次")[-1] == "–"


def test_pages_are_turned_and_sorting_goes_over_all_of_them(page: Page, app_server: Serve) -> None:
    table = opened(page, app_server(), VILLAGES)
    all_rows = table.locator("tbody tr").count()
    assert all_rows == 185 and seen_rows(page) == 100
    page.get_by_role("button", name="下一页").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pages")).to_contain_text("第 2 页 共 2 页")
    assert seen_rows(page) == all_rows - 100
    expect(page.get_by_role("button", name="下一页")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="下一页").click(force=True)
    expect(page.locator(".pages")).to_contain_text("第 2 页 共 2 页")
    head_of(table, "分母").get_by_role("button").click()
    expect(page.locator(".pages")).to_contain_text("第 1 页 共 2 页")
    sizes = [int(text) for text in column(table, "分母")]
    assert len(sizes) == all_rows and sizes == sorted(sizes)


def test_a_copy_has_numbers_and_leaves_order_and_page_alone(page: Page, app_server: Serve) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = opened(page, app_server(), VILLAGES)
    # The answers round already; a value behind a text is what is sorted and copied.
    table.evaluate("(table) => (table.tBodies[1].rows[3].cells[7].dataset.v = '-0.98765432')")
    head_of(table, "贡献").get_by_role("button").click()
    first = column(table, "村")[0]
    page.get_by_role("button", name="复制表格").click()
    expect(page.locator(".told").first).to_contain_text("已复制 185 行")
    copied = clipboard(page)
    assert len(copied) == 186 and {len(row) for row in copied} == {len(copied[0])}
    heads = copied[0]
    assert heads[:2] == ["乡镇", "村"] and copied[1][1] == first
    gains = [float(row[heads.index("贡献")]) for row in copied[1:]]
    assert gains == sorted(gains) and gains[0] == -0.98765432
    settled(page)
    assert column(table, "村")[0] == first


def test_what_cannot_be_taken_is_said(page: Page, app_server: Serve) -> None:
    """A table of a tab that the server no longer knows, and one that it cannot be asked for."""
    opened(page, app_server(), RANKINGS)
    told, file = page.locator(".told").first, page.get_by_role("link", name="下载 CSV")
    file.evaluate("(link) => (link.href = './take/gone/rankings-ranking.csv')")
    file.click()
    expect(told).to_have_text(GONE)
    page.route("**/take/**", lambda route: route.abort())
    page.get_by_role("link", name="下载 Excel").click()
    expect(told).to_contain_text("请看网络是否通")


def test_a_fold_that_was_opened_stays_open_while_the_month_changes(
    page: Page, app_server: Serve
) -> None:
    opened(page, app_server(), RANKINGS)
    fold = page.locator("details.how")
    expect(fold).to_have_js_property("open", False)
    page.get_by_text(HOW, exact=True).click()
    for month, text in (("2010-03", "2010年3月"), ("2010-04", "2010年4月")):
        page.get_by_role("combobox", name="月份").click()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**month={month}**")
        page.wait_for_selector("[data-test-script-state=notRunning]")
        expect(fold).to_have_js_property("open", True)


def test_a_selection_of_cells_is_copied_as_cells(page: Page, app_server: Serve) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = opened(page, app_server(), RANKINGS)
    table.evaluate("""(table) => {
      const [from, to] = [table.tBodies[0].rows[0], table.tBodies[0].rows[1]];
      to.cells[3].dataset.v = "93.612345";
      const range = document.createRange();
      range.setStart(from.cells[0].firstChild, 0);
      range.setEnd(to.cells[3].firstChild, to.cells[3].firstChild.length);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }""")
    page.keyboard.press("Control+c")
    (first, second) = clipboard(page)
    rows = table.evaluate(
        "(t) => [...t.tBodies[0].rows].slice(0, 2).map((r) => [...r.cells].map("
        "(c) => c.dataset.v ?? c.textContent))"
    )
    assert first == rows[0]
    assert second[:4] == rows[1][:4] and not any(second[4:])
    assert second[3] == "93.612345", "the rate is not rounded"


def test_paper_has_every_row_under_heads_of_every_sheet(page: Page, app_server: Serve) -> None:
    table = opened(page, app_server(), VILLAGES)
    assert seen_rows(page) == 100
    page.emulate_media(media="print")
    assert seen_rows(page) == 185
    style = "(e) => [getComputedStyle(e).display, getComputedStyle(e.parentNode).overflowY]"
    head = table.locator("thead")
    assert head.evaluate(style)[0] == "table-header-group"
    # As a box of its own a button would have no text where the head is repeated.
    assert head.locator("button").first.evaluate(style)[0] == "contents"
    box = page.locator(".table-box").first
    # Nothing is cut at the foot; at 0.72 of its size a sheet is as wide as this.
    assert box.evaluate("e => e.scrollHeight - e.clientHeight") <= 1
    assert table.evaluate("e => e.getBoundingClientRect().right") < 1450
    assert not page.get_by_role("button", name="下一页").filter(visible=True).count()
    assert len(page.pdf(format="A4", landscape=True)) > 10_000


def test_head_and_first_column_stay_in_sight(page: Page, app_server: Serve) -> None:
    table = opened(page, app_server(), VILLAGES)
    page.set_viewport_size({"width": 800, "height": 768})
    box = page.locator(".table-box").first
    box.evaluate("e => e.scrollTo(240, 900)")
    page.wait_for_function("() => document.querySelector('.table-box').scrollTop > 800")
    at, corner = box.bounding_box(), table.locator("thead th").first.bounding_box()
    row = table.locator("tbody.now tr").nth(30).locator("th").bounding_box()
    assert at and corner and row
    assert abs(corner["x"] - at["x"]) < 3 and abs(corner["y"] - at["y"]) < 3
    assert abs(row["x"] - at["x"]) < 3


@pytest.mark.parametrize("link", [RANKINGS, VILLAGES, "data_quality", "audit", "dictionary"])
def test_a_phone_never_scrolls_sideways(link: str, page: Page, app_server: Serve) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, app_server(), link)
    wide = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
      .map((each) => each.scrollWidth - each.clientWidth)"""
    assert page.evaluate(wide) == [0, 0]
    tall = page.locator(".table-box").first.evaluate("e => e.clientHeight")
    assert tall <= 0.75 * 844


def test_a_list_of_villages_is_sorted_too(page: Page, app_server: Serve) -> None:
    heard = watch(page.context)
    opened(page, app_server(), VILLAGES)
    listed = page.locator("table.list").first
    before = column(listed, "n")
    listed.get_by_role("button", name="n", exact=True).click()
    assert column(listed, "n") == sorted(before, key=int) != before
    assert not heard.reports


def test_a_hall_has_no_table(page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/{RANKINGS}&present=1")
    settled(page)
    assert not page.locator(".sheet").filter(visible=True).count()
