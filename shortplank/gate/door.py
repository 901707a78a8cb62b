"""The one gate: an ASGI application in front of pages, websocket, media, uploads and static files.

In this order: does the request name this server, and come from its own pages; is it for the gate
itself; who is it; then, and only then, Streamlit.
"""

from __future__ import annotations

import hashlib
import html
import logging
import re
import time
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from shortplank.access import Actor
from shortplank.audit.lines import note
from shortplank.catalogue.ways import granted
from shortplank.errors import ShortplankError
from shortplank.gate import machines, probe, programs, serving, tabs
from shortplank.gate.bound import Bound
from shortplank.gate.claims import SignInError
from shortplank.gate.hosts import Address, is_own
from shortplank.gate.house import HERE, House
from shortplank.gate.pages import NO_GRANT, PAGE_SCRIPTS, UNABLE, fault, nowhere, page, version
from shortplank.gate.proxied import Claimed, claimed
from shortplank.gate.sessions import LIFE, Session, Way
from shortplank.gate.start import StartToken, without_token

log = logging.getLogger("shortplank")
Message = MutableMapping[str, Any]
App = Callable[[Message, Any, Any], Awaitable[None]]
# The header by which Streamlit learns whose run it is (`server.trustedUserHeaders`).
KEY_HEADER = b"x-shortplank-key"
# Headers that only a proxy or the gate may write; none of them reaches a page.
_FOREIGN = re.compile(rb"x-shortplank-.*|x-forwarded-.*|forwarded|x-real-ip")
# What of Streamlit's own is served at all: no metrics, no sign-in of its own, no agent's routes.
_CORE = ("stream", "host-config", "health", "upload_file", "bidi-components")
_SHUT = ("/auth", "/oauth2callback", "/_stcore/metrics")
# What is no page: a file that is opened or taken away is given as it is.
_FILES = ("/media/", "/static/", "/_stcore/", "/component/", "/take/")
_SCRIPT = (
    '<link rel="stylesheet" href="{gate}assets/screens.css?{now}">'
    + "".join(
        f'<script src="{{gate}}assets/{name}?{{now}}" async></script>' for name in PAGE_SCRIPTS
    )
    + '<script src="{gate}assets/alive.js?{now}" data-who="{who}" defer></script></head>'
)
# Behind the head, into which Streamlit puts its own rules while it runs, and before what a page
# writes: of two rules that are as strong the later one holds.
_STYLES = '<body><link rel="stylesheet" href="{gate}assets/page.css?{now}">'
# What Streamlit's page says in English before any script runs.
_ENGLISH = {
    rb'<html lang="en">': b'<html lang="zh-CN">',
    rb"<title>Streamlit</title>": "<title>短板看板</title>".encode(),
    rb"<noscript>.*?</noscript>": "<noscript>请允许浏览器运行脚本。</noscript>".encode(),
}


@dataclass(frozen=True)
class Visitor:
    """Who a request comes from."""

    session: Session
    actor: Actor
    token: str = ""
    """A token that the browser has not yet, "" where it has."""

    @property
    def tag(self) -> str:
        """Return what an open tab compares: the account with its rights."""
        return f"{self.actor.account}/{self.actor.role}/{self.actor.scope}"

    @cached_property
    def key(self) -> str:
        """Return what Streamlit knows the visitor by: the session's key, and for which rights.

        With other rights nothing goes on that was begun: no page's run, no file, no download that
        was offered.
        """
        return f"{self.session.key}/{hashlib.sha256(self.tag.encode()).hexdigest()[:16]}"


