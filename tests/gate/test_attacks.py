"""The gate as an attacker meets it: what was tried against it, and what it answers now."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from shortplank.access import MACHINE
from shortplank.errors import ShortplankError
from shortplank.gate import bound, database, sessions, tabs
from shortplank.gate.accounts import Accounts
from shortplank.gate.sessions import GRAIN, LIFE, key_of
from tests.gate.worlds import (
    BEAT,
    HOST,
    ORIGIN,
    RERUN,
    World,
    asked_for,
    offered,
    promised,
    reached_as,
    shown,
    started,
    taking,
)
from tests.gate.worlds import world as gate_of
from tests.running import run_async

PASSWORD = "three quiet rivers"
PROXY = """
[proxy]
user_header = "X-Remote-User"
secret_header = "X-Gate-Secret"
[[proxy.grants]]
user = "zhang"
role = "viewer"
"""
OFFER = "0123456789abcdef0123456789abcdef"
FORM = {"origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}
FILE, UPLOAD = "/media/0123456789abcdef.csv", "/_stcore/upload_file/sess-0001/f1"


@pytest.fixture
def office(county: Path, cheap_hashes: None) -> World:
    """A gate with local accounts, one of each kind."""
    accounts = Accounts(county)
    for name, role in (("chen", "analyst"), ("lin", "viewer")):
        accounts.add(MACHINE, name, PASSWORD, role, must_change=False)  # type: ignore[arg-type]
    return gate_of(county, "[local]\n")


def let_in(here: World, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    data = {"name": name, "password": password, **more}
    return here.ask("/gate/in", "POST", headers={"origin": ORIGIN}, data=data)


def raw(here: World, method: str, path: str, body: bytes, **headers: str) -> httpx.Response:
    """Return the answer to a body as it stands, in two pieces and without its length."""
    transport = httpx.ASGITransport(app=here.gate)

    async def pieces() -> Any:
        yield body[: len(body) // 2]
        yield body[len(body) // 2 :]

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, headers=named, content=pieces())

    return run_async(asked())


# --- what is written into a request ---------------------------------------------------------------
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://127.0.0.1:x", "//", "\x00"])
def test_an_origin_that_is_none_is_foreign(origin: str, here: World) -> None:
    answer = here.ask("/gate/out", "POST", headers={"origin": origin})
    assert answer.status_code == 403 and not here.behind.reached
    assert here.socket(token=started(here), headers={"origin": origin})[-1]["code"] == 1008


@pytest.mark.parametrize("others", [ORIGIN, "http://evil.example", ""])
def test_an_origin_that_stands_twice_is_refused(others: str, here: World) -> None:
    token = started(here)

    async def asked(*named: tuple[str, str]) -> int:
        transport = httpx.ASGITransport(app=here.gate)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            cookie = ("cookie", f"{here.gate.cookie}={token}")
            return (await client.post("/gate/out", headers=[cookie, *named])).status_code

    assert run_async(asked(("origin", others), ("origin", ORIGIN))) == 403
    assert run_async(asked(("origin", ORIGIN), ("origin", others))) == 403
    assert here.ask("/gate/alive", token=token).status_code == 200


BODIES = (
    (b"", "application/x-www-form-urlencoded"),
    (b"\xff\xfe\x00=&&;=%zz%", "application/x-www-form-urlencoded"),
    (b"&" * 8000, "application/x-www-form-urlencoded"),
    (b"name=" + b"%ED%A0%80" * 500, "application/x-www-form-urlencoded"),
    (b"name=" + b"%EF%B7%BA" * 800, "application/x-www-form-urlencoded"),
    (b"name=chen&name=lin&password=x", "text/plain"),
    (b"--x\r\nContent-Disposition: form-data;\r\n", "multipart/form-data; boundary=x"),
    (b"nothing of the kind", "multipart/form-data"),
    (b'{"name": "chen"}', "application/json"),
)


@pytest.mark.parametrize(("body", "kind"), BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_form_is_a_wrong_password(body: bytes, kind: str, office: World) -> None:
    answer = raw(office, "POST", "/gate/in", body, origin=ORIGIN, content_type=kind)
    assert answer.status_code == 403 and "账号或密码不对" in answer.text


def test_a_long_body_is_not_read_to_its_end(office: World) -> None:
    for path in ("/gate/in", "/gate/password", "/gate/out"):
        answer = raw(office, "POST", path, b"name=" + b"x" * 100_000, **_named(FORM))
        assert answer.status_code == 413


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in headers.items()}


def test_what_one_types_comes_back_as_text(office: World) -> None:
    typed = '"><script>alert(1)</script>'
    answer = let_in(office, typed, "wrong", next='/x"><script>')
    assert "<script>" not in answer.text and answer.status_code == 403
    for query in (f"?why={typed}", f"?next=/{typed}", "?next=javascript:alert(1)"):
        assert "<script>" not in office.open(f"/gate/{query}").text


def test_nothing_that_the_gate_answers_may_be_kept(office: World) -> None:
    token = office.token_of(let_in(office, "lin"))
    asked = [
        office.ask("/gate/nothing"),
        office.ask("/gate/in"),
        office.ask("/overview"),
        office.open("/overview"),
        office.ask("/overview", headers={"host": "evil.example"}),
        office.ask("/_stcore/metrics", token=token),
        office.ask(FILE, token=token),
        office.ask("/overview", token=token),
        let_in(office, "lin", "wrong"),
    ]
    assert all("no-store" in answer.headers["cache-control"] for answer in asked)


def test_no_cookie_comes_out_of_a_shared_cache(county: Path, monkeypatch: Any) -> None:
    """A static file may be kept, but not with the session that its first reader was given."""
    monkeypatch.setenv("SHORTPLANK_PROXY_SECRET", "0123456789abcdef" * 3)
    here = gate_of(county, PROXY)
    headers = {"x-remote-user": "zhang", "x-gate-secret": "0123456789abcdef" * 3}
    first = here.ask("/static/js/x.js", headers=headers)
    assert here.token_of(first) and first.headers["cache-control"] == "no-store, private"
    again = here.ask("/static/js/x.js", token=here.token_of(first), headers=headers)
    assert "set-cookie" not in again.headers and "no-store" not in again.headers.get(
        "cache-control", ""
    )


def test_a_session_ends_in_every_process_at_once(office: World) -> None:
    """Two gates on one state folder stand for two processes; a cookie is not replayed at either."""
    beside = gate_of(office.house.workspace)
    token = office.token_of(let_in(office, "lin"))
    assert beside.ask("/overview", token=token).status_code == 200
    assert (
        beside.ask("/gate/out", "POST", token=token, headers={"origin": ORIGIN}).status_code == 303
    )
    assert office.ask("/overview", token=token).status_code == 401
    assert beside.ask("/overview", token=token).status_code == 401
    assert office.socket(BEAT, token=token) == [{"type": "websocket.close", "code": 1008}]


def test_signing_out_during_a_handshake_leaves_nothing_open(office: World) -> None:
    token = office.token_of(let_in(office, "lin"))
    office.behind.sends = [shown("of the data")]
    end = office.house.sessions.end
    passed = tabs.pass_on

    async def meanwhile(*given: Any) -> None:
        end(key_of(token))
        await passed(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tabs, "pass_on", meanwhile)
        sent = office.socket(BEAT, token=token)
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]


def test_guesses_open_nothing_and_hold_nobody_else_up(office: World) -> None:
    told = {let_in(office, "chen", f"guess number {n}").status_code for n in range(200)}
    assert told == {403, 429}
    waiting = let_in(office, "chen")
    assert waiting.status_code == 429 and "set-cookie" not in waiting.headers
    assert int(waiting.headers["retry-after"]) >= 1
    assert let_in(office, "lin").status_code == 303


def test_who_signs_in_gets_a_new_session_whatever_cookie_he_was_given(office: World) -> None:
    planted = office.token_of(let_in(office, "lin"))
    cookie = {"cookie": f"{office.gate.cookie}={planted}", "origin": ORIGIN}
    data = {"name": "chen", "password": PASSWORD}
    answer = office.ask("/gate/in", "POST", headers=cookie, data=data)
    token = office.token_of(answer)
    assert token and token != planted and office.house.sessions.by_token(planted) is None


# --- files ----------------------------------------------------------------------------------------
def test_naming_anothers_file_in_a_text_does_not_give_it(here: World) -> None:
    """What one types is shown again, by question, link or field, and is no file that was sent."""
    mine, yours = started(here), started(here)
    here.behind.sends = [offered(FILE), asked_for(UPLOAD)]
    here.socket(token=mine)
    here.behind.sends = [
        shown(FILE),
        shown(f"see {UPLOAD} {FILE}"),
        b"\xff",
    ]
    here.behind.sends.append(FILE.encode())
    here.socket(token=yours)
    for path in (FILE, UPLOAD):
        assert here.ask(path, token=mine).status_code == 200
        assert here.ask(path, token=yours).status_code == 404


def test_an_offered_download_is_made_for_whom_it_was_offered_to(office: World) -> None:
    """Also not for who lost the right to it since, and not by an id that stands in a text."""
    mine, yours = (office.token_of(let_in(office, name)) for name in ("chen", "lin"))
    answered = 2 + 1  # accepted, offered, and one answer
    office.behind.sends = [promised(OFFER)]
    assert len(office.socket(taking(OFFER), token=mine)) == answered
    office.behind.sends = [shown(OFFER)]
    assert len(office.socket(taking(OFFER), token=yours)) == answered - 1
    assert len(office.socket(RERUN, token=yours)) == answered
    lower(office)
    assert len(office.socket(taking(OFFER), token=mine)) == answered - 1


def test_a_browser_may_send_what_pages_need_and_nothing_else(here: World) -> None:
    """Streamlit empties everybody's caches for whoever asks, and tells where its code is from."""
    token = started(here)
    skills, nudge = BackMsg(), BackMsg()
    skills.backend_operation_request.install_skills.SetInParent()
    nudge.backend_operation_request.dismiss_skills_nudge.SetInParent()
    refused = [
        BackMsg(clear_cache=True),
        BackMsg(load_git_info=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(debug_disconnect_websocket=True),
        BackMsg(set_run_on_save=True),
        BackMsg(),
        skills,
        nudge,
    ]
    frames = [b"\xff\xff", *(message.SerializeToString() for message in refused)]
    assert len(here.socket(*frames, token=token)) == 1
    assert len(here.socket(*frames, BEAT, RERUN, token=token)) == 1 + 2
    kept = "".join(path.read_text("utf-8") for path in here.house.state.rglob("*.jsonl"))
    assert kept.count('"reason":"message"') == 2 * len(frames)


@pytest.mark.parametrize("path", [FILE, "/static/x.html", "/_stcore/host-config", "/component/x"])
def test_a_file_that_is_taken_away_is_given_as_it_is(path: str, here: World) -> None:
    """A browser asks for a download as for a page; who took it stands in it nowhere."""
    token = started(here)
    here.behind.sends = [offered(FILE)]
    here.socket(token=token)
    assert "alive.js" not in here.open(path, token).text
    assert "alive.js" in here.open("/overview", token).text


def test_what_is_noted_of_files_does_not_grow(here: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(bound, "MOST", 10)
    token = started(here)
    here.behind.sends = [offered(f"/media/{n:016x}.csv") for n in range(30)]
    here.socket(token=token)
    assert here.ask(f"/media/{29:016x}.csv", token=token).status_code == 200
    assert here.ask(f"/media/{0:016x}.csv", token=token).status_code == 404
    assert len(here.gate.bound._sent) == 10


# --- rights that are taken away -------------------------------------------------------------------
def lower(office: World) -> None:
    """Write a lower role beside the command, which would end the sessions too."""
    path = office.house.workspace / "accounts.toml"
    path.write_text(path.read_text("utf-8").replace('"analyst"', '"viewer"'), encoding="utf-8")


def test_an_open_page_ends_with_the_rights_that_it_was_opened_with(office: World) -> None:
    token = office.token_of(let_in(office, "chen"))
    office.behind.sends = [offered(FILE)]
    sent = office.socket(BEAT, BEAT, token=token, between=lambda: lower(office))
    assert [m.get("bytes") for m in sent if m["type"] == "websocket.send"][1:] == [b"again"]
    assert sent[-1] == {"type": "websocket.close", "code": 1008}
    assert office.ask(FILE, token=token).status_code == 404
    assert office.ask("/overview", token=token).status_code == 200


def test_with_other_rights_streamlit_knows_one_as_somebody_else(office: World) -> None:
    """What was begun with more rights is resumed by nobody: no fragment, no offered download."""
    token = office.token_of(let_in(office, "chen"))
    office.socket(token=token)
    lower(office)
    office.socket(token=token)
    before, after = (reached_as(scope) for scope in office.behind.reached[-2:])
    assert before != after
    assert before.partition("/")[0] == after.partition("/")[0] == key_of(token)


def test_rights_that_cannot_be_read_end_an_open_page(office: World) -> None:
    token = office.token_of(let_in(office, "chen"))
    broken = office.house.workspace / "access.toml"
    sent = office.socket(BEAT, BEAT, token=token, between=lambda: broken.write_text("[", "utf-8"))
    assert sent[-1] == {"type": "websocket.close", "code": 1008}


def test_without_its_ways_in_a_server_lets_nobody_in(county: Path) -> None:
    """Who was its administrator by the start token is not so again when access.toml is gone."""
    alone = started(gate_of(county))
    office = gate_of(county, "[local]\n")
    assert office.ask("/overview", token=alone).status_code == 401
    (county / "access.toml").unlink()
    answer = office.open("/overview", alone)
    assert answer.status_code == 503 and "登录方式不见了" in answer.text
    assert not office.behind.reached
    assert office.open("/gate/").status_code == 503


def test_what_is_wrong_with_the_server_is_for_its_log(county: Path, caplog: Any) -> None:
    """Which file is at fault, and where it lies, is told to who sits at the machine alone."""
    office = gate_of(county, 'public = "http://127.0.0.1:8501"\n[local]\n')
    vanish(office.house.state)
    for _ in range(3):
        told = office.open("/overview", "x").text
        assert "请管理员查看服务日志" in told and str(office.house.state) not in told
    told = [record.getMessage() for record in caplog.records if record.name == "shortplank"]
    assert len(told) == 1 and str(office.house.state) in told[0]


# --- the state folder -----------------------------------------------------------------------------
def vanish(folder: Path) -> None:
    for path in folder.glob(f"{database.NAME}*"):
        path.unlink()


def replace(folder: Path) -> None:
    vanish(folder)
    (folder / database.NAME).touch()


@pytest.mark.parametrize("done", [vanish, replace])
def test_without_its_database_nobody_is_let_in(done: Callable[[Path], None], office: World) -> None:
    token = office.token_of(let_in(office, "chen"))
    done(office.house.state)
    for answer in (
        office.open("/overview", token),
        office.open("/gate/me", token),
        office.ask("/gate/alive", token=token),
        let_in(office, "chen"),
    ):
        assert answer.status_code == 503 and "状态库不见了" in answer.text
    assert office.socket(token=token)[-1]["code"] == 1008
    told: list[str] = []

    def page() -> None:  # each run of a page is a thread of its own
        try:
            office.house.actor_of(key_of(token))
        except ShortplankError as error:
            told.append(error.sentence)

    thread = threading.Thread(target=page)
    thread.start()
    thread.join()
    assert len(told) == 1 and "状态库不见了" in told[0]


def test_a_full_disk_keeps_who_is_in_for_as_long_as_he_was_and_lets_nobody_else_in(
    office: World, monkeypatch: Any
) -> None:
    token = office.token_of(let_in(office, "chen"))
    now = office.house.sessions.now()
    monkeypatch.setattr(office.house.sessions, "now", lambda: now + 2 * GRAIN)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    office.house.sessions.connection().execute("begin immediate")  # no write comes through
    assert office.open("/overview", token).status_code == 200
    entering = let_in(office, "lin")
    assert entering.status_code == 503 and "状态库无法使用" in entering.text
    out = office.ask("/gate/out", "POST", token=token, headers={"origin": ORIGIN})
    assert out.status_code == 503 and "Max-Age=0" in out.headers["set-cookie"]
    assert "状态库无法使用" in out.text
    office.house.sessions.connection().execute("rollback")
    # The disk takes it again: reading is not written down for a while, a click to stay is.
    seen = office.house.sessions.by_token(token)
    assert office.open("/overview", token).status_code == 200
    assert office.house.sessions.by_token(token) == seen
    assert office.ask("/gate/alive?stay=1", token=token).status_code == 200
    stayed = office.house.sessions.by_token(token)
    assert seen and stayed and stayed.seen > seen.seen


def test_an_account_has_so_many_sessions(here: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(sessions, "MOST", 3)
    tokens = [started(here) for _ in range(5)]
    alive = [here.house.sessions.by_token(token) is not None for token in tokens]
    assert sum(alive) == 3 and alive[-1]


def test_a_clock_that_goes_backward_prolongs_nothing(here: World, clock: list[float]) -> None:
    token = started(here)
    clock[0] -= 30
    assert here.ask("/gate/alive", token=token).status_code == 200
    clock[0] -= LIFE
    assert here.ask("/gate/alive", token=token).status_code == 401
    started(here)
    clock[0] += LIFE
    assert here.ask("/gate/alive", token=token).status_code == 401


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files as Linux does")
def test_threads_leave_no_connection_behind(here: World) -> None:
    """Streamlit runs each script in a thread of its own."""
    token = started(here)

    def page() -> None:
        assert here.house.actor_of(key_of(token)) is not None

    def open_after(runs: int) -> int:
        for _ in range(runs):
            thread = threading.Thread(target=page)
            thread.start()
            thread.join()
        return len(os.listdir("/proc/self/fd"))

    few = open_after(5)
    assert open_after(200) <= few + 2


def test_a_strangers_page_costs_no_look_at_the_whole_workspace(
    here: World, monkeypatch: Any
) -> None:
    looked: list[object] = []

    def look(workspace: Path) -> None:
        looked.append(workspace)
        raise ShortplankError("it cannot be read")

    monkeypatch.setattr("shortplank.gate.house.load_workspace", look)
    for _ in range(5):
        here.open("/gate/")
    assert len(looked) == 1


def test_the_start_token_stands_in_no_record(here: World) -> None:
    assert here.gate.start is not None
    address = here.gate.start.address("127.0.0.1", 8501, "")
    token = address.partition("token=")[2]
    here.open("/?token=x" + token)
    started(here)
    for path in here.house.state.rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes()
    assert HOST in address
