"""Every command of the handbook does what it says, in the order in which a county runs them."""

from __future__ import annotations

import io
import re
import shlex
import sys
from pathlib import Path

import pytest

from shortplank.topics.handbook.answer import CHAPTERS
from tests.cli.conftest import Command, command
from tests.topics.handbook.test_handbook import told

__all__ = ["command"]  # the fixture

# Whoever begins with files makes the county that the other chapters then work with.
ORDER = ("regions", *(key for key in CHAPTERS if key != "regions"))
PASSWORD = "梅花三弄又一年再来一次".encode()
TOWNS = {"990101101": "山口镇", "990101102": "石桥乡"}


def written(key: str) -> list[str]:
    """Return a chapter's commands, as they stand in it."""
    blocks = re.findall(r"```sh\n(.*?)```", told(key), flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def write_reports(folder: Path) -> None:
    """Write the reports that the handbook speaks of: three months of six villages, made up."""
    folder.mkdir()
    for month in (1, 2, 3):
        lines = ["村代码,乡镇,村,月份,出生男,出生女,出生合计,死亡"]
        for code, town in TOWNS.items():
            for village in (1, 2, 3):
                boys, girls = village + month, village * month % 5 + 1
                cells = [
                    f"{code}{village - 1}{village}",
                    town,
                    f"{town[:2]}{village}村",
                    f"2024-{month:02}",
                ]
                lines.append(",".join([*cells, *map(str, (boys, girls, boys + girls, month))]))
        (folder / f"2024-{month:02}.csv").write_text("\n".join(lines) + "\n", "gb18030")


def test_every_command_of_the_handbook_runs(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_reports(tmp_path / "报表")
    lines = [line for key in ORDER for line in written(key)]
    assert len(lines) > 12
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "shortplank", line
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PASSWORD)))
        said = command(*arguments)
        assert said.code == 0, (line, said)
