"""kill -9 at every step of a publish and at random: the old edition or the new, never between."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shortplank.store import Store
from tests.store import publishers as p
from tests.store import workspaces as w

SECONDS = 60
pytestmark = pytest.mark.slow


@pytest.fixture
def ready(store: Store) -> Store:
    """A store with one whole edition."""
    p.publish(store.root, 0)
    return store


def run(root: Path, number: int, step: int) -> int | None:
    """Publish in a process of its own that dies at a step; return its exit code."""
    process = p.context().Process(target=p.killed_at, args=(root, number, step))
    process.start()
    process.join(SECONDS)
    return process.exitcode


def test_killed_at_every_step(ready: Store) -> None:
    before = w.state(ready)
    step, whole, kills = 0, ready.newest(), 0
    while (code := run(ready.root, step + 1, step)) != 0:
        assert code == -9
        kills += 1
        [number] = p.figures(ready)  # every file of one publish, none of another
        assert ready.newest() in (whole, whole + 1)
        assert number in (step + 1, step, *range(step))
        if ready.newest() == whole + 1:
            assert number == step + 1
        whole = ready.newest()
        assert ready.verify() == []
        step += 1
    # Two data files and a manifest: mkstemp, fchmod, fsync, rename, folder's fsync; link, unlink.
    assert kills >= 2 * (3 * 4 + 2)
    assert before.items() <= w.state(ready).items()
    assert p.figures(ready) == {step + 1}  # the one that nobody killed


def test_what_the_killed_left_behind_is_swept_and_never_read(ready: Store) -> None:
    assert run(ready.root, 1, 3) == -9  # after the temporary file, before its rename
    left = list(ready.snapshots.rglob(".tmp-*"))
    assert left
    p.publish(ready.root, 2)
    assert p.figures(ready) == {2}
    gone = ready.vacuum(grace=timedelta(0))
    assert {path.name for path in left} <= {Path(name).name for name in gone}
    assert p.figures(ready) == {2} and ready.verify() == []


@contextmanager
def read_by(root: Path, many: int) -> Iterator[Any]:
    """Readers who read all the while; how many reads were good and how many bad."""
    processes = p.context()
    stop, counts = processes.Event(), processes.Array("l", 2)
    readers = [processes.Process(target=p.read_on, args=(root, stop, counts)) for _ in range(many)]
    for reader in readers:
        reader.start()
    try:
        yield counts
    finally:
        stop.set()
        for reader in readers:
            reader.join(SECONDS)
    assert [reader.exitcode for reader in readers] == [0] * many


def seconds_of_a_publish(root: Path, number: int) -> float:
    """Return how long one publish takes on this machine beside what else runs on it."""
    begun = time.monotonic()
    p.publish(root, number)
    return time.monotonic() - begun


def test_a_hundred_kills_at_random_under_readers(ready: Store) -> None:
    with read_by(ready.root, 2) as counts:
        newest = killed_at_random(ready)
    assert newest > 20  # the kills came while it was publishing
    assert counts[1] == 0 and counts[0] > 200
    assert ready.verify() == []
    assert [e.parent for e in ready.history()][1:] == ready.numbers()[:-1]


def killed_at_random(ready: Store) -> int:
    """Kill one publisher after another and return the newest edition's number."""
    processes, chance = p.context(), random.Random(20100705)
    span = 2 * max(seconds_of_a_publish(ready.root, number) for number in range(3))
    newest = ready.newest()
    for kill in range(1_000):
        if kill >= 100 and newest > 20:  # a machine that grows slow publishes less between two
            break
        begun = processes.Event()
        first = 1000 * (kill + 1)
        publisher = processes.Process(target=p.publish_on, args=(ready.root, first, begun))
        publisher.start()
        assert begun.wait(SECONDS)
        time.sleep(chance.uniform(0.0, span))  # whenever it comes is as good a moment
        publisher.kill()
        publisher.join(SECONDS)
        assert len(p.figures(ready)) == 1
        assert ready.newest() >= newest
        newest = ready.newest()
    return newest


def test_ten_publishers_at_once_under_readers(ready: Store) -> None:
    with (
        read_by(ready.root, 1) as counts,
        p.context().Pool(10, p.wait_as_long_as_it_takes) as pool,
    ):
        numbers = pool.starmap(p.publish, [(ready.root, n) for n in range(1, 31)])
    assert sorted(numbers) == list(range(2, 32))
    assert counts[1] == 0 and counts[0] > 10
    assert ready.verify() == []
