"""A clerk fills in a form in a browser: types, pastes, loses the session, finds it all again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from shortplank.ingest.filling import Fields, fields
from shortplank.store import Store
from tests.copies import demo_copy
from tests.journeys.watching import Watch, watch
from tools.browser import REPOSITORY, AppServer, open_tab, serving
from tools.look import settled

TOWN, JUNE = "990101102", date(2010, 6, 1)
PHONE = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"
PAGE = f"""
from datetime import date
import streamlit as st
from shortplank.frame.open_page import open_desk
from shortplank.topics.intake.page.on_page import write_form

with open_desk("imports") as desk:
    desk.title("在线填报")
    form = st.query_params.get("form", "village_month")
    upload = write_form(desk, "{TOWN}", form, date(2010, 6, 1))
    desk.say("可以报送：" + upload.name if upload else "还不能报送")
    desk.stamp()
"""
SERVER = """
from pathlib import Path
import streamlit as st
from shortplank.frame.entrance import entrance
from shortplank.frame.server import ROUTES, warmed

gate = entrance()
app = st.App(
    Path(__file__).parent / "page.py",
    lifespan=gate.announcing(warmed(lambda view: None, ())),
    middleware=gate.middleware,
    routes=ROUTES,
)
"""


@dataclass(frozen=True)
class County:
    """A copy of the demo county, and a server of one page with its form."""

    root: Path
    server: AppServer

    @property
    def own(self) -> Fields:
        """Return the township's fields of June."""
        store = Store(self.root)
        return fields(store.workspace, "village_month", TOWN, JUNE, store.edition())

    def draft(self) -> dict[tuple[str, str], int]:
        """Return what stands on disk."""
        path = self.root / "inbox" / "drafts" / TOWN / "village_month-2010-06.json"
        counts = json.loads(path.read_text("utf-8"))["counts"] if path.exists() else {}
        return {(code, m): value for code, row in counts.items() for m, value in row.items()}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    folder = demo_copy(tmp_path / "county")
    (tmp_path / "page.py").write_text(PAGE, encoding="utf-8")
    (tmp_path / "server.py").write_text(SERVER, encoding="utf-8")
    environment = {"PYTHONPATH": str(REPOSITORY)}
    with serving(folder, tmp_path / "server.py", environment=environment) as server:
        yield County(folder, server)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(
        locale="zh-CN",
        viewport={"width": 1366, "height": 768},
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield made
    made.close()


def opened(context: BrowserContext, county: County) -> Page:
    page = open_tab(context)
    page.goto(county.server.url)
    settled(page)
    return page


def count_field(page: Page, row: int, column: int = 0) -> Locator:
    """Return a field of the whole table, both counted from 0."""
    return page.locator("table.grid tbody tr").nth(row).locator("input").nth(column)


def enter(page: Page, label: str, count: str) -> None:
    """Type a count into a field of its own and leave it."""
    field = page.get_by_label(label, exact=True)
    field.tap()
    field.fill(count)
    field.press("Tab")


def paste(page: Page, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def filled_in(page: Page, count: int) -> None:
    """Wait until the page says how many fields are filled in."""
    page.get_by_text(f"已填 {count} 格").first.wait_for(timeout=90_000)
    settled(page)


def quiet(heard: Watch) -> bool:
    """Return whether no rule of the page was broken and nothing was missing."""
    return not heard.reports and not heard.missing()


def test_what_is_typed_and_pasted_is_there_after_the_session_is_lost(
    county: County, context: BrowserContext
) -> None:
    own, heard = county.own, watch(context)
    codes = [area.area_code for area in own.areas]
    first, second = own.measures[:2]
    page = opened(context, county)
    # The keys follow each other as fast as they go, and the first has no time to settle either.
    count_field(page, 0).click()
    for key in ("1234", "Tab", "5", "Enter"):
        page.keyboard.press(key) if key.isalpha() else page.keyboard.type(key)
    filled_in(page, 2)
    assert county.draft() == {(codes[0], first): 1234, (codes[0], second): 5}
    # What the import would say of them stands beside, of the blanks it says nothing yet.
    page.get_by_text(f"{own.areas[0].name} {'·'.join(own.header(first))}：").first.wait_for()
    assert page.get_by_text("按 0 计").count() == 0
    expect(page.get_by_text("还不能报送")).to_be_visible(timeout=30_000)

    # A block out of a spreadsheet; what is no count in it is named and not kept.
    count_field(page, 1).click()
    paste(page, "2,001\t3\n2002\t3.5\n2003\t-4")
    page.get_by_text("只能填不小于 0 的整数，没有保存").wait_for(timeout=90_000)
    filled_in(page, 6)
    pasted = {
        (codes[1], first): 2001, (codes[1], second): 3,
        (codes[2], first): 2002, (codes[3], first): 2003,
    }  # fmt: skip
    kept = {(codes[0], first): 1234, (codes[0], second): 5, **pasted}
    assert county.draft() == kept
    expect(count_field(page, 1)).to_have_value("2001")
    expect(count_field(page, 2, 1)).to_have_value("3.5")
    expect(count_field(page, 2, 1)).to_have_attribute("aria-invalid", "")

    # The tab is reloaded, and then another browser is opened: nothing is lost.
    page.reload()
    settled(page)
    filled_in(page, 6)
    count_field(page, 1, 1).click()
    for key, row, column in (("ArrowLeft", 1, 0), ("ArrowDown", 2, 0), ("ArrowRight", 2, 1),
                             ("ArrowUp", 1, 1), ("Enter", 2, 1), ("Shift+Tab", 2, 0)):  # fmt: skip
        page.keyboard.press(key)
        expect(count_field(page, row, column)).to_be_focused()
    page.close()
    page = opened(context, county)
    filled_in(page, 6)
    count_field(page, 3).click()
    page.keyboard.press("Delete")
    filled_in(page, 5)
    assert county.draft() == {k: v for k, v in kept.items() if k != (codes[3], first)}
    assert quiet(heard)


def test_a_column_is_typed_as_fast_as_keys_go_and_the_next_one_too(
    county: County, context: BrowserContext
) -> None:
    own, page = county.own, opened(context, county)
    for column, measure in enumerate(own.measures[:3]):
        count_field(page, 0, column).click()
        for area in own.areas:
            page.keyboard.type(str(own.before[area.area_code, measure]))
            page.keyboard.press("Enter")
    filled_in(page, 3 * len(own.areas))
    typed = {k: n for k, n in own.before.items() if k[1] in own.measures[:3]}
    assert county.draft() == typed


def test_what_is_typed_while_the_connection_is_lost_is_sent_afterwards(
    county: County, context: BrowserContext
) -> None:
    own, cut = county.own, list[WebSocketRoute]()
    away = False

    def through(socket: WebSocketRoute) -> None:
        if away:
            socket.close()
        else:
            cut.append(socket)
            socket.connect_to_server()

    page = open_tab(context)
    page.route_web_socket("**/_stcore/stream", through)
    page.goto(county.server.url)
    settled(page)
    count_field(page, 0).click()
    page.keyboard.type("12")
    filled_in(page, 1)
    away = True
    cut[-1].close()
    page.keyboard.press("Enter")
    page.keyboard.type("34")
    page.keyboard.press("Tab")
    page.wait_for_timeout(1_500)  # longer than it takes to send
    assert len(county.draft()) == 1
    away = False
    filled_in(page, 2)
    codes, first = [area.area_code for area in own.areas], own.measures[0]
    assert county.draft() == {(codes[0], first): 12, (codes[1], first): 34}


def test_what_is_typed_while_the_server_is_away_reaches_the_next_one(
    tmp_path: Path, context: BrowserContext
) -> None:
    """Another process knows nothing of the session, and has it from the browser."""
    folder, script = demo_copy(tmp_path / "county"), tmp_path / "server.py"
    (tmp_path / "page.py").write_text(PAGE, encoding="utf-8")
    script.write_text(SERVER, encoding="utf-8")
    own = {"PYTHONPATH": str(REPOSITORY), "SHORTPLANK_STATE": str(tmp_path / "state")}
    with serving(folder, script, environment=own) as server:
        county = County(folder, server)
        page = opened(context, county)
        count_field(page, 0).click()
        page.keyboard.type("12")
        filled_in(page, 1)
        port = urlsplit(server.url).port
    page.keyboard.press("Tab")
    page.keyboard.type("34")
    page.keyboard.press("Enter")
    with serving(folder, script, environment=own, port=port):
        filled_in(page, 2)
        assert sorted(county.draft().values()) == [12, 34]
        count_field(page, 1).click()  # a dialog about the lost connection may have had the keys
        page.keyboard.type("56")
        filled_in(page, 3)
        assert sorted(county.draft().values()) == [12, 34, 56]


def test_a_whole_table_is_pasted_and_can_be_handed_in(
    county: County, context: BrowserContext
) -> None:
    own, page = county.own, opened(context, county)
    # One column more than the form has: what finds no field is said.
    lines = [[str(own.before[a.area_code, m]) for m in own.measures] + ["9"] for a in own.areas]
    count_field(page, 0).click()
    paste(page, "\n".join("\t".join(line) for line in lines))
    page.get_by_text(f"表格外的 {len(lines)} 格没有填").wait_for()
    filled_in(page, len(own.before))
    page.get_by_text("可以报送：在线填报_湖渡镇_村月报_2010-06.xlsx").wait_for(timeout=90_000)
    assert county.draft() == own.before


def test_on_a_phone_one_village_is_filled_in_after_another(
    county: County, browser: Browser
) -> None:
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True,
        user_agent=PHONE,
    )  # fmt: skip
    heard, own = watch(context), county.own
    page = opened(context, county)
    assert page.locator("table.grid").count() == 0
    enter(page, "死亡人数", "3")
    filled_in(page, 1)
    enter(page, "一孩·男", "2")
    filled_in(page, 2)
    page.get_by_role("button", name=f"下一个：{own.areas[1].name}").tap()
    chosen = page.get_by_role("combobox", name="村")
    expect(chosen).to_have_value(f"{own.areas[1].name}（未填）", timeout=30_000)
    settled(page)
    # The new village's fields begin at the top.
    head = page.locator("caption").bounding_box()
    assert head is not None and 0 <= head["y"] < 150
    enter(page, "死亡人数", "1")
    filled_in(page, 3)
    codes = [area.area_code for area in own.areas]
    assert county.draft() == {
        (codes[0], "deaths"): 3, (codes[0], "births_p1_m"): 2, (codes[1], "deaths"): 1,
    }  # fmt: skip
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert not page.evaluate(wide) and quiet(heard)
    context.close()
