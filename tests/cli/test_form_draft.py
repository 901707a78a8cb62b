"""``shortplank form draft`` and ``templates``: what is said, what is written, and how they exit."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from tests.cli.conftest import Command
from tests.ingest.drafting.registered import blank, register
from tests.ingest.drafting.shapes import SHAPES


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A blank workspace."""
    return blank(tmp_path / "w")


def file_of(folder: Path, name: str) -> Path:
    """Return a made-up file of one shape."""
    shape = SHAPES[name]()
    path = folder / shape.name
    path.write_bytes(shape.data)
    return path


def kept(root: Path) -> dict[str, bytes]:
    """Return every file of a workspace."""
    return {
        str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()
    }


def test_without_accept_each_guess_is_said_and_nothing_is_written(
    command: Command, workspace: Path, tmp_path: Path
) -> None:
    before = kept(workspace)
    said = command("form", "draft", file_of(tmp_path, "taiwan"), "-w", workspace)
    assert said.code == 0 and kept(workspace) == before
    assert "编码：Big5" in said.out and "民国纪年" in said.out
    assert "合计列，只核对不保存" in said.out
    assert "什么也没有写" in said.err


def test_what_is_accepted_imports_and_has_a_workbook(
    command: Command, workspace: Path, tmp_path: Path
) -> None:
    from shortplank.ingest import Upload

    file = file_of(tmp_path, "korea")
    said = command("form", "draft", file, "-w", workspace, "--accept", "--name", "dongs")
    assert said.code == 0, said.err
    assert "catalogue/forms/dongs.toml" in said.err and "areas from" in said.err
    ws = load_workspace(workspace)
    assert list(ws.forms) == ["dongs"] and ws.scheme.headline
    register(workspace, Upload(file.name, file.read_bytes()), "dongs")
    said = command("import", file, "-w", workspace)
    assert said.code == 0, said.out
    said = command("templates", "-w", workspace)
    assert said.code == 0
    assert [p.suffix for p in (workspace / "templates").iterdir()] == [".xlsx"]


def test_a_file_that_a_form_reads_is_said_to_be_known(
    command: Command, workspace: Path, tmp_path: Path
) -> None:
    file = file_of(tmp_path, "france")
    assert command("form", "draft", file, "-w", workspace, "--accept").code == 0
    before = kept(workspace)
    said = command("form", "draft", file, "-w", workspace, "--accept")
    assert said.code == 0 and "已能按表单“etat civil”读取" in said.err
    assert kept(workspace) == before


def test_a_second_report_joins_the_catalogue(
    command: Command, workspace: Path, tmp_path: Path
) -> None:
    for name in ("france", "taiwan", "sheets"):
        assert (
            command("form", "draft", file_of(tmp_path, name), "-w", workspace, "--accept").code == 0
        )
    ws = load_workspace(workspace)
    assert len(ws.forms) == 3 and len({f.dataset for f in ws.forms.values()}) == 3
    said = command("check", file_of(tmp_path, "sheets"), "-w", workspace)
    assert "没有登记过" not in said.out


def test_a_bad_file_is_one_sentence_and_exit_1(
    command: Command, workspace: Path, tmp_path: Path
) -> None:
    before = kept(workspace)
    bad = tmp_path / "名单.csv"
    bad.write_text("姓名,电话\n张三,13800138000\n李四,13800138001\n", encoding="utf-8")
    said = command("form", "draft", bad, "-w", workspace, "--accept")
    assert said.code == 1 and said.out == ""
    assert len(said.err.strip().splitlines()) == 1 and "13800138000" not in said.err
    assert kept(workspace) == before


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--encoding", "ebcdic", "--encoding"),
        ("--delimiter", ";", "--delimiter"),
        ("--head", "x", "--head"),
        ("--column", "C=nonsense", "--column"),
        ("--open", "nobody=why", "--open"),
    ],
)
def test_a_wrong_option_is_said(
    command: Command, workspace: Path, tmp_path: Path, option: str, value: str, words: str
) -> None:
    said = command("form", "draft", file_of(tmp_path, "taiwan"), "-w", workspace, option, value)
    assert said.code == 2 and words in said.err


def test_a_choice_between_encodings_is_named_on_stderr(
    command: Command, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shortplank.ingest.drafting import explaining

    monkeypatch.setattr(explaining, "_NEAR", 0.7)
    said = command("form", "draft", file_of(tmp_path, "korea"), "-w", workspace, "--accept")
    assert said.code == 0
    assert "几种编码都读得通：取 CP949" in said.err and "GB18030" in said.err


@pytest.mark.parametrize("name", SHAPES)
def test_three_commands_lead_from_a_strangers_file_to_its_figures(
    command: Command, tmp_path: Path, name: str
) -> None:
    from shortplank.store import Store

    root, file = tmp_path / "w", file_of(tmp_path, name)
    assert command("init", root, "--blank").code == 0
    for step in (["form", "draft", file, "--accept"], ["areas", "from", file, "--accept"]):
        said = command(*step, "-w", root)
        assert said.code == 0, said.err
    said = command("import", file, "-w", root)
    assert said.code == 0, said.out
    ws = load_workspace(root)
    (form,) = ws.forms.values()
    edition = Store(root, ws).edition()
    held = [
        (f"{month:%Y-%m}", tuple(row[measure] for measure in form.columns))
        for month in edition.months(form.dataset)
        for row in edition.table(form.dataset, month).to_pylist()  # type: ignore[union-attr]
    ]
    figures = [(month, counts) for (month, _), counts in SHAPES[name]().figures.items()]
    assert sorted(map(str, held)) == sorted(map(str, figures))
