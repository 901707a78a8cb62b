"""The meeting: freezing, follow-ups answered by next month's figures, the running order."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from shortplank.access import Actor
from shortplank.errors import ShortplankError
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.records.exact import note_exact
from shortplank.records.follow_ups import (
    add_follow_up,
    follow_ups,
    follow_ups_table,
    last_items,
    write_outcome,
)
from shortplank.records.meeting import (
    freeze,
    frozen_view,
    last_meeting,
    meeting_of,
    meeting_told,
    restated_since,
)
from shortplank.records.running_order import all_stops, choose_order, running_order
from shortplank.store import Engine, engine, journal
from shortplank.topics.rankings.answer.ranking import ranking
from tests.copies import demo_copy

APRIL, MAY = date(2010, 4, 1), date(2010, 5, 1)
TOWN = "990101111"
ACCOUNT = "tongji01"


@pytest.fixture
def shared(tmp_path: Path) -> Engine:
    return engine(demo_copy(tmp_path / "demo", without=("journal",)))


def view(shared: Engine, month: date = MAY, role: str = "analyst", edition: int = 0) -> View:
    number = edition or shared.newest()
    return View(shared, number, Actor(role, ACCOUNT), month, "ytd", "migrant_filing", "990101")  # type: ignore[arg-type]


def item(shared: Engine, month: date = APRIL, area: str = TOWN) -> str:
    return add_follow_up(
        view(shared, month),
        item="补建档案",
        area=area,
        indicator="migrant_filing",
        owner="桂浦镇人口计生办",
        deadline=date(2010, 6, 5),
    )


def test_a_frozen_month_keeps_its_edition(shared: Engine) -> None:
    assert meeting_of(view(shared)) is None and frozen_view(view(shared)).edition == shared.newest()
    freeze(view(shared, edition=24))
    assert frozen_view(view(shared)).edition == 24
    freeze(view(shared))  # frozen again: the last line counts, both are kept
    assert frozen_view(view(shared)).edition == shared.newest()
    assert len(journal.read(shared.ws.path, "freezes")) == 2
    title = meeting_told(view(shared), [], []).title
    assert title == f"2010年5月会议用第{shared.newest()}版"


def test_restatements_are_those_since_the_last_meeting(shared: Engine) -> None:
    everything = restated_since(view(shared))
    assert everything and all("订正" in line for line in everything)
    freeze(view(shared, APRIL))
    last = last_meeting(view(shared))
    assert last is not None and last.month == APRIL
    assert restated_since(view(shared)) == []


def test_next_months_figures_fill_in_beside_the_item(shared: Engine) -> None:
    key = item(shared)
    [own] = last_items(view(shared))
    values = {}
    for month in (APRIL, MAY):
        made = ranking(view(shared, month))
        values[month] = f"{made.towns.value[made.towns.index(TOWN)]:.2f}%"
    assert (own.then, own.now) == (values[APRIL], values[MAY])
    assert re.fullmatch(r"[+−]?[\d.]+ 个百分点（[+−]?[\d.]+ 至 [+−]?[\d.]+）", own.change)
    assert own.compared and "上次 1 项里 1 项当时和现在都有数" in (
        meeting_told(view(shared), [own], []).sentence
    )
    assert own.query == {"month": "2010-04", "indicator": "migrant_filing", "window": "ytd"}
    write_outcome(view(shared), key, "已补建 40 份")
    [closed] = last_items(view(shared))
    assert closed.closed and follow_ups_table([closed])["结果"].to_pylist() == ["已补建 40 份"]
    assert follow_ups(view(shared, APRIL))[0].now == ""  # the month itself has no next figure yet


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_only_the_county_moved_for_sure_and_only_where_the_ledger_says_so(
    shared: Engine, role: str
) -> None:
    """A change since the meeting is a figure: whatever its interval says, nobody announces it."""
    first, quiet = date(2009, 5, 1), date(2009, 8, 1)
    for area in ("990101", TOWN):
        item(shared, first, area)
    add_follow_up(
        view(shared, first),
        item="补发",
        area="990101",
        indicator="benefit_delivery",
        owner="县人口办",
        deadline=quiet,
    )
    for month in (quiet, MAY):
        looking = view(shared, month, role)
        told = {(each.area_code, each.indicator): each.change for each in last_items(looking)}
        for (area, indicator), change in told.items():
            sure = area == "990101" and ledger_of(looking).change(indicator) is not None
            assert change.endswith("；比上年同月确有上升") == sure, (area, indicator, change)
            assert not re.search("偶然|超出", change)
    assert {change.count("确有") for change in told.values()} == {0, 1}


def test_births_are_no_ground_for_an_item_and_what_lacks_is_said(shared: Engine) -> None:
    base = {"area": TOWN, "owner": "镇政府", "deadline": MAY}
    with pytest.raises(ShortplankError, match="服务和质量"):
        add_follow_up(view(shared), item="x", indicator="policy_compliance", **base)  # type: ignore[arg-type]
    with pytest.raises(ShortplankError, match="事项"):
        add_follow_up(view(shared), item=" ", indicator="migrant_filing", **base)  # type: ignore[arg-type]
    with pytest.raises(ShortplankError, match="登记册"):
        add_follow_up(
            view(shared),
            item="x",
            indicator="migrant_filing",
            **{**base, "area": "1"},  # type: ignore[arg-type]
        )
    assert journal.read(shared.ws.path, "follow_ups") == []


def test_viewers_change_nothing(shared: Engine) -> None:
    viewer = view(shared, role="viewer")
    for work in (
        lambda: freeze(viewer),
        lambda: write_outcome(viewer, "x", "y"),
        lambda: choose_order(viewer, []),
        lambda: note_exact(viewer, "x"),
    ):
        with pytest.raises(ShortplankError, match="浏览者"):
            work()


def test_the_chosen_order_is_shown_and_an_empty_one_shows_all(shared: Engine) -> None:
    whole = [stop.key for stop in all_stops(view(shared))]
    assert [stop.key for stop in running_order(view(shared))] == whole
    choose_order(view(shared), [whole[3], whole[0], "gone?x=1"])
    assert [stop.key for stop in running_order(view(shared, role="viewer"))] == [whole[3], whole[0]]
    choose_order(view(shared), [])
    assert len(running_order(view(shared))) == len(whole)
