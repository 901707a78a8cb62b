"""One lock for everything that is written: a file that one writer at a time holds."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import lock_descriptor

from shortplank.errors import StoreError

LOCK_SECONDS = 30.0
_PAUSE = 0.02
# What file systems say that have no locks, or whose server of locks is not there.
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
# Windows keeps readers out of a file that is locked.
LOCKS_OUT_READERS = os.name == "nt"


@contextmanager
def locked(path: Path, busy: StoreError) -> Iterator[None]:
    """Hold a file, made where it is missing, against other processes and threads.

    The system lets go of it when the process ends, however it ends; the file itself stays.
    Raises ``busy`` where somebody else holds it for `LOCK_SECONDS`, `StoreError` at the same place
    where the file system has no locks, `OSError` as the system says it where it cannot be opened.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(handle, busy)
        yield
    finally:
        os.close(handle)


def lock_of(path: Path) -> Path:
    """Return what is locked to write to a file that others read meanwhile: itself, where it can."""
    return path.with_name(f".{path.name}.lock") if LOCKS_OUT_READERS else path


def try_lock(handle: int, place: str) -> bool:
    """Return whether nobody else holds an opened file, and hold it until it is closed.

    `StoreError` where its file system has no locks.
    """
    try:
        return bool(lock_descriptor(handle, blocking=False))
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        raise StoreError(
            "这里的文件系统不能加锁，没有写入",
            place=place,
            mend="请在共享存储上启用锁（NFS 用第 4 版），或改用本机磁盘",
        ) from error


def _wait(handle: int, busy: StoreError) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while not try_lock(handle, busy.place):
        if time.monotonic() > deadline:
            raise busy
        time.sleep(_PAUSE)
