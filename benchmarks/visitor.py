"""One visitor of the running app: Streamlit's websocket protocol as its front end speaks it.

The front end sends a `BackMsg` with the link, the page, the state of every widget on it and the
hashes of the large messages it still holds; the server answers with `ForwardMsg`s up to
``script_finished``. What is left out is the drawing.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from tools.browser import LOOPBACK, cookies_for

ANSWER_SECONDS = 30.0
LARGEST_MESSAGE = 64 * 2**20
# The list of the pages, and a link of it.
_LIST = re.compile(r'<nav class="contents"[^>]*>(.*?)</nav>', re.DOTALL)
_FILE = re.compile(r'href="\.(/take/[^"]+)"')
_LINK = re.compile(r'href="\./(\w+)(?:\?([^"]*))?"')


class VisitError(Exception):
    """What a visitor met that it should not have met."""


@dataclass(frozen=True)
class Choice:
    """A select box or a row of switches: its name in the app, what it offers and what is chosen."""

    name: str
    options: tuple[str, ...]
    chosen: str
    kind: str


@dataclass(frozen=True)
class Link:
    """A link to a page, with what it carries."""

    page_hash: str
    query: str


@dataclass
class Screen:
    """What the latest run has put on the page, as far as a visitor acts on it."""

    page_hash: str = ""
    query: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    """The hash by which Streamlit knows each page."""
    choices: dict[str, Choice] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """Where the files of the page's tables are."""
    faults: list[str] = field(default_factory=list)
    elements: int = 0
    held: dict[str, str] = field(default_factory=dict)
    """What was chosen before this run: a box that is there again keeps it, as in the browser."""

    def others(self) -> list[Link]:
        """Return the links that lead to another page."""
        return [link for link in self.links if link.page_hash != self.page_hash]

    def chosen(self, name: str) -> list[str]:
        """Return what is chosen in the box of a name, none where there is no such box."""
        return [choice.chosen for choice in self.choices.values() if choice.name == name]

    def add(self, element: Element) -> None:
        """Note an element that can be acted on, or that should not be there."""
        self.elements += 1
        kind = element.WhichOneof("type")
        if kind == "selectbox":
            box = element.selectbox
            first = box.options[box.default] if box.options else ""
            chosen = box.raw_value if box.set_value else self.held.get(box.id, first)
            self._offer(box.id, list(box.options), chosen, "string_value")
        elif kind == "button_group":
            group = element.button_group
            options = [option.content for option in group.options]
            first = options[group.default[0]] if group.default else ""
            chosen = self.held.get(group.id, first)
            if group.set_value and group.raw_values:
                chosen = group.raw_values[0]
            self._offer(group.id, options, chosen, "string_array_value")
        elif kind == "html":
            self.files += _FILE.findall(element.html.body)
            listed = _LIST.search(element.html.body)
            for page, query in _LINK.findall(listed.group(1)) if listed else ():
                self.links.append(Link(self.pages[page], unescape(query)))
        elif kind == "download_button":
            self.offers.append(element.download_button.deferred_file_id)
        elif kind == "exception":
            self.faults.append(f"exception: {element.exception.message[:80]}")
        elif kind == "alert" and element.alert.format == Alert.ERROR:
            self.faults.append(f"alert: {element.alert.body[:80]}")

    def _offer(self, key: str, options: list[str], chosen: str, kind: str) -> None:
        # $$ID-<hash>-<key>; our keys are <page>-<filter>.
        name = key.split("-", 3)[-1].removesuffix("-switch")
        self.choices[key] = Choice(name, tuple(options), chosen, kind)


