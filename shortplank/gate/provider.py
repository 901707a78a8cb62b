"""A provider of sign-in (OpenID Connect) as we talk to it: its addresses, its keys, its tokens.

Authlib builds the requests and judges an ID token's claims, joserfc its signature. Nothing that the
provider sends is believed before that, no redirect of its is followed, nothing is waited for long.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from shortplank.catalogue.ways import Oidc
from shortplank.errors import ShortplankError
from shortplank.gate import tokens
from shortplank.gate.claims import SignInError
from shortplank.gate.kept_secrets import oidc_secret

log = logging.getLogger("shortplank")

# How long an answer to a visitor may wait for the provider, all requests together.
SECONDS = 5.0
# How long the provider's document is good, and how long a provider that is down is left alone.
KEPT_SECONDS = 3600.0
DOWN_SECONDS = 5.0
# Unknown keys are asked for again at most so often: anybody may send a token that names one.
KEYS_SECONDS = 30.0
MOST_BYTES = 1_000_000


class Metadata(BaseModel):
    """What of the discovery document is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    id_token_signing_alg_values_supported: list[str] = ["RS256"]
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False

    @property
    def endpoints(self) -> list[str]:
        """Return every address in it."""
        named = (self.userinfo_endpoint, self.end_session_endpoint)
        always = [self.authorization_endpoint, self.token_endpoint, self.jwks_uri]
        return [*always, *(each for each in named if each)]


