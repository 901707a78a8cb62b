"""短板村 in AppTest: by itself, through the frame, every look, roles, months and links."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor
from shortplank.drawing.theme import LIGHT
from shortplank.frame import open_page as frame
from tests.copies import DEMO, demo_copy
from tests.pages.apps import SIGNS, charts, in_frame, opened, run, sound, tables, text, title
from tests.topics.villages import county, filed

LOOKS = ("barrel", "map", "lists", "village")
INDICATORS = ("migrant_filing", "benefit_delivery", "recount_gap", "policy_compliance",
              "births_out")  # fmt: skip


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))


def open_page(**query: str) -> AppTest:
    return opened("short_plank", **query)


def test_opens_with_the_schemes_indicator_and_the_barrel() -> None:
    test = open_page()
    assert test.selectbox(key="short_plank-indicator").value == "migrant_filing"
    assert title(test) == "梅坪镇老屋村等 3 个村明显差于全县，列入本月核对名单"
    assert len(charts(test)) == 1 and len(charts(test)[0]["data"][0]["y"]) == 185
    assert "折算率最低" in text(test) and "对全县缺口贡献最大" in text(test)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("indicator", INDICATORS)
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_every_look_of_every_indicator(look: str, indicator: str, role: str) -> None:
    for month in ("2010-05", "2009-09", "2009-02", "2006-10"):
        test = open_page(look=look, indicator=indicator, role=role, month=month)
        assert title(test)
        assert len(charts(test)) <= 1
        assert not re.search(r"\bnan\b", text(test), re.IGNORECASE)


def test_through_the_frame() -> None:
    test = in_frame("short_plank")
    assert not test.exception and not test.error
    assert title(test).endswith("列入本月核对名单")


def test_the_speech_can_be_read_by_the_analyst() -> None:
    test = open_page(indicator="policy_compliance", month="2009-09")
    for figure in ("88 个村", "47.57%", "最多一个村 13 例", "69.23%（18/26）"):
        assert figure in text(test)


def test_a_viewer_sees_no_chart_of_an_open_years_births() -> None:
    test = open_page(indicator="births_out", month="2010-05", role="viewer")
    assert charts(test) == [] and "不公布" in title(test)
    assert "小数目会指向具体家庭" in text(test)


def test_a_viewers_chart_of_a_closed_year_is_of_bands() -> None:
    [chart] = charts(open_page(indicator="births_out", month="2009-09", role="viewer"))
    assert chart["layout"]["xaxis"]["ticktext"] == ["0 例", "1–2 例", "≥3 例"]


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_no_village_stands_on_a_map_of_births(role: str) -> None:
    """Nor in what is sent with it: places to select, words under the pointer."""
    for indicator in ("policy_compliance", "births_out", "recount_gap"):
        for month in ("2009-09", "2010-05"):
            test = open_page(look="map", indicator=indicator, month=month, role=role)
            for chart in charts(test):
                picks = chart["layout"]["meta"]["picks"]
                if test.query_params["look"] == "map":
                    assert len(picks) == 16 and all(len(pick["key"]) == 9 for pick in picks)
                    assert "村级出生数不上图" in text(test) and "社区" not in str(chart)


def test_the_lists_lead_to_the_profile() -> None:
    listed = open_page(month="2010-05")
    href = re.search(r'class="place"><a href="([^"]+)"', text(listed)).group(1)  # type: ignore[union-attr]
    test = open_page(**dict(parse_qsl(urlparse(href).query)))
    assert test.query_params["look"] == "village"
    assert title(test).startswith("梅坪镇老屋村：")
    assert "状态和帮扶单位" in text(test) and "规模相近的村" in text(test)


def test_a_merged_village_in_a_link_leads_to_its_successor() -> None:
    test = open_page(look="village", area="990101111291", month="2010-05")
    assert "里塘村已并入双店村" in test.info[0].value
    assert title(test).startswith("桂浦镇双店村")


def test_an_unknown_village_falls_back_visibly() -> None:
    test = open_page(look="village", area="123")
    assert any("村" in warning.value and "已改为" in warning.value for warning in test.warning)


def test_the_table_can_be_taken_away() -> None:
    test = open_page(look="lists", month="2010-05")
    assert len(tables(test)) == 1 and tables(test)[0].shape[0] == 185


def test_an_empty_workspace_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = demo_copy(tmp_path / "county", without=("marts", "snapshots"))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(target))
    test = run("short_plank")
    assert "还没有数据" in title(sound(test))


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
    assert title(test) == "这个工作区没有到村的服务或质量指标"
    assert charts(test) == []


def test_a_small_county_of_one_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "county"
    county(target, [filed(60, 50), filed(90, 20), filed(0, 0)])
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(target))
    for look in LOOKS:
        for indicator in INDICATORS:
            test = open_page(look=look, indicator=indicator)
            assert title(test) and not re.search(r"\bnan\b", text(test), re.IGNORECASE)


@pytest.mark.parametrize("look", ["what_if", "warnings"])
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_the_looks_ahead_open_for_both_roles(look: str, role: str) -> None:
    test = open_page(look=look, role=role, indicator="migrant_filing")
    assert len(tables(test)) == (look == "what_if") and "nan" not in text(test).lower()
    labels = [button.proto.label for button in test.get("download_button")]
    assert ("下载 Word" in labels) == (look == "warnings")


def test_the_page_says_whom_to_visit_why_and_what_for() -> None:
    told = re.sub("<[^>]+>", "", text(open_page(month="2010-05")))
    assert "先去这 5 个村" in told and "前 3 个列入本月核对名单；其余 2 个看不出差别" in told
    assert re.search(r"全县由 82.64% 到 83.\d\d%，29 县中仍是第 27", told)
    births = text(open_page(month="2009-09", indicator="policy_compliance"))
    assert "先去" not in births and "按贡献先看" not in births


def test_the_page_marks_whom_the_ledger_lists_and_a_viewer_reads_the_same() -> None:
    [chart] = charts(open_page(month="2010-05"))
    assert chart["data"][0]["marker"]["color"].count(LIGHT.worse) == 3
    told = {role: text(open_page(month="2010-05", role=role)) for role in ("analyst", "viewer")}
    for said in told.values():
        plain = re.sub("<[^>]+>", "", said)  # the legend, the head of the list, the sentence
        assert plain.count("明显差于全县，列入核对") == 3
        assert "146 个村低于 85%" in plain and "超出偶然" not in plain


def test_a_quiet_month_marks_nobody() -> None:
    test = open_page(month="2009-09", indicator="migrant_filing")
    assert title(test).startswith("185 个村看不出差别，本月不列")
    [chart] = charts(test)
    assert LIGHT.worse not in chart["data"][0]["marker"]["color"]


def test_lists_carry_the_registers_status_with_its_date() -> None:
    assert "滞后村预警 2009-10 起" in text(open_page(month="2010-05", look="lists"))


def test_the_what_if_lives_in_the_link() -> None:
    test = open_page(look="what_if", by="contribution", n="40", to="90", month="2010-05")
    assert title(test).startswith("贡献最大的 40 个村都达到 90.0%")
    test = open_page(look="what_if", n="0", to="500", month="2010-05")
    assert len(test.warning) == 2 and title(test).startswith("率最低的 10 个村都达到 85.0%")


def test_the_warning_list_names_owner_deadline_and_register() -> None:
    told = text(open_page(look="warnings", month="2010-05"))
    for part in ("县总工会（帮扶单位）", "2010年7月5日", "云人口组办〔2009〕21号", "新列"):
        assert part in told


def test_an_exact_warning_list_is_taken_on_purpose_by_an_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def labels(test: AppTest) -> list[str]:
        return [button.proto.label for button in test.get("download_button")]

    test = open_page(look="warnings", month="2010-05")
    test.toggle[0].set_value(True).run()
    assert f"由 {SIGNS} 取用" in text(test)
    assert labels(test) == ["下载 Excel（内部使用）", "下载 Word（内部使用）"]
    assert open_page(look="warnings", month="2010-05", role="viewer").toggle.len == 0
    monkeypatch.setattr(frame, "current_actor", lambda _shared: Actor("analyst"))
    test = open_page(look="warnings", month="2010-05")
    test.toggle[0].set_value(True).run()
    assert labels(test) == [] and "登录后才能取用" in text(test)
