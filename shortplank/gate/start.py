"""The start token: who starts the server on this machine, and reads its address, is let in."""

from __future__ import annotations

import os
import secrets
from urllib.parse import parse_qsl, urlencode

from shortplank.catalogue.models import Access
from shortplank.errors import ShortplankError

PARAMETER = "token"
ONE_OF_SEVERAL = "SHORTPLANK_WORKER"
"""What a process knows itself by that is one of several, such as ``2/4``."""


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


def start_token_for(access: Access) -> StartToken | None:
    """Return a start token where it is the way in, None where people come in by name.

    It is one process's own: where it would be the only way into one of several, `ShortplankError`.
    """
    if is_one_of_several():
        several_need_a_way(access)
    return None if access.ways else StartToken()


def is_one_of_several() -> bool:
    """Return whether this process serves beside others, of which its parent tells."""
    return bool(os.environ.get(ONE_OF_SEVERAL))


def several_need_a_way(access: Access) -> None:
    """Return where people come in by name, `ShortplankError` where only a start token lets in."""
    if not access.ways:
        raise ShortplankError(
            "没有登记登录方式，不能用几个进程提供服务",
            place="access.toml",
            mend="请写明 [local]、[oidc] 或 [proxy]，或去掉 --workers，只对本机开放",
        )
