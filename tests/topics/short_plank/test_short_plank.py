"""The short plank's answer: rates, contributions, bands, words, and what a viewer may not see."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from shortplank.access import Actor
from shortplank.drawing.theme import LIGHT, Style
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.measured import column
from shortplank.reading.offered import for_villages
from shortplank.reading.planks import line_of, planks
from shortplank.reading.view import View
from shortplank.store import Engine, add_months, engine
from shortplank.topics.short_plank.answer.short_plank import (
    Listing,
    ShortPlank,
    listings,
    short_plank,
    short_plank_table,
    why_they_differ,
)
from shortplank.topics.short_plank.figure.short_plank import short_plank_figure
from tests.topics.villages import (
    SEPTEMBER,
    born,
    codes,
    county,
    filed,
    make_county,
    publish,
    view_of,
)
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
MAY = date(2010, 5, 1)
WARNING = ("明显差于", "，列入核对", "列入本月", "需要帮助", "预警村", "落后")


@pytest.fixture(scope="module")
def demo() -> Engine:
    """The demo county."""
    return engine(DEMO)


def everything(view: View, answer: ShortPlank) -> str:
    """Return every word and number that the page shows of an answer, its hovers included."""
    parts = [answer.title, answer.sentence, *answer.notes, *answer.about]
    parts += [str(asdict(each)) for each in listings(answer, 15)]
    parts.append(why_they_differ(answer))
    if not answer.is_empty:
        parts.append(json.dumps(short_plank_figure(answer, Style()), ensure_ascii=False))
    parts.append(str(short_plank_table(view, answer).to_pylist()))
    return "\n".join(parts)


def weakest(answer: ShortPlank) -> Listing:
    return listings(answer)[0]


def largest(answer: ShortPlank) -> Listing:
    return listings(answer)[1]


# --- contributions --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("indicator", "month", "window"),
    [
        ("migrant_filing", MAY, "ytd"),
        ("benefit_delivery", SEPTEMBER, "ytd"),
        ("policy_compliance", SEPTEMBER, "ytd"),
        ("recount_gap", SEPTEMBER, "ytd"),
        ("recount_gap", MAY, "r12"),
    ],
)
def test_contributions_add_up_to_the_gap_of_the_county(
    demo: Engine, indicator: str, month: date, window: str
) -> None:
    view = view_of(demo, indicator, month=month).with_(window=window)
    found = planks(view)
    assert np.nansum(found.contribution) == pytest.approx(found.gap, abs=1e-9)
    prefix = {"ytd": "ytd_", "r12": "r12_"}[window]
    table = view.ask("county_history_by_indicator", area="990101", first_month=month, month=month)
    rows = [row for row in table.to_pylist() if row["indicator"] == indicator]
    own = 100 * rows[0][f"{prefix}numerator"] / rows[0][f"{prefix}denominator"]
    assert found.county == pytest.approx(own)
    assert found.gap == pytest.approx(own - found.benchmark)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.lists(
        some.integers(0, 400).flatmap(lambda n: some.tuples(some.just(n), some.integers(0, n))),
        min_size=2,
        max_size=9,
    )
)
def test_contributions_add_up_whatever_the_villages(
    tmp_path_factory: pytest.TempPathFactory, villages: list[tuple[int, int]]
) -> None:
    shared = county(tmp_path_factory.mktemp("c") / "w", [filed(n, x) for n, x in villages])
    found = planks(view_of(shared, "migrant_filing"))
    due = sum(n for n, _ in villages)
    if due == 0:
        assert np.isnan(found.contribution).all() and np.isnan(found.gap)
        return
    gap = 100 * sum(x for _, x in villages) / due - 85
    assert np.nansum(found.contribution) == pytest.approx(gap, abs=1e-9)
    assert found.gap == pytest.approx(gap)
    known = ~np.isnan(found.rate)
    assert ((found.rate[known] >= 0) & (found.rate[known] <= 100)).all()


def test_a_large_village_leads_by_contribution_and_a_weak_one_by_rate(tmp_path: Path) -> None:
    villages = [filed(120, 48), filed(2000, 1500)] + [filed(300, 276)] * 10
    answer = short_plank(view_of(county(tmp_path / "w", villages), "migrant_filing"))
    assert answer.kind == "barrel"
    assert weakest(answer).rows[0].area_code == codes((6, 6))[0]
    assert largest(answer).rows[0].area_code == codes((6, 6))[1]
    assert "2 个村同时在列" in why_they_differ(answer)
    assert "贡献 = 与线的差 × 规模" in why_they_differ(answer)


# --- shrinkage ------------------------------------------------------------------------------------
def test_a_tiny_village_is_not_called_the_weakest(tmp_path: Path) -> None:
    villages = [filed(4, 1), filed(300, 150)] + [filed(300, 270)] * 5 + [filed(300, 240)] * 5
    answer = short_plank(view_of(county(tmp_path / "w", villages), "migrant_filing"))
    first = weakest(answer).rows[0]
    assert first.area_code == codes((6, 6))[1]
    assert first.cells[2:4] == ("50.00%", "300")
    found = answer.planks
    assert found is not None
    tiny = found.villages.codes.index(codes((6, 6))[0])
    assert found.raw_text(tiny) == "样本太少"
    assert found.rate[tiny] > found.rate[found.weakest[0]]
    assert not found.announced[tiny] and not found.compared[tiny]
    assert "1 个村不足 20，数太少，不比" in answer.notes


def test_villages_that_scatter_as_chance_does_are_ordered_by_contribution(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    villages = [filed(200, int(rng.binomial(200, 0.8))) for _ in range(40)]
    view = view_of(county(tmp_path / "w", villages, towns=4), "migrant_filing")
    answer = short_plank(view)
    assert answer.kind == "contribution" and answer.named == () and answer.tested == 40
    assert answer.title.startswith("40 个村看不出差别，本月不列；名次可在 1–40 之间")
    assert weakest(answer).rows == []
    assert weakest(answer).about.startswith("40 个村看不出差别，本月不列")
    assert largest(answer).rows
    assert not any(word in everything(view, answer) for word in WARNING)


@pytest.mark.parametrize("done", [0, 60])
def test_all_zero_or_all_done_is_no_short_plank(tmp_path: Path, done: int) -> None:
    answer = short_plank(view_of(county(tmp_path / "w", [filed(60, done)] * 6), "migrant_filing"))
    assert answer.kind == "contribution"
    short_plank_figure(answer, Style())


def test_one_village_alone(tmp_path: Path) -> None:
    shared = county(tmp_path / "w", [filed(60, 30)], towns=1)
    answer = short_plank(view_of(shared, "migrant_filing"))
    assert answer.kind == "contribution"
    assert "50.00%" in everything(view_of(shared, "migrant_filing"), answer)


def test_nothing_due_anywhere_is_said(tmp_path: Path) -> None:
    shared = county(tmp_path / "w", [filed(0, 0)] * 4)
    answer = short_plank(view_of(shared, "migrant_filing"))
    assert answer.kind in ("empty", "contribution")
    assert "nan" not in everything(view_of(shared, "migrant_filing"), answer).lower()


# --- persistence and the line ---------------------------------------------------------------------
def test_months_below_the_line_are_counted_and_unfiled_ones_are_not(tmp_path: Path) -> None:
    root = make_county(tmp_path / "w", (6, 6))
    first, second, *rest = codes((6, 6))
    months = {}
    for back in range(12):
        month = add_months(SEPTEMBER, -back)
        low = back < 6
        months[month] = {
            first: filed(300, 150 if low else 290),
            **({second: filed(300, 150)} if back != 3 else {}),
            **{code: filed(300, 276) for code in rest},
        }
    found = planks(view_of(publish(root, months), "migrant_filing"))
    # A stock is the same persons month after month: it counts once, however long it lasts.
    assert found.months_text(0) == "连续 6 个月低于 85%；名册多是同一批人，只作一次算"
    assert found.months_text(1) == "连续 3 个月低于 85%；名册多是同一批人，只作一次算"
    assert (found.months_below[1], found.months_known[1]) == (11, 11)
    assert found.months_text(2) == "" and found.months_cell(2) == "–"


def test_months_of_a_flow_are_counted_one_by_one(demo: Engine) -> None:
    found = replace(planks(view_of(demo, "migrant_filing", month=MAY)), stock=False)
    i = found.weakest[0]
    assert found.months_text(i) == "近12月中 12 个月低于 85%" and found.months_cell(i) == "12/12"


def test_a_village_is_held_to_the_lower_of_target_and_card(demo: Engine) -> None:
    line = line_of(view_of(demo, "migrant_filing"))
    assert line is not None and line.value == 84 and "责任书" in line.source
    line = line_of(view_of(demo, "benefit_delivery", month=MAY))
    assert line is not None and line.value == 95
    assert line_of(view_of(demo, "recount_gap")) is None


# --- what is said is the ledger's -----------------------------------------------------------------
def test_one_bad_village_is_named_and_nobody_else(tmp_path: Path) -> None:
    villages = [filed(200, 120), *[filed(200, 190)] * 30]
    view = view_of(county(tmp_path / "w", villages), "migrant_filing")
    answer = short_plank(view)
    assert answer.title == "乡0镇首村明显差于全县，列入本月核对名单"
    assert "1 个村明显差于全县，列入核对：乡0镇首村" in answer.sentence
    assert "1 个村低于 85%；若各村都同全县（93.87%）一样，应有 0 个。" in answer.sentence
    theirs = short_plank(view.with_(actor=Actor("viewer")))
    assert answer.named == theirs.named == ("乡0镇首村",)
    assert [row.marked for row in weakest(answer).rows].count(True) == 1


@pytest.mark.parametrize("indicator", ["migrant_filing", "benefit_delivery"])
@pytest.mark.parametrize("month", [SEPTEMBER, MAY, date(2009, 2, 1)])
@pytest.mark.parametrize("window", ["ytd", "r12"])
def test_one_list_stands_everywhere(demo: Engine, indicator: str, month: date, window: str) -> None:
    view = view_of(demo, indicator, month=month).with_(window=window)
    standing = ledger_of(view).standing(indicator, "village")
    assert standing is not None
    told = standing.announced_names
    answer = short_plank(view)
    found = answer.planks
    assert found is not None and list(answer.named) == told == found.told
    assert answer.tested == standing.compared
    marked = [row.town + row.name for row in listings(answer, 185)[0].rows if row.marked]
    assert sorted(marked) == sorted(told)
    table = short_plank_table(view, answer).to_pylist()
    assert [r["乡镇"] + r["村"] for r in table if r["核对"] == "明显差于全县"] == told
    colours = short_plank_figure(answer, Style())["data"][0]["marker"]["color"]
    assert colours.count(LIGHT.worse) == len(told)
    assert all(name in answer.sentence for name in told[:3])


def test_the_shrunken_rate_is_the_ledgers_own(demo: Engine) -> None:
    view = view_of(demo, "migrant_filing", month=MAY)
    found, standing = planks(view), ledger_of(view).standing("migrant_filing", "village")
    assert standing is not None
    assert found.rate == pytest.approx(100 * standing.order.mean)
    assert found.rate_lower == pytest.approx(100 * standing.order.lower)


def test_three_numbers_agree(demo: Engine) -> None:
    """Below the line and expected, worse than the county, listed: on the county's own value."""
    whole = short_plank(view_of(demo, "migrant_filing", month=MAY))
    assert whole.title == "梅坪镇老屋村等 3 个村明显差于全县，列入本月核对名单"
    assert whole.sentence == (
        "全县 82.64%，距 85% 线差 2.36 个百分点，各村差额合计就是全县差额。"
        "146 个村低于 85%；若各村都同全县（82.64%）一样，应有 150 个（142–159）。"
        "3 个村明显差于全县，列入核对：梅坪镇老屋村、桂浦镇双店村、泉岚乡下坂村。"
    )
    assert whole.planks is not None and len(whole.planks.under_line) == 146
    quiet = short_plank(view_of(demo, "benefit_delivery", month=MAY))
    assert not any(word in quiet.title + quiet.sentence for word in WARNING)


