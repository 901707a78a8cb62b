"""性别比 in AppTest: the speech's counts on screen, every look, roles, small workspaces."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.apps import charts, folds, in_frame, opened, run, sound, text, title
from tests.store import workspaces as w
from tests.topics.months import engine_of
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))


def open_page(**query: str) -> AppTest:
    return opened("sex_ratio", **query)


def test_the_speech_of_2009_stands_in_the_title() -> None:
    test = open_page(month="2009-09", span="ytd")
    assert "二孩性别比 11 个乡镇高于 130（若都是自然的 106，应有约 2 个，" in title(test)
    assert "总性别比 4 个乡镇高于 120（应有约 2 个，" in title(test)
    assert "自然范围 103–107" in text(test)
    assert any("Benjamini–Hochberg" in fold for fold in folds(test))


@pytest.mark.parametrize("look", ["orders", "periods", "forest", "map"])
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_every_look_and_role(look: str, role: str) -> None:
    for indicator in ("sex_ratio_at_birth", "sex_ratio_p2", "sex_ratio_p3"):
        for month in ("2006-10", "2009-02", "2010-05"):
            test = open_page(look=look, role=role, indicator=indicator, month=month)
            assert "nan" not in text(test).lower()
            assert len(charts(test)) == 1


def test_the_link_of_a_tile_opens_its_indicator() -> None:
    test = open_page(look="forest", indicator="sex_ratio_p2", span="r36")
    spec = charts(test)[0]
    assert "线 130" in [note["text"] for note in spec["layout"]["annotations"]]


def test_unknown_choices_fall_back_and_say_so() -> None:
    written = text(open_page(look="pie", span="r99"))
    assert "已改为孩次" in written and "已改为近12月" in written


def test_through_the_frame() -> None:
    test = in_frame("sex_ratio")
    assert not test.exception and not test.error and title(test)


def test_an_empty_workspace_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    w.make(tmp_path / "ws")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path / "ws"))
    test = run("sex_ratio")
    assert "还没有数据" in title(sound(test))


@pytest.mark.parametrize("count", [0, 30])
def test_a_workspace_of_one_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    engine_of(tmp_path / "ws", 1, lambda *_: {"births_p1_m": count, "births_p1_f": count})
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path / "ws"))
    for look in ("orders", "forest"):
        assert title(open_page(look=look))
