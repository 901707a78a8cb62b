"""Storage that several machines share: no locks, no links, and replies that are lost on the way.

A network file system asks again where no reply came. What was done the first time is then refused
(a link's name is taken, a renamed file is gone), and must not be told as a failure.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shortplank.errors import ShortplankError, StoreError
from shortplank.gate.accounts import LOCK as ACCOUNTS
from shortplank.store import Store, files, inbox, journal, locks
from shortplank.store.locks import locked
from shortplank.upkeep.backup import backup
from shortplank.upkeep.restore import restore
from tests.store.workspaces import counted, deaths, state


@contextmanager
def lost(name: str, code: int, every: int = 1) -> Iterator[list[int]]:
    """Have a call do what it is asked and then be refused, as if it had been asked twice."""
    call, calls = getattr(os, name), [0]

    def done_and_refused(*paths: Any, **options: Any) -> None:
        call(*paths, **options)
        calls[0] += 1
        if calls[0] % every == 0:
            raise OSError(code, os.strerror(code), *paths[:1], None, *paths[1:2])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, name, done_and_refused)
        yield calls


@contextmanager
def refused(where: object, name: str, code: int) -> Iterator[None]:
    def refuse(*paths: Any, **_: Any) -> None:
        two = [path for path in paths if isinstance(path, str | os.PathLike)]
        raise OSError(code, os.strerror(code), *two[:1], None, *two[1:2])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(where, name, refuse)
        yield


LOST = {"link": errno.EEXIST, "replace": errno.ENOENT, "unlink": errno.ENOENT}


@pytest.mark.parametrize("name", LOST)
def test_a_publication_whose_reply_was_lost_stands(store: Store, name: str) -> None:
    with lost(name, LOST[name]) as calls:
        assert deaths(store, 4).number == 1
        assert deaths(store, 5, day=2).number == 2
    assert calls[0] >= 2
    assert [counted(store.edition(n)) for n in (1, 2)] == [[4], [5]]
    assert store.verify() == [] and not list(store.snapshots.rglob(".tmp-*"))


def test_a_name_that_another_took_is_still_anothers(store: Store, tmp_path: Path) -> None:
    deaths(store, 1)
    before = state(store)
    path = store.manifests / "00000001.json"
    with pytest.raises(StoreError, match="这一版已由另一次发布写入"):
        files.write_exclusive(path, path.read_bytes())
    assert state(store) == before
    gone = tmp_path / "gone"
    gone.write_bytes(b"1")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "replace", lambda source, _: (os.unlink(source), os.stat(source)))
        with pytest.raises(FileNotFoundError):
            files.rename(gone, tmp_path / "there")


def test_files_that_are_written_together_stand_where_replies_were_lost(tmp_path: Path) -> None:
    new = {"a.txt": b"1", "b.txt": b"2"}
    (tmp_path / "a.txt").write_bytes(b"old")
    for every in (1, 2):
        with lost("replace", errno.ENOENT, every):
            files.write_together(tmp_path, new)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == new


def test_a_backup_and_a_restore_stand_where_replies_were_lost(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    deaths(store, 1)
    to = tmp_path_factory.mktemp("to")
    file = to / "backup"
    with lost("link", errno.EEXIST), lost("unlink", errno.ENOENT):
        backup(store.root, file)
    with lost("replace", errno.ENOENT) as calls:
        backup(store.root, file, force=True)
        restore(file, to / "restored")
    assert calls[0] >= 2
    assert counted(Store(to / "restored").edition()) == [1]


# --- no links -------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])
def test_a_file_system_without_links_is_refused_at_the_first_publication(
    store: Store, name: str
) -> None:
    with refused(os, "link", getattr(errno, name)), pytest.raises(StoreError) as fault:
        deaths(store, 1)
    assert fault.value.sentence == (
        "snapshots/manifests/00000001.json：这里的文件系统不能建立硬链接，没有发布。"
        "请把工作区移到本机磁盘，或 NFS（第 4 版）、CephFS、JuiceFS；SMB 不行。"
    )
    assert store.numbers() == [] and not list(store.manifests.glob(".tmp-*"))


# --- no locks -------------------------------------------------------------------------------------
WRITERS: dict[str, Callable[[Store, Path], object]] = {
    "publish": lambda store, _: deaths(store, 2, day=3),
    "restore": lambda store, _: store.restore(1),
    "vacuum": lambda store, _: store.vacuum(),
    "journal": lambda store, _: journal.append(store.root, "meetings", {"item": "一"}),
    "inbox": lambda store, _: _hold(store),
    "accounts": lambda store, _: _held(store.root / ACCOUNTS),
    "backup": lambda store, to: backup(store.root, to / "backup"),
}


def _hold(store: Store) -> None:
    with inbox.held(store.root):
        raise AssertionError


def _held(path: Path) -> None:
    with locked(path, StoreError("忙", place=path.name)):
        raise AssertionError


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", ["ENOLCK", "ENOTSUP", "EOPNOTSUPP"])
def test_a_file_system_without_locks_is_told_in_one_sentence(
    store: Store, tmp_path_factory: pytest.TempPathFactory, writer: str, name: str
) -> None:
    deaths(store, 1)
    before, place = state(store), tmp_path_factory.mktemp("to")
    code = getattr(errno, name)
    with refused(locks, "lock_descriptor", code), pytest.raises(ShortplankError) as fault:
        WRITERS[writer](store, place)
    said = fault.value.sentence
    assert "：这里的文件系统不能加锁，没有写入。请在共享存储上启用锁" in said
    assert name not in said and "Errno" not in said
    assert state(store) == before and journal.read(store.root, "meetings") == []
