"""What a process tells a monitor of itself, as Prometheus reads it: never a figure of the data.

Numbers are kept for one process; each is asked by itself. A page's run costs one lock.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import shortplank
from shortplank.audit.lines import WHATS, counted
from shortplank.errors import ShortplankError

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# The upper ends within which a run may be told to lie, in seconds; a page is to be there within 3.
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
# A process of the parent that `shortplank serve --workers` is, as 2/4.
WORKER = "SHORTPLANK_WORKER"
_STARTED = time.time()


class Runs:
    """How often each page ran in this process, and how long."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = threading.Condition()
        self._going = 0
        self.begun = 0
        self._pages: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()
        self._within = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    @contextmanager
    def timed(self, page: str) -> Iterator[None]:
        """Count a run of a page, however it ends."""
        began = time.perf_counter()
        with self._ended:
            self._going += 1
            self.begun += 1
        try:
            yield
        finally:
            with self._ended:
                self._going -= 1
                self._ended.notify_all()
            self.add(page, time.perf_counter() - began)

    def give_way(self, patience: float) -> None:
        """Wait until no page runs, for so many seconds at the most: what may wait lets them go."""
        with self._ended:
            self._ended.wait_for(lambda: not self._going, patience)

    def add(self, page: str, seconds: float) -> None:
        """Count a run that took so long."""
        with self._lock:
            self._pages[page] += 1
            self._within[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def fault(self, page: str) -> None:
        """Count a run in which a page was not drawn by a fault of ours."""
        with self._lock:
            self._faults[page] += 1

    def lines(self) -> Iterator[str]:
        """Yield the runs and faults by page, and how long runs took."""
        with self._lock:
            pages, within, seconds = dict(self._pages), list(self._within), self._seconds
            faults = {page: self._faults[page] for page in pages | self._faults}
        yield from _family("page_runs_total", "counter", "Runs of pages.", pages, "page")
        yield from _family(
            "page_faults_total", "counter", "Runs that a fault ended.", faults, "page"
        )
        name = "shortplank_page_run_seconds"
        yield f"# HELP {name} Time that a page's run took."
        yield f"# TYPE {name} histogram"
        for at, bound in enumerate(BOUNDS):
            yield f'{name}_bucket{{le="{bound}"}} {sum(within[: at + 1])}'
        yield f'{name}_bucket{{le="+Inf"}} {sum(within)}'
        yield f"{name}_sum {seconds:.6f}"
        yield f"{name}_count {sum(within)}"


class Calls:
    """How often other programs asked this process, by the status that they got."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._statuses: Counter[str] = Counter()

    def add(self, status: int) -> None:
        """Count a request of a program."""
        with self._lock:
            self._statuses[str(status)] += 1

    def lines(self) -> Iterator[str]:
        """Yield the requests by status."""
        with self._lock:
            told = dict(self._statuses)
        about = "Requests of programs at /api/ that came through the gate."
        yield from _family("api_requests_total", "counter", about, told, "status")


runs = Runs()
calls = Calls()


def metrics(workspace: Path) -> str:
    """Return what this process has done and how it stands, as Prometheus reads it.

    What cannot be read at this moment is left out.
    """
    lines = [*_process(), *runs.lines(), *calls.lines()]
    events: dict[str, int] = {what: counted(what) for what in WHATS}
    lines += _family("events_total", "counter", "What the audit holds, by kind.", events, "what")
    lines += _installation(workspace)
    return "\n".join(lines) + "\n"


def _process() -> Iterator[str]:
    worker = os.environ.get(WORKER, "1/1").partition("/")[0]
    told = {"version": shortplank.__version__, "python": platform.python_version()}
    about = ",".join(f'{k}="{v}"' for k, v in {**told, "worker": worker}.items())
    yield "# HELP shortplank_build_info What runs here."
    yield "# TYPE shortplank_build_info gauge"
    yield f"shortplank_build_info{{{about}}} 1"
    yield from _gauge("start_time_seconds", "When the process began, in Unix time.", _STARTED)
    yield from _gauge("uptime_seconds", "For how long it runs.", time.time() - _STARTED)
    if memory := resident():
        yield from _gauge("memory_bytes", "Resident memory of the process.", memory)


def _installation(workspace: Path) -> Iterator[str]:
    from shortplank.gate.house import house_of
    from shortplank.store import Store
    from shortplank.upkeep.ready import unready

    yield from _gauge("ready", "Whether /readyz says ok.", int(not unready(workspace)))
    with suppress(ShortplankError):
        numbers = Store(workspace).numbers()
        yield from _gauge("editions", "Editions that are kept.", len(numbers))
        yield from _gauge(
            "newest_edition", "Number of the newest edition.", max(numbers, default=0)
        )
    with suppress(ShortplankError):
        alive = house_of(workspace).sessions.alive()
        yield from _gauge("sessions", "Sessions that are alive, of all processes.", alive)


def _gauge(name: str, about: str, value: float) -> Iterator[str]:
    yield f"# HELP shortplank_{name} {about}"
    yield f"# TYPE shortplank_{name} gauge"
    yield (
        f"shortplank_{name} {value:.3f}"
        if isinstance(value, float)
        else f"shortplank_{name} {value}"
    )


def _family(
    name: str, kind: str, about: str, values: Mapping[str, int], label: str
) -> Iterator[str]:
    """Yield one line a value of the label; the labels are names of the product's own."""
    yield f"# HELP shortplank_{name} {about}"
    yield f"# TYPE shortplank_{name} {kind}"
    for key, value in sorted(values.items()):
        yield f'shortplank_{name}{{{label}="{key}"}} {value}'


def resident() -> int:
    """Return the process's resident memory in bytes, 0 where the system does not tell it so."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
