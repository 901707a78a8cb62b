"""The funnel, the county among the 29, its place over time and the composite, on the demo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats as sps

from shortplank.access import Actor
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.peers import peers, year_place_text
from shortplank.reading.targets import lines_in_force, target_of
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.rankings.answer.composite import composite, composite_table
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table, has_funnel
from shortplank.topics.rankings.answer.league import bump, bump_table, league, league_table
from shortplank.topics.rankings.answer.ranking import ranking, ranking_table
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
YEAR = date(2009, 9, 1)
MAY = date(2010, 5, 1)


def view(indicator: str, month: date = MAY, window: str = "ytd") -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), Actor("analyst"), month, window, indicator, "990101")  # type: ignore[arg-type]


def test_no_township_differs_in_policy_compliance_of_2009() -> None:
    made = funnel(view("policy_compliance", YEAR))
    assert made.announced == [] and made.named == () and made.tested == 16
    assert made.title == "按近12月判，16 个乡镇看不出差别，本月不列；名次可在 1–16 之间，不据此评比"
    assert made.sentence == "界限只作图示；列不列看本月核对名单。"
    assert set(funnel_table(made)["与全县比（按近12月判）"].to_pylist()) == {"看不出差别"}


def test_funnel_limits_are_those_of_the_county_and_decide_nothing() -> None:
    made = funnel(view("migrant_filing"))
    assert not made.wide_limits and not made.announced
    low, high = (np.interp(made.size, made.limits[0].n, ends) for ends in
                 (made.limits[0].lower, made.limits[0].upper))  # fmt: skip
    p0 = made.centre / 100
    spread = 100 * sps.norm.ppf(0.975) * np.sqrt(p0 * (1 - p0) / made.size)
    assert low == pytest.approx(made.centre - spread, abs=0.1)
    assert high == pytest.approx(made.centre + spread, abs=0.1)


@pytest.mark.parametrize("role", ["analyst", "viewer"])
@pytest.mark.parametrize("month", [date(2007, 3, 1), YEAR, MAY])
def test_names_marks_and_table_are_the_ledgers(month: date, role: str) -> None:
    """Whatever the window and whoever looks, a township is marked where the ledger has it."""
    own = replace(view("migrant_filing", month), actor=Actor(role))  # type: ignore[arg-type]
    book, listed = ledger_of(own), 0
    for key, item in own.ws.indicators.items():
        for window in item.windows if "township" in item.levels else ():
            made = ranking(own.with_(indicator=key, window=window))
            told = {f.area for f in book.of(key, "township") if f.kind in ("named", "listed")}
            marked = {
                name
                for name, code in zip(made.towns.names, made.verdicts, strict=True)
                if code in ("worse", "higher", "lower")
            }
            assert set(made.named) == told == marked, (key, window)
            assert all(name in made.title for name in told)
            assert not told or "列入本月核对名单" in made.title
            if not book.judges(key):
                assert set(made.verdicts) <= {"none", "too_few"} and not made.tested
            assert "偶然" not in made.title + made.sentence + "".join(made.how)
            if has_funnel(item):
                drawn = funnel(own.with_(indicator=key, window=window))
                assert set(drawn.named) == told and "偶然" not in drawn.title + drawn.sentence
            listed += len(told)
    assert bool(listed) == (month != date(2007, 3, 1))


def test_another_window_than_the_judged_one_says_so() -> None:
    for window, note in (("ytd", True), ("r12", False)):
        made = ranking(view("policy_compliance", window=window))
        assert ("本页看年度累计；列不列按近12月判" in made.notes) == note
        assert made.title.startswith("按近12月判，") == note
        assert ("与全县比（按近12月判）" in ranking_table(made).column_names) == note


def test_differences_that_are_real_are_told_without_a_name() -> None:
    early = view("migrant_filing", date(2007, 3, 1))
    assert ledger_of(early).of("migrant_filing", "township", "spread")
    for made in (ranking(early), funnel(early)):
        assert made.title == "各乡镇差别属实的约七成，其余逐月摆动" and made.named == ()
    assert any("总体差别：校正前 p" in line for line in funnel(early).how)


def test_second_births_are_shown_and_not_judged() -> None:
    made = funnel(view("sex_ratio_p2", YEAR))
    assert len(made.towns.codes) == 16 and funnel_table(made).num_rows == 16
    assert not np.isnan(made.limits[0].upper).any()
    assert set(made.codes) == {"none"} and made.sentence == "这项指标只列数，不列入核对。"
    assert made.title.startswith("二孩性别比：全县 134.4，最高的是")


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
    assert "再增几例升一位" in names and "变动" not in names
    assert {"同比（百分点）", "同比 95% 区间"} <= set(names)
    order = np.argsort(-made.towns.value)
    for above, below in pairwise(order):
        x, n, gain = made.towns.x[below], made.towns.n[below], int(made.gain[below])
        target = made.towns.value[above] / 100
        assert (x + gain) / n >= target - 1e-12 > (x + gain - 1) / n
    births = ranking(view("policy_compliance"))
    assert (
        np.isnan(births.gain).all() and "再增几例升一位" not in ranking_table(births).column_names
    )


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
    below = int((made.towns.value < line).sum())
    assert made.sentence.startswith(f"{below} 个乡镇低于 {line}%；若各乡镇都同全县")


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
    asked = View(shared, shared.newest(), Actor("viewer"), MAY, "ytd", "migrant_filing", "990101")
    assert ranking(asked).towns.value == pytest.approx(ranking(view("migrant_filing")).towns.value)
