"""Drafts: what was typed is there again, whatever ends in between, and nothing but counts."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
import time
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from shortplank.access import Actor
from shortplank.errors import NotAllowed, StoreError
from shortplank.records.drafts import Draft, drop_draft, read_draft, save_draft
from shortplank.store import Store
from tests.copies import demo_copy

JUNE, TOWN, OTHER = date(2010, 6, 1), "990101102", "990101101"
FORM = "village_month"
FIRST, SECOND = (f"{TOWN}201", "deaths"), (f"{TOWN}202", "births_p1_m")
NINE = datetime(2010, 7, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The demo county's registers, for a clerk of one township."""
    folder = demo_copy(tmp_path / "county", without=("marts", "snapshots", "journal"))
    return Store(folder).acting_for(Actor("filer", "zhulu01", TOWN))


def save(store: Store, changes: dict[Any, Any], seen: str = "") -> Draft:
    return save_draft(store, TOWN, FORM, JUNE, changes, seen=seen, at=NINE)


def read(store: Store) -> Draft:
    return read_draft(store, TOWN, FORM, JUNE)


def files(store: Store) -> list[Path]:
    return sorted(p for p in (store.root / "inbox").rglob("*") if p.is_file())


def test_what_was_typed_is_there_again(store: Store) -> None:
    assert read(store) == Draft()
    draft = save(store, {FIRST: 0, SECOND: 12})
    assert read(store) == draft
    assert (draft.values, draft.who, draft.at) == (
        {FIRST: 0, SECOND: 12}, "zhulu01", "2010-07-02T09:00:00+00:00",
    )  # fmt: skip
    draft = save(store, {SECOND: None}, draft.mark)
    assert read(store).values == {FIRST: 0} and not draft.meanwhile
    assert read_draft(store, TOWN, FORM, date(2010, 5, 1)) == Draft()


def test_a_draft_is_its_owners_alone_and_holds_counts_alone(store: Store) -> None:
    save(store, {FIRST: 3})
    path = store.root / "inbox" / "drafts" / TOWN / "village_month-2010-06.json"
    assert path in files(store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o700 for p in list(path.parents)[:3])
    assert json.loads(path.read_text("utf-8")) == {
        "who": "zhulu01", "at": "2010-07-02T09:00:00+00:00", "counts": {FIRST[0]: {"deaths": 3}},
    }  # fmt: skip


@pytest.mark.parametrize(
    "value", ["3", "某某某", 3.5, float("nan"), -1, True, 13_800_138_000, 110_101_199_001_011_234]
)
def test_what_is_no_count_is_refused_and_nothing_of_it_kept(store: Store, value: object) -> None:
    before = save(store, {FIRST: 1})
    with pytest.raises(StoreError, match="只能填不小于 0 的整数") as refused:
        save(store, {SECOND: 2, FIRST: value}, before.mark)
    assert str(value) not in refused.value.sentence
    assert read(store) == before


@pytest.mark.parametrize(
    "key", [(f"{OTHER}201", "deaths"), (f"{TOWN}201", "procedures_due"), ("../../x", "deaths")]
)
def test_what_is_not_on_the_form_is_refused(store: Store, key: tuple[str, str]) -> None:
    with pytest.raises(StoreError, match="不在这张表上"):
        save(store, {key: 1})
    assert not (store.root / "inbox").exists()


@pytest.mark.parametrize(
    ("area", "form"), [("..", FORM), (f"{TOWN}201", FORM), (TOWN, "recount"), (TOWN, "../x")]
)
def test_no_file_but_a_township_s_own_form_is_named(store: Store, area: str, form: str) -> None:
    analyst = store.acting_for(Actor("analyst", "tongji01"))
    for work in (
        lambda: read_draft(analyst, area, form, JUNE),
        lambda: save_draft(analyst, area, form, JUNE, {}, seen=""),
        lambda: drop_draft(analyst, area, form, JUNE),
    ):
        with pytest.raises((StoreError, NotAllowed)):
            work()
    assert not (store.root / "inbox").exists()


