"""What takes a table away: a copy of its rows, and a file in each format.

They are a part of the page itself. What they give is made when somebody asks for it, for the tab
that was shown the table and for the rights that it was shown with, and for nobody else.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import streamlit as st
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shortplank.errors import ShortplankError
from shortplank.frame.html import joined
from shortplank.frame.made.routes import KEY_HEADER
from shortplank.frame.tables import MIME

log = logging.getLogger("shortplank")
PLACE, KEPT = "take", "takeaways"
COPY = "copy"
GONE = "这张表已经换过，请刷新页面再取。"
FAILED = "这次没有取成，原因已记入日志；请把时间和这一页告诉维护人员。"
# What makes a file: its bytes, and its rows where it is a table.
Make = Callable[[], tuple[bytes, int | None]]


@dataclass
class Takeaways:
    """What one tab may take away: what its page shows, each under its name.

    ``session`` is the gate's key of whose tab it is, and with which rights.
    """

    session: str
    tab: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    page: str = ""
    makes: dict[str, Make] = field(default_factory=dict)

    def offer(self, name: str, make: Make) -> str:
        """Offer a file under a name, and return its address; it takes the place of one before."""
        self.makes[name] = make
        return f"./{PLACE}/{self.tab}/{name}"


# A tab's own state holds them, so that they go with it.
_tabs: WeakValueDictionary[str, Takeaways] = WeakValueDictionary()


def takeaways_of(page: str, session: str) -> Takeaways:
    """Return what the tab of this run offers; what another page offered is let go."""
    found: Takeaways | None = st.session_state.get(KEPT)
    if found is None or found.session != session:
        found = st.session_state[KEPT] = Takeaways(session)
        _tabs[found.tab] = found
    if found.page != page:
        found.page, found.makes = page, {}
    return found


def takeaways_html(table: str, copied: str, files: Mapping[str, tuple[str, str]]) -> Markup:
    """Return the row below a table of a key: its copy, and its files by address.

    ``copied`` is where a copy is written down, ``files`` have a label and a file's name.
    """
    button = Markup('<button type="button" class="take" data-table="{}" data-told="{}">{}</button>')
    link = Markup('<a class="take" data-table="{}" href="{}" download="{}">{}</a>')
    ways = (link.format(table, address, name, label) for address, (label, name) in files.items())
    row = button.format(table, copied, "复制表格") + joined(ways)
    return Markup('<p class="takeaways">{}</p>').format(row)


async def answered(request: Request) -> Response:
    """Give a file to the tab that it was offered to, or write down that its rows were copied."""
    found = _tabs.get(request.path_params["tab"])
    if found is None or found.session != request.headers.get(KEY_HEADER, ""):
        return PlainTextResponse(GONE, 404)
    name = request.path_params["name"]
    make, ending = found.makes.get(name), name.rpartition(".")[2]
    if make is None or (ending == COPY) != (request.method == "POST"):
        return PlainTextResponse(GONE, 404)
    try:
        data, _ = await run_in_threadpool(make)
    except ShortplankError as error:
        return PlainTextResponse(error.sentence, 409)
    except Exception:
        log.exception("%s was not given", name)
        return PlainTextResponse(FAILED, 500)
    kept = {"cache-control": "no-store", "content-disposition": "attachment"}
    return Response(data, 204 if ending == COPY else 200, kept, media_type=MIME.get(ending))


def route_of(base: str = "") -> Route:
    """Return where files are given, below a base path."""
    return Route(f"{base}/{PLACE}/{{tab}}/{{name}}", answered, methods=["GET", "POST"])
