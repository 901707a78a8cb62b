"""The state folder's database: sessions and failed attempts, shared by every process here."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from shortplank.errors import ShortplankError

NAME = "state.db"
# How long one process waits for another's write, which takes milliseconds.
BUSY_SECONDS = 2.0


# Connections that the next thread takes up: each run of a page is a thread of its own, and opening
# one takes longer than what it asks.
IDLE = 4


class _Held:
    """A connection that a thread leaves to the next one, or that is closed with it, at once.

    A connection itself stands in a cycle, and would wait for the collector with its files open.
    """

    def __init__(self, key: tuple[Any, ...], connection: sqlite3.Connection) -> None:
        self.key, self.connection = key, connection

    def __del__(self) -> None:
        if self.connection.in_transaction:
            self.connection.close()
        else:
            _idle.append((self.key, self.connection))
        while len(_idle) > IDLE:
            with suppress(IndexError):  # another thread has taken it
                _idle.popleft()[1].close()


class _Open(threading.local):
    """The connection that a thread asked for last, and what it is open on."""

    held: _Held | None = None


_open = _Open()
_idle: deque[tuple[tuple[Any, ...], sqlite3.Connection]] = deque()
_making = threading.Lock()
# Which file each database was when this process first opened it.
_first: dict[tuple[Any, ...], tuple[int, int]] = {}


def connect(folder: Path) -> sqlite3.Connection:
    """Return this thread's connection to the database of a state folder, made where missing.

    Each statement stands by itself; several go together between ``begin immediate`` and
    ``commit``. `ShortplankError` where the folder's disk cannot hold it, and where the file is gone
    or another: threads that have it open would still see who was signed in, and others nobody.
    """
    key = (os.getpid(), folder)  # a connection does not survive a fork
    if key in _first and _file(folder) != _first[key]:
        raise fault(folder, "状态库不见了，或换成了别的文件", "请重新启动服务；大家需要重新登录")
    if _open.held is None or _open.held.key != key:
        _open.held = _Held(key, _left(key) or _opened(folder))
        _first.setdefault(key, _file(folder))
    return _open.held.connection


def _left(key: tuple[Any, ...]) -> sqlite3.Connection | None:
    """Return a connection that another thread has left, None where there is none of this kind."""
    for _ in range(len(_idle)):
        with suppress(IndexError):  # another thread has taken the last one
            left = _idle.popleft()
            if left[0] == key:
                return left[1]
            _idle.append(left)
    return None


def _file(folder: Path) -> tuple[int, int]:
    """Return which file the database is, (0, 0) for none."""
    try:
        found = os.stat(folder / NAME)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def rows_of(folder: Path, statement: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that stands by itself.

    `ShortplankError` where the database does not answer, or does not take it.
    """
    try:
        return connect(folder).execute(statement, params).fetchall()
    except sqlite3.Error as error:
        raise fault(folder) from error


@contextmanager
def writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """Yield this thread's connection in a transaction: all of it stands, or nothing.

    `ShortplankError` where the database does not take it.
    """
    connection = connect(folder)
    try:
        connection.execute("begin immediate")
        try:
            yield connection
            connection.execute("commit")
        finally:
            if connection.in_transaction:
                connection.execute("rollback")
    except sqlite3.Error as error:
        raise fault(folder) from error


def fault(
    folder: Path,
    message: str = "状态库无法使用",
    mend: str = "请检查权限和磁盘，或用 SHORTPLANK_STATE 另指一个本机文件夹",
) -> ShortplankError:
    """Return the sentence for a database that does not answer."""
    return ShortplankError(message, place=str(folder / NAME), mend=mend)


def _opened(folder: Path) -> sqlite3.Connection:
    path = folder / NAME
    try:
        _make(path)
        connection = sqlite3.connect(
            path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,  # what a thread leaves behind another may close
        )
        _write_ahead(connection)
        connection.execute("pragma synchronous = normal")
    except (OSError, sqlite3.Error) as error:
        raise fault(folder) from error
    return connection


def _make(path: Path) -> None:
    """Make the file where it is missing, open to its owner alone; SQLite's own take its mode.

    A file that is there is never opened here: closing it would take from this process every lock
    that SQLite holds on it, and the next process to leave would throw away the log in use.
    """
    with _making:
        if not path.exists():
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers not wait for a writer; a network disk does not have that.

    SQLite does not wait by itself where others open a new database at the same moment.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if connection.execute("pragma journal_mode = wal").fetchone() != ("wal",):
                raise sqlite3.NotSupportedError("no write-ahead log")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
