"""England's Campylobacter by the commands of its README: every rate is the published one.

OHID, Fingertips, Open Government Licence v3.0; the excerpt: two regions' areas, with England.
"""

from __future__ import annotations

import csv
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.store import Engine
from tests.cli.conftest import Command, command
from tools.browser import REPOSITORY

__all__ = ["command"]  # the fixture

EXAMPLE = REPOSITORY / "examples" / "england_campylobacter"
EXCERPT = Path(__file__).parent / "england_excerpt" / "indicators-CountyUA.data.csv"
KEY = "campylobacter_rate"


def published() -> dict[tuple[str, int], float]:
    """Return the published rates per 100,000 by area and year."""
    with EXCERPT.open(encoding="utf-8-sig", newline="") as file:
        return {
            (row["Area Code"], int(row["Time period"])): float(row["Value"])
            for row in csv.DictReader(file)
            if row["Area Type"] == "County & UA" and row["Age"] == "All ages" and row["Count"]
        }


def test_the_commands_of_the_readme_give_the_published_rates(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXCERPT, tmp_path)
    shutil.copytree(EXAMPLE, tmp_path / "examples" / EXAMPLE.name)
    block = re.search(r"```\n(.*?)```", (EXAMPLE / "README.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    *lines, last = block[1].strip().splitlines()
    assert "serve" in last
    for line in lines:
        program, *arguments = shlex.split(line)
        if program == "shortplank":
            said = command(*arguments)
            assert said.code == 0, (line, said)
        else:
            program = sys.executable if program == "python" else program
            subprocess.run([program, *arguments], check=True)
    ws = load_workspace(tmp_path / "england")
    shared, found = Engine(ws), {}
    for region in (area for area in ws.areas if area.level == "county"):
        table = shared.at(region.area_code).ask(
            "series_by_area", None, "analyst", indicator=KEY, county=region.area_code,
            month="2017-12-01", year_opens=1,
        )  # fmt: skip
        for row in table.to_pylist():
            if row["level"] == "township" and row["numerator"] is not None:
                rate = row["numerator"] / row["denominator"] * ws.indicators[KEY].factor
                found[row["area_code"], row["stat_month"].year] = rate
    assert found == pytest.approx(published())


def test_little_is_written_by_hand() -> None:
    written = [*EXAMPLE.glob("*.py"), *EXAMPLE.glob("*.toml")]
    lines = [line for path in written for line in path.read_text("utf-8").splitlines() if line]
    assert len(written) == 2 and len(lines) <= 40
