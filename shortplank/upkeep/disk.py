"""What stands on the disk when the power goes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def sync_folders(folders: Iterable[Path]) -> None:
    """Sync the names in folders; some systems have no such thing, which fails nothing."""
    for folder in folders:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
