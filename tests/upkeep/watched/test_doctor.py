"""The doctor's table: what it says of a sound installation, and of each thing that is broken."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import string
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shortplank import cli
from shortplank.access import MACHINE
from shortplank.audit.state import state_folder
from shortplank.catalogue import load_access, load_workspace
from shortplank.cli import doctor as command_of_doctor
from shortplank.errors import StoreError
from shortplank.gate.accounts import Accounts
from shortplank.gate.machines import bears_token
from shortplank.gate.sessions import Sessions
from shortplank.ingest import publish_batch
from shortplank.store import Store
from shortplank.store.locks import locked
from shortplank.upkeep.doctor import disks, examine, kept, machine, ways
from shortplank.upkeep.doctor.found import Found, guarded
from shortplank.wording.upkeep import NAMES, SAID, STATES
from tests.cli.conftest import Command
from tests.ingest.county import as_csv, checked, make_county, rows
from tests.store.boundaries.files import row_of_squares

NOW = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
posix = pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of one edition with its marts, which nobody else may enter."""
    folder = tmp_path_factory.mktemp("original")
    workspace = make_county(folder / "county")
    workspace.chmod(0o750)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHORTPLANK_STATE", str(folder / "state"))
        store = Store(workspace)
        publish_batch(store, checked(store, as_csv(rows(month="2010-05"))), why="五月月报")
        assert cli.run(["build", "-w", str(workspace)]) == 0
    return workspace


