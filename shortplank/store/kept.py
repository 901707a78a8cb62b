"""Answers that are dear to work out, kept beside the marts: derived, disposable, checked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from shortplank.catalogue import Workspace
from shortplank.errors import StoreError
from shortplank.store import files
from shortplank.store.edition import Edition
from shortplank.store.marts import MART_VERSION, STALE_DAYS


def kept(
    ws: Workspace,
    edition: Edition,
    name: str,
    parts: Iterable[str],
    make: Callable[[], bytes],
    ending: str = "json",
) -> bytes:
    """Return an answer's bytes from its file, made and written where there is none.

    The file is named by what the answer rests on (the settings, the edition's files, ``parts``)
    and by what it holds: one that is stale is never read, one that is damaged is made again. A
    workspace that cannot be written to keeps nothing.
    """
    rests_on = [name, str(MART_VERSION), ws.fingerprint, *sorted(f.sha256 for f in edition.data)]
    return kept_file(ws.path, name, "|".join([*rests_on, *parts]), make, ending)


def kept_file(
    workspace: Path, name: str, rests_on: str, make: Callable[[], bytes], ending: str = "json"
) -> bytes:
    """Return the bytes that rest on something, from their file as in `kept`."""
    key = hashlib.sha256(rests_on.encode()).hexdigest()[:16]
    folder = workspace / "marts" / name
    for name in sorted(_named(folder, key)):
        with suppress(OSError):
            data = (folder / name).read_bytes()
            if Path(name).stem.endswith(files.short_hash(data)):
                return data
    data = make()
    with suppress(StoreError):
        path = folder / f"{key}-{files.short_hash(data)}.{ending}"
        files.write_once(path, data)
        _drop_stale(folder, path)
    return data


@cache
def source_hash(*places: Path) -> str:
    """Return a hash of source files and of all below folders: other code makes other answers.

    So nobody has to remember to count up a version.
    """
    sources = [path for place in places for path in (sorted(place.rglob("*.py")) or [place])]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def _named(folder: Path, key: str) -> list[str]:
    """Return the names in a folder that begin with a key, none where there is no folder."""
    try:
        return [name for name in files.names_in(folder) if name.startswith(f"{key}-")]
    except OSError:
        return []


def _drop_stale(folder: Path, fresh: Path) -> None:
    """Drop files that rest on what nobody has asked about for long."""
    stale = time.time() - STALE_DAYS * 86_400
    for old in folder.glob(f"*{fresh.suffix}"):
        with suppress(OSError):
            if old != fresh and old.stat().st_mtime < stale:
                old.unlink()
