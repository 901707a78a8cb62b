"""Marts in parts: whoever does them, in whichever order and how often, the files are the same."""

from __future__ import annotations

import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import scale
from shortplank.catalogue import load_workspace
from shortplank.errors import StoreError
from shortplank.store import Store, spark, units
from shortplank.store.marts import MartBuilder
from shortplank.store.spread import do, fingerprint, stages
from tests.store import workspaces as w


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("scale") / "province"
    scale.make(folder, scale.Scale(counties=3, townships=2, villages=3, months=14))
    return Store(folder)


def copied(store: Store, folder: Path) -> Store:
    shutil.copytree(store.root, folder, ignore=shutil.ignore_patterns("marts"))
    return w.reload(Store(folder))


def built(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder / "marts").as_posix(): path.read_bytes()
        for path in sorted((folder / "marts").rglob("*.parquet"))
    }


@pytest.fixture(scope="module")
def right(province: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files that one machine builds in one go."""
    store = copied(province, tmp_path_factory.mktemp("here") / "province")
    ws, edition = store.workspace, store.edition()
    MartBuilder(ws, edition).build()
    [together] = units.village_groups(ws)
    MartBuilder(ws, edition, counties=together).build()
    return built(store.root)


@pytest.mark.parametrize("most", [units.MOST_VILLAGES, 12])
def test_parts_in_any_order_and_more_than_once_give_the_same_files(
    province: Store,
    right: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
) -> None:
    monkeypatch.setattr(units, "MOST_VILLAGES", most)
    store, chance = copied(province, tmp_path / "there"), random.Random(20101129)
    ws, edition = store.workspace, store.edition()
    names: list[str] = []
    for parts in stages(ws, edition):
        chance.shuffle(parts)
        for part in (*parts, *parts[:2]):  # each by a machine that knows nothing of the others
            names += do(load_workspace(store.root), Store(store.root).edition(), part)
    made = {n: data for n, data in built(store.root).items() if n in right}
    assert made == right
    assert set(names) == set(built(store.root))


def test_the_last_months_stage_rests_on_counts_that_are_there(
    province: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = copied(province, tmp_path / "there")
    ws, edition = store.workspace, store.edition()
    first, second = stages(ws, edition)
    for part in first:
        do(ws, edition, part)
    monkeypatch.setattr(MartBuilder, "_count_month", None)
    for part in second:
        do(ws, edition, part)


def test_a_part_of_another_workspace_program_or_edition_is_refused(province: Store) -> None:
    ws, edition = province.workspace, province.edition()
    part = stages(ws, edition)[0][0]
    other = replace(ws, settings=ws.settings.model_copy(update={"due_day": 9}))
    for where, what in (
        (other, part),
        (ws, replace(part, fingerprint=fingerprint(ws).replace("|", "|9."))),
        (ws, replace(part, edition=part.edition + 1)),
    ):
        with pytest.raises(StoreError, match="节点上的工作区或程序与本机不同"):
            do(where, edition, what)


def test_a_machine_without_spark_says_so(province: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(spark.EngineError, match=r"没有安装 pyspark。请安装 shortplank\[spark\]"):
        spark.spread(province.workspace, province.edition(), None)
