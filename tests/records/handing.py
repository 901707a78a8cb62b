"""Sound June reports of every township of the demo county, and processes that hand them in."""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable
from datetime import date
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from shortplank.access import Actor
from shortplank.errors import Overtaken
from shortplank.ingest import Upload
from shortplank.records import tray
from shortplank.store import Store, locks
from shortplank.store.schema import dataset_measures

MAY = date(2010, 5, 1)
ANALYST = Actor("analyst", "tongji01")
STEPS = ("mkdir", "mkstemp", "fchmod", "fsync", "replace", "write")
"""The calls that change the disk on a hand-in's way; a kill is tried before and after each."""


def report(store: Store, area: str, added: int = 0) -> Upload:
    """Return a township's village report of June: its counts of May, with more people."""
    ws, table = store.workspace, store.edition().table("village_month", MAY)
    assert table is not None
    own = {village.area_code for village in ws.valid_below(area, MAY)}
    measures = dataset_measures(ws, "village_month")
    known = {name for name in ws.forms["village_month"].columns if name in measures}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["month", "area_code", *sorted(known)])
    for row in table.to_pylist():
        if row["area_code"] in own:
            counts = {name: row[name] or 0 for name in known}
            counts["pop_end"] += added
            writer.writerow(["2010-06", row["area_code"], *(counts[n] for n in sorted(known))])
    return Upload(f"2010-06_{ws.area_by_code[area].name}.csv", text.getvalue().encode())


def clerk(area: str) -> Actor:
    """Return a township's account."""
    return Actor("filer", f"clerk{area}", area)


def context() -> ForkServerContext:
    """Return processes that start in milliseconds, with the tray imported."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.records.handing", "pandas"])
    return found


def hand_in(root: Path, area: str, upload: Upload) -> None:
    """Hand a township's report in as its account."""
    locks.LOCK_SECONDS = 600.0
    os.environ["SHORTPLANK_TODAY"] = "2010-07-03"
    store = Store(root).acting_for(clerk(area))
    tray.hand_in(store, upload, area=area, way="file")


def accept(root: Path, key: str) -> None:
    """Accept an item as an analyst."""
    tray.accept(Store(root).acting_for(ANALYST), key)


def accept_all(root: Path, many: int, count: Any) -> None:
    """Accept what comes until so many are accepted; count those that this one accepted."""
    locks.LOCK_SECONDS = 600.0
    store = Store(root).acting_for(ANALYST)
    while True:
        found = tray.items(store.workspace, store)
        if sum(item.state == "accepted" for item in found) == many:
            return
        for item in found:
            if item.state == "handed_in":
                try:
                    tray.accept(store, item.id)
                except Overtaken:
                    continue
                with count.get_lock():
                    count.value += 1


def dying(step: int, work: Callable[..., None], *arguments: Any) -> None:
    """Work, and die by SIGKILL at one step: even before the call, odd after it."""
    calls = iter(range(0, 1000, 2))

    def watched(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*values: Any, **named: Any) -> Any:
            now = next(calls)
            if now == step:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return call(*values, **named)
            finally:  # a folder that is there already is said by an error
                if now + 1 == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        return wrapped

    for name in STEPS:
        owner = tempfile if name == "mkstemp" else os
        setattr(owner, name, watched(getattr(owner, name)))
    work(*arguments)
