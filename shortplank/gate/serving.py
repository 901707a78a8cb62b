"""What the gate answers itself, below ``/gate/``: in, out, password, who one is, still alive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from shortplank.catalogue import load_workspace
from shortplank.errors import ShortplankError
from shortplank.gate import oidc, own_tokens, pages
from shortplank.gate.accounts import account_name
from shortplank.gate.claims import SignInError
from shortplank.gate.forms import fields, is_long
from shortplank.gate.house import House
from shortplank.gate.sessions import LIFE, Way
from shortplank.gate.verifying import Busy

if TYPE_CHECKING:
    from shortplank.gate.door import Gate, Visitor

WAYS: dict[Way, str] = {
    "start": "本机启动地址",
    "local": "本地账号",
    "oidc": "统一认证",
    "proxy": "前置代理",
}
Handler = Callable[["Gate", Request], Awaitable[Response]]


async def answer(gate: Gate, request: Request, path: str) -> Response:
    """Answer a request for one of the gate's own pages; 404 for what is none, 405 for how."""
    if path.startswith("/gate/assets/"):
        return _asset(path.removeprefix("/gate/assets/"), request.method)
    handlers = HANDLERS.get(path.rstrip("/"), {})
    method = "GET" if request.method == "HEAD" else request.method
    handler = handlers.get(method)
    if handler is None:
        return PlainTextResponse("", 405 if handlers else 404)
    if method == "POST" and await is_long(request):
        return PlainTextResponse("提交的内容过长。", 413)
    return await handler(gate, request)


def _asset(name: str, method: str) -> Response:
    if name not in pages.ASSETS or method not in ("GET", "HEAD"):
        return PlainTextResponse("", 404)
    kept = {"cache-control": "max-age=3600", "x-content-type-options": "nosniff"}
    return Response(pages.asset(name), 200, kept, media_type=pages.ASSETS[name])


# --- in -------------------------------------------------------------------------------------------
async def _door(gate: Gate, request: Request) -> Response:
    """Show the ways in; who is in already is sent on."""
    wanted = gate.address.local_path(request.query_params.get("next", ""))
    if gate.visitor(request.scope) is not None:
        return gate.redirect(wanted)
    if stranger := gate.stranger(request.scope):
        return _ways(gate, wanted, said=pages.NO_GRANT.format(stranger), status=403)
    reason = "clock" if gate.is_behind(request.scope) else request.query_params.get("why", "")
    return _ways(gate, wanted, said=pages.WHY.get(reason, ""))


def _ways(
    gate: Gate, wanted: str, *, name: str = "", said: str = "", status: int = 200
) -> Response:
    access = gate.house.access
    providers = {}
    if access.oidc is not None:
        providers[access.oidc.label] = f"{gate.own}oidc/start?next={quote(wanted)}"
    body = pages.sign_in(
        gate=gate.own,
        next_path=wanted,
        name=name,
        said=said,
        local=access.local is not None,
        providers=providers,
        proxied=access.proxy is not None,
    )
    return gate.told("登录", body, status=status)


def turned_back(gate: Gate, error: SignInError, wanted: str) -> Response:
    """Show the ways in to who did not come in by a provider, with one sentence why."""
    gate.audit("", "sign_in_failed", way="oidc", reason=error.reason)
    return _ways(gate, gate.address.local_path(wanted), said=error.sentence, status=error.status)


async def _in(gate: Gate, request: Request) -> Response:
    """Let in a local account by its password; wrong ones have to wait, right ones then too."""
    if gate.house.access.local is None:
        return PlainTextResponse("", 404)
    form = await _form(request)
    name, wanted = form("name").strip(), gate.address.local_path(form("next"))
    try:
        account = await gate.house.verifier.verify(name, form("password"), _peer(request))
    except Busy as busy:
        gate.audit("", "sign_in_failed", way="local", reason="wait")
        return _waiting(_ways(gate, wanted, name=name, said=busy.sentence, status=429), busy)
    if account is None:
        known = gate.house.accounts.find(account_name(name))
        gate.audit(known.name if known else "", "sign_in_failed", way="local", reason="password")
        return _ways(gate, wanted, name=name, said="账号或密码不对。", status=403)
    return gate.let_in(request, account=account.name, way="local", next_path=wanted)


def _waiting(response: Response, busy: Busy) -> Response:
    response.headers["retry-after"] = str(busy.seconds)
    return response


def _peer(request: Request) -> str:
    """Return the address of who asks, "" behind a proxy on this machine.

    The server takes a loopback proxy's word for the address and leaves no port; that word may be
    anybody's, so nothing is counted by it.
    """
    client = request.client
    return client.host if client is not None and client.port else ""


async def _form(request: Request) -> Callable[[str], str]:
    """Return how to read a posted form's fields, "" for what is not in it."""
    found = await fields(request)
    return lambda name: found.get(name, [""])[-1]


