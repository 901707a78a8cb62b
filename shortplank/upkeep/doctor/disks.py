"""The disks: room, what their file systems can do, and whether the state folder is local."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from shortplank.errors import StoreError
from shortplank.store.locks import locked
from shortplank.upkeep.doctor.found import Found, State, found
from shortplank.wording.upkeep import TRIED

MEGABYTE = 1 << 20
FULL, LOW = 200 * MEGABYTE, 2048 * MEGABYTE
MOUNTS = Path("/proc/mounts")
# What the store and its vacuum know as something left for a moment.
PASSING = ".tmp-doctor-"
_NETWORK = re.compile(
    r"nfs.*|cifs|smb.*|afs|9p|ceph|glusterfs|lustre|ocfs2|gfs2|beegfs|ncpfs|davfs"
    r"|fuse\.(sshfs|s3fs|rclone|glusterfs|ceph.*|davfs.*|smb.*|nfs.*)"
)
_OTHER_PROCESS = (
    "import os, sys; from filelock import lock_descriptor; "
    "print(lock_descriptor(os.open(sys.argv[1], os.O_RDWR), blocking=False))"
)


def space(check: str, folder: Path) -> Iterator[Found]:
    """Yield how much room a folder's disk has, and whether it takes what is written."""
    there = _nearest(folder)
    free = shutil.disk_usage(there).free
    about = {"free": _size(free)}
    if hasattr(os, "statvfs"):
        files = os.statvfs(there)
        if files.f_files and not files.f_favail:
            yield found(check, "wrong", "disk_files")
            return
    refused = _refusal(there) if there == folder else None
    if refused is not None and refused.errno not in (errno.ENOSPC, errno.EDQUOT):
        reason = refused.strerror or type(refused).__name__
        yield found(check, "wrong", "disk_refused", reason=reason, path=folder)
    elif refused is not None or free < FULL:
        yield found(check, "wrong", "disk_full", **about)
    elif free < LOW:
        yield found(check, "warn", "disk_low", **about)
    else:
        yield found(check, "ok", "disk_ok", **about)


def _nearest(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.resolve().parents) if path.is_dir())


def _size(number: int) -> str:
    return f"{number / (1 << 30):.1f} GB" if number >= 1 << 30 else f"{number // MEGABYTE} MB"


def _refusal(folder: Path) -> OSError | None:
    """Return how the system refuses a megabyte in a folder, None where it takes it."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=PASSING) as file:
            file.write(bytes(MEGABYTE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error
    return None


# --- what the file system can do ------------------------------------------------------------------
def locks(workspace: Path) -> Iterator[Found]:
    """Yield whether what publishing rests on works here: it is tried, with a second process."""
    try:
        with tempfile.TemporaryDirectory(dir=workspace, prefix=PASSING) as made:
            failing = [name for name, works in TRIALS.items() if not _works(works, Path(made))]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield found("locks", "wrong", "locks_unknown", reason=reason)
        return
    if failing:
        names = "、".join(TRIED[name] for name in failing)
        yield found("locks", "wrong", "locks_bad", names=names)
    else:
        yield found("locks", "ok", "locks_ok")


def _works(trial: Callable[[Path], bool], folder: Path) -> bool:
    try:
        return trial(folder)
    except (OSError, StoreError, NotImplementedError):
        return False


def _exclusive(folder: Path) -> bool:
    """Return whether a file that is there is not made again."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    os.close(os.open(folder / "once", flags))
    try:
        os.close(os.open(folder / "once", flags))
    except FileExistsError:
        return True
    return False


def _link(folder: Path) -> bool:
    """Return whether a file gets a second name, and none that is taken."""
    (folder / "first").write_bytes(b"first")
    (folder / "taken").write_bytes(b"taken")
    os.link(folder / "first", folder / "second")
    try:
        os.link(folder / "first", folder / "taken")
    except FileExistsError:
        return os.path.samefile(folder / "first", folder / "second")
    return False


def _rename(folder: Path) -> bool:
    """Return whether a file takes the place of another in one step."""
    (folder / "old").write_bytes(b"old")
    (folder / "new").write_bytes(b"new")
    os.replace(folder / "new", folder / "old")
    return (folder / "old").read_bytes() == b"new" and not (folder / "new").exists()


def _lock(folder: Path) -> bool:
    """Return whether a lock keeps another process out, and lets it in afterwards."""
    with locked(folder / "lock", StoreError("")):
        kept_out = _other_process(folder / "lock")
    return (kept_out, _other_process(folder / "lock")) == ("False", "True")


def _other_process(path: Path) -> str:
    command = [sys.executable, "-c", _OTHER_PROCESS, str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()


TRIALS = {"exclusive": _exclusive, "link": _link, "rename": _rename, "lock": _lock}


# --- the state folder -----------------------------------------------------------------------------
def state(folder: Path) -> Iterator[Found]:
    """Yield whether the state folder is there, on a local disk, and can hold its database."""
    kind = file_system(folder)
    about: dict[str, object] = {"path": folder, "kind": kind or "?"}
    if _NETWORK.fullmatch(kind):
        yield found("state", "wrong", "state_network", **about)
    elif not folder.is_dir():
        above = _nearest(folder)
        possible = not folder.exists() and os.access(above, os.W_OK)
        worst: State = "warn" if possible else "wrong"
        yield found("state", worst, "state_none" if possible else "state_impossible", **about)
    elif not _holds_database(folder):
        yield found("state", "wrong", "state_database", **about)
    else:
        yield found("state", "ok", "state_ok", **about)


def file_system(folder: Path) -> str:
    """Return the kind of file system that a folder stands on, "" where the system does not say."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    place, best, kind = folder.resolve(), -1, ""
    for line in lines:
        _, point, found_kind, *_ = f"{line} ? ? ?".split(" ")
        at = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), point))
        if place.is_relative_to(at) and len(at.parts) >= best:
            best, kind = len(at.parts), found_kind
    return kind


def _holds_database(folder: Path) -> bool:
    """Return whether SQLite's write-ahead log works there."""
    try:
        with (
            tempfile.TemporaryDirectory(dir=folder, prefix=PASSING) as made,
            closing(sqlite3.connect(Path(made) / "trial.db")) as database,
        ):
            mode = database.execute("pragma journal_mode = wal").fetchone()
            database.execute("create table trial (number integer)")
            return bool(mode == ("wal",))
    except (OSError, sqlite3.Error):
        return False
