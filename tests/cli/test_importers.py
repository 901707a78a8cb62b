"""Many who import at once, a disk that is full, a folder that refuses: told, and nothing lost."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shortplank.cli import run
from shortplank.store import Store
from tests.ingest.county import state_of
from tests.ingest.yunzhou import EXCERPTS, JUNE, make_yunzhou
from tests.shared import SHARED

IMPORTERS = 10
GOOD = SHARED / "samples/good" if (SHARED / "samples/good").exists() else EXCERPTS / "good"


@pytest.fixture
def yunzhou(tmp_path: Path) -> Path:
    """The demo county without editions."""
    return make_yunzhou(tmp_path / "county")


def reports() -> list[Path]:
    return sorted(path for path in GOOD.iterdir() if path.name.endswith(("月报.xlsx", "月报.csv")))


def importing(files: list[Path], folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "shortplank.cli", "import", *map(str, files)]
    return subprocess.Popen(
        [*command, "-w", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_ten_importers_at_once_all_get_through(yunzhou: Path) -> None:
    files = reports()
    turns = [files[n % len(files)] for n in range(IMPORTERS)]
    running = [importing([file], yunzhou) for file in turns]
    for process in running:
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0 and "已发布" in said, said
    store = Store(yunzhou)
    assert store.numbers() == list(range(1, IMPORTERS + 1))
    assert [edition.parent for edition in store.history()] == [None, *range(1, IMPORTERS)]
    assert store.verify() == []
    # Every township's rows are there, whoever came last; every submission is kept.
    table, filed = (store.edition().table(name, JUNE) for name in ("village_month", "submission"))
    assert table is not None and filed is not None
    towns = {code[:9] for code in table["area_code"].to_pylist()}
    assert len(towns) == len(set(turns))
    assert filed.num_rows == IMPORTERS


def refuse(code: int) -> Callable[..., None]:
    def refused(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    return refused


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "磁盘已满"), (errno.EACCES, "没有写入权限"), (errno.EROFS, "没有写入权限")],
)
@pytest.mark.parametrize("step", ["fsync", "replace", "link"])
def test_a_write_that_is_refused_is_told_and_leaves_all_as_it_was(
    yunzhou: Path,
    code: int,
    said: str,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = (str(path) for path in reports()[:2])
    assert run(["import", first, "-w", str(yunzhou)]) == 0
    before = state_of(yunzhou)
    capsys.readouterr()
    with monkeypatch.context() as patched:
        patched.setattr(os, step, refuse(code))
        assert run(["import", second, "-w", str(yunzhou)]) == 1
    error = capsys.readouterr().err
    assert said in error and "旧版本未变" in error and "Traceback" not in error
    assert ("命令以本机账户的权限读写" in error) == (code == errno.EACCES)
    kept = state_of(yunzhou)
    assert before.items() <= kept.items()
    assert Store(yunzhou).numbers() == [1] and Store(yunzhou).verify() == []
    assert run(["import", second, "-w", str(yunzhou)]) == 0  # and it goes through afterwards
