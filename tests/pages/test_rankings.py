"""乡镇排名 in AppTest: every look, small workspaces, and what cannot be compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.frame.made.parts import HOW
from tests.pages.apps import charts, folds, opened, run, tables, text, title
from tests.store.boundaries.files import row_of_squares
from tests.taking import labels
from tests.topics.months import engine_of
from tests.topics.villages import county, filed
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
LOOKS = ("ranks", "map", "funnel", "league", "bump", "composite", "spine")


def open_page(**query: str) -> AppTest:
    return opened("rankings", **query)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))


@pytest.mark.usefixtures("demo")
def test_an_empty_sentence_is_not_written() -> None:
    test = open_page(look="ranks", indicator="births_out", role="analyst")
    assert '<p class="say"></p>' not in text(test) and charts(test)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("role", ["analyst", "viewer"])
@pytest.mark.usefixtures("demo")
def test_every_look_draws_one_picture_and_a_table_to_take_away(look: str, role: str) -> None:
    test = open_page(look=look, indicator="migrant_filing", role=role)
    assert len(charts(test)) == 1 and len(tables(test)) == 1
    assert labels(test) == ["下载 CSV", "下载 Excel"]
    spec = charts(test)[0]
    most = 8000 if look == "map" else 2000
    assert sum(len(trace.get("x") or ()) for trace in spec["data"]) <= most
    assert "nan" not in text(test).lower()


def test_a_map_is_offered_where_there_are_boundaries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = county(tmp_path / "county", [filed(200, 160)] * 6)
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(made.ws.path))
    assert "已改为排名" in text(open_page(look="map", indicator="migrant_filing"))
    (made.ws.path / "geo").mkdir()
    (made.ws.path / "geo" / "areas.geojson").write_bytes(row_of_squares(["990101100"]))
    test = open_page(look="map", indicator="migrant_filing")
    assert "1 个乡镇没有边界：乡1镇" in text(test) and charts(test)
    (made.ws.path / "geo" / "areas.geojson").write_text("{", "utf-8")
    broken = run("rankings", look="map", indicator="migrant_filing")
    assert [each.value for each in broken.error] == [
        "geo/areas.geojson，第 1 行：边界文件不是 JSON。请重新导出 GeoJSON。"
    ]
    assert charts(open_page(look="ranks", indicator="migrant_filing"))


@pytest.mark.usefixtures("demo")
def test_the_speechs_figures_stand_on_the_page() -> None:
    births = text(open_page(indicator="policy_compliance", month="2009-09"))
    assert "4 个乡镇低于 90%；若各乡镇都同全县（90.94%）一样，应有 4 个（1–7）。" in births
    procedures = text(open_page(indicator="procedure_completion"))
    assert "13 个乡镇低于全县 90.64%；若各乡镇都同全县一样，应有" in procedures
    second = text(open_page(indicator="sex_ratio_p2", month="2009-09", window="ytd"))
    assert "11 个乡镇高于 130；若各乡镇都是自然的 106" in second
    total = text(open_page(indicator="sex_ratio_at_birth", month="2009-09", window="ytd"))
    assert "4 个乡镇高于 120；若各乡镇都是自然的 106" in total
    league = open_page(look="league", month="2009-09")
    assert "流动人口建档率" in title(league) and "末位" in title(league)


@pytest.mark.usefixtures("demo")
def test_a_line_that_the_county_misses_itself_is_no_play_of_chance() -> None:
    test = open_page(indicator="migrant_filing")
    line = "16 个乡镇低于 85%；若各乡镇都同全县（82.64%）一样，应有 16 个"
    assert line in text(test) and "偶然" not in text(test)
    assert title(test).startswith("16 个乡镇看不出差别，本月不列")


@pytest.mark.usefixtures("demo")
def test_townships_that_all_scatter_are_not_called_a_play_of_chance() -> None:
    test = open_page(look="funnel", indicator="procedure_completion")
    assert title(test).startswith("手术新帐完成率：全县 90.64%，最高的是雁崖乡")
    assert "虚线按乡镇间离散放宽" in text(test) and "偶然" not in text(test)
    table = tables(test)[0]
    assert set(table["与全县比"]) == {"只列数"} and not any("p 值" in name for name in table)


@pytest.mark.usefixtures("demo")
def test_published_and_recomputed_ranks_rest_on_the_same_counts() -> None:
    said = text(open_page(look="league", month="2009-09"))
    assert "统计准确率通报第" not in said


@pytest.mark.usefixtures("demo")
def test_what_is_withheld_is_not_called_silent() -> None:
    test = open_page(indicator="sex_selection_cases", role="viewer")
    said = text(test)
    assert not charts(test) and len(tables(test)[0]) == 16
    assert "乡镇数不公布，只看已结束年度" in said and "本期未报" not in said


@pytest.mark.usefixtures("demo")
def test_case_counts_stand_in_the_registers_order() -> None:
    test = open_page(indicator="sex_selection_cases")
    names = tables(test)[0]["乡镇"].tolist()
    assert names[0] == "峰浦镇" and names != sorted(names)


@pytest.mark.usefixtures("demo")
def test_the_chosen_township_stands_in_the_link() -> None:
    test = open_page(look="spine", area="990101111")
    assert title(test).startswith("桂浦镇：13 项指标看不出差别，本月不列")
    [town] = [box for box in test.selectbox if box.label == "乡镇"]
    town.select("990101103").run()
    assert title(test).startswith("潭渚镇：") and test.query_params["area"] in (
        "990101103",
        ["990101103"],
    )


@pytest.mark.parametrize("look", LOOKS)
def test_two_townships_without_peers_are_said_in_words(
    look: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_of(tmp_path, 14, lambda code, n: {"migrants_due": 30, "migrants_filed": 20 + n % 3})
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path))
    test = open_page(look=look)
    assert "nan" not in text(test).lower() and title(test)


@pytest.mark.usefixtures("demo")
def test_how_it_was_computed_stands_in_a_closed_fold_and_in_no_hall() -> None:
    (fold,) = folds(open_page(look="funnel"))
    assert fold.startswith(f"<summary>{HOW}</summary>") and "Benjamini–Hochberg" in fold
    hall = open_page(look="funnel", present="1")
    assert not folds(hall) and "Hochberg" not in text(hall)