class Provider:
    """One provider, and what is known of it so far."""

    def __init__(self, settings: Oidc, now: Callable[[], float] = time.time) -> None:
        self.settings, self._now = settings, now
        self.known: Metadata | None = None
        self._known_at = self._keys_at = self._down_at = float("-inf")
        self._keys: KeySet | None = None
        self._fault: SignInError | None = None

    # --- asking it ---------------------------------------------------------------------------
    async def metadata(self) -> Metadata:
        """Return its discovery document, asked for at most once an hour."""
        now = self._now()
        if self.known is not None and now - self._known_at < KEPT_SECONDS:
            return self.known
        if now - self._down_at < DOWN_SECONDS and self._fault is not None:
            raise self._fault.with_traceback(None)
        try:
            found = self._checked(await self._json("GET", self._discovery))
        except SignInError as error:
            self._fault, self._down_at = error, self._now()
            raise
        if self.known is not None and self.known.jwks_uri != found.jwks_uri:
            self._keys = None
        self.known, self._known_at = found, self._now()
        return found

    @property
    def _discovery(self) -> str:
        return f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"

    def _checked(self, document: dict[str, Any]) -> Metadata:
        """Return a discovery document that is this issuer's and names safe addresses only."""
        try:
            found = Metadata.model_validate(document)
        except ValidationError as error:
            raise self._misset(f"its document lacks {error.errors()[0]['loc']}") from error
        if found.issuer != self.settings.issuer:
            raise self._misset("its document names another issuer than access.toml")
        local = self.settings.issuer.startswith("http://")  # a provider on this machine
        if not all(_is_safe(each, local=local) for each in found.endpoints):
            raise self._misset("its document names an address without TLS")
        return found

    async def keys(self, *, fresh: bool = False) -> KeySet:
        """Return the keys that it signs with; asked again for a token of an unknown key."""
        metadata, now = await self.metadata(), self._now()
        age = now - self._keys_at
        if self._keys is None or age > KEPT_SECONDS or (fresh and age > KEYS_SECONDS):
            self._keys_at = now
            document = await self._json("GET", metadata.jwks_uri)
            try:
                self._keys = tokens.key_set(document)
            except tokens.NotTrue as error:
                raise self._misset(str(error)) from error
        return self._keys

    async def _json(self, method: str, url: str, **asked: Any) -> dict[str, Any]:
        """Return the object that an address answers with; `SignInError` where it does not."""
        try:
            async with client() as http, http.stream(method, url, **asked) as response:
                body = await _body(response)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            log.warning("oidc: %s does not answer: %s", urlsplit(url).netloc, type(error).__name__)
            raise self.unreachable() from error
        if response.status_code != 200:
            log.warning("oidc: %s answered %s", url, response.status_code)
            asked_for_tokens = method == "POST" and 400 <= response.status_code < 500
            raise self._refused() if asked_for_tokens else self.unreachable()
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._misset(f"{url} answered no JSON") from error
        if not isinstance(found, dict):
            raise self._misset(f"{url} answered no object")
        return found

    # --- signing in --------------------------------------------------------------------------
    async def begin(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Return the address at the provider where a person signs in."""
        async with self.in_time():
            metadata = await self.metadata()
        self._secret()  # nobody is sent away who could not be let in afterwards
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                self.settings.client_id,
                "code",
                redirect_uri,
                " ".join(self.settings.scopes),
                state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    async def claims(
        self, *, code: str, issuer: str | None, redirect_uri: str, nonce: str, verifier: str
    ) -> tuple[dict[str, Any], str]:
        """Return what the provider says of who brings a code, and the ID token that proves it.

        ``issuer`` is what the answer's address says of who answers (RFC 9207).
        """
        async with self.in_time():
            metadata = await self.metadata()
            if issuer is None and metadata.authorization_response_iss_parameter_supported:
                raise self._untrue("the answer does not say whose it is")
            if issuer not in (None, metadata.issuer):
                raise self._untrue("the answer is another provider's")
            given = await self._exchange(metadata, code, redirect_uri, verifier)
            id_token, access = given.get("id_token"), given.get("access_token")
            if not isinstance(id_token, str):
                raise self._untrue("no ID token")
            token = await self._signed(id_token)
            try:
                found = tokens.identity(
                    token, self.settings, nonce=nonce, access_token=access, now=self._now()
                )
            except tokens.NotTrue as error:
                raise self._untrue(str(error)) from error
            return await self._completed(metadata, found, access), id_token

    async def _exchange(
        self, metadata: Metadata, code: str, redirect_uri: str, verifier: str
    ) -> dict[str, Any]:
        """Return the tokens that a code is good for."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        name, secret = self.settings.client_id, self._secret()
        if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            # RFC 6749, 2.3.1: both are form-encoded first.
            basic = httpx.BasicAuth(quote(name, safe=""), quote(secret, safe=""))
            return await self._json("POST", metadata.token_endpoint, data=form, auth=basic)
        form |= {"client_id": name, "client_secret": secret}
        return await self._json("POST", metadata.token_endpoint, data=form)

    async def _completed(
        self, metadata: Metadata, found: dict[str, Any], access: object
    ) -> dict[str, Any]:
        """Return the claims with those that the provider tells only at its userinfo address."""
        wanted = {self.settings.account, self.settings.groups} - set(found)
        if not wanted or metadata.userinfo_endpoint is None or not isinstance(access, str):
            return found
        bearer = {"authorization": f"Bearer {access}"}
        more = await self._json("GET", metadata.userinfo_endpoint, headers=bearer)
        if more.get("sub") != found["sub"]:
            raise self._untrue("its userinfo is of somebody else")
        return {**{key: more[key] for key in wanted if key in more}, **found}

    async def _signed(self, text: str) -> jwt.Token:
        """Return a token whose signature is the provider's, which may have changed its keys."""
        supported = (await self.metadata()).id_token_signing_alg_values_supported
        try:
            try:
                return tokens.signed(text, await self.keys(), supported)
            except tokens.UnknownKey:
                return tokens.signed(text, await self.keys(fresh=True), supported)
        except tokens.NotTrue as error:
            raise self._untrue(str(error)) from error

    # --- signing out -------------------------------------------------------------------------
    async def logged_out(self, text: str) -> dict[str, Any]:
        """Return the claims of a logout token that the provider sent."""
        async with self.in_time():
            token = await self._signed(text)
        try:
            return tokens.logout(token, self.settings, now=self._now())
        except tokens.NotTrue as error:
            raise self._untrue(str(error)) from error

    # --- what may go wrong -------------------------------------------------------------------
    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """Give up on the provider after `SECONDS`."""
        try:
            async with asyncio.timeout(SECONDS):
                yield
        except TimeoutError as error:
            log.warning("oidc: %s did not answer in time", self.settings.issuer)
            self._fault, self._down_at = self.unreachable(), self._now()
            raise self._fault from error

    def _secret(self) -> str:
        try:
            return oidc_secret(self.settings)
        except ShortplankError as error:
            raise self._misset(error.sentence) from error

    def unreachable(self) -> SignInError:
        """Return what a visitor is told while the provider does not answer."""
        return SignInError(
            f"{self.settings.label}现在连不上",
            reason="provider",
            mend="请稍后再试，或换一种方式登录",
            status=503,
        )

    def _misset(self, why: str) -> SignInError:
        """Return what a visitor is told of a wrong setting; the log says which."""
        log.error("oidc: %s: %a", self.settings.issuer, why)
        return SignInError(
            f"{self.settings.label}没有设置好",
            reason="settings",
            mend="请管理员查看服务日志",
            status=503,
        )

    def _refused(self) -> SignInError:
        return SignInError(
            f"{self.settings.label}没有认可这次登录", reason="code", mend="请重新登录", status=403
        )

    def _untrue(self, why: str) -> SignInError:
        log.warning("oidc: %s: refused: %a", self.settings.issuer, why)
        return SignInError(
            f"{self.settings.label}的答复没有通过核对",
            reason="token",
            mend="请重新登录",
            status=403,
        )


@lru_cache(maxsize=4)
def provider_of(settings: Oidc) -> Provider:
    """Return the provider of some settings, one a process; changed settings are another's."""
    return Provider(settings)


def client() -> httpx.AsyncClient:
    """Return a client that follows nobody, reads no proxy from the environment and gives up."""
    return httpx.AsyncClient(
        timeout=SECONDS, follow_redirects=False, trust_env=False, verify=_authorities()
    )


@cache
def _authorities() -> ssl.SSLContext:
    """Return the machine's own trusted authorities: a county's provider may have its own."""
    return ssl.create_default_context()


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            raise ValueError("too long")
    return bytes(body)


def _is_safe(url: str, *, local: bool) -> bool:
    """Return whether an address is under TLS, or on this machine like the provider itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    here = local and parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or here) and not parts.username
