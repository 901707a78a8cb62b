"""What the server does besides pages: it warms up early and guards its headers."""

from __future__ import annotations

import gc
import importlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import streamlit
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from shortplank.access import is_loopback
from shortplank.errors import ShortplankError

log = logging.getLogger("shortplank")

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"referrer-policy": b"same-origin",
}
Message = MutableMapping[str, Any]
# The first visitor's page is drawn in this time; what it does not need is imported after it.
FIRST_PAGE_SECONDS = 3.0
REST = (
    "shortplank.topics.trends.answer.trend",
    "shortplank.topics.sex_ratio.answer.sex_ratio",
    "shortplank.topics.short_plank.answer.short_plank",
    "shortplank.topics.inspection.answer.rehearsal",
    "shortplank.topics.short_plank.answer.village",
    "plotly.graph_objs",
)


@cache
def preloads(first_page: bool) -> list[tuple[bytes, bytes]]:
    """Return the header that has the browser fetch the charting code beside the page's own.

    Streamlit asks for it (4.7 MB) only when the first chart arrives, after everything else. The
    first page draws without it: there it is fetched when the browser has nothing else to do.
    """
    way = "prefetch" if first_page else "modulepreload"
    scripts = Path(streamlit.__file__).parent.glob("static/static/js/PlotlyChart.*.js")
    links = [f"</static/js/{path.name}>; rel={way}" for path in scripts]
    return [(b"link", ", ".join(links).encode())] if links else []


def warm_up() -> None:
    """Answer the first page of the newest edition, then, when it is drawn, import the rest.

    All imports are here, so that the server answers while they run.
    """
    from shortplank.frame import open_page as frame  # noqa: F401
    from shortplank.reading.view import first_view
    from shortplank.store import engine
    from shortplank.topics.overview import page as tiles  # noqa: F401
    from shortplank.topics.overview.answer import overview

    try:
        shared = engine()
        if view := first_view(shared, "analyst" if is_loopback(bound_to()) else "viewer"):
            overview(view)
    except ShortplankError as error:  # the page says it to whoever opens it
        log.warning("not warmed up: %s", error)
    except Exception:
        log.exception("not warmed up")
    time.sleep(FIRST_PAGE_SECONDS)
    for name in REST:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what stays for good is kept out of every later collection


def bound_to() -> str:
    """Return the address that the server listens on, every one where none is set."""
    return streamlit.get_option("server.address") or "0.0.0.0"


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, bool]]:
    """Warm up in a thread of its own, so that the server answers at once."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield {"warming": True}


class PageHeaders:
    """Adds headers that keep a page from being framed or sniffed and start its scripts early."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Pass the request on and add the headers to the response's start."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), *HEADERS.items()]
                if any(k == b"content-type" and v.startswith(b"text/html") for k, v in headers):
                    headers += preloads(scope["path"] in ("/", "/overview"))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


async def healthz(_request: Request) -> PlainTextResponse:
    """Answer a monitor."""
    return PlainTextResponse("ok")


ROUTES = [Route("/healthz", healthz)]
MIDDLEWARE = [Middleware(PageHeaders)]
