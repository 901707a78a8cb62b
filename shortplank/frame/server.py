"""What the server does besides pages: it warms up early and guards its headers."""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit
import streamlit.logger
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from shortplank.access import Actor, is_loopback
from shortplank.errors import ShortplankError
from shortplank.frame.headers import base_path
from shortplank.frame.made.early import keep_early
from shortplank.frame.runtime.handed_on import hand_on_together
from shortplank.frame.runtime.listening import send_at_once
from shortplank.frame.runtime.pools import few_pools
from shortplank.frame.runtime.streamlit_once import begin_alike, present_as_kept, remember_texts
from shortplank.store import workspace_path
from shortplank.upkeep import logs, watching

if TYPE_CHECKING:
    from shortplank.reading.view import View

log = logging.getLogger("shortplank")
# The first visitor's page is drawn in this time; what it does not need is imported after it.
FIRST_PAGE_SECONDS = 3.0
# So long a thread goes on before another may. The loop that sends has to ask for every message, and
# waited Python's 5 ms each time while pages were drawn: half of what fifty visitors waited.
SWITCH_SECONDS = 0.0005
A_DAY = 24 * 60 * 60.0


def begin_log() -> None:
    """Log JSON lines where that is asked for: ours, the server's, and Streamlit's loggers too.

    Streamlit gives each of its loggers a handler when it is first asked for.
    """
    if logs.is_json():
        streamlit.logger.setup_formatter = logs.adopt
        logs.begin()


def warm_up(first_page: Callable[[View], object], rest: Sequence[str]) -> None:
    """Answer the first page of the newest edition, then, when it is drawn, import the rest.

    All imports are here and in ``first_page``, so that the server answers while they run.
    """
    from shortplank.reading.view import first_view
    from shortplank.store import engine

    try:
        shared = engine()
        if view := first_view(shared, Actor("analyst" if is_loopback(bound_to()) else "viewer")):
            first_page(view)
    except ShortplankError as error:  # the page says it to whoever opens it
        log.warning("not warmed up: %s", error)
    except Exception:
        log.exception("not warmed up")
    time.sleep(FIRST_PAGE_SECONDS)
    for name in rest:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what stays for good is kept out of every later collection


def keep_audit() -> None:
    """Throw away what the audit holds longer than the settings say, now and once a day."""
    from shortplank.audit.reading import forget_old
    from shortplank.store import engine

    while True:
        try:
            ws = engine().ws
            forget_old(ws.path, ws.settings.audit.days, date.today())
        except (ShortplankError, OSError) as error:
            log.warning("the audit's old days stay: %s", error)
        time.sleep(A_DAY)


def bound_to() -> str:
    """Return the address that the server listens on, every one where none is set."""
    return streamlit.get_option("server.address") or "0.0.0.0"


def warmed(
    first_page: Callable[[View], object],
    rest: Sequence[str],
    early: Callable[[], Sequence[Callable[[View], object]]] = tuple,
) -> Any:
    """Return the server's lifespan: it warms up in a thread of its own and answers at once.

    ``early`` returns the answers that are then worked out while nobody asks for anything.

    The socket is bound by then, and nothing is accepted yet.
    """

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[dict[str, bool]]:
        few_pools()
        send_at_once()
        begin_alike()
        present_as_kept()
        remember_texts()
        hand_on_together()
        sys.setswitchinterval(SWITCH_SECONDS)
        # Until somebody opens the start page Streamlit would run a page's file by itself, past
        # app.py; from the first visitor on every address goes through `st.navigation`.
        PagesManager.uses_pages_directory = False
        work = threading.Thread(
            target=warm_up, args=(first_page, rest), name="warm-up", daemon=True
        )
        work.start()
        threading.Thread(target=keep_audit, name="audit", daemon=True).start()
        threading.Thread(target=keep_early, args=(early,), name="early", daemon=True).start()
        yield {"warming": True}

    return lifespan


async def healthz(_request: Request) -> PlainTextResponse:
    """Answer a monitor."""
    return PlainTextResponse("ok")


async def readyz(_request: Request) -> PlainTextResponse:
    """Answer whether pages can be drawn at once; 503 with one word for what is lacking."""
    lack = await run_in_threadpool(_lack)
    return PlainTextResponse(lack or "ok", 503 if lack else 200)


def _lack() -> str:
    from shortplank.upkeep.ready import unready

    try:
        return unready(workspace_path())
    except ShortplankError:
        return "workspace"


async def metrics(_request: Request) -> PlainTextResponse:
    """Answer how this process does, as Prometheus reads it; the gate says who may ask."""
    told = await run_in_threadpool(watching.metrics, workspace_path())
    return PlainTextResponse(told, media_type=watching.MEDIA_TYPE)


_ANSWERS = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
# Below the base path they answer through a proxy, at the root a monitor beside the server.
ROUTES = [
    Route(path, answer)
    for place, answer in _ANSWERS.items()
    for path in dict.fromkeys((place, f"{base_path()}{place}"))
]
