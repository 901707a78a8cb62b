"""What the store refuses to publish, whoever asks."""

from __future__ import annotations

from datetime import date

import pytest

from shortplank.errors import StoreError
from shortplank.store import Store
from tests.store import workspaces as w
from tests.store.workspaces import APRIL, MAY

KEY = ("village_month", APRIL)


def refused(store: Store, dataset: str, *rows: w.Row, month: date = APRIL) -> StoreError:
    """Return the refusal of a month's rows; nothing is published."""
    with pytest.raises(StoreError) as caught:
        store.publish({(dataset, month): w.table(list(rows))}, why="b")
    assert store.numbers() == []
    assert caught.value.place and caught.value.mend
    return caught.value


@pytest.mark.parametrize("dataset", ["township_month", "township_quarter", "cross_source"])
def test_counts_below_their_lowest_level_are_refused(store: Store, dataset: str) -> None:
    error = refused(store, dataset, {"area_code": w.N1, "stat_month": APRIL})
    assert "只到乡镇" in error.message and w.N1 in error.message


def test_procedures_are_never_counted_in_villages(store: Store) -> None:
    row: w.Row = {
        "stat_month": APRIL,
        "inspection_id": "1",
        "date": date(2009, 4, 9),
        "level": "city",
        "kind": "sample",
        "subject": "procedures",
        "verified": 9,
    }
    error = refused(store, "inspection", {**row, "area_code": w.N1})
    assert "手术" in error.message and w.N1 in error.message
    edition = w.publish(store, inspection=[{**row, "area_code": w.NORTH}])
    assert edition.number == 1


@pytest.mark.parametrize(
    ("dataset", "code"),
    [("village_month", w.NORTH), ("village_month", w.COUNTY), ("township_month", w.COUNTY)],
)
def test_a_total_among_the_parts_is_refused(store: Store, dataset: str, code: str) -> None:
    error = refused(store, dataset, {"area_code": code, "stat_month": APRIL})
    assert "合计" in error.message


def test_a_row_that_comes_twice_is_refused(store: Store) -> None:
    row = w.village(w.N1, APRIL)
    assert w.N1 in refused(store, "village_month", row, dict(row)).message
    recount = {"area_code": w.N1, "stat_month": APRIL, "recount_date": date(2010, 1, 1)}
    refused(store, "recount", recount, dict(recount))
    later = {**recount, "recount_date": date(2010, 2, 1)}
    assert w.publish(store, recount=[recount, later]).number == 1


def test_an_area_that_is_not_in_the_register_is_refused(store: Store) -> None:
    assert (
        "990201101299" in refused(store, "village_month", w.village("990201101299", APRIL)).message
    )
    assert w.PEER in refused(store, "village_month", w.village(w.PEER, APRIL)).message


def test_another_months_rows_are_refused(store: Store) -> None:
    assert "月份" in refused(store, "village_month", w.village(w.N1, MAY)).mend


def test_a_column_that_the_catalogue_does_not_know_is_refused(store: Store) -> None:
    row = {**w.village(w.N1, APRIL), "name_of_mother": 1}
    assert "name_of_mother" in refused(store, "village_month", row).message


@pytest.mark.parametrize("value", [1.5, "三"])
def test_a_count_that_is_not_whole_is_refused(store: Store, value: object) -> None:
    row = {**w.village(w.N1, APRIL), "deaths": value}
    assert "整数" in refused(store, "village_month", row).mend


def test_an_unknown_dataset_is_refused(store: Store) -> None:
    assert "persons" in refused(store, "persons", {"area_code": w.N1, "stat_month": APRIL}).message
