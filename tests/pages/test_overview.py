"""调度总览 in AppTest: year's ends, the last meeting's items, small and empty workspaces."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor
from shortplank.reading.view import View
from shortplank.records.follow_ups import add_follow_up
from shortplank.records.meeting import freeze
from shortplank.store import engine
from tests.copies import DEMO, demo_copy
from tests.pages.apps import opened, text
from tests.topics.months import engine_of


def open_page(**query: str) -> AppTest:
    return opened("overview", **query)


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_the_years_end_stands_with_its_calibration_the_same_for_every_role(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    seen = text(open_page(role=role))
    assert "达到 85% 的可能不到 1%" in seen and "保住前 28 位的可能" in seen
    assert re.search(r"回测 1,\d{3} 次，97% 落在区间内；年末时点数不预测名次", seen)
    assert "政策符合率 9" not in seen.split("年底预计")[1]  # births have no chance of a target


def test_the_last_meetings_items_come_with_their_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo_copy(tmp_path / "demo", without=("journal",))
    shared = engine(root)
    april = View(
        shared,
        25,
        Actor("analyst", "tongji01"),
        date(2010, 4, 1),
        "ytd",
        "migrant_filing",
        "990101",
    )
    freeze(april)
    add_follow_up(
        april,
        item="补建档案",
        area="990101111",
        indicator="migrant_filing",
        owner="桂浦镇人口计生办",
        deadline=date(2010, 6, 5),
    )
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    seen = text(open_page())
    assert "上次会议的事项" in seen and "补建档案" in seen and "→" in seen
    assert "自2010年4月会议（第25版）以来" in seen


def test_a_short_history_says_what_it_cannot_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_of(tmp_path, 1, lambda code, n: {"migrants_due": 30, "migrants_filed": 20})
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path))
    seen = text(open_page())
    assert "nan" not in seen.lower() and "年底预计" in seen
