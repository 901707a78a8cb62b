"""Who may do and see what: every role's rights stand here, and are asked for by name.

A page asks its view or its desk (``view.may("freeze")``, ``view.banded("births")``); whatever
writes asks once more by itself. Nothing outside this module compares a role's name: a new role is
a name in `Role` and in `catalogue.models.Access`, and a line of `RIGHTS`.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from shortplank.errors import NotAllowed

if TYPE_CHECKING:  # not loaded with this module: `shortplank --help` waits for it too
    from shortplank.catalogue import Workspace
    from shortplank.catalogue.models import Access

Role = Literal["analyst", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)

Act = Literal[
    "see_exact",
    "export_exact",
    "publish",
    "restore",
    "vacuum",
    "accept_header",
    "freeze",
    "follow_up",
    "order",
    "rebase",
    "mark",
]
ACTS: tuple[Act, ...] = get_args(Act)

# How each act is refused: 浏览者不能定版。请由分析员定版。
_REFUSED: dict[Act, tuple[str, str]] = {
    "see_exact": ("只能看分档数", "查看精确数"),
    "export_exact": ("只能取分档数", "导出精确数"),
    "publish": ("不能发布", "发布"),
    "restore": ("不能恢复旧版", "恢复"),
    "vacuum": ("不能清理旧文件", "清理"),
    "accept_header": ("不能认可表头", "认可"),
    "freeze": ("不能定版", "定版"),
    "follow_up": ("不能登记跟进事项", "登记"),
    "order": ("不能改放映顺序", "选择"),
    "rebase": ("不能重算界限", "决定"),
    "mark": ("不能标记核对", "标记"),
}


@dataclass(frozen=True)
class Rights:
    """What a role is called, what it may do, and which pages it opens (None: every one)."""

    name: str
    acts: frozenset[Act]
    pages: frozenset[str] | None = None


RIGHTS: dict[Role, Rights] = {
    "analyst": Rights("分析员", frozenset(ACTS)),
    "viewer": Rights("浏览者", frozenset()),
}


@dataclass(frozen=True)
class Actor:
    """Who looks or acts: a visitor of the pages, or whoever runs a command."""

    role: Role

    def may(self, act: Act) -> bool:
        """Return whether an act is within the rights of the role."""
        return act in RIGHTS[self.role].acts

    def must(self, act: Act) -> None:
        """Return where an act is allowed; `NotAllowed` says who may do it instead."""
        if not self.may(act):
            what, instead = _REFUSED[act]
            able = next(rights.name for rights in RIGHTS.values() if act in rights.acts)
            raise NotAllowed(f"{RIGHTS[self.role].name}{what}", mend=f"请由{able}{instead}")

    def opens(self, page: str) -> bool:
        """Return whether a page is open to the role."""
        pages = RIGHTS[self.role].pages
        return pages is None or page in pages

    def banded(self, ws: Workspace, indicator: str) -> bool:
        """Return whether small village counts of an indicator are banded or hidden."""
        return not self.may("see_exact") and ws.sensitive(indicator)

    def stops_at_county(self, ws: Workspace, indicator: str) -> bool:
        """Return whether an indicator is withheld below the county."""
        return not self.may("see_exact") and ws.viewer_level(indicator) == "county"

    @property
    def label(self) -> str:
        """Return what the foot of every page says of who looks: 浏览者（小数分档）."""
        exact = "精确数" if self.may("see_exact") else "小数分档"
        return f"{RIGHTS[self.role].name}（{exact}）"

    @property
    def exactness(self) -> str:
        """Return what stands on figures that are taken away."""
        return exactness(self.may("see_exact"))

    @property
    def outward(self) -> Actor:
        """Return who looks at what is handed on or projected: nobody who sees exact figures."""
        return ANYONE if self.may("see_exact") else self

    @property
    def query(self) -> dict[str, str]:
        """Return what a link carries, so that an analyst who looks as a viewer stays one."""
        return {} if self.may("see_exact") else {"role": ANYONE.role}


# An engine's store, which all visitors share, acts for anyone: it writes nothing.
ANYONE = Actor("viewer")
# A command acts as the machine's account: who may write the workspace's files may publish. The
# account is stored nowhere, for its name may be a person's; what signs is the post of ``--who``.
MACHINE = Actor("analyst")
# Whose tables a judgement is computed from, whoever looks: it is the same for every role, and what
# a role is told of it is masked. Nothing is shown from these tables themselves.
JUDGE = Actor("analyst")


def exactness(exact: bool) -> str:
    """Return what stands on exact figures, or on banded ones, that are taken away."""
    return "精确数（内部使用）" if exact else "分档数"


def is_role(text: str) -> bool:
    """Return whether a text names a role."""
    return text in RIGHTS


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
    return Actor(granted).outward.role if asked == "viewer" else granted
