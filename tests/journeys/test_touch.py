"""Pictures answer to hands, and Back leads from one action to the one before."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Browser, Page, expect

from tools.browser import AppServer, open_tab
from tools.look import settled

Serve = Callable[..., AppServer]
TOWN = "990101103"


def query(page: Page) -> dict[str, str]:
    """Return the link's parameters."""
    return {key: values[0] for key, values in parse_qs(urlparse(page.url).query).items()}


def place_of(page: Page, key: str) -> tuple[float, float]:
    """Return where on the screen a place of the picture lies, at the left of its middle."""
    page.wait_for_selector(".chart .marks")
    at = page.evaluate(
        """(key) => {
          const plot = document.querySelector(".js-plotly-plot");
          const pick = plot.layout.meta.picks.find((each) => each.key === key);
          const { xaxis, yaxis } = plot._fullLayout;
          const middle = (axis, ends) =>
            axis._offset + (axis.d2p(ends[0]) + axis.d2p(ends[1])) / 2;
          const x = pick.x ? middle(xaxis, pick.x) : 30, y = pick.y ? middle(yaxis, pick.y) : 120;
          const main = document.querySelector("[data-testid=stMain]");
          main.scrollBy(0, plot.getBoundingClientRect().top + y - 300);
          const box = plot.closest(".chart");
          box.scrollLeft = pick.x ? x - box.clientWidth / 2 : 0;
          const frame = plot.getBoundingClientRect();
          return [frame.left + x, frame.top + y];
        }""",
        key,
    )
    return at[0], at[1]


def look_of(page: Page) -> tuple[str, str, tuple[str, ...], int]:
    """Return what somebody sees of a page: path, finding, chosen filters, what is selected."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    settled(page)
    chosen = page.locator("[data-testid=stSelectbox] input").evaluate_all(
        "(boxes) => boxes.map((box) => box.getAttribute('value') || box.value)"
    )
    looks = page.locator("button[aria-checked=true]").all_inner_texts()
    marked = page.locator("section.selected").count()
    title = page.locator("h1.finding").inner_text()
    return urlparse(page.url).path, title, (*chosen, *looks), marked


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box by its label."""
    page.get_by_role("combobox", name=label).click()
    page.keyboard.type(option)
    page.get_by_role("option", name=option, exact=True).click()


def test_back_and_forward_lead_from_action_to_action(page: Page, app_server: Serve) -> None:
    """Eight actions, each one entry: eight times Back and Forward every page is as it was."""
    page.goto(f"{app_server().url}/overview")
    sidebar = page.get_by_test_id("stSidebar")

    def to(name: str, path: str) -> None:
        sidebar.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"**/{path}?**")

    def select() -> None:
        page.mouse.click(*place_of(page, TOWN))
        page.wait_for_url(f"**area={TOWN}**")
        page.wait_for_selector("section.selected")

    def switch(look: str, key: str) -> None:
        page.get_by_role("radio", name=look, exact=True).click()
        page.wait_for_url(f"**look={key}**")

    def month() -> None:
        choose(page, "月份", "2009年9月")
        page.wait_for_url("**month=2009-09**")  # the stamp is there before the run
        expect(page.locator(".stamp")).to_contain_text("2009年9月")

    def origin() -> None:
        page.get_by_role("link", name="这个数从哪来").click()
        page.wait_for_url("**origin=1**")

    actions = [
        lambda: to("乡镇排名", "rankings"),
        month,
        select,
        lambda: switch("漏斗图", "funnel"),
        origin,
        lambda: to("性别比", "sex_ratio"),
        lambda: switch("时段", "periods"),
        lambda: to("指标趋势", "trends"),
    ]
    seen = [look_of(page)]
    length = page.evaluate("history.length")
    for act in actions:
        act()
        seen.append(look_of(page))
    assert page.evaluate("history.length") == length + len(actions), "one entry an action"
    for wanted in reversed(seen[:-1]):
        page.go_back()
        expect(page.locator("h1.finding")).to_have_text(wanted[1])
        assert look_of(page) == wanted
    for wanted in seen[1:]:
        page.go_forward()
        expect(page.locator("h1.finding")).to_have_text(wanted[1])
        assert look_of(page) == wanted


def test_a_row_is_selected_in_place(page: Page, app_server: Serve) -> None:
    """The label too answers; nothing is drawn anew, and a second click lets go."""
    page.goto(f"{app_server().url}/rankings")
    settled(page)
    page.evaluate("document.querySelector('.js-plotly-plot').dataset.mine = 'yes'")
    at = place_of(page, TOWN)
    page.mouse.click(*at)
    assert page.locator(".marks .selected").count() == 1, "marked before the server has answered"
    page.wait_for_selector("section.selected")
    assert query(page)["area"] == TOWN
    bar = page.locator("section.selected")
    assert "潭渚镇" in bar.inner_text() and "95% 区间" in bar.inner_text()
    assert page.locator(".js-plotly-plot").get_attribute("data-mine") == "yes"
    page.mouse.click(*at)
    page.wait_for_selector("section.selected", state="detached")
    assert "area" not in query(page)


