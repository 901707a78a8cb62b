"""A change of settings that is committed and not carried out yet: its files stand already.

Whoever changes several files of the settings writes them into a hidden folder first and gives that
folder its name in one step (see `shortplank.store.settling`). From then on they are what the
workspace says, for every reader at once; putting them in their places changes nothing any more.
"""

from __future__ import annotations

import os
from pathlib import Path

CHANGE = ".settings/new"
MARK = f"{CHANGE}/change.json"
# What stands in place of a file that is taken away.
GONE = ".gone"


def is_pending(root: Path) -> bool:
    """Return whether a change of the settings is committed and not carried out to its end."""
    return os.path.exists(root / MARK)


def standing(root: Path, name: str) -> Path:
    """Return where a file of the settings stands: in a pending change that holds it, or in its
    place."""
    held = root / CHANGE / name
    if is_pending(root) and (held.exists() or _is_gone(root, name)):
        return held
    return root / name


def is_there(root: Path, name: str) -> bool:
    """Return whether the workspace has a file of the settings."""
    return standing(root, name).is_file() or ((root / name).is_file() and not _is_gone(root, name))


def names_in(root: Path, folder: str, ending: str) -> list[str]:
    """Return the names of a folder's files of the settings, in order."""
    found = {path.name for path in (root / folder).glob(f"*{ending}")}
    if is_pending(root):
        found |= {path.name for path in (root / CHANGE / folder).glob(f"*{ending}")}
        found = {name for name in found if not _is_gone(root, f"{folder}/{name}")}
    return sorted(found)


def _is_gone(root: Path, name: str) -> bool:
    return is_pending(root) and (root / CHANGE / (name + GONE)).exists()


def read_standing(root: Path, name: str) -> bytes:
    """Return the bytes of a file of the settings; `OSError` as the system says it.

    A change may be carried out to its end between two looks: then the file is in its place.
    """
    try:
        return standing(root, name).read_bytes()
    except FileNotFoundError:
        if _is_gone(root, name):
            raise
        return (root / name).read_bytes()
