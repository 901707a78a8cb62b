"""The files of deploy/: units that systemd takes and that are hardened, and what is rotated."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tools.browser import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
UNITS = ("shortplank.service", "shortplank-backup.service", "shortplank-backup.timer")
MOST_EXPOSED = 2.0
"""systemd's own measure of a service, 0 to 10: «OK» ends at 2; one without hardening has 9.6."""
analyze = shutil.which("systemd-analyze")
logrotate = shutil.which("logrotate", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_analyze = pytest.mark.skipif(analyze is None, reason="no systemd here: tools/system.sh")


def settings() -> dict[str, str]:
    lines = (DEPLOY / "shortplank.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units with a program and settings of this machine in them, and nothing else."""
    folder = tmp_path_factory.mktemp("units")
    shutil.copy(DEPLOY / "shortplank.env", folder)
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8")
        text = text.replace("/opt/shortplank/current/bin/shortplank", "/bin/true")
        (folder / name).write_text(text.replace("/etc/shortplank", str(folder)), "utf-8")
    return folder


@needs_analyze
def test_systemd_takes_every_unit_without_a_word(units: Path) -> None:
    assert analyze is not None
    command = [analyze, "verify", *(str(units / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_analyze
@pytest.mark.parametrize("name", UNITS[:2])
def test_a_service_has_no_right_that_it_does_not_need(units: Path, name: str) -> None:
    assert analyze is not None
    limit = f"--threshold={MOST_EXPOSED * 10:.0f}"
    command = [analyze, "security", "--offline=yes", "--no-pager", limit, str(units / name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    exposed = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposed and float(exposed[1]) <= MOST_EXPOSED


@needs_analyze
def test_the_night_of_the_timer_is_one(units: Path) -> None:
    (when,) = re.findall(r"^OnCalendar=(.+)$", (units / UNITS[2]).read_text(), re.MULTILINE)
    assert analyze is not None
    done = subprocess.run([analyze, "calendar", when], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_units_settings_and_nginx_mean_the_same_places() -> None:
    known = settings()
    text = (DEPLOY / "shortplank.service").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)\}", text)) == {"WORKERS", "PORT", "BASE"}
    for unit in ("shortplank.service", "shortplank-backup.service"):
        (written,) = re.findall(
            r"^ReadWritePaths=(.+)$", (DEPLOY / unit).read_text("utf-8"), re.MULTILINE
        )
        assert str(Path(known["SHORTPLANK_WORKSPACE"]).parent) in written.split()
    assert known["BACKUPS"] in written.split()
    assert known["SHORTPLANK_STATE"] == "/var/lib/shortplank"  # StateDirectory=shortplank
    nginx = (DEPLOY / "nginx.conf").read_text("utf-8")
    ports = [int(port) for port in re.findall(r"server 127\.0\.0\.1:(\d+)", nginx)]
    first, count = int(known["PORT"]), int(known["WORKERS"])
    assert ports == list(range(first, first + count))
    assert f"location /{known['BASE']}/ {{" in nginx
    assert "/var/log/shortplank/*.log {" in (DEPLOY / "logrotate").read_text("utf-8")
    assert "access_log /var/log/shortplank/access.log" in nginx and "$request_uri;" in nginx
    assert "$request_uri " not in nginx and "$args" not in nginx  # what was looked at: no log's


def shell_of(key: str) -> str:
    """Return the script of a line of the backup's unit, as systemd gives it to the shell."""
    text = (DEPLOY / "shortplank-backup.service").read_text("utf-8")
    (line,) = re.findall(rf"^{key}=(.+)$", text, re.MULTILINE)
    program, option, script = shlex.split(line)
    assert (program, option) == ("/bin/sh", "-euc")
    return script.replace("$$", "$").replace("%%", "%")


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_the_backups_newest_stay_and_nothing_else_goes(tmp_path: Path) -> None:
    program = tmp_path / "shortplank"
    program.write_text('#!/bin/sh\necho "$@" > "$2"\n', "utf-8")
    program.chmod(0o755)
    backups = tmp_path / "ba ckups"
    backups.mkdir()
    other = ["before-upgrade.tar", "shortplank-20260101T023000.tar.part", "notes"]
    old = [f"shortplank-202601{day:02}T023000.tar" for day in range(1, 17)]
    for name in (*other, *old):
        (backups / name).touch()
    environment = {
        **os.environ, **settings(), "BACKUPS": str(backups), "SHORTPLANK_WORKSPACE": "/a b"
    }  # fmt: skip
    make = shell_of("ExecStart").replace("/opt/shortplank/current/bin/shortplank", str(program))
    for script in (
        make.replace(str(program), shlex.quote(str(program))),
        shell_of("ExecStartPost"),
    ):
        subprocess.run(["/bin/sh", "-euc", script], env=environment, check=True)
    left = sorted(path.name for path in backups.iterdir())
    kept = [name for name in left if name not in other]
    assert len(kept) == int(settings()["KEEP"]) == 14 and set(other) <= set(left)
    new = kept[-1]
    assert kept[:-1] == old[-13:]
    assert (backups / new).read_text() == f"backup {backups / new} -w /a b\n"


@pytest.mark.skipif(logrotate is None, reason="no logrotate here: tools/system.sh")
def test_logrotate_takes_its_file(tmp_path: Path) -> None:
    assert logrotate is not None
    log = tmp_path / "access.log"
    log.write_text("a line\n")
    text = (DEPLOY / "logrotate").read_text("utf-8").replace("/var/log/shortplank", str(tmp_path))
    owner = "create 0640 www-data adm"
    assert owner in text
    (tmp_path / "logrotate").write_text(text.replace(owner, "create 0640"), "utf-8")
    (tmp_path / "logrotate").chmod(0o644)
    command = [logrotate, "-f", "-s", str(tmp_path / "state"), str(tmp_path / "logrotate")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "access.log.1").read_text() == "a line\n" and log.read_text() == ""


def test_the_sdist_holds_the_files() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    assert "deploy" in project["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]
