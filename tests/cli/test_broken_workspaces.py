"""A broken workspace: one Chinese sentence with the file and the mend, and nothing changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.ingest.county import state_of

QUESTION = ("ask", "months_by_edition", "-p", "county=990101")


def only(root: Path, pattern: str) -> Path:
    (path,) = root.glob(pattern)
    return path


def append(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text((path.read_text("utf-8") if path.exists() else "") + text, encoding="utf-8")

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def data_file(root: Path) -> Path:
    return only(root, "snapshots/data/village_month/*/*.parquet")


def flip_a_byte(root: Path) -> None:
    data = bytearray(data_file(root).read_bytes())
    data[len(data) // 2] ^= 0xFF
    data_file(root).write_bytes(data)


def truncate(root: Path) -> None:
    data_file(root).write_bytes(data_file(root).read_bytes()[:100])


ORPHAN = "990101003001,990101003,village,高山村,村,2009-01-01,\n"
UNKNOWN_PART = '[sums]\nx = [["y"]]\n'
STATUS = "area_code,status,valid_from,valid_to,source\n990199,示范乡镇,2009-01-01,,文件\n"


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (remove("workspace.toml"), "workspace.toml"),
        (remove("areas.csv"), "areas.csv"),
        (remove("catalogue/measures.toml"), "catalogue/measures.toml"),
        (remove("catalogue/scheme.toml"), "catalogue/scheme.toml"),
        (append("workspace.toml", "name = \n"), "workspace.toml"),
        (append("workspace.toml", 'colour = "red"\n'), "workspace.toml"),
        (append("catalogue/rules.toml", '[[rules]]\nid = "x"\n'), "catalogue/rules.toml"),
        (append("catalogue/forms/village_month.toml", UNKNOWN_PART), "village_month.toml"),
        (append("areas.csv", ORPHAN), "areas.csv"),
        (append("areas.csv", "990101003,990101,city,高山,市,2009-01-01,\n"), "areas.csv"),
        (append("areas.csv", "990101003\n"), "areas.csv"),
        (append("registers/status.csv", STATUS), "registers/status.csv"),
        (append("aliases.csv", "990199001,别名\n"), "aliases.csv"),
        (lambda root: (root / "areas.csv").write_bytes(b"\xff\xfe\xff"), "areas.csv"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "arguments", [QUESTION, ("build",), ("editions", "list"), ("editions", "verify")]
)
def test_settings_and_registers(
    command: Command,
    county: Path,
    damage: Callable[[Path], None],
    place: str,
    arguments: tuple[str, ...],
) -> None:
    damage(county)
    before = state_of(county)
    said = command(*arguments, "-w", county)
    assert said.code == 1 and said.out == ""
    assert_sentence(said.err, place)
    assert state_of(county) == before


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (truncate, "snapshots/data/village_month"),
        (lambda root: data_file(root).unlink(), "snapshots/data/village_month"),
        (lambda root: data_file(root).write_bytes(b"not parquet"), "snapshots/data/village_month"),
        (
            lambda root: only(root, "snapshots/manifests/*.json").write_text("{"),
            "snapshots/manifests/00000001.json",
        ),
        (
            lambda root: only(root, "snapshots/manifests/*.json").write_text('{"number": 1}'),
            "snapshots/manifests/00000001.json",
        ),
    ],
)
@pytest.mark.parametrize("arguments", [QUESTION, ("build",), ("editions", "verify")])
def test_editions(
    command: Command,
    county: Path,
    damage: Callable[[Path], None],
    place: str,
    arguments: tuple[str, ...],
) -> None:
    damage(county)
    before = state_of(county)
    said = command(*arguments, "-w", county)
    assert said.code == 1 and said.out == ""
    assert_sentence(said.err, place)
    assert state_of(county) == before


def test_a_byte_that_changed_is_found_by_verify(command: Command, county: Path) -> None:
    flip_a_byte(county)
    said = command("editions", "verify", "-w", county)
    assert said.code == 1
    assert_sentence(said.err, "snapshots/data/village_month")
    assert "与发布时不一致" in said.err


def test_an_import_does_not_build_on_a_damaged_month(
    command: Command, county: Path, june: Path
) -> None:
    truncate(county)
    june.write_text(june.read_text("utf-8").replace("2010-06", "2010-05"), encoding="utf-8")
    before = state_of(county)
    said = command("import", june, "-w", county)
    assert said.code == 1 and "snapshots/data/village_month" in said.err
    assert state_of(county) == before


def test_a_folder_that_is_none(command: Command, tmp_path: Path) -> None:
    said = command(*QUESTION, "-w", tmp_path / "absent")
    assert said.code == 1 and "SHORTPLANK_WORKSPACE" in said.err


def assert_sentence(text: str, place: str) -> None:
    """One line in Chinese that names the file and what to do."""
    (line,) = [line for line in text.splitlines() if not line.endswith("……")]
    assert place in line
    assert line.endswith("。") and re.search("请", line)
    assert len(re.findall(r"[\u4e00-\u9fff]", line)) > 8
