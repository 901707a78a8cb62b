"""What the doctor asks through the proxy: how its own request arrived, told to it alone.

It writes a number that is good once into the state folder, which only the server's account can,
and sends it along; so nobody else learns anything, and the doctor that it reached this server.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shortplank.errors import ShortplankError
from shortplank.gate.hosts import is_own
from shortplank.store.files import write_private

if TYPE_CHECKING:
    from shortplank.gate.door import Gate, Message

HEADER = "X-Shortplank-Doctor"
NAME = "doctor.json"
GOOD_SECONDS = 120.0
# What the doctor writes where only the proxy may write: it must not arrive.
FORGED_ADDRESS, FORGED_NAME = "203.0.113.7", "shortplank-doctor"
# A proxy leaves small answers as they are.
SIZE = 8192
_KEY = HEADER.lower().encode()


@contextmanager
def asking(state: Path) -> Iterator[str]:
    """Yield the number that a server with this state folder answers to until leaving."""
    number, path = secrets.token_urlsafe(32), state / NAME
    held = {"sha256": _hash(number), "until": time.time() + GOOD_SECONDS}
    try:
        write_private(path, json.dumps(held).encode())
        if hasattr(os, "chown"):  # root asks, and the server's own account must read it
            owner = state.stat()
            os.chown(path, owner.st_uid, owner.st_gid)
        yield number
    finally:
        path.unlink(missing_ok=True)


def is_probe(gate: Gate, scope: Message) -> bool:
    """Return whether a request brings the number that the doctor wrote down."""
    sent = [value for key, value in scope["headers"] if key == _KEY]
    if len(sent) != 1:
        return False
    try:
        held = json.loads((gate.house.state / NAME).read_bytes())
        good = 0 < held["until"] - time.time() <= GOOD_SECONDS
        return good and secrets.compare_digest(_hash(sent[0].decode("latin-1")), held["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def arrived(gate: Gate, scope: Message, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return how a request arrived: whether its Host is known, its path, what was forged."""
    address, socket = gate.address, scope["type"] == "websocket"
    hosts = sum(key == b"host" for key, _ in scope["headers"])
    return {
        "host": hosts == 1 and address.knows_host(headers.get("host", "")),
        "origin": is_own(address, "POST", headers, socket=socket),
        "path": scope["path"],
        "base": address.base,
        "public": address.public,
        "scheme": headers.get("x-forwarded-proto", "")[:20],
        "forged": list(_forged(gate, scope)),
        "socket": socket,
    }


def _forged(gate: Gate, scope: Message) -> Iterator[str]:
    """Yield the headers for the proxy alone that arrived as the doctor sent them."""
    try:
        proxy = gate.house.access.proxy
    except ShortplankError:
        proxy = None
    names = {name.lower(): name for name in (proxy.headers if proxy else ())}
    for key, value in scope["headers"]:
        name = key.decode("latin-1")
        if name == "x-forwarded-for" and FORGED_ADDRESS.encode() in value:
            yield "X-Forwarded-For"
        elif name in names and FORGED_NAME.encode() in value:
            yield names[name]


async def answer(
    gate: Gate, scope: Message, headers: Mapping[str, str], cookie: str, receive: Any, send: Any
) -> None:
    """Tell the doctor how its request arrived, in an answer of a page's or a script's kind."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return await send({"type": "websocket.close", "code": 1000})
    body = json.dumps(arrived(gate, scope, headers)).ljust(SIZE).encode()
    kind = "text/javascript" if "/static/" in scope["path"] else "text/html"
    told = {"content-type": kind, "content-length": str(len(body)), "cache-control": "no-store"}
    told["set-cookie"] = cookie
    lines = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": 200, "headers": lines})
    await send({"type": "http.response.body", "body": body})


def _hash(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()
