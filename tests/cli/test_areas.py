"""``shortplank areas``: what is proposed, what is written, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank import cli
from shortplank.catalogue import load_workspace
from shortplank.records.settings_changes import changes
from tests.ingest.gazetteer.county import blank, months
from tests.ingest.gazetteer.test_lists import COLUMNS, KOREA, POINTING
from tests.ingest.gazetteer.test_reports import CASES, history


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return blank(tmp_path / "w").root


def write(folder: Path, text: str, name: str = "名单.csv") -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def test_without_accept_nothing_is_written(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {p: p.read_bytes() for p in workspace.rglob("*") if p.is_file()}
    assert cli.run(["areas", "from", write(tmp_path, COLUMNS), "-w", str(workspace)]) == 0
    said = capsys.readouterr()
    assert "1 个县、2 个乡镇、6 个村" in said.out and "[推断]" in said.out
    assert "--accept" in said.err
    assert {p: p.read_bytes() for p in workspace.rglob("*") if p.is_file()} == before


def test_accepted_once_a_second_time_changes_nothing(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["areas", "from", write(tmp_path, KOREA), "-w", str(workspace), "--accept"]
    assert cli.run([*command, "--home", "부산광역시"]) == 0
    ws = load_workspace(workspace)
    assert ws.home.name == "부산광역시" and len(ws.peers) == 3
    assert len(changes(workspace)) == 1 and "1 个文件" in changes(workspace)[0].why
    capsys.readouterr()
    assert cli.run(command) == 0
    assert "没有改动" in capsys.readouterr().err and len(changes(workspace)) == 1


def test_reports_and_a_list_together_make_one_register(workspace: Path, tmp_path: Path) -> None:
    changing, *_ = CASES["is merged into another"]
    files = []
    for upload in months(history(*changing)):
        (tmp_path / upload.name).write_bytes(upload.data)
        files.append(str(tmp_path / upload.name))
    towns = write(tmp_path, "县码,县,镇码,乡镇\n01,甲县,0101,东镇\n01,甲县,0102,西乡\n")
    assert cli.run(["areas", "from", towns, *files, "-w", str(workspace), "--accept"]) == 0
    ws = load_workspace(workspace)
    own = {area.name: area for area in ws.areas}
    assert own["东镇"].area_code == "0101" and own["大村"].parent_code == "0101"
    assert [(s.old_code, s.new_code) for s in ws.successors] == [("010105", "010106")]
    assert cli.run(["import", *files, "-w", str(workspace)]) == 0


def test_an_alias_and_an_heir_are_one_command_each(workspace: Path, tmp_path: Path) -> None:
    place = ["-w", str(workspace)]
    cli.run(["areas", "from", write(tmp_path, POINTING), *place, "--accept"])
    assert cli.run(["areas", "alias", "010101", "老一村", *place, "--why", "旧名"]) == 0
    assert cli.run(["areas", "successor", "010102", "010101", *place, "--from", "2010-07-01",
                    "--why", "并村"]) == 0  # fmt: skip
    ws = load_workspace(workspace)
    assert [(a.area_code, a.alias) for a in ws.aliases][-1] == ("010101", "老一村")
    assert [(s.old_code, s.new_code) for s in ws.successors] == [("010102", "010101")]
    assert str(ws.area_by_code["010102"].valid_to) == "2010-06-30"
    assert [each.why for each in changes(workspace)][-2:] == ["旧名", "并村"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["alias", "019999", "某村", "--why", "x"], 1, "没有代码 019999"),
        (["alias", "010101", "二村", "--why", "x"], 1, "已是二村"),
        (["alias", "010101", "010102", "--why", "x"], 1, "已是二村"),
        (["successor", "010101", "0101", "--from", "2010-07-01", "--why", "x"], 1, "不是同一级"),
        (["successor", "010101", "010101", "--from", "2010-07-01", "--why", "x"], 1, "绕回了自己"),
        (["successor", "010101", "010102", "--from", "七月", "--why", "x"], 2, "不是日期"),
        (["alias", "010101", "某村"], 2, "--why"),
        (["from"], 2, "FILE"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    workspace: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    place = ["-w", str(workspace)]
    cli.run(["areas", "from", write(tmp_path, POINTING), *place, "--accept"])
    before = load_workspace(workspace)
    capsys.readouterr()
    assert cli.run(["areas", *arguments, *place]) == code
    assert words in capsys.readouterr().err
    after = load_workspace(workspace)
    assert (after.areas, after.aliases, after.successors) == (
        before.areas, before.aliases, before.successors,
    )  # fmt: skip