def test_where_only_the_spread_is_sure_no_village_is_marked(demo: Engine) -> None:
    answer = short_plank(view_of(demo, "migrant_filing", month=date(2009, 2, 1)))
    assert answer.kind == "barrel" and answer.title == "各村差别属实的约二成，其余逐月摆动"
    assert answer.named == () and not any(row.marked for row in weakest(answer).rows)


# --- births ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("indicator", ["policy_compliance", "births_out"])
def test_the_speech_can_be_read_in_the_bands(demo: Engine, indicator: str) -> None:
    view = view_of(demo, indicator)
    answer = short_plank(view)
    assert answer.kind == "bands" and answer.bands is not None
    text = answer.title + answer.sentence
    for figure in ("88 个村", "185 个村", "47.57%", "13 例", "69.23%（18/26）"):
        assert figure in text
    bands = answer.bands
    assert [band.label for band in bands.bands] == ["0 例", "1–2 例", "≥3 例"]
    assert sum(band.count for band in bands.bands) == bands.villages == sum(bands.counts) == 185
    assert bands.span[0] < 88 < bands.span[1] and 85 < bands.many.expected < 105
    assert sum(bands.expected) == pytest.approx(185)
    assert "若各村都同全县一样，应有 92 个（83–102）" in answer.title


@pytest.mark.parametrize("indicator", ["policy_compliance", "births_out"])
@pytest.mark.parametrize("month", [SEPTEMBER, MAY])
def test_births_never_warn(demo: Engine, indicator: str, month: date) -> None:
    view = view_of(demo, indicator, month=month)
    answer = short_plank(view)
    words = "\n".join([answer.title, answer.sentence, *answer.notes, why_they_differ(answer)])
    words += str([asdict(each) for each in listings(answer, 15)])
    assert not any(word in words for word in (*WARNING, "补哪里", "少生", "还可"))


