"""What no visitor waits for: made while the server is calm, of the newest edition, newest first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shortplank.frame.made import calm
from shortplank.frame.made.calm import Calm
from shortplank.frame.made.early import views, work_out
from shortplank.reading.view import View
from shortplank.store import Engine, Store, engine
from tests.copies import DEMO, demo_copy


def test_each_month_is_looked_at_the_newest_first_and_for_both_tables() -> None:
    shared = engine(DEMO)
    found = [(view.actor.reads, view.month) for view in views(shared)]
    months = sorted({month for _, month in found}, reverse=True)
    assert found == [(reads, month) for reads in ("analyst", "viewer") for month in months]
    assert months[0] == date(2010, 5, 1) and len(months) > 40


def test_it_ends_where_another_edition_is_there(tmp_path: Path) -> None:
    folder = demo_copy(tmp_path / "county")
    shared = Engine(engine(folder).ws)
    made = list[View]()

    def answer(view: View) -> None:
        made.append(view)
        if len(made) == 3:
            Store(folder, shared.ws).restore(1)

    assert work_out(shared, [answer]) == 3 == len(made)


def test_it_asks_what_the_pages_ask(tmp_path: Path) -> None:
    """A page opened without a link looks at what was made early: nothing is made again."""
    from shortplank.topics.overview.answer import overview

    shared = Engine(engine(DEMO).ws)
    first = next(views(shared))
    made = overview(first)
    assert overview(first.with_(month=first.month)) is made


@pytest.mark.parametrize(("used", "is_calm"), [(0.1, True), (0.24, True), (0.3, False)])
def test_a_process_that_works_is_not_calm(
    used: float, is_calm: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": 100.0, "used": 7.0}
    monkeypatch.setattr(calm.time, "monotonic", lambda: clock["now"])
    monkeypatch.setattr(calm.time, "process_time", lambda: clock["used"])
    own = Calm(busy=0.5, span=0.5)
    assert own.look()
    clock["now"], clock["used"] = 100.5, 7.0 + used
    assert own.look() is is_calm
    clock["now"] = 100.6
    assert own.look() is is_calm  # no oftener than that
    clock["now"] = 101.2
    assert own.look()


def test_the_tables_of_either_reader_are_open_before_anybody_asks(tmp_path: Path) -> None:
    shared = Engine(engine(demo_copy(tmp_path / "county")).ws)
    home = shared.ws.settings.home
    assert work_out(shared, []) == 0
    for reads in ("analyst", "viewer"):
        assert shared.open(shared.newest(), reads).holds(("indicator", "village_indicator"), home)
