"""The wheel in an empty environment works in an empty folder: demo, ask, brief, serve.

Nothing is fetched: the builder is in .venv, and so are the libraries that the environment borrows.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tools.browser import REPOSITORY
from tools.look import settled

pytestmark = pytest.mark.slow
Run = Callable[..., str]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as `make dist` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*build, str(folder)], cwd=REPOSITORY, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it and the libraries of this one beside."""
    home = tmp_path_factory.mktemp("env") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    paths = {"base": str(home), "platbase": str(home)}
    own = Path(sysconfig.get_path("purelib", scheme="venv", vars=paths))
    # A line in a .pth adds a folder, not the .pth files in it: the source tree stays out of sight.
    lent = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (own / "lent.pth").write_text("\n".join(lent), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(home / SCRIPTS / "python")]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
    )
    return home


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing in it."""
    return tmp_path_factory.mktemp("empty")


def environment() -> dict[str, str]:
    kept = ("SHORTPLANK_WORKSPACE", "PYTHONPATH", "COV_", "STREAMLIT_")
    return {name: value for name, value in os.environ.items() if not name.startswith(kept)}


@pytest.fixture(scope="module")
def run(installed: Path, folder: Path) -> Run:
    """The installed command, run in the empty folder; returns what it said."""

    def runs(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [str(installed / SCRIPTS / "shortplank"), *arguments],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    return runs


@pytest.fixture(scope="module")
def demo(run: Run, folder: Path) -> Path:
    """The demo county, made by the installed command."""
    run("demo", "x")
    return folder / "x"


def test_the_wheel_holds_what_is_served_and_no_other_top_level_names(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    about = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    assert {name.split("/")[0] for name in names} == {"shortplank", about}
    top = [REPOSITORY / name for name in ("app.py", "asgi.py", ".streamlit/config.toml")]
    served = {*top, *REPOSITORY.glob("pages/*.py"), *REPOSITORY.glob("queries/**/*.sql")}
    assert {f"shortplank/served/{p.relative_to(REPOSITORY).as_posix()}" for p in served} <= names
    inside = {p for p in REPOSITORY.glob("shortplank/**/*") if "__pycache__" not in p.parts}
    files = {p.relative_to(REPOSITORY).as_posix() for p in inside if p.is_file()}
    assert files <= names
    assert not [name for name in names if "__pycache__" in name or "marts" in Path(name).parts]


def test_without_a_workspace_one_sentence_says_how_to_come_by_one(run: Run) -> None:
    for command in (("ask", "areas_by_level"), ("serve",)):
        (line,) = run(*command, code=1).splitlines()
        assert "shortplank demo" in line and "-w" in line and line.endswith("。")


def test_demo_ask_and_brief(run: Run, demo: Path) -> None:
    asked = ("ask", "areas_by_level", "-w", "x", "--format", "csv")
    source = subprocess.run(
        [sys.executable, "-m", "shortplank.cli", *asked],
        cwd=demo.parent,
        capture_output=True,
        check=True,
        env={**environment(), "PYTHONPATH": str(REPOSITORY)},
    )
    assert run(*asked).splitlines() == source.stdout.decode().splitlines()
    run("brief", "--month", "2010-05", "--out", "papers", "-w", "x")
    kinds = sorted(path.suffix for path in (demo.parent / "papers").iterdir())
    assert kinds == [".docx", ".docx", ".docx", ".html", ".pptx", ".xlsx"]


@contextmanager
def served(installed: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """The address of the installed app, and the one that lets in who started it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [str(installed / SCRIPTS / "shortplank"), "serve", "-w", "x", "--port", port]
    log = folder.parent / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=output, stderr=output
        )
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(1200):
                if answers(f"{url}/healthz"):
                    break
                assert process.poll() is None, log.read_text("utf-8")
                time.sleep(0.05)
            given = re.findall(r"http://\S+token=\S+", log.read_text("utf-8"))
            yield url, given[0]
        finally:
            process.terminate()
            process.wait(30)
    assert "Traceback" not in log.read_text("utf-8")


def answers(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as response:
            return bytes(response.read())
    except urllib.error.URLError:
        return b""


def test_serve(installed: Path, demo: Path, page: Page) -> None:
    with served(installed, demo.parent) as (url, entrance):
        assert answers(f"{url}/healthz") == b"ok"
        assert not answers(f"{url}/rankings")
        page.goto(entrance)
        page.goto(f"{url}/rankings")
        settled(page)
        assert "2010年" in page.locator("p.about").inner_text()
        assert page.locator(".js-plotly-plot").count() >= 1
        # The settings that travel with it are in force: our own list of pages, our own fonts.
        assert page.locator('[data-testid="stSidebarNav"]').count() == 0
        fonts = page.evaluate("getComputedStyle(document.querySelector('.stApp')).fontFamily")
        assert "Noto Sans CJK SC" in fonts
        # So are the files of the form's fields.
        page.goto(f"{url}/filing?way=page")
        page.locator("table input").first.wait_for(timeout=30_000)
    assert {path.name for path in demo.parent.iterdir()} <= {"x", "papers"}
