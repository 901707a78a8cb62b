"""What the looks of 乡镇排名 say of townships that are withheld, alone, alike or too small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shortplank.access import Role
from shortplank.catalogue.models import Indicator
from shortplank.drawing.theme import Style
from shortplank.store import Engine
from shortplank.topics.rankings.answer.composite import composite
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table
from shortplank.topics.rankings.answer.league import BUMP_MONTHS, bump, bump_table
from shortplank.topics.rankings.answer.ranking import competition, ranking, ranking_table
from shortplank.topics.rankings.answer.spine import spine
from shortplank.topics.rankings.figure.composite import composite_figure
from shortplank.topics.rankings.figure.funnel import funnel_figure
from tests.topics import polarities as p
from tests.topics import villages
from tools.sentences.county import FIRST_TOWN, MONTHS, State, county, view_of

UP, RANGE, HIDDEN = "migrant_filing", "migrant_checked", "statistical_accuracy"


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> dict[State, Engine]:
    root = tmp_path_factory.mktemp("rankings")
    states: tuple[State, ...] = ("nothing", "too_few", "unfiled", "named")
    return {state: county(root / state, state) for state in states}


@pytest.mark.parametrize(
    ("state", "key", "role", "words"),
    [
        ("nothing", HIDDEN, "viewer", "乡镇数不公布，不画漏斗图"),
        ("too_few", HIDDEN, "viewer", "乡镇数不公布，不画漏斗图"),
        ("too_few", UP, "viewer", "本期没有可以画漏斗图的乡镇"),
        ("too_few", HIDDEN, "analyst", "本期没有可以画漏斗图的乡镇"),
    ],
)
def test_an_empty_funnel_says_why(
    counties: dict[State, Engine], state: State, key: str, role: Role, words: str
) -> None:
    made = funnel(view_of(counties[state], key, role))
    assert made.is_empty and made.title.endswith(words) and made.sentence == f"{made.title}。"


def test_one_township_with_a_figure_is_not_the_only_one(tmp_path: Path) -> None:
    """Of two townships the villages of one are too few to be read."""
    shared = p.polar_county(tmp_path / "one", [(100, 5, 50)] * 3 + [(2, 1, 50)] * 3)
    view = villages.view_of(shared, p.UP)
    assert funnel(view).title == "只有一个乡镇有数，不与包含它自己的全县比较"
    assert np.isnan(ranking(view).ranks).all()


def test_a_month_without_a_bulletin_has_no_place(counties: dict[State, Engine]) -> None:
    made = bump(view_of(counties["unfiled"], UP, "analyst"))
    assert made.title == "流动人口建档率：2009年4月第 2 位（4 县）"
    assert made.sentence.startswith("自2007年6月起一直是第 2 位。")
    rows = bump_table(made).to_pylist()
    assert [row["县数"] for row in rows] == [4] * (min(len(MONTHS), BUMP_MONTHS) - 1)


@pytest.mark.parametrize(
    ("values", "ranks"),
    [([90.0], [None]), ([90.0, None], [None, None]), ([90.0, 90.0, 80.0], [1, 1, 3]), ([], [])],
)
def test_alone_nobody_is_ranked(
    counties: dict[State, Engine], values: list[float | None], ranks: list[int | None]
) -> None:
    item: Indicator = counties["nothing"].ws.indicators[UP]
    held = np.array(values, dtype=np.float64)
    assert competition(item, held) == pytest.approx(np.array(ranks, dtype=float), nan_ok=True)


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_a_quiet_county_says_that_nobody_is_told_apart(tmp_path: Path, role: Role) -> None:
    shared = villages.county(tmp_path / "quiet", [villages.filed(400, 340)] * 40, towns=8)
    view = villages.view_of(shared, UP, role=role)
    title = "8 个乡镇看不出差别，本月不列；名次可在 1–8 之间，不据此评比"
    made, drawn = ranking(view), funnel(view)
    assert (made.title, made.named, made.tested) == (title, (), 8) == (
        drawn.title, drawn.named, drawn.tested)  # fmt: skip
    assert set(made.verdicts) == {"similar"}
    assert made.rank_low.tolist() == [1.0] * 8 and made.rank_high.tolist() == [8.0] * 8


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_one_bad_township_is_named_on_every_look(tmp_path: Path, role: Role) -> None:
    done = [300] * 5 + [344] * 35
    counts = [villages.filed(400, each) for each in done]
    view = villages.view_of(villages.county(tmp_path / "bad", counts, towns=8), UP, role=role)
    title = "乡0镇明显差于全县，列入本月核对名单"
    made, drawn = ranking(view), funnel(view)
    assert made.title == drawn.title == title and made.named == drawn.named == ("乡0镇",)
    assert dict(zip(made.towns.names, made.verdicts, strict=True))["乡0镇"] == "worse"
    rows = funnel_table(drawn).to_pylist()
    assert [row["与全县比"] for row in rows] == ["明显差于", *["看不出差别"] * 7]
    assert rows[0]["乡镇"] == "乡0镇"
    colours = funnel_figure(drawn, Style())["data"][-1]["marker"]["color"]
    assert len(set(colours)) == 2 and colours.count(Style().tokens.worse) == 1
    town = next(code for code, name in view.towns.items() if name == "乡0镇")
    told = spine(view, town)
    assert told.title == "乡0镇：流动人口建档率明显差于全县，列入本月核对名单"
    assert told.sentence.startswith("乡0镇流动人口建档率 75.0%（n=2,000），明显差于全县")


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_who_is_listed_is_told_where_the_figures_are_withheld(
    counties: dict[State, Engine], role: Role
) -> None:
    view = view_of(counties["named"], HIDDEN, role)
    hidden, town = role == "viewer", "东岭镇"
    made, drawn = ranking(view), funnel(view)
    for told in (made, drawn):
        assert told.title.endswith(f"{town}明显差于全县，列入本月核对名单") and told.named == (
            town,
        )
    row = next(row for row in ranking_table(made).to_pylist() if row["乡镇"] == town)
    assert row[made.column] == "明显差于" and (row["统计准确率（%）"] is None) == hidden
    assert drawn.is_empty == hidden and any(town in line for line in drawn.how) != hidden
    code = next(code for code, name in view.towns.items() if name == town)
    one = spine(view, code)
    assert one.title.startswith(f"{town}：奖励优惠兑现率、流动人口建档率等 6 项明显差于全县，")
    assert f"{town}统计准确率" in one.sentence and one.named == (town,)
    assert ("统计准确率，明显差于全县" in one.sentence) == hidden


def test_a_range_that_is_not_judged_is_a_plain_fact(tmp_path: Path) -> None:
    counts = [(100, 5, share) for town in ((50, 50), (90, 90)) for share in town * 2]
    made = ranking(villages.view_of(p.polar_county(tmp_path / "range", counts), p.RANGE))
    assert made.title == (
        "家庭走访比例：全县 70.00%，最高的是乡1镇（90.00%），最低的是乡0镇（50.00%）"
    )
    assert made.sentence == "这项指标只列数，不列入核对。" and set(made.verdicts) == {"none"}


def test_equals_have_neither_highest_nor_lowest(tmp_path: Path) -> None:
    made = ranking(villages.view_of(p.polar_county(tmp_path / "same", [(100, 5, 50)] * 6), p.RANGE))
    assert made.title == "2 个乡镇的家庭走访比例都是 50.00%"


def test_a_composite_of_equals_is_one_score(counties: dict[State, Engine]) -> None:
    made = composite(view_of(counties["too_few"], UP, "analyst"))
    assert made.title == "5 个乡镇的综合得分都是 100.0" and "名次" not in made.sentence
    assert made.sentence.startswith("流动人口建档率本期样本太少，不计入；回溯差距率本期没有数")


@pytest.mark.parametrize(
    ("villages_of_two", "title", "words"),
    [
        ([(100, 5, 50)] * 3, "只有乡0镇有综合得分", "得分没有计入"),
        ([(100, 5, 50)] * 3 + [(2, 1, 50)] * 3, "2 个乡镇", "乡1镇有指标样本太少，只按有数的计"),
        ([(100, 5, 50)] * 3 + [(0, 0, 50)] * 3, "2 个乡镇", "乡1镇有指标没有数，只按有数的计"),
    ],
)
def test_a_composite_says_what_a_township_lacks(
    tmp_path: Path, villages_of_two: list[tuple[int, int, int]], title: str, words: str
) -> None:
    shared = p.polar_county(tmp_path / "two", villages_of_two, towns=len(villages_of_two) // 3)
    made = composite(villages.view_of(shared, p.UP))
    assert made.title.startswith(title) and words in made.sentence and "未报" not in made.sentence
    alone = len(made.names) == 1
    assert np.isnan(made.ranks).all() == alone
    assert composite_figure(made, Style())["data"]


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_a_township_of_too_few_has_figures(counties: dict[State, Engine], role: Role) -> None:
    made = spine(view_of(counties["too_few"], UP, role), FIRST_TOWN)
    notes = dict(note.split("：", 1) for note in made.notes)
    assert "流动人口建档率" in notes["样本太少"] and "回溯差距率" in notes["没有数"]
    assert not set(made.few) & set(made.absent) and "流动人口建档率" not in made.absent
