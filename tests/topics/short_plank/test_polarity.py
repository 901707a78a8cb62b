"""Villages where more is better, less is, or a range is right: figures by hand, and words."""

from __future__ import annotations

import io

import docx
import numpy as np
import pytest

from shortplank.drawing.theme import Style
from shortplank.reading.offered import for_draws
from shortplank.reading.planks import planks
from shortplank.store import Engine
from shortplank.topics.inspection.answer.rehearsal import (
    default_plan,
    rehearsal,
    rehearsal_table,
)
from shortplank.topics.short_plank.answer.short_plank import (
    listings,
    short_plank,
    short_plank_table,
    why_they_differ,
)
from shortplank.topics.short_plank.answer.village import village
from shortplank.topics.short_plank.answer.visits import visits
from shortplank.topics.short_plank.answer.warning_list import warning_list
from shortplank.topics.short_plank.answer.what_if import usual_goal, what_if, what_if_table
from shortplank.topics.short_plank.figure.short_plank import short_plank_figure
from shortplank.topics.short_plank.figure.what_if import what_if_figure
from shortplank.topics.short_plank.paper import warning_docx
from shortplank.wording.sides import wrong_sides
from tests.topics.polarities import DOWN, RANGE, UP, polar_county
from tests.topics.villages import view_of

# Twenty villages of two townships; three are on the wrong side beyond chance, and one files none.
NAMED = [
    *[(100, 4, 50)] * 10,
    *[(100, 45, 90), (100, 40, 10), (200, 70, 95)],
    *[(100, 6, 50)] * 7,
]
ALL_SHORT = [*[(100, 30, 70)] * 10, (100, 60, 90), (100, 55, 99), *[(100, 28, 66)] * 8]
NOTHING = [(100, 8, 50), (100, 9, 52), (100, 7, 48), (100, 8, 51)] * 5
FEW = [(10, 3, 5)] * 8
SILENT = 3
STATES = {"named": NAMED, "county": ALL_SHORT, "nothing": NOTHING, "few": FEW}
WRONG = {
    UP: ["高于线", "上限", "再减", "最高", "降到上限", "都降到", "多的却",
         "超出部分", "拉高全县最多", "偏离"],
    DOWN: ["低于线", "低于全县", "再增", "补", "最低", "最短", "少的却", "达到", "过线", "缺口",
           "拉低全县", "距 15%", "15% 线"],
    RANGE: ["低于全县", "高于全县", "低于线", "高于线", "上限", "最短", "率最低", "率最高", "缺口",
            "再增", "再减", "补"],
}  # fmt: skip


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    root = tmp_path_factory.mktemp("polarities")
    return {
        name: polar_county(root / name, villages, gone=[SILENT] if name == "named" else [])
        for name, villages in STATES.items()
    }


def test_the_weakest_of_less_is_better_are_the_highest(counties: dict[str, Engine]) -> None:
    found = planks(view_of(counties["named"], DOWN))
    assert found.county == pytest.approx(100 * 233 / 2000)
    assert [found.villages.names[i] for i in found.weakest[:3]] == ["村01001", "村01002", "村01003"]
    assert [i for i, told in enumerate(found.announced) if told] == [10, 11, 12]
    assert sum(found.compared) == 19  # one files none
    # Cases over the line of 15 of 100, of 2,000 in all: 40 + 30 + 25 above, the rest below it.
    assert found.contribution[[12, 10, 11]] == pytest.approx([2.0, 1.5, 1.25])
    assert found.largest == [12, 10, 11]
    assert found.gap == pytest.approx(np.nansum(found.contribution)) == pytest.approx(-3.35)
    assert not found.county_short and found.months_below[10] == 1 == found.months_known[10]


def test_an_indicator_and_its_mirror_find_the_same_villages(counties: dict[str, Engine]) -> None:
    for engine in counties.values():
        up, down = (planks(view_of(engine, key)) for key in (UP, DOWN))
        assert up.weakest == down.weakest and up.largest == down.largest
        assert up.announced == down.announced and up.compared == down.compared
        assert up.county_short == down.county_short and up.under_line == down.under_line
        assert up.contribution == pytest.approx(-down.contribution, nan_ok=True)
        assert up.months_below == pytest.approx(down.months_below, nan_ok=True)
        assert up.under == pytest.approx(down.under)


