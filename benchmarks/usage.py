"""What a server and its machine use; zeros where the system does not say (only Linux does)."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """Processor seconds over a stretch of time: the server's, our own and everyone else's."""

    seconds: float = 1.0
    server_s: float = 0.0
    own_s: float = 0.0
    all_s: float = 0.0

    @property
    def server(self) -> float:
        """Return how many processors the server kept busy."""
        return self.server_s / self.seconds

    @property
    def own(self) -> float:
        """Return how many processors this process kept busy."""
        return self.own_s / self.seconds

    @property
    def others(self) -> float:
        """Return how many processors the rest of the machine kept busy."""
        return max(0.0, self.all_s - self.server_s - self.own_s) / self.seconds


def used(*processes: int) -> Usage:
    """Return what has been used up to now, to be given to `usage_since`."""
    server = sum(_process_s(each) for each in processes)
    return Usage(time.perf_counter(), server, time.process_time(), _machine_s())


def usage_since(start: Usage, *processes: int) -> Usage:
    """Return what was used since the start."""
    now = used(*processes)
    return Usage(
        now.seconds - start.seconds,
        now.server_s - start.server_s,
        now.own_s - start.own_s,
        now.all_s - start.all_s,
    )


def memory_mb(*processes: int) -> float:
    """Return the resident memory of processes in MB."""
    return sum(
        int(line.split()[1]) / 1024
        for process in processes
        for line in _lines(f"/proc/{process}/status")
        if line.startswith("VmRSS")
    )


def _process_s(process: int) -> float:
    for line in _lines(f"/proc/{process}/stat"):
        user, system = line.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _machine_s() -> float:
    """Return the seconds that all the processors were busy; guests are counted as users."""
    for line in _lines("/proc/stat"):
        user, nice, system, _idle, _waiting, *more = (int(n) for n in line.split()[1:9])
        return (user + nice + system + sum(more)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
