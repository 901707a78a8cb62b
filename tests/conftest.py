"""What every test shares: no network, no chance, and, for browser tests, Chromium and the app."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from shortplank.frame import signed_in
from shortplank.frame.made.early import VARIABLE as EARLY
from shortplank.frame.runtime.streamlit_once import find_own_components
from shortplank.gate.house import HERE, house_of
from shortplank.gate.sessions import key_of
from shortplank.store import workspace_path
from shortplank.store.bench import bounded
from tools.browser import AppServer, launch, open_tab, serving

# The same cases each time and no time limit: a failure on one machine is a failure on all.
hypothesis.settings.register_profile(
    "shortplank", derandomize=True, deadline=None, database=None, print_blob=False
)
hypothesis.settings.load_profile("shortplank")
# Files of few tests, each of which takes long: by the number of their tests they would come last.
LONG = frozenset(
    f"{name}.py"
    for name in (
        "journeys/test_form",
        "journeys/test_gate",
        "journeys/test_below_a_path",
        "journeys/test_handing_in",
        "journeys/test_intake",
        "pages/test_briefing",
        "pages/test_damage",
        "pages/test_filing",
        "papers/test_numbers",
        "papers/test_township",
        "papers/test_workbook",
        "store/test_kills",
        "store/test_noninterference",
        "topics/test_claims",
        "topics/test_ledger_rules",
    )
)
# Files of tests are small, many and soon gone: in memory, where it has room and may run what is put
# there, copies of the demo county take a quarter of the time, and nothing waits for a disk.
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3
if (
    "TMPDIR" not in os.environ
    and MEMORY.is_dir()
    and shutil.disk_usage(MEMORY).free > ROOM
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
# A server that a test starts works out nothing that nobody asks for.
os.environ[EARLY] = "0"
# As the server has it, and a page that a test runs by itself is a small server each time.
find_own_components()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks whatever opens a browser, and puts the files of tests into their order.

    By itself, a run ends with the browser tests, as they say least about what is wrong. Workers
    take whole files and begin with the long ones, so that none is left alone with one at the end:
    those that open a browser, and of each kind those that are known to be long, those with a test
    marked slow, and then those of many tests.
    """
    for item in items:
        if {"browser", "page", "app_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
    counts = Counter(item.path for item in items)
    browser, slow = (
        {item.path for item in items if item.get_closest_marker(name)}
        for name in ("browser", "slow")
    )
    if hasattr(config, "workerinput"):
        long = {Path(__file__).parent / name for name in LONG}
        items.sort(
            key=lambda i: (
                i.path not in browser,
                i.path not in long,
                i.path not in slow,
                -counts[i.path],
                i.path,
            )
        )
    else:
        items.sort(key=lambda i: i.path in browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say what stood on each open screen when a browser test failed: nobody was there to see it."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.failed and browser is not None:
        for context in browser.contexts:
            report.sections += [("screen", _words_on(page)) for page in context.pages]
    return report


def _words_on(page: Page) -> str:
    try:
        return f"{page.url}\n{page.inner_text('body', timeout=1000)}"
    except PlaywrightError as error:
        return str(error)


@pytest.fixture(autouse=True)
def _no_network_no_ambient_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def connect_on_this_machine(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            self.close()
            raise AssertionError(f"a test asked the network for {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_on_this_machine)
    monkeypatch.delenv("SHORTPLANK_WORKSPACE", raising=False)


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 at its cheapest, for tests that are not about what a password's hash takes."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("shortplank.gate.passwords.hasher", hasher)


@pytest.fixture(scope="module")
def time_enough() -> Iterator[None]:
    """Minutes for a written statement: its process gives way to all others, so to busy tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bounded, "SECONDS", 120.0)
        patched.setattr(bounded, "SEAT_SECONDS", 120.0)
        yield


@pytest.fixture(scope="session")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(autouse=True)
def _let_in(monkeypatch: pytest.MonkeyPatch, _own_state: Path) -> None:
    """Give a page that a test runs without a server the key of a real session, as the gate does.

    It comes in as who started the server; a test that looks as somebody else, or as nobody, puts
    its own in place of this one.
    """
    keys: dict[Path, str] = {}

    def key() -> str:
        here = workspace_path().resolve()
        if here not in keys:
            keys[here] = key_of(house_of(here).sessions.open(HERE, "start"))
        return keys[here]

    monkeypatch.setenv("SHORTPLANK_STATE", str(_own_state))
    monkeypatch.setattr(signed_in, "gate_key", key)


@pytest.fixture(autouse=True)
def _main_is_given_back() -> Iterator[None]:
    """Take the last page out of ``__main__``, where AppTest leaves it and its open database.

    The interpreter clears that module after DuckDB's, which then says what leaked; and a process
    that a test starts would run the page.
    """
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless, one for the session."""
    with sync_playwright() as playwright:
        chromium = launch(playwright, windowless=True)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own (a fresh session): Chinese, 1366×768, light.

    Where it goes to an app that runs here, it is signed in by the start token.
    """
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield open_tab(context)
    context.close()


@pytest.fixture(scope="session")
def app_server() -> Iterator[Callable[..., AppServer]]:
    """A function from a workspace folder (none: the default) to its running app.

    One server a folder, kept to the end of the session; a test that needs one of its own takes
    `tools.browser.serving`.
    """
    running: dict[Path | None, AppServer] = {}
    with ExitStack() as servers:

        def serve(workspace: Path | None = None) -> AppServer:
            if workspace not in running:
                running[workspace] = servers.enter_context(serving(workspace))
            return running[workspace]

        yield serve
