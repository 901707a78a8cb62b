"""The headers of every answer: what a page may load, who may frame it, what it needs early."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit

from shortplank.frame.chart.library import PLACE
from shortplank.frame.pages import PAGES

STATIC = Path(streamlit.__file__).parent / "static"
ASSETS = Path(__file__).parent / "assets"
FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
        " magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}
TLS_ONLY = {"strict-transport-security": "max-age=31536000"}
# Nothing from elsewhere, nothing that is made on the spot: a script is a file of the server, or
# one of the few that stand in a page, by its hash. Streamlit writes styles into the page.
SOURCES = {
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "frame-ancestors": "'self'",
    "form-action": "'self'",
    "base-uri": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
}
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
Header = tuple[bytes, bytes]
Message = MutableMapping[str, Any]


def base_path() -> str:
    """Return the path below which the server answers, as /board; nothing where it is the root."""
    base = str(streamlit.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def inline_scripts() -> list[str]:
    """Return the scripts that stand in a page: Streamlit's own, and ours in ``assets/``."""
    index = (STATIC / "index.html").read_text(encoding="utf-8")
    ours = (path.read_text(encoding="utf-8") for path in sorted(ASSETS.glob("*.js")))
    return [*_INLINE.findall(index), *ours]


def content_security_policy(scripts: Iterable[str]) -> str:
    """Return what a page may load, where ``scripts`` stand in it and no other.

    >>> content_security_policy(["go()"]).split("; ")[1]
    "script-src 'self' 'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='"
    """
    hashes = (f"'sha256-{_hash(script)}'" for script in scripts)
    sources = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *hashes]),
        **SOURCES,
    }
    return "; ".join(f"{name} {allowed}" for name, allowed in sources.items())


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def preloads(first_page: bool) -> list[Header]:
    """Return the header that has the browser fetch the charting code beside the page's own.

    It would be asked for only when the first chart arrives, after everything else. The first page
    draws without it: there it is fetched when the browser has nothing else to do.
    """
    way = "prefetch" if first_page else "modulepreload"
    return [(b"link", f"<.{PLACE}>; rel={way}".encode())]


class PageHeaders:
    """Adds to every answer what guards it, and to a page what starts its scripts early.

    ``public`` is the address that people type: where it is https, browsers are told to stay there.
    A header that the answer brings along is kept, so that a page may name other sources.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], public: str = "") -> None:
        self.app = app
        told = FIXED | {"content-security-policy": content_security_policy(inline_scripts())}
        told |= TLS_ONLY if public.startswith("https://") else {}
        self.told: dict[bytes, bytes] = {k.encode(): v.encode() for k, v in told.items()}
        first, *others = PAGES
        self.first = {f"{base_path()}/", f"{base_path()}/{first}"}
        self.pages = self.first | {f"{base_path()}/{page}" for page in others}

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Pass the request on and add the headers to the response's start."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._with_ours(scope["path"], message.get("headers", []))
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)

    def _with_ours(self, path: str, theirs: Iterable[Header]) -> list[Header]:
        """Return an answer's headers and ours beside them."""
        headers = list(theirs)
        there = {name.lower() for name, _ in headers}
        headers += [(name, value) for name, value in self.told.items() if name not in there]
        if path in self.pages:
            headers += preloads(path in self.first)
        return headers
