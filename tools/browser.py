"""A headless Chromium and a running app: what browser tests, screenshots and benchmarks share.

`python -m tools.browser` prints the Chromium that is used, or exits 1 when none starts.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

REPOSITORY = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox (containers run as root), no GPU, and nothing that calls home in the background.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LOOPBACK = "127.0.0.1"


def chromium_path() -> str | None:
    """The Chromium to use: SHORTPLANK_CHROMIUM, or the first on PATH that starts; None if none."""
    named = os.environ.get("SHORTPLANK_CHROMIUM")
    for name in (named,) if named else CHROMIUM_NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    return None


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser is a shell script that only asks for a snap.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium with a new profile; the caller closes it."""
    path = chromium_path()
    if path is None:
        raise RuntimeError("no Chromium starts here: apt install chromium, or SHORTPLANK_CHROMIUM")
    return playwright.chromium.launch(
        executable_path=path, headless=True, args=list(CHROMIUM_FLAGS)
    )


@dataclass(frozen=True)
class AppServer:
    """A running app: its address, its process id and the file its output goes to."""

    url: str
    pid: int
    log: Path

    def output(self) -> str:
        """Everything the server has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serving(
    workspace: Path | str | None = None,
    script: Path | str = "app.py",
    options: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
    port: int | None = None,
    base: str = "",
) -> Iterator[AppServer]:
    """A Streamlit server on a free loopback port that answers; ended on leaving.

    Without a workspace the app opens its default one. `script` is relative to the repository,
    `base` is the path below which the server answers.
    """
    port = port or _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.address", LOOPBACK, *options]
    command += ["--server.baseUrlPath", base] if base else []
    with tempfile.TemporaryDirectory(prefix="shortplank-served-") as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=_environment(workspace) | (environment or {}),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = AppServer(f"http://{LOOPBACK}:{port}/{base}".rstrip("/"), process.pid, log)
        try:
            _wait_until_healthy(server, process)
            yield server
        finally:
            _end(process)


def _environment(workspace: Path | str | None) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if k != "SHORTPLANK_WORKSPACE"}
    # Coverage of the test process must not leak into the served one.
    environment = {k: v for k, v in environment.items() if not k.startswith("COV_CORE_")}
    if workspace is not None:
        environment["SHORTPLANK_WORKSPACE"] = str(workspace)
    return environment


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(
    server: AppServer, process: subprocess.Popen[bytes], seconds: float = 60.0
) -> None:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError(f"the app ended at start:\n{server.output()[-2000:]}")
        if _is_healthy(server.url):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the app did not answer in {seconds:.0f} s:\n{server.output()[-2000:]}")


def _is_healthy(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_stcore/health", timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    found = chromium_path()
    print(found or "no Chromium that starts")
    sys.exit(found is None)
