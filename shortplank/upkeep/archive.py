"""The file of a backup: a plain tar that says first what is in it, and last that it is whole.

The first entry lists every file with its hash. The last one holds the hash of every byte before
it, and is of one length: whether a backup is whole is known before anything of it is believed.
The names are the workspace's own, so that ``tar`` can take out a single file.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationError

from shortplank import __version__
from shortplank.catalogue.base import Strict
from shortplank.catalogue.loader import SCHEMA_VERSION
from shortplank.upkeep.contents import BackupError, Item, Moved, Taken, gone
from shortplank.upkeep.names import END, HEAD, is_plain
from shortplank.wording import backup as words

FORMAT = 1
_BLOCK = 512
_UNREADABLE = (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError)
_CHUNK = 1 << 20
# The list of a nation's files for a hundred years would be smaller.
_LONGEST_HEAD = 256 << 20


def _plain(name: str) -> str:
    if not is_plain(name):
        raise ValueError("not a name below the folder")
    return name


Name = Annotated[str, AfterValidator(_plain)]
Folder = Annotated[str, AfterValidator(lambda name: _plain(name) if name else name)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Rights = Annotated[int, Field(ge=0, le=0o7777)]


class Listed(Strict):
    """What the head says of one file."""

    sha256: Digest
    size: int = Field(ge=0)
    mode: Rights


class Head(Strict):
    """The first entry: when, of what, by which product, and every file in its order."""

    format: Literal[1]
    product: str
    schema_version: int
    at: AwareDatetime
    editions: tuple[int, ...]
    files: dict[Name, Listed]
    folders: dict[Folder, Rights]
    lacking: tuple[Digest, ...] = ()


# --- writing --------------------------------------------------------------------------------------
class _Hashing:
    """A file to write to that knows the hash and the number of the bytes it was given."""

    def __init__(self, sink: BinaryIO) -> None:
        self.sink, self.sha256, self.at = sink, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.sink.write(data)
        self.sha256.update(data)
        self.at += len(data)
        return len(data)

    def tell(self) -> int:
        return self.at


class _Source:
    """A file to read from that knows the hash of what was read."""

    def __init__(self, source: BinaryIO) -> None:
        self.source, self.sha256 = source, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self.source.read(size)
        self.sha256.update(data)
        return data


def write(sink: BinaryIO, root: Path, taken: Taken, schema: int) -> str:
    """Write a backup and return its hash; `StoreError` for a file that is not what it should be."""
    to = _Hashing(sink)
    archive = tarfile.TarFile(fileobj=to, mode="w", format=tarfile.PAX_FORMAT)  # type: ignore[arg-type]
    moment = int(taken.at.timestamp())
    head = _head(taken, schema)
    archive.addfile(_entry(HEAD, len(head), 0o600, moment), io.BytesIO(head))
    for item in taken.items:
        with _opened(root, item) as file:
            source = _Source(file)
            try:
                archive.addfile(_entry(item.name, item.size, item.mode, moment), source)  # type: ignore[arg-type]
            except OSError as error:
                if error.errno is None:  # shorter than it was
                    raise gone(item) from error
                raise
        if source.sha256.hexdigest() != item.sha256:
            raise gone(item)
    to.write(_trailer(to.sha256.hexdigest()))
    return to.sha256.hexdigest()


def _head(taken: Taken, schema: int) -> bytes:
    listed = {i.name: {"sha256": i.sha256, "size": i.size, "mode": i.mode} for i in taken.items}
    head = {
        "format": FORMAT,
        "product": __version__,
        "schema_version": schema,
        "at": taken.at.isoformat(),
        "editions": taken.editions,
        "folders": taken.folders,
        "lacking": taken.lacking,
        "files": listed,
    }
    return json.dumps(head, ensure_ascii=False).encode() + b"\n"


def _entry(name: str, size: int, mode: int, moment: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, mode, moment
    return entry


@contextmanager
def _opened(root: Path, item: Item) -> Iterator[BinaryIO]:
    if item.data is not None:
        yield io.BytesIO(item.data)
        return
    try:
        file = (root / item.name).open("rb")
    except FileNotFoundError as error:
        raise Moved(item.name) from error
    except OSError as error:
        raise BackupError("无法读取，没有备份", place=item.name, mend=words.CHECK_RIGHTS) from error
    with file:
        yield file


def _trailer(digest: str) -> bytes:
    """Return the last entry and the end of the archive, always of one length."""
    data = json.dumps({"sha256": digest}).encode() + b"\n"
    header = _entry(END, len(data), 0o600, 0).tobuf(tarfile.USTAR_FORMAT)
    return header + data.ljust(_BLOCK, b"\0") + bytes(2 * _BLOCK)


_TRAILER = len(_trailer("0" * 64))


# --- reading --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Archive:
    """A backup that is whole, by its last entry."""

    file: BinaryIO
    place: str
    head: Head

    def entries(self) -> Iterator[tuple[str, Listed, Iterator[bytes]]]:
        """Yield every file in the order of the list, its bytes in pieces, held against its hash.

        `BackupError` for an entry that is no plain file of the list, or is another one.
        """
        self.file.seek(0)
        try:
            with tarfile.open(fileobj=self.file, mode="r:") as tar:
                _head_of(tar, self.place)
                for name, listed in self.head.files.items():
                    entry = self._next(tar, name, listed.size)
                    yield name, listed, self._pieces(tar, entry, listed)
                self._next(tar, END, None)
                if tar.next() is not None:
                    raise self._wrong(END)
        except _UNREADABLE as error:
            raise self._wrong(self.place) from error

    def _next(self, tar: tarfile.TarFile, name: str, size: int | None) -> tarfile.TarInfo:
        entry = tar.next()
        if entry is None or not is_file(entry) or entry.name != name:
            raise self._wrong(name if entry is None else ascii(entry.name)[1:-1])
        if size is not None and entry.size != size:
            raise self._wrong(name)
        return entry

    def _pieces(
        self, tar: tarfile.TarFile, entry: tarfile.TarInfo, listed: Listed
    ) -> Iterator[bytes]:
        source, sha256 = tar.extractfile(entry), hashlib.sha256()
        assert source is not None
        while piece := source.read(_CHUNK):
            sha256.update(piece)
            yield piece
        if sha256.hexdigest() != listed.sha256:
            raise self._wrong(entry.name)

    def _wrong(self, name: str) -> BackupError:
        return BackupError(
            f"备份里的 {name[:100]} 与清单不符", place=self.place, mend=words.NOTHING_WRITTEN
        )


def is_file(entry: tarfile.TarInfo) -> bool:
    """Return whether an entry is a plain file: no folder, link, device or sparse file."""
    return entry.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not entry.issparse()


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Yield a backup that is whole and that this product reads; `BackupError` says what is not."""
    try:
        with path.open("rb") as file:
            _refuse_part(file, path.name)
            yield Archive(file, path.name, _read_head(file, path.name))
    except OSError as error:
        raise BackupError(
            f"备份文件无法读取（{error.strerror}）", place=str(path), mend=words.CHECK_RIGHTS
        ) from error


