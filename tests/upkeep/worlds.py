"""A small county with everything in it that a backup holds, and processes that work in it."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from shortplank.access import MACHINE
from shortplank.gate.accounts import Accounts
from shortplank.store import Store, inbox, journal, locks
from shortplank.upkeep import archive
from shortplank.upkeep import upgrade as upgrading
from shortplank.upkeep.backup import backup
from shortplank.upkeep.restore import restore
from tests.store import publishers
from tests.store import workspaces as w
from tests.store.boundaries.files import row_of_squares

SECONDS = 60


def full(root: Path) -> Path:
    """Return a workspace with settings, accounts, editions, journal, inbox, drafts and leavings."""
    store = w.store(root)
    (root / "access.toml").write_text("[local]\n", "utf-8")
    Accounts(root).add(MACHINE, "zhang", "一二三四五六七八九十", "analyst")
    (root / "geo").mkdir()
    (root / "geo" / "areas.geojson").write_bytes(row_of_squares([w.NORTH]))
    work(root, 0, 0)
    w.deaths(store, 3, day=5)
    draft = root / "inbox" / "drafts" / w.NORTH / "village_month-2009-05.json"
    draft.parent.mkdir(parents=True, mode=0o700)
    draft.write_text('{"who": "clerk01", "at": "2010-01-01T00:00:00+00:00", "counts": {}}', "utf-8")
    for name in ("marts/x/y.parquet", ".state/state.db", "journal/.tmp-1", "snapshots/data/.tmp-2"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("derived, or of the installation", "utf-8")
    return root


def kept_of(root: Path) -> dict[str, bytes]:
    """Return what of a workspace cannot be made again, by name."""
    found = {path.relative_to(root): path for path in sorted(root.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in found.items()
        if not any(part.startswith(".") for part in name.parts)
        and name.parts[0] != "marts"
        and name.suffix != ".lock"
    }


# --- those who publish ----------------------------------------------------------------------------
def work(root: Path, publisher: int, round_: int) -> None:
    """Hand in a file, publish an edition that says of which round it is, and say so in a line."""
    store, mark = Store(root), f"{publisher}.{round_}"
    digest = inbox.keep(root, "report.csv", f"report {mark}".encode())
    line = {"act": "hand_in", "id": mark, "file_sha256": digest, "before": store.newest()}
    journal.append(root, "tray", line)
    change = publishers.change(publisher * 100 + round_)
    made = store.publish(change, why=f"第{mark}次")
    journal.append(root, journal.IMPORT_WARNINGS, {"edition": made.number, "findings": []})


def work_on(root: Path, publisher: int, begin: Event, enough: Event) -> None:
    """Publish one round after another, until it is enough."""
    locks.LOCK_SECONDS = 600.0
    begin.wait()
    for round_ in range(1, 100):
        if not enough.is_set():
            work(root, publisher, round_)


def lines(root: Path, kind: str) -> Iterator[dict[str, Any]]:
    """Yield every line of the journal; a torn one fails."""
    data = (root / "journal" / f"{kind}.jsonl").read_bytes()
    assert data.endswith(b"\n")
    yield from map(json.loads, data.splitlines())


def hold_together(root: Path) -> int:
    """Fail where a workspace is not of one moment; return its newest edition."""
    store = Store(root)
    assert store.verify() == []
    newest = store.newest()
    assert store.numbers() == list(range(1, newest + 1))
    handed_in = {line["id"] for line in lines(root, "tray")}
    for line in lines(root, "tray"):
        assert line["before"] <= newest
        assert inbox.fetch(root, line["file_sha256"]) == f"report {line['id']}".encode()
    assert {line["edition"] for line in lines(root, "import_warnings")} <= set(store.numbers())
    said = {edition.why.strip("第次") for edition in store.history()} - {"样例", ""}
    assert said <= handed_in  # no edition without the hand-in that it rests on
    assert len(list((root / "inbox" / "files").iterdir())) == len(handed_in)
    return newest


# --- those who are killed -------------------------------------------------------------------------
def context() -> ForkServerContext:
    """Return processes that start in milliseconds, with all of this imported."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.upkeep.worlds", "pandas", "tomlkit"])
    return found


def killed(what: str, step: int, *paths: Path) -> int | None:
    """Do something in a process of its own that dies before one of its steps on the disk."""
    process = context().Process(target=_dying, args=(what, step, *paths))
    process.start()
    process.join(SECONDS)
    return process.exitcode


# The calls that change the disk on the way of each.
STEPS = {
    "write": (),  # each entry of the archive instead
    "backup": ("ftruncate", "fchmod", "fsync", "link", "unlink", "replace"),
    "restore": ("fsync", "mkdir", "replace"),
    "rename": ("replace",),
    "upgrade": ("replace", "unlink"),
}


def _dying(what: str, step: int, *paths: Path) -> None:
    calls = iter(range(10_000))

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*values: Any, **named: Any) -> Any:
            if next(calls) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*values, **named)

        return wrapped

    os.environ["SHORTPLANK_STATE"] = str(paths[-1])
    for name in STEPS[what]:
        setattr(os, name, dying(getattr(os, name)))
    if what == "write":
        archive._entry = dying(archive._entry)
    if what in ("backup", "write"):
        backup(paths[0], paths[1])
    elif what in ("restore", "rename"):
        restore(paths[0], paths[1])
    else:
        upgrading.STEPS[0] = rebuilt
        upgrading.upgrade(paths[0], without_backup=True)


def rebuilt(folder: Path) -> None:
    """A made-up step: one key goes, one register is new, one file is gone, lines have a key."""
    settings = folder / "workspace.toml"
    text = settings.read_text("utf-8").replace("due_on = 5", "due_day = 5")
    settings.write_text(text, "utf-8")
    (folder / "aliases.csv").write_text((folder / "names.csv").read_text("utf-8"), "utf-8")
    (folder / "names.csv").unlink()
    tray = folder / "journal" / "tray.jsonl"
    lines = tray.read_text("utf-8").replace('"hand_in"', '"hand_in", "made_up": 1')
    tray.write_text(lines, "utf-8")


def older(root: Path) -> Path:
    """Return the full workspace as a version before this one would have had it."""
    settings = full(root) / "workspace.toml"
    text = settings.read_text("utf-8").replace("schema_version = 1", "# kept\nschema_version = 0")
    settings.write_text(text.replace("due_day = 5", "due_on = 5"), "utf-8")
    (root / "names.csv").write_text("area_code,alias\n", "utf-8")
    return root