@pytest.fixture
def root(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound installation: the workspace, and a state folder of its own."""
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    workspace = Path(shutil.copytree(original, tmp_path / "county"))
    state_folder(workspace)
    return workspace


def by_name(lines: list[Found]) -> dict[str, Found]:
    """Return what was found by what was looked at."""
    return {each.name: each for each in lines}


def one(found: object) -> Found:
    """Return the only thing that a check found."""
    (line,) = found  # type: ignore[misc]
    return line  # type: ignore[no-any-return]


# --- the command ----------------------------------------------------------------------------------
def test_a_sound_installation_has_nothing_wrong(root: Path, command: Command) -> None:
    said = command("doctor", "-w", root)
    assert said.code == 0, said.out
    head, *lines = said.out.splitlines()
    assert re.split(r" {2,}", head) == ["项目", "状态", "发现", "办法"]
    found = {re.split(r" {2,}", line)[0]: line for line in lines}
    wanted = {name for key, name in NAMES.items() if not key.startswith("proxy_")}
    assert set(found) == wanted
    assert "还没有备份过" in found["备份"] and "shortplank backup" in found["备份"]
    assert re.fullmatch(r"共 19 项：对 \d+，注意 \d+，错 0。\n", said.err)


def test_the_same_as_json(root: Path, command: Command) -> None:
    said = command("doctor", "-w", root, "--json")
    lines = json.loads(said.out)
    assert said.code == 0 and len(lines) == 19
    assert all(each.keys() == {"name", "state", "said", "mend"} for each in lines)
    assert {each["state"] for each in lines} <= set(STATES)
    assert all(each["mend"] for each in lines if each["state"] == "wrong")
    assert not list(root.rglob(".tmp-*")), "what was tried is gone"


def test_a_new_token_is_shown_once_with_its_line(command: Command, tmp_path: Path) -> None:
    said = command("doctor", "--new-metrics-token")
    access = said.err.partition("\n\n")[2]
    (tmp_path / "access.toml").write_text(access, "utf-8")
    sent = {"authorization": f"Bearer {said.out.strip()}"}
    assert said.code == 0 and bears_token(load_access(tmp_path), sent)
    assert said.out.strip() not in said.err
    assert command("doctor", "--new-metrics-token").out != said.out


def unreadable(path: Path) -> None:
    """Make a file one that nobody can read, root neither."""
    path.unlink(missing_ok=True)
    path.mkdir()


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a broken access.toml": (lambda r: (r / "access.toml").write_text("[local"), "入口"),
    "an access.toml that is none": (lambda r: unreadable(r / "access.toml"), "入口"),
    "accounts.toml": (
        lambda r: ((r / "access.toml").write_text("[local]\n"), unreadable(r / "accounts.toml")),
        "入口",
    ),
    "nobody can come in": (lambda r: (r / "access.toml").write_text("[local]\n"), "入口"),
    "no settings": (lambda r: (r / "workspace.toml").unlink(), "工作区"),
    "a newer form": (
        lambda r: (r / "workspace.toml").write_text(
            (r / "workspace.toml").read_text("utf-8").replace("version = 1", "version = 99"),
            "utf-8",
        ),
        "工作区格式",
    ),
    "no form": (
        lambda r: (r / "workspace.toml").write_text('name = "x"\n', "utf-8"),
        "工作区格式",
    ),
    "a damaged manifest": (
        lambda r: next((r / "snapshots/manifests").iterdir()).write_text("{"),
        "最新版校验",
    ),
    "a damaged file": (
        lambda r: next((r / "snapshots/data").rglob("*.parquet")).write_bytes(b"x"),
        "最新版校验",
    ),
    "an open state folder": (lambda r: (r.parent / "state").chmod(0o755), "权限"),
    "a state folder that is a file": (
        lambda r: ((r.parent / "state").rmdir(), (r.parent / "state").write_text("")),
        "状态文件夹",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_one_line_and_never_a_traceback(
    what: str, root: Path, command: Command
) -> None:
    breaks, name = BROKEN[what]
    breaks(root)
    said = command("doctor", "-w", root, "--json")
    lines = {each["name"]: each for each in json.loads(said.out)}
    assert said.code == 1
    assert lines[name]["state"] == "wrong", lines[name]
    assert lines[name]["said"] and lines[name]["mend"]
    assert len({each["name"] for each in lines.values()}) == len(lines)
    assert "检查没有做成" not in said.out


def test_without_a_workspace_only_the_machine_is_looked_at(
    command: Command, tmp_path: Path
) -> None:
    said = command("doctor", "-w", tmp_path / "nowhere")
    assert said.code == 1 and "工作区文件夹不存在" in said.out
    assert len(said.out.splitlines()) == 5


def test_without_any_named_workspace_the_demo_is_meant(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shortplank.store.served.DEMO", tmp_path / "nowhere")
    said = command("doctor")
    assert said.code == 1 and str(tmp_path / "nowhere") in said.out


def test_files_that_wait_are_counted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Waits:
        state = "handed_in"

    assert one(command_of_doctor._inbox(root)).state == "ok"
    monkeypatch.setattr("shortplank.records.tray.items", lambda *_: (Waits(), Waits()))
    line = one(command_of_doctor._inbox(root))
    assert (line.state, line.said) == ("warn", "2 份文件待收")


def test_a_check_that_fails_is_a_line_of_its_own() -> None:
    def fails() -> list[Found]:
        raise ValueError("李四光 31415")

    (line,) = guarded("marts", fails)
    assert (line.name, line.state) == ("分析表", "wrong")
    assert "ValueError" in line.said and "李四光" not in line.said


def test_every_saying_is_whole_and_has_a_mend_where_something_is_to_be_done() -> None:
    source = "".join(
        path.read_text("utf-8")
        for path in [*Path(disks.__file__).parent.glob("*.py"), Path(command_of_doctor.__file__)]
    )
    for key, (said, mend) in SAID.items():
        assert f'"{key}"' in source, key
        named = {name for text in (said, mend) for _, name, _, _ in string.Formatter().parse(text)}
        assert all(name is None or name.isidentifier() for name in named)
        assert "请" in mend or not mend


def test_boundaries_that_cannot_be_read(root: Path) -> None:
    assert one(kept.boundaries(root)).said == "没有登记边界，不画地图"
    town = load_workspace(root).valid_below("990101", date(2010, 5, 1))[0]
    (root / "geo").mkdir()
    path = root / "geo" / "areas.geojson"
    path.write_bytes(row_of_squares([town.area_code]))
    assert (one(kept.boundaries(root)).state, one(kept.boundaries(root)).said) == (
        "ok",
        "1 个单位有边界",
    )
    path.write_bytes(b"{")
    line = by_name(examine(root))["边界"]
    assert line.state == "wrong" and "不是 JSON" in line.said and line.mend


# --- the machine ----------------------------------------------------------------------------------
def test_python_and_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert one(machine.python()).state in ("ok", "warn")
    monkeypatch.setattr(machine.platform, "system", lambda: "Windows")
    assert one(machine.python()).state == "warn"
    monkeypatch.setattr(machine, "LEAST", (9, 0))
    assert "9.0" in one(machine.python()).mend


def test_packages_against_their_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(machine.pinned()) > 50
    assert machine.pinned()["streamlit"] == machine.installed("streamlit")
    monkeypatch.setattr(machine, "pinned", lambda: {"streamlit": "0.1", "pandas": "0.2"})
    line = one(machine.packages())
    assert line.state == "warn" and "streamlit" in line.said and "（0.1）" in line.said
    monkeypatch.setattr(machine, "pinned", lambda: {"no-such-package-here": "1"})
    assert one(machine.packages()).state == "wrong"


def test_packages_without_a_list_of_pins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "SERVED", tmp_path)
    assert one(machine.packages()).state == "ok"
    monkeypatch.setattr(machine, "installed", lambda name: "0.1" if name == "duckdb" else "999")
    assert "duckdb" in one(machine.packages()).said


def test_fonts_with_chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda _: None)
    monkeypatch.setattr(machine, "_FONT_FOLDERS", (str(tmp_path), str(tmp_path / "no")))
    (tmp_path / "DejaVuSans.ttf").touch()
    assert one(machine.fonts()).state == "warn"
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    assert one(machine.fonts()).said == "NotoSansCJK-Regular"


@posix
def test_whose_account_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = root.stat().st_uid
    for own, state in ((owner, "ok" if owner else "warn"), (owner + 1, "warn")):
        monkeypatch.setattr(machine.os, "geteuid", lambda own=own: own)
        assert one(machine.account(root)).state == state
    os.chown(root, 4242, -1) if not os.getuid() else None
    monkeypatch.setattr(machine.os, "geteuid", lambda: root.stat().st_uid or 1)
    assert one(machine.account(root)).state in ("ok", "warn")


# --- disks ----------------------------------------------------------------------------------------
def test_locks_are_really_tried(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one(disks.locks(root)).state == "ok"

    def refused(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    with monkeypatch.context() as patch:
        patch.setattr(disks.os, "link", refused)
        line = one(disks.locks(root))
    assert line.state == "wrong" and "硬链接" in line.said and "改名" not in line.said
    with monkeypatch.context() as patch:
        patch.setattr(disks, "_other_process", lambda _: "True")  # nobody is kept out
        line = one(disks.locks(root))
    assert line.state == "wrong" and line.said.endswith("跨进程加锁")


def test_the_other_process_is_one(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    assert disks._other_process(tmp_path / "lock") == "True"
    with locked(tmp_path / "lock", StoreError("")):
        assert disks._other_process(tmp_path / "lock") == "False"


MOUNTED = """/dev/sda1 / ext4 rw 0 0
10.0.0.2:/v /srv nfs4 rw 0 0
//nas/x /srv/with\\040space cifs rw 0 0
/dev/sdb1 /srv/local xfs rw 0 0
host:/x /home/s fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind", "local"),
    [
        ("/var/lib/shortplank", "ext4", True),
        ("/srv/county", "nfs4", False),
        ("/srv/with space/x", "cifs", False),
        ("/srv/local/x", "xfs", True),
        ("/srv/localx", "nfs4", False),
        ("/home/s/x", "fuse.sshfs", False),
    ],
)
def test_a_network_disk_is_told_from_a_local_one(
    folder: str, kind: str, local: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mounts").write_text(MOUNTED)
    monkeypatch.setattr(disks, "MOUNTS", tmp_path / "mounts")
    assert disks.file_system(Path(folder)) == kind
    line = one(disks.state(Path(folder)))
    assert ("网络磁盘" not in line.said) is local
    assert local or line.state == "wrong"


def test_a_state_folder_that_is_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert one(disks.state(tmp_path / "state")).state == "warn"
    (tmp_path / "file").touch()
    assert one(disks.state(tmp_path / "file")).state == "wrong"
    monkeypatch.setattr(disks, "_holds_database", lambda _: False)
    assert "WAL" in one(disks.state(tmp_path)).said


# --- what is kept ---------------------------------------------------------------------------------
def noted(root: Path, **changes: object) -> None:
    """Write down a backup as the command does."""
    file = root.parent / "backup.tar"
    file.write_bytes(b"x" * 10)
    made: dict[str, object] = {
        "at": datetime.fromtimestamp(NOW, UTC).isoformat(),
        "file": str(file),
        "sha256": "0" * 64,
        "bytes": 10,
        "editions": 1,
    }
    place = state_folder(root) / kept.LAST_BACKUP
    place.write_text(json.dumps({str(root.resolve()): made | changes}))


@pytest.mark.parametrize(
    ("changes", "after", "state", "said"),
    [
        ({}, 1, "ok", "backup.tar"),
        ({"editions": [1]}, 7, "ok", "第 1 版"),
        ({}, 30, "warn", "30 天前"),
        ({"editions": 0}, 1, "warn", "又发布了 1 版"),
        ({"bytes": 11}, 1, "warn", "大小不对"),
        ({"file": "/nowhere/backup.tar"}, 1, "warn", "不在原处"),
        ({"at": "yesterday"}, 1, "warn", "已损坏"),
        ({"editions": None}, 1, "warn", "已损坏"),
    ],
)
def test_the_last_backup(
    changes: dict[str, object], after: float, state: str, said: str, root: Path
) -> None:
    noted(root, **changes)
    line = one(kept.backup(root, NOW + after * 86_400))
    assert (line.state, said in line.said) == (state, True), line
    if state == "warn":
        assert "shortplank backup" in line.mend or "备份" in line.mend


def test_another_workspaces_backup_is_not_this_ones(root: Path) -> None:
    noted(root)
    place = state_folder(root) / kept.LAST_BACKUP
    place.write_text(place.read_text().replace(str(root), "/elsewhere"))
    assert one(kept.backup(root)).said == "还没有备份过"
    place.write_text("[")
    assert one(kept.backup(root)).said == "备份记录已损坏"


def test_marts_that_are_missing(root: Path) -> None:
    assert one(kept.marts(root)).state == "ok"
    shutil.rmtree(root / "marts" / "township")
    line = one(kept.marts(root))
    assert line.state == "warn" and "1 个月" in line.said and "shortplank build" in line.mend


# --- ways in --------------------------------------------------------------------------------------
@pytest.mark.usefixtures("cheap_hashes")
def test_whether_anybody_is_an_administrator(root: Path) -> None:
    assert "只供本机" in one(ways.ways(root)).said
    (root / "access.toml").write_text("[local]\n")
    assert one(ways.ways(root)).state == "wrong"  # nobody at all
    accounts = Accounts(root)
    accounts.add(MACHINE, "fenxi", "three quiet rivers", "analyst")
    assert "没有管理员" in one(ways.ways(root)).said
    accounts.add(MACHINE, "guanli", "three quiet rivers", "admin")
    assert "没有写明 public" in one(ways.ways(root)).said
    public = 'public = "https://board.county.example"\n'
    (root / "access.toml").write_text(f"{public}[local]\n")
    line = one(ways.ways(root))
    assert (line.state, line.said) == ("ok", "本地账号 2；有管理员")


def test_a_provider_may_grant_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    access = """public = "https://board.county.example"
[oidc]
label = "统一认证"
issuer = "https://sso.county.example"
client_id = "x"
[[oidc.grants]]
group = "it"
role = "{}"
"""
    monkeypatch.setenv("SHORTPLANK_OIDC_SECRET", "secret")
    for role, state in (("viewer", "warn"), ("admin", "ok")):
        (root / "access.toml").write_text(access.format(role), "utf-8")
        assert one(ways.ways(root)).state == state
    monkeypatch.delenv("SHORTPLANK_OIDC_SECRET")
    assert next(guarded("ways", lambda: ways.ways(root))).state == "wrong"


@posix
def test_what_others_can_read(root: Path) -> None:
    assert one(ways.permissions(root)).state == "ok"
    root.chmod(0o755)
    line = one(ways.permissions(root))
    assert (line.state, f"chmod 750 {root}" in line.mend) == ("warn", True)
    (root / "accounts.toml").touch(0o644)
    line = one(ways.permissions(root))
    assert line.state == "wrong" and f"chmod 600 {root / 'accounts.toml'}" in line.mend


# --- the clock ------------------------------------------------------------------------------------
def test_a_clock_that_is_right(root: Path) -> None:
    assert one(kept.clock(root)).state == "ok"


def test_each_thing_of_a_later_time_tells_of_a_clock_that_went_back(root: Path) -> None:
    published = Store(root).edition().published_at.timestamp()
    line = one(kept.clock(root, published - 3600))
    assert line.state == "wrong" and "最新一版" in line.said and "timedatectl" in line.mend

    later = datetime.fromtimestamp(published, UTC) + timedelta(days=40)
    (root / "journal").mkdir(exist_ok=True)
    whole = json.dumps({"at": later.isoformat(), "who": "x"})
    (root / "journal" / "follow_ups.jsonl").write_text(f'{{"at": 3}}\n{whole}\n{{"at": "20')
    line = one(kept.clock(root, published + 60))
    assert line.state == "wrong" and "最近的记录" in line.said
    (root / "journal" / "follow_ups.jsonl").unlink()

    Sessions(state_folder(root), root, lambda: published + 9 * 86_400).open("zhang", "local")
    line = one(kept.clock(root, published + 60))
    assert line.state == "wrong" and "最近的登录" in line.said


def test_another_accounts_database_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Sessions(state_folder(root), root).open("zhang", "local")
    opened: list[object] = []
    monkeypatch.setattr(kept.sqlite3, "connect", lambda *a, **k: opened.append(a))
    monkeypatch.setattr(kept.os, "geteuid", lambda: 4242)
    assert one(kept.clock(root)).state == "ok"
    assert not opened and sqlite3 is kept.sqlite3


# --- all together ---------------------------------------------------------------------------------
def test_no_check_writes_anything_that_stays(root: Path) -> None:
    def there() -> dict[str, tuple[int, int]]:
        files = [path for place in (root, root.parent / "state") for path in place.rglob("*")]
        return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in files if p.is_file()}

    before = there()
    examine(root)
    assert there() == before


def test_the_installed_command_takes_a_second(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "shortplank.cli", "doctor", "-w", str(root)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert by_name(examine(root))["文件锁"].state == "ok"
