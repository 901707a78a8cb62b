"""Files that are written together: all of them or none, at whichever step it fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from shortplank.store.files import names_in, write_together

NEW = {"a.txt": b"1", "b.txt": b"2", "c.txt": b"3"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_are_written_over_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"old")
    (tmp_path / "other").write_bytes(b"kept")
    assert write_together(tmp_path, NEW) == [tmp_path / name for name in NEW]
    assert contents(tmp_path) == {**NEW, "other": b"kept"}
    assert [path.name for path in write_together(tmp_path / "deep" / "er", NEW)] == list(NEW)


@pytest.mark.parametrize("step", range(5))
def test_at_whichever_step_it_fails_all_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    before = {"a.txt": b"old", "c.txt": b"older", "other": b"kept"}
    for name, data in before.items():
        (tmp_path / name).write_bytes(data)
    replace, done = os.replace, iter(range(99))

    def failing(*paths: Any) -> None:
        if next(done) == step:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        replace(*paths)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", failing)
        with pytest.raises(OSError, match="denied"):
            write_together(tmp_path, NEW)
    assert contents(tmp_path) == before


def test_names_are_those_that_stand_there_however_quickly_they_change(tmp_path: Path) -> None:
    """A folder of yesterday is listed once, one of this second each time, and none is mixed up."""
    for number in range(40):
        (tmp_path / f"{number}").write_bytes(b"")
        assert sorted(names_in(tmp_path)) == sorted(os.listdir(tmp_path)), number
        if number % 3 == 0:
            os.utime(tmp_path, (number, number))  # as if nothing had happened since
            assert sorted(names_in(tmp_path)) == sorted(os.listdir(tmp_path)), number
    (tmp_path / "7").unlink()
    assert "7" not in names_in(tmp_path)
    other = tmp_path.with_name("other")
    tmp_path.rename(other)
    with pytest.raises(FileNotFoundError):
        names_in(tmp_path)
    tmp_path.mkdir()
    assert names_in(tmp_path) == () and len(names_in(other)) == 39


def test_a_folder_that_stays_is_listed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"")
    asked, listdir = list[Path](), os.listdir

    def noted(folder: Path) -> list[str]:
        asked.append(folder)
        return listdir(folder)

    monkeypatch.setattr(os, "listdir", noted)
    assert [names_in(tmp_path) for _ in range(3)] == [("a",)] * 3
    assert len(asked) == 3, "it was made this second"
    os.utime(tmp_path, (1e9, 1e9))
    assert [names_in(tmp_path) for _ in range(3)] == [("a",)] * 3
    assert len(asked) == 4
