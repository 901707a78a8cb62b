"""Files that are written together: all of them or none, at whichever step it fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from shortplank.store.files import write_together

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