def test_the_count_one_common_rate_would_give(tmp_path: Path) -> None:
    villages = [born(50, 5)] * 10 + [born(10, 0)] * 10
    answer = short_plank(view_of(county(tmp_path / "w", villages), "births_out"))
    assert answer.bands is not None
    many = answer.bands.many
    assert many.count == 10 and answer.bands.share == 50.0
    assert 5 < many.expected < 10
    assert answer.bands.span[0] <= many.expected <= answer.bands.span[1]
    assert "若各村都同全县一样，应有" in answer.title and "偶然" not in answer.title


# --- viewers --------------------------------------------------------------------------------------
@pytest.mark.parametrize("indicator", ["policy_compliance", "births_out", "recount_gap"])
def test_a_viewer_sees_no_village_births_of_an_open_year(demo: Engine, indicator: str) -> None:
    view = view_of(demo, indicator, month=MAY, role="viewer")
    answer = short_plank(view)
    assert answer.kind == "hidden" and answer.is_empty
    assert "尚未结束" in answer.title and "不公布" in answer.title
    assert answer.planks is None and answer.bands is None and listings(answer) == []


@pytest.mark.parametrize("indicator", ["policy_compliance", "births_out", "recount_gap"])
@pytest.mark.parametrize("window", ["ytd", "r12"])
def test_a_viewer_sees_bands_of_a_closed_year_and_nothing_exact(
    demo: Engine, indicator: str, window: str
) -> None:
    view = view_of(demo, indicator, role="viewer").with_(window=window)
    answer = short_plank(view)
    assert answer.kind == "bands" and answer.bands is not None
    assert not answer.bands.exact and answer.bands.most is None and answer.bands.lowest == ""
    assert answer.planks is None and listings(answer) == []
    figure = json.dumps(short_plank_figure(answer, Style()), ensure_ascii=False)
    names = view.ask("villages_by_indicator", indicator=indicator, month=SEPTEMBER)["name"]
    assert not any(name in figure for name in names.to_pylist())
    shown = set(short_plank_table(view, answer)[answer.item.label].to_pylist())
    allowed = view.ask("villages_by_indicator", indicator=indicator, month=SEPTEMBER)
    exact = {str(v) for v in allowed["ytd_numerator"].to_pylist() if v is not None}
    texts = {t.replace("-", "−") for t in allowed["shown"].to_pylist() if t is not None}
    assert shown <= exact | texts
    assert not shown & {"1", "2"}


