"""数据质量 in AppTest: every look for both roles, an empty month, marking a signal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.copies import DEMO, demo_copy
from tests.pages.apps import SIGNS, opened, tables, text
from tests.topics.months import engine_of

LOOKS = ("signals", "filings", "recounts", "inspections")


def open_page(**query: str) -> AppTest:
    return opened("data_quality", **query)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_every_look_opens(look: str, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    test = open_page(look=look, role=role)
    assert re.search(r'<h1 class="finding">[^<]+</h1>', text(test))
    assert len(tables(test)) >= 1 and "nan" not in text(test).lower()


def test_the_list_has_its_columns_over_all_months(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    [frame] = tables(open_page())
    assert list(frame.columns)[:5] == ["单位", "月份", "指标", "提示", "依据"]
    silent = frame[frame["单位"] == "松崖镇"].iloc[0]
    assert (silent["月份"], silent["提示"]) == ("2009-02", "未报")


@pytest.mark.parametrize("look", LOOKS)
def test_a_small_county_without_recounts_says_so(
    look: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_of(tmp_path, 3, lambda code, n: {"migrants_due": 30, "migrants_filed": 20})
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path))
    assert "nan" not in text(open_page(look=look)).lower()


def test_marking_a_signal_shows_who_checked_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo_copy(tmp_path / "demo", without=("journal",))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    test = open_page()
    test.text_input[0].input("已补报")
    next(button for button in test.button if button.label == "标记已核对").click().run()
    [frame] = tables(test)
    assert f"已补报（{SIGNS}" in frame["核对"].iloc[0]
