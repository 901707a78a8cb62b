"""Files of a workspace's settings, changed all together or not at all.

They are written whole into the hidden folder, with the line of the history and the manifest that
belong to them; giving that folder its name is the commit. From then on every reader finds them
there (`shortplank.catalogue.pending`). Whoever holds the store's lock next, be it the same process,
carries a committed change out: files into their places, the manifest, the line. Done twice it is
done once, so a process may end anywhere.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shortplank.audit.lines import note
from shortplank.catalogue.pending import CHANGE, GONE, MARK, is_pending, read_standing
from shortplank.store import files, journal
from shortplank.store.edition import Edition, manifest_name

HISTORY = "settings_changes"
# Whole texts as they stood before and after each change, named by their hash.
TEXTS = "settings_history"
_FOLDER = CHANGE.split("/")[0]
_STAGED, _DONE = f"{_FOLDER}/staged", f"{_FOLDER}/done"


@dataclass(frozen=True)
class Settled:
    """What is to be written: files by name (None takes one away), and the line that says so.

    ``edition`` is the one that says it too, None where nothing has been published yet.
    """

    contents: Mapping[str, bytes | None]
    line: Mapping[str, Any]
    edition: Edition | None = None


def content_of(root: Path, name: str) -> bytes | None:
    """Return a file of the settings as it stands, None where there is none."""
    try:
        return read_standing(root, name)
    except FileNotFoundError:
        return None


def keep_text(root: Path, content: bytes | None) -> str | None:
    """Keep a text for good and return the hash that names it, None for none."""
    if content is None:
        return None
    digest = hashlib.sha256(content).hexdigest()
    files.write_once(root / TEXTS / f"{digest}.txt", content)
    return digest


def kept_text(root: Path, digest: str | None) -> bytes | None:
    """Return a text that was kept; `OSError` where it is gone."""
    return None if digest is None else (root / TEXTS / f"{digest}.txt").read_bytes()


def settle(root: Path, settled: Settled) -> None:
    """Change the settings, all of it or nothing; whoever calls holds the store's lock.

    `StoreError` where the system refuses before the commit, and then nothing has changed.
    """
    try:
        _stage(root, settled)
        files.rename(root / _STAGED, root / CHANGE)
        files.sync_folders([root / _FOLDER])
    except OSError as error:
        raise files.write_failure(error, _FOLDER) from error
    carry_out(root)


def _stage(root: Path, settled: Settled) -> None:
    """Write everything that the change is, whole and synced, where nobody reads it."""
    staged = root / _STAGED
    shutil.rmtree(staged, ignore_errors=True)  # of one that ended before its commit
    for name, content in settled.contents.items():
        if content is None:
            files.write_once(staged / (name + GONE), b"gone")
        else:
            files.write_once(staged / name, content)
    said: dict[str, Any] = {"line": dict(settled.line), "files": sorted(settled.contents)}
    if settled.edition is not None:
        said["edition"] = settled.edition.number
        files.write_once(staged / "manifest.json", settled.edition.manifest)
    data = json.dumps(said, ensure_ascii=False).encode()
    files.write_once(staged / MARK.rpartition("/")[2], data)


def carry_out(root: Path) -> None:
    """Put a committed change in its place, where there is one; under the store's lock."""
    if not is_pending(root):
        return
    try:
        said: dict[str, Any] = json.loads((root / MARK).read_bytes())
        for name in said["files"]:
            _put(root, name)
        _publish(root, said)
        _write_line(root, said["line"])
        shutil.rmtree(root / _DONE, ignore_errors=True)
        files.rename(root / CHANGE, root / _DONE)
    except OSError as error:
        raise files.write_failure(error, _FOLDER) from error
    shutil.rmtree(root / _DONE, ignore_errors=True)


def _put(root: Path, name: str) -> None:
    """Put one file in its place with the rights of the one before, or take it away."""
    target, new = root / name, root / CHANGE / name
    if not new.exists():
        target.unlink(missing_ok=True)
        return
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    files.write_once(target, new.read_bytes())
    with suppress(OSError):
        target.chmod(mode)


def _publish(root: Path, said: dict[str, Any]) -> None:
    """Write the manifest of the change's edition, unless it stands already."""
    number = said.get("edition")
    if number is None:
        return
    path = root / "snapshots" / "manifests" / manifest_name(number)
    if not path.exists():
        files.write_exclusive(path, (root / CHANGE / "manifest.json").read_bytes())
        note(root, said["line"]["who"], "publish", edition=number)


def _write_line(root: Path, line: dict[str, Any]) -> None:
    """Add the line of the history, unless it stands already."""
    if all(each.get("number") != line["number"] for each in journal.read(root, HISTORY)):
        journal.append(root, HISTORY, line)
        note(root, line["who"], "write", kind=HISTORY)


def pending_line(root: Path) -> dict[str, Any] | None:
    """Return the line of a change that is committed and not carried out, None for none."""
    try:
        line: dict[str, Any] = json.loads((root / MARK).read_bytes())["line"]
    except FileNotFoundError:
        return None
    return line
