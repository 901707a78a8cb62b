"""Against the months before: what is unlikely is said, and nothing is said of what is not."""

from __future__ import annotations

import numpy as np

from shortplank.ingest import Batch, publish_batch
from shortplank.store import Store
from tests.ingest.county import EAST, WEST, as_csv, checked, found, rows

MONTHS = [f"{year}-{month:02}" for year in (2009, 2010) for month in range(1, 13)][5:17]


def past(store: Store, seed: int = 1, **fixed: int) -> None:
    """Publish a year of plausible months."""
    chance = np.random.default_rng(seed)
    texts = []
    for month in MONTHS:
        lines = rows(month=month)
        for line in lines:
            line["死亡人数"] = int(chance.poisson(2))
            line["期末总人口"] = (
                1000 if month == MONTHS[-1] else int(1000 + chance.integers(-9, 10))
            )
            line["流动人口应建档"] = int(200 + chance.integers(-5, 6))
            line["流动人口已建档"] = int(150 + chance.integers(-5, 6))
            line |= fixed
        texts.append(as_csv(lines))
    publish_batch(store, checked(store, *texts), why="历史")


def june(store: Store, **given: object) -> Batch:
    lines = rows()
    for place, line in enumerate(lines):
        line |= {"死亡人数": 2, "流动人口应建档": 200 + place, "流动人口已建档": 150 + place}
        line["期末总人口"] = 1000 + place
    lines[1] |= given
    return checked(store, as_csv(lines))


def test_a_quiet_month_is_quiet(store: Store) -> None:
    past(store)
    assert not found(june(store))


def test_a_population_that_jumps_is_said(store: Store) -> None:
    past(store)
    batch = june(store, 期末总人口=1060)
    assert ("population_moved", "D3") in found(batch, "warning") and not batch.stops
    message = next(f.message for f in batch.findings if f.code == "population_moved")
    assert "五河村" in message and "6.0%" in message
    assert ("population_moved", "D3") not in found(june(store, 期末总人口=1050))


def test_an_extreme_value_is_said_with_what_is_usual(store: Store) -> None:
    past(store)
    batch = june(store, 流动人口应建档=400)
    assert ("outlier", "Q3") in found(batch)
    message = next(f.message for f in batch.findings if f.code == "outlier")
    assert "填 400" in message and "值得核对" in message


def test_late_births_above_a_tenth_are_said(store: Store) -> None:
    assert found(june(store, 往年出生补报=5)) == [("late_births", None)]
    assert not found(june(store, 往年出生补报=4))
    assert not found(june(store, 往年出生补报=5, 一孩男=60))


def test_a_large_column_that_never_moves_is_said_once(store: Store) -> None:
    past(store, 奖励优惠应兑现户数=30, 奖励优惠已兑现户数=3)
    lines = rows(奖励优惠应兑现户数=30, 奖励优惠已兑现户数=3)
    for place, line in enumerate(lines):
        line |= {"死亡人数": 2, "流动人口应建档": 200 + place, "流动人口已建档": 150 + place}
        line["期末总人口"] = 1000 + place
    assert found(checked(store, as_csv(lines))) == [("unchanged", "S2")]


def test_the_first_months_have_nothing_to_be_compared_with(store: Store) -> None:
    batch = checked(store, as_csv(rows(EAST)), as_csv(rows(WEST)))
    assert not batch.findings
