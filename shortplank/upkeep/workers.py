"""N processes of the server under one parent, which starts again what died and ends all at once."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from shortplank.upkeep.child import command_of

COOKIE_SECRET = "STREAMLIT_SERVER_COOKIE_SECRET"
WORKER = "SHORTPLANK_WORKER"
STEP = 0.1
"""How often the parent looks after its processes, in seconds."""
STEADY = 30.0
"""Who lived as long as this is started again at once; who did not waits longer each time."""
LONGEST_PAUSE = 30.0
PATIENCE = 10.0
"""How long a process may take to end by itself before it is killed."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


@dataclass
class Worker:
    """One process of the server, and what became of it."""

    number: int
    port: int
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    began: float = 0.0
    again: float = 0.0
    """When it is started (again), on the clock of `time.monotonic`."""
    quick_ends: int = 0
    """How often in a row it ended before it was steady."""


class Tell(Protocol):
    """What is said of events, a line each."""

    def ready(self, worker: Worker) -> None: ...
    def ended(self, worker: Worker, code: int, pause: float) -> None: ...
    def killed(self, worker: Worker) -> None: ...
    def stopping(self) -> None: ...
    def stopped(self) -> None: ...


def unusable(address: str, ports: Sequence[int]) -> tuple[int, OSError] | None:
    """Return the first port that cannot be listened on, and why; None where all can."""
    for port in ports:
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(
                address or "0.0.0.0", port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                if os.name == "posix":  # a connection that is closing does not keep the port
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
        except OSError as error:
            return port, error
    return None


@dataclass
class Workers:
    """The parent: `run` returns when it was told to end (0), or nothing could be started (1)."""

    command: Sequence[str]
    """What one process runs; its port is added."""
    environment: Mapping[str, str]
    address: str
    ports: Sequence[int]
    tell: Tell
    folder: str | os.PathLike[str] = "."
    workers: list[Worker] = field(init=False)
    _ending: bool = False
    _ever_ready: bool = False

    def __post_init__(self) -> None:
        self.workers = [Worker(k, port) for k, port in enumerate(self.ports, start=1)]
        kept = self.environment.get(COOKIE_SECRET) or secrets.token_hex(32)
        self.environment = {**self.environment, COOKIE_SECRET: kept}

    def run(self) -> int:
        """Keep the processes running until SIGTERM or SIGINT; all have ended on return.

        A process that refuses to start before any has answered says why itself; then there is
        nothing to keep alive.
        """
        with self._heeding_signals():
            try:
                while not self._ending:
                    for worker in self.workers:
                        if self._is_hopeless(worker):
                            return 1
                        self._look_after(worker)
                    time.sleep(STEP)
            finally:
                self._end_all()
        self.tell.stopped()
        return 0

    @contextmanager
    def _heeding_signals(self) -> Iterator[None]:
        """Let the signals that ask for an end set a mark, which the loop sees at its next step."""

        def end(_number: int, _frame: Any) -> None:
            self._ending = True

        names = ("SIGTERM", "SIGINT", "SIGHUP")
        heeded = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {number: signal.signal(number, end) for number in heeded}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    # --- one process ------------------------------------------------------------------------------
    def _look_after(self, worker: Worker) -> None:
        """Start a process whose time has come, note one that answers, and one that ended."""
        if worker.process is None:
            if time.monotonic() >= worker.again:
                self._start(worker)
        elif (code := worker.process.poll()) is not None:
            self._ended(worker, code)
        elif not worker.ready and answers(self.address, worker.port):
            worker.ready = self._ever_ready = True
            self.tell.ready(worker)

    def _start(self, worker: Worker) -> None:
        number = f"{worker.number}/{len(self.workers)}"
        worker.process = subprocess.Popen(
            command_of([*self.command, "--server.port", str(worker.port)]),
            env={**self.environment, WORKER: number},
            cwd=self.folder,
        )
        worker.began, worker.ready = time.monotonic(), False

    def _ended(self, worker: Worker, code: int) -> None:
        now = time.monotonic()
        steady = now - worker.began >= STEADY
        pause = 0.0 if steady else pause_after(worker.quick_ends)
        worker.quick_ends = 0 if steady else worker.quick_ends + 1
        worker.process, worker.again = None, now + pause
        if not self._ending:
            self.tell.ended(worker, code, pause)

    def _is_hopeless(self, worker: Worker) -> bool:
        """Return whether a process refused to start, and none has answered so far."""
        code = worker.process.poll() if worker.process else None
        return not self._ever_ready and not self._ending and code is not None and code > 0

    # --- the end ----------------------------------------------------------------------------------
    def _end_all(self) -> None:
        """Ask all processes to end, wait, and kill what is still there."""
        running = [each for each in self.workers if each.process is not None]
        if running:
            self.tell.stopping()
        for worker in running:
            assert worker.process is not None
            worker.process.terminate()
        late = time.monotonic() + PATIENCE
        for worker in running:
            assert worker.process is not None
            try:
                worker.process.wait(max(0.0, late - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
                self.tell.killed(worker)


def pause_after(quick_ends: int) -> float:
    """Return how long to wait before a start, after so many quick ends in a row.

    >>> [pause_after(n) for n in range(8)]
    [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    """
    return 0.0 if quick_ends == 0 else min(LONGEST_PAUSE, 2.0 ** min(quick_ends - 1, 10))


def answers(address: str, port: int) -> bool:
    """Return whether a process answers a monitor."""
    host = EVERYWHERE.get(address, address)
    with (
        suppress(OSError, http.client.HTTPException),
        closing(http.client.HTTPConnection(host, port, timeout=1.0)) as connection,
    ):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    return False
