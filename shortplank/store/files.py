"""Bytes on disk: written whole, synced and renamed, never half."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shortplank.errors import StoreError

# What file systems without links say: SMB, FAT, some in user space.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
RESTORE = "请从备份恢复，或恢复到别的版本"


def short_hash(data: bytes) -> str:
    """Return the 16 hexadecimal digits that a file of these bytes is named by."""
    return hashlib.sha256(data).hexdigest()[:16]


def check(path: Path) -> bytes:
    """Return a file's bytes; `StoreError` names one that is missing or not what its name says."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise StoreError("数据文件缺失", place=place_of(path), mend="请从备份恢复") from error
    except OSError as error:
        raise StoreError("数据文件无法读取", place=place_of(path), mend="请检查权限") from error
    if short_hash(data) != path.stem.rpartition("-")[2]:
        raise StoreError("数据文件已损坏", place=place_of(path), mend=RESTORE)
    return data


@dataclass(frozen=True)
class _Listed:
    """The names in a folder, and what the folder was when they were read."""

    folder: tuple[int, int, int]
    names: tuple[str, ...]


_listed: dict[Path, _Listed] = {}
# A folder that was changed so lately may be changed again without its time being another: by the
# tick of a clock, by a file system that counts seconds, by the clock of another machine.
SETTLED_NS = 5_000_000_000


def names_in(folder: Path) -> tuple[str, ...]:
    """Return the names in a folder, read again only when it has changed; `OSError` as ``listdir``.

    Python lets other threads go first at each name that it reads: on a busy server each may take
    half a millisecond, and a run asks for the editions some ten times.
    """
    told = os.stat(folder)
    now = told.st_dev, told.st_ino, told.st_mtime_ns
    listed = _listed.get(folder)
    if listed is None or listed.folder != now:
        listed = _Listed(now, tuple(os.listdir(folder)))
        if time.time_ns() - told.st_mtime_ns > SETTLED_NS:
            _listed[folder] = listed
    return listed.names


def write_once(path: Path, data: bytes, *, private: bool = False, lasting: bool = True) -> None:
    """Write content-addressed bytes; a file of that name and size is there already and stays.

    What is ``private`` is open to its owner alone, with its folder; what is not ``lasting`` may be
    lost in a power cut.
    """
    try:
        if path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return
        if lasting:
            _make_folder(path.parent, 0o700 if private else 0o777)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
        _write_and_rename(
            path, data, replace=True, mode=0o600 if private else 0o644, lasting=lasting
        )
    except OSError as error:
        raise write_failure(error, place_of(path)) from error


def write_exclusive(path: Path, data: bytes) -> None:
    """Create ``path`` with ``data`` in one step; an existing file is never replaced."""
    try:
        _make_folder(path.parent)
        _write_and_rename(path, data, replace=False)
    except FileExistsError as error:
        raise StoreError(
            "这一版已由另一次发布写入", place=place_of(path), mend="请重新发布"
        ) from error
    except OSError as error:
        # Only a link is about two names.
        if error.errno in _NO_LINKS and error.filename2:
            raise StoreError(
                "这里的文件系统不能建立硬链接，没有发布",
                place=place_of(path),
                mend="请把工作区移到本机磁盘，或 NFS（第 4 版）、CephFS、JuiceFS；SMB 不行",
            ) from error
        raise write_failure(error, place_of(path)) from error


def write_private(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, open to its owner alone; `OSError` as the system says."""
    _write_and_rename(path, data, replace=True, mode=0o600)


def write_together(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, all of them or none, and return their paths.

    All are written under other names first; where one cannot take its name, those that were
    there before stand again. `OSError` as the system says it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in contents:
        if (folder / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".tmp-") as made:
        new, old = Path(made) / "new", Path(made) / "old"
        new.mkdir()
        old.mkdir()
        for name, data in contents.items():
            (new / name).write_bytes(data)
        done: list[str] = []
        try:
            for name in contents:
                done.append(name)
                if (folder / name).exists():
                    rename(folder / name, old / name)
                rename(new / name, folder / name)
        except BaseException:
            for name in done:
                _put_back(folder / name, old / name, new / name)
            raise
    return [folder / name for name in contents]


def _put_back(path: Path, old: Path, new: Path) -> None:
    """Undo one file of `write_together`: what was there before stands again, or nothing."""
    if old.exists():
        rename(old, path)
    elif not new.exists():
        path.unlink(missing_ok=True)


def _write_and_rename(
    path: Path, data: bytes, *, replace: bool, mode: int = 0o644, lasting: bool = True
) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if hasattr(os, "fchmod"):  # Windows has it from Python 3.13 on, and needs it never
                os.fchmod(file.fileno(), mode)
            if lasting:
                os.fsync(file.fileno())
        if replace:
            rename(Path(name), path)
        else:
            link(Path(name), path)
            Path(name).unlink(missing_ok=True)
    except BaseException:
        if os.path.exists(name):
            os.unlink(name)
        raise
    if lasting:
        sync_folders([path.parent])


# --- names, where a server may do what it is asked and its reply be lost --------------------------
def rename(source: Path, target: Path) -> None:
    """Give a file another name, in place of what has it; `OSError` as the system says it.

    A rename that was done is asked again where its reply was lost, and finds nothing: it counts
    as done where the name is now that file's.
    """
    asked = source.stat()
    try:
        os.replace(source, target)
    except FileNotFoundError:
        if not _is_now(target, asked):
            raise


def link(source: Path, target: Path) -> None:
    """Give a file that nobody else names a second name; `OSError` as the system says it.

    `FileExistsError` where another file has that name. A link that was made is asked for again
    where its reply was lost, and finds its own name taken: it counts as made.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        if not _is_now(target, source.stat()):
            raise


def _is_now(path: Path, asked: os.stat_result) -> bool:
    """Return whether a name is a certain file's."""
    try:
        return os.path.samestat(path.stat(), asked)
    except OSError:
        return False


def _make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, each one's name synced where it is new."""
    if not folder.is_dir():
        _make_folder(folder.parent, mode)
        folder.mkdir(mode, exist_ok=True)
        sync_folders([folder.parent])


def sync_folders(folders: Iterable[Path]) -> None:
    """Sync the names in folders; what is renamed already stands: a refusal is no failed write."""
    for folder in folders:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def write_failure(error: OSError, place: str) -> StoreError:
    """Return the sentence for a write that the system refused."""
    if error.errno == errno.ENOSPC:
        return StoreError("磁盘已满，没有写入", place=place, mend="请腾出空间后重试，旧版本未变")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError("没有写入权限", place=place, mend="请检查文件夹权限，旧版本未变")
    return StoreError(f"写入失败（{error.strerror}）", place=place, mend="旧版本未变，请重试")


def place_of(path: Path) -> str:
    """Return where a file stands in its workspace, as a sentence names it."""
    parts = path.parts
    for root in ("snapshots", "marts", "inbox"):
        if root in parts:
            return "/".join(parts[parts.index(root) :])
    return path.name
