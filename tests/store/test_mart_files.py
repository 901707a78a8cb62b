"""Marts as files: built where they are missing, stale or damaged, and only there."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest

from shortplank.errors import StoreError
from shortplank.store import Store
from shortplank.store.marts import MartBuilder, read_marts
from tests.store import history
from tests.store import workspaces as w
from tests.store.figures import Figures, assert_same, marts
from tests.store.oracle import County

SPRING = w.months(date(2009, 3, 1), 3)


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory, made: County) -> Store:
    """Three of the months, with their marts."""
    store = Store(w.make(tmp_path_factory.mktemp("spring"), areas=history.AREAS))
    rows = {
        dataset: [row for row in rows if row["stat_month"] in SPRING]
        for dataset, rows in made.rows.items()
    }
    w.publish(store, **rows)
    marts(store)
    return store


@pytest.fixture
def copied(spring: Store, tmp_path: Path) -> Store:
    """The three months in a folder of the test's own."""
    shutil.copytree(spring.root, tmp_path, dirs_exist_ok=True)
    return Store(tmp_path)


@pytest.fixture(scope="module")
def right(spring: Store) -> Figures:
    return marts(spring)


def built(store: Store, county: str | None = None) -> list[int]:
    """Return how many months a builder builds, one number a call of its progress."""
    store, steps = w.reload(store), list[int]()
    builder = MartBuilder(
        store.workspace, store.edition(), county=county, progress=lambda done, _: steps.append(done)
    )
    builder.build()
    return steps


def mart_files(store: Store, kind: str) -> dict[str, Path]:
    """Return the township mart's files by month."""
    return {
        path.parent.name[-7:]: path
        for path in sorted((store.root / f"marts/township/{kind}").rglob("*.parquet"))
    }


def test_nothing_is_built_twice(copied: Store) -> None:
    assert built(copied) == []


def test_restating_a_month_builds_only_the_months_whose_windows_hold_it(
    published: Store, towns: Figures, tmp_path: Path
) -> None:
    shutil.copytree(published.root, tmp_path, dirs_exist_ok=True)
    store, month = Store(tmp_path), date(2008, 10, 1)
    before = {kind: mart_files(store, kind) for kind in ("measure", "indicator")}
    rows = [w.village(code, month, deaths=9) for code in (w.N1, w.S1)]
    w.publish(store, day=2, village_month=rows)
    assert len(built(store)) == 12
    fresh = {
        kind: {
            path.parent.name[-7:]
            for path in (tmp_path / f"marts/township/{kind}").rglob("*.parquet")
            if path not in old.values()
        }
        for kind, old in before.items()
    }
    assert fresh["measure"] == {"2008-10"}
    assert fresh["indicator"] == {f"{m:%Y-%m}" for m in w.months(month, 12)}


def test_a_restated_check_builds_every_later_month_whose_streak_may_hold_it(
    published: Store, made: County, towns: Figures, tmp_path: Path
) -> None:
    shutil.copytree(published.root, tmp_path, dirs_exist_ok=True)
    store, month = Store(tmp_path), date(2008, 9, 1)
    checks = [row for row in made.rows["inspection"] if row["stat_month"] == month]
    assert any(row["kind"] == "key_check" for row in checks)
    changed = [{**row, "confirmed": row["listed"] and 0} for row in checks]
    w.publish(store, day=2, inspection=changed)
    assert len(built(store)) == 15  # to the end, not only the twelve months of a window


def test_an_old_editions_marts_are_found_again(copied: Store) -> None:
    month = SPRING[-1]
    w.publish(copied, day=2, village_month=[w.village(w.N1, month)])
    assert len(built(copied)) == 1
    copied.restore(1)
    assert built(copied) == []


DAMAGE: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "emptied": lambda path: path.write_bytes(b""),
    "flipped": lambda path: path.write_bytes(flip(path.read_bytes())),
    "removed": lambda path: path.unlink(),
}


def flip(data: bytes) -> bytes:
    """Return bytes with one bit of a value turned."""
    middle = len(data) // 3
    return data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_mart_is_built_again(
    copied: Store, right: Figures, damage: Callable[[Path], object]
) -> None:
    damage(mart_files(copied, "indicator")["2009-03"])
    assert_same(marts(copied), right)
    damage(mart_files(copied, "measure")["2009-03"])
    mart_files(copied, "indicator")["2009-05"].unlink()
    assert_same(marts(copied), right)


