"""A backup becomes a workspace whole or not at all; whatever is not one is told in a sentence."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortplank.errors import ShortplankError
from shortplank.upkeep import archive
from shortplank.upkeep.backup import backup
from shortplank.upkeep.restore import check, restore
from tests.cli.conftest import Command
from tests.upkeep import worlds

Entry = tuple[tarfile.TarInfo, bytes]


# --- into what ------------------------------------------------------------------------------------
def test_an_empty_folder_gives_way(whole: Path, tmp_path: Path, command: Command) -> None:
    (tmp_path / "new").mkdir()
    done = command("restore", whole, tmp_path / "new")
    assert done.code == 0 and "已恢复" in done.err and "2 个版本" in done.err
    assert worlds.hold_together(tmp_path / "new") == 2
    assert command("editions", "verify", "-w", tmp_path / "new").code == 0


def with_content(folder: Path) -> None:
    folder.mkdir()
    (folder / ".hidden").write_text("somebody's")


@pytest.mark.parametrize(
    "make",
    [
        with_content,
        lambda folder: folder.write_text("a file"),
        lambda folder: folder.symlink_to(folder.parent / "elsewhere"),
    ],
)
def test_whatever_has_content_is_left_alone(
    whole: Path, tmp_path: Path, command: Command, make: Callable[[Path], Any]
) -> None:
    make(tmp_path / "new")
    before = sorted(os.listdir(tmp_path))
    done = command("restore", whole, tmp_path / "new")
    assert done.code == 1 and "这里已有内容" in done.err and "新的或空的" in done.err
    assert sorted(os.listdir(tmp_path)) == before


def test_a_folder_that_fills_meanwhile_is_left_alone(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = "shortplank.upkeep.restore._verify"
    monkeypatch.setattr(verify, lambda *_: with_content(tmp_path / "new"))
    with pytest.raises(ShortplankError, match="这里已有内容"):
        restore(whole, tmp_path / "new")
    assert sorted(os.listdir(tmp_path)) == ["kept", "new"]
    assert os.listdir(tmp_path / "new") == [".hidden"]


def test_a_check_writes_nothing(whole: Path, tmp_path: Path, command: Command) -> None:
    done = command("restore", whole, "--check")
    assert done.code == 0 and "完好" in done.err
    assert os.listdir(tmp_path) == ["kept"]


@pytest.mark.parametrize("more", [[], ["DIR", "--check"]])
def test_one_of_both_is_asked_for(whole: Path, command: Command, more: list[str]) -> None:
    assert command("restore", whole, *more).code == 2


# --- what is no whole backup ----------------------------------------------------------------------
def entries_of(path: Path) -> list[Entry]:
    with tarfile.open(path) as tar:
        return [(each, tar.extractfile(each).read()) for each in tar.getmembers()][:-1]  # type: ignore[union-attr]


def written(path: Path, entries: list[Entry]) -> None:
    """Write entries as a backup whose last entry fits them, as who means harm would."""
    sink = io.BytesIO()
    tar = tarfile.TarFile(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT)
    for entry, data in entries:
        entry.size = len(data) if entry.isreg() else entry.size
        tar.addfile(entry, io.BytesIO(data))
    digest = hashlib.sha256(sink.getvalue()).hexdigest()
    path.write_bytes(sink.getvalue() + archive._trailer(digest))


def listed(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Write a backup again with another list."""
    entries = entries_of(path)
    head = json.loads(entries[0][1])
    change(head)
    written(path, [(entries[0][0], json.dumps(head).encode()), *entries[1:]])


def other_entry(at: int, **fields: Any) -> Callable[[Path], None]:
    """Change the header of an entry."""

    def change(path: Path) -> None:
        entries = entries_of(path)
        for name, value in fields.items():
            setattr(entries[at][0], name, value)
        written(path, entries)

    return change


