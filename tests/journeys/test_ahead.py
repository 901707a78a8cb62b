"""A box of the rankings or the trends switches the page before a run of it has come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tools.browser import AppServer
from tools.look import settled

Serve = Callable[..., AppServer]
HELD = """() => { window.__parts = 0;
  document.addEventListener("shortplank-parts", ({ detail }) => setTimeout(() => {
    if (detail.done) window.__parts += 1; })); }"""
SHOWN = """() => ({
  title: document.querySelector("h1.finding").textContent,
  about: document.querySelector("p.about").textContent,
  figure: JSON.stringify(document.querySelector(".js-plotly-plot").data),
  words: [...document.querySelectorAll(".chart .annotation")].map((each) => each.textContent),
  table: document.querySelector("table.data").textContent,
  stamp: document.querySelector(".stamp span").textContent,
})"""


class Wire:
    """The page's websocket; where it is cut, nothing that the browser says reaches the server."""

    cut = False

    def __call__(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda message: None if self.cut else server.send(message))


def choose(page: Page, box: str, label: str) -> None:
    page.locator(f".st-key-{box} input").click()
    page.keyboard.type(label)
    page.get_by_role("option", name=label, exact=True).click()


def opened(page: Page, server: AppServer, link: str) -> None:
    page.goto(f"{server.url}/{link}")
    settled(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(state="attached")
    page.evaluate(HELD)


@pytest.mark.parametrize("link", ["rankings?month=2010-03", "trends?month=2010-03"])
def test_a_month_beside_is_there_without_a_run_and_the_run_says_the_same(
    page: Page, app_server: Serve, link: str
) -> None:
    server, wire, name = app_server(), Wire(), link.split("?")[0]
    page.route_web_socket("**/_stcore/stream", wire)
    with page.expect_response(lambda answer: "2010%E5%B9%B44" in answer.url) as along:
        opened(page, server, link)
    along.value.finished()
    before = page.evaluate(SHOWN)
    wire.cut = True
    choose(page, f"{name}-month", "2010年4月")
    page.wait_for_function("() => window.__parts === 1")
    ahead = page.evaluate(SHOWN)
    assert "2010年4月" in ahead["stamp"] and "2010年4月" in ahead["about"]
    assert ahead["figure"] != before["figure"] and ahead["table"] != before["table"]
    assert "month=2010-03" in page.url  # no run has come back
    wire.cut = False
    page.goto(f"{server.url}/{name}?month=2010-04")
    settled(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(state="attached")
    assert page.evaluate(SHOWN) == ahead


def test_a_busy_server_is_asked_again_though_nothing_changes(page: Page, app_server: Serve) -> None:
    asked = list[str]()

    def busy_twice(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > 2:
            route.continue_()
        else:
            route.fulfill(status=204, body="")

    page.route("**/ahead/**", busy_twice)
    with page.expect_response(lambda answer: "/ahead/" in answer.url and answer.status == 200):
        opened(page, app_server(), "trends?month=2010-03")
    assert len(asked) >= 3


def test_a_server_that_stays_busy_is_left_alone(page: Page, app_server: Serve) -> None:
    """Each request is a use of the session: a desk that nobody sits at has to fall asleep."""
    asked = list[str]()

    def busy(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=204, body="")

    page.route("**/ahead/**", busy)
    page.clock.install()
    opened(page, app_server(), "trends?month=2010-03")
    counts = list[int]()
    for _ in range(15):
        page.clock.run_for(60_000)
        page.evaluate("() => fetch('./healthz')")  # what was asked before it has been answered
        counts.append(len(asked))
    assert counts[-1] == counts[-5] > 1


def test_what_did_not_come_along_is_fetched(page: Page, app_server: Serve) -> None:
    server, wire = app_server(), Wire()
    page.route_web_socket("**/_stcore/stream", wire)
    opened(page, server, "rankings?month=2010-03")
    wire.cut = True
    choose(page, "rankings-month", "2009年5月")
    page.wait_for_function("() => window.__parts === 1")
    expect(page.locator(".stamp span")).to_contain_text("2009年5月")
    assert "month=2010-03" in page.url


def test_back_leads_back(page: Page, app_server: Serve) -> None:
    server = app_server()
    opened(page, server, "rankings?month=2010-03")
    before = page.evaluate(SHOWN)
    choose(page, "rankings-month", "2009年5月")
    page.wait_for_url("**month=2009-05**")
    expect(page.locator(".stamp span")).to_contain_text("2009年5月")
    page.go_back()
    expect(page.locator(".stamp span")).to_contain_text("2010年3月")
    expect(page.locator("h1.finding")).to_have_text(before["title"])
    expect(page.locator("table.data")).to_have_text(before["table"])
    assert page.locator(".st-key-rankings-month input").input_value() == "2010年3月"


def test_a_quick_second_choice_holds(page: Page, app_server: Serve) -> None:
    """The first choice's parts or run may come back later; what was chosen last stands."""
    server = app_server()
    opened(page, server, "trends?month=2010-03")
    for label in ("2009年5月", "2009年8月", "2010年2月"):
        choose(page, "trends-month", label)
    page.wait_for_url("**month=2010-02**")
    expect(page.locator(".stamp span")).to_contain_text("2010年2月")
    expect(page.locator("p.about")).to_contain_text("2010年2月")
    page.locator("[data-testid='stStatusWidget']").wait_for(state="detached")
    expect(page.locator("p.about")).to_contain_text("2010年2月")


def test_a_viewer_has_a_viewers_parts(page: Page, app_server: Serve) -> None:
    server = app_server()
    with page.expect_response(lambda answer: "2010%E5%B9%B44" in answer.url) as along:
        opened(page, server, "rankings?month=2010-03&role=viewer")
    assert "role=viewer" in along.value.url
    assert "role=viewer" in along.value.json()["query"]


def test_nothing_comes_along_in_a_hall(page: Page, app_server: Serve) -> None:
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    server = app_server()
    page.goto(f"{server.url}/rankings?present=1")
    page.locator(".js-plotly-plot .main-svg").first.wait_for(state="attached")
    page.evaluate("() => new Promise((done) => setTimeout(() => requestIdleCallback(done), 600))")
    assert not [url for url in asked if "/ahead/" in url]
