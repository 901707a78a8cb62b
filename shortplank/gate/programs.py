"""What other programs ask for below ``/api/``: who they are, how often they may, and nothing else.

A token stands in the header alone, for an address is logged, kept and handed on. Who is signed in
may look from the browser, too: nothing here changes anything, the cookie goes with no request that
another site sets off, and what another site's page asks for is refused and could not be read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response

from shortplank.access import Actor
from shortplank.catalogue.ways import granted
from shortplank.errors import ShortplankError
from shortplank.gate.bearers import looks_like_a_token
from shortplank.gate.claims import SignInError
from shortplank.gate.pages import UNABLE
from shortplank.gate.proxied import claimed

if TYPE_CHECKING:
    from shortplank.gate.door import Gate, Message

PLACE = "/api"
# Under which name the application behind the gate finds who asks; no request can write there.
CALLER = "shortplank.caller"
METHODS = ("GET", "HEAD")
# What others call a token in an address.
_IN_ADDRESS = ("token", "access_token", "api_key", "apikey", "authorization", "bearer")
_MOST_QUERY = 4096
_FROM_OTHERS = ("cross-site", "same-site")


@dataclass(frozen=True)
class Caller:
    """Who asks, and by which token ("" for none)."""

    actor: Actor
    rate: str
    token: str = ""


class Refused(ShortplankError):
    """A request that is not answered: with which status, and with which headers."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        place: str = "",
        mend: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, place=place, mend=mend)
        self.status, self.headers = status, dict(headers or {})


def fault(
    error: ShortplankError, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error as a program reads it: what is wrong, where, and what to do."""
    told = {"status": status, "fault": error.message, "place": error.place, "mend": error.mend}
    return JSONResponse(told, status, {"cache-control": "no-store", **(headers or {})})


def asks(path: str | None) -> bool:
    """Return whether a path is a program's.

    >>> asks("/api"), asks("/api/ask/x"), asks("/apis"), asks(None)
    (True, True, False, False)
    """
    return path is not None and f"{path}/".startswith(f"{PLACE}/")


async def answer(gate: Gate, scope: Message, receive: Any, send: Any) -> None:
    """Answer a program, or pass its request on with who it comes from."""
    try:
        caller = _let(gate, scope)
    except Refused as refused:
        return await fault(refused, refused.status, refused.headers)(scope, receive, send)
    except SignInError as error:
        return await fault(error, error.status)(scope, receive, send)
    except ShortplankError as error:
        gate.log(error)
        told = ShortplankError(UNABLE) if gate.address.public else error
        return await fault(told, 503, {"retry-after": "30"})(scope, receive, send)
    hidden = (b"cookie", b"authorization")
    kept = [pair for pair in scope["headers"] if pair[0] not in hidden]
    await gate.app({**scope, "headers": kept, CALLER: caller}, receive, send)


def _let(gate: Gate, scope: Message) -> Caller:
    """Return who asks; `Refused` where that is nobody, or it comes too often."""
    api = gate.house.access.api
    if not api.open:
        raise Refused(404, "这里没有开放数据接口", mend="请管理员看 access.toml 的 [api]")
    if scope["method"] not in METHODS:
        raise Refused(
            405, "数据接口只能读取", mend="请用 GET", headers={"allow": ", ".join(METHODS)}
        )
    _check_address(scope["query_string"].decode("latin-1"))
    caller = _caller(gate, scope)
    wait = gate.house.rates.take(caller.rate, api.per_minute, api.burst)
    if wait:
        raise Refused(
            429,
            f"请求太多：每分钟最多 {api.per_minute} 次",
            mend="请稍后再试",
            headers={"retry-after": str(math.ceil(wait))},
        )
    return caller


def _check_address(query: str) -> None:
    """Refuse an address that holds a token, and one that is too long to be one of ours."""
    if len(query) > _MOST_QUERY:
        raise Refused(413, "网址太长", mend="请少写一些参数")
    named = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    if named.intersection(_IN_ADDRESS) or looks_like_a_token(query):
        raise Refused(
            400,
            "令牌不能写在网址里，网址会留在记录中",
            mend="请撤销这个令牌，另建一个放在请求头 Authorization: Bearer 里",
        )


def _caller(gate: Gate, scope: Message) -> Caller:
    """Return who asks: by a token where one stands, else by the session, else by a proxy's word."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    if given:
        return _by_token(gate, scope, given)
    fetched = [value.decode("latin-1") for n, value in scope["headers"] if n == b"sec-fetch-site"]
    if set(fetched).intersection(_FROM_OTHERS):
        gate.audit("", "refused", reason="origin")
        raise Refused(403, "别的网站不能从这里取数", mend="请在看板里打开，或用令牌")
    found = _by_session(gate, scope) or _by_proxy(gate, scope)
    if found is None:
        raise _nobody("请求没有带令牌")
    return found


def _by_session(gate: Gate, scope: Message) -> Caller | None:
    for cookie in gate.tokens_of(scope):
        session = gate.house.sessions.by_token(cookie)
        if session is None or session.way == "proxy":  # whom the proxy names now it says anew
            continue
        if gate.house.must_change(session):
            raise Refused(403, "账号还没有自己的密码", mend="请先在看板里改密码")
        if actor := gate.house.actor(session):
            return Caller(actor, f"session:{session.key}")
    return None


def _by_proxy(gate: Gate, scope: Message) -> Caller | None:
    """Return whom a proxy names in this very request; no session is begun for a program."""
    proxy = gate.house.access.proxy
    said = claimed(proxy, scope["headers"]) if proxy is not None else None
    if proxy is None or said is None:
        return None
    found = granted(proxy.grants, said.groups, said.user)
    if found is None:
        gate.audit(said.user, "refused", reason="grant")
        raise Refused(403, f"{said.user} 没有这里的权限", mend="请与本县管理员联系")
    return Caller(Actor(found.role, said.user, found.scope), f"proxy:{said.user}")


def _by_token(gate: Gate, scope: Message, given: list[bytes]) -> Caller:
    """Return whose token stands in the header; wrong ones have to wait, right ones never do."""
    kind, _, text = given[0].decode("latin-1").strip().partition(" ")
    bearers = gate.house.bearers
    known = None
    if len(given) == 1 and kind.lower() == "bearer" and gate.house.access.local is not None:
        known = bearers.bearer(text.strip())
    account = bearers.account(known) if known is not None else None
    if known is None or account is None:
        return _wrong(gate, scope)
    bearers.touch(known)
    return Caller(Actor(account.role, account.name, account.scope), f"token:{known.id}", known.id)


def _wrong(gate: Gate, scope: Message) -> Caller:
    """Refuse a token that is none; a few are free, by address, and the rest have to wait."""
    client = scope.get("client")
    who, attempts = f"{PLACE} {client[0] if client else ''}", gate.house.attempts
    wait = attempts.wait(who) or attempts.begin(who)
    gate.audit("", "refused", reason="token")
    if wait:
        raise Refused(
            429,
            "不对的令牌太多",
            mend="请换成有效的令牌，稍后再试",
            headers={"retry-after": str(math.ceil(wait))},
        )
    raise _nobody("令牌无效：可能写错、过期、已撤销，或账号改过密码")


def _nobody(why: str) -> Refused:
    return Refused(
        401,
        why,
        mend="请把令牌放在请求头 Authorization: Bearer 里；令牌由管理员用 shortplank token add 建",
        headers={"www-authenticate": 'Bearer realm="shortplank"'},
    )
