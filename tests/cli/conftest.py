"""The small county with one published month, and the command as a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from shortplank import cli
from shortplank.ingest import publish_batch
from shortplank.store import Store
from tests.ingest.county import as_csv, checked, make_county, rows


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """A function from arguments to what the command said; no traceback is ever among it."""

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    return run


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A workspace with one edition of one month."""
    root = make_county(tmp_path / "county")
    store = Store(root)
    batch = checked(store, as_csv(rows(month="2010-05", 死亡人数=1)))
    publish_batch(store, batch, why="五月月报")
    return root


@pytest.fixture
def june(tmp_path: Path) -> Path:
    """A sound report of the next month."""
    path = tmp_path / "六月.csv"
    path.write_text(as_csv(rows(死亡人数=2)), encoding="utf-8")
    return path
