"""A clerk fills in a form in a browser: types, pastes, loses the session, finds it all again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

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


def field(page: Page, code: str, measure: str) -> Locator:
    """Return a field of the form."""
    return page.locator(f"[data-name='{code} {measure}']")


def paste(page: Page, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def filled_in(page: Page, count: int) -> None:
    """Wait until the page says how many fields are filled in."""
    page.get_by_text(f"已填 {count} 格").first.wait_for(timeout=30_000)
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
    field(page, codes[0], first).click()
    page.keyboard.type("1234")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    filled_in(page, 2)
    assert county.draft() == {(codes[0], first): 1234, (codes[0], second): 5}
    # What the import would say of them stands beside, of the blanks it says nothing yet.
    page.get_by_text(f"{own.areas[0].name} {'·'.join(own.header(first))}：").first.wait_for()
    assert page.get_by_text("按 0 计").count() == 0
    assert page.get_by_text("还不能报送").count() == 1

    # A block out of a spreadsheet; what is no count in it is named, marked and not kept.
    field(page, codes[1], first).click()
    paste(page, "2,001\t3\n2002\t3.5\n2003\t-4")
    page.get_by_text("只能填不小于 0 的整数，没有保存").wait_for(timeout=30_000)
    filled_in(page, 6)
    wrong = [field(page, codes[row], second) for row in (2, 3)]
    for each, text in zip(wrong, ("3.5", "-4"), strict=True):
        expect(each).to_have_value(text)
        expect(each).to_have_attribute("aria-invalid", "true")
    pasted = {
        (codes[1], first): 2001, (codes[1], second): 3,
        (codes[2], first): 2002, (codes[3], first): 2003,
    }  # fmt: skip
    kept = {(codes[0], first): 1234, (codes[0], second): 5, **pasted}
    assert county.draft() == kept

    # The tab is reloaded, and then another browser is opened: nothing is lost.
    page.reload()
    settled(page)
    filled_in(page, 6)
    page.close()
    page = opened(context, county)
    filled_in(page, 6)
    expect(field(page, codes[1], first)).to_have_value("2001")
    field(page, codes[3], first).click()
    page.keyboard.press("Delete")
    filled_in(page, 5)
    assert county.draft() == {k: v for k, v in kept.items() if k != (codes[3], first)}
    assert quiet(heard)


def test_every_key_arrives_however_fast_they_come(county: County, context: BrowserContext) -> None:
    """All fields of all villages, as fast as a machine types, from the first one that is there."""
    own, page = county.own, open_tab(context)
    page.goto(county.server.url)
    start = field(page, own.areas[0].area_code, own.measures[0])
    start.click()
    typed = {}
    for row, area in enumerate(own.areas):
        for column, measure in enumerate(own.measures):
            typed[area.area_code, measure] = 10 * row + column
            page.keyboard.type(str(10 * row + column))
            page.keyboard.press("Tab")
    filled_in(page, len(typed))
    assert county.draft() == typed


def test_what_is_typed_without_a_server_is_kept_when_it_is_there_again(
    county: County, context: BrowserContext
) -> None:
    own, page = county.own, opened(context, county)
    code, (first, second) = own.areas[0].area_code, own.measures[:2]
    field(page, code, first).fill("7")
    filled_in(page, 1)
    os.kill(county.server.pid, signal.SIGSTOP)
    field(page, code, second).fill("8")
    field(page, code, second).press("Tab")
    page.wait_for_timeout(1000)
    assert county.draft() == {(code, first): 7}
    os.kill(county.server.pid, signal.SIGCONT)
    filled_in(page, 2)
    assert county.draft() == {(code, first): 7, (code, second): 8}


def test_a_whole_table_is_pasted_and_can_be_handed_in(
    county: County, context: BrowserContext
) -> None:
    own, page = county.own, opened(context, county)
    lines = [[str(own.before[a.area_code, m]) for m in own.measures] for a in own.areas]
    field(page, own.areas[0].area_code, own.measures[0]).click()
    paste(page, "\n".join("\t".join(line) for line in lines))
    filled_in(page, len(own.before))
    page.get_by_text("可以报送：在线填报_湖渡镇_村月报_2010-06.xlsx").wait_for(timeout=30_000)
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
    codes = [area.area_code for area in own.areas]
    assert page.locator("[data-name]").count() == len(own.measures)
    field(page, codes[0], "deaths").fill("3")
    filled_in(page, 1)
    # What is being typed when somebody goes on is kept.
    field(page, codes[0], "births_p1_m").fill("2")
    page.get_by_role("button", name=f"下一个：{own.areas[1].name}").tap()
    chosen = page.get_by_role("combobox", name="村")
    expect(chosen).to_have_value(f"{own.areas[1].name}（未填）", timeout=30_000)
    settled(page)
    expect(field(page, codes[0], "deaths")).to_have_count(0)
    field(page, codes[1], "deaths").fill("1")
    filled_in(page, 3)
    assert county.draft() == {
        (codes[0], "deaths"): 3, (codes[0], "births_p1_m"): 2, (codes[1], "deaths"): 1,
    }  # fmt: skip
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert not page.evaluate(wide) and quiet(heard)
    context.close()
