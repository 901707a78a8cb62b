"""Who may see what: the two roles, and where each is the default."""

from __future__ import annotations

import ipaddress
from typing import Literal

from shortplank.catalogue.models import Access

Role = Literal["analyst", "viewer"]
ROLES: tuple[Role, ...] = ("analyst", "viewer")
ROLE_LABELS: dict[Role, str] = {"analyst": "分析员（精确数）", "viewer": "浏览者（小数分档）"}


def is_loopback(host: str) -> bool:
    """Return whether an address names this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host in ("localhost", ""):
        return host == "localhost"
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def role_for(access: Access, *, bound_to: str, asked: str | None) -> Role:
    """Return the role of a request; nobody can ask for more than ``access.toml`` grants.

    ``asked`` may lower an analyst to viewer, never raise a viewer.
    """
    granted: Role = access.default or ("analyst" if is_loopback(bound_to) else "viewer")
    return "viewer" if asked == "viewer" else granted
