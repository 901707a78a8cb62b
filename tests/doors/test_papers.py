"""docs/api.md: its examples run as they stand, its numbers and words are the product's."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shortplank.access import MACHINE
from shortplank.catalogue.ways import Api
from shortplank.doors.headers import WITHHELD
from shortplank.gate.bearers import DAYS, MOST_DAYS, Bearers
from shortplank.gate.house import House
from tools.browser import REPOSITORY, serving

TEXT = (REPOSITORY / "docs/api.md").read_text("utf-8")
PUBLIC = "https://board.county.example/board"


def block(language: str, at: int = -1) -> str:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[at]


def test_the_numbers_of_the_paper_are_the_products() -> None:
    api = Api()
    for said in (
        f"`burst` requests ({api.burst})", f"`per_minute` ({api.per_minute})",
        f"`[api] rows` ({api.rows:,}", f"its days ({DAYS}, at most {MOST_DAYS})",
        *(f"`{name}` names files" for name in WITHHELD),
    ):  # fmt: skip
        assert said in TEXT, said


def test_the_examples_run_as_they_stand(
    county_files: Path, tmp_path: Path, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (county_files / "accounts.toml").unlink(missing_ok=True)
    (county_files / "access.toml").write_text("[local]\n", "utf-8")
    monkeypatch.setenv("SHORTPLANK_STATE", str(state))
    house = House(county_files)
    house.accounts.add(MACHINE, "dashboard", "three quiet rivers", "viewer", must_change=False)
    bearers: Bearers = house.bearers
    (tmp_path / "token.txt").write_text(bearers.add(MACHINE, "dashboard", "x")[1] + "\n", "utf-8")
    variables = {"SHORTPLANK_STATE": str(state)}
    with serving(county_files, environment=variables, base="board") as app:
        shell = block("sh").replace(PUBLIC, app.url)
        ran = subprocess.run(["bash", "-ec", shell], cwd=tmp_path, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        rows = list(csv.DictReader((tmp_path / "towns.csv").read_text("utf-8").splitlines()))
        assert len(rows) > 16 and {"area_code", "numerator", "state"} <= set(rows[0])
        token = (tmp_path / "token.txt").read_text("utf-8").strip()
        ran = subprocess.run(
            [sys.executable, "-c", block("python").replace(PUBLIC, app.url)],
            env={**os.environ, "SHORTPLANK_TOKEN": token}, capture_output=True, text=True,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        first, second, *sentences = ran.stdout.splitlines()
        assert first.startswith("26 990101 banded ") and second.endswith(" 26") and sentences
    (county_files / "access.toml").unlink()
