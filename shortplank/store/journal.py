"""The journal: what people add, a JSON line each, appended whole and never changed."""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from shortplank.errors import StoreError
from shortplank.store.files import write_failure
from shortplank.store.personal import refuse_personal

LOCK_SECONDS = 30.0
# Warnings of imports by edition: written where reports come in, read where figures are checked.
IMPORT_WARNINGS = "import_warnings"
# What people write by hand: where a unit or a post belongs, and texts.
POSTS = ("who", "owner")
TEXTS = ("item", "outcome", "note", "reason", "header")
Line = dict[str, Any]


def append(
    root: Path | str, kind: str, line: Mapping[str, Any], *, known: Collection[str] = ()
) -> None:
    """Append one line to ``journal/<kind>.jsonl`` and sync it; `StoreError` where that fails.

    Writers wait for each other; a line that a broken write left half is ended before the new one.
    What a person wrote is refused with personal data, or a name where a post belongs; ``known``
    are posts that stand in the workspace's list (see `posts.write_line`).
    """
    path = _path(root, kind)
    for key in (*POSTS, *TEXTS):
        text = str(line.get(key, ""))
        refuse_personal(text, post=key in POSTS and text not in known)
    data = json.dumps(dict(line), ensure_ascii=False, default=str).encode() + b"\n"
    try:
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            _lock(handle, path)
            size = os.fstat(handle).st_size
            torn = size and os.pread(handle, 1, size - 1) != b"\n"
            _write(handle, b"\n" + data if torn else data)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise write_failure(error, f"journal/{path.name}") from error


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


def _lock(handle: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                place = f"journal/{path.name}"
                raise StoreError("另一次写入还没有结束", place=place, mend="请稍后再试") from error
            time.sleep(0.02)


def _write(handle: int, data: bytes) -> None:
    """Write all of it; what a full disk took only in part is cut off again."""
    size, done = os.fstat(handle).st_size, 0
    try:
        while done < len(data):
            done += os.write(handle, data[done:])
    except OSError:
        os.ftruncate(handle, size)
        raise
