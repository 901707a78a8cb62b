"""Copies of the demo county that a test may write into, whoever else reads the original."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
# Another worker may be building the demo's marts: what it has not finished is gone in a moment.
PASSING = (".tmp-*", ".lock", ".state")


def demo_copy(target: Path, *, without: tuple[str, ...] = ()) -> Path:
    """Return a copy of the demo county, its marts with it, without some of its folders."""
    shutil.copytree(DEMO, target, ignore=shutil.ignore_patterns(*PASSING, *without))
    return target
