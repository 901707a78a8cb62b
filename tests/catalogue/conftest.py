"""A workspace with the standard catalogue, to spoil."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store import workspaces as w


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return w.make(tmp_path)
