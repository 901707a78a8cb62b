"""A full workspace, made once and copied for each test; and the command as a function."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from shortplank.upkeep.backup import backup
from tests.cli.conftest import command
from tests.upkeep import worlds

__all__ = ["command"]


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patched:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patched.setattr("shortplank.gate.passwords.hasher", cheap)
        patched.setenv("SHORTPLANK_STATE", str(tmp_path_factory.mktemp("made-state")))
        return worlds.full(tmp_path_factory.mktemp("made") / "county")


@pytest.fixture
def county(_made: Path, tmp_path: Path) -> Path:
    """The full workspace, one's own."""
    return Path(shutil.copytree(_made, tmp_path / "county"))


@pytest.fixture(scope="session")
def _backup(_made: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("backup")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SHORTPLANK_STATE", str(folder))
        return backup(_made, folder / "a.tar").file.read_bytes()


@pytest.fixture
def whole(_backup: bytes, tmp_path: Path) -> Path:
    """A whole backup of the full workspace, in a folder of its own."""
    (tmp_path / "kept").mkdir()
    path = tmp_path / "kept" / "county.tar"
    path.write_bytes(_backup)
    return path