class Visitor:
    """A session: `open` it, then `choose` and `follow`; each returns the seconds it took."""

    def __init__(self, socket: ClientConnection, url: str) -> None:
        self.screen = Screen()
        self.session = ""
        self._socket = socket
        self._url = url
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}
        self._keep_runs = 0
        self._runs = 0

    async def open(self, query: str = "") -> float:
        """Open the first page."""
        return await self._rerun(ClientState(query_string=query))

    async def choose(self, key: str, option: str) -> float:
        """Choose an option of a select box or a switch."""
        known = self.screen.choices[key]
        self.screen.choices[key] = Choice(known.name, known.options, option, known.kind)
        message = ClientState(
            query_string=self.screen.query, page_script_hash=self.screen.page_hash
        )
        for each, choice in self.screen.choices.items():
            widget = message.widget_states.widgets.add(id=each)
            if choice.kind == "string_value":
                widget.string_value = choice.chosen
            else:
                widget.string_array_value.data.append(choice.chosen)
        return await self._rerun(message)

    async def follow(self, link: Link) -> float:
        """Go to another page by its link; the widgets of the old one are gone."""
        return await self._rerun(
            ClientState(query_string=link.query, page_script_hash=link.page_hash)
        )

    async def take(self, offer: str) -> str:
        """Ask for an offered download; return its address, "" where nothing answers in a second."""
        message = BackMsg()
        request = message.backend_operation_request
        request.request_id, request.session_id = "take", self.session
        request.deferred_file.file_id = offer
        await self._socket.send(message.SerializeToString())
        try:
            async with asyncio.timeout(1):
                while True:
                    answer = ForwardMsg.FromString(await self._socket.recv(decode=False))
                    if answer.HasField("backend_operation_response"):
                        return answer.backend_operation_response.deferred_file.url
        except TimeoutError:
            return ""

    async def _rerun(self, state: ClientState) -> float:
        state.cached_message_hashes.extend(self._kept)
        state.widget_states.SetInParent()
        info = state.context_info
        info.timezone, info.timezone_offset, info.locale = "UTC", 0, "zh-CN"
        info.url, info.is_embedded, info.color_scheme = self._url, False, "light"
        start = time.perf_counter()
        try:
            await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._until_finished()
        except TimeoutError:
            raise VisitError(f"no answer within {ANSWER_SECONDS:.0f} s") from None
        except ConnectionClosed as error:
            raise VisitError(f"disconnected: {error}") from error
        return time.perf_counter() - start

    async def _until_finished(self) -> None:
        run = ""
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self._socket.recv(decode=False))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                run = message.metadata.run.script_run_id
                self._start(message)
            elif kind == "script_finished" and message.metadata.run.script_run_id == run:
                self._finish(message)
                return
            else:
                self._take(self._resolved(message))

    def _start(self, message: ForwardMsg) -> None:
        session = message.new_session
        self._keep_runs = session.config.max_cached_message_age
        self.session = session.initialize.session_id
        held = {key: choice.chosen for key, choice in self.screen.choices.items()}
        self.screen = Screen(
            session.page_script_hash, self.screen.query, self.screen.pages, held=held
        )

    def _finish(self, message: ForwardMsg) -> None:
        if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            name = ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)
            self.screen.faults.append(f"script: {name}")
        self._runs += 1
        self._kept = {
            key: (kept, seen)
            for key, (kept, seen) in self._kept.items()
            if self._runs - seen <= self._keep_runs
        }

    def _resolved(self, message: ForwardMsg) -> ForwardMsg:
        """Return the message itself, or the one kept from before that it stands for."""
        key = message.ref_hash if message.WhichOneof("type") == "ref_hash" else message.hash
        if message.metadata.cacheable:
            self._kept[key] = (message, self._runs)
        elif message.WhichOneof("type") == "ref_hash":
            if key not in self._kept:
                raise VisitError("the server refers to a message that is gone")
            message = self._kept[key][0]
            self._kept[key] = (message, self._runs)
        return message

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.HasField("new_element"):
            self.screen.add(message.delta.new_element)
        elif kind == "page_info_changed":
            self.screen.query = message.page_info_changed.query_string
        elif kind == "navigation":
            self.screen.page_hash = message.navigation.page_script_hash
            for page in message.navigation.app_pages:
                self.screen.pages[page.url_pathname] = page.page_script_hash
        elif kind == "page_not_found":
            self.screen.faults.append(f"no such page: {message.page_not_found.page_name}")


@asynccontextmanager
async def visiting(
    url: str, cookies: Mapping[str, str] | None = None, resume: str = ""
) -> AsyncIterator[Visitor]:
    """Give a visitor, signed in, with a new run of the app at ``url``; only on this machine.

    ``cookies`` are whose session it is, ``resume`` a run that is asked for again.
    """
    address = urlsplit(url)
    if address.hostname != LOOPBACK:
        raise ValueError(f"only {LOOPBACK} is visited, not {address.hostname}")
    own = cookies_for(url) if cookies is None else cookies
    socket = await connect(
        f"ws://{address.netloc}/_stcore/stream",
        origin=Origin(url),
        subprotocols=[Subprotocol(each) for each in ("streamlit", "none", resume) if each],
        additional_headers={"Cookie": "; ".join(f"{n}={v}" for n, v in own.items())},
        compression=None,
        proxy=None,
        max_size=LARGEST_MESSAGE,
    )
    try:
        yield Visitor(socket, url)
    finally:
        await socket.close()
