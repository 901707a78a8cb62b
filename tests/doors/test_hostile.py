"""The doors from outside: nothing is given to nobody, by no trick, and every refusal is told."""

from __future__ import annotations

import itertools
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request

from shortplank.access import MACHINE, Actor
from shortplank.audit.lines import audit_folder
from shortplank.doors.answering import AT_ONCE, WAITING, Doors
from shortplank.gate.programs import CALLER, Caller
from tests.doors.conftest import WIDE
from tests.doors.worlds import HOST, PASSWORD, VILLAGE
from tests.doors.worlds import Doors as Served
from tests.running import run_async

FAULT = {"status", "fault", "place", "mend"}
SERIES = "/api/ask/series_by_area?indicator=migrant_filing"


def told(response: object) -> int:
    """Return the status of a refusal, which is one sentence in Chinese and no figure."""
    made = response.json()  # type: ignore[attr-defined]
    assert set(made) == FAULT and made["status"] == response.status_code  # type: ignore[attr-defined]
    assert any("\u4e00" <= c <= "\u9fff" for c in made["fault"]) and "rows" not in made
    return int(made["status"])


# --- nobody ---------------------------------------------------------------------------------------
PATHS = (
    "/api", "/api/", "/api/openapi.json", SERIES, "/api/findings/2010-05", "/api/ask/nothing",
    "/api//ask/areas_by_level", "/api/ask/%2e%2e%2foverview",
)  # fmt: skip
TRICKS: tuple[dict[str, str], ...] = (
    {},
    {"accept": "text/html"},
    {"x-shortplank-key": "0" * 64, "x-remote-user": "boss", "x-forwarded-user": "boss"},
    {"x-shortplank-caller": "boss", "shortplank.caller": "boss"},
    {"authorization": "Basic Ym9zczp0aHJlZSBxdWlldCByaXZlcnM="},
    {"authorization": "Bearer"},
    {"authorization": "Bearer sp_00000000_" + "A" * 43},
    {"authorization": "Bearer ' or 1=1 --"},
    {"cookie": "shortplank=boss"},
)


def test_nobody_gets_anything(county: Served) -> None:
    for path, headers in itertools.product(PATHS, TRICKS):
        found = county.ask(path, headers=headers)
        assert told(found) in (401, 429), (path, headers)
        assert found.headers["cache-control"] == "no-store" and "set-cookie" not in found.headers


@pytest.mark.parametrize("path", ["/api/../overview", "/api/ask/../../healthz", "/api/./ask/x"])
def test_a_path_that_climbs_is_an_address_that_is_not_there(county: Served, path: str) -> None:
    """As a server hands it on that does not put it straight; httpx would."""
    for who, status in (("", 401), ("boss", 404)):
        named = [(b"host", HOST.encode())]
        named += [(b"authorization", f"Bearer {county.tokens[who]}".encode())] if who else []
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
            "query_string": b"", "headers": named, "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8501), "scheme": "http", "root_path": "",
        }  # fmt: skip
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object], kept: list[dict[str, object]] = sent) -> None:
            kept.append(message)

        run_async(county.gate(scope, receive, send))
        assert sent[0]["status"] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "GETT"])
def test_nothing_is_done_but_read(county: Served, method: str) -> None:
    found = county.ask(SERIES, "boss", method)
    assert told(found) == 405 and found.headers["allow"] == "GET, HEAD"


def test_a_head_is_a_get_without_its_body(county: Served) -> None:
    whole, head = county.ask(SERIES, "ana"), county.ask(SERIES, "ana", "HEAD")
    assert head.status_code == 200 and head.content == b""
    assert head.headers["etag"] == whole.headers["etag"]
    assert head.headers["content-length"] == str(len(whole.content))


def test_an_application_without_a_gate_gives_nothing(county: Served) -> None:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=county.gate.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            return await client.get(SERIES, headers={"shortplank.caller": "boss"})

    assert told(run_async(asked())) == 401
    assert Caller.__dataclass_params__.frozen  # type: ignore[attr-defined]


# --- hosts and origins ----------------------------------------------------------------------------
@pytest.mark.parametrize("host", ["evil.example", "", "127.0.0.1.evil.example:8501"])
def test_the_host_is_looked_at_first(county: Served, host: str) -> None:
    found = county.ask(SERIES, "boss", headers={"host": host})
    assert found.status_code == 403 and "rows" not in found.text


