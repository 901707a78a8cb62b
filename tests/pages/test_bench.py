"""自助查询: a statement is written, run, drawn, taken away and kept; for analysts alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import ROLES, Actor, Role
from shortplank.catalogue import load_workspace
from shortplank.frame import open_page
from shortplank.records.settings_changes import changes
from shortplank.topics.bench import page
from shortplank.topics.bench.kept import saved_queries
from tests.copies import demo_copy
from tests.pages.apps import charts, opened, run, sound, tables, text, title

pytestmark = pytest.mark.usefixtures("time_enough")


def look_as(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: Actor(role, "li"))


def ran(test: AppTest) -> AppTest:
    return test.button(key="bench-run").click().run()


@pytest.mark.parametrize("role", ROLES)
def test_it_is_open_to_analysts_alone(role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    look_as(monkeypatch, role)
    test = run("bench")
    assert bool(test.error) is (role in ("viewer", "filer"))
    assert bool(test.get("text_area")) is not bool(test.error)


def test_a_statement_is_run_with_the_parameters_of_its_header() -> None:
    test = ran(opened("bench"))
    sound(test)
    [table] = tables(test)
    assert list(table.columns) == ["乡镇", "村", "area_code", "分子", "分母"] and len(table) == 185
    assert "185 行，读了 area、village_indicator" in text(test)
    test.text_area[0].set_value("-- 几条\n-- params: $n integer=3 几行\nfrom range($n) as a(b)")
    test.run()
    assert test.text_input(key="bench-blank-n-integer").value == "3"
    sound(ran(test))
    assert title(test) == "几条" and len(tables(test)[0]) == 3 and "几行 3" in text(test)
    test.text_input(key="bench-blank-n-integer").set_value("drei").run()
    assert "取值 drei 不对" in ran(test).error[0].value


def test_a_fault_is_one_sentence_and_what_was_written_stays() -> None:
    test = opened("bench")
    test.text_area[0].set_value("select * from read_text('/etc/passwd')").run()
    assert "这里不能用 read_text" in ran(test).error[0].value
    assert str(test.text_area[0].value).startswith("select * from read_text")


def test_the_products_questions_are_there_to_begin_with() -> None:
    test = opened("bench", query="falls_by_village")
    changed = "bench-falls_by_village-changed-month"
    assert test.selectbox(key=changed).value == ""
    ran(test)
    assert sound(test) and "没有可列的行" in text(test)
    test.selectbox(key=changed).set_value("2009-10")
    test.selectbox(key="bench-falls_by_village-indicator-indicator").set_value("migrant_filing")
    ran(sound(test.run()))
    assert len(tables(test)[0]) == 185
    assert title(test) == "换表后连续两个月下降的村"


@pytest.mark.parametrize("kind", ["line", "bar", "dot", "map"])
def test_a_result_is_drawn(kind: str) -> None:
    test = ran(opened("bench", query="villages_by_indicator", chart=kind))
    [figure] = charts(sound(test))
    assert figure["data"]
    assert ("图上画不下，余" in text(test)) is (kind != "map")


def test_a_plan_can_be_looked_at() -> None:
    test = opened("bench").button(key="bench-explain").click().run()
    assert any("village_indicator" in str(each.value) for each in sound(test).code)


def test_a_statement_is_kept_shown_and_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo_copy(tmp_path / "county")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    test = opened("bench", chart="bar")
    next(each for each in test.text_input if each.label == "标题").set_value("本月建档")
    assert "还没有运行成功过" in saved(test).error[0].value
    ran(test)
    test.text_input(key="bench-why-blank").set_value("试一试")
    sound(saved(test))
    [kept] = saved_queries(load_workspace(root))
    assert (kept.name, kept.title, kept.chart, kept.x) == ("本月建档", "本月建档", "bar", "村")
    assert kept.reads == ("area", "village_indicator") and not kept.viewers
    assert kept.columns == ("乡镇", "村", "area_code", "分子", "分母")
    assert changes(root)[-1].why == "试一试" and changes(root)[-1].who
    test = ran(opened("bench", query="本月建档"))
    assert title(sound(test)) == "本月建档" and charts(test)
    test.text_input(key="bench-why-本月建档").set_value("不用了")
    [gone] = [each for each in test.button if each.label == "删去"]
    sound(gone.click().run())
    assert saved_queries(load_workspace(root)) == []


def saved(test: AppTest) -> AppTest:
    [button] = [each for each in test.button if each.label == "保存"]
    return button.click().run()


@pytest.mark.parametrize(("seconds", "work", "pinned"), [(60.0, 0.5, True), (0.5, 60.0, False)])
def test_what_is_pinned_is_bounded_by_its_work_and_keeps_the_month_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, work: float, pinned: bool
) -> None:
    root = demo_copy(tmp_path / "county")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    real = page.query
    monkeypatch.setattr(
        page, "query", lambda *a, **k: replace(real(*a, **k), seconds=seconds, work=work)
    )
    test = opened("bench", query="falls_by_village")
    test.selectbox(key="bench-falls_by_village-changed-month").set_value("2010-03")
    ran(sound(test.run()))
    next(each for each in test.checkbox if each.label.startswith("钉到会议材料")).check()
    test.text_input(key="bench-why-falls_by_village").set_value("会上要看")
    saved(test)
    kept = saved_queries(load_workspace(root))
    assert len(kept) == int(pinned) == 1 - len(test.error)
    for each in kept:
        assert each.pinned
        assert {p.name: p.first for p in each.params}["changed"] == "2010-03"
