"""A workspace's house rules: its ways in, its accounts and its sessions, and what each may do."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from shortplank.access import RIGHTS, Actor, is_loopback
from shortplank.audit.state import state_folder
from shortplank.catalogue import load_access, load_workspace
from shortplank.catalogue.models import Access
from shortplank.catalogue.ways import Grant, granted
from shortplank.errors import ShortplankError, WorkspaceError
from shortplank.gate.accounts import Accounts
from shortplank.gate.attempts import Attempts
from shortplank.gate.bearers import Bearers
from shortplank.gate.hosts import Address, address_of
from shortplank.gate.rates import Rates
from shortplank.gate.sessions import Session, Sessions
from shortplank.gate.verifying import Verifier

# Who comes in by the start token has no name of his own.
HERE = "本机"
T = TypeVar("T")


class House:
    """Who may come into a workspace; what access.toml and accounts.toml say holds at once."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.state = state_folder(workspace)
        self.sessions = Sessions(self.state, workspace)
        self.accounts = Accounts(workspace, self._ended)
        self.attempts = Attempts(self.state)
        self.verifier = Verifier(self.accounts, self.attempts)
        self.bearers = Bearers(self.state, self.sessions.workspace_id, self.accounts)
        self.rates = Rates(self.state)
        self._access = _Kept(workspace / "access.toml", lambda: _whole(load_access(workspace)))
        self._name = _Kept(workspace / "workspace.toml", lambda: _county(workspace))
        self._by_name = False

    def _ended(self, account: str) -> None:
        """End an account's sessions: its password or its role is another, or it is gone."""
        self.sessions.end_account(account, "local")

    @property
    def access(self) -> Access:
        """Return access.toml as it stands now; `WorkspaceError` where it cannot be read.

        Where people were let in by name, a file that is gone or empty lets in nobody: whoever
        started the server alone on this machine once is not its administrator again.
        """
        access = self._access.now()
        if self._by_name and not access.ways:
            raise WorkspaceError(
                "登录方式不见了",
                place="access.toml",
                mend="请恢复这个文件；若真要改为只供本机使用，请重新启动服务",
            )
        self._by_name = bool(access.ways)
        return access

    @property
    def county(self) -> str:
        """Return the workspace's name for the head of a page, "" where it cannot be read."""
        try:
            return self._name.now()
        except WorkspaceError:
            return ""

    def address(self, bound_to: str, base: str) -> Address:
        """Return where a server is reached that listens on an address, under a base path.

        `ShortplankError` where it would stand open: to others without a way in by name, or without
        the one name that it answers to.
        """
        access = self.access
        if not is_loopback(bound_to) and not access.ways:
            raise ShortplankError(
                f"没有登记登录方式，不能在 {bound_to} 上对外开放",
                place="access.toml",
                mend="请写明 [local]、[oidc] 或 [proxy]，或只对本机开放（127.0.0.1）",
            )
        if not is_loopback(bound_to) and not access.public:
            raise ShortplankError(
                f"没有写明对外的网址，不能在 {bound_to} 上对外开放",
                place="access.toml",
                mend="请写明 public，如 https://主机名/board",
            )
        return address_of(access.public or "", base)

    def actor(self, session: Session) -> Actor | None:
        """Return what a session may do now; None where nothing lets its account in any more."""
        access = self.access
        if session.way == "local" and access.local is not None:
            account = self.accounts.find(session.account)
            return Actor(account.role, account.name, account.scope) if account else None
        if session.way == "oidc" and access.oidc is not None:
            return _granted(access.oidc.grants, session)
        if session.way == "proxy" and access.proxy is not None:
            return _granted(access.proxy.grants, session)
        if session.way == "start" and not access.ways:
            return Actor("admin", session.account)
        return None

    def alive(self, key: str) -> tuple[Session, Actor] | None:
        """Return the session of a key and what it may do now, None where nobody is let in by it."""
        session = self.sessions.by_key(key)
        if session is None or self.must_change(session):
            return None
        actor = self.actor(session)
        return (session, actor) if actor else None

    def actor_of(self, key: str) -> Actor | None:
        """Return what the session of a key may do now, None where there is none."""
        found = self.alive(key)
        return found[1] if found else None

    def must_change(self, session: Session) -> bool:
        """Return whether an account has to choose a password of its own first."""
        account = self.accounts.find(session.account) if session.way == "local" else None
        return account is not None and account.must_change


@lru_cache(maxsize=16)
def _house(workspace: str, _state: str | None) -> House:
    return House(Path(workspace))


def house_of(workspace: Path | str) -> House:
    """Return the house of a workspace, one a process; `ShortplankError` says what it lacks."""
    return _house(os.path.realpath(workspace), os.environ.get("SHORTPLANK_STATE"))


class _Kept(Generic[T]):
    """What a file of the workspace says, read again only when it has changed."""

    def __init__(self, path: Path, read: Callable[[], T]) -> None:
        self._path, self._read = path, read
        self._seen: tuple[object, T] | None = None

    def now(self) -> T:
        """Return what it says now; `WorkspaceError` where it cannot be read."""
        stamp, seen = _stamp(self._path), self._seen
        if seen is None or seen[0] != stamp:
            self._seen = seen = (stamp, self._read())
        return seen[1]


def _county(workspace: Path) -> str:
    try:
        return load_workspace(workspace).settings.name
    except ShortplankError:
        return ""


def _whole(access: Access) -> Access:
    """Return access.toml with every grant whole: who works for one township has it named."""
    for table in (access.oidc, access.proxy):
        for grant in table.grants if table else ():
            if RIGHTS[grant.role].own and not grant.scope:
                raise WorkspaceError(
                    f"{RIGHTS[grant.role].name}没有写明乡镇",
                    place="access.toml",
                    mend="请在 grants 里用 scope 写乡镇代码",
                )
    return access


def _granted(grants: Sequence[Grant], session: Session) -> Actor | None:
    """Return what the first grant that fits gives, in the order of the file."""
    found = granted(grants, session.groups, session.account)
    return Actor(found.role, session.account, found.scope) if found else None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes with a file, None where there is none; `WorkspaceError` as for access."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WorkspaceError(
            "无法读取这个文件", place=path.name, mend="请检查文件夹权限"
        ) from error
    return found.st_mtime_ns, found.st_size, found.st_ino
