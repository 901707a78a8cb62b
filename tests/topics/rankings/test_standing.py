"""The funnel, the county among the 29, its place over time and the composite, on the demo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats as sps

from shortplank.reading.peers import peers, year_place_text
from shortplank.reading.targets import lines_in_force, target_of
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.rankings.answer.composite import composite, composite_table
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table
from shortplank.topics.rankings.answer.league import bump, bump_table, league, league_table
from shortplank.topics.rankings.answer.ranking import ranking, ranking_table
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
YEAR = date(2009, 9, 1)
MAY = date(2010, 5, 1)


def view(indicator: str, month: date = MAY, window: str = "ytd") -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), "analyst", month, window, indicator, "990101")  # type: ignore[arg-type]


def test_no_township_differs_in_policy_compliance_of_2009_beyond_chance() -> None:
    made = funnel(view("policy_compliance", YEAR))
    assert made.beyond == []
    assert "都在偶然范围内" in made.title and "3.2%" in made.sentence
    share = made.towns.x.sum() / made.towns.n.sum()
    for x, n, p in zip(made.towns.x, made.towns.n, made.p_values, strict=True):
        exact = sps.binomtest(int(x), int(n), share).pvalue
        assert p == pytest.approx(exact, rel=1e-6)
    adjusted = sps.false_discovery_control(made.p_values)
    assert made.adjusted == pytest.approx(adjusted)


def test_funnel_limits_and_verdicts_agree() -> None:
    made = funnel(view("migrant_filing"))
    assert made.tau2 == 0
    p0 = made.centre / 100
    for i, code in enumerate(made.codes):
        spread = sps.norm.ppf(0.975) * np.sqrt(p0 * (1 - p0) / made.size[i])
        outside = abs(made.towns.value[i] / 100 - p0) > spread
        assert outside == (code in ("better", "worse")), made.towns.names[i]


def test_second_births_stand_out_from_nothing_but_are_listed_by_their_tests() -> None:
    made = funnel(view("sex_ratio_p2", YEAR))
    assert len(made.towns.codes) == 16 and funnel_table(made).num_rows == 16
    assert not np.isnan(made.limits[0].upper).any()


def test_the_county_among_the_29_is_told_as_published() -> None:
    made = league(view("policy_compliance", YEAR))
    ranks = {place.indicator: place for place in made.places}
    assert ranks["overall"].published_rank == 28 and ranks["overall"].mark == "倒二位"
    assert ranks["procedure_completion"].published_rank == 29
    assert ranks["migrant_filing"].mark == "末位"
    assert "居末位" in made.title
    assert ranks["procedure_completion"].counted_rank is None  # known by its rate only
    table = league_table(made).to_pylist()
    assert {row["县数"] for row in table} == {29}


def test_the_shadow_rank_is_the_place_in_the_other_group() -> None:
    places = {place.indicator: place for place in league(view("migrant_filing")).places}
    shared = engine(DEMO)
    rows = shared.ask(
        "peers_by_county",
        None,
        "analyst",
        indicator="migrant_filing",
        month=MAY,
        year_month=date(2009, 10, 1),
    ).to_pylist()
    own = next(r for r in rows if r["area_code"] == "990101")
    assert own["region"] == "江南"
    others = [r["numerator"] / r["denominator"] for r in rows if r["region"] == "江淮"]
    better = sum(v > own["numerator"] / own["denominator"] for v in others)
    assert places["migrant_filing"].shadow == ("江淮", better + 1, len(others) + 1)


def test_ranks_over_the_months_are_those_of_each_month() -> None:
    made = bump(view("migrant_filing"))
    assert made.home is not None and len(made.months) == 24
    at = made.months.index(YEAR)
    assert made.told[made.home, at] == 29
    assert bump_table(made).num_rows == 24
    alone = bump(view("benefit_delivery", date(2006, 10, 1)))
    assert alone.is_empty and "没有两个月" in alone.title


def test_moves_and_cases_to_gain_a_rank() -> None:
    made = ranking(view("migrant_filing"))
    names = ranking_table(made).column_names
    assert "再增几例升一位" in names and "变动" in names
    order = np.argsort(-made.towns.value)
    for above, below in pairwise(order):
        x, n, gain = made.towns.x[below], made.towns.n[below], int(made.gain[below])
        target = made.towns.value[above] / 100
        assert (x + gain) / n >= target - 1e-12 > (x + gain - 1) / n
    births = ranking(view("policy_compliance"))
    assert (
        np.isnan(births.gain).all() and "再增几例升一位" not in ranking_table(births).column_names
    )


def test_a_change_since_last_year_is_told_as_chance_or_not() -> None:
    made = ranking(view("migrant_filing"))
    told = {made.towns.names[i] for i in made.moved}
    table = ranking_table(made).to_pylist()
    assert told == {row["乡镇"] for row in table if row["变动"] == "超出"}
    assert "仅凭偶然约 0.8 个" in made.moves


@pytest.mark.parametrize("month", [date(2006, 12, 1), YEAR, MAY])
def test_every_township_is_compared_or_named_with_its_reason(month: date) -> None:
    """However many a note spells out, the numbers add up to the townships there are."""
    for key, item in engine(DEMO).ws.indicators.items():
        if "township" not in item.levels:
            continue
        made = ranking(view(key, month))
        reasons = {"too_few": "样本太少", "missing": "本期未报", "not_expected": "没有应报的数"}
        for state, words in reasons.items():
            names = [
                n for n, s in zip(made.towns.names, made.towns.state, strict=True) if s == state
            ]
            told = [note for note in made.notes if note.startswith((words, f"本期{words}"))]
            assert len(told) == bool(names), (key, state)
            if names:
                assert names[0] in told[0]
                assert len(names) <= 3 or f"等 {len(names)} 个" in told[0]


@pytest.mark.parametrize(("month", "line"), [(YEAR, 84), (MAY, 85), (date(2006, 12, 1), 85)])
def test_the_line_is_the_years_target(month: date, line: float) -> None:
    """The register has 84 for 2009 and 85 for 2010; the card's own holds before the register."""
    own = view("migrant_filing", month)
    target = target_of(own, "migrant_filing", own.county.area_code)
    made = ranking(own)
    assert target is not None and target.value == line == made.beyond[0].value
    assert f"个乡镇低于 {line}%" in made.title
    below = int((made.towns.value < line).sum())
    assert made.title.startswith(f"{below} 个乡镇")


