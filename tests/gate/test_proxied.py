"""The way in by a reverse proxy: its headers count beside its secret, and nobody else's do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from shortplank.errors import ShortplankError
from shortplank.gate.kept_secrets import proxy_secret
from shortplank.gate.sessions import key_of
from tests.gate.worlds import ORIGIN, World, world
from tests.running import run_async

SECRET = "only-for-tests-" + "0123456789" * 3
ACCESS = """
[proxy]
user_header = "X-Remote-User"
groups_header = "X-Remote-Groups"
secret_header = "X-Gate-Secret"
sign_out = "https://sso.county.example/logout"
[[proxy.grants]]
user = "zhang"
role = "admin"
[[proxy.grants]]
group = "tongji"
role = "analyst"
[[proxy.grants]]
group = "xiang1"
role = "filer"
scope = "990101101"
"""


@pytest.fixture
def behind(county: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The gate of a workspace behind a proxy."""
    monkeypatch.setenv("SHORTPLANK_PROXY_SECRET", SECRET)
    return world(county, ACCESS)


def names(user: str, groups: str = "", secret: str = SECRET) -> dict[str, str]:
    """Return the headers by which the proxy names somebody."""
    return {"x-remote-user": user, "x-remote-groups": groups, "x-gate-secret": secret}


def role(here: World, response: httpx.Response) -> tuple[str, str]:
    """Return what an answer's session lets its browser be, and for which area."""
    token = here.token_of(response)
    actor = here.house.actor_of(key_of(token)) if token else None
    return (actor.role, actor.scope) if actor else ("", "")


@pytest.mark.parametrize(
    ("user", "groups", "expected"),
    [
        ("zhang", "", ("admin", "")),
        ("zhang", "tongji", ("admin", "")),
        ("li", "x, tongji ,y", ("analyst", "")),
        ("li", "xiang1", ("filer", "990101101")),
    ],
)
def test_whom_the_proxy_names_is_let_in_by_account_or_group(
    user: str, groups: str, expected: tuple[str, str], behind: World
) -> None:
    response = behind.open("/overview", **names(user, groups))
    assert response.status_code == 200 and role(behind, response) == expected
    token = behind.token_of(response)
    assert behind.open("/overview", token, **names(user, groups)).status_code == 200


@pytest.mark.parametrize(
    ("user", "groups"),
    [
        ("li", ""),
        ("li", "tongji2"),
        ("ZHANG", ""),
        ("tongji", ""),
        ("li", "a;tongji"),
        ("", "tongji"),
    ],
)
def test_who_is_granted_nothing_is_not_let_in(user: str, groups: str, behind: World) -> None:
    response = behind.open("/overview", **names(user, groups))
    assert response.status_code == 303 and "set-cookie" not in response.headers
    told = behind.open(response.headers["location"], **names(user, groups))
    assert told.status_code == (403 if user else 200)
    assert (f"{user} 已通过认证，但没有这里的权限" in told.text) == bool(user)
    (count,) = behind.house.sessions.connection().execute("SELECT count(*) FROM session").fetchone()
    assert count == 0 and not behind.behind.reached


FORGED = (
    names("zhang", secret=""),
    names("zhang", secret="x" * 45),
    names("zhang", secret=SECRET[:-1]),
    names("zhang", secret=SECRET + "x"),
    names("zhang", secret=SECRET.upper()),
    names("zhang", secret="é" * 45),
    {"x-remote-user": "zhang"},
    {"x-remote-user": "zhang", "x_gate_secret": SECRET},
    {"x_remote_user": "zhang", "x-gate-secret": SECRET},
    {"x-gate-secret": SECRET},
    {"x-remote-groups": "tongji", "x-gate-secret": SECRET},
    {"x-forwarded-user": "zhang", "remote-user": "zhang", "x-gate-secret": SECRET},
)


@pytest.mark.parametrize("headers", FORGED, ids=range(len(FORGED)))
def test_without_the_secret_the_headers_say_nothing(headers: dict[str, str], behind: World) -> None:
    sent: Any = {name: value.encode() for name, value in headers.items()}
    response = behind.open("/overview", **sent)
    assert response.status_code == 303 and "set-cookie" not in response.headers
    assert behind.ask("/_stcore/host-config", headers=sent).status_code == 401
    assert behind.socket(headers=headers) == [{"type": "websocket.close", "code": 1008}]
    assert not behind.behind.reached


@pytest.mark.parametrize("name", ["x-remote-user", "x-remote-groups", "x-gate-secret"])
@pytest.mark.parametrize("value", ["zhang", "tongji", SECRET, ""])
def test_a_header_that_stands_twice_is_refused(name: str, value: str, behind: World) -> None:
    raw = [*names("zhang", "tongji").items(), (name, value), ("accept", "text/html")]

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=behind.gate)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.get("/overview", headers=raw)

    response = run_async(asked())
    assert response.status_code == 400 and "请求头重复" in response.text
    assert "set-cookie" not in response.headers and not behind.behind.reached


