"""A standalone Spark cluster on loopback: one master, two workers, as processes of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HOST = "127.0.0.1"
SECONDS = 600


def lacking() -> str:
    """Return what keeps Spark from running here, "" where nothing does."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed: make spark"
    return "" if shutil.which("java") else "Java is not installed: make spark"


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of every process of a cluster, which keeps to loopback."""
    own = {
        "SPARK_HOME": str(_home()),
        "SPARK_SCALA_VERSION": "2.13",
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_WORKER_DIR": str(folder / "work"),
        "PYSPARK_PYTHON": sys.executable,
        "TMPDIR": str(folder),
    }
    return {**os.environ, **own}


def _home() -> Path:
    spec = find_spec("pyspark")
    assert spec and spec.origin
    return Path(spec.origin).parent


@dataclass
class Cluster:
    """A running cluster; ``workers`` are the process ids of its workers."""

    url: str
    folder: Path
    workers: tuple[int, ...]

    def executors(self) -> list[int]:
        """Return the process ids of the executors."""
        return [each for worker in self.workers for each in children(worker)]

    def pythons(self) -> list[int]:
        """Return the process ids of the Python workers that do parts."""
        daemons = [each for executor in self.executors() for each in children(executor)]
        return [each for daemon in daemons for each in children(daemon)]


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Run a master and two workers of one core until the end."""
    for name in ("local", "work"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    port = _free_port()
    url = f"spark://{HOST}:{port}"
    with ExitStack() as running:
        master = ("master.Master", "--host", HOST, "--port", str(port), "--webui-port", "0")
        running.enter_context(_process(folder, "master", *master))
        wait_for(lambda: _answers(port), "the master answers")
        workers = tuple(
            running.enter_context(
                _process(
                    folder, f"worker{n}", "worker.Worker", "--host", HOST, "--webui-port", "0",
                    "-c", "1", "-m", "1g", url,
                )
            )
            for n in (1, 2)
        )  # fmt: skip
        said = [folder / f"worker{n}.log" for n in (1, 2)]
        wait_for(
            lambda: all("Successfully registered" in log.read_text("utf-8") for log in said),
            "both workers are known to the master",
        )
        yield Cluster(url, folder, workers)


@contextmanager
def _process(folder: Path, name: str, kind: str, *arguments: str) -> Iterator[int]:
    """Run a daemon of Spark in this process's session, and end it with what it started."""
    command = [
        "java",
        "-Xmx256m",
        "-cp",
        f"{_home() / 'jars'}/*",
        f"org.apache.spark.deploy.{kind}",
    ]
    with (folder / f"{name}.log").open("wb") as log:
        running = subprocess.Popen(
            [*command, *arguments], env=environment(folder), stdout=log, stderr=log, cwd=folder
        )
        try:
            yield running.pid
        finally:
            running.terminate()
            running.wait(60)


def children(parent: int) -> list[int]:
    """Return the process ids of a process's children."""
    try:
        tasks = list(Path(f"/proc/{parent}/task").iterdir())
        return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    except OSError:
        return []


def wait_for(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
