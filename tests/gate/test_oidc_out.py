"""Signing out in both directions, with a provider that a test makes up."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from shortplank.gate import provider
from tests.gate.forging import (
    ACCESS,
    EVENT,
    ISSUER,
    KEYS,
    Forger,
    forger,
    id_claims,
    logout_claims,
    retold,
    session_token,
    sign,
    sign_in,
    unsigned,
)
from tests.gate.worlds import ORIGIN, World, world

__all__ = ["forger"]


@pytest.fixture
def office(county: Path, forger: Forger) -> World:
    """The gate of a workspace with local accounts and a provider."""
    return world(county, ACCESS)


def signed_in(here: World, forger: Forger, **claims: Any) -> str:
    """Return the session's token of somebody who signed in."""
    token = session_token(here, sign_in(here, forger, **claims))
    assert token
    return token


def tell(here: World, token: str, **headers: str) -> httpx.Response:
    """Return the answer to a logout token at the back channel, sent by the provider's server."""
    return here.ask("/gate/oidc/back-channel", "POST", data={"logout_token": token},
                    headers=headers, peer=("10.0.0.7", 40000))  # fmt: skip


def lines(here: World) -> list[dict[str, Any]]:
    """Return what the audit says happened."""
    files = sorted((here.house.state / "audit").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def alive(here: World, token: str) -> bool:
    return here.open("/overview", token).status_code == 200


# --- from here ------------------------------------------------------------------------------------
def test_signing_out_here_ends_the_providers_session_too(office: World, forger: Forger) -> None:
    token = signed_in(office, forger)
    response = office.ask("/gate/out", "POST", token=token, headers={"origin": ORIGIN})
    assert response.status_code == 303
    there = httpx.URL(response.headers["location"])
    assert str(there).startswith(f"{ISSUER}/end?")
    assert there.params["id_token_hint"] == forger.id_token
    assert there.params["client_id"] == "shortplank"
    assert there.params["post_logout_redirect_uri"] == f"{ORIGIN}/gate/"
    assert not alive(office, token)


def test_a_long_id_token_is_not_put_into_the_address(office: World, forger: Forger) -> None:
    token = signed_in(office, forger, groups=["tongji", *(f"g{n:04}" for n in range(900))])
    response = office.ask("/gate/out", "POST", token=token, headers={"origin": ORIGIN})
    assert len(response.headers["location"]) < 1000


@pytest.mark.parametrize("known", [True, False])
def test_signing_out_works_while_the_provider_is_down(
    known: bool, office: World, forger: Forger
) -> None:
    token = signed_in(office, forger)

    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    forger.answers["/.well-known/openid-configuration"] = broken
    if not known:  # another process, which has not asked it yet
        provider.provider_of.cache_clear()
    response = office.ask("/gate/out", "POST", token=token, headers={"origin": ORIGIN})
    assert response.status_code == 303 and not alive(office, token)
    assert response.headers["location"].startswith(ISSUER if known else "/gate/")


def test_a_page_with_the_way_out_lets_its_form_lead_to_the_provider(
    office: World, forger: Forger
) -> None:
    forger.document["end_session_endpoint"] = "https://out.county.example/end?a=b"
    token = signed_in(office, forger)
    provider.provider_of.cache_clear()
    policy = office.open("/gate/me", token).headers["content-security-policy"]
    assert f"form-action 'self' {ISSUER} https://out.county.example;" in policy
    response = office.ask("/gate/out", "POST", token=token, headers={"origin": ORIGIN})
    assert response.headers["location"].startswith("https://out.county.example/end?a=b&client_id=")


# --- from there -----------------------------------------------------------------------------------
def test_the_provider_ends_exactly_the_sessions_of_its_own_session(
    office: World, forger: Forger
) -> None:
    mine = [signed_in(office, forger) for _ in range(2)]  # two browsers of one session there
    again = signed_in(office, forger, sid="p-2")
    other = signed_in(office, forger, sid="p-3", sub="s-3", preferred_username="liulan")
    local = office.house.sessions.open("fenxi", "proxy", sid="p-1", sub="s-1")
    response = tell(office, sign(logout_claims()))
    assert response.status_code == 200 and response.headers["cache-control"] == "no-store"
    assert [alive(office, token) for token in (*mine, again, other)] == [False, False, True, True]
    assert office.house.sessions.by_token(local) is not None
    claims = logout_claims(jti="t-2")
    del claims["sid"]
    assert tell(office, sign(claims)).status_code == 200  # all sessions of the person
    assert [alive(office, token) for token in (again, other)] == [False, True]
    written = [line for line in lines(office) if line.get("reason") == "provider"]
    assert [(line["account"], line["what"]) for line in written] == [("fenxi", "sign_out")] * 3


def test_a_logout_token_is_heard_once_by_all_processes(
    county: Path, office: World, forger: Forger
) -> None:
    told = sign(logout_claims(), typ="logout+jwt")
    assert tell(office, told).status_code == 200
    token = signed_in(office, forger)  # the same session at the provider, again here
    assert tell(office, told).status_code == 400
    assert tell(world(county), told).status_code == 400
    assert alive(office, token)


NOW = int(time.time())
Claims = dict[str, Any]


def without(claims: Claims, *names: str) -> Claims:
    return {key: value for key, value in claims.items() if key not in names}


BAD: dict[str, Callable[[Claims], str]] = {
    "a nonce": lambda c: sign(c | {"nonce": "x"}),
    "an ID token": lambda c: sign(id_claims("n")),
    "an ID token with a nonce of nothing": lambda c: sign(c | {"nonce": None}),
    "no events": lambda c: sign(without(c, "events")),
    "another event": lambda c: sign(c | {"events": {"http://other.example/": {}}}),
    "an event that is no object": lambda c: sign(c | {"events": {EVENT: True}}),
    "events that are no object": lambda c: sign(c | {"events": [EVENT]}),
    "of no session and no person": lambda c: sign(without(c, "sid", "sub")),
    "a session that is no text": lambda c: sign(c | {"sid": {"a": 1}}),
    "a session of half a pair": lambda c: sign(c | {"sid": "\ud800"}),
    "an empty session": lambda c: sign(c | {"sid": ""}),
    "another audience": lambda c: sign(c | {"aud": "other"}),
    "another issuer": lambda c: sign(c | {"iss": "https://evil.example"}),
    "no issuer": lambda c: sign(without(c, "iss")),
    "no audience": lambda c: sign(without(c, "aud")),
    "no id": lambda c: sign(without(c, "jti")),
    "an id of half a pair": lambda c: sign(c | {"jti": "\ud800"}),
    "no time": lambda c: sign(without(c, "iat")),
    "old": lambda c: sign(without(c, "exp") | {"iat": NOW - 3600}),
    "expired": lambda c: sign(c | {"exp": NOW - 600}),
    "of tomorrow": lambda c: sign(c | {"iat": NOW + 86_400, "exp": NOW + 90_000}),
    "an access token": lambda c: sign(c, typ="at+jwt"),
    "alg none": lambda c: unsigned(c),
    "unsigned": lambda c: unsigned(c, "RS256"),
    "another's key": lambda c: sign(c, KEYS[1], kid="k0"),
    "changed after signing": lambda c: retold(sign(c | {"sid": "p-9"}), sid="p-1"),
    "garbage": lambda c: "a.b.c",
    "nothing": lambda c: "",
    "long": lambda c: "a" * 7000,
}


@pytest.mark.parametrize("name", BAD)
def test_a_logout_token_that_is_not_right_ends_nothing(
    name: str, office: World, forger: Forger
) -> None:
    token = signed_in(office, forger)
    response = tell(office, BAD[name](logout_claims()))
    assert response.status_code == 400 and response.json() == {"error": "invalid_request"}
    assert alive(office, token)
    assert lines(office)[-1] | {"at": ""} == {
        "at": "", "account": "", "what": "refused", "reason": "logout_token",
    }  # fmt: skip
    assert tell(office, sign(logout_claims())).status_code == 200
    assert not alive(office, token)


def test_the_back_channel_takes_one_short_form_alone(office: World, forger: Forger) -> None:
    told = sign(logout_claims())
    path = "/gate/oidc/back-channel"
    assert office.ask(path).status_code == 405
    assert office.ask(f"{path}?logout_token={told}", "POST").status_code == 400
    twice: Any = {"logout_token": [told, told]}
    assert office.ask(path, "POST", data=twice).status_code == 400
    assert office.ask(path, "POST", data={"logout_token": told, "x": "a" * 9000}).status_code == 413


def test_while_the_provider_is_down_it_is_told_to_try_again(office: World, forger: Forger) -> None:
    forger.answers["/jwks"] = lambda _: httpx.Response(500)
    assert tell(office, sign(logout_claims())).status_code == 503