def test_services_stay_exact_for_a_viewer(demo: Engine) -> None:
    ours = short_plank(view_of(demo, "migrant_filing", month=MAY))
    theirs = short_plank(view_of(demo, "migrant_filing", month=MAY, role="viewer"))
    assert theirs.title == ours.title and listings(theirs) == listings(ours)


# --- what is missing ------------------------------------------------------------------------------
def test_a_silent_township_is_said(demo: Engine) -> None:
    answer = short_plank(view_of(demo, "migrant_filing", month=date(2009, 2, 1)))
    assert any("11 个村本月未报" in note and "松崖镇" in note for note in answer.notes)


def test_a_village_that_never_reported_has_no_stave(tmp_path: Path) -> None:
    root = make_county(tmp_path / "w", (3, 3))
    silent, *others = codes((3, 3))
    shared = publish(root, {SEPTEMBER: {code: filed(60, 50) for code in others}})
    view = view_of(shared, "migrant_filing")
    answer = short_plank(view)
    assert any("未报，不在图中" in note for note in answer.notes)
    table = short_plank_table(view, answer).to_pylist()
    assert table[0]["原始率（%）"] == "未报" and table[0]["贡献"] is None
    figure = short_plank_figure(answer, Style())
    assert len(figure["data"][0]["x"]) == len(others)
    assert silent == answer.planks.villages.codes[0]  # type: ignore[union-attr]


