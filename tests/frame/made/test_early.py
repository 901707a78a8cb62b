"""What no visitor waits for: made while the server is calm, of the newest edition, newest first."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shortplank.frame.made import calm
from shortplank.frame.made.calm import Calm
from shortplank.frame.made.early import views, work_out
from shortplank.frame.runtime.streamlit_once import read_theme_once, remember_texts
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


def test_the_theme_is_the_one_that_streamlit_reads() -> None:
    """Six sections, from the settings once: the message is the same, byte by byte."""
    from streamlit.proto.NewSession_pb2 import CustomThemeConfig
    from streamlit.runtime import app_session

    sections = ["theme", "theme.light", "theme.dark", "theme.sidebar", "theme.dark.sidebar"]

    def told() -> list[bytes]:
        found = [CustomThemeConfig() for _ in sections]
        for message, section in zip(found, sections, strict=True):
            app_session._populate_theme_msg(message, section)
        return [message.SerializeToString(deterministic=True) for message in found]

    before = told()
    assert read_theme_once() and read_theme_once()
    assert told() == before == told()


def test_a_text_is_looked_through_for_an_emoji_once() -> None:
    from streamlit import string_util

    assert remember_texts() and remember_texts()
    look: Any = string_util.extract_leading_emoji
    before = look.cache_info().misses
    for _ in range(3):
        assert look("各乡镇 没有图标") == ("", "各乡镇 没有图标")
        assert look("🚨 有图标") == ("🚨", "有图标")
    assert look.cache_info().misses <= before + 2
    assert not remember_texts(object())


def test_the_tables_of_either_reader_are_open_before_anybody_asks(tmp_path: Path) -> None:
    shared = Engine(engine(demo_copy(tmp_path / "county")).ws)
    home = shared.ws.settings.home
    assert work_out(shared, []) == 0
    for reads in ("analyst", "viewer"):
        assert shared.open(shared.newest(), reads).holds(("indicator", "village_indicator"), home)