def _refuse_part(file: BinaryIO, place: str) -> None:
    """Raise `BackupError` where the last entry is missing, or the bytes before it are others."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TRAILER))
    last = file.read(_TRAILER)
    if not last.startswith(END.encode() + b"\0"):
        raise BackupError(
            "备份不完整：没有写完，或后面缺了一截", place=place, mend=words.NOTHING_WRITTEN
        )
    sha256, left = hashlib.sha256(), size - _TRAILER
    file.seek(0)
    while left > 0 and (piece := file.read(min(_CHUNK, left))):
        sha256.update(piece)
        left -= len(piece)
    if last != _trailer(sha256.hexdigest()):
        raise BackupError("备份的内容被改动或已损坏", place=place, mend=words.NOTHING_WRITTEN)


def _read_head(file: BinaryIO, place: str) -> Head:
    """Return the list of a backup; what it names is below a folder."""
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            data: Any = json.loads(_head_of(tar, place))
        _refuse_newer(data, place)
        return Head.model_validate(data)
    except ValidationError as error:
        at = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise BackupError(
            f"备份的清单有一处不合要求（{ascii(at)[1:-1][:100]}）",
            place=place,
            mend=words.NOTHING_WRITTEN,
        ) from error
    except (*_UNREADABLE, KeyError, TypeError) as error:
        raise BackupError(
            "这不是短板看板的备份", place=place, mend=words.NOTHING_WRITTEN
        ) from error


def _head_of(tar: tarfile.TarFile, place: str) -> bytes:
    entry = tar.next()
    if entry is None or entry.name != HEAD or not is_file(entry) or entry.size > _LONGEST_HEAD:
        raise BackupError("这不是短板看板的备份", place=place, mend=words.NOTHING_WRITTEN)
    source = tar.extractfile(entry)
    assert source is not None
    return source.read()


def _refuse_newer(data: Any, place: str) -> None:
    if int(data["format"]) > FORMAT or int(data["schema_version"]) > SCHEMA_VERSION:
        raise BackupError(
            f"备份由更新的版本所写（工作区第 {int(data['schema_version'])} 版）",
            place=place,
            mend="请换用新版本的程序再恢复",
        )
