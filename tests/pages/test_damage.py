"""Each file of a workspace damaged in turn: one sentence names it, the other pages open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shortplank.frame.pages import PAGES
from shortplank.store import Store, engine
from tests.pages.apps import run
from tests.store import workspaces as w
from tests.store.conftest import REGISTERS

Damage = Callable[[Path], object]


def truncate(path: Path) -> None:
    rewrite(path, path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    rewrite(path, b"")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    rewrite(path, bytes(data))


def remove(path: Path) -> None:
    path.unlink()


def unreadable(path: Path) -> None:
    """Put a folder in its place: from root nothing else refuses to be read."""
    path.unlink()
    path.mkdir()


def rewrite(path: Path, data: bytes) -> None:
    path.unlink()  # the copy shares its files with the whole workspace
    path.write_bytes(data)


DAMAGES = (truncate, empty, flip, remove, unreadable)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace with every kind of file, its marts built."""
    folder = w.make(
        tmp_path_factory.mktemp("damage") / "whole", successors="old_code,new_code,from\n"
    )
    (folder / "registers").mkdir()
    for name, text in REGISTERS.items():
        (folder / f"registers/{name}.csv").write_text(text, "utf-8")
    store = Store(folder)
    months = w.months(date(2008, 10, 1), 8)
    reports = [
        w.village(code, month, births_p1_m=3, births_p1_f=2, births_p1_in=4, migrants_due=30,
                  migrants_filed=25, benefits_due=12, benefits_paid=11)
        for month in months for code in w.VILLAGES
    ]  # fmt: skip
    filed = [w.filed(t, m, "village_month", m) for m in months for t in (w.NORTH, w.SOUTH)]
    bulletin = [
        {"area_code": code, "stat_month": months[-1], "indicator": "overall", "value": 90.0,
         "published_rank": 2}
        for code in (w.COUNTY, w.PEER)
    ]  # fmt: skip
    w.publish(store, village_month=reports, submission=filed, peer_month=bulletin)
    shared = engine(folder)
    for role in ("analyst", "viewer"):
        opened = shared.open(shared.newest(), role)
        opened.fill(opened.relations)
    return folder


def files_of(folder: Path) -> list[str]:
    """Return every file of settings and registers, and the last of each kind of data and mart."""
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    settings = {p for p in found if not p.startswith(("snapshots/", "marts/"))}
    kinds = ("snapshots/manifests", "snapshots/data/village_month", "snapshots/data/submission")
    kinds += ("snapshots/data/peer_month", "marts/township/indicator", "marts/village")
    last = {max(p for p in found if p.startswith(kind) and ".lock" not in p) for kind in kinds}
    return sorted(settings | last)


def opened(page: str) -> str:
    """Return the one sentence that a page says instead of opening; "" where it opens."""
    test = run(page)
    assert not test.exception
    assert len(test.error) <= 1
    return str(test.error[0].value) if test.error else ""


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_every_file_in_turn(
    damage: Damage, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(files_of(whole)):
        copy = tmp_path / str(number)
        shutil.copytree(whole, copy, copy_function=os.link)
        damage(copy / name)
        monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(copy))
        pages = list(PAGES) if name.startswith(("snapshots", "marts")) else ["overview"]
        said = {page: opened(page) for page in pages}
        for sentence in filter(None, said.values()):
            assert name in sentence or Path(name).parent.as_posix() in sentence, (name, sentence)
            assert sentence.endswith("。") and "请" in sentence, (name, sentence)
        if name.startswith("marts"):
            assert not any(said.values()), (name, said)  # built again by themselves
        if name.startswith("snapshots/data/submission"):
            # Corrections are points, late reports a headline, what came is the tray's.
            readers = [page for page in PAGES if page in ("overview", "points", "filing", "tray")]
            assert [page for page, sentence in said.items() if sentence] == readers
        if name.startswith("snapshots/data/peer_month"):
            # The trends page goes without the peers' median, and says so in its notes.
            assert said["overview"] and said["rankings"] and not said["trends"]
        if name in ("workspace.toml", "areas.csv", "catalogue/measures.toml"):
            assert said["overview"], (name, damage)
