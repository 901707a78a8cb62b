"""``shortplank geo``: what it says of a file of boundaries, and that a fault changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.store.boundaries.files import collection, feature, row_of_squares, square
from tests.topics.villages import codes, make_county

TOWNS = ["990101100", "990101101"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A county of two townships with two villages each."""
    return make_county(tmp_path / "county", (2, 2))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The boundaries of both townships and of one village."""
    path = tmp_path / "边界.geojson"
    path.write_bytes(row_of_squares([*TOWNS, codes((2, 2))[0]], illustrative=True))
    return path


def test_a_sound_file_is_told_and_not_written(
    command: Command, workspace: Path, file: Path
) -> None:
    said = command("geo", "check", file, "-w", workspace)
    assert (said.code, said.out) == (0, "")
    assert said.err.splitlines() == [
        "2 个乡镇有边界。",
        "1 个村有边界。",
        "3 个村没有边界：村00002、村01001、村01002。",
        "文件标明边界为示意，地图上会注明。",
        "边界文件可以使用，没有写入；登记请用 geo add。",
    ]
    assert not (workspace / "geo").exists()


def test_a_sound_file_is_put_in_place_to_the_byte(
    command: Command, workspace: Path, file: Path
) -> None:
    assert command("geo", "add", file, "-w", workspace).code == 0
    assert (workspace / "geo" / "areas.geojson").read_bytes() == file.read_bytes()
    file.write_bytes(row_of_squares(TOWNS[:1]))
    said = command("geo", "add", file, "-w", workspace)
    assert "1 个乡镇没有边界：乡1镇。" in said.err and "边界已登记" in said.err
    assert (workspace / "geo" / "areas.geojson").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("act", ["check", "add"])
def test_a_fault_is_one_sentence_and_changes_nothing(
    act: str, command: Command, workspace: Path, file: Path
) -> None:
    command("geo", "add", file, "-w", workspace)
    before = file.read_bytes()
    file.write_bytes(row_of_squares([*TOWNS, "990101999"]))
    said = command("geo", act, file, "-w", workspace)
    assert said.code == 1 and said.err.splitlines() == [
        "第 3 个要素：登记册里没有代码 990101999。"
        "请改正代码，或先在 areas.csv 登记，或从文件中删去这个要素。"
    ]
    assert (workspace / "geo" / "areas.geojson").read_bytes() == before


def test_neighbours_that_overlap_are_told_and_taken(
    command: Command, workspace: Path, file: Path
) -> None:
    over = [feature(TOWNS[0], square(117, 30)), feature(TOWNS[1], square(117.05, 30.05))]
    file.write_bytes(collection(over))
    said = command("geo", "add", file, "-w", workspace)
    assert said.code == 0 and "相邻乡镇的边界之间有缝隙或重叠" in said.err


def test_a_file_that_is_not_there_is_wrong_use(command: Command, workspace: Path) -> None:
    said = command("geo", "add", workspace / "没有.geojson", "-w", workspace)
    assert said.code == 2 and "没有这个文件" in said.err
    assert command("geo", "add", workspace, "-w", workspace).code == 2


def test_help_is_in_chinese(command: Command) -> None:
    assert "核对并登记乡镇和村的边界" in command("geo", "--help").out
