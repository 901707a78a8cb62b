"""The rankings' chart made with Dash, beside ours and a bare Streamlit page: `make peers`.

Dash lives in an environment of its own, `.venv-peers` (requirements/peers.txt).
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page

from benchmarks.browser.boxes import IDLE, Seat, fresh, in_turn, streamlit_option
from benchmarks.browser.figures import INDICATORS, figures_file, walks
from benchmarks.browser.repaints import MONTH, chromium, pages
from benchmarks.timing import Row
from tools.browser import LOOPBACK, REPOSITORY, free_port

PYTHON = REPOSITORY / ".venv-peers/bin/python"
PAGE = REPOSITORY / "benchmarks/apps/dash_page.py"
PATIENCE = 60.0


def rows() -> list[Row]:
    """Return repaints by the box of months, all three in turn; nothing where there is no Dash."""
    if not PYTHON.exists():
        print("peers: skipped, there is no .venv-peers (make peers sets it up)", file=sys.stderr)
        return []
    walk = walks()
    found = []
    with (
        figures_file(walk) as store,
        pages(store) as (ours, bare),
        _dash(store) as dash,
        chromium() as browser,
    ):
        for what, chosen, idle in (("came along", walk.near, IDLE), ("did not", walk.far, 300.0)):
            with fresh(browser) as mine, fresh(browser) as theirs, fresh(browser) as plain:
                mine.goto(f"{ours}/rankings?indicator={INDICATORS[0]}")
                theirs.goto(dash)
                plain.goto(bare)
                seats = [
                    Seat(mine, streamlit_option),
                    Seat(theirs, _dash_option),
                    Seat(plain, streamlit_option),
                ]
                us, peer, floor = in_turn(seats, MONTH, chosen, idle)
            along = what == "came along"
            found += [
                Row(f"month that {what}, ours / Dash", us, peer, 1.0 if along else None),
                Row(f"month that {what}, ours / bare Streamlit", us, floor, None if along else 1.0),
                Row(f"month that {what}, bare Streamlit / Dash", floor, peer, None),
            ]
    return found


def _dash_option(page: Page, _box: str, label: str) -> Locator:
    """Open Dash's box of months and bring an option into sight."""
    page.locator("#month").click()
    page.keyboard.type(label)
    return page.get_by_role("option", name=label, exact=True)


@contextmanager
def _dash(store: Path) -> Iterator[str]:
    """Serve the page made with Dash, on this machine alone."""
    port = free_port()
    command = [str(PYTHON), str(PAGE), str(store), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://{LOOPBACK}:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    late = time.monotonic() + PATIENCE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < late:
        try:
            with opener.open(address, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the page made with Dash does not answer")
