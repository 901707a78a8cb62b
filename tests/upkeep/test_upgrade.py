"""An older workspace becomes one of this form, in one step for whoever looks."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.catalogue.loader import SCHEMA_VERSION, UPGRADING
from shortplank.errors import ShortplankError, WorkspaceError
from shortplank.store import Engine, Store
from shortplank.upkeep import upgrade as upgrading
from shortplank.upkeep.backup import backup
from shortplank.upkeep.restore import check, restore
from shortplank.upkeep.upgrade import upgrade
from tests.cli.conftest import Command
from tests.pages.apps import run
from tests.upkeep import worlds

KEPT = Path(__file__).parent / "kept"


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cheap_hashes: None) -> Path:
    """A workspace of a made-up version before the first, and the step that leads on from it."""
    monkeypatch.setitem(upgrading.STEPS, 0, worlds.rebuilt)
    return worlds.older(tmp_path / "county")


def test_a_made_up_step_is_one_function(old: Path, tmp_path: Path, command: Command) -> None:
    before = worlds.kept_of(old)
    done = command("upgrade", "-w", old, "--backup", tmp_path / "before.tar")
    assert done.code == 0 and "由第 0 版升为第 1 版" in done.err and "before.tar" in done.err
    after = worlds.kept_of(old)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        "workspace.toml", "aliases.csv", "names.csv", "journal/tray.jsonl",
    }  # fmt: skip
    assert "# kept\nschema_version = 1" in (old / "workspace.toml").read_text("utf-8")
    assert stat.S_IMODE((old / "accounts.toml").stat().st_mode) == 0o600
    assert load_workspace(old).settings.due_day == 5 and Store(old).verify() == []
    assert not (old / ".upgrade").exists()
    assert check(tmp_path / "before.tar").schema_version == 0


def test_the_backup_before_becomes_the_old_workspace_again(old: Path, tmp_path: Path) -> None:
    before = worlds.kept_of(old)
    done = upgrade(old)
    assert done.backup is not None and done.backup.parent == tmp_path
    restore(done.backup, tmp_path / "again")
    assert worlds.kept_of(tmp_path / "again") == before
    upgrade(tmp_path / "again", without_backup=True)
    assert worlds.kept_of(tmp_path / "again") == worlds.kept_of(old)


def test_where_no_backup_can_be_made_nothing_is_upgraded(
    old: Path, tmp_path: Path, command: Command
) -> None:
    before = worlds.kept_of(old)
    (tmp_path / "there.tar").write_text("another")
    done = command("upgrade", "-w", old, "--backup", tmp_path / "there.tar")
    assert done.code == 1 and "已经有这个文件" in done.err
    assert worlds.kept_of(old) == before
    assert command("upgrade", "-w", old, "--backup", "x", "--no-backup").code == 2


def test_what_a_step_leaves_unreadable_is_not_committed(
    old: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    before = worlds.kept_of(old)
    monkeypatch.setitem(upgrading.STEPS, 0, lambda folder: (folder / "areas.csv").unlink())
    done = command("upgrade", "-w", old, "--no-backup")
    assert done.code == 1 and "areas.csv" in done.err
    assert worlds.kept_of(old) == before and not (old / ".upgrade").exists()


def test_who_writes_meanwhile_stops_it(
    old: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    def slow(folder: Path) -> None:
        worlds.rebuilt(folder)
        with (old / "journal" / "tray.jsonl").open("a") as file:
            file.write("{}\n")

    monkeypatch.setitem(upgrading.STEPS, 0, slow)
    done = command("upgrade", "-w", old, "--no-backup")
    assert done.code == 1 and "先停下服务" in done.err
    assert "schema_version = 0" in (old / "workspace.toml").read_text("utf-8")


# --- who opens another form -----------------------------------------------------------------------
@pytest.mark.parametrize("arguments", [["editions", "list"], ["build"], ["serve"]])
def test_a_command_names_the_upgrade(old: Path, command: Command, arguments: list[str]) -> None:
    done = command(*arguments, "-w", old)
    assert done.code == 1 and f"shortplank upgrade -w {old}" in done.err
    assert done.err.count("\n") == 1 and "第 0 版" in done.err


def test_a_page_names_the_upgrade(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(old))
    test = run("overview")
    assert not test.exception
    assert "shortplank upgrade" in "".join(str(error.value) for error in test.error)


def test_a_newer_one_is_refused_by_all(county: Path, tmp_path: Path, command: Command) -> None:
    settings = county / "workspace.toml"
    newer = settings.read_text("utf-8").replace("schema_version = 1", "schema_version = 99")
    settings.write_text(newer, "utf-8")
    for arguments in (["upgrade"], ["backup", tmp_path / "a.tar"], ["editions", "list"]):
        done = command(*arguments, "-w", county)
        assert done.code == 1 and "新版本的程序" in done.err
    assert settings.read_text("utf-8") == newer


def test_one_from_which_no_step_leads_is_refused(county: Path, command: Command) -> None:
    settings = county / "workspace.toml"
    text = settings.read_text("utf-8").replace("schema_version = 1", "schema_version = -3")
    settings.write_text(text, "utf-8")
    done = command("upgrade", "-w", county)
    assert done.code == 1 and "不能从第 -3 版升级" in done.err


def test_one_that_says_no_version_is_refused(county: Path, command: Command) -> None:
    settings = county / "workspace.toml"
    text = settings.read_text("utf-8").replace("schema_version = 1\n", "")
    settings.write_text(text, "utf-8")
    for arguments in (["upgrade", "-w", county], ["editions", "list", "-w", county]):
        done = command(*arguments)
        assert done.code == 1 and "schema_version：缺少" in done.err


def test_one_of_this_form_stays_as_it_is(county: Path, command: Command) -> None:
    before = worlds.kept_of(county)
    done = command("upgrade", "-w", county)
    assert done.code == 0 and "没有改动" in done.err
    assert worlds.kept_of(county) == before


# --- kept from before -----------------------------------------------------------------------------
@pytest.mark.parametrize("kept", sorted(path.name for path in KEPT.glob("*.tar")))
def test_a_workspace_of_each_version_that_was_ever_released_is_brought_up_to_date(
    tmp_path: Path, kept: str
) -> None:
    restore(KEPT / kept, tmp_path / "county")
    done = upgrade(tmp_path / "county")
    assert f"schema-{done.before}.tar" == kept and done.now == SCHEMA_VERSION
    store = Store(tmp_path / "county")
    assert store.verify() == [] and worlds.hold_together(store.root) == 2
    asked = Engine(store.workspace).ask("months_by_edition", county="990201")
    assert asked.num_rows == 2


# --- killed ---------------------------------------------------------------------------------------
@pytest.mark.slow
def test_one_that_is_killed_is_old_or_is_carried_to_its_end(
    old: Path, tmp_path: Path, cheap_hashes: None
) -> None:

    before, step, was_old, between = worlds.kept_of(old), 0, 0, 0
    after = None
    while after is None:
        root = Path(shutil.copytree(old, tmp_path / f"killed-{step}"))
        assert worlds.killed("upgrade", step, root, tmp_path / "state") == -9
        if (root / UPGRADING).exists():
            between += 1
            with pytest.raises(WorkspaceError, match="升级还没有做完"):
                load_workspace(root)
            with pytest.raises(ShortplankError, match="升级还没有做完"):
                backup(root, tmp_path / "never.tar")
        elif worlds.kept_of(root) == before:
            was_old += 1
        else:  # the new one, but for sweeping up
            after = worlds.kept_of(root)
            assert load_workspace(root).settings.due_day == 5
        upgrade(root, without_backup=True)
        assert load_workspace(root).settings.due_day == 5
        assert not (root / ".upgrade").exists()
        new = worlds.kept_of(root)
        step += 1
    assert new == after and was_old >= 2 and between >= 4
    assert not (tmp_path / "never.tar").exists()
