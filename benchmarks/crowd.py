"""Many at once: sessions of the running app that change filters and pages, on this machine only.

Every visitor thinks 1.5 s on average between two actions; who does what follows a fixed seed. Count
and time are bounded. The times run from sending a rerun to the end of its script, as the front end
waits for it; the visitors share the machine's processors with the server.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import InvalidHandshake

from benchmarks.timing import Row
from benchmarks.usage import Usage, memory_mb, usage_since, used
from benchmarks.visitor import VisitError, Visitor, visiting
from shortplank.store import workspace_path
from tools.browser import AppServer, serving

SECONDS = 40.0
GOALS = {20: 200.0, 50: 400.0}
SLICES = 6  # of a long run


@dataclass(frozen=True)
class Load:
    """How many come, how long, and how often each one does something."""

    clients: int
    seconds: float = SECONDS
    think: float = 1.5
    arrive: float = 0.2  # seconds between two arrivals
    actions: int = 10_000  # of one client at most
    stay: int = 10_000  # actions until another session takes its place
    seed: int = 20100501


@dataclass
class Found:
    """What was measured: milliseconds of openings and of reruns by kind, and what went wrong."""

    opened: list[float] = field(default_factory=list)
    taken: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    memory: tuple[float, float] = (0.0, 0.0)
    usage: Usage = field(default_factory=Usage)

    @property
    def reruns(self) -> list[float]:
        """Return the times of all the reruns."""
        return [ms for times in self.taken.values() for ms in times]

    def words(self) -> str:
        """Return what was found in one line."""
        times, usage = self.reruns, self.usage
        each = 1000 * usage.server_s / max(1, len(times) + len(self.opened))
        parts = [
            f"{len(times)} reruns: {spread(times)}",
            f"{len(self.opened)} openings: {spread(self.opened)}",
            f"server {self.memory[0]:.0f} → {self.memory[1]:.0f} MB, {each:.0f} ms a run",
            f"busy processors: server {usage.server:.2f}, visitors {usage.own:.2f}, others"
            f" {usage.others:.2f} of {os.cpu_count()}",
            f"{sum(self.errors.values())} errors",
        ]
        return "; ".join(parts)


def spread(times: Sequence[float]) -> str:
    """Return the middle, the 95th percentile and the most of some milliseconds.

    >>> spread([10, 20, 30])
    'p50 20, p95 29, max 30 ms'
    """
    middle, high = percentile(times, 50), percentile(times, 95)
    return f"p50 {middle:.0f}, p95 {high:.0f}, max {max(times, default=0):.0f} ms"


def percentile(values: Sequence[float], of: int) -> float:
    """Return a percentile of the values, inclusive; 0 where there are none.

    >>> percentile([3, 1, 2], 50), percentile([5], 95), percentile([], 95)
    (2.0, 5.0, 0.0)
    """
    if len(values) < 2:
        return float(sum(values))
    return statistics.quantiles(values, n=100, method="inclusive")[of - 1]


def crowd(server: AppServer, load: Load) -> Found:
    """Return what a crowd meets at a running server."""
    found = Found()
    before, start = memory_mb(server.pid), used(server.pid)
    asyncio.run(_all(server.url, load, found))
    found.usage = usage_since(start, server.pid)
    found.memory = (before, memory_mb(server.pid))
    return found


async def _all(url: str, load: Load, found: Found) -> None:
    end = time.monotonic() + load.seconds
    clients = (_client(url, load, number, end, found) for number in range(load.clients))
    await asyncio.gather(*clients)


async def _client(url: str, load: Load, number: int, end: float, found: Found) -> None:
    """Come, act and leave until the time is up; the first fault of the wire ends a client."""
    chance = random.Random(f"{load.seed}-{number}")
    await asyncio.sleep(number * load.arrive)
    left = load.actions
    try:
        while left > 0 and time.monotonic() < end:
            async with visiting(url) as visitor:
                left -= await _visit(visitor, load, min(left, load.stay), chance, end, found)
    except (VisitError, InvalidHandshake, OSError) as error:
        found.errors[f"{type(error).__name__}: {error}"] += 1


async def _visit(
    visitor: Visitor, load: Load, actions: int, chance: random.Random, end: float, found: Found
) -> int:
    """Return how many actions a session took."""
    found.opened.append(1000 * await visitor.open())
    found.errors.update(visitor.screen.faults)
    for done in range(actions):
        await asyncio.sleep(chance.uniform(0.5, 1.5) * load.think)
        if time.monotonic() >= end:
            return done
        kind, seconds = await act(visitor, chance)
        found.taken.setdefault(kind, []).append(1000 * seconds)
        found.errors.update(visitor.screen.faults)
    return actions


async def act(visitor: Visitor, chance: random.Random) -> tuple[str, float]:
    """Change one of the filters on the screen or the page, and return which and the seconds."""
    screen = visitor.screen
    choices = [key for key, each in screen.choices.items() if len(each.options) > 1]
    others = screen.others()
    if not choices and not others:
        raise VisitError("a page with nothing to choose")
    at = chance.randrange(len(choices) + bool(others))
    if at == len(choices):
        return "page", await visitor.follow(chance.choice(others))
    choice = screen.choices[choices[at]]
    option = chance.choice([each for each in choice.options if each != choice.chosen])
    return choice.name, await visitor.choose(choices[at], option)


def warmed(server: AppServer) -> None:
    """Open every page once, as the first visitor of the day does."""
    asyncio.run(_look_at_every_page(server.url))


async def _look_at_every_page(url: str) -> None:
    async with visiting(url) as visitor:
        await visitor.open()
        for link in visitor.screen.links:
            await visitor.follow(link)


@contextmanager
def built_workspace() -> Iterator[Path]:
    """Give a copy of the workspace with its marts built."""
    with tempfile.TemporaryDirectory(prefix="shortplank-crowd-") as folder:
        copy = Path(folder) / "workspace"
        shutil.copytree(workspace_path(), copy, ignore=shutil.ignore_patterns("marts"))
        command = [sys.executable, "-m", "shortplank.cli", "build", "-w", str(copy)]
        subprocess.run(command, check=True, capture_output=True)
        yield copy


def rows() -> list[Row]:
    """Return the 95th percentile and the errors of each crowd, each at a server of its own."""
    found = []
    with built_workspace() as folder:
        for clients, goal in GOALS.items():
            with serving(folder, "asgi.py") as server:
                warmed(server)
                met = crowd(server, Load(clients))
            print(f"{clients} clients, {met.words()}")
            for error, times in met.errors.most_common(5):
                print(f"  {times} × {error}")
            p95, errors = percentile(met.reruns, 95), float(sum(met.errors.values()))
            found.append(Row(f"rerun among {clients} clients, p95", p95, None, goal))
            found.append(Row(f"errors among {clients} clients", errors, None, 0, "errors"))
    return found


def soak_rows() -> list[Row]:
    """Return whether the server's memory stays flat under twenty visitors for half an hour.

    Visitors come and go (each session ends after 40 actions); the memory after the first sixth is
    what the last is held against. ``SHORTPLANK_SOAK`` gives other minutes.
    """
    minutes = float(os.environ.get("SHORTPLANK_SOAK", "30"))
    load = Load(20, seconds=60 * minutes / SLICES, stay=40)
    memory, errors = list[float](), 0
    with built_workspace() as folder, serving(folder, "asgi.py") as server:
        warmed(server)
        for number in range(SLICES):
            met = crowd(server, load)
            memory.append(met.memory[1])
            errors += sum(met.errors.values())
            print(f"{minutes * (number + 1) / SLICES:.0f} min, {met.words()}")
    return [
        Row(f"memory after {minutes:.0f} min / after a sixth", memory[-1], memory[0], 1.1, "MB"),
        Row(f"errors in {minutes:.0f} min", float(errors), None, 0, "errors"),
    ]