def test_marts_are_built_again_when_the_folder_is_gone(copied: Store, right: Figures) -> None:
    shutil.rmtree(copied.root / "marts/township/indicator")
    assert_same(marts(copied), right)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_data_file_is_named(copied: Store, damage: Callable[[Path], object]) -> None:
    [path] = w.reload(copied).edition().files("village_month", [date(2009, 5, 1)])
    damage(path)
    shutil.rmtree(copied.root / "marts")
    with pytest.raises(StoreError) as caught:
        built(copied)
    assert caught.value.place == path.relative_to(copied.root).as_posix()
    assert caught.value.mend


def test_a_data_file_that_is_damaged_after_its_month_was_counted_is_named_too(
    copied: Store,
) -> None:
    edition = w.reload(copied).edition()
    [path] = edition.files("village_month", [date(2009, 3, 1)])
    path.write_bytes(b"PAR1")
    mart_files(copied, "indicator")["2009-05"].unlink()
    with pytest.raises(StoreError, match="stat_month=2009-03"):
        built(copied)


def test_marts_that_no_edition_has_asked_for_in_a_month_are_dropped(copied: Store) -> None:
    folder = copied.root / "marts/township/indicator/stat_month=2009-05"
    for name, days in (("old-0000000000000000", 31), ("new-0000000000000000", 29)):
        path = folder / f"{name}.parquet"
        path.write_bytes(b"")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    mart_files(copied, "indicator")["2009-05"].unlink(missing_ok=True)
    for path in folder.glob("[0-9a-f]*-*.parquet"):
        path.unlink()
    built(copied)
    assert {path.name[:3] for path in folder.glob("???-*.parquet")} == {"new"}


def test_a_full_disk_is_told_and_leaves_the_marts_as_they_were(
    copied: Store, right: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart_files(copied, "indicator")["2009-05"].unlink()
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", no_space)
        with pytest.raises(StoreError, match="磁盘已满"):
            built(copied)
    assert not list((copied.root / "marts").rglob(".tmp-*"))
    assert_same(marts(copied), right)


def no_space(*_paths: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_two_builders_at_once_build_the_same(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    w.publish(store, village_month=[w.village(w.N1, m) for m in SPRING[:2]])
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: marts(store), range(2))
    assert first == second and first


def test_each_builder_spills_into_a_folder_of_its_own_which_is_gone_afterwards(
    copied: Store, right: Figures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Engines of two containers give their spilled files the same names."""
    opened, connect = list[Path](), duckdb.connect
    both, failing = threading.Barrier(2), False

    def open_engine(config: dict[str, object]) -> duckdb.DuckDBPyConnection:
        opened.append(Path(str(config["temp_directory"])))
        assert opened[-1].is_dir() and not opened[-1].is_relative_to(copied.root)
        assert opened[-1].stat().st_mode & 0o077 == 0
        if failing:
            raise duckdb.OutOfMemoryException("full")
        both.wait(30)
        return connect(config=config)

    shutil.rmtree(copied.root / "marts")
    monkeypatch.setattr(duckdb, "connect", open_engine)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: marts(copied), range(2))
    assert len(set(opened)) == 2 and first == second == right
    failing = True
    shutil.rmtree(copied.root / "marts")
    with pytest.raises(duckdb.OutOfMemoryException):
        marts(copied)
    assert not any(folder.exists() for folder in opened)


def test_a_workspace_without_editions_has_an_empty_mart(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    table = read_marts(MartBuilder(store.workspace, store.edition()))
    assert (table.num_rows, table.column_names[:2]) == (0, ["area_code", "level"])


def test_the_same_rows_give_the_same_bytes(spring: Store, tmp_path: Path) -> None:
    made = {}
    for name in ("one", "two"):
        shutil.copytree(spring.root, tmp_path / name, ignore=shutil.ignore_patterns("marts"))
        built(Store(tmp_path / name))
        made[name] = [
            path.relative_to(tmp_path / name)
            for path in sorted((tmp_path / name / "marts").rglob("*.parquet"))
        ]
    assert made["one"] == made["two"]  # names hold the hash of the bytes
