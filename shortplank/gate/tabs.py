"""An open tab's websocket: passed on for as long as its session lives, with the rights it has."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from shortplank.errors import ShortplankError

if TYPE_CHECKING:
    from shortplank.gate.door import Gate, Message, Visitor
    from shortplank.gate.sessions import Session

# The code by which a server says that it may not go on.
REFUSED = 1008
# A run sends some thirty messages at once; they are asked about once in so many seconds.
BREATH = 0.05


async def pass_on(gate: Gate, visitor: Visitor, scope: Message, receive: Any, send: Any) -> None:
    """Pass a websocket on to Streamlit; each message that comes asks anew whose it is.

    Of those that go out together the first one does, unless one came in just before.
    """
    shut, asked = False, float("-inf")

    async def close() -> None:
        nonlocal shut
        if not shut:
            shut = True
            await send({"type": "websocket.close", "code": REFUSED})

    async def received() -> Message:
        nonlocal asked
        while True:
            message: Message = await receive()
            if message["type"] != "websocket.receive":
                return message
            session, asked = still(gate, visitor), time.monotonic()
            if session is None:
                await close()
                return {"type": "websocket.disconnect", "code": REFUSED}
            if gate.bound.lets(visitor.key, message.get("bytes") or b""):
                gate.house.sessions.touch(session)
                return message
            gate.audit(session.account, "refused", reason="message")

    async def sent(message: Message) -> None:
        nonlocal asked
        if shut:
            return
        if message["type"] == "websocket.send":
            now = time.monotonic()
            if now - asked > BREATH:
                if still(gate, visitor) is None:
                    return await close()
                asked = now
            gate.bound.note(visitor.key, message.get("bytes") or b"")
        await send(message)

    await gate.app(scope, received, sent)


def still(gate: Gate, visitor: Visitor) -> Session | None:
    """Return a visitor's session while it lives and has the same rights.

    Where that cannot be known nobody is: neither settings nor sessions can be read.
    """
    try:
        found = gate.house.alive(visitor.session.key)
    except ShortplankError as error:
        gate.log(error)
        return None
    return found[0] if found and found[1] == visitor.actor else None
