"""指标趋势 in AppTest: every picture and window, roles, gaps, links, small workspaces."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.copies import DEMO, demo_copy
from tests.pages.apps import SIGNS, charts, in_frame, opened, run, sound, tables, text, title
from tests.store import workspaces as w
from tests.topics.months import engine_of


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))


def open_page(**query: str) -> AppTest:
    return opened("trends", **query)


def test_opens_with_the_years_over_each_other() -> None:
    test = open_page(indicator="policy_compliance", month="2009-09")
    told = "比上年同期（近12月）变动不足 1 个百分点"
    assert title(test) == f"云洲县政策符合率 90.94%，{told}"
    assert len(charts(test)) == 1 and len(tables(test)) == 1
    assert "look" not in test.query_params  # the default is no part of the link


def test_the_month_window_brings_limits_and_their_rule_in_words() -> None:
    test = open_page(indicator="policy_compliance", window="month")
    assert "正常波动" in text(test) and "个月都平稳时，也有约" in text(test)
    [figure] = charts(test)
    names = [note["text"] for note in figure["layout"]["annotations"]]
    assert any(name.startswith("上限") for name in names)
    assert any(name.startswith("下限") for name in names)


def test_a_rebase_is_signed_by_the_account_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo_copy(tmp_path / "demo", without=("journal",))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    test = open_page(indicator="policy_compliance", window="month")

    assert f"由 {SIGNS} 登记" in text(test)
    next(each for each in test.selectbox if each.label == "从哪个月起").select("2008-10")
    test.text_input[0].input("口径调整")
    next(button for button in test.button if button.label == "保存").click().run()
    assert not test.error and f"2008年10月 界限重算：口径调整（{SIGNS}" in text(test)
    assert f"{SIGNS}：2008年10月起重算，口径调整" in text(test)


def test_quiet_months_are_a_picture_and_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counts(_: str, number: int) -> dict[str, int]:
        return {"births_p1_m": 20, "births_p1_f": 20, "births_p1_in": 36 + (-1) ** number}

    engine_of(tmp_path / "ws", 14, counts)
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path / "ws"))
    test = open_page(indicator="policy_compliance", window="month")
    assert "2008年11月的点在正常波动内（只作图示，不作判定）" in text(test)
    assert "确有" not in text(test)
    assert "没有可比的上年同期（近12月），未作比较" in title(test)


@pytest.mark.parametrize("look", ["curve", "years", "towns"])
@pytest.mark.parametrize("window", ["month", "ytd", "r12"])
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_every_look_window_and_role(look: str, window: str, role: str) -> None:
    for area in ("990101", "990101109"):
        test = open_page(look=look, window=window, role=role, area=area, month="2009-02")
        assert "nan" not in text(test).lower()
        assert len(charts(test)) == 1


def test_a_ratio_that_the_ledger_holds_beyond_its_range_is_said_to_be() -> None:
    test = open_page(indicator="sex_ratio_at_birth")
    assert "近36月 115.7，明显高于自然范围" in title(test)
    said = text(test)
    assert "列不列按近36月判" in said
    assert not re.search("超出 95% 区间|无需解读|偶然", said.split("数据截至")[0])
    parity = open_page(indicator="sex_ratio_p2")
    assert "明显" not in title(parity) and "这项指标只列数，不列入核对" in text(parity)


def test_a_month_within_its_limits_that_fell_is_told_by_its_figures() -> None:
    test = open_page(indicator="policy_compliance", look="curve", window="month", area="990101103")
    assert "2010年5月的点在正常波动内（只作图示，不作判定）；与上年同月相比 −15.6 个百分点" in text(
        test
    )
    assert title(test) == "潭渚镇政策符合率 84.44%"  # nobody announced it


def test_a_silent_month_is_said_with_the_last_figure_there_is() -> None:
    test = open_page(indicator="migrant_filing", window="month", month="2009-02", area="990101109")
    assert title(test) == "松崖镇流动人口建档率：2009年2月未报"
    assert re.search(r"最近一次有数是2009年1月，\d\d\.\d\d%", text(test))


def test_only_the_open_look_is_drawn() -> None:
    test = open_page(look="towns")
    assert len(charts(test)) == 1
    assert len(tables(test)[0]) == 16


def test_an_unknown_look_falls_back_and_says_so() -> None:
    test = open_page(look="pie")
    assert "在这一页不可用，已改为年度对照" in text(test)


def test_a_chosen_look_stands_in_the_link() -> None:
    test = open_page(indicator="policy_compliance")
    test.get("button_group")[0].set_value("towns").run()
    assert test.query_params["look"] in ("towns", ["towns"])
    assert "各乡镇" in text(test) or "16 个乡镇" in title(test)


def test_every_indicator_of_the_catalogue() -> None:
    from shortplank.catalogue import load_workspace

    for key, item in load_workspace(DEMO).indicators.items():
        if item.kind != "published":
            assert title(open_page(indicator=key))


def test_through_the_frame() -> None:
    test = in_frame("trends")
    assert not test.exception and not test.error and title(test)


def test_an_empty_workspace_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    w.make(tmp_path / "ws")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path / "ws"))
    test = run("trends")
    assert "还没有数据" in title(sound(test))


def test_a_workspace_of_one_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_of(tmp_path / "ws", 1, lambda *_: {"migrants_due": 50, "migrants_filed": 40})
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path / "ws"))
    for look in ("curve", "years", "towns"):
        for window in ("month", "ytd"):
            test = open_page(indicator="migrant_filing", look=look, window=window)
            assert "80.00%" in text(test) or "2 个乡镇" in title(test)


def test_chosen_townships_stand_out_and_the_rest_is_grey() -> None:
    test = open_page(
        look="compare", indicator="migrant_filing", areas="990101101,990101111,nowhere"
    )
    [figure] = charts(test)
    widths = [trace["line"]["width"] for trace in figure["data"] if "line" in trace]
    assert (widths.count(3), widths.count(1.5)) == (2, 14)
    assert "峰浦镇" in title(test) and "桂浦镇" in title(test)
    assert "峰浦镇与上年同期比 +1.4 个百分点（−0.4 至 +3.2）" in text(test)
    # The ledger lists neither of them, so nothing sets one against the other.
    assert "列入核对" not in text(test) and "nowhere" not in text(test)
    assert sum(len(trace["x"]) for trace in figure["data"]) <= 2000


def test_without_a_choice_the_comparison_asks_for_one() -> None:
    assert "请选要比较的乡镇" in text(open_page(look="compare", indicator="migrant_filing"))
