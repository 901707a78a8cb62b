"""Behind nginx with TLS, below a path: two processes, either answers, and one may go."""

from __future__ import annotations

import http.client
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from shortplank.access import MACHINE
from shortplank.frame.headers import STATIC
from shortplank.gate.accounts import Accounts
from tests.copies import demo_copy
from tests.ingest.yunzhou import EXCERPTS
from tests.journeys.proxied import BASE, Proxied, nginx_path, proxied
from tests.journeys.watching import Watch, watch
from tools.look import settled

pytestmark = pytest.mark.skipif(nginx_path() is None, reason="no nginx here: tools/system.sh")
NAME, PASSWORD = "tongji01", "杉野的春天从三月开始"
VISITORS = 12
_asked = count(1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    """The app behind nginx, on a copy of the demo county with one account."""
    folder = tmp_path_factory.mktemp("site")
    workspace = demo_copy(folder / "county")
    Accounts(workspace).add(MACHINE, NAME, PASSWORD, "analyst", must_change=False)
    with proxied(folder, workspace, "[local]\n") as running:
        yield running


@pytest.fixture
def visitor(browser: Browser) -> Iterator[tuple[BrowserContext, Watch]]:
    """A browser of its own that believes our certificate, and stays below the path."""
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 1366, "height": 768}, ignore_https_errors=True
    )
    heard = watch(context)
    yield context, heard
    context.close()
    assert not heard.reports
    assert not [path for path in heard.paths() if not path.startswith(f"/{BASE}/")]
    assert all(url.startswith(("https://", "data:", "blob:")) for _, url in heard.answers)


@dataclass(frozen=True)
class Answer:
    """An answer to one request: no redirect is followed."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(url: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
    """Ask once by GET, or post a form; no proxy of the environment has a part in it."""
    at, believing = urlsplit(url), ssl._create_unverified_context()
    connection: http.client.HTTPConnection = (
        http.client.HTTPSConnection(at.netloc, timeout=20, context=believing)
        if at.scheme == "https"
        else http.client.HTTPConnection(at.netloc, timeout=20)
    )
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    body = urlencode(form) if form is not None else None
    path = f"{at.path}?{at.query}" if at.query else at.path
    connection.request("GET" if form is None else "POST", path, body, sent)
    answer = connection.getresponse()
    told = Answer(answer.status, answer.headers, answer.read())
    connection.close()
    return told


def signed_in(page: Page, site: Proxied) -> None:
    """Sign in as the sign-in page asks for it."""
    page.goto(f"{site.url}/")
    page.get_by_label("账号").fill(NAME)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    settled(page)


def cookie_of(site: Proxied) -> str:
    """Return the cookie of somebody who signs in through the proxy, as a browser sends it."""
    origin = site.url.removesuffix(f"/{BASE}")
    let_in = ask(f"{site.url}/gate/in", {"name": NAME, "password": PASSWORD}, Origin=origin)
    given = let_in.headers["Set-Cookie"]
    assert let_in.status == 303, let_in.body.decode()
    assert {"Secure", "HttpOnly", f"Path=/{BASE}/"} <= set(given.split("; "))
    assert given.startswith("__Secure-shortplank-")
    return given.partition(";")[0]


def use(page: Page, site: Proxied) -> int:
    """Look at a page, take its table away, and drop a report; return the port that took it."""
    page.goto(f"{site.url}/rankings?month=2010-05")
    settled(page)
    assert "2010年5月" in page.locator(".stamp").inner_text()
    assert f"{NAME} · 分析员" in page.get_by_test_id("stSidebar").inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 CSV", exact=True).click()
    assert Path(waiting.value.path()).stat().st_size > 100
    page.get_by_test_id("stSidebar").get_by_role("link", name="数据上报").click()
    page.wait_for_url("**/imports*")
    report = next((EXCERPTS / "good").glob("*桂浦镇*.xlsx"))
    page.locator("input[type=file]").set_input_files(str(report))
    page.get_by_role("button", name="发布", exact=True).wait_for(timeout=60_000)
    return site.answered_by(f"/{BASE}/_stcore/upload_file")[-1]


@contextmanager
def gone(site: Proxied, port: int) -> Iterator[None]:
    """End a process for a while; on leaving it is there again, and the proxy knows it."""
    site.end(port)
    try:
        yield
    finally:
        site.start(port)
        both_answer(site)


def answerer(site: Proxied, cookie: str) -> int:
    """Return the port that a visitor's request goes to."""
    asked = f"healthz?asked={next(_asked)}."  # no other one begins like it
    assert ask(f"{site.url}/{asked}", Cookie=cookie).status == 200
    (port,) = site.answered_by(f"/{BASE}/{asked}")
    return port


def both_answer(site: Proxied) -> None:
    """Wait until the proxy sends visitors to either process again."""
    answered = set[int]()
    for number in range(200):
        answered.add(answerer(site, f"shortplank-0={number}"))
        if answered == set(site.ports):
            return
        time.sleep(0.1)
    raise AssertionError("the proxy does not come back to a process")


