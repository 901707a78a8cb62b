"""The way in by a reverse proxy: its headers are believed where its secret stands beside them."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from shortplank.catalogue.ways import Proxy
from shortplank.errors import ShortplankError
from shortplank.gate.claims import SignInError, account_name, group_names
from shortplank.gate.kept_secrets import proxy_secret

log = logging.getLogger("shortplank")


@dataclass(frozen=True)
class Claimed:
    """Whom the proxy names, and the groups that it gives."""

    user: str
    groups: tuple[str, ...]


def claimed(settings: Proxy, headers: Iterable[tuple[bytes, bytes]]) -> Claimed | None:
    """Return whom the proxy names in a request's headers; None where they are not the proxy's.

    `SignInError` where a header stands twice (which of the two would be believed?), where the
    proxy names what is no name, and where the secret is not set up.
    """
    found = _values(settings, headers)
    said = found.get(settings.secret_header.lower())
    if said is None or not secrets.compare_digest(said, _secret(settings)):
        return None
    raw = found.get(settings.user_header.lower(), b"")
    if not raw:  # the proxy has nobody signed in here
        return None
    user = account_name(_text(raw))
    if user is None:
        raise SignInError("前置代理给出的账号名不能用", reason="account", mend="请与管理员联系")
    groups = found.get((settings.groups_header or "").lower(), b"")
    listed = _text(groups).split(settings.separator)
    return Claimed(user, group_names(listed, settings.grants))


def _values(settings: Proxy, headers: Iterable[tuple[bytes, bytes]]) -> dict[str, bytes]:
    """Return the value of each header of the proxy's."""
    wanted = {name.lower() for name in settings.headers}
    found: dict[str, bytes] = {}
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        if name not in wanted:
            continue
        if name in found:
            raise SignInError(
                "前置代理的请求头重复",
                reason="headers",
                mend="请管理员让代理先去掉来访者写的请求头",
            )
        found[name] = value.strip()
    return found


def _secret(settings: Proxy) -> bytes:
    """Return the proxy's secret; what is wrong with it is for the log, not for a visitor."""
    try:
        return proxy_secret(settings).encode()
    except ShortplankError as error:
        log.error("proxy: %s", error)
        raise SignInError(
            "前置代理的密钥没有设好", reason="secret", mend="请管理员查看服务日志", status=503
        ) from error


def _text(raw: bytes) -> str:
    """Return a header's text, "" where it is not UTF-8 (no name is)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
