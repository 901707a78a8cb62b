"""Processes that publish, are killed on the way, and read all the while; run by forkserver."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from shortplank.errors import StoreError
from shortplank.store import Store, locks
from tests.store import workspaces as w

STEPS = ("mkstemp", "fchmod", "fsync", "replace", "link", "unlink")
"""The calls that change the disk on a publish's way; a kill is tried before and after each."""


def context() -> ForkServerContext:
    """Return processes that start in milliseconds, with the store imported.

    And pandas, which Arrow looks for when a process makes its first table: that is most of the
    time that one would take to publish.
    """
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.store.publishers", "pandas"])
    return found


def wait_as_long_as_it_takes() -> None:
    """Let a publisher wait for ten others on a machine that is busy with more than these."""
    locks.LOCK_SECONDS = 600.0


def change(number: int) -> dict[tuple[str, date], Any]:
    """Return two months in which every figure is the number of the publish."""
    rows = {
        month: [w.village(code, month, deaths=number) for code in w.VILLAGES]
        for month in (w.APRIL, w.MAY)
    }
    return {("village_month", month): w.table(found) for month, found in rows.items()}


def publish(root: Path, number: int) -> int:
    """Publish one such pair of months and return the edition's number."""
    at = datetime(2010, 1, 1, tzinfo=UTC)
    return Store(root).publish(change(number), why="", published_at=at).number


def killed_at(root: Path, number: int, step: int) -> None:
    """Publish, and die by SIGKILL at one step: even before the call, odd after it."""
    calls = iter(range(0, 1000, 2))

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*values: Any, **named: Any) -> Any:
            now = next(calls)
            if now == step:
                os.kill(os.getpid(), signal.SIGKILL)
            result = call(*values, **named)
            if now + 1 == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return wrapped

    for name in STEPS:
        owner = tempfile if name == "mkstemp" else os
        setattr(owner, name, dying(getattr(owner, name)))
    publish(root, number)


def publish_on(root: Path, first: int, begun: Event, count: int = 12) -> None:
    """Say that it begins, then publish one edition after another until killed."""
    store = Store(root)
    changes = [change(first + n) for n in range(count)]
    assert store.workspace  # its settings are read
    begun.set()
    for each in changes:
        store.publish(each, why="")


def figures(store: Store) -> set[int]:
    """Return every figure of the newest edition: one number where it is whole."""
    edition = store.edition()
    found: set[int] = set()
    for month in (w.APRIL, w.MAY):
        table = edition.table("village_month", month)
        assert table is not None and table.num_rows == len(w.VILLAGES)
        found |= set(table["deaths"].to_pylist())
    return found


def read_on(root: Path, stop: Event, counts: Any) -> None:
    """Read the newest edition until told to stop; ``counts`` holds the good reads and the bad."""
    store = Store(root)
    while not stop.wait(0.002):  # hundreds of reads a second, and a core left to publish with
        try:
            counts[0 if len(figures(store)) == 1 else 1] += 1
        except (StoreError, AssertionError, OSError):
            counts[1] += 1
