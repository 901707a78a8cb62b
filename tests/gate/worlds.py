"""A gate before a made-up application that says what reached it; nothing of Streamlit runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.responses import HTMLResponse, PlainTextResponse
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from shortplank.frame.entrance import PLACES, asked_of, files_of
from shortplank.gate.bound import Bound
from shortplank.gate.door import Gate
from shortplank.gate.house import House
from shortplank.gate.start import StartToken
from tests.running import run_async

SHELL = "<html><head><title>Streamlit</title></head><body>shell</body></html>"
HOST = "127.0.0.1:8501"
ORIGIN = f"http://{HOST}"


def promised(offer: str) -> bytes:
    """Return the message by which Streamlit offers a download that is made when it is asked for."""
    message = ForwardMsg()
    message.delta.new_element.download_button.deferred_file_id = offer
    return message.SerializeToString()


def taking(offer: str) -> bytes:
    """Return the message by which a browser asks for it."""
    message = BackMsg()
    message.backend_operation_request.deferred_file.file_id = offer
    return message.SerializeToString()


def offered(address: str) -> bytes:
    """Return the message by which Streamlit offers a download."""
    message = ForwardMsg()
    message.delta.new_element.download_button.url = address
    return message.SerializeToString()


def asked_for(address: str) -> bytes:
    """Return the message by which Streamlit says where to send a file to."""
    message = ForwardMsg()
    message.file_urls_response.file_urls.add(file_id="f1", upload_url=address)
    return message.SerializeToString()


def shown(text: str) -> bytes:
    """Return the message by which Streamlit shows a text."""
    message = ForwardMsg()
    message.delta.new_element.markdown.body = text
    message.delta.new_element.text_input.value = text
    return message.SerializeToString()


# The message by which a tab says that it is there, and the one by which it has a page drawn.
BEAT = BackMsg(app_heartbeat=True).SerializeToString()
RERUN = BackMsg(rerun_script=ClientState(query_string="month=2010-05")).SerializeToString()


@dataclass
class Behind:
    """The application behind the gate: it keeps what reached it, and says what it is told to."""

    reached: list[dict[str, Any]] = field(default_factory=list)
    sends: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            for each in self.sends:
                await send({"type": "websocket.send", "bytes": each})
            while (await receive())["type"] != "websocket.disconnect":
                await send({"type": "websocket.send", "bytes": b"again"})
            return
        accept = dict(scope["headers"]).get(b"accept", b"")
        answer = HTMLResponse(SHELL) if b"text/html" in accept else PlainTextResponse("served")
        await answer(scope, receive, send)


@dataclass
class World:
    """A workspace's gate and how to ask at it."""

    gate: Gate
    behind: Behind

    @property
    def house(self) -> House:
        return self.gate.house

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        token: str = "",
        headers: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        peer: tuple[str, int] = ("127.0.0.1", 50000),
    ) -> httpx.Response:
        """Return the answer to a request that follows no redirect."""
        cookie = {"cookie": f"{self.gate.cookie}={token}"} if token else {}
        transport = httpx.ASGITransport(app=self.gate, client=peer)

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=transport, base_url=ORIGIN, verify=False, trust_env=False
            ) as client:
                return await client.request(
                    method, path, headers={**cookie, **(headers or {})}, data=data
                )

        return run_async(asked())

    def open(self, path: str, token: str = "", **headers: str) -> httpx.Response:
        """Return the answer to a browser that opens a page."""
        return self.ask(path, token=token, headers={"accept": "text/html", **headers})

    def token_of(self, response: httpx.Response) -> str:
        """Return the session's token that an answer sets, "" where it sets none."""
        value = response.headers.get("set-cookie", "")
        return (
            value.partition("=")[2].partition(";")[0] if value.startswith(self.gate.cookie) else ""
        )

    def socket(
        self, *frames: bytes, token: str = "", between: Callable[[], object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Return what a websocket is sent that sends some frames, the last after ``between``."""
        named = {"host": HOST, "origin": ORIGIN, **(headers or {})}
        if token:
            named["cookie"] = f"{self.gate.cookie}={token}"
        scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "query_string": b"",
            "client": ("127.0.0.1", 50000),
            "headers": [(k.encode(), v.encode()) for k, v in named.items()],
        }
        messages: list[dict[str, Any]] = [{"type": "websocket.connect"}]
        messages += [{"type": "websocket.receive", "bytes": each} for each in frames]
        messages.append({"type": "websocket.disconnect", "code": 1000})
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            message = messages.pop(0)
            if between is not None and len(messages) == 1:
                between()
            return message

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        run_async(self.gate(scope, receive, send))
        return sent


def world(workspace: Path, access: str = "", *, bound: str = "127.0.0.1", base: str = "") -> World:
    """Return the gate of a workspace, with an access.toml of its own."""
    if access:
        (workspace / "access.toml").write_text(access, encoding="utf-8")
    house, behind = House(workspace), Behind()
    start = None if house.access.ways else StartToken()
    address = house.address(bound, base)
    return World(
        Gate(behind, house, address, Bound(files_of, asked_of), start, places=PLACES), behind
    )


def reached_as(scope: dict[str, Any]) -> str:
    """Return what Streamlit is told of whose request it gets."""
    return str(dict(scope["headers"])[b"x-shortplank-key"].decode())


def started(here: World) -> str:
    """Return the token of a session that the start token begins."""
    assert here.gate.start is not None
    query = here.gate.start.address("127.0.0.1", 8501, here.gate.address.base).partition("/?")[2]
    return here.token_of(here.open(f"{here.gate.address.base}/?{query}"))