def test_two_hosts_two_origins_and_two_tokens_are_refused(county: Served) -> None:
    for name, value in (("host", HOST), ("origin", "http://a"), ("authorization", "Bearer x")):
        found = county.ask(SERIES, "boss", headers=[(name, value), (name, value)])
        assert found.status_code in (401, 403), name


def test_another_sites_page_gets_nothing_by_the_cookie_of_who_looks_at_it(county: Served) -> None:
    session = county.house.sessions.open("ana", "local")
    cookie = {"cookie": f"{county.gate.cookie}={session}"}
    for site, status in (
        ("none", 200),
        ("same-origin", 200),
        ("same-site", 403),
        ("cross-site", 403),
    ):
        found = county.ask(SERIES, headers={**cookie, "sec-fetch-site": site})
        assert found.status_code == status, site
        assert "access-control-allow-origin" not in found.headers


# --- parameters -----------------------------------------------------------------------------------
INJECTED = (
    "' or 1=1 --", "x'; drop table indicator; --", "1 union select * from village_indicator",
    "../../etc/passwd", "%00", "\u202e", "births_out\x00", "${7*7}", "read_csv('/etc/passwd')",
    "990102",
)  # fmt: skip


def test_what_stands_in_a_parameter_is_never_more_than_its_kind(county: Served) -> None:
    base = {"indicator": "migrant_filing", "month": "2010-05", "line": "50", "factor": "100"}
    assert county.ask("/api/ask/low_months_by_village", "vera", params=base).status_code == 200
    for name, text in itertools.product(base, INJECTED):
        if (name, text) in (("line", "990102"), ("factor", "990102")):
            continue
        found = county.ask("/api/ask/low_months_by_village", "vera", params={**base, name: text})
        assert told(found) == 400 and text not in found.text, (name, text)
    for text in ("nan", "inf", "-inf", "1e999", "0x10", ""):
        found = county.ask("/api/ask/low_months_by_village", "vera", params={**base, "line": text})
        assert told(found) == 400, text


def test_a_number_that_is_a_countys_code_opens_no_other_county(province: Served) -> None:
    said = {"indicator": "migrant_filing", "month": "2001-11", "line": "990101", "factor": "990101"}
    rows = province.rows("low_months_by_village", "otto", **said)
    assert rows and all(row["area_code"].startswith("990102") for row in rows)
    keys = {"indicators": "990101", "month": "2001-11"}
    assert told(province.ask("/api/ask/judged_villages_by_month", "otto", params=keys)) == 400


