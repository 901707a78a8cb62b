"""No page needs what its content security policy forbids: charts, files, an upload, projection.

That a page keeps them as it opens is held where every page is opened: `test_every_page` at the
root, `test_below_a_path` below a path.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.ingest.yunzhou import EXCERPTS
from tests.journeys.watching import Watch
from tools.browser import AppServer, cookies_for, open_tab, serving
from tools.look import settled

MONTH = "month=2010-05"
PLACE = "() => document.querySelector('#turn')?.dataset.place"


@pytest.fixture(scope="module", params=["", "board"], ids=["root", "board"])
def server(request: pytest.FixtureRequest) -> Iterator[AppServer]:
    """The server with its headers, at the root and below a path."""
    with serving(script="asgi.py", base=request.param) as running:
        yield running


@pytest.fixture
def page(context: BrowserContext, heard: Watch) -> Iterator[Page]:
    """A page on which nothing may be reported."""
    heard.reports.clear()
    opened = open_tab(context)
    yield opened
    opened.close()
    assert not heard.reports


def show(page: Page, server: AppServer, name: str, *query: str) -> None:
    page.goto(f"{server.url}/{name}?{'&'.join(query)}")
    settled(page)


def test_the_gates_own_pages_keep_theirs(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/gate/me")
    assert page.url.endswith("/gate/me")
    page.get_by_role("heading").first.wait_for()
    page.context.clear_cookies()
    nobody = page.context.new_page()
    nobody.goto(f"{server.url}/overview")
    nobody.get_by_role("heading", name="登录").wait_for()
    assert "/gate/?next=" in nobody.url
    nobody.close()


def test_tables_and_pictures_are_taken_away(page: Page, server: AppServer) -> None:
    show(page, server, "rankings", MONTH)
    for label in ("下载 CSV", "下载 Excel"):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=label, exact=True).click()
        assert Path(waiting.value.path()).stat().st_size > 100
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载图片").first.click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_report_is_dropped(page: Page, server: AppServer) -> None:
    show(page, server, "imports")
    report = next((EXCERPTS / "good").glob("*桂浦镇*.xlsx"))
    page.locator("input[type=file]").set_input_files(str(report))
    page.get_by_role("button", name="发布", exact=True).wait_for(timeout=60_000)


def test_projection_turns_by_key(page: Page, server: AppServer) -> None:
    show(page, server, "overview", MONTH, "present=1")
    page.wait_for_selector("#turn", state="attached")
    for number in ("2", "3"):
        page.keyboard.press("PageDown")
        page.wait_for_function(f"() => ({PLACE})() === '{number}'", timeout=60_000)
        settled(page)
    page.keyboard.press("b")
    page.locator("#curtain").wait_for()


def test_a_broken_rule_is_heard(context: BrowserContext, heard: Watch, server: AppServer) -> None:
    page = open_tab(context)
    show(page, server, "dictionary")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = '1'; "
        "document.body.append(s); }"
    )
    page.evaluate("() => fetch('data:text/plain,1').catch(() => 0)")
    page.wait_for_timeout(200)
    page.close()
    directives = {report.split(" ")[0] for report in heard.reports}
    assert {"script-src-elem", "connect-src", "console:"} <= directives


def test_every_answer_is_guarded(server: AppServer) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    known = "; ".join("=".join(pair) for pair in cookies_for(server.url).items())
    for path in ("/", "/overview", "/healthz", "/favicon.png"):
        asked = urllib.request.Request(server.url + path, headers={"Cookie": known})
        with opener.open(asked, timeout=10) as response:
            told = response.headers
        assert told["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self' ")
        assert told["X-Content-Type-Options"] == "nosniff"
        assert told["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in told["Permissions-Policy"]
        assert told["Strict-Transport-Security"] is None  # nothing is known of TLS here
        assert (told["Link"] or "").startswith("<./static/plotly-") is path.endswith(
            ("/", "overview")
        )