@pytest.mark.parametrize(
    "actor",
    [
        Actor("filer", "hudu01", OTHER),
        Actor("filer", "nobody"),
        Actor("viewer", "kan01"),
        Actor("analyst", "lin01", "990202"),
    ],
)
def test_nobody_elses_draft_is_read_or_written(store: Store, actor: Actor) -> None:
    draft = save(store, {FIRST: 7})
    other = store.acting_for(actor)
    for work in (
        lambda: read(other),
        lambda: save(other, {FIRST: 8}, draft.mark),
        lambda: drop_draft(other, TOWN, FORM, JUNE),
    ):
        with pytest.raises(NotAllowed):
            work()
    assert read(store) == draft


def test_the_analyst_and_the_clerk_share_a_draft_and_nobody_unknown_writes(store: Store) -> None:
    save(store, {FIRST: 7})
    assert read(store.acting_for(Actor("analyst", "tongji01"))).values == {FIRST: 7}
    with pytest.raises(NotAllowed, match="没有登录账号"):
        save(store.acting_for(Actor("analyst")), {FIRST: 8})
    assert read(store).values == {FIRST: 7}


def test_of_two_tabs_the_later_count_stays_and_its_writer_is_told(store: Store) -> None:
    seen = save(store, {FIRST: 1}).mark
    first = save(store, {SECOND: 2}, seen)
    second = save(store, {FIRST: 5}, seen)
    assert not first.meanwhile and second.meanwhile == "written"
    assert second.values == read(store).values == {FIRST: 5, SECOND: 2}
    assert not save(store, {FIRST: 6}, second.mark).meanwhile


def test_a_draft_that_was_handed_in_elsewhere_is_said_to_be_gone(store: Store) -> None:
    seen = save(store, {FIRST: 1}).mark
    drop_draft(store, TOWN, FORM, JUNE)
    drop_draft(store, TOWN, FORM, JUNE)  # there is none
    assert read(store) == Draft()
    again = save(store, {SECOND: 2}, seen)
    assert again.meanwhile == "gone" and again.values == {SECOND: 2}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"counts": 3}', '{"who": "x", "at": "y"}'])
def test_a_damaged_draft_is_said_and_written_anew(store: Store, text: str) -> None:
    save(store, {FIRST: 1})
    path = store.root / "inbox" / "drafts" / TOWN / "village_month-2010-06.json"
    path.write_text(text, encoding="utf-8")
    draft = read(store)
    assert draft.damaged and not draft.values
    assert save(store, {FIRST: 2}, draft.mark).meanwhile == ""
    assert read(store).values == {FIRST: 2}


def test_only_counts_are_taken_from_a_file(store: Store) -> None:
    save(store, {FIRST: 1, SECOND: 2})
    path = store.root / "inbox" / "drafts" / TOWN / "village_month-2010-06.json"
    found = json.loads(path.read_text("utf-8"))
    found["counts"][FIRST[0]]["deaths"] = "某某某"
    path.write_text(json.dumps(found), encoding="utf-8")
    draft = read(store)
    assert draft.values == {SECOND: 2} and draft.damaged


def test_many_at_once_lose_nothing(store: Store) -> None:
    cells = [(f"{TOWN}{n:03}", "deaths") for n in range(201, 217)]
    threads = [Thread(target=save, args=(store, {cell: n})) for n, cell in enumerate(cells)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read(store).values == {cell: n for n, cell in enumerate(cells)}


def _write_for_ever(root: Path) -> None:
    store, number = Store(root).acting_for(Actor("filer", "zhulu01", TOWN)), 0
    while True:
        number += 1
        save(store, {FIRST: number, SECOND: number})


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_whoever_is_killed_leaves_a_whole_draft(store: Store) -> None:
    for pause in range(6):
        process = multiprocessing.get_context("fork").Process(
            target=_write_for_ever, args=(store.root,)
        )
        process.start()
        last = read(store)
        while read(store).mark == last.mark:
            time.sleep(0.01)
        time.sleep(0.003 * pause)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        draft = read(store)
        assert not draft.damaged and draft.values[FIRST] == draft.values[SECOND]
        assert save(store, {FIRST: 0, SECOND: 0}, draft.mark).meanwhile == ""  # no lock is left
