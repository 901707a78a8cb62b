"""抽查预演 in AppTest: its plans, links, roles and cases without anything to draw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.copies import DEMO, demo_copy
from tests.pages.apps import charts, opened, run, sound, tables, text, title
from tests.topics.villages import county, filed


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))


def open_page(**query: str) -> AppTest:
    return opened("inspection", **query)


def test_opens_with_the_schemes_plan() -> None:
    test = open_page(month="2010-05")
    assert test.selectbox(key="inspection-indicator").value == "migrant_filing"
    assert title(test).startswith("抽 6 个村，") and len(charts(test)) == 1
    assert "补哪些乡镇，风险降得最多" in text(test) and "C(N−K, m) / C(N, m)" in text(test)


def test_the_speech_can_be_read() -> None:
    test = open_page(month="2009-09", indicator="policy_compliance")
    assert "98.1%" in title(test) and "185 个村中 88 个" in title(test)
    assert "补哪些" not in text(test)


def test_the_plan_lives_in_the_link() -> None:
    test = open_page(stages="two", weight="size", towns="4", each="3", line="82")
    assert title(test).startswith("抽 4 镇各 3 个村") and "82% 线" in title(test)
    test.number_input[0].set_value(5).run()
    assert test.query_params["towns"] == "5" and title(test).startswith("抽 5 镇各 3 个村")


@pytest.mark.parametrize(("name", "bad"), [("villages", "x"), ("villages", "999"), ("line", "-5")])
def test_a_broken_number_in_the_link_is_said(name: str, bad: str) -> None:
    test = open_page(**{name: bad})
    assert any("已改为" in warning.value for warning in test.warning)
    assert title(test).startswith("抽 6 个村")


@pytest.mark.parametrize("indicator", ["migrant_filing", "benefit_delivery", "policy_compliance"])
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_every_indicator_and_role(indicator: str, role: str) -> None:
    for month in ("2010-05", "2009-09", "2009-02", "2006-10"):
        for stages in ("one", "two"):
            test = open_page(indicator=indicator, role=role, month=month, stages=stages)
            assert title(test) and not re.search(r"\bnan\b", text(test), re.IGNORECASE)


def test_in_projection_only_the_picture_stays() -> None:
    test = open_page(present="1", month="2010-05")
    assert len(charts(test)) == 1 and not tables(test) and "补哪些乡镇" not in text(test)


def test_a_workspace_without_village_services_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "county"
    county(target, [filed(60, 50)] * 4)
    for path in (target / "catalogue" / "indicators").glob("*.toml"):
        levels = path.read_text(encoding="utf-8")
        path.write_text(levels.replace(', "village"]', "]"), encoding="utf-8")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(target))
    test = open_page()
    assert "没有可以抽查预演的村级指标" in title(test) and charts(test) == []


def test_an_empty_workspace_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = demo_copy(tmp_path / "county", without=("marts", "snapshots"))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(target))
    test = run("inspection")
    assert "还没有数据" in title(sound(test))


def test_nothing_is_planned_where_nothing_may_be_rehearsed() -> None:
    test = open_page(month="2009-09", indicator="policy_compliance", role="viewer")
    assert test.number_input.len == 0 and "不公布" in title(test)


def test_no_more_townships_are_offered_than_there_are() -> None:
    test = open_page(month="2010-05", stages="two", towns="30")
    assert any("须在 1 到 16 之间" in warning.value for warning in test.warning)
