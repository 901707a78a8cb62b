"""The start token: who starts the server on this machine, and reads its address, is let in."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode

PARAMETER = "token"


class StartToken:
    """A secret of this process, good until it ends."""

    def __init__(self) -> None:
        self._token = secrets.token_urlsafe(32)

    def matches(self, text: str) -> bool:
        """Return whether a text is the token."""
        return secrets.compare_digest(text.encode(), self._token.encode())

    def address(self, host: str, port: int, base: str) -> str:
        """Return the address that lets in whoever opens it."""
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{port}{base}/?{PARAMETER}={self._token}"


def without_token(query: str) -> tuple[str, str]:
    """Return the token that a query names ("" for none), and the query without it.

    >>> without_token("month=2010-05&token=abc")
    ('abc', 'month=2010-05')
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    token = next((value for name, value in pairs if name == PARAMETER), "")
    return token, urlencode([pair for pair in pairs if pair[0] != PARAMETER])
