"""Whatever a token says, signed or not: it is believed whole, or `NotTrue` says that it is not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.catalogue.ways import Grant, Oidc
from shortplank.gate import provider, tokens
from tests.gate.forging import CLIENT, ISSUER, KEYS, id_claims, logout_claims, sign

SETTINGS = Oidc(
    label="县统一认证",
    issuer=ISSUER,
    client_id=CLIENT,
    grants=(Grant(group="tongji", role="viewer"),),
)
NAMES = ("iss", "aud", "sub", "exp", "iat", "nbf", "jti", "events", "sid", "nonce", "azp", "amr",
         "at_hash", "auth_time")  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3)
    ),
    max_leaves=6,
)
CHANGES = st.dictionaries(st.sampled_from(NAMES), ANYTHING, min_size=1, max_size=4)
KEY_SET = tokens.key_set({"keys": [KEYS[0].as_dict(private=False)]})


def decoded(claims: dict[str, Any]) -> Any:
    return tokens.signed(sign(claims), KEY_SET, ["RS256"])


@given(CHANGES)
def test_odd_claims_are_refused_and_break_nothing(changes: dict[str, Any]) -> None:
    now = time.time()
    try:
        said = tokens.identity(
            decoded(id_claims("n") | changes), SETTINGS, nonce="n", access_token="a", now=now
        )
        assert (said["iss"], said["nonce"]) == (ISSUER, "n") and CLIENT in said["aud"]
    except tokens.NotTrue:
        pass
    try:
        said = tokens.logout(decoded(logout_claims() | changes), SETTINGS, now=now)
        assert said["iss"] == ISSUER and "nonce" not in said
    except tokens.NotTrue:
        pass


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,9}"))
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(tokens.NotTrue):
        tokens.signed(text, KEY_SET, ["RS256", "none", "HS256"])


@given(ANYTHING)
def test_what_are_no_keys_are_refused(listed: Any) -> None:
    with pytest.raises(tokens.NotTrue):
        tokens.key_set({"keys": listed})
    with pytest.raises(tokens.NotTrue):
        tokens.key_set({"keys": [listed, {"kty": "oct", "k": "c2VjcmV0"}]})


def test_keys_of_other_kinds_and_uses_do_not_count() -> None:
    mine, other = (key.as_dict(private=False) for key in KEYS)
    listed = [
        {**other, "use": "enc"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "new", "kid": "x"},
        mine,
    ]
    assert [key.kid for key in tokens.key_set({"keys": listed})] == ["k0"]


def test_the_provider_is_asked_by_a_client_that_follows_nobody() -> None:
    client = provider.client()
    assert not client.follow_redirects and not client.trust_env
    assert client.timeout.read == client.timeout.connect == provider.SECONDS <= 5
