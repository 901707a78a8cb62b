"""Tokens of local accounts, for other programs: shown once, kept as a hash, never more than theirs.

A token has the role and scope that its account has at that moment. It ends with its days, when it
is revoked, with the account, and with the account's password: whoever had that had its tokens too.
People of a provider or a proxy have none: nobody here would know when they lost their groups there.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shortplank.access import Actor
from shortplank.audit.lines import note
from shortplank.errors import ShortplankError
from shortplank.gate.accounts import Account, Accounts
from shortplank.gate.database import rows_of, writing

DAYS, MOST_DAYS = 90, 366
A_DAY = 86_400.0
# So many an account has that count; a script that makes one a run would fill the table.
MOST = 20
MOST_NAME = 40
# When it was last used is written down at most so often.
GRAIN = 60.0
_FORM = re.compile(r"sp_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_TABLE = (
    "CREATE TABLE IF NOT EXISTS bearer ("
    "id TEXT PRIMARY KEY, workspace TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL, "
    "hash TEXT NOT NULL, mark TEXT NOT NULL, created REAL NOT NULL, expires REAL NOT NULL, "
    "seen REAL NOT NULL)"
)
_FIELDS = "id, account, name, created, expires, seen, mark, hash"


@dataclass(frozen=True)
class Bearer:
    """A token as the server knows it; times in seconds of the epoch, ``seen`` 0 for never."""

    id: str
    account: str
    name: str
    created: float
    expires: float
    seen: float
    mark: str = field(repr=False)
    hash: str = field(repr=False)


class Bearers:
    """The tokens of a workspace's local accounts, shared by every process of the machine."""

    def __init__(
        self,
        folder: Path,
        workspace_id: str,
        accounts: Accounts,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.folder, self.workspace_id, self.accounts, self.now = (
            folder, workspace_id, accounts, now,
        )  # fmt: skip
        rows_of(folder, _TABLE)

    # --- looking ----------------------------------------------------------------------------------
    def bearer(self, text: str) -> Bearer | None:
        """Return the token that a request brings, None for one that is none or counts no more.

        It takes the same time whether there is such a token or not.
        """
        form = _FORM.fullmatch(text)
        found = self._rows("id = ?", form[1]) if form else []
        known = found[0] if found else None
        fits = secrets.compare_digest(_hash(text), known.hash if known else _hash(""))
        return known if known is not None and fits and self.lives(known) else None

    def lives(self, token: Bearer) -> bool:
        """Return whether a token counts: in its days, of an account with the same password."""
        account = self.accounts.find(token.account)
        return (
            token.created - 60 <= self.now() < token.expires
            and account is not None
            and not account.must_change
            and secrets.compare_digest(token.mark, self.accounts.mark(token.account))
        )

    def account(self, token: Bearer) -> Account | None:
        """Return the account of a token as it stands now."""
        return self.accounts.find(token.account)

    def all(self, account: str = "") -> list[Bearer]:
        """Return every token, or those of an account, also those that count no more."""
        return self._rows("account = ?", account) if account else self._rows("")

    def _rows(self, where: str, *params: object) -> list[Bearer]:
        only = f" AND {where}" if where else ""
        wanted = f"SELECT {_FIELDS} FROM bearer WHERE workspace = ?{only} ORDER BY account, created"
        return [Bearer(*row) for row in rows_of(self.folder, wanted, [self.workspace_id, *params])]

    # --- writing ----------------------------------------------------------------------------------
    def add(self, actor: Actor, account: str, name: str, days: int = DAYS) -> tuple[Bearer, str]:
        """Return a new token of an account, and the text that is shown this once.

        `ShortplankError` where the account cannot have one; `NotAllowed` for another's account.
        """
        self._must(actor, account)
        known = self.accounts.known(account)
        if known.must_change:
            raise ShortplankError(
                f"账号 {account} 还没有自己的密码，不能有令牌", mend="请先用它登录一次并改密码"
            )
        name = _checked(name, days)
        alive = [each for each in self.all(account) if self.lives(each)]
        if len(alive) >= MOST:
            raise ShortplankError(f"账号 {account} 已有 {MOST} 个令牌", mend="请先撤销不用的")
        own = secrets.token_hex(4)
        text, now = f"sp_{own}_{secrets.token_urlsafe(32)}", self.now()
        made = Bearer(
            own, account, name, now, now + days * A_DAY, 0.0, self.accounts.mark(account),
            _hash(text),
        )  # fmt: skip
        row: list[Any] = [made.id, self.workspace_id, account, name, made.hash, made.mark]
        with writing(self.folder) as database:
            database.execute("DELETE FROM bearer WHERE expires < ?", [now - 30 * A_DAY])
            database.execute(
                "INSERT INTO bearer VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)", [*row, now, made.expires]
            )
        self._note(actor, made, "token")
        return made, text

    def revoke(self, actor: Actor, token_id: str) -> Bearer:
        """Return the token that counts no more from now on; `ShortplankError` where it is none."""
        found = self._rows("id = ?", token_id)
        if not found or not self._is_its(actor, found[0].account):
            raise ShortplankError(
                f"没有令牌 {token_id[:8]}", mend="请用 shortplank token list 查看编号"
            )
        rows_of(self.folder, "DELETE FROM bearer WHERE id = ?", [token_id])
        self._note(actor, found[0], "revoke")
        return found[0]

    def touch(self, token: Bearer) -> None:
        """Write down that a token is in use."""
        if self.now() - token.seen >= GRAIN:
            rows_of(self.folder, "UPDATE bearer SET seen = ? WHERE id = ?", [self.now(), token.id])

    def _must(self, actor: Actor, account: str) -> None:
        if not self._is_its(actor, account):
            actor.must("manage_accounts")

    def _is_its(self, actor: Actor, account: str) -> bool:
        return actor.account == account or actor.may("manage_accounts")

    def _note(self, actor: Actor, token: Bearer, act: str) -> None:
        facts = {"subject": token.account, "act": act, "token": token.id}
        note(self.accounts.workspace, actor.account, "accounts", **facts)


def _checked(name: str, days: int) -> str:
    name = name.strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise ShortplankError(
            f"令牌的名称须是 1 至 {MOST_NAME} 个字", mend="请写它给哪个程序用，如：县里的大屏"
        )
    if not 1 <= days <= MOST_DAYS:
        raise ShortplankError(f"令牌的期限须在 1 至 {MOST_DAYS} 天之间", mend="请改期限")
    return name


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def looks_like_a_token(text: str) -> bool:
    """Return whether a text holds what has a token's form, where none may stand.

    >>> looks_like_a_token("a=sp_0123abcd_" + "x" * 43), looks_like_a_token("month=2010-05")
    (True, False)
    """
    return _FORM.search(text) is not None
