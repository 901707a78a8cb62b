"""Many at once: sessions of the running app that change filters and pages, on this machine only.

Every visitor thinks 1.5 s on average between two actions; who does what follows a fixed seed. Count
and time are bounded. The times run from sending a rerun to the end of its script, as the front end
waits for it; the visitors share the machine's processors with the server.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from websockets.exceptions import InvalidHandshake

from benchmarks.crowds.acts import Behaviour, stray
from benchmarks.usage import Usage, memory_mb, usage_since, used
from benchmarks.visitor import VisitError, Visitor, visiting
from tools.browser import AppServer

SECONDS = 40.0
Cookies = Mapping[str, str]


@dataclass(frozen=True)
class Load:
    """How many come, how long, how often each one does something, and what."""

    clients: int
    seconds: float = SECONDS
    think: float = 1.5
    arrive: float = 0.2  # seconds between two arrivals
    actions: int = 10_000  # of one client at most
    stay: int = 10_000  # actions until another session takes its place
    seed: int = 20100501
    behaviour: Callable[[], Behaviour] = lambda: stray


@dataclass
class Found:
    """What was measured: milliseconds of openings and of reruns by kind, and what went wrong."""

    opened: list[float] = field(default_factory=list)
    taken: dict[str, list[float]] = field(default_factory=dict)
    months: set[str] = field(default_factory=set)
    """The months that were chosen."""
    errors: Counter[str] = field(default_factory=Counter)
    memory: tuple[float, float] = (0.0, 0.0)
    usage: Usage = field(default_factory=Usage)

    @property
    def reruns(self) -> list[float]:
        """Return the times of all the reruns."""
        return [ms for times in self.taken.values() for ms in times]

    @property
    def p95(self) -> float:
        """Return the 95th percentile of the reruns, in milliseconds."""
        return percentile(self.reruns, 95)

    @property
    def cpu_ms(self) -> float:
        """Return what a run took of the server's processors, in milliseconds."""
        return 1000 * self.usage.server_s / max(1, len(self.reruns) + len(self.opened))

    def words(self) -> str:
        """Return what was found in one line."""
        times, usage = self.reruns, self.usage
        parts = [
            f"{len(times)} reruns: {spread(times)}",
            f"{len(self.opened)} openings: {spread(self.opened)}",
            f"server {self.memory[0]:.0f} → {self.memory[1]:.0f} MB, {self.cpu_ms:.0f} ms a run",
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


def crowd(servers: Sequence[AppServer], load: Load, cookies: Sequence[Cookies]) -> Found:
    """Return what a crowd meets at running servers; each visitor stays with one of them.

    ``cookies`` are those of the sessions by which they are signed in, one after the other.
    """
    found = Found()
    processes = [server.pid for server in servers]
    before, start = memory_mb(*processes), used(*processes)
    asyncio.run(_all([server.url for server in servers], load, cookies, found))
    found.usage = usage_since(start, *processes)
    found.memory = (before, memory_mb(*processes))
    return found


async def _all(urls: Sequence[str], load: Load, cookies: Sequence[Cookies], found: Found) -> None:
    end = time.monotonic() + load.seconds
    clients = (
        _client(urls[number % len(urls)], load, number, cookies[number % len(cookies)], end, found)
        for number in range(load.clients)
    )
    await asyncio.gather(*clients)


async def _client(
    url: str, load: Load, number: int, cookies: Cookies, end: float, found: Found
) -> None:
    """Come, act and leave until the time is up; the first fault of the wire ends a client."""
    chance = random.Random(f"{load.seed}-{number}")
    await asyncio.sleep(number * load.arrive)
    left = load.actions
    try:
        while left > 0 and time.monotonic() < end:
            async with visiting(url, cookies) as visitor:
                left -= await _visit(visitor, load, min(left, load.stay), chance, end, found)
    except (VisitError, InvalidHandshake, OSError) as error:
        found.errors[f"{type(error).__name__}: {error}"] += 1


async def _visit(
    visitor: Visitor, load: Load, actions: int, chance: random.Random, end: float, found: Found
) -> int:
    """Return how many actions a session took."""
    act = load.behaviour()
    found.opened.append(1000 * await visitor.open())
    found.errors.update(visitor.screen.faults)
    for done in range(actions):
        await asyncio.sleep(chance.uniform(0.5, 1.5) * load.think)
        if time.monotonic() >= end:
            return done
        kind, seconds = await act(visitor, chance)
        found.taken.setdefault(kind, []).append(1000 * seconds)
        found.errors.update(visitor.screen.faults)
        found.months.update(visitor.screen.chosen("month"))
    return actions


def warmed(server: AppServer, cookies: Cookies) -> None:
    """Open every page once, as the first visitor of the day does."""
    asyncio.run(_look_at_every_page(server.url, cookies))


async def _look_at_every_page(url: str, cookies: Cookies) -> None:
    async with visiting(url, cookies) as visitor:
        await visitor.open()
        for link in visitor.screen.links:
            await visitor.follow(link)
