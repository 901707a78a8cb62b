"""The gate from outside: who is not signed in gets nothing, whatever is asked and however."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from shortplank.gate.pages import version
from shortplank.gate.sessions import key_of
from tests.gate.worlds import (
    BEAT,
    HOST,
    ORIGIN,
    World,
    asked_for,
    offered,
    reached_as,
    started,
    world,
)

PATHS = (
    "/", "/overview", "/rankings?present=1", "/trends?role=analyst", "/imports", "/index.html",
    "/static/js/index.js", "/static/", "/favicon.png", "/manifest.json", "/media/abcdef0123.csv",
    "/media/", "/component/x/index.html", "/_stcore/health", "/_stcore/script-health-check",
    "/_stcore/metrics", "/_stcore/host-config", "/_stcore/stream", "/_stcore/upload_file/a/b",
    "/_stcore/bidi-components/x", "/_stcore/agent", "/auth/login", "/auth/logout",
    "/oauth2callback", "/app/static/x", "/~/+/_stcore/health", "//overview", "/gatex", "/healthzz",
    "/../app.py", "/%2e%2e/app.py", "/overview/_stcore/health", "/board/overview", "/?token=",
    "/?token=x", "/metrics", "/readyz/x", "/overview/metrics", "/ask/trends", "/ask/",
    "/take/0123456789abcdef/rankings-ranking.csv", "/take/x", "/take/",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"accept": "text/html"},
    {
        "x-shortplank-key": "0" * 64,
        "x-remote-user": "admin",
        "x-forwarded-user": "admin",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-host": HOST,
        "authorization": "Basic YWRtaW46YWRtaW4=",
    },
)


def test_nothing_is_served_without_a_session(here: World) -> None:
    """Every path, method and set of headers: 4xx, or a redirect to the sign-in page."""
    for path, method, headers in itertools.product(PATHS, METHODS, HEADERS):
        response = here.ask(path, method, headers=headers)
        if response.status_code == 303:
            assert response.headers["location"].startswith("/gate/")
        else:
            assert 400 <= response.status_code < 500, (path, method, response.status_code)
        assert "set-cookie" not in response.headers
    assert not here.behind.reached


def test_a_monitor_and_the_gates_own_pages_are_answered(here: World) -> None:
    here.ask("/healthz", headers={"host": "10.0.0.9"})
    assert [scope["path"] for scope in here.behind.reached] == ["/healthz"]
    assert here.open("/gate/").status_code == 200
    assert here.ask("/gate/assets/gate.css").status_code == 200
    for path in ("/gate/assets/../door.py", "/gate/assets/door.py", "/gate/nothing"):
        assert here.ask(path).status_code == 404
    for path in ("/gate/alive", "/gate/me", "/gate/password"):
        assert here.ask(path).status_code in (303, 401)
    assert here.ask("/gate/out").status_code == 405


# --- the start token ------------------------------------------------------------------------------
def test_the_start_token_lets_in_and_leaves_the_address(here: World) -> None:
    assert here.gate.start is not None
    address = here.gate.start.address("127.0.0.1", 8501, "")
    assert address.startswith("http://127.0.0.1:8501/?token=")
    response = here.open("/?month=2010-05&" + address.partition("?")[2])
    assert response.status_code == 303 and response.headers["location"] == "/?month=2010-05"
    assert response.headers["cache-control"] == "no-store"
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/;" in cookie
    assert "Secure" not in cookie
    token = here.token_of(response)
    page = here.open("/overview", token)
    assert page.status_code == 200 and here.behind.reached
    headers = dict(here.behind.reached[-1]["headers"])
    assert headers[b"x-shortplank-key"].partition(b"/")[0] == key_of(token).encode()
    assert token.encode() not in b"".join(value for _, value in headers.items())
    assert here.house.actor_of(key_of(token)).role == "admin"  # type: ignore[union-attr]


def test_a_wrong_token_and_one_of_another_start_let_nobody_in(county: Path, here: World) -> None:
    other = world(county)
    assert other.gate.start is not None
    query = other.gate.start.address("127.0.0.1", 8501, "").partition("?")[2]
    for wrong in ("token=", "token=x", query, query + "x", "token=é"):
        response = here.open(f"/?{wrong}")
        assert response.status_code == 303 and response.headers["location"].startswith("/gate/")
        assert "set-cookie" not in response.headers
    assert not here.behind.reached


def test_where_another_way_is_named_there_is_no_start_token(county: Path, here: World) -> None:
    token = started(here)
    assert here.open("/", token).status_code == 200
    (county / "access.toml").write_text("[local]\n", encoding="utf-8")
    assert here.open("/", token).status_code == 303  # the session itself is worth nothing now
    assert started(here) == ""


# --- what a page gets -----------------------------------------------------------------------------
def test_what_only_the_gate_may_say_is_taken_away(here: World) -> None:
    token = started(here)
    forged = {
        "x-shortplank-key": "0" * 64,
        "X-Shortplank-Role": "admin",
        "x_shortplank_key": "1" * 64,
        "x-forwarded-for": "10.0.0.1",
        "forwarded": "for=10.0.0.1",
        "x-real-ip": "10.0.0.1",
    }
    here.ask("/overview", token=token, headers=forged)
    names = [name for name, _ in here.behind.reached[-1]["headers"]]
    assert names.count(b"x-shortplank-key") == 1
    assert not {b"x-shortplank-role", b"x_shortplank_key", b"x-forwarded-for", b"forwarded",
                b"x-real-ip"} & set(names)  # fmt: skip


def test_a_page_carries_the_script_that_watches_the_session(here: World) -> None:
    page = here.open("/overview", started(here))
    alive = f'<script src="/gate/assets/alive.js?{version()}" data-who="本机/admin/" defer>'
    assert alive in page.text
    assert page.headers["cache-control"] == "no-store, private"
    assert int(page.headers["content-length"]) == len(page.content)


# --- hosts and origins ----------------------------------------------------------------------------
HOSTS = ("evil.example", "127.0.0.1.evil.example:8501", "", "localhost@evil.example")
ORIGINS = (
    "http://evil.example", "null", "https://127.0.0.1:8501", "http://127.0.0.1:9999",
    "http://127.0.0.1:8501.evil.example",
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_refused_with_a_good_cookie_too(host: str, here: World) -> None:
    token = started(here)
    here.behind.reached.clear()
    assert here.ask("/overview", token=token, headers={"host": host}).status_code == 403
    assert here.ask("/gate/", headers={"host": host}).status_code == 403
    closed = here.socket(token=token, headers={"host": host})
    assert closed == [{"type": "websocket.close", "code": 1008}]
    assert not here.behind.reached


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_foreign_origin_changes_nothing_and_opens_no_socket(origin: str, here: World) -> None:
    token = started(here)
    here.behind.reached.clear()
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("/_stcore/upload_file/a/b", "/gate/out", "/gate/in", "/gate/password"):
            response = here.ask(path, method, token=token, headers={"origin": origin})
            assert response.status_code == 403
    assert here.socket(token=token, headers={"origin": origin}) == [
        {"type": "websocket.close", "code": 1008}
    ]
    assert not here.behind.reached
    assert here.open("/overview", token).status_code == 200  # still signed in


def test_a_cross_site_post_without_an_origin_is_refused(here: World) -> None:
    token = started(here)
    asked = {"sec-fetch-site": "cross-site"}
    assert here.ask("/gate/out", "POST", token=token, headers=asked).status_code == 403


# --- websocket, media, uploads --------------------------------------------------------------------
def test_a_socket_without_a_session_is_closed_before_anything_is_looked_up(here: World) -> None:
    assert here.socket() == [{"type": "websocket.close", "code": 1008}]
    assert here.socket(token="x" * 43) == [{"type": "websocket.close", "code": 1008}]
    assert not here.behind.reached


def test_a_socket_carries_the_key_by_which_streamlit_resumes_for_its_own_only(here: World) -> None:
    mine, yours = started(here), started(here)
    here.socket(token=mine)
    here.socket(token=yours)
    keys = [reached_as(scope) for scope in here.behind.reached[-2:]]
    assert [key.partition("/")[0] for key in keys] == [key_of(mine), key_of(yours)]


def test_signing_out_ends_an_open_socket_before_its_next_message(here: World) -> None:
    token = started(here)
    sent = here.socket(
        BEAT, BEAT, token=token, between=lambda: here.house.sessions.end(key_of(token))
    )
    assert [m.get("bytes") for m in sent if m["type"] == "websocket.send"] == [b"again"]
    assert sent[-1] == {"type": "websocket.close", "code": 1008}


def test_files_are_served_to_the_session_that_was_sent_their_ids(here: World) -> None:
    mine, yours = started(here), started(here)
    here.behind.sends = [
        offered("/media/0123456789abcdef.csv"),
        asked_for("/_stcore/upload_file/sess-0001/f1"),
    ]
    here.socket(token=mine)
    for path in ("/media/0123456789abcdef.csv", "/_stcore/upload_file/sess-0001/f1"):
        assert here.ask(path, token=mine).status_code == 200
        assert here.ask(path, token=yours).status_code == 404
        assert here.ask(path).status_code == 401
    assert here.ask("/media/0123456789abcdee.csv", token=mine).status_code == 404
    here.house.sessions.end(key_of(mine))
    assert here.ask("/media/0123456789abcdef.csv", token=mine).status_code == 401


SHUT = (
    "/_stcore/metrics", "/_stcore/script-health-check", "/auth/login", "/auth/logout",
    "/oauth2callback", "/_stcore/agent/x",
)  # fmt: skip


@pytest.mark.parametrize("path", SHUT)
def test_what_streamlit_offers_besides_pages_is_shut_for_everybody(path: str, here: World) -> None:
    token = started(here)
    here.behind.reached.clear()
    assert here.ask(path, token=token).status_code == 404
    assert not here.behind.reached


# --- out, and over --------------------------------------------------------------------------------
def test_signing_out_takes_the_cookie_and_a_replayed_one_is_worth_nothing(here: World) -> None:
    token = started(here)
    response = here.ask("/gate/out", "POST", token=token, headers={"origin": ORIGIN})
    assert response.status_code == 303 and response.headers["location"] == "/gate/?why=out"
    assert "Max-Age=0" in response.headers["set-cookie"]
    assert here.ask("/overview", token=token).status_code == 401
    assert here.ask("/gate/alive", token=token).status_code == 401


def test_an_open_tab_is_told_who_it_is_and_how_long(here: World, clock: list[float]) -> None:
    token = started(here)
    said = json.loads(here.ask("/gate/alive", token=token).content)
    assert said == {"who": "本机/admin/", "left": 7200, "life": 43200}
    clock[0] += 7000
    assert json.loads(here.ask("/gate/alive", token=token).content)["left"] == 200
    assert json.loads(here.ask("/gate/alive?stay=1", token=token).content)["left"] == 7200
    clock[0] += 7201
    assert here.ask("/gate/alive", token=token).status_code == 401
    assert here.open("/overview", token).status_code == 303


def test_a_hall_does_not_fall_asleep_before_its_twelve_hours(
    here: World, clock: list[float]
) -> None:
    token, lasted = started(here), 0
    while here.ask("/gate/alive?present=1", token=token).status_code == 200:
        clock[0] += 60
        lasted += 60
        if lasted % 3600 == 0:
            clock[0] += 7000  # a tab in the background sleeps
            lasted += 7000
    assert 43_200 - 7000 <= lasted <= 43_260


def test_asking_whether_one_is_alive_keeps_nobody_awake(here: World, clock: list[float]) -> None:
    token = started(here)
    for _ in range(72):
        clock[0] += 100
        here.ask("/gate/alive", token=token)
    assert here.ask("/gate/alive", token=token).status_code == 401


# --- under TLS and a base path --------------------------------------------------------------------
BOARD = 'public = "https://board.example/board"\n[local]\n'


def test_under_a_base_path_and_tls(county: Path) -> None:
    there = world(county, BOARD, bound="0.0.0.0", base="board")
    named = {"host": "board.example", "accept": "text/html"}
    gone = there.ask("/board/rankings?month=2010-05", headers=named)
    assert gone.headers["location"] == "/board/gate/?next=/board/rankings%3Fmonth%3D2010-05"
    assert there.ask("/rankings", headers=named).status_code == 404
    assert there.ask("/board", headers=named).status_code == 303
    assert there.gate.cookie.startswith("__Secure-shortplank-")
    token = there.house.sessions.open("li", "local")
    assert "; Secure" in there.gate._set_cookie(
        token
    ) and "Path=/board/;" in there.gate._set_cookie(token)
    plain = {"host": "board.example", "origin": "http://board.example"}
    assert there.ask("/board/gate/out", "POST", headers=plain).status_code == 403


@pytest.mark.parametrize(
    "evil",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/board/..//evil",
     "javascript:alert(1)", "/board//evil.example", "/board/%2f%2fevil", "/other", "",
     "/board/gate/out", "/board/\r\nx: y", "/board/%0d%0ax", "\\\\evil", "/board/../x",
     "board/x", "/boardx", "%2f%2fevil.example",
     "http:/evil.example", "/board/gate/%2e", "///board/"],
)  # fmt: skip
def test_one_is_sent_on_within_the_product_only(evil: str, county: Path) -> None:
    there = world(county, BOARD, bound="0.0.0.0", base="board")
    assert there.gate.address.local_path(evil) == "/board/"


# --- it fails closed ------------------------------------------------------------------------------
def test_a_broken_access_toml_lets_nobody_pass(county: Path, here: World) -> None:
    token = started(here)
    (county / "access.toml").write_text("[local\n", encoding="utf-8")
    response = here.open("/overview", token)
    assert response.status_code == 503 and "access.toml" in response.text
    assert here.socket(token=token) == [{"type": "websocket.close", "code": 1008}]
