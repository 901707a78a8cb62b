"""Local accounts: ``accounts.toml`` of a workspace, for its owner's eyes, read when it changed."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import tomlkit
from pydantic import AfterValidator, ConfigDict, Field
from tomlkit.items import Table

from shortplank.access import RIGHTS, Actor, Role
from shortplank.audit.lines import note
from shortplank.catalogue import load_workspace
from shortplank.catalogue.base import Level, Strict
from shortplank.catalogue.validating import read_text, validated
from shortplank.errors import ShortplankError, StoreError, WorkspaceError
from shortplank.gate.passwords import argon2id, check_password, fits, hashed, is_outdated
from shortplank.store.files import write_failure, write_private
from shortplank.store.locks import locked

NAME = "accounts.toml"
LOCK = ".accounts.lock"
HEADER = "# Local accounts, written by `shortplank user`; hashes are Argon2id.\n"
_NAME_FORM = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_NAME_WORDS = "账号名须为 1 至 32 个小写字母、数字、点、横线或下划线，以字母或数字开头"


@dataclass(frozen=True)
class Account:
    """Who may sign in here by a password, and as what."""

    name: str
    role: Role
    scope: str = ""
    must_change: bool = False


def account_name(typed: str) -> str:
    """Return the name that somebody means: one account, however the keyboard stood.

    >>> account_name(" Ｚhang ")
    'zhang'
    """
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def _named(name: str) -> str:
    if not _NAME_FORM.fullmatch(name):
        raise ValueError(_NAME_WORDS)
    return name


class _Kept(Strict):
    """An account as it stands in the file; no message ever repeats a value of it."""

    model_config = ConfigDict(hide_input_in_errors=True)

    role: Role
    scope: str = ""
    must_change: bool = False
    hash: Annotated[str, AfterValidator(argon2id)]

    def account(self, name: str) -> Account:
        return Account(name, self.role, self.scope, self.must_change)


class _File(Strict):
    model_config = ConfigDict(hide_input_in_errors=True)

    accounts: dict[Annotated[str, AfterValidator(_named)], _Kept] = Field(default_factory=dict)


class Accounts:
    """The accounts of a workspace; what another process writes is seen at the next look.

    ``ended`` is told the name of each account whose sessions are to end: its password or role
    changed, or it is gone. Every look raises `WorkspaceError` where the file is broken or open to
    others: then nobody comes in by it.
    """

    def __init__(
        self, workspace: Path | str, ended: Callable[[str], object] = lambda name: None
    ) -> None:
        self.workspace = Path(workspace)
        self.path = self.workspace / NAME
        self.ended = ended
        self._seen: tuple[tuple[int, ...], dict[str, _Kept]] = ((), {})

    # --- looking ----------------------------------------------------------------------------------
    def find(self, name: str) -> Account | None:
        """Return the account of a name, None where there is none."""
        kept = self._kept().get(name)
        return None if kept is None else kept.account(name)

    def known(self, name: str) -> Account:
        """Return the account of a name; `ShortplankError` where there is none."""
        return _existing(self._kept(), name).account(name)

    def mark(self, name: str) -> str:
        """Return what is another with each password of an account, "" where there is none."""
        kept = self._kept().get(name)
        return "" if kept is None else hashlib.sha256(kept.hash.encode()).hexdigest()

    def all(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        return tuple(kept.account(name) for name, kept in sorted(self._kept().items()))

    def verify(self, typed: str, password: str) -> Account | None:
        """Return the account that a name and password open, None where they open none.

        It takes one Argon2 hash whether there is such an account or not. A hash made with other
        parameters than today's is made anew, where the file may be written.
        """
        name = account_name(typed)
        kept = self._opened(name, password)
        if kept is None:
            return None
        if is_outdated(kept.hash):
            with suppress(ShortplankError):
                self._replace_hash(name, kept, hashed(password))
        return kept.account(name)

    def _opened(self, name: str, password: str) -> _Kept | None:
        nobody, kept = self._nobody, self._kept().get(name)
        return kept if fits(kept.hash if kept else nobody, password) else None

    @cached_property
    def _nobody(self) -> str:
        """Return the hash that stands for an account that does not exist."""
        return hashed(secrets.token_urlsafe())

    def _kept(self) -> dict[str, _Kept]:
        """Return what stands in the file, read again only where the system says that it changed."""
        try:
            stat = os.stat(self.path)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _fault("无法读取这个文件", "请检查文件夹权限") from error
        mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_mode, stat.st_ctime_ns)
        if self._seen[0] != mark:
            if os.name == "posix" and stat.st_mode & 0o077:
                raise _fault("别的用户也能打开这个文件", f"请运行 chmod 600 {NAME}")
            self._seen = mark, _parsed(read_text(self.workspace, NAME))
        return self._seen[1]

    # --- writing ----------------------------------------------------------------------------------
    def add(
        self,
        actor: Actor,
        name: str,
        password: str,
        role: Role,
        scope: str = "",
        *,
        must_change: bool = True,
    ) -> Account:
        """Return a new account, which has to change its password when it first signs in."""
        self._must_manage(actor)
        if not _NAME_FORM.fullmatch(name):
            raise ShortplankError(_NAME_WORDS, place=f"账号 {name[:32]}", mend="请换一个名字")
        check_password(name, password)
        self._check_scope(role, scope)
        kept = _Kept(role=role, scope=scope, must_change=must_change, hash=hashed(password))
        with self._writing() as (known, tables):
            if name in known:
                raise _fault(f"账号 {name} 已经有了", "改密码用 user passwd，改角色用 user role")
            table = tomlkit.table()
            table.update(kept.model_dump(exclude_defaults=True))
            tables[name] = table
        self._note(actor, name, "add", role=role)
        return kept.account(name)

    def set_password(
        self, actor: Actor, name: str, password: str, *, must_change: bool = True
    ) -> None:
        """Give an account another password; its sessions end."""
        self._must_manage(actor)
        check_password(name, password)
        made = hashed(password)
        with self._writing() as (known, tables):
            _existing(known, name)
            _set(tables[name], hash=made, must_change=must_change)
        self._note(actor, name, "reset")
        self.ended(name)

    def change_own(self, typed: str, old: str, new: str) -> Account | None:
        """Return the account whose owner changed its password, None where the old one is not it.

        The account's sessions end, that of who asks with them.
        """
        name = account_name(typed)
        self.check_new(name, old, new)
        seen = self._opened(name, old)
        if seen is None or not self._replace_hash(name, seen, hashed(new), own=True):
            return None
        self.ended(name)
        return self.find(name)

    def check_new(self, typed: str, old: str, new: str) -> None:
        """Return where a new password may take an old one's place, else `ShortplankError`."""
        check_password(account_name(typed), new)
        if unicodedata.normalize("NFKC", old) == unicodedata.normalize("NFKC", new):
            raise ShortplankError("新密码与原密码相同", mend="请换一个密码")

    def set_role(self, actor: Actor, name: str, role: Role, scope: str = "") -> None:
        """Give an account another role and scope; its sessions end."""
        self._must_manage(actor)
        self._check_scope(role, scope)
        with self._writing() as (known, tables):
            _existing(known, name)
            _set(tables[name], role=role, scope=scope)
        self._note(actor, name, "role", role=role)
        self.ended(name)

    def remove(self, actor: Actor, name: str) -> None:
        """Take an account away; its sessions end."""
        self._must_manage(actor)
        with self._writing() as (known, tables):
            _existing(known, name)
            del tables[name]
        self._note(actor, name, "remove")
        self.ended(name)

    def _note(self, actor: Actor, name: str, act: str, **facts: str) -> None:
        note(self.workspace, actor.account, "accounts", subject=name, act=act, **facts)

    def _replace_hash(self, name: str, seen: _Kept, made: str, *, own: bool = False) -> bool:
        """Return whether a hash took another's place; not where somebody else was faster."""
        with self._writing() as (known, tables):
            still = name in known and known[name].hash == seen.hash
            if still:
                _set(tables[name], hash=made, **({"must_change": False} if own else {}))
        return still

    @contextmanager
    def _writing(self) -> Iterator[tuple[dict[str, _Kept], Table]]:
        """Yield the accounts and the tables to change, which are written whole at the end.

        What people wrote beside them, comments too, stays.
        """
        busy = StoreError("另一次写入还没有结束", place=NAME, mend="请稍后再试")
        try:
            with locked(self.workspace / LOCK, busy):
                known = self._kept()
                text = read_text(self.workspace, NAME) if self.path.exists() else HEADER
                document = tomlkit.parse(text)
                tables: Any = document.setdefault("accounts", tomlkit.table(is_super_table=True))
                yield known, tables
                if (changed := tomlkit.dumps(document)) != text:
                    write_private(self.path, changed.encode())
        except OSError as error:
            raise write_failure(error, NAME) from error

    def _must_manage(self, actor: Actor) -> None:
        """Raise `NotAllowed` for who may manage no accounts, or has one county of several."""
        actor.must("manage_accounts", ws=load_workspace(self.workspace) if actor.scope else None)

    def _check_scope(self, role: Role, scope: str) -> None:
        """Return where the register has a role's scope at the level that it takes."""
        township = bool(RIGHTS[role].own)
        if not scope and not township:
            return
        levels: tuple[Level, ...] = ("township",) if township else ("county", "province")
        label = "乡镇" if township else "县"
        area = load_workspace(self.workspace).area_by_code.get(scope)
        if area is None or area.level not in levels:
            what = f"的范围 {scope[:20]} 不是登记册里的{label}" if scope else "须有范围"
            mend = f"请用 --scope 写 areas.csv 里一个{label}的代码"
            raise ShortplankError(f"角色 {role} {what}", place="areas.csv", mend=mend)


def _fault(fault: str, mend: str) -> WorkspaceError:
    return WorkspaceError(fault, place=NAME, mend=mend)


def _parsed(text: str) -> dict[str, _Kept]:
    """Return what a text says; `WorkspaceError` names line or key at fault, never a value."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        where = f"第 {at[1]} 行第 {at[2]} 列" if at else "文件末尾"
        # What the parser met may be a hash.
        raise WorkspaceError(
            f"{where}不是有效的 TOML", place=NAME, mend="请改正这一处后重试"
        ) from None
    return validated(_File, data, NAME).accounts


def _existing(known: dict[str, _Kept], name: str) -> _Kept:
    if name not in known:
        raise _fault(f"没有账号 {name[:32]}", "请用 shortplank user list 查看")
    return known[name]


def _set(table: Any, **values: str | bool) -> None:
    """Write an account's values; those that say nothing are left out."""
    for key, value in values.items():
        if value:
            table[key] = value
        else:
            table.pop(key, None)
