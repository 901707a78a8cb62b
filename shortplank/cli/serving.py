"""The command `serve`: one process, or several under one parent."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import typer

from shortplank.cli.output import say
from shortplank.cli.usage import WrongUse
from shortplank.errors import ShortplankError
from shortplank.gate.house import house_of
from shortplank.gate.kept_secrets import check_secrets
from shortplank.gate.start import several_need_a_way
from shortplank.store.served import SERVED
from shortplank.upkeep.workers import WORKER, Worker, Workers, unusable

ADDRESS = "STREAMLIT_SERVER_ADDRESS"
LAST_PORT = 65535


def serve_workspace(root: Path, port: int, base: str, workers: int) -> None:
    """Serve a workspace until it is ended; ends this process with the server's exit code."""
    ports = range(port, port + workers)
    if workers > 1 and not (ports[0] > 0 and ports[-1] <= LAST_PORT):
        mend = f"{workers} 个进程用连续的 {workers} 个端口，最后一个不能超过 {LAST_PORT}"
        raise WrongUse(f"端口 {port} 不合适", mend=mend)
    # Streamlit reads its settings beside the script, and in the folder where it is started.
    command = [sys.executable, "-m", "streamlit", "run", "asgi.py"]
    if base.strip("/"):
        command += ["--server.baseUrlPath", base.strip("/")]
    environment = {**os.environ, "SHORTPLANK_WORKSPACE": str(root)}
    environment.pop(WORKER, None)
    address = os.environ.get(ADDRESS) or "127.0.0.1"
    if workers > 1:
        _check_ways(root, address, base)
    _check_ports(address, ports)
    if workers > 1:
        raise typer.Exit(_run_several(command, environment, address, ports))
    command += ["--server.port", str(port)]
    os.chdir(SERVED)
    if sys.platform == "win32":  # there a process that takes this one's place loses the window
        raise typer.Exit(subprocess.run(command, env=environment).returncode)
    os.execve(sys.executable, command, environment)


def _check_ways(root: Path, address: str, base: str) -> None:
    """Return where each process would open its gate, else `ShortplankError`: once, not N times."""
    house = house_of(root)
    several_need_a_way(house.access)
    house.address(address, base)
    check_secrets(house.access)
    if house.access.ways == ("local",) and not house.accounts.all():
        say("还没有账号，谁也进不来：请用 shortplank user add 建一个，服务不用重新启动。")


def _check_ports(address: str, ports: range) -> None:
    """Return where every port is free, else `ShortplankError`."""
    found = unusable(address, ports)
    if found is None:
        return
    port, error = found
    if error.errno == errno.EADDRINUSE:
        mend = f"请先停止占用它的程序（ss -ltnp 'sport = :{port}' 可看到是哪个），或换一个 --port"
        raise ShortplankError(f"端口 {port} 已被占用，服务没有启动", mend=mend) from error
    raise ShortplankError(
        f"不能在 {address} 的端口 {port} 上提供服务",
        mend=f"请检查 {ADDRESS}，或换一个大于 1023 的 --port",
    ) from error


def _run_several(
    command: list[str], environment: dict[str, str], address: str, ports: range
) -> int:
    say(
        f"{len(ports)} 个进程，地址 {address}，端口 {ports[0]} 至 {ports[-1]}。"
        "须由前置代理统一对外，并使同一访问者始终到同一进程，写法见 deploy/nginx.conf。"
    )
    # Streamlit would name an address that none of them answers to.
    quiet = [*command, "--logger.hideWelcomeMessage", "true"]
    return Workers(quiet, environment, address, ports, Lines(), SERVED).run()


class Lines:
    """A line for each event."""

    def ready(self, worker: Worker) -> None:
        assert worker.process is not None
        say(f"{_named(worker)}已就绪，进程号 {worker.process.pid}。")

    def ended(self, worker: Worker, code: int, pause: float) -> None:
        how = f"被信号 {-code} 结束" if code < 0 else f"自行结束，退出码 {code}"
        say(f"{_named(worker)}{how}，{f'{pause:.0f} 秒后' if pause else '立即'}重新启动。")

    def killed(self, worker: Worker) -> None:
        say(f"{_named(worker)}没有按时结束，已强行结束。")

    def stopping(self) -> None:
        say("正在停止。")

    def stopped(self) -> None:
        say("已全部停止。")


def _named(worker: Worker) -> str:
    return f"第 {worker.number} 个进程（端口 {worker.port}）"
