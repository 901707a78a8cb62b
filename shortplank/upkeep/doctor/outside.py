"""The proxy, asked from outside: how a request through it arrives at the server."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from shortplank.audit.state import state_place
from shortplank.catalogue import load_access
from shortplank.catalogue.ways import Access
from shortplank.gate import probe
from shortplank.upkeep.doctor.found import Found, found

SECONDS = 10.0
_EXPIRED = 10  # OpenSSL: X509_V_ERR_CERT_HAS_EXPIRED
# What a browser sends to open a websocket; the key is the standard's own example.
_UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Reply:
    """An answer through the proxy, and how the server says that the request arrived."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    told: dict[str, Any] | None


@dataclass(frozen=True)
class Asking:
    """How to ask through the proxy: the outer address, and the number that the server knows."""

    url: SplitResult
    access: Access
    number: str
    believing: bool = False
    """Whether a certificate is taken that this machine does not trust."""

    @property
    def base(self) -> str:
        """Return the path of the outer address, "" or "/board"."""
        return self.url.path.rstrip("/")

    def ask(self, path: str, *, socket: bool = False) -> Reply:
        """Return the answer to a request below the base path; `OSError` where there is none."""
        origin = f"{self.url.scheme}://{self.url.netloc}"
        sent = {probe.HEADER: self.number, "Origin": origin, "Accept-Encoding": "gzip"}
        sent |= {"X-Forwarded-For": probe.FORGED_ADDRESS}
        proxy = self.access.proxy
        sent |= dict.fromkeys(proxy.headers if proxy else (), probe.FORGED_NAME)
        sent |= _UPGRADE if socket else {}
        connection = self._connection()
        try:
            connection.request("GET", f"{self.base}{path}", headers=sent)
            with connection.getresponse() as answer:
                body = b"" if answer.status == 101 else answer.read()
                cookies = tuple(answer.headers.get_all("set-cookie") or ())
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status, headers, cookies, _told(body, headers))
        except http.client.HTTPException as error:
            raise ConnectionError(type(error).__name__) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        """Return a connection to the address itself; no proxy of the environment has a part."""
        host, port = self.url.hostname or "", self.url.port
        if self.url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=SECONDS)
        context = ssl.create_default_context()
        if self.believing:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)


def _told(body: bytes, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what the server says of the request, None where it is not this server."""
    try:
        plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        told = json.loads(plain)
    except (OSError, EOFError, ValueError):
        return None
    return told if isinstance(told, dict) and "base" in told and "forged" in told else None


def proxy(workspace: Path, url: str | None) -> Iterator[Found]:
    """Yield what is right and wrong with what stands between people and the server."""
    access = load_access(workspace)
    if url is None:
        if access.public:
            yield found("proxy", "warn", "proxy_not_asked", public=access.public)
        else:
            yield found("proxy", "ok", "proxy_none")
        return
    parts = _parts(url)
    if parts is None:
        yield found("proxy", "wrong", "proxy_address", url=url)
        return
    if access.public and access.public.rstrip("/") != url.rstrip("/"):
        yield found("proxy", "warn", "proxy_other", url=url, public=access.public)
    state = state_place(workspace)
    if not state.is_dir():
        yield found("proxy", "wrong", "proxy_no_state", path=state)
        return
    with probe.asking(state) as number:
        yield from _through(Asking(parts, access, number), url)


def _parts(url: str) -> SplitResult | None:
    """Return an address taken apart, None for what is none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises where it is no number)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def _through(asking: Asking, url: str) -> Iterator[Found]:
    try:
        trust, asking = _trust(asking)
        page = asking.ask("/doctor")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield found("proxy", "wrong", "proxy_away", url=url, reason=reason)
        return
    yield trust
    if page.told is None:
        if asking.access.proxy is not None and page.status in (301, 302, 303, 307, 401):
            yield found("proxy", "warn", "proxy_signs_in", status=page.status)
        else:
            yield found("proxy", "wrong", "proxy_astray", url=url, status=page.status)
        return
    yield found("proxy", "ok", "proxy_reached", url=url)
    yield _host(page.told)
    yield _path(asking, page.told)
    yield _scheme(asking, page.told)
    yield from _forged(page.told)
    yield _cookie(asking, page)
    yield _socket(asking)
    yield _packed(asking, page)