def test_keys_select_and_say_what_they_are_at(page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/rankings")
    settled(page)
    chart = page.locator(".chart")
    chart.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    said = page.locator(".said").inner_text()
    assert "，" in said
    page.keyboard.press("Enter")
    page.wait_for_selector("section.selected")
    assert page.locator("section.selected b").inner_text() == said.partition("，")[0]


def test_a_number_and_enter_select_in_the_hall(page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/rankings?present=1")
    settled(page)
    page.wait_for_selector("#turn", state="attached")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.wait_for_selector("section.selected")
    third = page.evaluate("document.querySelector('.js-plotly-plot').layout.meta.picks[2].key")
    assert query(page)["area"] == third and query(page)["present"] == "1"


def test_a_month_is_selected_on_a_line(page: Page, app_server: Serve) -> None:
    page.goto(f"{app_server().url}/trends?look=curve")
    settled(page)
    page.mouse.click(*place_of(page, "2009-09"))
    page.wait_for_selector("section.selected")
    assert query(page)["at"] == "2009-09"
    page.get_by_role("link", name="看2009年9月").click()
    page.wait_for_url("**month=2009-09**")
    settled(page)
    assert "2009年9月" in page.locator(".stamp").inner_text()


def villages_marked(page: Page) -> None:
    """Wait for the picture in which a township's villages are marked: the page before has one."""
    page.wait_for_function("() => document.querySelectorAll('.marks .part').length > 1")
    settled(page)


def test_from_a_rank_to_the_cell_of_a_village(page: Page, app_server: Serve) -> None:
    """Row, villages, stave, origin: four clicks, in one document."""
    asked: list[str] = []
    page.goto(f"{app_server().url}/rankings?indicator=migrant_filing")
    settled(page)
    page.on(
        "request", lambda sent: asked.append(sent.url) if sent.is_navigation_request() else None
    )
    page.mouse.click(*place_of(page, TOWN))
    page.get_by_role("link", name="各村", exact=True).click()
    page.wait_for_url("**/short_plank?**")
    villages_marked(page)
    village = page.evaluate(
        f"""document.querySelector('.js-plotly-plot').layout.meta.picks
            .find((each) => each.group === '{TOWN}').key"""
    )
    page.mouse.click(*place_of(page, village))
    page.wait_for_url(f"**area={village}**")
    page.get_by_role("link", name="这个数从哪来").click()
    page.wait_for_selector("section.selected table")
    assert "报表" in page.locator("section.selected table").inner_text()
    assert not asked


def test_with_a_finger_from_the_worst_tile_to_a_cell_and_back(
    browser: Browser, app_server: Serve
) -> None:
    """On a phone: tile, row, villages, stave, origin; and by Back alone to where it began."""
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = open_tab(context)
    page.goto(f"{app_server().url}/overview")
    settled(page)
    addresses = [page.url]

    def arrived(pattern: str) -> None:
        page.wait_for_url(pattern)
        settled(page)
        addresses.append(page.url)

    page.locator(".tile a", has_text="流动人口建档率").tap()
    arrived("**/rankings?**")
    page.touchscreen.tap(*place_of(page, TOWN))
    arrived(f"**area={TOWN}**")
    page.get_by_role("link", name="各村", exact=True).tap()
    arrived("**/short_plank?**")
    villages_marked(page)
    village = page.evaluate(
        f"""document.querySelector('.js-plotly-plot').layout.meta.picks
            .find((each) => each.group === '{TOWN}').key"""
    )
    page.touchscreen.tap(*place_of(page, village))
    arrived(f"**area={village}**")
    page.get_by_role("link", name="这个数从哪来").tap()
    arrived("**origin=1**")
    assert page.locator("section.selected table").is_visible()
    for address in reversed(addresses[:-1]):
        page.go_back()
        page.wait_for_url(address)
    expect(page.locator(".tiles")).to_be_visible()
    context.close()


def test_back_in_haste_is_no_other_back(page: Page, app_server: Serve) -> None:
    """Faster than the server answers: no entry is made, none is lost, and the page is the last."""
    page.goto(f"{app_server().url}/overview")
    sidebar = page.get_by_test_id("stSidebar")
    titles = []
    for name, path in (
        ("乡镇排名", "rankings"),
        ("性别比", "sex_ratio"),
        ("短板村", "short_plank"),
    ):
        titles.append(look_of(page)[1])
        sidebar.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"**/{path}?**")
    last, length = look_of(page)[1], page.evaluate("history.length")
    page.evaluate("history.back()")
    page.evaluate("history.back()")
    page.evaluate("history.back()")
    page.wait_for_url("**/overview")
    expect(page.locator("h1.finding")).to_have_text(titles[0])
    settled(page)
    assert urlparse(page.url).path == "/overview"
    assert page.evaluate("history.length") == length
    for _ in range(3):
        page.evaluate("history.forward()")
    page.wait_for_url("**/short_plank?**")
    expect(page.locator("h1.finding")).to_have_text(last)
    assert page.evaluate("history.length") == length
