"""Three things that break, by what the screen says and what the doctor says, and that it mends."""

from __future__ import annotations

import errno
import os
import subprocess
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from shortplank.access import MACHINE
from shortplank.audit.state import state_folder
from shortplank.errors import ShortplankError
from shortplank.gate.sessions import Sessions
from shortplank.ingest import publish_batch
from shortplank.store import Store
from shortplank.upkeep.doctor import disks, examine, kept
from shortplank.upkeep.doctor.found import Found
from tests.gate.worlds import world
from tests.ingest.county import as_csv, checked, make_county, rows

DOCTOR = "shortplank doctor"
Usage = namedtuple("Usage", "total used free")


def of(lines: list[Found], name: str) -> Found:
    """Return what was found of one thing."""
    return next(each for each in lines if each.name == name)


# --- a full disk ----------------------------------------------------------------------------------
@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of six megabytes; only root can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)]
    if (
        os.name != "posix"
        or os.geteuid()
        or subprocess.run(command, capture_output=True).returncode
    ):
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk(small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    root = make_county(small_disk / "county")
    store = Store(root)
    publish_batch(store, checked(store, as_csv(rows(month="2010-05"))), why="五月月报")
    filling = small_disk / "filling"
    with pytest.raises(OSError, match="space"), filling.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    with pytest.raises(ShortplankError) as told:  # what the page of reports writes
        publish_batch(store, checked(store, as_csv(rows(month="2010-06"))), why="六月月报")
    assert "磁盘已满" in told.value.sentence and "旧版本未变" in told.value.sentence
    found = of(examine(root), "磁盘（工作区）")
    assert found.state == "wrong" and "磁盘已满" in found.said and "腾出空间" in found.mend
    filling.unlink()
    assert Store(root).newest() == 1 and not Store(root).verify()
    monkeypatch.setattr(disks, "FULL", 1)
    monkeypatch.setattr(disks, "LOW", 1)
    assert of(examine(root), "磁盘（工作区）").state == "ok"
    publish_batch(store, checked(store, as_csv(rows(month="2010-06"))), why="六月月报")


@pytest.mark.parametrize(
    ("free", "state"), [(100 << 20, "wrong"), (1 << 30, "warn"), (50 << 30, "ok")]
)
def test_how_much_room_is_too_little(
    free: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disks.shutil, "disk_usage", lambda _: Usage(1 << 40, 0, free))
    (found,) = disks.space("state_disk", tmp_path)
    assert found.state == state
    (above,) = disks.space("state_disk", tmp_path / "not" / "there")
    assert above.state == state


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(disks.tempfile, "TemporaryFile", refused)
    (found,) = disks.space("workspace_disk", tmp_path)
    assert found.state == "wrong" and "写不进去" in found.said


# --- a wrong header of the proxy ------------------------------------------------------------------
def test_a_wrong_host_is_told_on_the_screen_with_the_way_to_the_doctor(county: Path) -> None:
    """What the doctor says of it is tried with a real proxy, in test_outside.py."""
    there = world(county, 'public = "https://board.county.example"\n[local]\n')
    answer = there.open("/overview", host="shortplank")
    assert answer.status_code == 403
    assert "主机名不是本服务器" in answer.text and f"{DOCTOR} --url" in answer.text
    right = there.open("/overview", host="board.county.example")
    assert right.status_code == 303  # to the sign-in page


# --- a clock that went back -----------------------------------------------------------------------
@pytest.mark.usefixtures("cheap_hashes")
def test_a_clock_that_went_back(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = world(county, "[local]\n")
    sessions, accounts = there.house.sessions, there.house.accounts
    accounts.add(MACHINE, "zhang", "three quiet rivers", "admin", must_change=False)
    now = sessions.now()
    token = sessions.open("zhang", "local")
    assert there.open("/overview", token=token).status_code == 200
    monkeypatch.setattr(sessions, "now", lambda: now - 86_400)
    turned = there.open("/overview", token=token)
    assert turned.status_code == 303
    door = there.open(turned.headers["location"], token=token).text
    assert "服务器的时钟倒退了" in door and DOCTOR in door
    assert "时钟" not in there.open("/gate/").text  # who brings no such session
    (found,) = kept.clock(county, now - 86_400)
    assert found.state == "wrong" and "最近的登录" in found.said and "timedatectl" in found.mend
    # The clock is put right: the session goes on as it was.
    monkeypatch.setattr(sessions, "now", lambda: now + 1)
    assert there.open("/overview", token=token).status_code == 200
    (found,) = kept.clock(county, now + 1)
    assert found.state == "ok"


def test_a_session_that_has_only_ended_says_nothing_of_the_clock(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = world(county, "[local]\n")
    sessions: Sessions = there.house.sessions
    token, now = sessions.open("zhang", "local"), sessions.now()
    monkeypatch.setattr(sessions, "now", lambda: now + 86_400)
    assert "时钟" not in there.open("/gate/", token=token).text
    assert state_folder(county) == there.house.state