def other_name(name: str) -> Callable[[Path], None]:
    """Call a file by another name, in the list too."""

    def change(path: Path) -> None:
        entries = entries_of(path)
        head = json.loads(entries[0][1])
        old = entries[1][0].name
        head["files"] = {name if key == old else key: v for key, v in head["files"].items()}
        entries[1][0].name = name
        written(path, [(entries[0][0], json.dumps(head).encode()), *entries[1:]])

    return change


def reordered(change: Callable[[list[Entry]], list[Entry]]) -> Callable[[Path], None]:
    return lambda path: written(path, change(entries_of(path)))


def cut(share: float) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, int(path.stat().st_size * share))


def flip(share: float) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[int((len(data) - 1) * share)] ^= 0x10
        path.write_bytes(data)

    return change


def other_data(prefix: str) -> Callable[[Path], None]:
    """Change a byte of a file and its hash in the list, so that only the editions tell."""

    def change(path: Path) -> None:
        entries = entries_of(path)
        head = json.loads(entries[0][1])
        at = next(i for i, (entry, _) in enumerate(entries) if entry.name.startswith(prefix))
        data = bytearray(entries[at][1])
        data[len(data) // 2] ^= 1
        entries[at] = (entries[at][0], bytes(data))
        head["files"][entries[at][0].name]["sha256"] = hashlib.sha256(data).hexdigest()
        written(path, [(entries[0][0], json.dumps(head).encode()), *entries[1:]])

    return change


def with_plain_tar(path: Path) -> None:
    with tarfile.open(path, "w") as tar:
        tar.add(__file__, "x.py")


UNFIT = "清单有一处不合要求"
AGAINST = "与清单不符"
CASES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "empty": (cut(0), "没有写完"),
    "cut at once": (lambda path: os.truncate(path, 100), "没有写完"),
    "cut in the middle": (cut(0.5), "没有写完"),
    "cut near the end": (cut(0.999), "没有写完"),
    "without its last block": (lambda p: os.truncate(p, p.stat().st_size - 512), "没有写完"),
    "a byte of the list": (flip(0.01), "被改动或已损坏"),
    "a byte of a file": (flip(0.6), "被改动或已损坏"),
    "the last byte": (flip(1), "被改动或已损坏"),
    "more at the end": (lambda p: p.write_bytes(p.read_bytes() + bytes(512)), "没有写完"),
    "no tar": (lambda p: p.write_bytes(b"PK\3\4" * 5000), "没有写完"),
    "another tar": (with_plain_tar, "没有写完"),
    "without a list": (reordered(lambda e: e[1:]), "不是短板看板的备份"),
    "a list that is none": (reordered(lambda e: [(e[0][0], b"[]"), *e[1:]]), "不是短板看板"),
    "a deep list": (reordered(lambda e: [(e[0][0], b"[" * 9**6), *e[1:]]), "不是短板看板"),
    "a link as list": (other_entry(0, type=tarfile.SYMTYPE, linkname="x"), "不是短板看板"),
    "upward": (other_name("../outside.csv"), UNFIT),
    "upward within": (other_name("journal/../../outside.csv"), UNFIT),
    "absolute": (other_name("/tmp/outside.csv"), UNFIT),
    "hidden": (other_name(".state/state.db"), UNFIT),
    "derived": (other_name("marts/x"), UNFIT),
    "a folder upward": (lambda p: listed(p, lambda h: h["folders"].update({"../x": 448})), UNFIT),
    "upward, unlisted": (other_entry(1, name="../outside.csv"), AGAINST),
    "absolute, unlisted": (other_entry(1, name="/tmp/outside.csv"), AGAINST),
    "a link": (other_entry(1, type=tarfile.SYMTYPE, linkname="/etc/passwd"), AGAINST),
    "a hard link": (other_entry(1, type=tarfile.LNKTYPE, linkname="/etc/passwd"), AGAINST),
    "a device": (other_entry(1, type=tarfile.CHRTYPE), AGAINST),
    "a pipe": (other_entry(1, type=tarfile.FIFOTYPE), AGAINST),
    "a folder": (other_entry(1, type=tarfile.DIRTYPE), AGAINST),
    "one too few": (reordered(lambda e: e[:-1]), AGAINST),
    "one too many": (reordered(lambda e: [*e, e[-1]]), AGAINST),
    "another order": (reordered(lambda e: [e[0], e[2], e[1], *e[3:]]), AGAINST),
    "other bytes": (reordered(lambda e: [e[0], (e[1][0], e[1][1][::-1]), *e[2:]]), AGAINST),
    "longer": (reordered(lambda e: [e[0], (e[1][0], e[1][1] + b"x"), *e[2:]]), AGAINST),
    "a newer form": (lambda p: listed(p, lambda h: h.update(schema_version=2)), "更新的版本"),
    "a newer backup": (lambda p: listed(p, lambda h: h.update(format=2)), "更新的版本"),
    "an unknown key": (lambda p: listed(p, lambda h: h.update(more=1)), UNFIT),
    "an edition too many": (
        lambda p: listed(p, lambda h: h["editions"].append(3)),
        "第 3 版不完整",
    ),
    "another edition": (other_data("snapshots/data/"), ""),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_whole_backup_is_told_and_leaves_nothing(
    whole: Path, tmp_path: Path, command: Command, case: str
) -> None:
    change, said = CASES[case]
    change(whole)
    for arguments in (["--check"], [tmp_path / "new"]):
        done = command("restore", whole, *arguments)
        assert done.code == 1 and done.err.count("\n") == 1, done.err
        assert done.err.startswith("county.tar：") and "请" in done.err
        assert "程序内部出错" not in done.err
        if arguments[0] == "--check" or said != "第 3 版不完整":
            assert said in done.err
        assert os.listdir(tmp_path) == ["kept"]


def test_a_backup_that_is_not_there(tmp_path: Path, command: Command) -> None:
    done = command("restore", tmp_path / "none.tar", "--check")
    assert done.code == 1 and "none.tar" in done.err


def test_every_flipped_bit_is_told(whole: Path) -> None:
    data, file = whole.read_bytes(), whole.with_name("flipped.tar")

    @settings(max_examples=40)
    @given(st.integers(0, len(data) * 8 - 1))
    def flipped(bit: int) -> None:
        made = bytearray(data)
        made[bit // 8] ^= 1 << bit % 8
        file.write_bytes(made)
        with pytest.raises(ShortplankError):
            check(file)

    flipped()


def test_every_length_but_the_whole_is_told(whole: Path) -> None:
    data, file = whole.read_bytes(), whole.with_name("cut.tar")

    @settings(max_examples=40)
    @given(st.integers(0, len(data) - 1))
    def cut_off(length: int) -> None:
        file.write_bytes(data[:length])
        with pytest.raises(ShortplankError, match="没有写完"):
            check(file)

    cut_off()


# --- killed ---------------------------------------------------------------------------------------
@pytest.mark.slow
def test_one_that_is_killed_leaves_no_workspace_or_a_whole_one(whole: Path, tmp_path: Path) -> None:
    target, state = tmp_path / "new", tmp_path / "state"
    kills = 0
    while worlds.killed("restore", 2**kills, whole, target, state) == -9:
        assert not target.exists()
        kills += 1
    assert worlds.hold_together(target) == 2 and kills >= 5
    again = tmp_path / "again"
    assert worlds.killed("rename", 0, whole, again, state) == -9  # all but its name
    assert not again.exists() and [*tmp_path.glob(".again.restoring-*")]
    restore(whole, again)
    assert worlds.hold_together(again) == 2


def test_a_restored_one_is_backed_up_again_as_it_was(whole: Path, tmp_path: Path) -> None:
    restore(whole, tmp_path / "new")
    backup(tmp_path / "new", tmp_path / "again.tar")
    old, new = (check(path) for path in (whole, tmp_path / "again.tar"))
    assert old.files == new.files and old.editions == new.editions