class Gate:
    """Lets in who is signed in; everyone else gets the sign-in page, or 401."""

    def __init__(
        self,
        app: App,
        house: House,
        address: Address,
        bound: Bound,
        start: StartToken | None = None,
        *,
        places: Collection[str],
    ) -> None:
        """Stand before an app; ``places`` are the paths that it serves besides files."""
        self.app, self.house, self.address, self.start = app, house, address, start
        self.bound, self.places = bound, frozenset(places)
        self._logged = ("", 0)
        prefix = "__Secure-" if address.secure else ""
        self.cookie = f"{prefix}shortplank-{house.sessions.workspace_id}"

    @property
    def own(self) -> str:
        """Return the path of the gate's own pages."""
        return f"{self.address.base}/gate/"

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        path, socket = self._path(scope["path"]), scope["type"] == "websocket"
        if not socket and self._is_machine(scope, path):
            return await self.app(scope, receive, send)
        if probe.is_probe(self, scope):
            headers, cookie = headers_of(scope), self._set_cookie("", 0)
            return await probe.answer(self, scope, headers, cookie, receive, send)
        refused = self._refused(scope, path, socket=socket)
        if (
            refused is None
            and path is not None
            and (path + "/").startswith("/gate/")
            and not socket
        ):
            response = _kept_by_nobody(await self._answer(Request(scope, receive), path))
            return await response(scope, receive, send)
        if refused is None and programs.asks(path) and not socket:
            return await programs.answer(self, scope, receive, send)
        visitor = None
        if refused is None:
            try:
                visitor, refused = self._let(scope, str(path), socket=socket)
            except ShortplankError as error:
                refused = self.unable(error)
        if refused is None and visitor is not None:
            if socket:
                marked = self._marked(scope, visitor)
                return await tabs.pass_on(self, visitor, marked, receive, send)
            return await self._pass(scope, receive, send, visitor, str(path))
        if socket:
            return await send({"type": "websocket.close", "code": 1008})
        await _kept_by_nobody(refused or PlainTextResponse("", 401))(scope, receive, send)

    # --- before anything else ----------------------------------------------------------------
    def _is_machine(self, scope: Message, path: str | None) -> bool:
        """Return whether a monitor asks for what it may have, below the base path or at the root.

        The numbers go out by a token alone where nobody is signed in.
        """
        asked = {path, scope["path"]}
        if asked.intersection(machines.OPEN):
            return True
        if machines.METRICS not in asked:
            return False
        try:
            return machines.bears_token(self.house.access, headers_of(scope))
        except ShortplankError:  # said to whoever comes through the door
            return False

    def _path(self, path: str) -> str | None:
        """Return a path below the base, None outside of it."""
        base = self.address.base
        if not base:
            return path
        return path.removeprefix(base) or "/" if (path + "/").startswith(f"{base}/") else None

    def _refused(self, scope: Message, path: str | None, *, socket: bool) -> Response | None:
        """Return the answer to a request that is not for this server or not of its own pages."""
        headers = headers_of(scope)
        reason = ""
        if len(named(scope, b"host")) != 1 or not self.address.knows_host(headers.get("host", "")):
            reason = "host"
        elif len(named(scope, b"origin")) > 1:  # which of the two would be believed?
            reason = "origin"
        elif path == "/gate/oidc/back-channel":  # the provider's own server; its token is signed
            pass
        elif not is_own(self.address, scope.get("method", "GET"), headers, socket=socket):
            reason = "origin"
        elif path is None:
            return PlainTextResponse("", 404)
        if not reason:
            return None
        self.audit("", "refused", reason=reason)
        return PlainTextResponse(
            "请求的来源或主机名不是本服务器，已拒绝。"
            "维护人员请在服务器上运行 shortplank doctor --url 本网址，看代理哪里设得不对。",
            403,
        )

    # --- who ---------------------------------------------------------------------------------
    def visitor(self, scope: Message) -> Visitor | None:
        """Return who a request comes from; a proxy's word counts where its secret stands."""
        sessions, access = self.house.sessions, self.house.access
        session = None
        for token in self.tokens_of(scope):
            session = session or sessions.by_token(token)
        said = claimed(access.proxy, scope["headers"]) if access.proxy else None
        new = ""
        if session is not None and session.way == "proxy" and not _same(session, said):
            sessions.end(session.key)
            session = None
        if session is None and said is not None and self._grants(said):
            new = sessions.open(said.user, "proxy", groups=said.groups)
            session = sessions.by_token(new)
            self.audit(said.user, "sign_in", way="proxy")
        actor = session and self.house.actor(session)
        return Visitor(session, actor, new) if session and actor else None

    def _grants(self, said: Claimed) -> bool:
        """Return whether access.toml grants anything to whom the proxy names."""
        proxy = self.house.access.proxy
        return proxy is not None and granted(proxy.grants, said.groups, said.user) is not None

    def stranger(self, scope: Message) -> str:
        """Return whom the proxy names that nothing is granted to, "" for nobody."""
        proxy = self.house.access.proxy
        said = claimed(proxy, scope["headers"]) if proxy is not None else None
        return "" if said is None or self._grants(said) else said.user

    def tokens_of(self, scope: Message) -> list[str]:
        """Return the values of the gate's cookie; a path or a domain may have set it twice."""
        found = []
        for raw in named(scope, b"cookie"):
            for part in raw.decode("latin-1").split(";"):
                name, _, value = part.strip().partition("=")
                if name == self.cookie:
                    found.append(value)
        return found[:4]

    def is_behind(self, scope: Message) -> bool:
        """Return whether a browser brings a session of a later time than the clock's."""
        return any(self.house.sessions.is_ahead(token) for token in self.tokens_of(scope))

    def _let(
        self, scope: Message, path: str, *, socket: bool
    ) -> tuple[Visitor | None, Response | None]:
        """Return who may pass, or the answer to who may not."""
        query = scope["query_string"].decode("latin-1")
        if not socket and self.start is not None and (token := without_token(query)[0]):
            return None, self._started(scope, token, path, without_token(query)[1])
        visitor = self.visitor(scope)
        if visitor is None:
            return None, self._turned_away(scope, query)
        if self.house.must_change(visitor.session):
            return None, self.redirect(f"{self.own}password")
        if not self._serves(visitor, path):
            return None, PlainTextResponse("", 404)
        if path == machines.METRICS and not visitor.actor.may("see_audit"):
            self.audit(visitor.actor.account, "refused", reason="metrics")
            return None, PlainTextResponse("服务指标只给管理员和登记了令牌的监控看。", 403)
        if path not in self.places and not path.startswith(_FILES):
            return None, self._nowhere(scope, path)
        return visitor, None

    def _nowhere(self, scope: Message, path: str) -> Response:
        """Answer who asks for what is not there: a person gets a page with the way home.

        Streamlit's own page would load below any path, with a dialog in English over it; and its
        script tells the path of the whole app by what is answered below a page's path.
        """
        if scope.get("method") != "GET" or "text/html" not in headers_of(scope).get("accept", ""):
            return PlainTextResponse("", 404)
        if path.rstrip("/") in self.places:
            query = scope["query_string"].decode("latin-1")
            return self.redirect(self.address.base + path.rstrip("/") + (query and f"?{query}"))
        return self.told("没有这一页", nowhere(home=f"{self.address.base}/"), status=404)

    def _started(self, scope: Message, token: str, path: str, query: str) -> Response:
        """Answer who brings a start token: the address without it, and the cookie."""
        assert self.start is not None
        if self.house.access.ways or not self.start.matches(token):
            self.audit("", "sign_in_failed", way="start")
            return self.redirect(f"{self.own}?why=link")
        onward = f"{self.address.base}{path}" + (f"?{query}" if query else "")
        return self.let_in(Request(scope), account=HERE, way="start", next_path=onward)

    def _turned_away(self, scope: Message, query: str) -> Response:
        """Answer who is not signed in: a person who opens a page goes to the sign-in page."""
        headers, method = headers_of(scope), scope.get("method", "GET")
        if method == "GET" and "text/html" in headers.get("accept", ""):
            wanted = scope["path"] + (f"?{query}" if query else "")
            gone = self.redirect(f"{self.own}?next={quote(self.address.local_path(wanted))}")
            return gone
        return PlainTextResponse("请先登录。", 401)

    def _serves(self, visitor: Visitor, path: str) -> bool:
        """Return whether a path is served at all, and to this visitor."""
        if any((path + "/").startswith(f"{each}/") for each in _SHUT):
            return False
        if path.startswith("/_stcore/") and path.split("/")[2] not in _CORE:
            return False
        return self.bound.allows(visitor.key, path)

    # --- pass on -----------------------------------------------------------------------------
    def _marked(self, scope: Message, visitor: Visitor) -> Message:
        """Return the request as Streamlit gets it: with the key, without what proxies write."""
        proxy = self.house.access.proxy
        hidden = {name.lower().encode() for name in proxy.headers} if proxy else set()
        kept = [
            (name, self._without_cookie(value) if name == b"cookie" else value)
            for name, value in scope["headers"]
            if not _FOREIGN.fullmatch(name.replace(b"_", b"-")) and name not in hidden
        ]
        return {**scope, "headers": [*kept, (KEY_HEADER, visitor.key.encode())]}

    def _without_cookie(self, raw: bytes) -> bytes:
        kept = [
            part.strip()
            for part in raw.split(b";")
            if part.strip().partition(b"=")[0] != self.cookie.encode()
        ]
        return b"; ".join(kept)

    async def _pass(
        self, scope: Message, receive: Any, send: Any, visitor: Visitor, path: str
    ) -> None:
        """Pass a request on; a page comes back with the script that watches the session."""
        if not path.startswith(("/static/", "/_stcore/host-config")):
            self.house.sessions.touch(visitor.session)
        marked = self._marked(scope, visitor)
        shell = (
            scope["method"] == "GET"
            and not path.startswith(_FILES)
            and "text/html" in headers_of(scope).get("accept", "")
        )
        if shell:
            plain = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
            marked["headers"] = [pair for pair in marked["headers"] if pair[0] not in plain]
        body, start = bytearray(), dict[str, Any]()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                start["headers"] = self._answered(path, visitor, message.get("headers", []))
                start["shell"] = shell and _is_html(start["headers"])
                if not start.pop("shell"):
                    await send(start)
                    start.clear()
            elif not start:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await self._send_shell(send, start, bytes(body), visitor)

        await self.app(marked, receive, sent)

    def _answered(
        self, path: str, visitor: Visitor, headers: list[tuple[bytes, bytes]]
    ) -> list[tuple[bytes, bytes]]:
        """Return an answer's headers: nothing but static files may be kept by anybody.

        Nor are those where a cookie goes with them: a shared cache would hand it to others.
        """
        if visitor.token or not path.startswith("/static/"):
            headers = [pair for pair in headers if pair[0] != b"cache-control"]
            headers += [(b"cache-control", b"no-store, private")]
        if visitor.token:
            headers = [*headers, (b"set-cookie", self._set_cookie(visitor.token).encode())]
        return [*headers]

    async def _send_shell(self, send: Any, start: Message, body: bytes, visitor: Visitor) -> None:
        """Send Streamlit's page in Chinese, with the gate's scripts in it."""
        for english, chinese in _ENGLISH.items():
            body = re.sub(english, chinese, body, count=1, flags=re.DOTALL)
        own = {"gate": self.own, "now": version()}
        script = _SCRIPT.format(**own, who=html.escape(visitor.tag))
        body = body.replace(b"</head>", script.encode(), 1)
        body = body.replace(b"<body>", _STYLES.format(**own).encode(), 1)
        dropped = (b"content-length", b"etag", b"last-modified", b"accept-ranges")
        headers = [pair for pair in start["headers"] if pair[0] not in dropped]
        start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
        await send(start)
        await send({"type": "http.response.body", "body": body})

    # --- in and out --------------------------------------------------------------------------
    async def _answer(self, request: Request, path: str) -> Response:
        """Answer a request for the gate's own pages; a fault is a sentence."""
        try:
            return await serving.answer(self, request, path)
        except ShortplankError as error:
            return self.unable(error)

    def let_in(
        self,
        request: Request,
        *,
        account: str,
        way: Way,
        groups: tuple[str, ...] = (),
        sid: str = "",
        sub: str = "",
        id_token: str = "",
        next_path: str = "",
    ) -> Response:
        """Begin a session and send the browser on; 403 where nothing is granted to the account."""
        sessions = self.house.sessions
        for old in self.tokens_of(request.scope):
            if session := sessions.by_token(old):
                self.leave(session)
        token = sessions.open(account, way, groups=groups, sid=sid, sub=sub, id_token=id_token)
        session = sessions.by_token(token)
        if session is None or self.house.actor(session) is None:
            sessions.end(session.key if session else "")
            self.audit(account, "sign_in_failed", way=way, reason="grant")
            return self.told("没有权限", fault(NO_GRANT.format(account)), status=403)
        self.audit(account, "sign_in", way=way)
        response = self.redirect(self.address.local_path(next_path))
        response.headers.append("set-cookie", self._set_cookie(token))
        return response

    def leave(self, session: Session, why: str = "sign_out") -> None:
        """End a session."""
        self.house.sessions.end(session.key)
        self.audit(session.account, why, way=session.way)

    def _set_cookie(self, token: str, life: int = int(LIFE)) -> str:
        secure = "; Secure" if self.address.secure else ""
        return (
            f"{self.cookie}={token}; Max-Age={life}; Path={self.address.base}/; HttpOnly; "
            f"SameSite=Lax{secure}"
        )

    def without_cookie(self, response: Response) -> Response:
        """Return a response that takes the cookie away."""
        response.headers.append("set-cookie", self._set_cookie("", 0))
        return response

    def redirect(self, to: str) -> Response:
        return RedirectResponse(to, 303)

    def unable(self, error: ShortplankError) -> Response:
        """Return what is told where nobody can come in for now, or this visitor cannot."""
        if isinstance(error, SignInError):
            self.audit("", "sign_in_failed", reason=error.reason)
            return self.told("不能登录", fault(error.sentence), status=error.status)
        self.audit("", "sign_in_failed", reason="settings")
        self.log(error)
        said = UNABLE if self.address.public else error.sentence
        return self.told("不能登录", fault(said), status=503)

    def log(self, error: ShortplankError) -> None:
        """Say in the server's log what is wrong, the same once a minute: anybody can ask for it."""
        minute = (error.sentence, int(time.monotonic() // 60))
        if minute != self._logged:
            self._logged = minute
            log.error("gate: %s", error)

    def turned_back(self, error: SignInError, wanted: str) -> Response:
        """Return the sign-in page for who did not come in by a provider, with one sentence why."""
        return serving.turned_back(self, error, wanted)

    def told(self, title: str, body: Any, *, status: int = 200) -> Response:
        """Return a page of the gate's own."""
        text = page(title, body, county=self.house.county, gate=self.own)
        policy = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"form-action 'self'{serving.form_targets(self.house)}; frame-ancestors 'none'"
        )
        return Response(
            text,
            status,
            {"content-security-policy": policy},
            media_type="text/html",
        )

    def audit(self, account: str, what: Any, **facts: Any) -> None:
        """Write a line of what happened at the door."""
        note(self.house.workspace, account, what, **facts)


def _kept_by_nobody(response: Response) -> Response:
    """Return an answer of the gate's own, which no browser or proxy keeps but by its own word."""
    response.headers.setdefault("cache-control", "no-store")
    return response


def named(scope: Message, name: bytes) -> list[bytes]:
    """Return the values of a header."""
    return [value for key, value in scope["headers"] if key == name]


def headers_of(scope: Message) -> dict[str, str]:
    """Return a request's headers, the last of each name."""
    return {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}


def _is_html(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(k == b"content-type" and v.startswith(b"text/html") for k, v in headers)


def _same(session: Session, said: Claimed | None) -> bool:
    return said is not None and (said.user, said.groups) == (session.account, session.groups)
