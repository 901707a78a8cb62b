"""Notes pinned to a view: replayed from the journal, read by whom they may be."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortplank.access import ROLES, Actor, Role
from shortplank.errors import ShortplankError, StoreError
from shortplank.reading.view import View
from shortplank.records.pinned import (
    JOURNAL,
    LONGEST,
    Place,
    change_note,
    may_read,
    note_text,
    notes,
    notes_table,
    pin_note,
)
from shortplank.store import Engine, engine, journal
from shortplank.store.personal import personal_kind
from tests.copies import DEMO, demo_copy

MAY, APRIL = date(2010, 5, 1), date(2010, 4, 1)
HOME, TOWN, VILLAGE, PEER = "990101", "990101111", "990101214205", "990202"
WHEN = datetime(2010, 6, 9, 8, tzinfo=UTC)
FILING = "migrant_filing"


@pytest.fixture
def shared(tmp_path: Path) -> Engine:
    return engine(demo_copy(tmp_path / "demo", without=("journal", "marts")))


def view(shared: Engine, role: Role = "analyst", account: str = "tongji01") -> View:
    scope = TOWN if role == "filer" else ""
    return View(shared, shared.newest(), Actor(role, account, scope), MAY, "ytd", FILING, HOME)


def place(area: str = HOME, indicator: str = FILING, month: date = MAY) -> Place:
    return Place("rankings", indicator, area, month, "ytd")


def texts(shared: Engine, role: Role = "analyst") -> list[str]:
    return [note.text for note in notes(view(shared, role))]


def lines(shared: Engine) -> list[dict[str, object]]:
    return journal.read(shared.ws.path, JOURNAL)


# --- replay ---------------------------------------------------------------------------------------
def test_a_note_is_changed_and_taken_away_and_every_line_is_kept(shared: Engine) -> None:
    one = pin_note(view(shared), place(), "集中外出返乡", at=WHEN)
    (note,) = notes(view(shared))
    assert note_text(view(shared), note) == "集中外出返乡（tongji01，2010年6月9日）"
    other = view(shared, account="jihua02")
    two = change_note(other, one, " 集中外出\n返乡，已核  ", at=WHEN + timedelta(days=1))
    assert texts(shared) == ["集中外出 返乡，已核"]
    change_note(view(shared), two, "", at=WHEN + timedelta(days=2))
    assert texts(shared) == []
    kept = [(line["who"], str(line["at"])[:10], line["note"]) for line in lines(shared)]
    assert kept == [
        ("tongji01", "2010-06-09", "集中外出返乡"),
        ("jihua02", "2010-06-10", "集中外出 返乡，已核"),
        ("tongji01", "2010-06-11", ""),
    ]


def test_of_two_changes_at_once_none_is_lost(shared: Engine) -> None:
    one = pin_note(view(shared), place(), "待核", at=WHEN)
    change_note(view(shared), one, "甲改", at=WHEN)
    change_note(view(shared, account="jihua02"), one, "乙改", at=WHEN)
    assert texts(shared) == ["甲改", "乙改"]
    with pytest.raises(ShortplankError, match="刚被别人改过"):
        change_note(view(shared), one, "", at=WHEN)
    assert texts(shared) == ["甲改", "乙改"]


def _pin_some(root: Path, account: str, count: int) -> None:
    own = view(engine(root), account=account)
    for number in range(count):
        pin_note(own, place(), f"第 {number} 条", at=WHEN)


def test_of_two_processes_none_loses_a_line(shared: Engine) -> None:
    spawned = multiprocessing.get_context("spawn")
    people = [
        spawned.Process(target=_pin_some, args=(shared.ws.path, account, 20))
        for account in ("tongji01", "jihua02")
    ]
    for each in people:
        each.start()
    for each in people:
        each.join(120)
    assert [each.exitcode for each in people] == [0, 0]
    assert len(notes(view(shared))) == 40


def test_the_same_press_twice_is_one_note(shared: Engine) -> None:
    assert pin_note(view(shared), place(), "待核", at=WHEN) == pin_note(
        view(shared), place(), "待核", at=WHEN
    )
    assert texts(shared) == ["待核"]


def test_what_a_journal_holds_besides_is_passed_over(shared: Engine) -> None:
    pin_note(view(shared), place(), "待核", at=WHEN)
    (line,) = lines(shared)
    odd = [
        {**line, "id": "a", "indicator": "gone"}, {**line, "id": "b", "area": "1"},
        {**line, "id": "c", "month": "May"}, {**line, "id": "d", "window": "week"},
        {**line, "id": "e", "edition": None}, {"note": "x"}, {**line, "id": "f", "at": 3},
    ]  # fmt: skip
    path = shared.ws.path / "journal" / f"{JOURNAL}.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in odd)
        file.write('{"id": "half')
    assert texts(shared) == ["待核"]
    pin_note(view(shared), place(), "又一条", at=WHEN)  # half a line is ended first
    assert texts(shared) == ["待核", "又一条"]


def test_the_newest_month_stands_first(shared: Engine) -> None:
    for month, text in ((APRIL, "四月"), (MAY, "五月"), (APRIL, "四月又一条")):
        pin_note(view(shared), place(month=month), text, at=WHEN)
    assert texts(shared) == ["五月", "四月", "四月又一条"]
    table = notes_table(view(shared), notes(view(shared)), {"rankings": "乡镇排名"})
    assert table.to_pylist()[0] == {
        "月份": "2010-05", "页面": "乡镇排名", "指标": "流动人口建档率", "时段": "年度累计",
        "单位": "云洲县", "标注": "五月", "标注人": "tongji01", "标注日期": "2010-06-09",
        "依据": f"第{shared.newest()}版",
    }  # fmt: skip


# --- what is refused ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "said"),
    [("", "没有写标注"), (" \n\u200b", "没有写标注"), ("长" * (LONGEST + 1), "最多 200 字")],
)
def test_nothing_and_too_much_are_refused(text: str, said: str, shared: Engine) -> None:
    with pytest.raises(ShortplankError, match=said):
        pin_note(view(shared), place(), text)
    assert not lines(shared)


def test_an_unknown_note_and_an_unknown_area_are_refused(shared: Engine) -> None:
    with pytest.raises(ShortplankError, match="没有这条标注"):
        change_note(view(shared), "nowhere", "x")
    for area in ("1", PEER):
        with pytest.raises(ShortplankError, match="登记册里没有这个单位"):
            pin_note(view(shared), place(area), "待核")
    assert not lines(shared)


@pytest.mark.parametrize(
    "text",
    [
        "电话 13800138000",
        "138 0013 8000",
        "1380\u200b013\u200b8000",
        "身份证 110101199003070015",
        "填报人：张某",
        "住桂浦镇双店村三组 12 号",
        "a@example.com",
    ],
)
def test_personal_data_is_refused_and_not_repeated(text: str, shared: Engine) -> None:
    one = pin_note(view(shared), place(), "待核", at=WHEN)
    for write in (lambda: pin_note(view(shared), place(), text),
                  lambda: change_note(view(shared), one, text)):  # fmt: skip
        with pytest.raises(StoreError) as refused:
            write()
        assert text not in refused.value.sentence
    assert texts(shared) == ["待核"] and len(lines(shared)) == 1


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("written") / "demo"
    return engine(demo_copy(folder, without=("journal", "marts")))


PIECES = st.sampled_from(
    ["138", "0013", "8000", "1101011990", "03070015", "张", "某", "电话", "填报人：", "@", "qq.com",
     "号", "村", "组", " ", "\u200b", "-", "12", "返乡", "已核", "。"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=LONGEST), st.lists(PIECES, max_size=12).map("".join)))
@settings(max_examples=200)
def test_no_note_that_stands_holds_what_the_gate_refuses(written: Engine, text: str) -> None:
    before = len(lines(written))
    try:
        pin_note(view(written), place(), text, at=WHEN)
    except ShortplankError:
        assert len(lines(written)) == before
    held = lines(written)[before:]
    assert all(personal_kind(str(line["note"])) is None for line in held)
    assert all(0 < len(str(line["note"])) <= LONGEST for line in held)


# --- who reads ------------------------------------------------------------------------------------
# Births at a village are banded; who does exact figures reads all, whoever looks reads the rest.
BANDED, TO_COUNTY = "policy_compliance", "procedure_completion"
OPEN = [(HOME, FILING), (TOWN, FILING), (VILLAGE, FILING), (HOME, BANDED), (TOWN, BANDED),
        (HOME, ""), (TOWN, "")]  # fmt: skip
CLOSED = [(VILLAGE, BANDED), (VILLAGE, "")]


@pytest.mark.parametrize("role", ROLES)
def test_a_village_shows_no_more_in_a_note_than_in_its_figures(role: Role, shared: Engine) -> None:
    for area, indicator in (*OPEN, *CLOSED):
        pin_note(view(shared), place(area, indicator), f"{area}{indicator}", at=WHEN)
    read = set(texts(shared, role))
    assert {f"{area}{indicator}" for area, indicator in OPEN} <= read
    exact = Actor(role).may("see_exact")
    assert all((f"{area}{indicator}" in read) == exact for area, indicator in CLOSED)


def test_what_stops_above_an_area_stops_there_in_a_note_too() -> None:
    ws = engine(DEMO).ws
    viewer, analyst = Actor("viewer", "x"), Actor("analyst", "x")
    for indicator in ws.indicators:
        least = ws.viewer_level(indicator)
        for area, level in ((HOME, "county"), (TOWN, "township"), (VILLAGE, "village")):
            own = Place("rankings", indicator, area, MAY, "ytd")
            assert may_read(analyst, ws, own)
            if level == "township":
                assert may_read(viewer, ws, own) == (least != "county"), indicator
            if level == "village" and (least != "village" or viewer.banded(ws, indicator)):
                assert not may_read(viewer, ws, own), indicator


def test_another_countys_account_reads_none(shared: Engine) -> None:
    pin_note(view(shared), place(), "待核", at=WHEN)
    (note,) = notes(view(shared))
    assert not may_read(Actor("admin", "x", PEER), shared.ws, note.place)
    assert may_read(Actor("viewer"), shared.ws, note.place)
