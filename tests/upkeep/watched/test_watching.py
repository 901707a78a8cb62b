"""What a monitor is told: numbers of the process in a form that monitors read, and no data."""

from __future__ import annotations

import re
import shutil
import threading
import time
import timeit
from collections.abc import Iterator
from pathlib import Path

import pytest

from shortplank import cli
from shortplank.audit.lines import WHATS, note
from shortplank.catalogue import load_workspace
from shortplank.frame.pages import PAGES
from shortplank.gate.house import house_of
from shortplank.gate.sessions import IDLE
from shortplank.ingest import publish_batch
from shortplank.store import Store
from shortplank.upkeep import ready, watching
from shortplank.upkeep.ready import unready
from shortplank.upkeep.watching import BOUNDS, Runs, metrics, runs
from tests.copies import demo_copy
from tests.ingest.county import as_csv, checked, make_county, rows
from tests.pages.apps import in_frame

NAME = r"[a-z_:][a-z0-9_:]*"
SAMPLE = re.compile(rf'({NAME})(?:\{{({NAME}="[^"]*"(?:,{NAME}="[^"]*")*)\}})? ([0-9.e+-]+)')
TYPES = ("counter", "gauge", "histogram")


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let each question look at the disk."""
    monkeypatch.setattr(ready, "KEPT_SECONDS", 0.0)
    return


def samples(text: str) -> dict[str, float]:
    """Return each sample with its labels, from a text that is held to the format."""
    found: dict[str, float] = {}
    kinds: dict[str, str] = {}
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind in TYPES and name not in kinds
            kinds[name] = kind
        elif not line.startswith("# HELP "):
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            name = re.sub("_(bucket|sum|count)$", "", sample[1])
            assert kinds[name if name in kinds else sample[1]]
            key = line.rpartition(" ")[0]
            assert key not in found
            found[key] = float(sample[3])
    return found


def test_runs_are_counted_by_page_and_by_how_long_they_took() -> None:
    counted = Runs()
    for seconds in (0.05, 0.1, 0.2, 2.9, 31.0):
        counted.add("overview", seconds)
    with pytest.raises(KeyError), counted.timed("trends"):
        raise KeyError
    counted.fault("trends")
    found = samples("\n".join(counted.lines()) + "\n")
    assert found['shortplank_page_faults_total{page="trends"}'] == 1
    assert found['shortplank_page_faults_total{page="overview"}'] == 0
    assert found['shortplank_page_runs_total{page="overview"}'] == 5
    assert found['shortplank_page_runs_total{page="trends"}'] == 1
    within = [found[f'shortplank_page_run_seconds_bucket{{le="{bound}"}}'] for bound in BOUNDS]
    assert within == [3, 4, 4, 4, 4, 5, 5, 5, 5]
    assert found['shortplank_page_run_seconds_bucket{le="+Inf"}'] == 6
    assert found["shortplank_page_run_seconds_count"] == 6
    assert 34.25 <= found["shortplank_page_run_seconds_sum"] < 34.3


def test_a_run_of_the_app_is_counted_and_named_by_its_page() -> None:
    before = samples("\n".join(runs.lines()) + "\n")
    in_frame("overview")
    after = samples("\n".join(runs.lines()) + "\n")
    grown = {key for key, value in after.items() if value > before.get(key, 0)}
    assert 'shortplank_page_runs_total{page="overview"}' in grown
    named = {match[1] for key in after if (match := re.search('page="(.*)"', key))}
    assert named <= set(PAGES)


def test_counting_a_run_costs_next_to_nothing() -> None:
    counted = Runs()

    def once() -> None:
        with counted.timed("overview"):
            pass

    assert min(timeit.repeat(once, number=1000, repeat=3)) / 1000 < 0.001


def test_what_a_monitor_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = demo_copy(tmp_path / "county", without=("marts",))
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SHORTPLANK_WORKER", "2/3")
    sessions = house_of(root).sessions
    for _ in range(3):
        sessions.open("zhang", "local")
    old = sessions.open("li", "local")
    monkeypatch.setattr(sessions, "now", lambda: time.time() + IDLE - 60)
    first = samples(metrics(root))
    note(root, "zhang", "refused", reason="host")
    found = samples(metrics(root))
    refused = 'shortplank_events_total{what="refused"}'
    assert found[refused] == first[refused] + 1
    assert {f'shortplank_events_total{{what="{what}"}}' for what in WHATS} <= set(found)
    assert found["shortplank_sessions"] == 4 and old
    newest = Store(root).newest()
    assert (found["shortplank_editions"], found["shortplank_newest_edition"]) == (newest, newest)
    assert found["shortplank_ready"] == 0  # its marts are not there
    assert found["shortplank_memory_bytes"] > 10_000_000
    assert found["shortplank_uptime_seconds"] > 0
    assert any(key.startswith("shortplank_build_info{") and 'worker="2"' in key for key in found)
    monkeypatch.setattr(sessions, "now", lambda: time.time() + IDLE + 60)
    assert samples(metrics(root))["shortplank_sessions"] == 0


def test_no_name_place_or_account_is_among_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo_copy(tmp_path / "county", without=("marts",))
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    house_of(root).sessions.open("zhang", "local")
    note(root, "zhang", "look", page="trends", area="990101101")
    told = metrics(root)
    assert told.isascii()  # every name of an area is Chinese
    assert "zhang" not in told
    assert not [area for area in load_workspace(root).areas if area.area_code in told]


def test_what_cannot_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_STATE", "/dev/null/state")
    found = samples(metrics(tmp_path / "nowhere"))
    assert found["shortplank_ready"] == 0
    assert "shortplank_sessions" not in found


# --- ready ----------------------------------------------------------------------------------------
def test_a_workspace_is_ready_when_its_newest_editions_marts_stand(tmp_path: Path) -> None:
    root = make_county(tmp_path / "county")
    assert unready(root) == ""  # no edition, nothing to make ready
    assert unready(tmp_path / "nowhere") == "workspace"
    store = Store(root)
    publish_batch(store, checked(store, as_csv(rows(month="2010-05"))), why="五月月报")
    assert unready(root) == "marts"
    assert cli.run(["build", "-w", str(root)]) == 0
    assert unready(root) == ""
    shutil.rmtree(root / "marts" / "village")
    assert unready(root) == "marts"
    (root / "snapshots" / "manifests" / "00000001.json").write_text("{")
    assert unready(root) == "workspace"


def test_the_disk_is_not_looked_at_for_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "KEPT_SECONDS", 60.0)
    root = make_county(tmp_path / "county")
    assert unready(root) == ""
    shutil.rmtree(root)
    assert unready(root) == ""
    monkeypatch.setattr(ready, "KEPT_SECONDS", 0.0)
    assert unready(root) == "workspace"


def test_the_bucket_of_three_seconds_is_the_products_own_measure() -> None:
    assert 3.0 in BOUNDS and watching.MEDIA_TYPE.startswith("text/plain; version=0.0.4")


def test_what_may_wait_lets_pages_go_first_and_not_for_ever() -> None:
    counted, ended = Runs(), threading.Event()
    counted.give_way(60)  # nothing runs

    def waits() -> None:
        counted.give_way(60)
        ended.set()

    with counted.timed("trends"):
        counted.give_way(0.01)
        waiting = threading.Thread(target=waits)
        waiting.start()
        assert not ended.wait(0.05)
    assert ended.wait(60)
    waiting.join()
