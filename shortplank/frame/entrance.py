"""How the server lets people in: the gate before Streamlit, by the settings that it runs with.

Streamlit's messages between browser and server are understood here as far as the gate has to.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import streamlit
from google.protobuf.internal import encoder, wire_format
from google.protobuf.message import DecodeError, Message
from starlette.middleware import Middleware
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from shortplank.errors import ShortplankError
from shortplank.frame.chart.library import Library
from shortplank.frame.headers import PageHeaders
from shortplank.frame.pages import PAGES
from shortplank.frame.server import ROUTES, bound_to
from shortplank.gate.bound import Bound
from shortplank.gate.door import Gate
from shortplank.gate.hosts import Address
from shortplank.gate.house import House, house_of
from shortplank.gate.kept_secrets import check_secrets
from shortplank.gate.start import StartToken, is_one_of_several, start_token_for
from shortplank.store import workspace_path
from shortplank.upkeep import logs

log = logging.getLogger("shortplank")
# What stands before the start token's address.
ONLY_HERE = "只有这台电脑能打开；从下面的地址进入，身份是本机管理员，地址用到服务停止为止："
OPENED = "看板已经打开，从登录页进入："
# What is served besides files: the start page, every page, what Streamlit's own page names beside
# itself, and the server's routes.
PLACES = frozenset(
    ("/", "/favicon.png", "/manifest.json", *(f"/{key}" for key in PAGES)),
).union(route.path for route in ROUTES)
# How an offered download begins in a message: the tag of that element, a varint.
_OFFER = encoder.TagBytes(
    Element.DESCRIPTOR.fields_by_name["download_button"].number,
    wire_format.WIRETYPE_LENGTH_DELIMITED,
)
Lifespan = Callable[[Any], AbstractAsyncContextManager[dict[str, bool]]]
# What a browser may ask for. Not: to empty the caches of everybody, where the code comes from, to
# shut the server down, to write files beside the code.
_ALLOWED = ("rerun_script", "stop_script", "app_heartbeat", "file_urls_request")
_OPERATIONS = ("deferred_file", "dataframe_chunk")
# What a message has in it that names a file's address: few have, and only those are walked through.
_MARKS = (b"/media/", b"/_stcore/upload_file/")


@dataclass(frozen=True)
class Entrance:
    """The gate that this process stands behind, and the start token where that is the way in."""

    house: House
    address: Address
    start: StartToken | None
    places: frozenset[str] = PLACES

    @property
    def middleware(self) -> list[Middleware]:
        """Return what stands before every request: headers, the gate, the charts' library."""
        return [
            Middleware(PageHeaders, public=self.address.public),
            Middleware(
                Gate,
                house=self.house,
                address=self.address,
                bound=Bound(files_of, asked_of),
                start=self.start,
                places=self.places,
            ),
            Middleware(Library, base=self.address.base),
        ]

    def _tell(self) -> None:
        """Say where the server is reached, on the standard output; a log of lines says that too."""
        port = int(streamlit.get_option("server.port"))
        here = f"http://{bound_to()}:{port}{self.address.base}/"
        if self.start is not None:
            print(ONLY_HERE, flush=True)
            print(self.start.address(bound_to(), port, self.address.base), flush=True)
        elif not logs.is_json() and not is_one_of_several():
            print(f"{OPENED}{self.address.public or here}", flush=True)
        log.info("open on port %s", port)

    def announcing(self, lifespan: Lifespan) -> Lifespan:
        """Return the server's lifespan; with it begins a line by which its starter gets in."""

        @asynccontextmanager
        async def begun(app: object) -> AsyncIterator[dict[str, bool]]:
            async with lifespan(app) as state:
                self._tell()
                yield state

        return begun


def entrance(more: Iterable[str] = ()) -> Entrance:
    """Return the gate of the workspace that is served; the process ends where it may not open.

    ``more`` are paths below the base that it lets through to besides the server's own. One sentence
    on the standard error says why; nothing has been served then.
    """
    try:
        house = house_of(workspace_path())
        base = streamlit.get_option("server.baseUrlPath") or ""
        address = house.address(bound_to(), base)
        check_secrets(house.access)
        return Entrance(house, address, start_token_for(house.access), PLACES.union(more))
    except ShortplankError as error:
        if logs.is_json():
            log.critical("not opened: %s", error)
        else:
            print(error.sentence, file=sys.stderr, flush=True)
        raise SystemExit(1) from None


# --- Streamlit's messages -------------------------------------------------------------------------
def files_of(data: bytes) -> list[str]:
    """Return the addresses and offers of files in a message to a browser, nothing for what is none.

    They stand in fields of that name (``url``, ``upload_url``), which no page fills with what
    somebody typed; a text that only looks like an address stands elsewhere.
    """
    media, uploads = _MARKS
    marked = media in data or uploads in data  # each of a run's messages comes by here
    if not marked and _OFFER not in data:
        return []
    try:
        message = ForwardMsg.FromString(data)
    except DecodeError:
        return []
    offer = message.delta.new_element.download_button.deferred_file_id
    found = [offer] if offer else []
    return [*found, *_addresses(message)] if marked else found


def _addresses(message: Message) -> Iterator[str]:
    """Yield what fields named for an address hold, however deep."""
    for field, value in message.ListFields():
        if field.message_type is None:
            if isinstance(value, str) and field.name.endswith("url") and "/" in value:
                yield value
        elif field.message_type.GetOptions().map_entry:
            continue
        elif isinstance(value, Message):
            yield from _addresses(value)
        else:
            for each in value:
                yield from _addresses(each)


def asked_of(data: bytes) -> list[str] | None:
    """Return the offers that a browser's message takes up; None for one that nobody may send."""
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return None
    kind = message.WhichOneof("type")
    if kind in _ALLOWED:
        return []
    operation = message.backend_operation_request
    if kind != "backend_operation_request" or operation.WhichOneof("payload") not in _OPERATIONS:
        return None
    offer = operation.deferred_file.file_id
    return [offer] if operation.HasField("deferred_file") else []
