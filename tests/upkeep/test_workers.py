"""N processes under one parent: what dies comes back, what ends ends whole, who is in stays in."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from shortplank.access import MACHINE
from shortplank.catalogue.ways import Access, Local
from shortplank.cli import run
from shortplank.errors import ShortplankError
from shortplank.gate.accounts import Accounts
from shortplank.gate.start import start_token_for
from tests.copies import demo_copy
from tests.journeys.proxied import free_ports
from tools.browser import LOOPBACK, REPOSITORY

PASSWORD = "杉野的春天从三月开始"
LONG = 90.0
"""How long anything is waited for; what is waited for comes within seconds."""
ONE_WHO_ANSWERS = """
import http.server, os, pathlib, sys
port = int(sys.argv[-1])
print(os.environ["SHORTPLANK_WORKER"], os.environ["STREAMLIT_SERVER_COOKIE_SECRET"], flush=True)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""
A_PARENT = """
import os, sys
from shortplank.cli.serving import Lines
from shortplank.upkeep.workers import Workers
program, *ports = sys.argv[1:]
command = [sys.executable, "-c", program]
sys.exit(Workers(command, os.environ, "127.0.0.1", [int(p) for p in ports], Lines()).run())
"""


class Running:
    """A parent that runs, and what it has said."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, ports: list[int]) -> None:
        self.process, self.log, self.ports = process, log, ports

    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def pid(self, port: int) -> int:
        """Return the newest process of a port, as the parent names it."""
        return int(re.findall(rf"（端口 {port}）已就绪，进程号 (\d+)", self.said())[-1])

    def ready(self, port: int) -> int:
        return len(re.findall(rf"（端口 {port}）已就绪", self.said()))


def wait_until(true: Callable[[], object], running: Running) -> None:
    late = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < late, running.said()
        time.sleep(0.02)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def parent(folder: Path, command: list[str], ports: list[int], **more: str) -> Iterator[Running]:
    """Run a parent with its processes; whatever happens it is killed on leaving."""
    log = folder / "said.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | more, stdout=output, stderr=output
        )
    try:
        yield Running(process, log, ports)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


@contextmanager
def small(folder: Path, program: str = ONE_WHO_ANSWERS, count: int = 2) -> Iterator[Running]:
    """A parent of small programs in the server's place."""
    ports = free_ports(count)
    command = [sys.executable, "-c", A_PARENT, program, *map(str, ports)]
    with parent(folder, command, ports) as running:
        yield running


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = demo_copy(tmp_path_factory.mktemp("served") / "county")
    (folder / "access.toml").write_text("[local]\n", encoding="utf-8")
    Accounts(folder).add(MACHINE, "tongji01", PASSWORD, "analyst", must_change=False)
    return folder


# --- the product ----------------------------------------------------------------------------------
def serve(county: Path, port: int, *more: str) -> list[str]:
    command = [sys.executable, "-m", "shortplank.cli", "serve", "-w", str(county)]
    return [*command, "--workers", "2", "--port", str(port), *more]


def two_ports() -> list[int]:
    """Return two free ports that follow one another."""
    while True:
        (port,) = free_ports(1)
        if port < 65535 and not listens(port + 1):
            return [port, port + 1]


def test_a_killed_process_comes_back_and_who_is_signed_in_stays_in(
    county: Path, tmp_path: Path
) -> None:
    ports = two_ports()
    command = serve(county, ports[0], "--base", "board")
    with parent(tmp_path, command, ports, SHORTPLANK_STATE=str(tmp_path / "state")) as running:
        wait_until(lambda: all(running.ready(port) for port in ports), running)
        assert "http://" not in running.said()  # no start token, and no address but the proxy's
        first, second = (f"http://{LOOPBACK}:{port}" for port in ports)
        with httpx.Client(trust_env=False) as client:
            form = {"name": "tongji01", "password": PASSWORD}
            client.post(f"{first}/board/gate/in", data=form, headers={"origin": first})

            def opened(at: str) -> int:
                return client.get(f"{at}/board/rankings").status_code

            assert client.cookies and opened(first) == opened(second) == 200
            os.kill(running.pid(ports[0]), signal.SIGKILL)
            wait_until(lambda: running.ready(ports[0]) == 2, running)
            assert opened(first) == opened(second) == 200
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(LONG) == 0
        assert not any(listens(port) for port in ports)
        assert "被信号 9 结束，立即重新启动。" in running.said()
        assert running.said().endswith("正在停止。\n已全部停止。\n")
        assert "强行" not in running.said() and "Traceback" not in running.said()


