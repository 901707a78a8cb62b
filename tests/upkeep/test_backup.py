"""A backup holds what cannot be made again, of one moment, while ten publish; and is private."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import tarfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from shortplank.audit.state import state_folder
from shortplank.catalogue import load_workspace
from shortplank.errors import ShortplankError
from shortplank.store import Engine, Store, journal
from shortplank.upkeep import contents
from shortplank.upkeep.backup import LAST, backup, newest
from shortplank.upkeep.restore import check, restore
from tests.cli.conftest import Command
from tests.copies import demo_copy
from tests.store import workspaces as w
from tests.upkeep import worlds


def names_in(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


# --- what is in it --------------------------------------------------------------------------------
def test_it_holds_all_that_cannot_be_made_again_and_nothing_else(
    county: Path, tmp_path: Path
) -> None:
    made = backup(county, tmp_path / "a.tar")
    restore(made.file, tmp_path / "again")
    assert worlds.kept_of(tmp_path / "again") == worlds.kept_of(county)
    names = names_in(made.file)
    assert not [name for name in names if "marts" in name or ".lock" in name or "/." in name]
    assert "accounts.toml" in names and "access.toml" in names
    assert [name for name in names if name.startswith("inbox/drafts/")]
    assert (names[0], names[-1]) == ("shortplank-backup.json", "shortplank-backup-end.json")


def test_rights_come_back(county: Path, tmp_path: Path) -> None:
    restore(backup(county, tmp_path / "a.tar").file, tmp_path / "again")
    for name in ("accounts.toml", "areas.csv", "inbox", "inbox/files", "snapshots"):
        old, new = ((root / name).stat().st_mode for root in (county, tmp_path / "again"))
        assert stat.S_IMODE(old) == stat.S_IMODE(new), name
    assert stat.S_IMODE((tmp_path / "again").stat().st_mode) == 0o700


def test_boundaries_come_back_to_the_byte(county: Path, tmp_path: Path) -> None:
    held = (county / "geo" / "areas.geojson").read_bytes()
    made = backup(county, tmp_path / "a.tar").file
    assert "geo/areas.geojson" in names_in(made)
    restore(made, tmp_path / "again")
    assert (tmp_path / "again" / "geo" / "areas.geojson").read_bytes() == held


def test_the_first_entry_says_what_is_in_it(county: Path, tmp_path: Path) -> None:
    backup(county, tmp_path / "a.tar")
    with tarfile.open(tmp_path / "a.tar") as tar:
        source = tar.extractfile("shortplank-backup.json")
        assert source is not None
        head = json.load(source)
    assert (head["schema_version"], head["editions"]) == (1, Store(county).numbers())
    assert all(len(each["sha256"]) == 64 for each in head["files"].values())


def test_only_its_owner_may_read_it(county: Path, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        made = backup(county, tmp_path / "a.tar")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "county"]


def test_links_to_another_disk_are_followed(county: Path, tmp_path: Path) -> None:
    before = worlds.kept_of(county)
    for name in ("snapshots", "registers", "catalogue"):
        if (county / name).exists():
            shutil.move(county / name, tmp_path / name)
            (county / name).symlink_to(tmp_path / name)
    (county / "catalogue" / "again").symlink_to(county)
    restore(backup(county, tmp_path / "a.tar").file, tmp_path / "again")
    assert worlds.kept_of(tmp_path / "again") == before


def test_a_state_folder_within_the_workspace_stays_out(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_STATE", str(county / "registers" / "state"))
    made = backup(county, tmp_path / "a.tar")
    assert (county / "registers" / "state" / "audit").is_dir()
    assert not [name for name in names_in(made.file) if "state" in name]


def test_the_restored_demo_gives_equal_answers(tmp_path: Path) -> None:
    demo = demo_copy(tmp_path / "demo", without=("marts",))
    restore(backup(demo, tmp_path / "a.tar").file, tmp_path / "again")
    old, new = (Engine(load_workspace(root)) for root in (demo, tmp_path / "again"))
    asked: dict[str, dict[str, object]] = {  # such as need no marts, which take long to make
        "corrections_by_month": {"county": "990101", "month": date(2010, 5, 1)},
        "areas_by_level": {},
    }
    for name, params in asked.items():
        answer = old.ask(name, None, "analyst", **params)
        assert answer.num_rows and answer.equals(new.ask(name, None, "analyst", **params)), name
    edition = Store(demo).edition()
    for (dataset, month), file in edition.by_key.items():
        again = Store(tmp_path / "again").edition().by_key[dataset, month]
        assert file == again


def test_a_restored_workspace_gives_equal_answers(county: Path, tmp_path: Path) -> None:
    restore(backup(county, tmp_path / "a.tar").file, tmp_path / "again")
    old, new = (Engine(load_workspace(root)) for root in (county, tmp_path / "again"))
    asked = {"indicator": "policy_compliance", "county": w.COUNTY, "month": w.APRIL}
    params: dict[str, object] = {**asked, "year_month": date(2008, 10, 1)}
    answer, again = (
        engine.ask("townships_by_month", None, "analyst", **params) for engine in (old, new)
    )
    assert answer.num_rows and answer.equals(again)


# --- of one moment --------------------------------------------------------------------------------
@pytest.mark.slow
def test_backups_made_while_ten_publish_are_each_of_one_moment(
    county: Path, tmp_path: Path
) -> None:
    begin, enough = worlds.context().Event(), worlds.context().Event()
    people = [
        worlds.context().Process(target=worlds.work_on, args=(county, n, begin, enough))
        for n in range(1, 11)
    ]
    for person in people:
        person.start()
    begin.set()
    held: list[int] = []
    while len({*held}) < 5 and len(held) < 50:  # seldom more than ten, on any machine
        made = backup(county, tmp_path / "a.tar", force=True)
        restore(made.file, tmp_path / f"again-{len(held)}")
        held.append(worlds.hold_together(tmp_path / f"again-{len(held)}"))
    enough.set()
    for person in people:
        person.join(worlds.SECONDS)
    assert [person.exitcode for person in people] == [0] * 10
    assert held == sorted(held) and len({*held}) == 5
    restore(backup(county, tmp_path / "last.tar").file, tmp_path / "last")
    assert worlds.hold_together(tmp_path / "last") == Store(county).newest() > held[-2]
    assert worlds.kept_of(tmp_path / "last") == worlds.kept_of(county)


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], at: str) -> None:
    """Have something happen once, right after one part of the reading."""
    part, done = getattr(contents, at), []

    def read(*values: object) -> object:
        found = part(*values)
        if not done:
            done.append(True)
            act()
        return found

    monkeypatch.setattr(contents, at, read)


@pytest.mark.parametrize("at", ["_settings", "_drafts", "_growing", "_moment", "_received"])
def test_whatever_is_published_at_any_step_is_wholly_in_or_not_at_all(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    meanwhile(monkeypatch, lambda: worlds.work(county, 5, 1), at)
    restore(backup(county, tmp_path / "a.tar").file, tmp_path / "again")
    newest = worlds.hold_together(tmp_path / "again")
    assert newest == (3 if at in ("_settings", "_drafts", "_growing") else 2)
    assert len([*worlds.lines(tmp_path / "again", "tray")]) == newest - 1


def test_an_edition_between_the_list_of_editions_and_the_journal_is_wholly_in(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, done = Store.numbers, []

    def listed(store: Store) -> list[int]:
        found = numbers(store)
        if not done:
            done.append(True)
            worlds.work(county, 5, 1)
        return found

    monkeypatch.setattr(Store, "numbers", listed)
    restore(backup(county, tmp_path / "a.tar").file, tmp_path / "again")
    assert worlds.hold_together(tmp_path / "again") == 3
    assert len([*worlds.lines(tmp_path / "again", "import_warnings")]) == 2


@pytest.mark.parametrize("at", ["_drafts", "_moment"])
def test_settings_that_change_meanwhile_are_read_again(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    new = (county / "areas.csv").read_text("utf-8").replace("上坪村", "上坪新村")
    meanwhile(monkeypatch, lambda: (county / "areas.csv").write_text(new, "utf-8"), at)
    restore(backup(county, tmp_path / "a.tar").file, tmp_path / "again")
    assert (tmp_path / "again" / "areas.csv").read_text("utf-8") == new


def test_old_editions_that_are_cleaned_up_meanwhile_are_not_missed(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = lambda: Store(county).vacuum(keep=1, grace=timedelta(0))  # noqa: E731
    meanwhile(monkeypatch, clean, "_received")
    restore(backup(county, tmp_path / "a.tar").file, tmp_path / "again")
    store = Store(tmp_path / "again")
    assert store.numbers() == [2] and store.verify() == []


def test_half_a_line_and_a_file_that_no_line_names_stay_out(county: Path, tmp_path: Path) -> None:
    from shortplank.store import inbox

    inbox.keep(county, "report.csv", b"handed in by somebody whose process ended")
    with (county / "journal" / "tray.jsonl").open("ab") as file:
        file.write(b'{"act": "hand_in", "id": "ha')
    restore(backup(county, tmp_path / "a.tar").file, tmp_path / "again")
    assert worlds.hold_together(tmp_path / "again") == 2


def test_a_draft_that_is_handed_in_meanwhile_is_not_lost(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [draft] = (county / "inbox" / "drafts").rglob("*.json")
    hand_in = {"act": "hand_in", "id": "d", "file_sha256": "0" * 64, "before": 2}

    def handed_in() -> None:
        journal.append(county, "tray", hand_in)
        draft.unlink()

    meanwhile(monkeypatch, handed_in, "_moment")
    made = backup(county, tmp_path / "a.tar")
    names = names_in(made.file)
    assert draft.relative_to(county).as_posix() in names


# --- refused --------------------------------------------------------------------------------------
def data_file(root: Path) -> Path:
    return next((root / "snapshots" / "data").rglob("*.parquet"))


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda root: flipped(data_file(root)), "文件缺失或已损坏，没有备份。请从以前的备份取回"),
        (lambda root: data_file(root).unlink(), "文件缺失，没有备份。请从以前的备份取回"),
        (lambda root: data_file(root).write_bytes(b""), "没有备份。请从以前的备份取回"),
        (lambda root: flipped(next((root / "inbox/files").iterdir())), "请从以前的备份取回"),
        (lambda root: (root / "workspace.toml").unlink(), "这里不是工作区"),
        (lambda root: (root / "坏\t名.csv").write_text(""), "文件名不能写进备份"),
    ],
)
def test_a_damaged_workspace_makes_no_backup(
    county: Path, tmp_path: Path, command: Command, damage: Callable[[Path], None], said: str
) -> None:
    damage(county)
    done = command("backup", tmp_path / "a.tar", "-w", county)
    assert done.code == 1 and said in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["county"]


def test_a_file_that_was_handed_in_and_is_lost_is_told_and_stops_nothing(
    county: Path, tmp_path: Path, command: Command
) -> None:
    next((county / "inbox" / "files").iterdir()).unlink()
    done = command("backup", tmp_path / "a.tar", "-w", county)
    assert done.code == 0 and "1 个收到的文件早已缺失" in done.err
    assert len(check(tmp_path / "a.tar").lacking) == 1


def test_no_other_file_is_written_over(county: Path, tmp_path: Path, command: Command) -> None:
    (tmp_path / "a.tar").write_text("another")
    done = command("backup", tmp_path / "a.tar", "-w", county)
    assert done.code == 1 and "--force" in done.err
    assert (tmp_path / "a.tar").read_text() == "another"
    assert command("backup", tmp_path / "a.tar", "-w", county, "--force").code == 0
    assert check(tmp_path / "a.tar").editions == (1, 2)


@pytest.mark.parametrize("file", ["county/a.tar", "county/journal/a.tar", "none/a.tar"])
def test_a_place_that_is_none(county: Path, tmp_path: Path, command: Command, file: str) -> None:
    before = worlds.kept_of(county)
    done = command("backup", tmp_path / file, "-w", county)
    assert done.code == 1 and ("不能放在工作区里" in done.err or "没有这个文件夹" in done.err)
    assert worlds.kept_of(county) == before


def test_a_full_disk_leaves_nothing(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shortplank.upkeep.backup.os.fsync", no_space)
    done = command("backup", tmp_path / "a.tar", "-w", county)
    assert done.code == 1 and "磁盘已满，没有备份" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["county"]


def test_two_at_once_do_not_write_one_file(county: Path, tmp_path: Path) -> None:
    from shortplank.upkeep.backup import _written

    busy = pytest.raises(ShortplankError, match="另一次备份正在写这个文件")
    with _written(tmp_path / "a.tar", force=False), busy:
        backup(county, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_bytes() == b""


@pytest.mark.parametrize(
    ("at", "said"), [("_settings", "设置一直在改动"), ("_growing", "一直在写入")]
)
def test_where_nobody_ever_pauses_it_says_so(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, said: str
) -> None:
    part, names = getattr(contents, at), iter(range(1000))

    def read(root: Path) -> object:
        name = "tray.jsonl" if at == "_growing" else f"{next(names)}.csv"
        with (root / "journal" / name).open("a") as file:
            file.write("{}\n")
        return part(root)

    monkeypatch.setattr(contents, at, read)
    monkeypatch.setattr("shortplank.store.locks.LOCK_SECONDS", 0.1)
    with pytest.raises(ShortplankError, match=said):
        backup(county, tmp_path / "a.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["county"]


@pytest.mark.parametrize("folder", ["inbox/drafts", "inbox/files", "journal", "registers/own"])
def test_a_folder_that_may_not_be_read_is_not_passed_over(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command, folder: str
) -> None:
    (county / folder).mkdir(parents=True, exist_ok=True)
    listdir = os.listdir

    def refused(path: Path) -> list[str]:
        if str(path).endswith(folder):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listdir(path)

    monkeypatch.setattr(os, "listdir", refused)
    done = command("backup", tmp_path / "a.tar", "-w", county)
    assert done.code == 1 and done.err.startswith(f"{folder}：无法读取")


# --- what is known of it --------------------------------------------------------------------------
def test_the_last_one_is_remembered_by_workspace(county: Path, tmp_path: Path) -> None:
    other = w.make(tmp_path / "other")
    assert newest(county) is None
    first, second = (backup(county, tmp_path / name) for name in ("a.tar", "b.tar"))
    third = backup(other, tmp_path / "c.tar")
    assert newest(county) == second != first and newest(other) == third
    assert second.bytes == second.file.stat().st_size and second.editions == 2
    (state_folder(county) / LAST).write_text("{")
    assert newest(county) is None


def test_it_is_an_exact_export_and_stays_where_no_line_can_be_written(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    backup(county, tmp_path / "a.tar")
    [day] = (tmp_path / "state" / "audit").iterdir()
    [line] = map(json.loads, day.read_text("utf-8").splitlines())
    assert (line["what"], line["act"], line["figures"]) == ("export", "backup", "exact")
    monkeypatch.setenv("SHORTPLANK_STATE", str(county / "areas.csv"))
    done = command("backup", tmp_path / "b.tar", "-w", county)
    assert done.code == 1 and not (tmp_path / "b.tar").exists()


# --- killed ---------------------------------------------------------------------------------------
@pytest.mark.slow
def test_one_that_is_killed_leaves_no_backup_or_a_whole_one(county: Path, tmp_path: Path) -> None:
    file, part = tmp_path / "a.tar", tmp_path / "a.tar.part"
    step, kills = 0, 0
    while (code := worlds.killed("backup", step, county, file, tmp_path / "state")) != 0:
        assert code == -9
        kills += 1
        if file.exists():
            assert check(file).editions == (1, 2)
        elif part.exists() and part.stat().st_size < 10_000:
            with pytest.raises(ShortplankError, match="没有写完"):
                check(part)
        before = file.read_bytes() if file.exists() else None
        backup(county, file, force=file.exists())  # what was left is no hindrance
        assert check(file).editions == (1, 2) and not part.exists()
        assert before is None or len(before) == file.stat().st_size
        file.unlink()
        step += 1
    assert kills >= 5


@pytest.mark.slow
@pytest.mark.parametrize("entry", [0, 1, 10, 25])
def test_one_that_is_killed_while_it_writes_is_half_written_and_told(
    county: Path, tmp_path: Path, entry: int
) -> None:
    file, part = tmp_path / "a.tar", tmp_path / "a.tar.part"
    assert worlds.killed("write", entry, county, file, tmp_path / "state") == -9
    assert not file.exists()
    with pytest.raises(ShortplankError, match="没有写完"):
        check(part)
    backup(county, file)
    assert check(file).editions == (1, 2) and not part.exists()
