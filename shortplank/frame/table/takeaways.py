"""What takes a table away: a copy of its rows, and a file in each format.

They are a part of the page itself. What they give is made when somebody asks for it, for the tab
that was shown the table and for the rights that it was shown with, and for nobody else.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote
from weakref import WeakValueDictionary

import streamlit as st
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shortplank.audit.lines import note
from shortplank.errors import ShortplankError
from shortplank.frame.html import joined
from shortplank.frame.made.routes import KEY_HEADER, in_turn, session_of
from shortplank.gate.house import house_of
from shortplank.store import workspace_path

log = logging.getLogger("shortplank")
PLACE, KEPT = "take", "takeaways"
COPY = "copy"
GONE = "这张表已经换过，请刷新页面再取。"
FAILED = "这次没有取成，原因已记入日志；请把时间和这一页告诉维护人员。"
# What makes a file: its bytes, and its rows where it is a table.
Make = Callable[[], tuple[bytes, int | None]]


@dataclass
class Takeaways:
    """What one tab may take away: what its page shows, each under its address and with its name.

    ``session`` is the gate's key of whose tab it is, and with which rights. What the run before has
    offered holds on while its page still stands.
    """

    session: str
    tab: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    offered: dict[str, tuple[str, Make]] = field(default_factory=dict)
    before: dict[str, tuple[str, Make]] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin a run: nothing of it is offered yet."""
        self.before, self.offered = self.offered, {}

    def offer(self, address: str, name: str, make: Make) -> str:
        """Offer a file, whose ending the address has, and return where it is."""
        self.offered[address] = name, make
        return f"./{PLACE}/{self.tab}/{address}"

    def find(self, address: str) -> tuple[str, Make] | None:
        """Return the name of what is offered and what makes it, None for nothing."""
        return self.offered.get(address) or self.before.get(address)


# A tab's own state holds them, so that they go with it.
_tabs: WeakValueDictionary[str, Takeaways] = WeakValueDictionary()


def takeaways_of(session: str) -> Takeaways:
    """Return what the tab of this run offers."""
    found: Takeaways | None = st.session_state.get(KEPT)
    if found is None or found.session != session:
        found = st.session_state[KEPT] = Takeaways(session)
        _tabs[found.tab] = found
    return found


def begin() -> None:
    """Begin a page: what the run before the last has offered is let go."""
    if (found := st.session_state.get(KEPT)) is not None:
        found.begin()


def takeaways_html(table: str, copied: str, files: Mapping[str, str]) -> Markup:
    """Return the row below a table of a key: its copy, and its files' labels by address.

    ``copied`` is where a copy is written down.
    """
    button = Markup('<button type="button" class="take" data-table="{}" data-told="{}">{}</button>')
    link = Markup('<a class="take" data-table="{}" href="{}" download>{}</a>')
    ways = (link.format(table, address, label) for address, label in files.items())
    row = button.format(table, copied, "复制表格") + joined(ways)
    return Markup('<p class="takeaways">{}</p>').format(row)


async def answered(request: Request) -> Response:
    """Give a file to the tab that it was offered to, or write down that its rows were copied."""
    tab, _, address = request.path_params["rest"].partition("/")
    found, ending = _tabs.get(tab), address.rpartition(".")[2]
    if found is not None and found.session != request.headers.get(KEY_HEADER, ""):
        actor = house_of(workspace_path()).actor_of(session_of(request))
        note(workspace_path(), actor.account if actor else "", "refused", reason="file")
        found = None
    offer = found.find(address) if found is not None else None
    if offer is None or (ending == COPY) != (request.method == "POST"):
        return PlainTextResponse(GONE, 404)
    from shortplank.frame.tables import MIME  # Arrow is imported when the server answers

    name, make = offer
    try:
        data, _ = await in_turn(make)
    except ShortplankError as error:
        return PlainTextResponse(error.sentence, 409)
    except Exception:
        log.exception("%s was not given", address)
        return PlainTextResponse(FAILED, 500)
    said = f"attachment; filename*=UTF-8''{quote(name)}"
    kept = {"cache-control": "no-store", "content-disposition": said}
    return Response(data, 204 if ending == COPY else 200, kept, media_type=MIME.get(ending))


def route_of(base: str = "") -> Route:
    """Return where files are given, below a base path."""
    return Route(f"{base}/{PLACE}/{{rest:path}}", answered, methods=["GET", "POST"])