def test_a_line_of_its_own_stays_when_the_target_moves() -> None:
    lines = lines_in_force(view("benefit_delivery"), "benefit_delivery", "990101")
    assert [line.value for line in lines] == [95]  # the target is 100
    births = lines_in_force(view("policy_compliance"), "policy_compliance", "990101")
    assert [line.value for line in births] == [90]


def test_a_place_is_promised_only_where_there_is_one() -> None:
    own = view("migrant_filing", window="month")
    standing = peers(own.with_(window="ytd"))
    assert standing is not None
    home = standing.home
    assert home is not None
    base = standing.base.copy()
    base[home] = standing.least - 1
    table = {
        "换到年度累计看位次": standing,
        f"不足 {standing.least:g}": replace(standing, base=base, counted=True),
        "通报里没有本县": replace(standing, home=None),
        "同类县没有这项数": None,
    }
    for words, each in table.items():
        assert words in year_place_text(each)
    assert year_place_text(standing) in ranking(own).notes


def test_the_composite_uses_services_and_quality_only_and_says_what_weights_do() -> None:
    made = composite(view("policy_compliance", YEAR))
    assert {item.family for _, item in made.parts} <= {"service", "quality"}
    weights = np.array([part.weight for part, _ in made.parts])
    score = (np.nan_to_num(made.scores) * weights).sum(axis=1)
    score /= (~np.isnan(made.scores) * weights).sum(axis=1)
    assert made.total == pytest.approx(score)
    assert (made.best <= made.ranks).all() and (made.ranks <= made.worst).all()
    assert "权重增减 20%" in made.sentence
    assert composite_table(made).num_rows == 16


def test_a_viewer_gets_the_same_townships() -> None:
    shared = engine(DEMO)
    asked = View(shared, shared.newest(), "viewer", MAY, "ytd", "migrant_filing", "990101")
    assert ranking(asked).towns.value == pytest.approx(ranking(view("migrant_filing")).towns.value)
