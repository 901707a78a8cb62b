"""What the tests of the doors share: two workspaces behind a real gate, an account a role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from benchmarks import scale
from shortplank.access import Role
from shortplank.store import engine
from tests.copies import DEMO, demo_copy
from tests.doors.worlds import HOME, OTHER, TOWN, Doors, doors_of

SMALL = scale.Scale(counties=3, townships=3, villages=4, months=14)
# A rate that no test of something else comes near.
WIDE = "[api]\nper_minute = 6000\nburst = 1000\n"


def warm(folder: Path) -> None:
    """Build the marts that the server would be waiting for."""
    made = engine(folder)
    made.ask("months_by_edition", county=HOME)
    made.ask("villages_by_month", month="2001-11")


@pytest.fixture(scope="session")
def county_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warm(DEMO)
    return demo_copy(tmp_path_factory.mktemp("doors") / "county")


@pytest.fixture(scope="session")
def province_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doors") / "province"
    scale.make(folder, SMALL)
    warm(folder)
    return folder


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("shortplank.gate.passwords.hasher", hasher)


@pytest.fixture
def opened(cheap: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Doors]:
    """A function from a workspace's folder to its doors, with a state folder of their own."""
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))

    def made(folder: Path, access: str = "[local]\n" + WIDE, **kwargs: str) -> Doors:
        monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
        (folder / "accounts.toml").unlink(missing_ok=True)
        return doors_of(folder, access, **kwargs)

    return made


@pytest.fixture
def county(opened: Callable[..., Doors], county_files: Path) -> Iterator[Doors]:
    """The demo county's doors, with an account of each role: boss, ana, vera, and fil of a town."""
    there = opened(county_files)
    people: dict[str, tuple[Role, str]] = {
        "boss": ("admin", ""),
        "ana": ("analyst", ""),
        "vera": ("viewer", ""),
        "fil": ("filer", TOWN),
    }
    for name, (role, scope) in people.items():
        there.account(name, role, scope)
    yield there
    (county_files / "access.toml").unlink()


@pytest.fixture
def province(opened: Callable[..., Doors], province_files: Path) -> Iterator[Doors]:
    """The doors of a workspace of three counties; otto has the second, ana and vera the first."""
    there = opened(province_files)
    there.account("ana", "analyst")
    there.account("vera", "viewer")
    there.account("otto", "analyst", OTHER)
    there.account("fil", "filer", f"{OTHER}001")
    yield there
    (province_files / "access.toml").unlink()
