"""Editions: what is published stands whole, as it was, and can be gone back to."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pytest

from shortplank.access import Actor
from shortplank.errors import Overtaken, StoreError
from shortplank.store import Edition, Store, files, locks
from tests.store import workspaces as w
from tests.store.publishers import context, wait_as_long_as_it_takes
from tests.store.workspaces import APRIL, MAY, counted, deaths

KEY = ("village_month", APRIL)


# --- publishing ----------------------------------------------------------------------------------
def test_an_empty_workspace_has_edition_0(store: Store) -> None:
    edition = store.edition()
    assert (edition.number, edition.data, store.history()) == (0, (), [])
    assert edition.table("village_month", APRIL) is None


def test_what_is_published_is_read_back(store: Store) -> None:
    edition = store.acting_for(Actor("analyst", "tongji01")).publish(
        {KEY: w.table([w.village(w.S1, APRIL, deaths=2), w.village(w.N1, APRIL)])},
        why="四月上报",
        restates=["2009-03"],
        forms={"village_month": 1},
    )
    assert (edition.number, edition.parent, edition.who, edition.why) == (
        1,
        None,
        "tongji01",
        "四月上报",
    )
    assert (edition.restates, edition.forms) == (("2009-03",), {"village_month": 1})
    assert store.edition(1) == edition == store.edition()
    table = edition.table(*KEY)
    assert table is not None
    assert table["area_code"].to_pylist() == [w.N1, w.S1]  # sorted
    assert table.schema.field("stat_month").type == pa.date32()
    assert {str(t) for t in table.schema.types[2:]} == {"int64"}
    assert edition.months("village_month") == [APRIL]


def test_the_manifest_is_complete_and_relative(store: Store) -> None:
    deaths(store, 3)
    deaths(store, 4, day=2, month=MAY)
    raw = json.loads((store.manifests / "00000002.json").read_bytes())
    assert [raw[k] for k in ("number", "parent", "published_at")] == [
        2,
        1,
        "2010-01-02T00:00:00+00:00",
    ]
    assert [f["path"][:40] for f in raw["files"]] == [
        "data/village_month/stat_month=2009-04/" + raw["files"][0]["sha256"][:2],
        "data/village_month/stat_month=2009-05/" + raw["files"][1]["sha256"][:2],
    ]
    for file in raw["files"]:
        assert Path(file["path"]).stem == file["sha256"][:16]
        assert (store.snapshots / file["path"]).is_file()
    assert (raw["files"][0]["rows"], raw["files"][0]["sums"]["deaths"]) == (1, 3)


def test_the_same_rows_are_the_same_file(store: Store) -> None:
    rows = [w.village(code, APRIL, deaths=1) for code in w.VILLAGES]
    first = w.publish(store, village_month=rows)
    again = w.publish(store, day=2, village_month=rows[::-1])
    assert again.data == first.data
    assert len(list((store.snapshots / "data").rglob("*.parquet"))) == 1


def test_months_that_are_not_named_stay_and_none_removes_one(store: Store) -> None:
    deaths(store, 1)
    deaths(store, 2, day=2, month=MAY)
    assert counted(store.edition()) == [1]
    edition = store.publish({KEY: None}, why="b")
    assert edition.months("village_month") == [MAY]
    edition = store.publish(
        {("village_month", MAY): w.table([w.village(w.N1, MAY)]).slice(0, 0)}, why="b"
    )
    assert edition.data == ()


def test_a_change_may_be_worked_out_from_the_current_edition(store: Store) -> None:
    deaths(store, 1)

    def one_more(edition: Edition) -> dict[tuple[str, date], pa.Table]:
        [count] = counted(edition)
        return {KEY: w.table([w.village(w.N1, APRIL, deaths=count + 1)])}

    assert counted(store.publish(one_more, why="b")) == [2]


def test_nothing_new_is_no_edition_where_that_is_asked_for(store: Store) -> None:
    deaths(store, 1)
    change = {KEY: w.table([w.village(w.N1, APRIL, deaths=1)])}
    assert store.publish(change, why="b", only_if_changed=True).number == 1
    assert store.publish(change, why="b").number == 2


def test_numbers_are_never_given_twice(store: Store) -> None:
    deaths(store, 1)
    path = store.manifests / "00000002.json"
    files.write_exclusive(path, b"{}")
    with pytest.raises(StoreError, match="这一版已由另一次发布写入"):
        files.write_exclusive(path, b"other")
    assert path.read_bytes() == b"{}"
    assert not list(store.manifests.glob(".tmp-*"))


@pytest.mark.slow
def test_ten_publishers_at_once_all_get_through(store: Store) -> None:
    with context().Pool(10, wait_as_long_as_it_takes) as pool:
        numbers = pool.starmap(w.publish_one, [(store.root, n) for n in range(10)])
    assert sorted(numbers) == list(range(1, 11))
    assert [e.parent for e in store.history()] == [None, *range(1, 10)]
    last = store.edition()
    assert [counted(last, w.add_months(APRIL, n)) for n in range(10)] == [[n] for n in range(10)]
    assert store.verify() == []


def test_one_of_ten_who_saw_the_same_edition_gets_through(store: Store) -> None:
    deaths(store, 1)

    def publish(number: int) -> int | None:
        change = {KEY: w.table([w.village(w.N1, APRIL, deaths=number)])}
        try:
            own = Store(store.root, actor=Actor("analyst", "a"))
            return own.publish(change, why="b", expected=1).number
        except Overtaken:
            return None

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(publish, range(10)))
    assert sorted(found, key=str) == [2, *[None] * 9]
    with pytest.raises(Overtaken, match=r"第2版（a，20.*）在这之间发布了"):
        store.restore(1, expected=1)
    assert store.newest() == 2 and store.restore(1, expected=2).number == 3


def test_what_is_not_a_manifest_is_left_aside(store: Store) -> None:
    assert store.newest() == 0
    deaths(store, 1)
    for name in (".tmp-x", "3.json", "00000004.json.bak", "notes.json", "００００００05.json"):
        (store.manifests / name).write_bytes(b"")
    assert (store.newest(), store.numbers(), store.verify()) == (1, [1], [])
    assert deaths(store, 2, day=2).number == 2


def test_who_waits_too_long_for_another_publish_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_SECONDS", 0.05)

    def publish_within(_: Edition) -> dict[tuple[str, date], pa.Table]:
        deaths(Store(store.root), 1)
        return {}

    with pytest.raises(StoreError, match="另一次发布还没有结束"):
        store.publish(publish_within, why="b")
    assert store.numbers() == []
    assert deaths(store, 1).number == 1


# --- when ----------------------------------------------------------------------------------------
def test_as_of_is_the_last_edition_by_then(store: Store) -> None:
    for day in (2, 4, 6):
        deaths(store, day, day=day)
    day = datetime(2010, 1, 1, tzinfo=UTC)
    found = {d: store.as_of(day + timedelta(days=d - 1)).number for d in (1, 2, 3, 4, 5, 9)}
    assert found == {1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 9: 3}
    almost = day + timedelta(days=1) - timedelta(seconds=1)
    assert store.as_of(almost).number == 0


def test_as_of_takes_any_time_zone(store: Store) -> None:
    deaths(store, 1, day=2)
    china = timezone(timedelta(hours=8))
    assert store.as_of(datetime(2010, 1, 2, 8, 0, tzinfo=china)).number == 1
    assert store.as_of(datetime(2010, 1, 2, 7, 59, tzinfo=china)).number == 0
    assert store.as_of(datetime(2010, 1, 5)).number == 1  # without one: this machine's


def test_a_moment_without_a_time_zone_is_published_as_this_machines(store: Store) -> None:
    moment = datetime(2010, 1, 2, 3, 4)
    edition = store.publish({}, why="b", published_at=moment)
    assert edition.published_at == moment.astimezone(UTC)


def test_a_clock_that_jumps_back_never_makes_an_edition_older_than_its_parent(
    store: Store,
) -> None:
    deaths(store, 1, day=20)
    back = deaths(store, 2, day=3)
    assert back.published_at == datetime(2010, 1, 20, tzinfo=UTC)
    assert store.as_of(datetime(2010, 1, 20, tzinfo=UTC)).number == 2
    assert store.as_of(datetime(2010, 1, 3, tzinfo=UTC)).number == 0


# --- going back and comparing --------------------------------------------------------------------
def test_restore_publishes_the_old_list_anew(store: Store) -> None:
    deaths(store, 1)
    deaths(store, 2, day=2)
    edition = store.acting_for(Actor("admin", "li.si")).restore(1)
    assert (edition.number, edition.parent, counted(edition)) == (3, 2, [1])
    assert (edition.who, store.edition(2).who) == ("li.si", "测试")
    assert edition.data == store.edition(1).data
    assert "第 1 版" in edition.why
    assert counted(store.edition(2)) == [2]


def test_restore_refuses_what_is_no_longer_there(store: Store) -> None:
    old = deaths(store, 1)
    deaths(store, 2, day=2)
    (store.snapshots / old.data[0].path).unlink()
    with pytest.raises(StoreError, match="已被清理"):
        store.restore(1)
    with pytest.raises(StoreError, match="没有第 9 版"):
        store.restore(9)
    assert store.numbers() == [1, 2]


def test_a_damaged_newest_manifest_does_not_stand_in_the_way_of_going_back(store: Store) -> None:
    deaths(store, 1)
    deaths(store, 2, day=2)
    (store.manifests / "00000002.json").write_bytes(b"{")
    with pytest.raises(StoreError, match=r"00000002\.json.*已损坏.*恢复到上一版"):
        store.edition()
    with pytest.raises(StoreError):
        deaths(store, 3, day=3)
    edition = store.restore(1)
    assert (edition.number, counted(store.edition())) == (3, [1])


def test_diff_says_each_changed_count(store: Store) -> None:
    w.publish(store, village_month=[w.village(w.N1, APRIL, deaths=1), w.village(w.N2, APRIL)])
    w.publish(
        store,
        2,
        village_month=[w.village(w.N1, APRIL, deaths=4), w.village(w.N3, APRIL, pop_end=7)],
    )
    rows = store.diff(1, 2).to_pylist()
    assert {r["stat_month"] for r in rows} == {APRIL}
    changes = {(r["area_code"], r["measure"]): (r["old"], r["new"]) for r in rows}
    assert changes[w.N1, "deaths"] == (1, 4)
    assert changes[w.N2, "pop_end"] == (1000, None)
    assert changes[w.N3, "pop_end"] == (None, 7)
    assert (w.N1, "pop_end") not in changes
    assert {m for code, m in changes if code == w.N2} == set(w.VILLAGE_COUNTS) | {"pop_end"}


def test_diff_of_an_edition_with_itself_is_empty(store: Store) -> None:
    deaths(store, 1)
    table = store.diff(1, 1)
    assert table.num_rows == 0
    assert table.column_names == ["area_code", "stat_month", "dataset", "measure", "old", "new"]


def test_diff_names_the_indicator_of_a_bulletin(store: Store) -> None:
    for day, rank in ((1, 28), (2, 27)):
        row = {"area_code": w.PEER, "stat_month": APRIL, "indicator": "overall", "value": 1.5}
        w.publish(store, day, peer_month=[{**row, "published_rank": rank}])
    [row] = store.diff(1, 2).to_pylist()
    assert [row[k] for k in ("measure", "old", "new")] == ["overall.published_rank", 28, 27]


def test_diff_tells_a_published_value_that_was_changed(store: Store) -> None:
    row = {"area_code": w.PEER, "stat_month": APRIL, "indicator": "overall", "published_rank": 3}
    for day, value in ((1, 82.64), (2, 28.64)):
        w.publish(store, day, peer_month=[{**row, "value": value}])
    [changed] = store.diff(1, 2).to_pylist()
    assert [changed[k] for k in ("measure", "old", "new")] == ["overall.value", 82.64, 28.64]
