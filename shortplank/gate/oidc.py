"""The way in by a provider (OpenID Connect): there, back, and out in both directions.

A person goes to the provider with what binds the answer to this browser and this sign-in; comes
back with a code; and what the provider says for the code, signed, is whom we let in. Signing out
here ends the provider's session too, and the provider ends ours at its back channel.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from shortplank.catalogue.ways import Oidc
from shortplank.gate import begun
from shortplank.gate.begun import Begun
from shortplank.gate.claims import SignInError, account_name, group_names
from shortplank.gate.database import rows_of
from shortplank.gate.forms import fields

if TYPE_CHECKING:
    from shortplank.gate.door import Gate
    from shortplank.gate.provider import Metadata, Provider
    from shortplank.gate.sessions import Session

# An address may be 8 kB at most servers; the ID token of somebody in many groups is longer.
MOST_OF_A_HINT = 4000
# Logout tokens are remembered for longer than they are believed.
HEARD_SECONDS = 3600
_HEARD = "CREATE TABLE IF NOT EXISTS oidc_heard (jti TEXT PRIMARY KEY, until REAL NOT NULL)"


def _provider(settings: Oidc) -> Provider:
    """Return the provider of some settings; only who has one waits for the libraries."""
    from shortplank.gate.provider import provider_of

    return provider_of(settings)


# --- in -------------------------------------------------------------------------------------------
async def start(gate: Gate, request: Request) -> Response:
    """Send a person to the provider, with what the answer must fit in a cookie of ten minutes."""
    settings = gate.house.access.oidc
    if settings is None:
        return PlainTextResponse("", 404)
    wanted = gate.address.local_path(request.query_params.get("next", ""))
    attempt = Begun(wanted if len(wanted) <= begun.MOST_OF_NEXT else gate.address.local_path(""))
    try:
        there = await _provider(settings).begin(
            redirect_uri=_back(gate, request),
            state=attempt.state,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
        )
    except SignInError as error:
        return gate.turned_back(error, attempt.next_path)
    response = RedirectResponse(there, 303)
    _set_cookie(gate, response, attempt.packed(gate.house.state))
    return response


async def back(gate: Gate, request: Request) -> Response:
    """Let in whom the provider names for the code that comes back; one sentence where it cannot."""
    settings = gate.house.access.oidc
    if settings is None:
        return PlainTextResponse("", 404)
    asked = request.query_params
    attempt = begun.unpacked(
        gate.house.state,
        request.cookies.get(_cookie(gate), ""),
        asked.get("state", ""),
    )
    try:
        if attempt is None:
            raise _not_begun()
        response = await _let_in(gate, request, settings, attempt)
    except SignInError as error:
        response = gate.turned_back(error, attempt.next_path if attempt else "")
    _set_cookie(gate, response, "")  # an answer is heard once
    response.headers["referrer-policy"] = "no-referrer"  # the address holds the code
    return response


async def _let_in(gate: Gate, request: Request, settings: Oidc, attempt: Begun) -> Response:
    """Let in whom the provider names; `SignInError` where it names nobody that can be believed."""
    asked = request.query_params
    if "error" in asked or not asked.get("code"):
        raise SignInError(
            f"{settings.label}没有让您登录", reason="denied", mend="请重新登录", status=403
        )
    claims, id_token = await _provider(settings).claims(
        code=asked["code"],
        issuer=asked.get("iss"),
        redirect_uri=_back(gate, request),
        nonce=attempt.nonce,
        verifier=attempt.verifier,
    )
    account = account_name(claims.get(settings.account))
    if account is None:
        raise SignInError(
            f"{settings.label}没有给出可用的账号名",
            reason="account",
            mend="请与管理员联系",
            status=403,
        )
    return gate.let_in(
        request,
        account=account,
        way="oidc",
        groups=group_names(claims.get(settings.groups), settings.grants),
        sid=_text(claims.get("sid")),
        sub=_text(claims.get("sub")),
        id_token=id_token,
        next_path=attempt.next_path,
    )


def _not_begun() -> SignInError:
    return SignInError(
        "这次登录已经失效，或不是在这个浏览器里开始的", reason="state", mend="请重新登录"
    )


# --- out ------------------------------------------------------------------------------------------
async def leave_address(gate: Gate, request: Request, session: Session) -> str | None:
    """Return the provider's address that ends its session too, None where it has none.

    The provider sends the browser back to our sign-in page (``…/gate/``), which has to be
    registered there.
    """
    metadata = await prepare(gate)
    settings = gate.house.access.oidc
    if settings is None or metadata is None or metadata.end_session_endpoint is None:
        return None
    asked = {
        "client_id": settings.client_id,
        "post_logout_redirect_uri": f"{_here(gate, request)}/gate/",
    }
    if 0 < len(session.id_token) <= MOST_OF_A_HINT:
        asked["id_token_hint"] = session.id_token  # without it the provider asks who it is
    there = metadata.end_session_endpoint
    return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}"


async def prepare(gate: Gate) -> Metadata | None:
    """Return what is known of the provider, asked now if nothing is; None while it is down.

    A page with the form that signs out waits for it: its policy has to name the provider.
    """
    settings = gate.house.access.oidc
    if settings is None:
        return None
    provider = _provider(settings)
    try:
        async with provider.in_time():
            return await provider.metadata()
    except SignInError:
        return provider.known


def origins(settings: Oidc) -> tuple[str, ...]:
    """Return where signing out leads: the provider's, for a page's ``form-action``."""
    known = _provider(settings).known
    ends = known.end_session_endpoint if known is not None else None
    return tuple(dict.fromkeys(origin(each) for each in (settings.issuer, ends) if each))


async def back_channel(gate: Gate, request: Request) -> Response:
    """End the sessions that the provider says have ended there: by its session, or the person's.

    200 where that is done, 400 where the token is not to be believed or was heard before.
    """
    settings = gate.house.access.oidc
    if settings is None:
        return PlainTextResponse("", 404)
    try:
        text = await _logout_token(request)
        claims = await _provider(settings).logged_out(text)
        if not _first_time(gate.house.state, str(claims["jti"])):
            raise _no_logout()
    except SignInError as error:
        gate.audit("", "refused", reason="logout_token")
        answer = {"error": "invalid_request"}
        return JSONResponse(answer, 503 if error.status == 503 else 400)
    sessions = gate.house.sessions
    by_session = "sid" in claims
    ended = sessions.end_sid(claims["sid"]) if by_session else sessions.end_sub(claims["sub"])
    for account in ended:
        gate.audit(account, "sign_out", way="oidc", reason="provider")
    return Response(b"", 200)


async def _logout_token(request: Request) -> str:
    """Return the logout token of a form, which is short and has one."""
    found = (await fields(request)).get("logout_token", [])
    if len(found) != 1:
        raise _no_logout()
    return found[0]


def _no_logout() -> SignInError:
    return SignInError("不是有效的退出通知", reason="logout_token")


def _first_time(folder: Path, jti: str) -> bool:
    """Return whether a logout token is heard for the first time, by any process."""
    now = time.time()
    rows_of(folder, _HEARD)
    rows_of(folder, "DELETE FROM oidc_heard WHERE until < ?", [now])
    row = [hashlib.sha256(jti.encode()).hexdigest(), now + HEARD_SECONDS]
    added = "INSERT OR IGNORE INTO oidc_heard VALUES (?, ?) RETURNING jti"
    return bool(rows_of(folder, added, row))


# --- where we are ---------------------------------------------------------------------------------
def _here(gate: Gate, request: Request) -> str:
    """Return our own address, as people reach it; the gate has looked at the host before."""
    if gate.address.public:
        return gate.address.public.rstrip("/")
    return f"http://{request.headers['host']}{gate.address.base}"


def _back(gate: Gate, request: Request) -> str:
    return f"{_here(gate, request)}/gate/oidc/back"


def _cookie(gate: Gate) -> str:
    prefix = "__Secure-" if gate.address.secure else ""
    return f"{prefix}shortplank-oidc-{gate.house.sessions.workspace_id}"


def _set_cookie(gate: Gate, response: Response, value: str) -> None:
    """Set the cookie of a sign-in that has begun, or take it away."""
    response.set_cookie(
        _cookie(gate),
        value,
        max_age=begun.SECONDS if value else 0,
        path=f"{gate.address.base}/gate/oidc",
        secure=gate.address.secure,
        httponly=True,
        samesite="lax",  # the answer comes from the provider's site, as a link
    )


def origin(address: str) -> str:
    """Return the origin of an address, as a policy names it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _text(claim: object) -> str:
    return claim if isinstance(claim, str) and len(claim) <= 255 and claim.isprintable() else ""
