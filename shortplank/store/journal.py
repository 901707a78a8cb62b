"""The journal: what people add, a JSON line each, appended whole and never changed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from shortplank.errors import StoreError
from shortplank.store.files import write_failure
from shortplank.store.locks import lock_of, locked
from shortplank.store.personal import refuse_personal

# Warnings of imports by edition: written where reports come in, read where figures are checked.
IMPORT_WARNINGS = "import_warnings"
# What people write by hand: where a unit or a post belongs, and texts. ``who`` is not among them:
# it is the account that signed in.
POSTS = ("owner",)
TEXTS = ("item", "outcome", "note", "reason", "said", "header")
Line = dict[str, Any]
# Windows would write another end of line.
_AS_IT_IS: int = getattr(os, "O_BINARY", 0)


def append(
    root: Path | str, kind: str, line: Mapping[str, Any], *, known: Collection[str] = ()
) -> None:
    """Append one line to ``journal/<kind>.jsonl`` and sync it; `StoreError` where that fails."""
    append_all(root, kind, [line], known=known)


def append_all(
    root: Path | str, kind: str, lines: Sequence[Mapping[str, Any]], *, known: Collection[str] = ()
) -> None:
    """Append lines to ``journal/<kind>.jsonl``, all or none, and sync them; `StoreError` if not.

    Writers wait for each other; a line that a broken write left half is ended before the new one.
    What a person wrote is refused with personal data, or a name where a post belongs; ``known``
    are posts that stand in the workspace's list (see `posts.write_line`).
    """
    path = _path(root, kind)
    for line, key in product(lines, (*POSTS, *TEXTS)):
        text = str(line.get(key, ""))
        refuse_personal(text, post=key in POSTS and text not in known)
    data = b"".join(
        json.dumps(dict(line), ensure_ascii=False, default=str).encode() + b"\n" for line in lines
    )
    place = f"journal/{path.name}"
    busy = StoreError("另一次写入还没有结束", place=place, mend="请稍后再试")
    try:
        path.parent.mkdir(exist_ok=True)
        with locked(lock_of(path), busy):
            _add(path, data)
    except OSError as error:
        raise write_failure(error, place) from error


def read(root: Path | str, kind: str) -> list[Line]:
    """Return the lines of ``journal/<kind>.jsonl``, oldest first; half a line is passed over."""
    path = _path(root, kind)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        place = f"journal/{path.name}"
        raise StoreError("无法读取记录", place=place, mend="请检查权限") from error
    found = []
    for raw in data.splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict):
            found.append(line)
    return found


def _path(root: Path | str, kind: str) -> Path:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", kind):
        raise ValueError(f"not a kind of journal: {kind!r}")
    return Path(root) / "journal" / f"{kind}.jsonl"


def _add(path: Path, data: bytes) -> None:
    """Write data to the end of a file, on a line of its own, and sync it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _AS_IT_IS, 0o644)
    try:
        torn = os.fstat(handle).st_size and _last_byte(handle) != b"\n"
        _write(handle, b"\n" + data if torn else data)
        os.fsync(handle)
    finally:
        os.close(handle)


def _last_byte(handle: int) -> bytes:
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1)


def _write(handle: int, data: bytes) -> None:
    """Write all of it; what a full disk took only in part is cut off again."""
    size, done = os.fstat(handle).st_size, 0
    try:
        while done < len(data):
            done += os.write(handle, data[done:])
    except OSError:
        os.ftruncate(handle, size)
        raise
