"""A provider that a test makes up: it answers in this process, and signs whatever it is told to."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry, serialize_compact

from shortplank.gate import provider
from tests.gate.worlds import ORIGIN, World

ISSUER = "https://sso.county.example"
CLIENT = "shortplank"
SECRET = "not a secret: the tests' own client"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
ACCESS = f"""
[local]
[oidc]
label = "县统一认证"
issuer = "{ISSUER}"
client_id = "{CLIENT}"
[[oidc.grants]]
group = "tongji"
role = "analyst"
[[oidc.grants]]
group = "lingdao"
role = "viewer"
"""
KEYS = [RSAKey.generate_key(2048, {"kid": f"k{n}", "use": "sig"}) for n in range(2)]
Change = Callable[[dict[str, Any]], None]


@dataclass
class Forger:
    """What the made-up provider answers, which a test changes, and what it was asked."""

    document: dict[str, Any] = field(
        default_factory=lambda: {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "userinfo_endpoint": f"{ISSUER}/me",
            "end_session_endpoint": f"{ISSUER}/end",
        }
    )
    keys: list[RSAKey] = field(default_factory=lambda: [KEYS[0]])
    id_token: str = ""
    userinfo: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request as a provider does."""
        self.asked.append(request)
        path = request.url.path
        if path in self.answers:
            return self.answers[path](request)
        bodies = {
            "/.well-known/openid-configuration": self.document,
            "/jwks": {"keys": [key.as_dict(private=False) for key in self.keys]},
            "/token": {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token},
            "/me": self.userinfo,
        }
        return httpx.Response(200, json=bodies[path]) if path in bodies else httpx.Response(404)

    def paths(self) -> list[str]:
        """Return what it was asked for."""
        return [request.url.path for request in self.asked]


@pytest.fixture
def forger(monkeypatch: pytest.MonkeyPatch) -> Forger:
    """A made-up provider in place of the network, and a fresh memory of what is known of it."""
    made = Forger()
    transport = httpx.MockTransport(made)
    monkeypatch.setattr(provider, "client", lambda: httpx.AsyncClient(transport=transport))
    monkeypatch.setenv("SHORTPLANK_OIDC_SECRET", SECRET)
    provider.provider_of.cache_clear()
    return made


# --- tokens ---------------------------------------------------------------------------------------
def id_claims(nonce: str, **more: Any) -> dict[str, Any]:
    """Return what a right ID token says of somebody of the group tongji."""
    now = int(time.time())
    said = {"iss": ISSUER, "sub": "s-1", "aud": CLIENT, "iat": now, "exp": now + 300}
    said |= {"nonce": nonce, "sid": "p-1", "preferred_username": "fenxi", "groups": ["tongji"]}
    return said | more


def logout_claims(**more: Any) -> dict[str, Any]:
    """Return what a right logout token says of the provider's session p-1."""
    now = int(time.time())
    said = {"iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "t-1"}
    return said | {"events": {EVENT: {}}, "sid": "p-1", "sub": "s-1"} | more


def sign(
    claims: dict[str, Any],
    key: RSAKey | OctKey = KEYS[0],
    alg: str = "RS256",
    **header: Any,
) -> str:
    """Return a signed token; the header names the key unless it is told otherwise."""
    named = {"alg": alg, "kid": key.kid, **header} if key.kid else {"alg": alg, **header}
    registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
    payload = json.dumps(claims).encode()  # in ASCII: half a surrogate pair can be said too
    return serialize_compact({"typ": "JWT", **named}, payload, key, registry=registry)


def _packed(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def unsigned(claims: dict[str, Any], alg: str = "none") -> str:
    """Return a token with no signature at all."""
    parts = ({"alg": alg, "typ": "JWT", "kid": "k0"}, claims)
    return ".".join(_packed(json.dumps(each).encode()) for each in parts) + "."


def by_public_key(claims: dict[str, Any]) -> str:
    """Return a token that takes the provider's public key for a secret shared with it."""
    head = unsigned(claims, "HS256").rstrip(".")
    made = hmac.digest(KEYS[0].as_pem(private=False), head.encode(), "sha256")
    return f"{head}.{_packed(made)}"


def retold(token: str, **more: Any) -> str:
    """Return a token whose claims were changed after it was signed."""
    head, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | more
    return f"{head}.{_packed(json.dumps(said).encode())}.{signature}"


# --- a browser's way ------------------------------------------------------------------------------
@dataclass
class Begun:
    """What a browser has that was sent to the provider: a cookie, and what that was asked."""

    cookie: str
    asked: dict[str, str]


def begin(here: World, query: str = "") -> Begun:
    """Begin to sign in, as a browser does."""
    response = here.open(f"/gate/oidc/start{query}")
    assert response.status_code == 303, response.text
    there = parse_qs(urlsplit(response.headers["location"]).query)
    cookie = response.headers["set-cookie"].partition(";")[0]
    return Begun(cookie, {name: values[0] for name, values in there.items()})


def come_back(here: World, begun: Begun, **query: str) -> httpx.Response:
    """Come back from the provider with a code."""
    asked = {"code": "c-1", "state": begun.asked["state"], **query}
    address = httpx.URL(f"{ORIGIN}/gate/oidc/back", params=asked)
    return here.open(f"{address.path}?{address.query.decode()}", cookie=begun.cookie)


def sign_in(here: World, forger: Forger, query: str = "", **claims: Any) -> httpx.Response:
    """Sign in with an ID token that says some things otherwise than the right one."""
    begun = begin(here, query)
    forger.id_token = sign(id_claims(begun.asked["nonce"], **claims))
    return come_back(here, begun)


def session_token(here: World, response: httpx.Response) -> str:
    """Return the session's token that an answer sets among its cookies, "" for none."""
    head = f"{here.gate.cookie}="
    cookies = response.headers.get_list("set-cookie")
    return next((c.removeprefix(head).partition(";")[0] for c in cookies if c.startswith(head)), "")


def said(response: httpx.Response) -> str:
    """Return the one sentence of a page that says what went wrong."""
    assert response.text.count('role="alert"') == 1, response.text
    return response.text.partition('role="alert">')[2].partition("<")[0]
