"""England's providers as a workspace, by the commands of examples/england_ae and nothing else.

NHS England, from NHSRdatasets (CC0); the excerpt: six providers.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.store import Store
from tests.cli.conftest import Command, command
from tools.browser import REPOSITORY

__all__ = ["command"]  # the fixture

EXCERPT = Path(__file__).parent / "england_excerpt" / "ae_attendances.csv"
# Published with the XmR chart of this organisation's type 1.
RRK, MONTHS, MEAN = "RRK", 36, 14_984.3


def commands() -> list[list[str]]:
    """Return the README's commands but the last, which serves."""
    text = (REPOSITORY / "examples" / "england_ae" / "README.md").read_text("utf-8")
    block = re.search(r"```\n(.*?)```", text, flags=re.DOTALL)
    assert block is not None
    *lines, last = block[1].strip().splitlines()
    assert "serve" in last
    return [shlex.split(line)[1:] for line in lines]


def test_the_commands_of_the_readme_give_the_published_mean(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / EXCERPT.name).write_bytes(EXCERPT.read_bytes())
    for arguments in commands():
        said = command(*arguments)
        assert said.code == 0, (arguments, said)
    ws = load_workspace(tmp_path / "england")
    ((_, form),) = ws.forms.items()
    measure = next(key for key in ws.measures if ws.measures[key].label == "1/attendances")
    edition = Store(tmp_path / "england", ws).edition()
    counts = []
    for month in edition.months(form.dataset):
        table = edition.table(form.dataset, month)
        assert table is not None
        counts += [row[measure] for row in table.to_pylist() if row["area_code"] == RRK]
    assert len(counts) == MONTHS
    assert sum(counts) / MONTHS == pytest.approx(MEAN, abs=0.05)
