"""Which names the server answers to, and whose requests may change something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from shortplank.access import is_loopback
from shortplank.errors import WorkspaceError

SAFE_METHODS = ("GET", "HEAD")


@dataclass(frozen=True)
class Address:
    """Where people reach the server: its public address, or this machine where none is set."""

    public: str
    base: str
    """The base path, "" or "/board"."""

    @property
    def secure(self) -> bool:
        """Return whether people reach it by TLS."""
        return self.public.startswith("https://")

    @property
    def _netloc(self) -> str:
        return urlsplit(self.public).netloc

    def knows_host(self, host: str) -> bool:
        """Return whether a Host header names this server.

        >>> Address("https://a.example/board", "/board").knows_host("a.example")
        True
        >>> Address("", "").knows_host("localhost:8501"), Address("", "").knows_host("a.example")
        (True, False)
        """
        if self.public:
            return _plain(host, self.secure) == _plain(self._netloc, self.secure)
        return _is_plain(host) and is_loopback(urlsplit(f"//{host}").hostname or "")

    def knows_origin(self, origin: str, host: str) -> bool:
        """Return whether an Origin header is this server's own."""
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        scheme = "https" if self.secure else "http"
        return (
            parts.scheme == scheme
            and not (parts.path or parts.query or parts.fragment)
            and _plain(parts.netloc, self.secure) == _plain(host, self.secure)
        )

    def local_path(self, wanted: str) -> str:
        """Return where to go on to: a path of this server below its base, else its start.

        >>> here = Address("", "/board")
        >>> here.local_path("/board/trends?month=2010-05"), here.local_path("//evil.example")
        ('/board/trends?month=2010-05', '/board/')
        """
        start = f"{self.base}/"
        plain = unquote(wanted)
        odd = any(ord(c) < 33 or c == "\\" for c in plain) or ".." in plain.split("?")[0]
        if odd or not wanted.startswith(start) or plain.startswith(("//", f"{start}/")):
            return start
        parts = urlsplit(wanted)
        inside = not parts.scheme and not parts.netloc and not plain.startswith(f"{start}gate/")
        return wanted if inside else start


def address_of(public: str, base: str) -> Address:
    """Return the address of a server; `WorkspaceError` where the two do not fit together."""
    base = f"/{base.strip('/')}" if base.strip("/") else ""
    if public:
        parts = urlsplit(public)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise WorkspaceError(
                "public 不是一个网址", place="access.toml", mend="请写成 https://主机名/board"
            )
        if parts.path.rstrip("/") != base:
            raise WorkspaceError(
                f"public 的路径是 {parts.path or '/'}，服务器的路径是 {base or '/'}",
                place="access.toml",
                mend="请使两者相同（serve 的 --base）",
            )
    return Address(public.rstrip("/"), base)


def is_own(address: Address, method: str, headers: Mapping[str, str], *, socket: bool) -> bool:
    """Return whether a request comes from this server's own pages, or changes nothing.

    Browsers send an Origin with every websocket and every request that may change something; who
    sends none is no browser, and so nobody's browser is abused.
    """
    if not socket and method in SAFE_METHODS:
        return True
    origin = headers.get("origin")
    if origin is not None:
        return address.knows_origin(origin, headers.get("host", ""))
    return headers.get("sec-fetch-site", "none") in ("none", "same-origin")


def _plain(netloc: str, secure: bool) -> str:
    """Return a host with its port, in small letters, the scheme's own port left out."""
    netloc = netloc.lower().rstrip(".")
    return netloc.removesuffix(":443" if secure else ":80")


def _is_plain(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018  (raises where it is no number)
    except ValueError:
        return False
    return not (parts.username or parts.path or parts.query or parts.fragment)
