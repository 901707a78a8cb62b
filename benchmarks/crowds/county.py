"""Where a crowd meets: a copy of the workspace with its marts built, and accounts of its own."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock
from urllib.parse import urlencode

from benchmarks.crowds.load import Cookies
from shortplank.access import MACHINE, Actor, Role
from shortplank.gate.accounts import Accounts
from shortplank.gate.house import House
from shortplank.reading.view import View
from shortplank.records.running_order import all_stops
from shortplank.store import engine, workspace_path
from tools.browser import LOOPBACK, REPOSITORY, AppServer, free_port, serving

ACCOUNTS: tuple[Role, ...] = ("viewer", "viewer", "viewer", "analyst") * 3
PASSWORD = "a password of its own"
PATIENCE = 60.0
_READY = re.compile(r"（端口 (\d+)）已就绪，进程号 (\d+)")


@dataclass(frozen=True)
class County:
    """A built workspace, its state folder, and what its build took of the processors."""

    folder: Path
    state: Path
    cookies: tuple[Cookies, ...]
    """A session of each account, three viewers to an analyst."""
    build_ms: float

    @property
    def analyst(self) -> Cookies:
        """Return the cookies of somebody who may look at everything."""
        return self.cookies[ACCOUNTS.index("analyst")]

    @contextmanager
    def served(self) -> Iterator[AppServer]:
        """Give a server of it in one process."""
        with serving(self.folder, environment={"SHORTPLANK_STATE": str(self.state)}) as server:
            yield server

    def order(self) -> list[tuple[str, str]]:
        """Return what a meeting about the newest month looks at, one after the other."""
        shared = engine(self.folder)
        number, home = shared.newest(), shared.ws.settings.home
        months = shared.ask("months_by_edition", number, "viewer", county=home)["stat_month"]
        view = View(shared, number, Actor("viewer"), months[-1].as_py(), "ytd", "", home)
        return [(stop.page, urlencode(stop.query)) for stop in all_stops(view)]

    @contextmanager
    def served_by(self, count: int) -> Iterator[list[AppServer]]:
        """Give the processes of `shortplank serve --workers`, on ports one after the other."""
        first = free_port()
        log = self.state.parent / "workers.log"
        command = [sys.executable, "-m", "shortplank.cli", "serve", "-w", str(self.folder)]
        command += ["--port", str(first), "--workers", str(count)]
        environment = os.environ | {"SHORTPLANK_STATE": str(self.state)}
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output
            )
        try:
            yield [
                AppServer(f"http://{LOOPBACK}:{port}", pid, log)
                for port, pid in _until_ready(process, log, count)
            ]
        finally:
            process.terminate()
            process.wait()


@contextmanager
def built_county() -> Iterator[County]:
    """Give a copy of the workspace as an installation has it: built, and open to accounts alone."""
    with tempfile.TemporaryDirectory(prefix="shortplank-crowd-") as folder:
        copy, state = Path(folder) / "workspace", Path(folder) / "state"
        shutil.copytree(workspace_path(), copy, ignore=shutil.ignore_patterns("marts"))
        before = _children_ms()
        command = [sys.executable, "-m", "shortplank.cli", "build", "-w", str(copy)]
        subprocess.run(command, check=True, capture_output=True)
        took = _children_ms() - before
        (copy / "access.toml").write_text("[local]\n", encoding="utf-8")
        with mock.patch.dict("os.environ", {"SHORTPLANK_STATE": str(state)}):
            yield County(copy, state, tuple(_signed_in(House(copy))), took)


def _signed_in(house: House) -> Iterator[Cookies]:
    """Open a session of each account."""
    accounts = Accounts(house.workspace)
    for number, role in enumerate(ACCOUNTS):
        name = f"{role}{number}"
        accounts.add(MACHINE, name, PASSWORD, role, must_change=False)
        token = house.sessions.open(name, "local")
        yield {f"shortplank-{house.sessions.workspace_id}": token}


def _until_ready(
    process: subprocess.Popen[bytes], log: Path, count: int
) -> Sequence[tuple[int, int]]:
    """Return port and process of each worker, once all have said that they answer."""
    late = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < late:
        said = _READY.findall(log.read_text("utf-8", errors="replace"))
        if len(said) == count:
            return [(int(port), int(pid)) for port, pid in said]
        time.sleep(0.05)
    raise RuntimeError(f"the workers did not start:\n{log.read_text('utf-8')[-2000:]}")


def _children_ms() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (used.ru_utime + used.ru_stime)