@pytest.mark.parametrize("user", [b"a\x01b", b"\xff\xfe", b"x" * 65, "a\u202eb".encode()])
def test_what_is_no_name_is_refused(user: bytes, behind: World) -> None:
    response = behind.open("/overview", **names("a", "tongji") | {"x-remote-user": user})  # type: ignore[arg-type]
    assert response.status_code == 400 and "账号名不能用" in response.text
    assert not behind.behind.reached


def test_a_name_may_be_chinese(behind: World) -> None:
    named = names("a", "tongji") | {"x-remote-user": "统计股".encode()}
    response = behind.open("/overview", **named)  # type: ignore[arg-type]
    session = behind.house.sessions.by_token(behind.token_of(response))
    assert session is not None and session.account == "统计股"


def test_no_page_sees_the_proxys_headers(behind: World) -> None:
    behind.open("/overview", **names("zhang"))
    (scope,) = behind.behind.reached
    assert (
        not {b"x-remote-user", b"x-remote-groups", b"x-gate-secret"} & dict(scope["headers"]).keys()
    )
    assert SECRET.encode() not in b"".join(value for _, value in scope["headers"])


def test_a_session_ends_when_the_proxy_names_somebody_else(behind: World) -> None:
    zhang = behind.token_of(behind.open("/overview", **names("zhang")))
    response = behind.open("/overview", zhang, **names("li", "tongji"))
    li = behind.token_of(response)
    assert response.status_code == 200 and role(behind, response) == ("analyst", "")
    assert behind.house.sessions.by_token(zhang) is None
    fewer = behind.open("/overview", li, **names("li", "x"))  # taken out of the group there
    assert fewer.status_code == 303
    assert behind.house.sessions.by_token(li) is None


def test_a_session_is_worth_nothing_past_the_proxy(behind: World) -> None:
    zhang = behind.token_of(behind.open("/overview", **names("zhang")))
    behind.behind.reached.clear()
    assert behind.open("/overview", zhang).status_code == 303
    assert behind.socket(token=zhang) == [{"type": "websocket.close", "code": 1008}]
    assert not behind.behind.reached


def test_signing_out_leads_to_the_proxys_own_address(behind: World) -> None:
    zhang = behind.token_of(behind.open("/overview", **names("zhang")))
    page = behind.open("/gate/me", zhang, **names("zhang"))
    assert (
        "form-action 'self' https://sso.county.example;" in page.headers["content-security-policy"]
    )
    headers = names("zhang") | {"origin": "http://127.0.0.1:8501"}
    response = behind.ask("/gate/out", "POST", token=zhang, headers=headers)
    assert response.headers["location"] == "https://sso.county.example/logout"
    assert behind.house.sessions.by_token(zhang) is None


# --- settings -------------------------------------------------------------------------------------
def test_a_secret_is_long_and_stands_in_no_setting(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_PROXY_SECRET", "x" * 31)
    here = world(county, ACCESS)
    settings = here.house.access.proxy
    assert settings is not None
    with pytest.raises(ShortplankError, match="至少要 32 个字符"):
        proxy_secret(settings)
    response = here.open("/overview", **names("zhang", secret="x" * 31))
    assert response.status_code == 503 and "密钥没有设好" in response.text
    monkeypatch.delenv("SHORTPLANK_PROXY_SECRET")
    assert here.open("/overview", **names("zhang", secret="")).status_code == 503
    assert not here.behind.reached


BAD = {
    'user_header = "X-Remote-User"': {
        'user_header = "Host"': "另有用途",
        'user_header = "X-Forwarded-For"': "另有用途",
        'user_header = "Cookie"': "另有用途",
        'user_header = "X-Shortplank-Key"': "另有用途",
        'user_header = "X_Remote_User"': "只能用字母、数字和短横线",
        'user_header = "x-gate-secret"': "各不相同",
        'user_header = "X-Remote-User"\nsecret = "x"': "密钥不能写在这里",
        'user_header = "X-Remote-User"\nsecret_file = "proxy.secret"': "完整路径",
    },
    'groups_header = "X-Remote-Groups"\n': {"": "groups_header"},
    'user = "zhang"\n': {
        "": "写明一个",
        'user = "a"\ngroup = "b"\n': "写明一个",
        'user = ""\n': "空着",
    },
    'scope = "990101101"\n': {"": "没有写明乡镇", 'scope = "a b"\n': "单位代码"},
    'role = "admin"': {'role = "root"': "只能是"},
}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [(old, new, sentence) for old, cases in BAD.items() for new, sentence in cases.items()],
)
def test_a_setting_that_cannot_be_right_is_refused(
    old: str, new: str, sentence: str, county: Path
) -> None:
    (county / "access.toml").write_text(ACCESS.replace(old, new), "utf-8")
    with pytest.raises(ShortplankError, match=sentence):
        world(county)
