"""Failed attempts to sign in: after a few of them one waits, with the right password too."""

from __future__ import annotations

import hashlib
import ipaddress
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from shortplank.access import is_loopback
from shortplank.gate.accounts import account_name
from shortplank.gate.database import connect, fault, writing

Kind = Literal["name", "address"]
Key = tuple[Kind, int]

# How many failures are free. An office stands behind one address.
FREE: dict[Kind, int] = {"name": 5, "address": 50}
FIRST, LONGEST = 5.0, 900.0
FORGOTTEN = 3600.0
# So many counts of each kind there are, and never more, whatever is guessed; dropping some to make
# room would let who fills the table start anew. Two names share one once in 65,536 times.
COUNTS = 65_536
_TABLES = (
    "create table if not exists attempts ("
    "kind text not null, who integer not null, failures integer not null, last real not null, "
    "primary key (kind, who)) without rowid",
    "create index if not exists attempts_by_age on attempts (last)",
)


class Attempts:
    """Failures by account and by address, counted by every process of the machine together.

    What was typed as a name is not kept, nor a hash that tells it: people type passwords there too.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.clock = folder, clock
        with writing(folder) as database:
            for statement in _TABLES:
                database.execute(statement)

    def wait(self, name: str, address: str = "") -> float:
        """Return the seconds until the next attempt is looked at, 0 where one is now."""
        try:
            return _left(connect(self.folder), _keys(name, address), self.clock())
        except sqlite3.Error as error:
            raise fault(self.folder) from error

    def begin(self, name: str, address: str = "") -> float:
        """Return the seconds to wait, or 0: then the attempt counts as failed until it succeeded.

        Counted before it is looked at, or many at the same moment would all be looked at.
        """
        keys, now = _keys(name, address), self.clock()
        with writing(self.folder) as database:
            _forget(database, now)
            wait = _left(database, keys, now)
            if not wait:
                _count(database, keys, now)
        return wait

    def succeeded(self, name: str, address: str = "") -> None:
        """Forget the failures of a name, and that this attempt was counted by its address.

        Others' failures from there stay: who has an account of his own guesses no more for it.
        """
        named, *addressed = _keys(name, address)
        with writing(self.folder) as database:
            database.execute("delete from attempts where kind = ? and who = ?", named)
            _take_back(database, addressed)

    def taken_back(self, name: str, address: str = "") -> None:
        """Forget one attempt that could not be looked at, for a fault that is not its own."""
        with writing(self.folder) as database:
            _take_back(database, _keys(name, address))


def pause(failures: int, free: int) -> float:
    """Return the seconds to wait after so many failures: from the last free one on, doubling.

    >>> [pause(n, 5) for n in (0, 4, 5, 6, 7, 13, 1000)]
    [0.0, 0.0, 5.0, 10.0, 20.0, 900.0, 900.0]
    """
    return 0.0 if failures < free else min(FIRST * 2.0 ** min(failures - free, 20), LONGEST)


def _keys(name: str, address: str) -> list[Key]:
    found: list[Key] = [("name", _number(account_name(name)))]
    if peer := _peer(address):
        found.append(("address", _number(peer)))
    return found


def _number(text: str) -> int:
    """Return which count a name or an address has."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) % COUNTS


def _peer(address: str) -> str:
    """Return what is counted as one address, "" for this machine, behind which everybody stands.

    Who has one IPv6 address has the 2⁶⁴ of its network.

    >>> _peer("127.0.0.1"), _peer("::ffff:127.0.0.1"), _peer("::ffff:10.0.0.7"), _peer("fe80::1%e")
    ('', '', '10.0.0.7', 'fe80::/64')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "" if is_loopback(address) else address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return ""
    return str(ipaddress.ip_network((found, 64), strict=False) if found.version == 6 else found)


def _left(database: sqlite3.Connection, keys: list[Key], now: float) -> float:
    """Return the seconds until both name and address have waited."""
    found = 0.0
    for kind, who in keys:
        row = database.execute(
            "select failures, last from attempts where kind = ? and who = ?", (kind, who)
        ).fetchone()
        if row and _stands(row[1], now):
            found = max(found, row[1] + pause(row[0], FREE[kind]) - now)
    return found


def _stands(last: float, now: float) -> bool:
    """Return whether a count is of the last hour; the future is that of a clock put right."""
    return now - FORGOTTEN < last <= now + 60


def _forget(database: sqlite3.Connection, now: float) -> None:
    database.execute("delete from attempts where last <= ?", (now - FORGOTTEN,))
    database.execute("delete from attempts where last > ?", (now + 60,))


def _count(database: sqlite3.Connection, keys: list[Key], now: float) -> None:
    database.executemany(
        "insert into attempts values (?, ?, 1, ?) "
        "on conflict do update set failures = failures + 1, last = excluded.last",
        [(kind, who, now) for kind, who in keys],
    )


def _take_back(database: sqlite3.Connection, keys: list[Key]) -> None:
    for step in (
        "delete from attempts where kind = ? and who = ? and failures <= 1",
        "update attempts set failures = failures - 1 where kind = ? and who = ?",
    ):
        database.executemany(step, keys)