def test_no_recount_yet_says_where_to_look(demo: Engine) -> None:
    answer = short_plank(view_of(demo, "recount_gap", month=MAY))
    assert answer.kind == "empty" and "近12月" in answer.sentence


def test_an_indicator_without_villages_says_so(demo: Engine) -> None:
    answer = short_plank(view_of(demo, "sex_ratio_at_birth"))
    assert answer.kind == "none" and "没有到村的服务或质量指标" in answer.title


def test_only_service_quality_and_policy_births_belong_here(demo: Engine) -> None:
    offered = [key for key, item in demo.ws.indicators.items() if for_villages(item)]
    assert offered == [
        "policy_compliance", "births_out", "recount_gap", "migrant_filing", "benefit_delivery",
    ]  # fmt: skip
    plain = demo.ws.indicators["births_out"].model_copy(update={"historical": False})
    assert not for_villages(plain)


def test_the_table_holds_every_village_with_its_badges(demo: Engine) -> None:
    view = view_of(demo, "migrant_filing", month=MAY)
    table = short_plank_table(view, short_plank(view))
    assert table.num_rows == 185
    assert any("滞后村预警" in text for text in table["状态"].to_pylist())
    assert any(text.startswith("县") for text in table["帮扶单位"].to_pylist())
    gap = np.nansum(column(table, "贡献"))
    assert gap == pytest.approx(planks(view).gap, abs=0.01)
