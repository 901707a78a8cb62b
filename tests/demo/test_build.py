"""The same seed gives the same bytes, and the checked-in workspace is what the generator writes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from shortplank.demo import SEED, build, generate
from shortplank.errors import ShortplankError
from tests.demo.conftest import DEMO


def fingerprint(folder: Path) -> dict[str, str]:
    """Return a hash of every file that belongs to a workspace as it was built."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name != ".lock"
        and path.relative_to(folder).parts[0] not in ("marts", "journal", ".state")
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo workspace, built afresh."""
    target = tmp_path_factory.mktemp("demo") / "county"
    build(target)
    return target


@pytest.mark.slow
def test_two_builds_are_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """Nothing depends on the clock, the folder or the order of hashes."""
    build(tmp_path / "again")
    assert fingerprint(tmp_path / "again") == fingerprint(built)


def test_the_checked_in_workspace_is_what_the_generator_writes(built: Path) -> None:
    """After a change of the generator or of the standard catalogue, build data/demo again."""
    assert fingerprint(DEMO) == fingerprint(built)


def test_a_folder_with_editions_is_left_alone(built: Path) -> None:
    """A second build into the same folder is refused in one sentence."""
    before = fingerprint(built)
    with pytest.raises(ShortplankError, match="已有版本"):
        build(built)
    assert fingerprint(built) == before


def test_few_cases_are_moved() -> None:
    """20 to 80 cases of about 17,000 births and procedures."""
    moved = generate(SEED).moved
    assert set(moved) == {"policy", "sex", "migrants", "procedures", "cases"}
    assert 20 <= sum(moved.values()) <= 80
