"""kill -9 at every step of a hand-in and of an acceptance, and sixteen townships at once."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from shortplank.access import Actor
from shortplank.records import tray
from shortplank.store import Store, inbox
from tests.copies import demo_copy
from tests.records import handing as h

SECONDS = 120
TOWN = "990101215"
pytestmark = pytest.mark.slow


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-03")
    return Store(demo_copy(tmp_path / "demo", without=("journal", "marts")))


def run(step: int, *work: object) -> int | None:
    """Work in a process of its own that dies at a step; return its exit code."""
    process = h.context().Process(target=h.dying, args=(step, *work))
    process.start()
    process.join(SECONDS)
    return process.exitcode


def standing(store: Store) -> list[tray.Item]:
    """Return the items, each with its file whole."""
    found = tray.items(store.workspace, store)
    for item in found:
        assert inbox.fetch(store.root, item.file_sha256)
    return list(found)


def emptied(store: Store) -> None:
    for folder in ("inbox", "journal"):
        shutil.rmtree(store.root / folder, ignore_errors=True)


def test_a_hand_in_killed_at_every_step_is_there_or_not(county: Store) -> None:
    upload, step, there = h.report(county, TOWN), 0, set()
    while True:
        emptied(county)
        code = run(step, h.hand_in, county.root, TOWN, upload)
        found = standing(county)
        if code == 0:
            break
        assert code == -9 and len(found) in (0, 1)
        there.add(len(found))
        h.hand_in(county.root, TOWN, upload)  # whoever does not know hands it in again
        [item] = standing(county)
        assert item.state == "handed_in" and (not found or item == found[0])
        step += 1
    assert there == {0, 1} and len(found) == 1
    # Two folders, a file's five, the journal's three: before and after each.
    assert step >= 2 * 10


def test_an_acceptance_killed_at_every_step_is_there_or_not(county: Store) -> None:
    upload, step, states = h.report(county, TOWN), 0, set()
    while True:
        emptied(county)
        h.hand_in(county.root, TOWN, upload)
        [item] = standing(county)
        code = run(step, h.accept, county.root, item.id)
        [found] = standing(county)
        if code == 0:
            break
        assert code == -9 and found.state in ("handed_in", "accepted")
        states.add(found.state)
        if found.state == "handed_in":
            h.accept(county.root, item.id)
        assert standing(county)[0].state == "accepted"
        step += 1
    assert states == {"handed_in", "accepted"} and found.state == "accepted"
    assert step >= 2 * 2  # the journal's line and its sync


def test_sixteen_townships_hand_in_at_once_while_two_accept(county: Store) -> None:
    towns = [t.area_code for t in county.workspace.valid_below("990101", date(2010, 6, 1))]
    uploads = {area: h.report(county, area) for area in towns}
    processes = h.context()
    count = processes.Value("i", 0)
    work = [
        processes.Process(target=h.hand_in, args=(county.root, area, uploads[area]))
        for area in towns
    ]
    work += [
        processes.Process(target=h.accept_all, args=(county.root, len(towns), count))
        for _ in range(2)
    ]
    for process in work:
        process.start()
    for process in work:
        process.join(SECONDS)
    assert [process.exitcode for process in work] == [0] * len(work)
    found = standing(county)
    assert Counter(item.area for item in found) == dict.fromkeys(towns, 1)
    assert {item.state for item in found} == {"accepted"} and count.value == len(towns) == 16
    for item in found:
        assert inbox.fetch(county.root, item.file_sha256) == uploads[item.area].data
        own = county.acting_for(Actor("filer", "x", item.area))
        assert [mine.id for mine in tray.items(county.workspace, own)] == [item.id]
