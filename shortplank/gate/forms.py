"""What is posted to the gate: short forms, of one kind; anything else says nothing."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request

# A form of the gate is two or three short fields, a logout token about a kilobyte.
MOST_BYTES, MOST_FIELDS = 8192, 20


async def is_long(request: Request) -> bool:
    """Return whether a body is longer than any form, whatever it says of its own length."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return True
    request._body = bytes(body)  # what `request.body` gives from now on
    return False


async def fields(request: Request) -> dict[str, list[str]]:
    """Return what a posted form says by its fields' names; nothing for what is no form."""
    try:
        text = (await request.body()).decode("ascii")
        return parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
