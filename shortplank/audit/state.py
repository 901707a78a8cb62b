"""The state folder: what an installation keeps for itself, on a local disk and in no backup."""

from __future__ import annotations

import os
from pathlib import Path

from shortplank.errors import ShortplankError

NAME = ".state"


def state_place(workspace: Path | str) -> Path:
    """Return where the state folder stands or would stand; nothing is made."""
    named = os.environ.get("SHORTPLANK_STATE")
    return Path(named) if named else Path(workspace) / NAME


def state_folder(workspace: Path | str) -> Path:
    """Return the folder of sessions and audit, made where it is missing, open to its owner alone.

    ``SHORTPLANK_STATE`` names it; without it, it stands in the workspace. `ShortplankError` where
    it cannot be made.
    """
    folder = state_place(workspace)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise ShortplankError(
            "状态文件夹无法使用",
            place=str(folder),
            mend="请检查权限，或用 SHORTPLANK_STATE 另指一个本机文件夹",
        ) from error
    return folder
