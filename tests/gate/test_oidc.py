"""Signing in by a provider: who is let in, and every answer that is not to be believed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey

from shortplank.catalogue import load_access
from shortplank.errors import ShortplankError
from shortplank.frame import entrance
from shortplank.gate import begun as begun_module
from shortplank.gate import provider
from shortplank.gate.kept_secrets import oidc_secret
from shortplank.gate.sessions import key_of
from tests.gate.forging import (
    ACCESS,
    CLIENT,
    ISSUER,
    KEYS,
    SECRET,
    Forger,
    begin,
    by_public_key,
    come_back,
    forger,
    id_claims,
    retold,
    said,
    session_token,
    sign,
    sign_in,
    unsigned,
)
from tests.gate.worlds import World, world

__all__ = ["forger"]


@pytest.fixture
def office(county: Path, forger: Forger) -> World:
    """The gate of a workspace with local accounts and a provider."""
    return world(county, ACCESS)


def role(here: World, response: httpx.Response) -> str:
    """Return what an answer lets its browser be, "" for nobody."""
    token = session_token(here, response)
    actor = here.house.actor_of(key_of(token)) if token else None
    return actor.role if actor else ""


# --- there and back -------------------------------------------------------------------------------
def test_a_person_goes_there_and_comes_back_signed_in(office: World, forger: Forger) -> None:
    begun = begin(office, "?next=/overview%3Fmonth%3D2010-05")
    assert begun.asked["response_type"] == "code" and begun.asked["scope"] == "openid profile"
    assert begun.asked["code_challenge_method"] == "S256"
    assert len({begun.asked[name] for name in ("state", "nonce", "code_challenge")}) == 3
    assert begun.asked["redirect_uri"] == "http://127.0.0.1:8501/gate/oidc/back"
    assert SECRET not in str(begun.asked)
    forger.id_token = sign(id_claims(begun.asked["nonce"]))
    response = come_back(office, begun)
    assert response.status_code == 303
    assert response.headers["location"] == "/overview?month=2010-05"
    assert role(office, response) == "analyst"
    session = office.house.sessions.by_token(session_token(office, response))
    assert session is not None and (session.account, session.sid) == ("fenxi", "p-1")
    assert office.open("/overview", session_token(office, response)).status_code == 200


def test_the_cookie_of_a_sign_in_is_short_bound_and_heard_once(
    office: World, forger: Forger
) -> None:
    response = office.open("/gate/oidc/start")
    cookie = response.headers["set-cookie"]
    for part in ("Max-Age=600", "Path=/gate/oidc", "HttpOnly", "SameSite=lax"):
        assert part in cookie
    assert response.headers["cache-control"] == "no-store"
    back = sign_in(office, forger)
    assert [c for c in back.headers.get_list("set-cookie") if "Max-Age=0" in c and "-oidc-" in c]
    assert back.headers["referrer-policy"] == "no-referrer"


def test_under_tls_and_below_a_path_all_addresses_are_the_public_ones(
    county: Path, forger: Forger
) -> None:
    there = world(county, f'public = "https://a.example/board"\n{ACCESS}', base="/board")
    response = there.open("/board/gate/oidc/start", host="a.example")
    asked = httpx.URL(response.headers["location"]).params
    assert asked["redirect_uri"] == "https://a.example/board/gate/oidc/back"
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Secure-") and "Secure" in cookie
    assert "Path=/board/gate/oidc" in cookie


@pytest.mark.parametrize(
    ("groups", "status", "expected"),
    [
        (["tongji", "x"], 303, "analyst"),
        (["lingdao", "tongji"], 303, "analyst"),  # the first grant of the file that fits
        ("lingdao", 303, "viewer"),
        (["canting"], 403, ""),
        (["TONGJI", "tongji2", " "], 403, ""),
        ([], 403, ""),
        ({"tongji": True}, 403, ""),
        (None, 403, ""),
    ],
)
def test_groups_give_the_role_and_nobody_is_let_in_without(
    groups: Any, status: int, expected: str, office: World, forger: Forger
) -> None:
    response = sign_in(office, forger, groups=groups)
    assert (response.status_code, role(office, response)) == (status, expected)
    if not expected:
        assert "没有这里的权限" in said(response)


@pytest.mark.parametrize(
    "name", [None, "", " fenxi", "a\nb", "a\u202eb", "a\x00", "x" * 65, 7, ["fenxi"], "\ud800"]
)
def test_what_is_no_name_lets_nobody_in(name: Any, office: World, forger: Forger) -> None:
    response = sign_in(office, forger, preferred_username=name)
    assert response.status_code == 403 and role(office, response) == ""
    assert said(response) == "县统一认证没有给出可用的账号名。请与管理员联系。"


def test_what_the_id_token_leaves_out_is_asked_for_and_has_to_be_the_same_persons(
    office: World, forger: Forger
) -> None:
    def bare() -> httpx.Response:
        begun = begin(office)
        claims = id_claims(begun.asked["nonce"])
        del claims["groups"], claims["preferred_username"]
        forger.id_token = sign(claims)
        return come_back(office, begun)

    forger.userinfo = {"sub": "s-1", "preferred_username": "liulan", "groups": ["lingdao"]}
    assert role(office, bare()) == "viewer"
    forger.userinfo["sub"] = "s-2"
    response = bare()
    assert response.status_code == 403 and role(office, response) == ""


# --- answers that are not believed ----------------------------------------------------------------
def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


NOW = int(time.time())
BAD_TOKENS: dict[str, Callable[[dict[str, Any]], str]] = {
    "another nonce": lambda c: sign(c | {"nonce": "x"}),
    "no nonce": lambda c: sign(without(c, "nonce")),
    "another audience": lambda c: sign(c | {"aud": "other"}),
    "no audience": lambda c: sign(without(c, "aud")),
    "two audiences, made for the other": lambda c: sign(
        c | {"aud": [CLIENT, "other"], "azp": "other"}
    ),
    "two audiences, made for nobody": lambda c: sign(c | {"aud": [CLIENT, "other"]}),
    "another issuer": lambda c: sign(c | {"iss": f"{ISSUER}.evil.example"}),
    "no issuer": lambda c: sign(without(c, "iss")),
    "expired": lambda c: sign(c | {"exp": NOW - 600, "iat": NOW - 900}),
    "no expiry": lambda c: sign(without(c, "exp")),
    "expiry no number": lambda c: sign(c | {"exp": "never"}),
    "of tomorrow": lambda c: sign(c | {"iat": NOW + 86_400, "exp": NOW + 90_000}),
    "nobody": lambda c: sign(without(c, "sub")),
    "another access token": lambda c: sign(c | {"at_hash": "AAAA"}),
    "alg none": lambda c: unsigned(c),
    "unsigned": lambda c: unsigned(c, "RS256"),
    "our secret": lambda c: sign(c, OctKey.import_key(SECRET), "HS256", kid="k0"),
    "the public key as a secret": lambda c: by_public_key(c),
    "another's key": lambda c: sign(c, KEYS[1]),
    "another's key by the known name": lambda c: sign(c, KEYS[1], kid="k0"),
    "changed after signing": lambda c: retold(sign(c), sub="s-2"),
    "no token": lambda c: "",
    "garbage": lambda c: "a.b.c",
    "odd header": lambda c: "W10.e30.AA",
}


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_token_that_is_not_right_lets_nobody_in(name: str, office: World, forger: Forger) -> None:
    begun = begin(office)
    claims = id_claims(begun.asked["nonce"])
    forger.id_token = BAD_TOKENS[name](claims)
    response = come_back(office, begun)
    assert response.status_code == 403 and session_token(office, response) == ""
    assert said(response) == "县统一认证的答复没有通过核对。请重新登录。"
    begun = begin(office)  # and the next one that is right does
    forger.id_token = sign(id_claims(begun.asked["nonce"]))
    assert role(office, come_back(office, begun)) == "analyst"


def test_changed_keys_are_fetched_and_the_old_one_counts_no_more(
    office: World, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert role(office, sign_in(office, forger)) == "analyst"
    monkeypatch.setattr(provider, "KEYS_SECONDS", 0.0)
    forger.keys = [KEYS[1]]
    begun = begin(office)
    forger.id_token = sign(id_claims(begun.asked["nonce"]), KEYS[1])
    assert role(office, come_back(office, begun)) == "analyst"
    assert sign_in(office, forger).status_code == 403  # signed with the old key
    assert forger.paths().count("/.well-known/openid-configuration") == 1


def test_unknown_keys_do_not_make_us_ask_again_and_again(office: World, forger: Forger) -> None:
    for _ in range(5):
        begun = begin(office)
        forger.id_token = sign(id_claims(begun.asked["nonce"]), KEYS[1])
        assert come_back(office, begun).status_code == 403
    assert forger.paths().count("/jwks") == 1


# --- the browser that began -----------------------------------------------------------------------
def test_an_answer_counts_in_the_browser_that_began_alone(office: World, forger: Forger) -> None:
    mine, other = begin(office), begin(office)
    forger.id_token = sign(id_claims(mine.asked["nonce"]))
    tampered = mine.cookie[:-2] + ("AA" if mine.cookie[-2:] != "AA" else "BB")
    for cookie, state in (
        ("", mine.asked["state"]),
        (other.cookie, mine.asked["state"]),
        (mine.cookie, other.asked["state"]),
        (mine.cookie, ""),
        (mine.cookie, "é"),
        (tampered, mine.asked["state"]),
    ):
        mine_here = type(mine)(cookie, mine.asked)
        response = come_back(office, mine_here, state=state)
        assert response.status_code == 400 and session_token(office, response) == ""
        assert "不是在这个浏览器里开始的" in said(response)
    assert "/token" not in forger.paths()  # the code is not spent for a stranger
    assert role(office, come_back(office, mine)) == "analyst"


def test_an_answer_may_come_to_another_process(county: Path, office: World, forger: Forger) -> None:
    begun = begin(office)
    forger.id_token = sign(id_claims(begun.asked["nonce"]))
    other = world(county)
    response = come_back(other, begun)
    assert role(other, response) == "analyst"
    assert office.open("/overview", session_token(other, response)).status_code == 200


def test_a_sign_in_is_good_for_ten_minutes(
    office: World, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = begin(office)
    forger.id_token = sign(id_claims(begun.asked["nonce"]))
    monkeypatch.setattr(begun_module, "SECONDS", -1)
    assert come_back(office, begun).status_code == 400


def test_the_answer_of_another_provider_is_refused(office: World, forger: Forger) -> None:
    begun = begin(office)
    forger.id_token = sign(id_claims(begun.asked["nonce"]))
    assert come_back(office, begun, iss="https://evil.example").status_code == 403
    assert "/token" not in forger.paths()
    assert role(office, come_back(office, begun, iss=ISSUER)) == "analyst"
    forger.document["authorization_response_iss_parameter_supported"] = True
    provider.provider_of.cache_clear()
    begun = begin(office)
    forger.id_token = sign(id_claims(begun.asked["nonce"]))
    assert come_back(office, begun).status_code == 403


def test_who_is_refused_there_is_told_so_in_our_words(office: World, forger: Forger) -> None:
    begun = begin(office)
    response = come_back(office, begun, error="access_denied", error_description="<b>boo</b>")
    assert response.status_code == 403
    assert said(response) == "县统一认证没有让您登录。请重新登录。" and "boo" not in response.text


def test_a_code_that_the_provider_does_not_take_lets_nobody_in(
    office: World, forger: Forger
) -> None:
    for status in (400, 401, 403):
        forger.answers["/token"] = lambda _, s=status: httpx.Response(s, json={"error": "x"})  # type: ignore[misc]
        response = come_back(office, begin(office))
        assert response.status_code == 403 and "没有认可这次登录" in said(response)


# --- a provider that is down, or wrong ------------------------------------------------------------
def broken(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("down")


DOCUMENT = "/.well-known/openid-configuration"
DOWN: dict[str, tuple[Callable[[httpx.Request], httpx.Response], str]] = {
    "nobody answers": (broken, "连不上"),
    "500": (lambda _: httpx.Response(500), "连不上"),
    "404": (lambda _: httpx.Response(404), "连不上"),
    "sends elsewhere": (
        lambda _: httpx.Response(302, headers={"location": "https://evil.example/x"}),
        "连不上",
    ),
    "too long": (lambda _: httpx.Response(200, content=b" " * 2_000_000), "连不上"),
    "no JSON": (lambda _: httpx.Response(200, text="<html>"), "没有设置好"),
    "no object": (lambda _: httpx.Response(200, json=[]), "没有设置好"),
    "nothing in it": (lambda _: httpx.Response(200, json={"issuer": ISSUER}), "没有设置好"),
}


@pytest.mark.parametrize("name", DOWN)
def test_a_provider_that_is_down_is_one_sentence_beside_the_other_ways(
    name: str, office: World, forger: Forger
) -> None:
    forger.answers[DOCUMENT], sentence = DOWN[name]
    for _ in range(2):
        response = office.open("/gate/oidc/start?next=/overview")
        assert response.status_code == 503 and sentence in said(response)
        assert 'name="password"' in response.text and 'value="/overview"' in response.text
    assert forger.paths() == [DOCUMENT]  # left alone for a moment, and nobody else asked
    assert office.open("/gate/").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://sso.county.example/token"},
        {"jwks_uri": "http://127.0.0.1/jwks"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "https://user@evil.example/"},
        {"token_endpoint": None},
    ],
)
def test_a_document_that_cannot_be_right_is_not_used(
    change: dict[str, Any], office: World, forger: Forger
) -> None:
    forger.document |= change
    assert "没有设置好" in said(office.open("/gate/oidc/start"))


def test_a_slow_provider_is_given_up_on(
    office: World, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert provider.SECONDS <= 5
    monkeypatch.setattr(provider, "SECONDS", 0.02)

    async def slow(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        raise AssertionError

    transport = httpx.MockTransport(slow)
    monkeypatch.setattr(provider, "client", lambda: httpx.AsyncClient(transport=transport))
    assert "连不上" in said(office.open("/gate/oidc/start"))


def test_it_works_again_when_the_provider_does(
    office: World, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    forger.answers[DOCUMENT] = broken
    assert office.open("/gate/oidc/start").status_code == 503
    del forger.answers[DOCUMENT]
    monkeypatch.setattr(provider, "DOWN_SECONDS", 0.0)
    assert role(office, sign_in(office, forger)) == "analyst"


# --- where to -------------------------------------------------------------------------------------
EVIL = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example",
    "\\\\evil.example", "/%2Fevil.example", "/%5Cevil.example", "http:evil.example",
    "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\n/evil.example",
    "/\r\nSet-Cookie: a=b", " //evil.example", "/overview/../../evil", "/%09/evil.example",
    "evil.example", "@evil.example", "/gate/oidc/start", "/gate/out", "/%2e%2e//evil.example",
    "", "/\x00", "/。evil.example//", "https:/evil.example",
)  # fmt: skip


@pytest.mark.parametrize("wanted", EVIL)
def test_nobody_is_sent_on_to_another_server(wanted: str, office: World, forger: Forger) -> None:
    query = str(httpx.QueryParams({"next": wanted}))
    response = sign_in(office, forger, f"?{query}")
    assert response.status_code == 303
    there = response.headers["location"]
    assert there == "/" or (there.isascii() and there.startswith("/%E3%80%82evil.example"))
    assert role(office, response) == "analyst"


def test_a_long_way_is_cut_to_the_start(office: World, forger: Forger) -> None:
    response = sign_in(office, forger, f"?next=/overview%3Fx={'a' * 3000}")
    assert response.headers["location"] == "/"


# --- the secret -----------------------------------------------------------------------------------
def test_a_secret_in_access_toml_is_refused(county: Path) -> None:
    (county / "access.toml").write_text(
        ACCESS.replace('client_id = "shortplank"', 'client_id = "a"\nclient_secret = "x"'), "utf-8"
    )
    with pytest.raises(ShortplankError, match="密钥不能写在这里，请删去 client_secret"):
        load_access(county)


def test_the_secret_is_a_file_that_others_cannot_read(
    county: Path, tmp_path: Path, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "oidc.secret"
    line = f'client_id = "shortplank"\nclient_secret_file = "{file}"'
    here = world(county, ACCESS.replace('client_id = "shortplank"', line))
    settings = here.house.access.oidc
    assert settings is not None
    with pytest.raises(ShortplankError, match="读不到"):
        oidc_secret(settings)
    file.write_text("from the file\n", "utf-8")
    for mode in (0o644, 0o604, 0o660):
        file.chmod(mode)
        with pytest.raises(ShortplankError, match="别人能读到或改写"):
            oidc_secret(settings)
        told = said(here.open("/gate/oidc/start"))
        assert "没有设置好" in told and "oidc.secret" not in told
    for mode in (0o600, 0o400, 0o640):
        file.chmod(mode)
        assert oidc_secret(settings) == "from the file"
    file.chmod(0o600)
    file.write_text("another line, longer", "utf-8")
    assert oidc_secret(settings) == "another line, longer"
    for odd in ("two\nlines", "", "é", "a" * 3 + "\x00"):
        file.write_text(odd, "utf-8")
        with pytest.raises(ShortplankError):
            oidc_secret(settings)


def test_without_a_secret_nobody_is_sent_away(
    office: World, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHORTPLANK_OIDC_SECRET")
    assert "没有设置好" in said(office.open("/gate/oidc/start"))


def test_a_server_does_not_start_without_the_secrets_of_its_ways_in(
    county: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (county / "access.toml").write_text(ACCESS, "utf-8")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(county))
    monkeypatch.delenv("SHORTPLANK_OIDC_SECRET", raising=False)
    monkeypatch.setattr(entrance, "bound_to", lambda: "127.0.0.1")
    with pytest.raises(SystemExit):
        entrance.entrance()
    told = capsys.readouterr().err
    assert told.startswith("SHORTPLANK_OIDC_SECRET：没有密钥。") and told.count("\n") == 1
    monkeypatch.setenv("SHORTPLANK_OIDC_SECRET", SECRET)
    assert entrance.entrance().start is None


def test_without_a_provider_there_is_none_of_its_addresses(here: World) -> None:
    assert here.open("/gate/oidc/start").status_code == 404
    assert here.open("/gate/oidc/back?code=a&state=b").status_code == 404
    assert (
        here.ask("/gate/oidc/back-channel", "POST", data={"logout_token": "x"}).status_code == 404
    )