def _trust(asking: Asking) -> tuple[Found, Asking]:
    """Return what is to be said of the certificate, and how to go on asking."""
    if asking.url.scheme == "http":
        return found("proxy_tls", "warn", "tls_none"), asking
    try:
        asking.ask("/healthz")
        return found("proxy_tls", "ok", "tls_ok"), asking
    except ssl.SSLCertVerificationError as error:
        believing = Asking(asking.url, asking.access, asking.number, believing=True)
        if error.verify_code == _EXPIRED:
            return found("proxy_tls", "wrong", "tls_expired"), believing
        return found("proxy_tls", "warn", "tls_unknown", reason=error.verify_message), believing


def _host(told: Mapping[str, Any]) -> Found:
    if not told["host"]:
        return found("proxy_host", "wrong", "host_bad")
    if not told["origin"]:
        return found("proxy_host", "wrong", "origin_bad")
    return found("proxy_host", "ok", "host_ok")


def _path(asking: Asking, told: Mapping[str, Any]) -> Found:
    wanted, base = f"{asking.base}/doctor", told["base"]
    if told["path"] != wanted:
        return found("proxy_path", "wrong", "path_changed", asked=wanted, seen=told["path"])
    if asking.base != base:
        about = {"asked": asking.base or "/", "base": base or "/"}
        return found("proxy_path", "wrong", "path_base", **about)
    return found("proxy_path", "ok", "path_ok", base=base or "/")


def _scheme(asking: Asking, told: Mapping[str, Any]) -> Found:
    seen = told["scheme"]
    if not seen:
        return found("proxy_scheme", "warn", "scheme_none")
    if seen != asking.url.scheme:
        about = {"asked": asking.url.scheme, "seen": seen}
        return found("proxy_scheme", "wrong", "scheme_bad", **about)
    return found("proxy_scheme", "ok", "scheme_ok", scheme=seen)


def _forged(told: Mapping[str, Any]) -> Iterator[Found]:
    """Yield whether what anybody writes into the proxy's own headers arrives."""
    address = "X-Forwarded-For" in told["forged"]
    names = [name for name in told["forged"] if name != "X-Forwarded-For"]
    if names:
        yield found("proxy_forged", "wrong", "forged_identity", names="、".join(names))
    if address:
        yield found("proxy_forged", "warn", "forged_address")
    if not names and not address:
        yield found("proxy_forged", "ok", "forged_ok")


def _cookie(asking: Asking, page: Reply) -> Found:
    """Return whether the gate's cookie comes through as it was given."""
    path = f"Path={page.told and page.told['base']}/"
    own = [each for each in page.cookies if "shortplank-" in each.partition("=")[0]]
    given = [part.strip() for part in own[0].split(";")] if own else []
    changed = [part for part in (path, "HttpOnly", "SameSite=Lax") if part not in given]
    secure = str(page.told and page.told["public"]).startswith("https://")
    if asking.url.scheme == "https" and not secure:
        return found("proxy_cookie", "wrong", "cookie_plain")
    changed += ["Secure"] if secure and "Secure" not in given else []
    if changed:
        return found("proxy_cookie", "wrong", "cookie_changed", names="、".join(changed))
    if not secure:
        return found("proxy_cookie", "warn", "tls_none")
    return found("proxy_cookie", "ok", "cookie_ok", path=path.removeprefix("Path="))


def _socket(asking: Asking) -> Found:
    """Return whether a page's websocket is upgraded on the way."""
    try:
        status = asking.ask("/_stcore/stream", socket=True).status
    except OSError:
        status = 0
    if status == 101:
        return found("proxy_socket", "ok", "socket_ok")
    return found("proxy_socket", "wrong", "socket_bad", status=status or "-")


def _packed(asking: Asking, page: Reply) -> Found:
    """Return whether scripts are compressed on the way, and pages are not."""
    if "content-encoding" in page.headers:
        return found("proxy_packed", "warn", "packed_pages")
    script = asking.ask("/static/js/index.js")
    if "content-encoding" in script.headers:
        return found("proxy_packed", "ok", "packed_ok")
    return found("proxy_packed", "warn", "packed_not")
