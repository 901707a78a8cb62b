"""``shortplank settings``: what was changed, line by line, and back again from whatever stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.records.settings_changes import change, text_of
from shortplank.store import Store
from tests.cli.conftest import Command
from tests.store import workspaces as w

SERVICE = "catalogue/indicators/service.toml"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    store = w.store(tmp_path / "county")
    w.deaths(store, 3)
    whole = str(text_of(store.root, SERVICE))
    change(store, {SERVICE: whole.replace("target = 85", "target = 88")}, "县里定的目标")
    return store.root


def test_changes_are_listed_and_shown_line_by_line(command: Command, workspace: Path) -> None:
    said = command("settings", "history", "-w", workspace)
    assert said.code == 0
    assert said.out.startswith("第 1 次") and said.out.rstrip().endswith(SERVICE)
    assert "县里定的目标　第 2 版" in said.out
    shown = command("settings", "history", "1", "-w", workspace).out.splitlines()
    assert "-target = 85" in shown and "+target = 88" in shown
    wrong = command("settings", "history", "7", "-w", workspace)
    assert wrong.code == 1 and "没有第 7 次改动" in wrong.err


def test_going_back_is_a_change_and_an_edition_of_its_own(
    command: Command, workspace: Path
) -> None:
    said = command("settings", "restore", "0", "-w", workspace, "--why", "先不改")
    assert said.code == 0 and "记为第 2 次" in said.err and "第 3 版" in said.err
    assert load_workspace(workspace).indicators["migrant_filing"].target == 85
    assert Store(workspace).edition().why == "口径修改：先不改"


def test_settings_that_cannot_be_opened_are_mended_by_going_back(
    command: Command, workspace: Path
) -> None:
    (workspace / SERVICE).write_text("[[", "utf-8")
    assert command("settings", "history", "-w", workspace).code == 0
    assert command("settings", "restore", "1", "-w", workspace).code == 1  # nothing came after it
    assert command("settings", "restore", "0", "-w", workspace).code == 0
    assert load_workspace(workspace).indicators["migrant_filing"].target == 85


def test_a_change_that_was_not_ended_is_ended_first(
    command: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as broken:
        broken.setattr("shortplank.store.settling._put", full)
        said = command("settings", "restore", "0", "-w", workspace)
    assert said.code == 1 and "磁盘已满" in said.err
    said = command("settings", "history", "-w", workspace)
    assert "现在已写完" in said.err and "第 2 次" in said.out
    assert not (workspace / ".settings" / "new").exists()
