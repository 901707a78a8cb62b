"""The inbox: files as townships handed them in, each named by its hash and never changed.

A file stands before the line of the journal that names it: a line without a file cannot be.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shortplank.errors import StoreError
from shortplank.store import files
from shortplank.store.locks import locked

FOLDER = "inbox"
_ENDING = re.compile(r"[a-z0-9]{1,5}")


def keep(root: Path, name: str, data: bytes) -> str:
    """Keep the bytes of a file that is called ``name`` and return their hash.

    The file is whole and synced when this returns, or `StoreError` says why it is not.
    """
    digest, ending = hashlib.sha256(data).hexdigest(), name.rpartition(".")[2].lower()
    shown = ending if _ENDING.fullmatch(ending) else "bin"
    folder = root / FOLDER / "files"
    files.write_once(folder / f"{digest}.{shown}", data, private=True)
    return digest


def fetch(root: Path, digest: str) -> bytes:
    """Return the bytes that a hash names; `StoreError` where they are missing or damaged."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise StoreError("收件记录已损坏", place="journal/tray.jsonl", mend="请从备份恢复")
    folder = root / FOLDER / "files"
    place = f"{FOLDER}/files/{digest[:16]}…"
    try:
        found = [path.read_bytes() for path in sorted(folder.glob(f"{digest}.*"))]
    except OSError as error:
        raise StoreError("收到的文件无法读取", place=place, mend="请检查权限") from error
    if not found:
        raise StoreError("收到的文件缺失", place=place, mend="请从备份恢复，或请乡镇重新报送")
    whole = (data for data in found if hashlib.sha256(data).hexdigest() == digest)
    if (data := next(whole, None)) is None:
        raise StoreError("收到的文件已损坏", place=place, mend="请从备份恢复，或请乡镇重新报送")
    return data


@contextmanager
def held(root: Path) -> Iterator[None]:
    """Hold the inbox against whoever else hands in or decides; `StoreError` where that fails."""
    folder = root / FOLDER
    busy = StoreError("另一次报送或收件还没有结束", place=FOLDER, mend="请稍后再试")
    try:
        folder.mkdir(0o700, exist_ok=True)
        with locked(folder / ".lock", busy):
            yield
    except OSError as error:
        raise files.write_failure(error, FOLDER) from error
