"""A state folder of its own for each test of the audit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shortplank.audit import lines

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("SHORTPLANK_STATE", str(folder))
    monkeypatch.setattr(lines, "_writer", lines._Writer())
    return folder


@pytest.fixture
def written(state: Path) -> Lines:
    """A function that returns every line that stands in the folder, the oldest first."""

    def read() -> list[dict[str, Any]]:
        files = sorted((state / "audit").glob("*.jsonl"))
        return [json.loads(raw) for path in files for raw in path.read_bytes().splitlines()]

    return read