def test_either_process_serves_and_one_may_go(
    site: Proxied, visitor: tuple[BrowserContext, Watch]
) -> None:
    context, _ = visitor
    page = context.new_page()
    signed_in(page, site)
    holder = use(page, site)
    # The process that holds the open page ends: the other one takes the tab over as it is, and
    # all that is done from there on, with the same sign-in.
    with ExitStack() as away:
        with page.expect_websocket(timeout=60_000):
            away.enter_context(gone(site, holder))
        settled(page)
        page.get_by_test_id("stSidebar").get_by_role("link", name="指标趋势").click()
        page.wait_for_url("**/trends*", timeout=60_000)
        page.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
        other = use(page, site)
    assert {holder, other} == set(site.ports)
    # Then that one ends: the first, which is there again, takes over.
    with gone(site, other):
        assert use(page, site) == holder


def test_a_sign_in_holds_on_either_process_until_it_is_ended_on_one(site: Proxied) -> None:
    cookie, host = cookie_of(site), urlsplit(site.url).netloc

    def opened() -> list[int]:
        return [
            ask(f"http://127.0.0.1:{port}/{BASE}/rankings", Cookie=cookie, Host=host).status
            for port in site.ports
        ]

    assert opened() == [200, 200]
    origin = site.url.removesuffix(f"/{BASE}")
    assert ask(f"{site.url}/gate/out", {}, Cookie=cookie, Origin=origin).status == 303
    assert opened() == [401, 401]


def test_a_visitor_stays_with_one_process(site: Proxied) -> None:
    name = cookie_of(site).partition("=")[0]
    answered = {
        number: {
            answerer(site, sent)
            for sent in (
                f"{name}=visitor{number}",
                f"a=1; {name}=visitor{number}; _streamlit_xsrf=2",
            )
        }
        for number in range(VISITORS)
    }
    assert all(len(ports) == 1 for ports in answered.values())
    assert set.union(*answered.values()) == set(site.ports)


def test_what_the_proxy_answers_itself(site: Proxied) -> None:
    cookie = cookie_of(site)
    moved = ask(site.url)
    assert (moved.status, moved.headers["Location"]) == (308, f"/{BASE}/")
    moved = ask(f"{site.plain}/overview")
    assert (moved.status, moved.headers["Location"]) == (308, f"{site.url}/overview")
    for closed in ("_stcore/metrics", "_stcore/agent/openapi.json"):
        assert ask(f"{site.url}/{closed}", Cookie=cookie).status == 404
    assert ask(site.url.removesuffix(BASE), Cookie=cookie).status == 404
    assert ask(f"{site.url}/healthz").body == b"ok"


def test_nobody_is_let_in_by_what_he_writes(site: Proxied) -> None:
    forged = {"X_Forwarded_For": "127.0.0.1", "X_Forwarded_Proto": "http", "X_Shortplank_Key": "1"}
    for path in ("rankings", "static/js/none.js", "_stcore/host-config", "media/0123456789"):
        assert ask(f"{site.url}/{path}", **forged).status == 401
    assert ask(f"{site.url}/rankings", Host="other.example").status in (403, 404)


def test_a_program_passes_by_its_token_and_one_alone(
    site: Proxied,
) -> None:
    """Through the proxy, made on the own page; the address may hold none."""
    cookie, origin = cookie_of(site), site.url.removesuffix(f"/{BASE}")
    made = ask(
        f"{site.url}/gate/tokens", {"name": "大屏", "days": "9"}, Origin=origin, Cookie=cookie
    )
    token = re.findall(r'readonly value="(sp_[^"]+)"', made.body.decode())[0]
    answers = [
        ask(f"{site.url}/api/", Authorization=f"Bearer {token}"),
        ask(f"{site.url}/api/"),
        ask(f"{site.url}/api/?token={token}"),
        ask(f"{site.url}/api/", Authorization=f"Bearer {token}x", X_Forwarded_For="127.0.0.1"),
    ]
    assert [each.status for each in answers] == [200, 401, 400, 401]
    assert answers[1].headers["WWW-Authenticate"].startswith("Bearer")
    assert answers[0].headers["Cache-Control"] == "private, no-cache"


def test_scripts_are_compressed_and_pages_are_not(site: Proxied) -> None:
    cookie = cookie_of(site)
    page = ask(f"{site.url}/", Cookie=cookie, Accept_Encoding="gzip", Accept="text/html")
    assert page.status == 200 and page.headers["Content-Encoding"] is None
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    script = max((STATIC / "static/js").glob("PlotlyChart.*.js"))
    url = f"{site.url}/static/js/{script.name}"
    packed = ask(url, Cookie=cookie, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < script.stat().st_size / 2
    assert len(ask(url, Cookie=cookie).body) == script.stat().st_size
