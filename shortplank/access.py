"""Who may do and see what: every role's rights stand here, and are asked for by name.

A page asks its view or its desk (``view.may("freeze")``, ``view.banded("births")``); whatever
writes asks once more by itself, and signs with the account that it gets for it (`Actor.signs`).
Nothing outside this module compares a role's name: a new role is a name in `Role` and a line of
`RIGHTS`. A scope is a permission and no filter of rows: who files for one township compares it with
all the others.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from shortplank.errors import NotAllowed

if TYPE_CHECKING:  # not loaded with this module: `shortplank --help` waits for it too
    from shortplank.catalogue import Workspace

# The least first: who may do instead what somebody is refused is the first that may.
Role = Literal["viewer", "filer", "analyst", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
# Which tables are read, banded or exact ones; several roles share each.
Reads = Literal["viewer", "analyst"]
READS: tuple[Reads, ...] = get_args(Reads)

Act = Literal[
    "look",
    "submit",
    "tray",
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
    "annotate",
    "keep_papers",
    "settle",
    "query",
    "see_audit",
    "manage_accounts",
]
ACTS: tuple[Act, ...] = get_args(Act)

# How each act is refused: 浏览者不能定版。请由分析员定版。
_REFUSED: dict[Act, tuple[str, str]] = {
    "look": ("不能查看", "查看"),
    "submit": ("不能报送", "报送"),
    "tray": ("不能收件", "收件"),
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
    "annotate": ("不能标注", "标注"),
    "keep_papers": ("不能留存材料记录", "留存"),
    "settle": ("不能改指标、名册和设置", "修改"),
    "query": ("不能自己写查询", "查询"),
    "see_audit": ("不能看操作记录", "查看"),
    "manage_accounts": ("不能管理账号", "管理"),
}
# Pages that show nothing but what an act allows: for others they are not there.
_PAGES: dict[str, Act] = {
    "audit": "see_audit",
    "filing": "submit",
    "tray": "tray",
    "bench": "query",
}
_MEND_SCOPE = "请由管理员调整账号的范围"


@dataclass(frozen=True)
class Rights:
    """What a role is called, what it may do, and which pages it opens (None: every one).

    ``own`` are the acts that it has in the township of its scope only.
    """

    name: str
    acts: frozenset[Act]
    pages: frozenset[str] | None = None
    own: frozenset[Act] = frozenset()


# What changes the workspace for every county: who has one of several has none of these.
_OF_ALL: frozenset[Act] = frozenset(
    {"restore", "vacuum", "accept_header", "settle", "see_audit", "manage_accounts"}
)
_ADMINS: frozenset[Act] = frozenset({"see_audit", "manage_accounts"})
RIGHTS: dict[Role, Rights] = {
    "viewer": Rights("浏览者", frozenset({"look"})),
    "filer": Rights("填报员", frozenset({"look", "submit"}), own=frozenset({"submit"})),
    "analyst": Rights("分析员", frozenset(ACTS) - _ADMINS),
    "admin": Rights("管理员", frozenset(ACTS)),
}


@dataclass(frozen=True)
class Actor:
    """Who looks or acts: a visitor of the pages, or whoever runs a command.

    ``account`` is who signed in, "" for nobody. ``scope`` is an area's code: the township that a
    filer files for, the county or the province that anybody else looks at; "" is the home of the
    workspace's settings. Who has a province may look at each of its counties.
    """

    role: Role
    account: str = ""
    scope: str = ""

    def may(self, act: Act, area: str = "", ws: Workspace | None = None) -> bool:
        """Return whether an act is within the rights of the role, and an area within the scope.

        What an area is only the register ``ws`` knows: without it no area is within a scope.
        """
        if act not in RIGHTS[self.role].acts:
            return False
        if act in _OF_ALL and self.scope and ws is not None:
            return self._holds("look", ws.whole.settings.home, ws)
        return not area or (ws is not None and self._holds(act, area, ws))

    def _holds(self, act: Act, area: str, ws: Workspace) -> bool:
        """Return whether an area lies where the act is allowed."""
        seat = ws.home_of(self.scope or ws.whole.settings.home)
        if seat is None or not ws.whole.lies_in(area, seat):
            return False
        if act in RIGHTS[self.role].own:
            return ws.is_home(area) and self._is_own(area, ws)
        return act == "look" or ws.is_home(area)

    def _is_own(self, area: str, ws: Workspace) -> bool:
        """Return whether an area is the township of the scope, or one of its villages."""
        own = ws.whole.area_by_code.get(self.scope)
        if own is None or own.level != "township":
            return False
        return self.scope in (area, ws.area_by_code[area].parent_code)

    def seat(self, ws: Workspace) -> str:
        """Return the home that somebody looks at who asks for none: the county of the scope.

        `NotAllowed` where the register does not have the scope.
        """
        seat = ws.home_of(self.scope or ws.whole.settings.home)
        if seat is None:
            raise NotAllowed("登记册里没有本账号的范围", mend=_MEND_SCOPE)
        return seat

    def held_to(self, ws: Workspace) -> frozenset[str] | None:
        """Return the areas that a program of the account has figures of, None for all that it sees.

        Who works for one township compares it with all the others on pages; what a program fetches
        lies in a script or a sheet, and is no more than that township, its villages and its county.
        """
        own = ws.whole.area_by_code.get(self.scope)
        if own is None or own.level != "township":
            return None
        below = (area.area_code for area in ws.whole.areas_below.get(self.scope, ()))
        return frozenset((self.scope, own.parent_code, *below))

    def must(self, act: Act, area: str = "", ws: Workspace | None = None) -> None:
        """Return where an act is allowed; `NotAllowed` says who may do it instead."""
        if self.may(act, area, ws):
            return
        rights, (what, instead) = RIGHTS[self.role], _REFUSED[act]
        if act not in rights.acts:
            raise NotAllowed(f"{rights.name}{what}", mend=f"请由{who_may(act)}{instead}")
        whole = ws.whole if ws else None
        where = whole.area_by_code.get(self.scope or whole.settings.home) if whole else None
        if where is None:
            raise NotAllowed("登记册里没有本账号的范围", mend=_MEND_SCOPE)
        if act in rights.own and where.level != "township":
            raise NotAllowed(f"{rights.name}的范围须是一个乡镇", mend=_MEND_SCOPE)
        other = f"请由该单位的{rights.name}{instead}" if act in rights.own else _MEND_SCOPE
        raise NotAllowed(f"本账号只能{instead}{where.name}的数", mend=other)

    def signs(self, act: Act) -> str:
        """Return the account that a write is kept with; `NotAllowed` without right or account."""
        self.must(act)
        if not self.account:
            raise NotAllowed("没有登录账号，什么都不能写入", mend="请登录后再办")
        return self.account

    @property
    def reads(self) -> Reads:
        """Return which tables are read: exact ones with the right to them, else banded ones."""
        return "analyst" if self.may("see_exact") else "viewer"

    @property
    def name(self) -> str:
        """Return what the role is called."""
        return RIGHTS[self.role].name

    def opens(self, page: str) -> bool:
        """Return whether a page is open to the role."""
        pages, needed = RIGHTS[self.role].pages, _PAGES.get(page)
        return (pages is None or page in pages) and (needed is None or self.may(needed))

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
        return f"{self.name}（{exact}）"

    @property
    def exactness(self) -> str:
        """Return what stands on figures that are taken away."""
        return exactness(self.may("see_exact"))

    @property
    def outward(self) -> Actor:
        """Return who looks at what is handed on or projected: nobody who sees exact figures."""
        return replace(self, role=ANYONE.role) if self.may("see_exact") else self

    @property
    def query(self) -> dict[str, str]:
        """Return what a link carries, so that who asked to look as a viewer stays one."""
        return {"role": ANYONE.role} if self.role == ANYONE.role else {}


# An engine's store, which all visitors share, acts for anyone: it writes nothing.
ANYONE = Actor("viewer")
# A command acts as the machine's account: who may write the workspace's files may do everything.
# That account's name may be a person's and is stored nowhere; what signs is the post of ``--who``,
# an analyst's where none is named.
MACHINE = Actor("admin", RIGHTS["analyst"].name)
# Whose tables a judgement is computed from, whoever looks: it is the same for every role, and what
# a role is told of it is masked. Nothing is shown from these tables themselves.
JUDGE = Actor("analyst")


def who_may(act: Act) -> str:
    """Return what the least role is called that may do something."""
    return next(each.name for each in RIGHTS.values() if act in each.acts)


def exactness(exact: bool) -> str:
    """Return what stands on exact figures, or on banded ones, that are taken away."""
    return "精确数（内部使用）" if exact else "分档数"


def is_reads(text: str) -> bool:
    """Return whether a text names tables that are read."""
    return text in READS


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


def lowered(actor: Actor, asked: str | None) -> Actor:
    """Return who looks where a link asks for a role: a viewer, and never one who may do more."""
    own, least = RIGHTS[actor.role], RIGHTS[ANYONE.role]
    within = least.acts <= own.acts and own.pages is None
    return replace(actor, role=ANYONE.role) if asked == ANYONE.role and within else actor
