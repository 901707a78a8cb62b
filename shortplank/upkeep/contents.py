"""What a backup holds, and how it comes to be of one moment while others go on writing.

No lock is held, and nobody is made to wait. What is needed for that is how the product writes:

- an edition's files stand before its manifest, and neither ever changes;
- a line of the journal stands after the edition and after the handed-in file that it names, and
  the journal only grows;
- a draft is taken away after the line that hands it in;
- settings, registers and accounts change seldom, and rarely by the product itself.

So settings and drafts are read first. Then the list of manifests and the lengths of the journal
are looked at twice: as both only grow, two looks that agree are the state of the moment between
them. Where the settings are still the ones that were read, all of it is of that moment, but for a
draft that was handed in meanwhile: then line and draft are both there, as after a process that
ended between the two. What that moment names is read afterwards, for it does not change any more.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shortplank.audit.state import NAME as STATE
from shortplank.catalogue.pending import is_pending
from shortplank.errors import ShortplankError, StoreError
from shortplank.store import Store, inbox, locks
from shortplank.upkeep.names import is_plain
from shortplank.wording import backup as words

# Parts of a workspace that are not read as settings: derived, or taken with care of their own.
_APART = ("marts", "snapshots", inbox.FOLDER)
_JOURNAL = re.compile(r"[a-z][a-z0-9_]*\.jsonl")
_NAMED = re.compile(rb'"file_sha256": ?"([0-9a-f]{64})"')
# Larger ones are not held in memory, but read again when they are written.
_HELD = 8 << 20
_PAUSE = 0.01
Stamp = tuple[int, int, int]


class BackupError(ShortplankError):
    """A backup that cannot be made, or is not what it should be."""


class Moved(Exception):
    """What was to be read is gone or another: the backup is of no one moment, and begins anew."""


@dataclass(frozen=True)
class Item:
    """A file of a backup; its bytes where they are held, else they stand in the workspace."""

    name: str
    sha256: str
    size: int
    mode: int
    data: bytes | None = None


@dataclass(frozen=True)
class Taken:
    """What a backup holds: files in their order, folders with their rights, which editions.

    ``lacking`` are handed-in files that the journal names and the workspace has lost.
    """

    at: datetime
    items: tuple[Item, ...]
    folders: dict[str, int]
    editions: tuple[int, ...]
    lacking: tuple[str, ...]


def take(root: Path) -> Taken:
    """Return what a backup holds that is made now; `ShortplankError` where there is no such thing.

    `Moved` where a clean-up took away what it was about to hold.
    """
    deadline = time.monotonic() + locks.LOCK_SECONDS
    while True:
        if is_pending(root) and time.monotonic() < deadline:
            time.sleep(_PAUSE)
            continue
        if is_pending(root):
            raise BackupError(
                "有一次设置的改动没有写完",
                place=str(root),
                mend="请先运行 shortplank settings history",
            )
        stamps, folders = _settings(root)
        settings = [_read(root, name) for name in stamps]
        drafts = [item for name in _drafts(root) if (item := _draft(root, name))]
        names, lengths = _moment(root, deadline)
        if _settings(root)[0] == stamps and not is_pending(root):
            break
        if time.monotonic() > deadline:
            raise BackupError("工作区的设置一直在改动", place=str(root), mend="请稍后再备份")
    at = datetime.now(UTC).replace(microsecond=0)
    journal = [_lines(root, name, length) for name, length in lengths.items()]
    received, lacking = _received(root, journal)
    editions = [*_editions(root, names)]
    _add_folders(root, folders, [*drafts, *received, *editions, *journal])
    items = (*settings, *journal, *drafts, *received, *editions)
    return Taken(at, items, folders, tuple(int(n[:-5]) for n in names), lacking)


# --- the moment -----------------------------------------------------------------------------------
def _moment(root: Path, deadline: float) -> tuple[tuple[str, ...], dict[str, int]]:
    """Return the manifests and the lengths of the journal's files, as they stood at one moment."""
    seen = _growing(root)
    while (again := _growing(root)) != seen:
        if time.monotonic() > deadline:
            raise BackupError("工作区一直在写入", place=str(root), mend="请稍后再备份")
        seen = again
        time.sleep(_PAUSE)
    return seen


def _growing(root: Path) -> tuple[tuple[str, ...], dict[str, int]]:
    manifests = tuple(f"{number:08d}.json" for number in Store(root).numbers())
    with _told("journal"):
        folder = root / "journal"
        found = sorted(filter(_JOURNAL.fullmatch, os.listdir(folder))) if _stat(folder) else []
        return manifests, {f"journal/{name}": (folder / name).stat().st_size for name in found}


def _lines(root: Path, name: str, length: int) -> Item:
    """Return the whole lines of a file of the journal within its length at the moment."""
    with _told(name), (root / name).open("rb") as file:
        data = file.read(length)
        return _item(name, data[: data.rfind(b"\n") + 1], os.fstat(file.fileno()).st_mode)


# --- settings, registers, catalogue and whatever else people keep there ---------------------------
def _settings(root: Path) -> tuple[dict[str, Stamp], dict[str, int]]:
    """Return the stamps of the files, and the rights of the folders, that people write by hand."""
    stamps: dict[str, Stamp] = {}
    folders: dict[str, int] = {}
    for name, found in _walk(root, "", {_own_state(root)}):
        if stat.S_ISDIR(found.st_mode):
            folders[name] = stat.S_IMODE(found.st_mode)
        elif not (name.startswith("journal/") and _JOURNAL.fullmatch(name[len("journal/") :])):
            stamps[name] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return stamps, folders


