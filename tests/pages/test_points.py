"""月积分 in AppTest: both roles, a township's statement, a county without rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.apps import opened, tables, text
from tests.topics.months import engine_of
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"


def open_page(**query: str) -> AppTest:
    return opened("points", **query)


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_the_order_and_a_statement(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    test = open_page(role=role, area="990101109", month="2009-09")
    assert re.search(r'<h1 class="finding">年度积分最高的是', text(test))
    assert "未报，不得分" in tables(test)[1]["得分"].tolist()


def test_a_county_without_rules_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_of(tmp_path, 2, lambda code, n: {"migrants_due": 30, "migrants_filed": 20})
    scheme = tmp_path / "catalogue/scheme.toml"
    whole = scheme.read_text("utf-8")
    scheme.write_text(whole[: whole.index("# 月积分")], "utf-8")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path))
    said = text(open_page())
    assert "没有本期可用的月积分规则" in said
    assert "空心为本月" not in said  # no chart, no marks to explain