def refused(county: Path, port: int, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one sentence of a server that does not start."""
    assert run(["serve", "-w", str(county), "--workers", "2", "--port", str(port)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


def without_ways(folder: Path, access: str) -> Path:
    made = demo_copy(folder / "county", without=("snapshots", "marts"))
    (made / "access.toml").write_text(access, "utf-8")
    return made


def test_a_taken_port_is_told_before_anything_runs(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = two_ports()
    with socket.create_server((LOOPBACK, second)):
        said = refused(county, first, capsys)
    assert said.startswith(f"端口 {second} 已被占用，服务没有启动。请先停止占用它的程序")
    assert not listens(first)


def test_several_processes_need_a_way_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The start token is one process's own: it would let in at one of them alone."""
    said = refused(without_ways(tmp_path, ""), two_ports()[0], capsys)
    assert said.startswith("access.toml：没有登记登录方式，不能用几个进程提供服务。请写明")


def test_what_each_process_would_refuse_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = without_ways(tmp_path, 'public = "https://a.example/b"\n[local]\n')
    said = refused(bare, two_ports()[0], capsys)
    assert "public 的路径是 /b，服务器的路径是 /。" in said


def test_one_of_several_never_makes_a_start_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start_token_for(Access()) is not None
    monkeypatch.setenv("SHORTPLANK_WORKER", "1/2")
    assert start_token_for(Access(local=Local())) is None
    with pytest.raises(ShortplankError, match="不能用几个进程提供服务"):
        start_token_for(Access())


def test_ports_that_run_out_are_wrong_use(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "-w", str(county), "--workers", "3", "--port", "65534"]) == 2
    assert capsys.readouterr().err.startswith("端口 65534 不合适。3 个进程用连续的 3 个端口")


# --- the parent, with small programs --------------------------------------------------------------
def test_all_share_one_secret_and_know_their_number(tmp_path: Path) -> None:
    with small(tmp_path, count=3) as running:
        wait_until(lambda: all(running.ready(port) for port in running.ports), running)
        told = re.findall(r"^(\d/3) (\w{64})$", running.said(), re.MULTILINE)
        assert sorted(number for number, _ in told) == ["1/3", "2/3", "3/3"]
        assert len({secret for _, secret in told}) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_no_process_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    with small(tmp_path) as running:
        wait_until(lambda: all(running.ready(port) for port in running.ports), running)
        running.process.kill()
        wait_until(lambda: not any(listens(port) for port in running.ports), running)


def test_a_process_that_does_not_end_is_killed(tmp_path: Path) -> None:
    deaf = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{ONE_WHO_ANSWERS}"
    hurried = A_PARENT.replace(
        "program, *ports",
        "import shortplank.upkeep.workers as w; w.PATIENCE = 0.2\nprogram, *ports",
    )
    ports = free_ports(2)
    command = [sys.executable, "-c", hurried, deaf, *map(str, ports)]
    with parent(tmp_path, command, ports) as running:
        wait_until(lambda: all(running.ready(port) for port in ports), running)
        running.process.terminate()
        assert running.process.wait(LONG) == 0
        assert running.said().count("没有按时结束，已强行结束。") == 2
        assert not any(listens(port) for port in ports)


def test_who_refuses_to_start_leaves_nothing_running(tmp_path: Path) -> None:
    """The first never answers, the second refuses: no endless restarts of a wrong setting."""
    program = "import sys, time\nsys.exit(1) if sys.argv[-1] == {last!r} else time.sleep(600)"
    ports = free_ports(2)
    command = [sys.executable, "-c", A_PARENT, program.format(last=str(ports[1]))]
    with parent(tmp_path, [*command, *map(str, ports)], ports) as running:
        assert running.process.wait(LONG) == 1


def test_one_that_dies_again_and_again_waits_longer_each_time(tmp_path: Path) -> None:
    dying = ONE_WHO_ANSWERS.replace("serve_forever()", "handle_request()")
    with small(tmp_path, dying, count=1) as running:
        wait_until(lambda: "1 秒后重新启动。" in running.said(), running)
        assert re.findall("退出码 0，(.+)重新启动", running.said()) == ["立即", "1 秒后"]
