"""``shortplank restore``: a backup becomes a workspace whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shortplank.access import MACHINE
from shortplank.audit.lines import note
from shortplank.errors import StoreError
from shortplank.store import Store
from shortplank.store.edition import parse_manifest
from shortplank.store.files import rename, sync_folders
from shortplank.upkeep.archive import Archive, Head, opened
from shortplank.upkeep.contents import BackupError
from shortplank.wording import backup as words

_MANIFESTS = "snapshots/manifests/"
_FLAGS: int = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)


def check(file: Path | str) -> Head:
    """Return what a backup holds; `ShortplankError` where it could not be restored.

    Every byte is read and held against its hash, and every edition against its manifest; nothing
    is written.
    """
    with opened(Path(file)) as archive:
        manifests: dict[str, bytes] = {}
        for name, _, pieces in archive.entries():
            data = [piece for piece in pieces if name.startswith(_MANIFESTS)]
            if data:
                manifests[name] = b"".join(data)
        _hold(archive, manifests)
        return archive.head


def _hold(archive: Archive, manifests: dict[str, bytes]) -> None:
    """Raise `BackupError` where an edition is not wholly in the backup."""
    listed = archive.head.files
    for number in archive.head.editions:
        try:
            edition = parse_manifest(Path(), number, manifests[f"{_MANIFESTS}{number:08d}.json"])
            same = all(listed[f"snapshots/{f.path}"].sha256 == f.sha256 for f in edition.data)
        except (KeyError, ValueError, TypeError, AttributeError):
            same = False
        if not same:
            raise _not_whole(archive, number)


def _not_whole(archive: Archive, number: int) -> BackupError:
    return BackupError(
        f"备份里的第 {number} 版不完整", place=archive.place, mend=words.NOTHING_WRITTEN
    )


def restore(file: Path | str, target: Path | str) -> Head:
    """Make a backup a workspace at ``target``, a new or empty folder, and return what it held.

    It is unpacked beside, verified and synced before it takes its name; `ShortplankError` where
    that fails, and nothing is left behind.
    """
    target = Path(os.path.abspath(target))
    with opened(Path(file)) as archive:
        _refuse_content(target)
        with _beside(target) as made:
            _unpack(archive, made)
            _verify(archive, made)
            _stand(made, target)
        head = archive.head
    newest = max(head.editions, default=0)
    note(target, MACHINE.account, "restore", act="backup", edition=newest)
    return head


def _refuse_content(target: Path) -> None:
    try:
        full = target.is_symlink() or (
            target.exists() and (not target.is_dir() or any(target.iterdir()))
        )
    except OSError as error:
        raise _failure(error, target) from error
    if full:
        raise BackupError(
            "这里已有内容，没有恢复", place=str(target), mend="请换一个新的或空的文件夹"
        )
    if not target.parent.is_dir():
        raise BackupError("没有这个文件夹", place=str(target.parent), mend="请先建立它")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield a hidden folder beside the target, which is gone at the end unless it took its name."""
    try:
        made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.restoring-"))
    except OSError as error:
        raise _failure(error, target.parent) from error
    try:
        yield made
    except OSError as error:
        raise _failure(error, target) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _failure(error: OSError, place: Path) -> BackupError:
    if error.errno == errno.ENOSPC:
        return BackupError("磁盘已满，没有恢复", place=str(place), mend="请腾出空间后重试")
    return BackupError(f"写不进去（{error.strerror}）", place=str(place), mend=words.CHECK_RIGHTS)


# --- unpacking ------------------------------------------------------------------------------------
def _unpack(archive: Archive, made: Path) -> None:
    """Write every file of a backup below a folder, each held against its hash, and sync it."""
    for name, listed, pieces in archive.entries():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, _FLAGS, 0o600)
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(listed.mode & 0o755 | 0o600)
    folders = archive.head.folders
    for name in folders:
        (made / name).mkdir(parents=True, exist_ok=True)
    below = [path for path in made.rglob("*") if path.is_dir()]
    for path in below:
        path.chmod(folders.get(path.relative_to(made).as_posix(), 0o755) & 0o755 | 0o700)
    sync_folders([*below, made])


def _verify(archive: Archive, made: Path) -> None:
    """Raise `ShortplankError` where the product itself finds anything wrong with the editions."""
    store = Store(made)
    if tuple(store.numbers()) != archive.head.editions:
        raise _not_whole(archive, max(archive.head.editions, default=0))
    for fault in store.verify():
        raise StoreError(fault, place=archive.place, mend=words.ANOTHER_BACKUP)


def _stand(made: Path, target: Path) -> None:
    """Give the folder its name, in one step; an empty folder of that name gives way to it."""
    made.chmod(0o700)
    try:
        if os.name == "nt" and target.exists():
            target.rmdir()
        rename(made, target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise BackupError(
                "这里已有内容，没有恢复", place=str(target), mend="请换一个新的或空的文件夹"
            ) from error
        if error.errno in (errno.EBUSY, errno.EXDEV):
            raise BackupError(
                "这个文件夹是挂载点，不能整个换上", place=str(target), mend="请写它下面的新文件夹"
            ) from error
        raise
    sync_folders([target.parent])
