"""``shortplank backup``: one file of all that cannot be made again, of one moment."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from shortplank.access import MACHINE
from shortplank.audit.lines import note_first
from shortplank.audit.state import state_folder
from shortplank.catalogue.loader import SCHEMA_VERSION, UPGRADING, schema_version
from shortplank.errors import ShortplankError, StoreError, WorkspaceError
from shortplank.store.files import link, rename, sync_folders, write_private
from shortplank.store.locks import locked, try_lock
from shortplank.upkeep import archive
from shortplank.upkeep.contents import BackupError, Moved, Taken, take
from shortplank.wording import backup as words

LAST = "last_backup.json"
# A clean-up of old editions may take away what a backup is about to read; it begins anew.
_ATTEMPTS = 3
_AS_IT_IS: int = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True)
class Backup:
    """A backup that was made: when, where it stands, its hash and size, how many editions.

    ``lacking`` is how many handed-in files the workspace had lost before.
    """

    at: datetime
    file: Path
    sha256: str
    bytes: int
    editions: int
    lacking: int = 0


def backup(root: Path | str, file: Path | str, *, force: bool = False) -> Backup:
    """Write a workspace into one file and return what was made; readers and writers go on.

    `ShortplankError` where it cannot be made: then nothing stands under its name, or what stood
    there before. ``force`` puts it in place of another file.
    """
    root, file = Path(root).resolve(), Path(os.path.abspath(file))
    schema = _schema(root)
    _refuse_place(root, file, force=force)
    note_first(root, MACHINE.account, "export", act="backup", figures="exact")
    with _written(file, force=force) as sink:
        taken, sha256 = _write(sink, root, schema)
        size = sink.tell()
    made = Backup(taken.at, file, sha256, size, len(taken.editions), len(taken.lacking))
    # The backup stands; that nobody will be reminded of it is no reason to call it failed.
    with suppress(OSError, ShortplankError):
        _remember(root, made)
    return made


def _schema(root: Path) -> int:
    """Return the version of the workspace's form, an older one too; its other settings may be
    broken: what cannot be made again is kept all the more."""
    if not (root / "workspace.toml").is_file():
        raise WorkspaceError("这里不是工作区", place=str(root), mend=words.CHECK_WORKSPACE)
    found = schema_version(root)
    if found is None or found > SCHEMA_VERSION:
        raise WorkspaceError(
            f"工作区不是第 {SCHEMA_VERSION} 版或更旧的（键 schema_version）",
            place="workspace.toml",
            mend="请换用新版本的程序，或改正这个键",
        )
    if (root / UPGRADING).exists():
        raise WorkspaceError(
            "工作区的升级还没有做完",
            place="workspace.toml",
            mend=f"请先运行 shortplank upgrade -w {root}",
        )
    return found


def _refuse_place(root: Path, file: Path, *, force: bool) -> None:
    folder = file.parent.resolve()
    if folder == root or root in folder.parents:
        raise BackupError(
            "备份不能放在工作区里", place=str(file), mend="请写到另一个文件夹，最好是另一块盘"
        )
    if not folder.is_dir():
        raise BackupError("没有这个文件夹", place=str(file.parent), mend="请先建立它")
    if file.is_dir() or (file.exists() and not force):
        raise BackupError(
            "已经有这个文件，没有备份", place=str(file), mend="请换一个名字，或加 --force"
        )


def _write(sink: BinaryIO, root: Path, schema: int) -> tuple[Taken, str]:
    for left in reversed(range(_ATTEMPTS)):
        try:
            taken = take(root)
            return taken, archive.write(sink, root, taken, schema)
        except Moved as error:
            if not left:
                raise StoreError(
                    "文件缺失，没有备份", place=str(error), mend=words.FETCH_FROM_BACKUP
                ) from error
            sink.seek(0)
            sink.truncate()
    raise AssertionError


# --- the file -------------------------------------------------------------------------------------
@contextmanager
def _written(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Yield ``FILE.part``, which takes its name when it is whole and synced, or goes."""
    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(_alone(part), "wb") as sink:
            try:
                yield sink
                sink.flush()
                os.fsync(sink.fileno())
                _name(part, file, force=force)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        sync_folders([file.parent])
    except OSError as error:
        raise _failure(error, file) from error


def _alone(part: Path) -> int:
    """Return the handle of the file that is written, empty and held against other backups.

    What one that was killed left behind is taken over; one that goes on is not.
    """
    handle = os.open(part, os.O_RDWR | os.O_CREAT | _AS_IT_IS, 0o600)
    try:
        if os.fstat(handle).st_nlink > 1:  # a backup that is done, but for its other name
            part.unlink()
            os.close(handle)
            handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | _AS_IT_IS, 0o600)
        same = try_lock(handle, str(part)) and _is_same(handle, part)
        if not same:
            raise BackupError(
                "另一次备份正在写这个文件", place=str(part), mend="请等它结束，或换一个名字"
            )
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)
        os.ftruncate(handle, 0)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _is_same(handle: int, path: Path) -> bool:
    """Return whether a name is still the opened file's, and not given to a backup that is done."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _name(part: Path, file: Path, *, force: bool) -> None:
    if force:
        rename(part, file)
        return
    try:
        link(part, file)  # never in place of a file that came meanwhile
    except FileExistsError:
        raise
    except OSError:  # a disk without links, as a memory stick is
        if file.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file)) from None
        rename(part, file)
    else:
        part.unlink(missing_ok=True)


def _failure(error: OSError, file: Path) -> BackupError:
    if error.errno == errno.ENOSPC:
        return BackupError("磁盘已满，没有备份", place=str(file), mend="请腾出空间后重试")
    if isinstance(error, FileExistsError):
        return BackupError(
            "已经有这个文件，没有备份", place=str(file), mend="请换一个名字，或加 --force"
        )
    return BackupError(
        f"备份写不进去（{error.strerror}）", place=str(file), mend=words.CHECK_RIGHTS
    )


# --- the last one ---------------------------------------------------------------------------------
def newest(workspace: Path | str) -> Backup | None:
    """Return the last backup that was made of a workspace here, None where none is known."""
    root = Path(workspace).resolve()
    found: Any = _known(state_folder(root) / LAST).get(str(root))
    try:
        return Backup(
            datetime.fromisoformat(found["at"]),
            Path(found["file"]),
            str(found["sha256"]),
            int(found["bytes"]),
            int(found["editions"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _known(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(root: Path, made: Backup) -> None:
    """Write down a backup beside those of the installation's other workspaces."""
    path = state_folder(root) / LAST
    line = {
        "at": made.at.isoformat(),
        "file": str(made.file),
        "sha256": made.sha256,
        "bytes": made.bytes,
        "editions": made.editions,
    }
    busy = StoreError("另一次写入还没有结束", place=LAST, mend="请稍后再试")
    with locked(path.with_name(f".{LAST}.lock"), busy):
        known = {**_known(path), str(root): line}
        write_private(path, json.dumps(known, ensure_ascii=False, indent=1).encode())