def changeable(root: Path) -> dict[str, Stamp]:
    """Return the stamps of all files that are written to again: settings, journal and drafts."""
    found = [*_growing(root)[1], *_drafts(root)]
    stats = {name: (root / name).stat() for name in found}
    rest = {name: (each.st_mtime_ns, each.st_size, each.st_ino) for name, each in stats.items()}
    return {**_settings(root)[0], **rest}


def _own_state(root: Path) -> str:
    return os.path.realpath(os.environ.get("SHORTPLANK_STATE") or root / STATE)


def _walk(root: Path, folder: str, seen: set[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Yield folders and files below one; links are followed, no folder is entered twice."""
    place = os.path.realpath(root / folder)
    if place in seen:
        return
    seen.add(place)
    with _told(folder or str(root)):
        yield folder, os.stat(place)
        entries = sorted(os.listdir(place))
    for each in entries:
        if each.startswith((".", "~$")) or (not folder and each in _APART):
            continue
        name = f"{folder}/{each}" if folder else each
        if not is_plain(name):
            raise BackupError("文件名不能写进备份", place=ascii(name), mend="请改名后再备份")
        with _told(name):
            found = _stat(root / name)
        if found is not None and stat.S_ISDIR(found.st_mode):
            yield from _walk(root, name, seen)
        elif found is not None and stat.S_ISREG(found.st_mode):
            yield name, found


def _stat(path: Path) -> os.stat_result | None:
    """Return what the system says of a file, None where it went meanwhile or leads nowhere."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _read(root: Path, name: str) -> Item:
    """Return a file, with its bytes where they are few."""
    with _told(name), (root / name).open("rb") as file:
        found = os.fstat(file.fileno())
        if found.st_size <= _HELD:
            return _item(name, file.read(), found.st_mode)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Item(name, digest, found.st_size, stat.S_IMODE(found.st_mode))


def _item(name: str, data: bytes, mode: int) -> Item:
    return Item(name, hashlib.sha256(data).hexdigest(), len(data), stat.S_IMODE(mode), data)


# --- what was handed in, and what is being typed --------------------------------------------------
def _drafts(root: Path) -> list[str]:
    folder = f"{inbox.FOLDER}/drafts"
    with _told(folder):
        if _stat(root / folder) is None:
            return []
    names = (name for name, found in _walk(root, folder, set()) if stat.S_ISREG(found.st_mode))
    return [name for name in names if name.endswith(".json")]


def _draft(root: Path, name: str) -> Item | None:
    """Return a draft, None where it was handed in or thrown away just now."""
    with _told(name):
        try:
            with (root / name).open("rb") as file:
                return _item(name, file.read(), os.fstat(file.fileno()).st_mode)
        except FileNotFoundError:
            return None


def _received(root: Path, journal: list[Item]) -> tuple[list[Item], tuple[str, ...]]:
    """Return the handed-in files that lines of the journal name, and those that are lost."""
    named = {digest.decode() for item in journal for digest in _NAMED.findall(item.data or b"")}
    folder = root / inbox.FOLDER / "files"
    with _told(f"{inbox.FOLDER}/files"):
        there = sorted(os.listdir(folder)) if _stat(folder) else []
    names = [name for name in there if name.partition(".")[0] in named]
    found = [_named(root, f"{inbox.FOLDER}/files/{name}", name[:64]) for name in names]
    return found, tuple(sorted(named - {name[:64] for name in names}))


def _named(root: Path, name: str, sha256: str) -> Item:
    """Return a file whose hash is known from what names it; it is held against it when written."""
    with _told(name):
        found = _stat(root / name)
    if found is None:
        raise Moved(name)
    return Item(name, sha256, found.st_size, stat.S_IMODE(found.st_mode))


# --- editions -------------------------------------------------------------------------------------
def _editions(root: Path, names: tuple[str, ...]) -> Iterator[Item]:
    """Yield the manifests of the moment and then every file that any of them names, once."""
    store, data = Store(root), dict[str, str]()
    for name in names:
        place = f"snapshots/manifests/{name}"
        if _stat(root / place) is None:
            raise Moved(place)
        edition = store.edition(int(name[:-5]))
        data |= {f"snapshots/{file.path}": file.sha256 for file in edition.data}
        held = _read(root, place)
        yield Item(place, held.sha256, held.size, held.mode)
    for place, sha256 in data.items():
        yield _named(root, place, sha256)


def _add_folders(root: Path, folders: dict[str, int], items: list[Item]) -> None:
    """Add the rights of the folders that these files stand in."""
    for item in items:
        parts = item.name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            name = "/".join(parts[:depth])
            if name not in folders:
                folders[name] = stat.S_IMODE((root / name).stat().st_mode)


class _told:
    """Tell what the system says of a file in a sentence."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise Moved(self.place) from error
        if isinstance(error, OSError):
            raise BackupError(
                "无法读取，没有备份", place=self.place, mend=words.CHECK_RIGHTS
            ) from error


def gone(item: Item) -> StoreError:
    """Return the sentence for a file that is missing, or not what its name or manifest says."""
    return StoreError("文件缺失或已损坏，没有备份", place=item.name, mend=words.FETCH_FROM_BACKUP)


__all__ = ["BackupError", "Item", "Moved", "Taken", "changeable", "gone", "take"]
