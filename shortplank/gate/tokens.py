"""A provider's tokens: who made them, for whom, when and for which sign-in; nothing else counts."""

from __future__ import annotations

from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from shortplank.catalogue.ways import Oidc

# Clocks of two machines differ by no more.
LEEWAY = 60
# A logout token is made at the moment that it is sent.
LOGOUT_SECONDS = 300
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Signatures that only the provider can make: never "none", never by a secret that we hold too.
SIGNATURES = frozenset(
    f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)
) | {"EdDSA", "Ed25519"}
# What the libraries raise for a token that is odd rather than wrong.
ODD = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class NotTrue(Exception):
    """A token says what it may not, or nobody proves that the provider said it."""


class UnknownKey(NotTrue):
    """A token is signed by a key that is not among the known: the provider may have a new one."""


def key_set(document: dict[str, Any]) -> KeySet:
    """Return the keys of a provider's document that signatures are checked with.

    Those that others hold too, and those for other uses, are passed over.
    """
    try:
        return KeySet.import_key_set({"keys": [key for key in document["keys"] if _signs(key)]})
    except ODD as error:
        raise NotTrue(f"its keys cannot be read: {error}") from error


def _signs(key: Any) -> bool:
    asymmetric = isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP")
    return asymmetric and key.get("use", "sig") == "sig"


def signed(text: str, keys: KeySet, supported: list[str]) -> jwt.Token:
    """Return a token whose signature is the provider's; `UnknownKey` where that is not known."""
    allowed = sorted(SIGNATURES & set(supported)) or ["RS256"]
    registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
    try:
        return jwt.decode(text, keys, registry=registry)
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise UnknownKey(f"a token: {error}") from error
    except ODD as error:
        raise NotTrue(f"a token: {error}") from error


def identity(
    token: jwt.Token, settings: Oidc, *, nonce: str, access_token: object, now: float
) -> dict[str, Any]:
    """Return the claims of an ID token that is this provider's, ours, of this sign-in, in time."""
    expected = _expected(settings, "iss", "aud", "exp", "iat", "sub")
    params = {"nonce": nonce, "client_id": settings.client_id, "access_token": access_token}
    try:
        judged = CodeIDToken(token.claims, token.header, expected, params)
        judged.validate(now=int(now), leeway=LEEWAY)
    except ODD as error:
        raise NotTrue(f"its ID token: {error}") from error
    return dict(token.claims)


def logout(token: jwt.Token, settings: Oidc, *, now: float) -> dict[str, Any]:
    """Return the claims of a logout token (Back-Channel Logout 1.0, 2.6), all checked.

    Whether it was heard before is for the caller to know.
    """
    expected = _expected(settings, "iss", "aud", "iat", "jti", "events")
    claims = token.claims
    try:
        jwt.JWTClaimsRegistry(int(now), LEEWAY, **expected).validate(claims)
        fits = _tells_of_a_logout(token) and now - claims["iat"] <= LOGOUT_SECONDS
    except ODD as error:
        raise NotTrue(f"its logout token: {error}") from error
    if not fits:
        raise NotTrue("its logout token is none")
    return dict(claims)


def _tells_of_a_logout(token: jwt.Token) -> bool:
    """Return whether a token is made for signing out, and says of which session or person."""
    kind = str(token.header.get("typ", "")).lower().removeprefix("application/")
    whom = [token.claims[name] for name in ("sid", "sub") if name in token.claims]
    named = [token.claims["jti"], *whom]
    return (
        kind in ("", "jwt", "logout+jwt")
        and isinstance(token.claims["events"].get(LOGOUT_EVENT), dict)
        and "nonce" not in token.claims
        and bool(whom)
        and all(isinstance(each, str) and each and each.isprintable() for each in named)
    )


def _expected(settings: Oidc, *essential: str) -> dict[str, Any]:
    """Return what a token's claims must say: whose it is, for whom, and that they are there."""
    expected: dict[str, Any] = {name: {"essential": True} for name in essential}
    expected["iss"]["value"] = settings.issuer
    expected["aud"]["values"] = [settings.client_id]
    return expected
