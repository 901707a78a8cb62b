"""The log as JSON lines: each says what and where, and nothing of anybody or of the data."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from shortplank.access import MACHINE
from shortplank.gate.accounts import Accounts
from shortplank.upkeep.ready import unready
from tests.copies import demo_copy
from tools.browser import REPOSITORY, AppServer, serving

SECRET, FIGURE = "李四光", "31415"
NAME, PASSWORD = "wangxiaoming", "three quiet rivers"
KEYS = {"at", "level", "logger", "message", "error"}


def lines_of(text: str) -> list[dict[str, Any]]:
    """Return the objects of a log, each line of which must be one."""
    found = [json.loads(line) for line in text.splitlines()]
    assert all({"at", "level", "logger", "message"} <= each.keys() <= KEYS for each in found)
    return found


PROVOKED = f"""
import logging, sys, threading, warnings
sys.path.insert(0, {str(REPOSITORY)!r})
import streamlit
from shortplank.errors import WorkspaceError
from shortplank.frame.server import begin_log

begin_log()
from streamlit.logger import get_logger

def fails(name):
    raise ValueError(f"{{name}} has {FIGURE}")

ours, theirs = logging.getLogger("shortplank"), get_logger("streamlit.anything.new")
ours.warning("oidc: %s: %a", "https://sso.county.example", "{SECRET} {FIGURE}")
ours.error("gate: %s", WorkspaceError("{SECRET} 是 {FIGURE}", place="areas.csv 第 3 行", mend="x"))
ours.error("the audit cannot be written: %s", OSError(28, "{SECRET}"))
try:
    fails("{SECRET}")
except ValueError as error:
    ours.exception("page %s failed", "trends", exc_info=error)
    theirs.exception("Uncaught app execution", exc_info=error)
theirs.warning("a value '{SECRET}' of {FIGURE} at /board/trends?village={FIGURE}")
logging.getLogger("uvicorn.error").error('%s - "WebSocket %s" 403', "10.0.0.9", "/x?a={SECRET}")
logging.getLogger("a.library").error("{SECRET} {FIGURE}\\nsecond {SECRET}")
warnings.warn("{SECRET} {FIGURE}")
worker = threading.Thread(target=fails, args=("{SECRET}",))
worker.start()
worker.join()
class Dropped:
    def __del__(self):
        fails("{SECRET}")
Dropped()
fails("{SECRET}")
"""


def test_whatever_is_logged_says_nothing_of_the_data() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROVOKED],
        capture_output=True,
        env=os.environ | {"SHORTPLANK_LOG": "json"},
        cwd=REPOSITORY,
    )
    text = done.stderr.decode()
    assert done.returncode == 1 and not done.stdout
    assert SECRET not in text and FIGURE not in text and "10.0.0.9" not in text
    found = lines_of(text)
    told = [(each["logger"], each["message"]) for each in found]
    assert told[:5] == [
        ("shortplank", "oidc: https://sso.county.example: '\\u2026'"),
        ("shortplank", "gate: areas.csv"),
        ("shortplank", "the audit cannot be written: OSError ENOSPC"),
        ("shortplank", "page trends failed"),
        ("streamlit.anything.new", "Uncaught app execution"),
    ]
    assert [re.sub(r":\d+$", "", message) for _, message in told[5:]] == [
        "a value … of # at /board/trends",
        '%s - "WebSocket %s" 403',
        "… #",
        "UserWarning <string>",
        "uncaught",
        "uncaught",
        "uncaught",
    ]
    (fault,) = found[3]["error"]
    assert fault["type"] == "ValueError"
    assert [place.split(" ")[1] for place in fault["at"]] == ["<module>", "fails"]


def ask(server: AppServer, path: str, cookie: str = "", **form: str) -> httpx.Response:
    """Return the answer to a request that follows no redirect."""
    url = f"{server.url}{path}"
    with httpx.Client(trust_env=False, timeout=30) as client:
        if not form:
            return client.get(url, headers={"accept": "text/html", "cookie": cookie})
        origin = {"origin": server.url.removesuffix("/board")}
        return client.post(url, data=form, headers=origin)


def run_page(server: AppServer, cookie: str, page: str, query: str) -> int:
    """Run a page as an open tab does; return how many messages it took."""
    place = server.url.removeprefix("http")
    origin = server.url.removesuffix("/board")
    wanted = BackMsg(rerun_script=ClientState(query_string=query, page_name=page))
    with connect(
        f"ws{place}/_stcore/stream",
        additional_headers={"Cookie": cookie},
        origin=origin,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        proxy=None,
        max_size=None,
    ) as socket:
        socket.send(wanted.SerializeToString())
        for number in range(1, 2000):
            message = ForwardMsg.FromString(bytes(socket.recv(timeout=60)))  # type: ignore[arg-type]
            if message.WhichOneof("type") == "script_finished":
                return number
    raise AssertionError("the page does not end")


@pytest.mark.slow
@pytest.mark.usefixtures("cheap_hashes")
def test_every_line_of_a_served_app_is_an_object(tmp_path: Path) -> None:
    root = demo_copy(tmp_path / "county")
    Accounts(root).add(MACHINE, NAME, PASSWORD, "admin", must_change=False)
    (root / "access.toml").write_text("[local]\n", "utf-8")
    asked: Sequence[str] = ("/", "/nowhere?secret=314", "/healthz", "/readyz", "/metrics?a=314")
    with serving(root, environment={"SHORTPLANK_LOG": "json"}, base="board") as server:
        answers = [ask(server, path).status_code for path in asked]
        assert answers[2] == 200 and answers[3] in (200, 503)
        let_in = ask(server, "/gate/in", name=NAME, password=PASSWORD)
        cookie = let_in.headers["set-cookie"].partition(";")[0]
        assert ask(server, "/gate/in", name=NAME, password="wrong").status_code == 403
        for page in ("overview", "trends"):
            assert run_page(server, cookie, page, "month=2010-05") > 10
        numbers = ask(server, "/metrics", cookie).text
        assert 'shortplank_page_runs_total{page="trends"} 1' in numbers
        assert 'shortplank_events_total{what="sign_in_failed"} 1' in numbers
        (root / "access.toml").write_text("[local\n", "utf-8")
        assert ask(server, "/trends?month=2010-05", cookie).status_code == 503
        found = lines_of(server.output())
    told = [each["message"] for each in found]
    assert any(message.startswith("open on port ") for message in told)
    assert "gate: access.toml" in told
    assert NAME not in server_text(found) and "314" not in server_text(found)
    assert "2010-05" not in server_text(found)
    assert unready(root) in ("", "marts")


def server_text(found: list[dict[str, Any]]) -> str:
    """Return what the lines say, without when they were written and where."""
    return " ".join(each["message"] for each in found if "port" not in each["message"])
