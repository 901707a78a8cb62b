"""Public data beside the repository: tests that use it skip, and say so, where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(
    os.environ.get("SHORTPLANK_SHARED", Path(__file__).resolve().parents[1].parent / "shared")
)


def shared_or_skip(relative: str) -> Path:
    """Return a file or folder of the shared data, or skip the test with the reason."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"shared data not here: {relative} (set SHORTPLANK_SHARED to its folder)")
    return path