@pytest.mark.parametrize(
    "query",
    [
        "indicator=migrant_filing&indicator=births_out", "indicator=migrant_filing&x=1",
        "indicator=migrant_filing&sql=select+1", "indicator=migrant_filing&month=2010-5",
        "indicator=migrant_filing&month=2010-05-02", "indicator=", "",
        "indicator=migrant_filing&format=exe", "indicator=" + "x" * 300,
        "indicator=migrant_filing&county=990101101", "indicator=migrant_filing&role=admin",
        "indicator=migrant_filing&year_opens=1e3", "INDICATOR=migrant_filing",
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(county: Served, query: str) -> None:
    found = county.ask(f"/api/ask/series_by_area?{query}", "vera")
    assert told(found) == 400 and found.json()["mend"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/ask/", "/api/ask", "/api/ask/../register/areas_by_level",
        "/api/ask/areas_by_level.sql",
        "/api/ask/register%2fareas_by_level", "/api/ask/AREAS_BY_LEVEL",
        "/api/ask/areas_by_level/x",
        "/api/ask/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/api/ask/sources_by_area?area=990101101",
        "/api/ask/areas_by_level;select", "/api/nothing", "/api/findings",
        "/api/findings/2010-05/x",
    ],
)  # fmt: skip
def test_there_is_nothing_beside_the_questions(county: Served, path: str) -> None:
    assert told(county.ask(path, "boss")) == 404


def test_a_long_address_is_refused(county: Served) -> None:
    found = county.ask(f"/api/ask/areas_by_level?{'x=1&' * 3000}", "boss")
    assert told(found) == 413


# --- tokens ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["token", "access_token", "TOKEN", "api_key", "county", "x"])
def test_a_token_in_the_address_is_refused_and_said_nowhere(county: Served, name: str) -> None:
    text = county.tokens["ana"]
    for who in ("", "ana"):
        found = county.ask(f"/api/ask/areas_by_level?{name}={text}", who)
        assert told(found) == 400 and text not in found.text
        assert "Authorization" in found.json()["mend"]
    assert text not in "".join(p.read_text("utf-8") for p in audit_folder(county.folder).iterdir())


def test_a_token_opens_nothing_but_the_api(county: Served) -> None:
    for path in (
        "/",
        "/overview",
        "/metrics",
        "/gate/me",
        "/ahead/rankings",
        "/apis",
        "/_stcore/health",
    ):
        found = county.ask(path, "boss")
        assert found.status_code in (303, 401, 404), path


def test_a_token_follows_its_account(county: Served) -> None:
    accounts = county.house.accounts
    assert county.rows("villages_by_indicator", "ana", indicator="births_out", month="2009-09")
    exact = county.ask("/api/ask/months_by_edition", "ana").headers["x-shortplank-figures"]
    accounts.set_role(MACHINE, "ana", "viewer")
    lowered = county.ask("/api/ask/months_by_edition", "ana").headers["x-shortplank-figures"]
    assert (exact, lowered) == ("exact", "banded")
    accounts.set_role(MACHINE, "ana", "filer", "990101102")
    found = county.ask(f"/api/ask/profile_by_indicator?village={VILLAGE}", "ana")
    assert told(found) == 403
    accounts.set_password(MACHINE, "ana", "another five words")
    assert told(county.ask(SERIES, "ana")) == 401
    accounts.change_own("ana", "another five words", "and yet five others")
    assert told(county.ask(SERIES, "ana")) == 401
    accounts.remove(MACHINE, "vera")
    assert told(county.ask(SERIES, "vera")) == 401
    accounts.add(MACHINE, "vera", PASSWORD, "admin", must_change=False)
    assert told(county.ask(SERIES, "vera")) == 401


def test_a_token_ends_with_its_days_when_revoked_and_with_local_accounts(
    county: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearers = county.house.bearers
    assert county.ask(SERIES, "ana").status_code == 200
    now = bearers.now()
    monkeypatch.setattr(bearers, "now", lambda: now + 91 * 86_400)
    assert told(county.ask(SERIES, "ana")) == 401
    monkeypatch.setattr(bearers, "now", lambda: now)
    bearers.revoke(MACHINE, county.tokens["ana"].split("_")[1])
    assert told(county.ask(SERIES, "ana")) == 401
    proxy = 'user_header = "X-User"\nsecret_header = "X-S"\nsecret_file = "/nowhere"\n'
    grants = '[[proxy.grants]]\nuser = "vera"\nrole = "viewer"\n'
    (county.folder / "access.toml").write_text(f"[proxy]\n{proxy}{grants}", "utf-8")
    assert told(county.ask(SERIES, "vera")) in (401, 429)


def test_a_token_with_one_sign_changed_is_none(county: Served) -> None:
    text = county.tokens["ana"]
    for at in range(len(text)):
        other = "0" if text[at] != "0" else "1"
        changed = text[:at] + other + text[at + 1 :]
        found = county.ask("/api/", headers={"authorization": f"Bearer {changed}"})
        assert told(found) in (401, 429)
    assert county.ask("/api/", "ana").status_code == 200  # whoever else guesses from here


# --- rates ----------------------------------------------------------------------------------------
def test_wrong_tokens_have_to_wait_and_right_ones_do_not(county: Served) -> None:
    wrong = {"authorization": "Bearer sp_00000000_" + "A" * 43}
    answers = [county.ask("/api/", headers=wrong, peer=("10.0.0.9", 1)) for _ in range(8)]
    assert [each.status_code for each in answers] == [401] * 5 + [429] * 3
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert county.ask("/api/", "ana", peer=("10.0.0.9", 1)).status_code == 200
    assert county.ask("/api/", headers=wrong, peer=("10.0.0.10", 1)).status_code == 401


def test_each_token_has_its_own_rate(county: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    (county.folder / "access.toml").write_text(
        "[local]\n[api]\nper_minute = 60\nburst = 5\n", "utf-8"
    )
    now = [1_000_000.0]
    monkeypatch.setattr(county.house.rates, "now", lambda: now[0])
    answers = [county.ask("/api/", "ana") for _ in range(7)]
    assert [each.status_code for each in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["retry-after"] == "1" and told(answers[-1]) == 429
    assert county.ask("/api/", "vera").status_code == 200
    now[0] += 1
    assert [county.ask("/api/", "ana").status_code for _ in range(2)] == [200, 429]
    now[0] -= 3600
    assert county.ask("/api/", "ana").status_code == 200


# --- what is written down -------------------------------------------------------------------------
def test_each_call_is_a_line_without_a_figure(county: Served) -> None:
    county.ask(SERIES, "ana")
    county.ask("/api/ask/profile_by_indicator?village=990102", "vera")
    lines = [
        json.loads(line)
        for path in audit_folder(county.folder).iterdir()
        for line in path.read_text("utf-8").splitlines()
    ]
    asked = next(line for line in lines if line["what"] == "export")
    own = county.tokens["ana"].split("_")[1]
    assert asked["account"] == "ana" and asked["token"] == own and asked["act"] == "api"
    assert asked["query"] == "series_by_area" and asked["figures"] == "exact" and asked["rows"] > 0
    refused = next(line for line in lines if line["what"] == "refused")
    assert (refused["account"], refused["reason"], refused["act"]) == ("vera", "scope", "api")
    assert not [line for line in lines if "990102" in str(line)]


def test_exact_figures_go_out_with_their_line_or_not_at_all(
    county: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> int:
        raise OSError("no space")

    monkeypatch.setattr("shortplank.audit.lines.os.write", fails)
    assert told(county.ask(SERIES, "ana")) == 503
    assert county.ask(SERIES, "vera").status_code == 200


# --- closed, broken, busy -------------------------------------------------------------------------
def test_a_closed_api_is_not_there(county: Served) -> None:
    (county.folder / "access.toml").write_text("[local]\n[api]\nopen = false\n", "utf-8")
    assert told(county.ask(SERIES, "boss")) == 404
    (county.folder / "access.toml").write_text("[api\n", "utf-8")
    assert told(county.ask(SERIES, "boss")) == 503


def test_who_started_the_server_may_look_in_the_browser(
    opened: Callable[..., Served], county_files: Path
) -> None:
    there = opened(county_files, WIDE)
    cookie = {"cookie": f"{there.gate.cookie}={there.house.sessions.open('本机', 'start')}"}
    assert (
        there.ask("/api/", headers={**cookie, "accept": "text/html,*/*;q=0.8"}).status_code == 200
    )
    assert told(there.ask("/api/")) == 401
    (county_files / "access.toml").unlink()


def test_below_a_base_path(opened: Callable[..., Served], county_files: Path) -> None:
    there = opened(county_files, "[local]\n" + WIDE, base="board")
    there.account("ana", "analyst")
    assert there.ask("/api/ask/months_by_edition", "ana").status_code == 200
    assert there.ask("/api/openapi.json", "ana").json()["servers"] == [{"url": "/board/api"}]
    there.base = ""
    assert there.ask("/api/ask/months_by_edition", "ana").status_code == 404
    (county_files / "access.toml").unlink()


def test_who_asks_before_the_marts_stand_is_told_when_to_come_again(
    opened: Callable[..., Served], province_files: Path, tmp_path: Path
) -> None:
    shutil.copytree(province_files, tmp_path / "new", ignore=shutil.ignore_patterns("marts"))
    there = opened(tmp_path / "new")
    there.account("ana", "analyst")
    first = there.ask("/api/ask/months_by_edition", "ana")
    assert told(first) == 503 and first.headers["retry-after"] == "10"
    for thread in threading.enumerate():
        if thread.name == "marts":
            thread.join()
    assert there.ask("/api/ask/months_by_edition", "ana").status_code == 200


def test_no_more_wait_than_one_thread_can_serve() -> None:
    """Who comes then is told to come again; nobody's page waits for it."""
    doors = Doors()
    doors._inside = AT_ONCE + WAITING
    caller = Caller(Actor("viewer", "ana"), "token:0")
    asked = Request({"type": "http", "method": "GET", "path": "/api/", "headers": [],
                     "query_string": b"", CALLER: caller})  # fmt: skip
    full = run_async(doors(asked))
    assert full.status_code == 503 and full.headers["retry-after"] == "2"
