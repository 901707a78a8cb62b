"""What the gate's tests share: a workspace with nothing in it but its name, and a state folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.worlds import World, world


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace's folder, and a state folder of its own beside it."""
    folder = tmp_path / "county"
    folder.mkdir()
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    return folder


@pytest.fixture
def here(county: Path) -> World:
    """The gate of a workspace without access.toml, on this machine alone."""
    return world(county)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, here: World) -> list[float]:
    """The time by which sessions of ``here`` begin and end; a test moves it on."""
    now = [1_000_000.0]
    monkeypatch.setattr(here.house.sessions, "now", lambda: now[0])
    return now