def test_villages_with_a_range_are_only_counted(counties: dict[str, Engine]) -> None:
    found = planks(view_of(counties["named"], RANGE))
    assert found.standing is None and not any(found.announced) and found.weakest == []
    assert found.gap == 0.0 and set(found.largest[:3]) == {10, 11, 12}
    outside = planks(view_of(counties["county"], RANGE))
    # 10 × 70 + 90 + 99 + 8 × 66 of 2,000: what is above 60 adds up to the gap.
    assert outside.county == pytest.approx(100 * 1417 / 2000)
    assert outside.gap == pytest.approx(10.85) == pytest.approx(outside.contribution.sum())
    assert outside.largest[:2] == [11, 10]


def test_what_if_takes_cases_away_and_never_below_none(counties: dict[str, Engine]) -> None:
    view = view_of(counties["named"], DOWN)
    made = what_if(view, 3, 15)
    assert made.after is not None and made.after.value == pytest.approx(100 * (233 - 95) / 2000)
    assert what_if_table(made)["需再减（例）"].to_pylist() == [30, 25, 40]
    assert "率最高的 3 个村都降到 15.0%" in made.title and "共需再减 95 例" in made.sentence
    none = what_if(view, 200, 0)
    assert none.after is not None and none.after.value == 0
    assert sum(what_if_table(none)["需再减（例）"].to_pylist()) == 233
    assert usual_goal(view.item, None) == 10 and usual_goal(view.item, 15) == 15
    assert "仍高于 15% 上限" in what_if(view_of(counties["county"], DOWN), 3, 15).sentence
    assert what_if(view_of(counties["named"], RANGE), 3, 50).after is None


def test_the_warning_list_has_the_side_that_is_worse(counties: dict[str, Engine]) -> None:
    made = warning_list(view_of(counties["named"], DOWN))
    rows = [row for row in made.rows if row.indicator == DOWN]
    assert [row.name for row in rows] == ["村01003", "村01001", "村01002"]
    assert {row.reason for row in rows} == {"明显差于全县"}
    assert "明显差于全县的才列入" in made.sentence and made.side == "差于线"
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(warning_docx(made, {}))).paragraphs)
    assert made.sentence in text
    items = counties["named"].ws.indicators
    assert wrong_sides([items[DOWN]]) == "高于上限" and wrong_sides([items[UP]]) == "低于线"
    few = warning_list(view_of(counties["few"], DOWN))
    assert not [row for row in few.rows if row.indicator == DOWN]


def _said(engine: Engine, key: str) -> str:
    """Return all that the village pages say of an indicator, pictures and tables with them."""
    view = view_of(engine, key)
    made = short_plank(view)
    texts = [made.title, made.sentence, *made.notes, *made.about, why_they_differ(made)]
    for listing in listings(made):
        texts += [listing.heading, listing.about, *listing.columns]
    texts += short_plank_table(view, made).column_names
    texts.append(str(short_plank_figure(made, Style())))
    for by in ("rate", "contribution"):
        told = what_if(view, 3, 85 if key == UP else 15, by)
        texts += [told.title, told.sentence]
        if told.after is not None:
            texts += what_if_table(told).column_names
            texts.append(str(what_if_figure(told, Style())))
    if (first := visits(view)) is not None:
        texts += [first.heading, first.told, first.why, first.change, first.rest]
    if made.first_village:
        own = village(view.with_(area=made.first_village))
        texts += [own.title, own.sentence]
    warned = warning_list(view)
    for row in warned.rows:
        if row.indicator == key:
            texts += [row.reason, row.evidence, row.months]
    texts += [note for note in warned.notes if note.startswith(view.item.label)]
    if for_draws(view.item):
        draw = rehearsal(view, default_plan(view))
        texts += [draw.title, draw.sentence, *draw.notes]
        texts += [t for side in (draw.towns, draw.villages) if side for t in
                  (side.heading, side.about, *side.columns)]  # fmt: skip
        texts += rehearsal_table(view, draw).column_names
    return "\n".join(texts)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("key", [UP, DOWN, RANGE])
