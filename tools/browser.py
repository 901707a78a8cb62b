"""A headless Chromium and a running app: what browser tests, screenshots and benchmarks share.

`python -m tools.browser` prints the Chromium that is used, or exits 1 when none starts.
"""

from __future__ import annotations

import os
import re
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
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

REPOSITORY = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The same browser without the window around a page, which takes a third of the processor.
WINDOWLESS = "chromium-headless-shell"
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


def chromium_path(*, windowless: bool = False) -> str | None:
    """The Chromium to use: SHORTPLANK_CHROMIUM, or the first on PATH that starts; None if none.

    The windowless one comes first where it is asked for, else last.
    """
    named = os.environ.get("SHORTPLANK_CHROMIUM")
    found = (WINDOWLESS, *CHROMIUM_NAMES) if windowless else (*CHROMIUM_NAMES, WINDOWLESS)
    for name in (named,) if named else found:
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


def launch(playwright: Playwright, *, windowless: bool = False) -> Browser:
    """A headless Chromium with a new profile; the caller closes it.

    Pictures and figures are of the one that people have; tests take the ``windowless`` one.
    """
    path = chromium_path(windowless=windowless)
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

    @property
    def entrance(self) -> str:
        """The address with the start token that the server has printed, "" where it prints none."""
        found = re.search(r"^http://\S+[?]token=\S+$", self.output(), re.MULTILINE)
        return found[0] if found else ""

    def cookies(self) -> dict[str, str]:
        """Sign in by the start token and return the cookies that it gives."""
        if not self.entrance:
            return {}
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
        with opener.open(self.entrance, timeout=10) as response:
            given = SimpleCookie(response.headers.get("Set-Cookie", ""))
        return {name: morsel.value for name, morsel in given.items()}


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what sets the cookie is the answer itself."""

    def http_error_303(self, _request, response, *_rest):  # type: ignore[no-untyped-def]
        return response


# What runs now, by host and port, and the cookie that a browser is given at its first visit.
_RUNNING: dict[str, AppServer] = {}
_COOKIES: dict[str, dict[str, str]] = {}


def cookies_for(url: str) -> dict[str, str]:
    """The cookies of one session at the running app that an address belongs to, none elsewhere."""
    place = urlsplit(url).netloc
    if place not in _RUNNING:
        return {}
    if place not in _COOKIES:
        _COOKIES[place] = _RUNNING[place].cookies()
    return _COOKIES[place]


def enter(context: BrowserContext, url: str) -> None:
    """Sign a browser in to the running app that an address belongs to, once."""
    known = {each["name"] for each in context.cookies(url)}
    new = {name: value for name, value in cookies_for(url).items() if name not in known}
    if new:
        # Below the app's own path, as the gate gives it: an address alone would name its folder.
        home = f"{_RUNNING[urlsplit(url).netloc].url}/"
        context.add_cookies([{"name": n, "value": v, "url": home} for n, v in new.items()])


def open_tab(context: BrowserContext) -> Page:
    """A new tab, signed in wherever it goes to an app that runs here."""
    tab = context.new_page()
    goto = tab.goto

    def entering(url: str, **options: Any) -> Any:
        enter(context, url)
        return goto(url, **options)

    tab.goto = entering  # type: ignore[method-assign]
    return tab


@contextmanager
def serving(
    workspace: Path | str | None = None,
    script: Path | str = "asgi.py",
    options: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
    port: int | None = None,
    base: str = "",
) -> Iterator[AppServer]:
    """A Streamlit server on a free loopback port that answers; ended on leaving.

    Without a workspace the app opens its default one. `script` is relative to the repository,
    `base` is the path below which the server answers. Its sessions live in a folder of its own,
    unless the environment names one.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.address", LOOPBACK, *options]
    command += ["--server.baseUrlPath", base] if base else []
    with tempfile.TemporaryDirectory(prefix="shortplank-served-") as folder:
        log = Path(folder) / "server.log"
        state = {"SHORTPLANK_STATE": str(Path(folder) / "state")}
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=_environment(workspace) | state | (environment or {}),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = AppServer(f"http://{LOOPBACK}:{port}/{base}".rstrip("/"), process.pid, log)
        try:
            _wait_until_healthy(server, process)
            _RUNNING[urlsplit(server.url).netloc] = server
            yield server
        finally:
            _RUNNING.pop(urlsplit(server.url).netloc, None)
            _COOKIES.pop(urlsplit(server.url).netloc, None)
            _end(process)


def _environment(workspace: Path | str | None) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if k != "SHORTPLANK_WORKSPACE"}
    if workspace is not None:
        environment["SHORTPLANK_WORKSPACE"] = str(workspace)
    return environment


def free_port() -> int:
    """A loopback port that nobody listens on."""
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
        if any(_is_healthy(f"{server.url}{path}") for path in ("/healthz", "/_stcore/health")):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the app did not answer in {seconds:.0f} s:\n{server.output()[-2000:]}")


def _is_healthy(url: str) -> bool:
    """Return whether an address answers: the app's own, or a bare Streamlit's."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return response.status == 200 and response.read(2) == b"ok"
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
