"""The state folder's database: one connection a thread, shared by processes, its owner's alone."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest

from shortplank.errors import ShortplankError
from shortplank.gate.database import IDLE, NAME, connect

T = TypeVar("T")


def test_a_thread_has_one_and_no_two_share_it(tmp_path: Path) -> None:
    both, mine = Barrier(2), connect(tmp_path)

    def opened(_: int) -> sqlite3.Connection:
        both.wait()
        assert connect(tmp_path) is connect(tmp_path)
        both.wait()  # each has its own while the other is there
        return connect(tmp_path)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(opened, range(2))
    assert len({id(each) for each in (one, other, mine)}) == 3


def in_a_thread(work: Callable[[], T]) -> T:
    with ThreadPoolExecutor(1) as own:
        return own.submit(work).result()


def test_a_thread_leaves_its_connection_to_the_next_one(tmp_path: Path) -> None:
    """To one that asks the same database, and never with a transaction that it did not end."""

    def asked(name: str = "one") -> sqlite3.Connection:
        (tmp_path / name).mkdir(exist_ok=True)
        return connect(tmp_path / name)

    first = in_a_thread(asked)
    assert in_a_thread(asked) is first
    assert in_a_thread(lambda: asked("other")) is not first
    in_a_thread(lambda: asked().execute("begin").fetchall())
    again = in_a_thread(asked)
    assert again is not first and not again.in_transaction


def test_no_more_than_a_few_connections_are_left_open(tmp_path: Path) -> None:
    many = 2 * IDLE
    all_there = Barrier(many)

    def asked(_: int) -> sqlite3.Connection:
        found = connect(tmp_path)
        all_there.wait()
        return found

    with ThreadPoolExecutor(many) as pool:
        found = list(pool.map(asked, range(many)))
    assert sum(map(is_open, found)) == IDLE


def is_open(connection: sqlite3.Connection) -> bool:
    with suppress(sqlite3.ProgrammingError):
        return bool(connection.execute("select 1").fetchone())
    return False


def test_another_folder_is_another_database(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        connect(tmp_path / name).execute("create table kept (n)")
    assert connect(tmp_path / "one").execute("select count(*) from kept").fetchone() == (0,)


def test_the_files_are_their_owners_alone(tmp_path: Path) -> None:
    connect(tmp_path).execute("create table kept (n)")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {NAME: 0o600, f"{NAME}-wal": 0o600, f"{NAME}-shm": 0o600}


def _add(folder: Path, many: int) -> None:
    connection = connect(folder)
    connection.execute("create table if not exists kept (n)")
    for n in range(many):
        connection.execute("insert into kept values (?)", (n,))


def test_processes_that_open_it_together_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add, args=(tmp_path, 50)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert connect(tmp_path).execute("select count(*) from kept").fetchone() == (200,)


def test_threads_that_make_it_together_all_get_it(tmp_path: Path) -> None:
    for number in range(5):  # without waiting, one in ten rounds failed
        folder = tmp_path / str(number)
        folder.mkdir()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _, place=folder: _add(place, 1), range(8)))
        assert connect(folder).execute("select count(*) from kept").fetchone() == (8,)


def test_what_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database" * 1000)
    with pytest.raises(ShortplankError, match=r"state\.db：状态库无法使用。请检查"):
        connect(tmp_path)
    with pytest.raises(ShortplankError, match="状态库无法使用"):
        connect(tmp_path / "missing")


def test_a_process_that_leaves_does_not_take_the_log_from_those_that_stay(tmp_path: Path) -> None:
    """Connections of many threads come and go; what others then write is seen by who stays."""
    connect(tmp_path).execute("create table t (x)")
    for _ in range(3):
        beside = threading.Thread(target=lambda: connect(tmp_path).execute("select * from t"))
        beside.start()
        beside.join()
        writer = (
            "import sqlite3, sys\n"
            "database = sqlite3.connect(sys.argv[1])\n"
            "database.execute('insert into t values (1)')\n"
            "database.commit()\n"
            "database.close()\n"
        )
        before = connect(tmp_path).execute("select count(*) from t").fetchone()[0]
        subprocess.run([sys.executable, "-c", writer, str(tmp_path / NAME)], check=True)
        assert connect(tmp_path).execute("select count(*) from t").fetchone()[0] == before + 1
