"""What stops a publish leaves the old edition; what is damaged is named; what is kept stays."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shortplank.errors import StoreError
from shortplank.store import Store
from tests.store import workspaces as w
from tests.store.workspaces import APRIL, MAY, counted, deaths, state

KEY = ("village_month", APRIL)


# --- what stops a publish leaves everything as it was --------------------------------------------
def no_space(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def failing_at(call: int) -> Callable[[int], None]:
    """Return an fsync that fails at one call."""
    calls, fsync = iter(range(1, 100)), os.fsync

    def sync(handle: int) -> None:
        if next(calls) == call:
            no_space()
        fsync(handle)

    return sync


@pytest.mark.parametrize("call", range(1, 12))
def test_a_disk_that_is_full_at_any_step_leaves_the_old_edition_or_the_new(
    store: Store, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    deaths(store, 1)
    before = state(store)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing_at(call))
        try:
            new = w.publish(
                store,
                2,
                village_month=[w.village(w.N1, APRIL, deaths=2), w.village(w.N1, MAY)],
            )
        except StoreError as error:
            assert "磁盘已满" in error.message and "旧版本未变" in error.mend
            assert {k: v for k, v in state(store).items() if k.startswith("manifests")} == {
                k: v for k, v in before.items() if k.startswith("manifests")
            }
            assert counted(store.edition()) == [1]
        else:
            assert (new.number, counted(store.edition())) == (2, [2])
    assert before.items() <= state(store).items()
    assert not list(store.snapshots.rglob(".tmp-*"))
    assert store.verify() == []
    assert deaths(store, 3, day=3).number == store.numbers()[-1]


def test_a_device_without_room_is_told_as_a_full_disk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkstemp = tempfile.mkstemp

    def on_full_device(**where: Any) -> tuple[int, str]:
        handle, name = mkstemp(**where)
        os.close(handle)
        return os.open("/dev/full", os.O_WRONLY), name

    monkeypatch.setattr(tempfile, "mkstemp", on_full_device)
    with pytest.raises(StoreError, match="磁盘已满"):
        deaths(store, 1)
    assert state(store) == {}


def test_a_refused_month_keeps_the_others_out_too(store: Store) -> None:
    change = {
        KEY: w.table([w.village(w.N1, APRIL)]),
        ("village_month", MAY): w.table([w.village("990201101299", MAY)]),
    }
    with pytest.raises(StoreError, match="990201101299"):
        store.publish(change, why="b")
    assert store.numbers() == []


def test_a_folder_that_may_not_be_written_is_told(store: Store) -> None:
    deaths(store, 1)
    folders = [store.snapshots, store.manifests]
    with read_only(folders):
        with pytest.raises(StoreError, match="没有写入权限"):
            deaths(store, 2, day=2)
        assert counted(store.edition()) == [1]


def read_only(folders: list[Path]) -> Any:
    """Take the right to write away for a while; skip where it cannot be taken, as from root."""
    from contextlib import contextmanager

    @contextmanager
    def without() -> Iterator[None]:
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere: a read-only folder cannot be shown")
        for folder in folders:
            folder.chmod(0o555)
        try:
            yield
        finally:
            for folder in folders:
                folder.chmod(0o755)

    return without()


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_refusal_to_write_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    deaths(store, 1)
    before = state(store)

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    for module, name in ((os, "link"), (tempfile, "mkstemp"), (os, "open")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, refuse)
            with pytest.raises(StoreError, match="没有写入权限"):
                deaths(store, 1, day=2)
        assert state(store) == before


# --- keeping -------------------------------------------------------------------------------------
def test_verify_finds_nothing_wrong_with_what_was_published(store: Store) -> None:
    deaths(store, 1)
    deaths(store, 2, day=2)
    assert store.verify() == store.verify(1) == []


def test_verify_names_every_file_that_is_not_as_published(store: Store) -> None:
    changed, gone = (deaths(store, n, day=n).data[0].path for n in (1, 2))
    deaths(store, 3, day=3)
    path = store.snapshots / changed
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    (store.snapshots / gone).unlink()
    faults = store.verify()
    assert len(faults) == 2
    assert changed in faults[0] and "不一致" in faults[0]
    assert gone in faults[1] and "缺失" in faults[1]
    assert store.verify(3) == []


def test_verify_names_a_manifest_that_is_damaged(store: Store) -> None:
    deaths(store, 1)
    deaths(store, 2, day=2)
    (store.manifests / "00000001.json").write_bytes(b"")
    [fault] = store.verify()
    assert "manifests/00000001.json" in fault and "损坏" in fault


MANIFEST_DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "not text": lambda data: data[:40] + b"\xff" + data[41:],
    "a list": lambda data: b"[]",
    "another number": lambda data: data.replace(b'"number":1', b'"number":3'),
    "no month": lambda data: data.replace(b"stat_month=", b"stat_month>"),
    "month 13": lambda data: data.replace(b"=2009-04", b"=2009-14"),
    "upwards": lambda data: data.replace(b"data/village", b"../a/village"),
    "no time zone": lambda data: data.replace(b"+00:00", b""),
    "no rows": lambda data: data.replace(b'"rows"', b'"raws"'),
    "files a number": lambda data: b'{"number":1,"files":3}',
}


@pytest.mark.parametrize("damage", MANIFEST_DAMAGE.values(), ids=MANIFEST_DAMAGE)
def test_a_damaged_manifest_is_named(store: Store, damage: Callable[[bytes], bytes]) -> None:
    deaths(store, 1)
    path = store.manifests / "00000001.json"
    data = path.read_bytes()
    path.write_bytes(damage(data))
    assert path.read_bytes() != data
    for read in (store.edition, store.history, lambda: store.diff(1, 1)):
        with pytest.raises(StoreError, match=r"00000001\.json.*已损坏"):
            read()


def test_a_damaged_file_is_named_when_it_is_read(store: Store) -> None:
    edition = deaths(store, 1)
    path = store.snapshots / edition.data[0].path
    data = path.read_bytes()
    for bad in (b"", data[:-9], data[:99] + bytes([data[99] ^ 1]) + data[100:]):
        path.write_bytes(bad)
        with pytest.raises(StoreError, match=f"{path.name}.*损坏"):
            edition.table(*KEY)
    path.unlink()
    with pytest.raises(StoreError, match=f"{path.name}.*缺失"):
        edition.table(*KEY)


def test_publishing_again_mends_a_damaged_file(store: Store) -> None:
    edition = deaths(store, 1)
    path = store.snapshots / edition.data[0].path
    path.write_bytes(b"PAR1")
    assert deaths(store, 1, day=2).data == edition.data
    assert store.verify() == []


def age(store: Store, days: float) -> None:
    """Make every data file so many days old."""
    for path in store.snapshots.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - days * 86_400,) * 2)


def test_vacuum_deletes_only_what_no_manifest_names_and_is_old(store: Store) -> None:
    deaths(store, 1)
    stray = store.snapshots / "data/village_month/stat_month=2009-04/.tmp-broken"
    left = store.manifests / ".tmp-broken"
    for path in (stray, left):
        path.write_bytes(b"half")
    assert store.vacuum() == []  # within the period of grace
    age(store, 8)
    assert set(store.vacuum()) == {
        "data/village_month/stat_month=2009-04/.tmp-broken",
        "manifests/.tmp-broken",
    }
    assert store.verify() == []
    assert counted(store.edition()) == [1]


def test_vacuum_can_drop_old_editions(store: Store) -> None:
    for day in (1, 2, 3):
        deaths(store, day, day=day)
    age(store, 8)
    deleted = store.vacuum(keep=2)
    assert deleted[0] == "manifests/00000001.json"
    assert len(deleted) == 2
    assert store.numbers() == [2, 3]
    assert store.verify() == []
    assert deaths(store, 9, day=9).number == 4
    assert store.vacuum(keep=0) == []


def test_vacuum_deletes_nothing_while_a_kept_manifest_cannot_be_read(store: Store) -> None:
    for day in (1, 2, 3):
        deaths(store, day, day=day)
    (store.manifests / "00000002.json").write_bytes(b"{")
    age(store, 8)
    before = state(store)
    with pytest.raises(StoreError, match=r"00000002\.json"):
        store.vacuum(keep=2)
    assert state(store) == before


def test_vacuum_says_what_it_may_not_delete(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    deaths(store, 1)
    deaths(store, 2, day=2)

    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError, match=r"manifests/00000001\.json.*没有写入权限"):
        store.vacuum(keep=1)


def test_verify_names_a_manifest_that_is_gone(store: Store) -> None:
    for day in (1, 2, 3):
        deaths(store, day, day=day)
    (store.manifests / "00000002.json").unlink()
    assert store.verify() == [
        "snapshots/manifests/00000002.json：版本清单缺失。请从备份恢复。",
    ]
