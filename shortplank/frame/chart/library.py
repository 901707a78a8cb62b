"""The charting library for the browser: a file of our own server, packed and kept for good."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

VERSION = "4.1.1"
"""plotly.js, the bundle of cartesian charts; `assets/chart.js` names the same file."""
NAME = f"plotly-cartesian-{VERSION}.min.js"
PLACE = f"/static/{NAME}"
_PACKED = Path(__file__).parent / "assets" / f"{NAME}.gz"
_KEPT = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


class Library:
    """Answers the library and passes everything else on; ``base`` is the path we are served below.

    It stands among Streamlit's own static files, whose place Streamlit gives to nobody else.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], base: str = "") -> None:
        self.app = app
        self.place = f"{base}{PLACE}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the library, packed where the browser reads that: 0.5 MB, else 1.5 MB."""
        if scope["type"] != "http" or scope["path"] != self.place:
            return await self.app(scope, receive, send)
        packed = "gzip" in Request(scope).headers.get("accept-encoding", "")
        headers = {**_KEPT, "content-encoding": "gzip"} if packed else _KEPT
        body = _packed() if packed else code().encode()
        answer = Response(body, 200, headers, media_type="text/javascript")
        return await answer(scope, receive, send)


@cache
def code() -> str:
    """Return the library itself, for a page that needs no server."""
    return gzip.decompress(_packed()).decode()


@cache
def _packed() -> bytes:
    return _PACKED.read_bytes()