def test_no_sentence_says_the_wrong_side(counties: dict[str, Engine], key: str, state: str) -> None:
    said = _said(counties[state], key)
    for word in WRONG[key]:
        assert word not in said, next(line for line in said.splitlines() if word in line)


def test_villages_of_which_less_is_better_are_told_in_words(counties: dict[str, Engine]) -> None:
    view = view_of(counties["named"], DOWN)
    made, first = short_plank(view), visits(view)
    assert made.title == "乡1镇村01001等 3 个村明显差于全县，列入本月核对名单"
    assert made.sentence == (
        "全县 11.65%，低于 15% 上限 3.35 个百分点，各村差额合计就是全县差额。"
        "3 个村高于 15%；若各村都同全县（11.65%）一样，应有 2 个（0–5）。"
        "3 个村明显差于全县，列入核对：乡1镇村01001、乡1镇村01002、乡1镇村01003。"
    )
    assert first is not None and first.change == "都降到上限（共 95 例），全县由 11.65% 到 6.90%"
    county = view_of(counties["county"], DOWN)
    told = "20 个村高于 15%；若各村都同全县（31.95%）一样，应有 20 个"
    assert told in short_plank(county).sentence
    rest = visits(county)
    assert rest is not None and rest.rest == "只帮这 5 个村不够，高于上限的还有 15 个。"
    none = visits(view_of(counties["nothing"], DOWN))
    assert none is not None and none.why == "20 个村看不出差别，全县已达标，不必专程去哪个村。"


def test_villages_with_a_range_are_told_in_words(counties: dict[str, Engine]) -> None:
    made = short_plank(view_of(counties["named"], RANGE))
    assert made.title == "5 个村对全县影响最大，全县 52.37%" and made.named == ()
    assert "村一级只列数，不列入核对" in made.notes
    assert made.sentence == "全县 52.37%，在合理范围（40–60）内。"
    assert short_plank(view_of(counties["county"], RANGE)).sentence == (
        "全县 70.85%，高于合理范围（40–60）。"
    )
    few = short_plank(view_of(counties["few"], RANGE))
    assert few.sentence.startswith("全县 5.00%，低于合理范围（40–60）")


@pytest.mark.parametrize(
    ("state", "heading", "about", "of"),
    [
        ("named", "对全县影响最大（正数拉高，负数拉低）", "单位：百分点；与全县相比", "与全县的差"),
        ("county", "对全县偏离贡献最大", "单位：百分点；全部 20 个村相加 +10.85 个百分点",
         "与范围的差"),
    ],
)  # fmt: skip
def test_parts_are_held_against_the_county_or_the_end_of_its_range(
    counties: dict[str, Engine], state: str, heading: str, about: str, of: str
) -> None:
    made = short_plank(view_of(counties[state], RANGE))
    side = listings(made)[1]
    assert (side.heading, side.about) == (heading, about)
    assert f"贡献 = {of} × 规模" in why_they_differ(made)


@pytest.mark.parametrize(
    ("state", "at", "title", "sentence"),
    [
        ("named", 0, "50.00%（全县 52.37%）", "对全县的影响 −0.12 个百分点。"),
        ("nothing", 0, "50.00%（全县 50.25%）", "对全县的影响 −0.01 个百分点。"),
        ("named", 10, "90.00%（全县 52.37%）", "对全县的影响 +1.98 个百分点。"),
        ("county", 10, "90.00%（全县 70.85%）", "对全县差额的贡献 +1.50 个百分点。"),
        ("few", 0, "5.00%（全县 5.00%）", "对全县差额的贡献 −4.38 个百分点。"),
    ],
)
def test_a_village_is_told_beside_its_range(
    counties: dict[str, Engine], state: str, at: int, title: str, sentence: str
) -> None:
    view = view_of(counties[state], RANGE)
    made = village(view.with_(area=planks(view).villages.codes[at]))
    assert made.title.endswith(f"家庭走访比例 {title}") and made.sentence == sentence


@pytest.mark.parametrize("key", [UP, DOWN])
def test_of_too_few_neither_months_nor_part_are_told(counties: dict[str, Engine], key: str) -> None:
    view = view_of(counties["few"], key)
    made = village(view.with_(area=planks(view).villages.codes[0]))
    assert made.title.endswith("数太少，不比") and made.sentence == ""
