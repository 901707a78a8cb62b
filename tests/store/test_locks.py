"""The lock on what is written: one holder at a time, let go with its process, told when busy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shortplank.errors import StoreError
from shortplank.store import Store, journal, locks
from shortplank.store.locks import locked
from tests.store.workspaces import deaths

fcntl = pytest.importorskip("fcntl")
BUSY = StoreError("忙")
HOLDER = """
import sys, time
from pathlib import Path
from shortplank.errors import StoreError
from shortplank.store.locks import locked
with locked(Path(sys.argv[1]), StoreError("忙")):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for a lock are over at once."""
    monkeypatch.setattr(locks, "LOCK_SECONDS", 0.05)


def test_threads_hold_it_one_after_another(tmp_path: Path) -> None:
    path, holders, most = tmp_path / ".lock", [0], []

    def hold(_: int) -> None:
        for _ in range(20):
            with locked(path, BUSY):
                holders[0] += 1
                most.append(holders[0])
                holders[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hold, range(8)))
    assert most == [1] * 160
    assert path.exists() and path.stat().st_size == 0


@pytest.mark.usefixtures("impatient")
def test_it_is_let_go_when_its_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="忙"), locked(path, BUSY):
            pass
        process.kill()
    with locked(path, BUSY):
        pass


@pytest.mark.usefixtures("impatient")
def test_it_is_let_go_where_what_it_guards_fails(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), locked(tmp_path / ".lock", BUSY):
            _ = 1 / 0


@pytest.mark.usefixtures("impatient")
def test_files_locked_by_the_system_call_itself_are_respected(store: Store) -> None:
    deaths(store, 1)
    journal.append(store.root, "meetings", {"item": "一"})
    for name, said in (
        ("snapshots/.lock", "snapshots/.lock：另一次发布还没有结束。请稍后再试。"),
        ("journal/meetings.jsonl", "journal/meetings.jsonl：另一次写入还没有结束。请稍后再试。"),
    ):
        with (store.root / name).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with pytest.raises(StoreError) as fault:
                deaths(store, 2)
                journal.append(store.root, "meetings", {"item": "二"})
        assert fault.value.sentence == said
    journal.append(store.root, "meetings", {"item": "三"})
    assert [line["item"] for line in journal.read(store.root, "meetings")] == ["一", "三"]


def test_lines_of_many_threads_all_stand(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: journal.append(tmp_path, "meetings", {"n": n}), range(80)))
    assert sorted(line["n"] for line in journal.read(tmp_path, "meetings")) == list(range(80))


def test_a_system_whose_locks_keep_readers_out_locks_a_file_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(tmp_path, "meetings", {"n": 1})
    assert os.listdir(tmp_path / "journal") == ["meetings.jsonl"]
    monkeypatch.setattr(locks, "LOCKS_OUT_READERS", True)
    journal.append(tmp_path, "meetings", {"n": 2})
    assert set(os.listdir(tmp_path / "journal")) == {"meetings.jsonl", ".meetings.jsonl.lock"}
    assert [line["n"] for line in journal.read(tmp_path, "meetings")] == [1, 2]


@pytest.mark.parametrize("number", ["EROFS", "ENOLCK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])
def test_what_cannot_be_locked_is_not_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    import errno

    def refused(*_: object, **__: object) -> bool:
        code = getattr(errno, number)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(locks, "lock_descriptor", refused)
    said, publishing = "这里的文件系统不能加锁，没有写入。请在共享存储上启用锁", "snapshots/.lock"
    if number == "EROFS":
        said, publishing = "没有写入权限", "snapshots"
    with pytest.raises(StoreError, match=f"^{re.escape(publishing)}：{said}"):
        deaths(store, 1)
    with pytest.raises(StoreError, match=rf"^journal/meetings\.jsonl：{said}"):
        journal.append(store.root, "meetings", {"n": 1})
    assert store.numbers() == [] and journal.read(store.root, "meetings") == []
