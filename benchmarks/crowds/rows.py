"""The rows of crowds, each beside an empty page's crowd of the same size in the same run."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.crowds.acts import Behaviour, InMeeting, again, stray
from benchmarks.crowds.county import County, built_county
from benchmarks.crowds.load import Found, Load, crowd, warmed
from benchmarks.timing import Row
from tools.browser import AppServer, serving

FLAT = 1.1
SLICES = 6  # of a long run
EMPTY_SECONDS = 25.0


@dataclass(frozen=True)
class Goal:
    """A crowd, and what each of its reruns may take: time to wait, and of the processors."""

    clients: int
    p95: float | None
    cpu: float | None

    @property
    def seconds(self) -> float:
        """Return how long it stays: as long again as the last one needs to arrive."""
        return max(40.0, 0.4 * self.clients)


RANDOM = (Goal(20, 200, None), Goal(50, 250, 25), Goal(100, None, 25))
MEETING = (Goal(50, 100, 15), Goal(100, 250, 15))
TWO_WORKERS = Goal(100, 250, 25)


def rows() -> list[Row]:
    """Return the crowds at random months, then those in a meeting, each at a server of its own."""
    with built_county() as county:
        empty = {goal.clients: _at_an_empty_page(goal.clients) for goal in RANDOM}
        found = [Row("`shortplank build` of the demo, CPU", county.build_ms, None, None)]
        print("random months:")
        for goal in RANDOM:
            with county.served() as server:
                met = _met([server], county, goal, lambda: stray)
            found += _rows(goal, "random months", met, empty)
        order = county.order()
        print(f"a meeting about the newest month, {len(order)} stops:")
        for goal in MEETING:
            with county.served() as server:
                met = _met([server], county, goal, partial(InMeeting, order))
            found += _rows(goal, "in a meeting", met, empty)
    return found


def worker_rows() -> list[Row]:
    """Return a crowd at random months, then one in a meeting, before two processes."""
    random, meeting = TWO_WORKERS, MEETING[-1]
    found = list[Row]()
    with built_county() as county:
        empty = {random.clients: _at_an_empty_page(random.clients)}
        in_meeting = partial(InMeeting, county.order())
        for goal, where, behaviour in (
            (random, "random months", lambda: stray),
            (meeting, "in a meeting", in_meeting),
        ):
            with county.served_by(2) as servers:
                met = _met(servers, county, goal, behaviour)
            found += _rows(goal, f"two workers, {where}", met, empty)
    return found


def soak_rows() -> list[Row]:
    """Return whether the server's memory stays flat under twenty visitors for half an hour.

    Visitors come and go (each session ends after 40 actions); the memory after the first sixth is
    what the last is held against. ``SHORTPLANK_SOAK`` gives other minutes.
    """
    minutes = float(os.environ.get("SHORTPLANK_SOAK", "30"))
    load = Load(20, seconds=60 * minutes / SLICES, stay=40)
    memory, errors = list[float](), 0
    with built_county() as county, county.served() as server:
        warmed(server, county.analyst)
        for number in range(SLICES):
            met = crowd([server], load, county.cookies)
            memory.append(met.memory[1])
            errors += sum(met.errors.values())
            print(f"{minutes * (number + 1) / SLICES:.0f} min, {met.words()}")
    return [
        Row(f"memory after {minutes:.0f} min / after a sixth", memory[-1], memory[0], FLAT, "MB"),
        Row(f"errors in {minutes:.0f} min", float(errors), None, 0, "errors"),
    ]


def _met(
    servers: list[AppServer], county: County, goal: Goal, behaviour: Callable[[], Behaviour]
) -> Found:
    """Return what a crowd meets at servers that nobody has looked at before."""
    for server in servers:
        warmed(server, county.analyst)
    load = Load(goal.clients, goal.seconds, behaviour=behaviour)
    met = crowd(servers, load, county.cookies)
    _say(goal.clients, met)
    return met


def _at_an_empty_page(clients: int) -> Found:
    """Return what as many visitors meet at a page with nothing on it, thinking as long."""
    load = Load(clients, EMPTY_SECONDS, arrive=0.1, behaviour=lambda: again)
    with serving(script="benchmarks/apps/empty.py") as server:
        met = crowd([server], load, [{}])
    said = f"{met.p95:.0f} ms for 95 %, {met.cpu_ms:.1f} ms of CPU each time"
    print(f"an empty page under {clients} visitors: {said}; {sum(met.errors.values())} errors")
    return met


def _rows(goal: Goal, where: str, met: Found, empty: dict[int, Found]) -> list[Row]:
    """Return a crowd's rows: the wait, the processors, the memory and the errors."""
    who, bare = f"{goal.clients} clients, {where}", empty[goal.clients]
    errors = float(sum(met.errors.values()))
    return [
        Row(f"rerun among {who}: p95", met.p95, None, goal.p95, anchor=bare.p95),
        Row(f"rerun among {who}: CPU", met.cpu_ms, None, goal.cpu, anchor=bare.cpu_ms),
        Row(f"memory after / before {who}", met.memory[1], met.memory[0], FLAT, "MB"),
        Row(f"errors among {who}", errors, None, 0, "errors"),
    ]


def _say(clients: int, met: Found) -> None:
    print(f"{clients} clients, {met.words()}")
    if met.months:
        print(f"  {len(met.months)} months were looked at")
    for error, times in met.errors.most_common(5):
        print(f"  {times} × {error}")