# --- who ------------------------------------------------------------------------------------------
async def _alive(gate: Gate, request: Request) -> Response:
    """Answer an open tab: who it is let in as, and for how many seconds; 401 for nobody.

    Asking is no use of the session, save by a hall's tab and by who clicks to stay.
    """
    visitor = gate.visitor(request.scope)
    if visitor is None or gate.house.must_change(visitor.session):
        return JSONResponse({}, 401)
    session, now = visitor.session, gate.house.sessions.now()
    if {"present", "stay"} & set(request.query_params):
        gate.house.sessions.touch(session, asked="stay" in request.query_params)
        session = gate.house.sessions.by_key(session.key) or session
    life = session.created + LIFE - now
    return JSONResponse({"who": visitor.tag, "left": int(session.ends - now), "life": int(life)})


async def _me(gate: Gate, request: Request) -> Response:
    """Show who is signed in."""
    visitor = gate.visitor(request.scope)
    if visitor is None:
        return gate.redirect(gate.own)
    await oidc.prepare(gate)
    session = visitor.session
    body = pages.myself(
        gate=gate.own,
        home=f"{gate.address.base}/",
        actor=visitor.actor,
        way=WAYS[session.way],
        until=datetime.fromtimestamp(session.created + LIFE).strftime("%m-%d %H:%M"),
        where=_where(gate.house, visitor),
        local=session.way == "local",
    )
    return gate.told("账号", body)


def _where(house: House, visitor: Visitor) -> str:
    """Return the name of the area that an account is held to, "" for none."""
    scope = visitor.actor.scope
    if not scope:
        return ""
    area = load_workspace(house.workspace).area_by_code.get(scope)
    return area.name if area else scope


async def _show_password(gate: Gate, request: Request) -> Response:
    return _password(gate, request, "")


def _password(gate: Gate, request: Request, said: str, status: int = 200) -> Response:
    visitor = gate.visitor(request.scope)
    if visitor is None or visitor.session.way != "local":
        return gate.redirect(gate.own)
    forced = gate.house.must_change(visitor.session)
    body = pages.password(gate=gate.own, said=said, forced=forced)
    return gate.told("修改密码", body, status=status)


async def _change_password(gate: Gate, request: Request) -> Response:
    """Change the own password by the old one; all of the account's sessions end."""
    visitor = gate.visitor(request.scope)
    if visitor is None or visitor.session.way != "local":
        return gate.redirect(gate.own)
    form, house, name = await _form(request), gate.house, visitor.session.account
    if form("new") != form("again"):
        return _password(gate, request, "两次写的新密码不一样。", 400)
    try:
        account = await house.verifier.change(name, form("old"), form("new"), _peer(request))
    except Busy as busy:
        return _waiting(_password(gate, request, busy.sentence, 429), busy)
    except ShortplankError as error:
        return _password(gate, request, error.sentence, 400)
    if account is None:
        return _password(gate, request, "现在的密码不对。", 403)
    gate.audit(name, "accounts", act="password")
    return gate.without_cookie(gate.redirect(f"{gate.own}?why=changed"))


# --- out ------------------------------------------------------------------------------------------
async def _out(gate: Gate, request: Request) -> Response:
    """Sign out here, and at the provider where it knows how."""
    visitor = gate.visitor(request.scope)
    onward = f"{gate.own}?why=out"
    if visitor is not None:
        try:
            gate.leave(visitor.session)
        except ShortplankError as error:  # this browser forgets it at least
            return gate.without_cookie(gate.unable(error))
        if visitor.session.way == "oidc":
            onward = await oidc.leave_address(gate, request, visitor.session) or onward
        elif visitor.session.way == "proxy" and (proxy := gate.house.access.proxy) is not None:
            onward = proxy.sign_out or onward
    return gate.without_cookie(gate.redirect(onward))


async def _oidc_start(gate: Gate, request: Request) -> Response:
    return await oidc.start(gate, request)


async def _oidc_back(gate: Gate, request: Request) -> Response:
    return await oidc.back(gate, request)


async def _oidc_back_channel(gate: Gate, request: Request) -> Response:
    return await oidc.back_channel(gate, request)


HANDLERS: dict[str, dict[str, Handler]] = {
    "/gate": {"GET": _door},
    "/gate/in": {"POST": _in},
    "/gate/out": {"POST": _out},
    "/gate/alive": {"GET": _alive},
    "/gate/me": {"GET": _me},
    "/gate/password": {"GET": _show_password, "POST": _change_password},
    "/gate/tokens": {"GET": own_tokens.show, "POST": own_tokens.add},
    "/gate/tokens/revoke": {"POST": own_tokens.revoke},
    "/gate/oidc/start": {"GET": _oidc_start},
    "/gate/oidc/back": {"GET": _oidc_back},
    "/gate/oidc/back-channel": {"POST": _oidc_back_channel},
}


def form_targets(house: House) -> str:
    """Return what a form of the gate may lead to besides this server: the provider's sign-out."""
    try:
        access = house.access
    except ShortplankError:
        return ""
    named = [*oidc.origins(access.oidc)] if access.oidc is not None else []
    if access.proxy is not None and access.proxy.sign_out is not None:
        named.append(oidc.origin(access.proxy.sign_out))
    return "".join(f" {each}" for each in named)
