"""Sessions: who is signed in, kept by the server; the browser holds an opaque token.

Only the token's hash is stored, and the same hash is the session's key: what pages and the audit
may know. Several processes of one machine share them (SQLite's WAL, on a local disk).
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from shortplank.errors import ShortplankError
from shortplank.gate.database import connect, rows_of, writing

log = logging.getLogger("shortplank")

Way = Literal["start", "local", "oidc", "proxy"]
LIFE = 12 * 3600.0
IDLE = 2 * 3600.0
# A session's last use is written down at most so often.
GRAIN = 30.0
# A clock that was put right is off by no more than this; what began later is not of this time.
AHEAD = 60.0
# So many sessions an account has at the most; the one that was used longest ago gives way.
MOST = 100
_TABLES = (
    "CREATE TABLE IF NOT EXISTS session ("
    "key TEXT PRIMARY KEY, workspace TEXT NOT NULL, account TEXT NOT NULL, way TEXT NOT NULL, "
    "groups TEXT NOT NULL, sid TEXT NOT NULL, sub TEXT NOT NULL, id_token TEXT NOT NULL, "
    "created REAL NOT NULL, seen REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS installation (salt TEXT NOT NULL)",
)
_SWEEP = "DELETE FROM session WHERE created < ? OR seen < ? OR max(created, seen) > ?"
_ALIVE = (
    "SELECT count(*) FROM session "
    "WHERE workspace = ? AND created > ? AND seen > ? AND max(created, seen) <= ?"
)
_LATER = "SELECT 1 FROM session WHERE key = ? AND workspace = ? AND max(created, seen) > ?"
_OLDEST = (
    "DELETE FROM session WHERE key IN (SELECT key FROM session "
    "WHERE workspace = ? AND account = ? AND way = ? ORDER BY seen DESC LIMIT -1 OFFSET ?)"
)
_FIELDS = "key, account, way, groups, created, seen, sid, sub, id_token"


@dataclass(frozen=True)
class Session:
    """One person's way in: since when, last used when (both in seconds of the epoch)."""

    key: str
    account: str
    way: Way
    groups: tuple[str, ...]
    created: float
    seen: float
    sid: str = ""
    sub: str = ""
    id_token: str = ""

    @property
    def ends(self) -> float:
        """Return when it ends if it is not used any more."""
        return min(self.created + LIFE, self.seen + IDLE)

    def lives(self, now: float) -> bool:
        """Return whether it has not ended; a clock that goes backward prolongs nothing."""
        return max(self.created, self.seen) - AHEAD <= now < self.ends


class Sessions:
    """The sessions of one workspace in a state folder."""

    def __init__(
        self, folder: Path, workspace: Path | str, now: Callable[[], float] = time.time
    ) -> None:
        self.folder, self.now = folder, now
        self._rests = float("-inf")
        for table in _TABLES:
            rows_of(folder, table)
        self.workspace_id = self._identify(Path(workspace).resolve())

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        return connect(self.folder)

    def _identify(self, workspace: Path) -> str:
        """Return the workspace's id in this installation; it stands in the cookie's name."""
        first = "INSERT INTO installation SELECT ? WHERE NOT EXISTS (SELECT * FROM installation)"
        rows_of(self.folder, first, [secrets.token_hex(16)])
        ((salt,),) = rows_of(self.folder, "SELECT salt FROM installation")
        return hashlib.sha256(f"{salt}{workspace}".encode()).hexdigest()[:12]

    def open(
        self,
        account: str,
        way: Way,
        *,
        groups: tuple[str, ...] = (),
        sid: str = "",
        sub: str = "",
        id_token: str = "",
    ) -> str:
        """Begin a session and return the token that the cookie carries; old ones are swept out."""
        token, now = secrets.token_urlsafe(32), self.now()
        row = [key_of(token), self.workspace_id, account, way, json.dumps(groups)]
        row += [sid, sub, id_token]
        with writing(self.folder) as database:
            database.execute(_SWEEP, [now - LIFE, now - IDLE, now + AHEAD])
            database.execute(_OLDEST, [self.workspace_id, account, way, MOST - 1])
            database.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [*row, now, now]
            )
        return token

    def by_token(self, token: str) -> Session | None:
        """Return the session of a cookie, None where it has ended or never was."""
        return self.by_key(key_of(token))

    def by_key(self, key: str) -> Session | None:
        """Return the session of a key, None where it has ended or never was."""
        wanted = f"SELECT {_FIELDS} FROM session WHERE key = ? AND workspace = ?"
        for own, account, way, groups, *rest in rows_of(
            self.folder, wanted, [key, self.workspace_id]
        ):
            session = Session(own, account, way, _groups(groups), *rest)
            return session if session.lives(self.now()) else None
        return None

    def alive(self) -> int:
        """Return how many sessions have not ended."""
        now = self.now()
        asked = [self.workspace_id, now - LIFE, now - IDLE, now + AHEAD]
        ((number,),) = rows_of(self.folder, _ALIVE, asked)
        return int(number)

    def is_ahead(self, token: str) -> bool:
        """Return whether a cookie's session was used later than it is now: the clock went back."""
        asked = [key_of(token), self.workspace_id, self.now() + AHEAD]
        return bool(rows_of(self.folder, _LATER, asked))

    def touch(self, session: Session, *, asked: bool = False) -> None:
        """Write down that a session is in use.

        Where the disk does not take it, nobody waits for it again for a while, and the session
        ends the sooner; who asks to stay is written down all the same.
        """
        now = self.now()
        rests = 0 <= now - self._rests < GRAIN and not asked
        if now - session.seen < GRAIN or rests:
            return
        try:
            rows_of(self.folder, "UPDATE session SET seen = ? WHERE key = ?", [now, session.key])
        except ShortplankError as error:
            self._rests = now
            log.error("sessions: %s", error)

    def end(self, key: str) -> None:
        """End one session."""
        self._end("key = ?", key)

    def end_account(self, account: str, way: Way) -> None:
        """End all sessions of an account that came in one way."""
        self._end("account = ? AND way = ?", account, way)

    def end_sid(self, sid: str) -> tuple[str, ...]:
        """End the sessions of one session of the provider; return whose they were."""
        return self._end("way = 'oidc' AND sid = ?", sid)

    def end_sub(self, sub: str) -> tuple[str, ...]:
        """End all sessions of a subject of the provider; return whose they were."""
        return self._end("way = 'oidc' AND sub = ?", sub)

    def _end(self, where: str, *params: str) -> tuple[str, ...]:
        """End sessions; return the account of each."""
        ended = f"DELETE FROM session WHERE workspace = ? AND {where} RETURNING account"
        rows = rows_of(self.folder, ended, [self.workspace_id, *params])
        return tuple(account for (account,) in rows)


@lru_cache(maxsize=256)
def _groups(told: str) -> tuple[str, ...]:
    """Return the groups that a row of the database tells of."""
    return tuple(json.loads(told))


def key_of(token: str) -> str:
    """Return the key of a token: its hash, from which the token cannot be made."""
    return hashlib.sha256(token.encode()).hexdigest()
