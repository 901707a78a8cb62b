"""A month judged: what opens what, what never meets, and counties with gaps in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.calibrate import contradicts
from benchmarks.worlds import NATURAL, SEX_RATIO_ENDS, World, county, flow
from shortplank.stats.judge import month as judged
from shortplank.stats.judge.month import (
    WHOLE,
    Matter,
    Month,
    Units,
    _agreeing,
    county_scatter,
    judge_month,
)
from shortplank.stats.judge.scatter import paired_dispersion


def units(x: Any, n: Any, months: int = 25, then: Any = None) -> Units:
    """Return units of a stock that stands still, or had ``then`` a year before."""
    x_, n_ = np.array(x, dtype=float), np.array(n, dtype=float)
    before = x_ if then is None else np.array(then, dtype=float)
    return Units(x_, n_, before, n_, np.tile(x_, (months, 1)), np.tile(n_, (months, 1)))


def stock(x: Any, n: Any, **fields: Any) -> Matter:
    """Return a stock of townships."""
    towns = units(x, n)
    whole = units([np.nansum(towns.x)], [np.nansum(np.where(np.isnan(towns.x), 0, towns.n))])
    return Matter("stock", "stock", "below", whole, towns, **fields)


def told(month: Month, question: str) -> set[int]:
    """Return the units of which a question's test is announced."""
    return {test.unit for test in month.tests if test.announced and test.question == question}


def usual(count: int = 16, size: int = 1000, rate: float = 0.82) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(4)
    return rng.binomial(size, rate, count).astype(float).tolist(), [float(size)] * count


def test_a_bad_township_is_named_and_good_ones_are_not() -> None:
    x, n = usual()
    x[3], x[7] = 700.0, 900.0
    month = judge_month([stock(x, n)])
    assert told(month, "worse") == {3}
    assert told(month, "spread") == {WHOLE}
    assert {test.direction for test in month.of("stock", "township", "worse")} == {"below"}


def test_a_silent_township_is_neither_judged_nor_counted() -> None:
    x, n = usual()
    x[5], x[3] = float("nan"), 700.0
    month = judge_month([stock(x, n)])
    assert 5 not in {test.unit for test in month.tests}
    assert told(month, "worse") == {3}
    others = [i for i in range(16) if i != 5]
    without = judge_month([stock(np.array(x)[others], np.array(n)[others])])
    p = [test.p for test in month.of("stock", "township", "worse")]
    assert p == pytest.approx([test.p for test in without.of("stock", "township", "worse")])


@pytest.mark.parametrize(
    ("x", "n"),
    [([80], [100]), ([np.nan] * 16, [0] * 16), ([0] * 16, [0] * 16), ([100] * 16, [100] * 16),
     ([0] * 16, [100] * 16), ([np.nan] * 15 + [80], [100] * 16)],
)  # fmt: skip
def test_counties_that_nothing_can_be_said_of(x: list[float], n: list[float]) -> None:
    held = stock(x, n)
    for matter in (
        held,
        replace(held, villages=held.towns, villages_judged=True),
        replace(held, kind="flow", cluster=2.4),
        # Half of them boys: 82 % would be a finding.
        replace(
            stock(0.5 * np.array(x), n),
            kind="sex_ratio",
            worse="above",
            ends=SEX_RATIO_ENDS,
            natural=NATURAL,
        ),
        replace(held, kind="gap", ends=(-1.0, 1.0)),
    ):
        month = judge_month([matter])
        assert not any(test.announced for test in month.tests if test.unit != WHOLE)
        assert not any(rows.any() for rows in month.listed.values())
        assert all(0.0 <= test.p <= 1.0 and 0.0 <= test.q <= 1.0 for test in month.tests)


def test_units_under_the_least_are_in_the_county_and_not_judged() -> None:
    x, n = usual()
    x[0], n[0] = 0.0, 19.0
    month = judge_month([stock(x, n, least=20.0)])
    assert 0 not in {test.unit for test in month.tests}
    assert told(month, "worse") == set()
    assert told(judge_month([stock(x, n)]), "worse") == {0}


def test_one_village_and_a_year_of_history() -> None:
    x, n = usual()
    young = Matter(
        "flow", "flow", "below",
        units([sum(x)], [sum(n)], 12, [np.nan]), units(x, n, 12, [np.nan] * 16),
        units([8.0], [10.0], 12, [np.nan]), villages_judged=True, births=True,
    )  # fmt: skip
    month = judge_month([young])
    assert {test.question for test in month.tests} == {"worse", "spread"}
    assert {test.place for test in month.tests} == {"township"}


def test_a_stock_that_starts_anew_has_no_year_before() -> None:
    x, n = usual()
    assert judge_month([stock(x, n)]).of("stock", "county", "change")
    assert not judge_month([stock(x, n, anew=True)]).of("stock", "county")


# --- what scatters --------------------------------------------------------------------------------
def flow_of(by_town: float = 0.0, by_month: float = 0.0) -> Matter:
    """Return births whose townships or months move more than chance."""
    rng = np.random.default_rng(12)
    n = rng.poisson(4.0, (36, 185))
    rate = np.full((36, 185), 0.8)
    rate += rng.normal(0.0, by_month, (36, 1))
    town = np.repeat(np.arange(16), np.diff([*flow_starts(), 185]))
    rate[-12:] += rng.normal(0.0, by_town, 16)[town]
    return flow("births", "below", rng.binomial(n, rate.clip(0, 1)).astype(float),
                n.astype(float), villages=True, births=True)  # fmt: skip


def flow_starts() -> list[int]:
    from benchmarks.worlds import STARTS

    return STARTS.tolist()


def scatters(matter: Matter) -> list[float]:
    assert matter.villages is not None
    month = matter.county.x_months[-24:, 0], matter.county.n_months[-24:, 0]
    return [
        paired_dispersion(at.x, at.n, at.x_then, at.n_then).kappa
        for at in (matter.villages, matter.towns)
    ] + [paired_dispersion(month[0][12:], month[1][12:], month[0][:12], month[1][:12]).kappa]


def test_a_countys_change_scatters_as_its_villages_townships_or_months() -> None:
    for place, matter in enumerate((flow_of(), flow_of(by_town=0.1), flow_of(by_month=0.06))):
        found = scatters(matter)
        assert county_scatter(matter)[0] == pytest.approx(max(0.7, found[place])), place
        if place:
            assert found[place] > 1.9


def test_other_flows_scatter_as_their_townships() -> None:
    held = replace(flow_of(), births=False)
    assert county_scatter(held)[0] == pytest.approx(max(0.7, scatters(held)[1]))


# --- what opens, and what never meets -------------------------------------------------------------
def test_only_what_was_announced_of_a_level_opens_its_list() -> None:
    x, n = usual()
    quiet = stock(x, n)
    fallen = replace(quiet, county=units([7000.0], [16000.0], then=[13000.0]))
    month = judge_month([fallen])
    assert told(month, "change") == {WHOLE}
    assert month.listed == {}
    x[3] = 700.0
    opened = judge_month([stock(x, n)])
    assert set(opened.listed) == {("stock", "township")}
    assert not opened.listed["stock", "township"][3]


def test_a_sex_ratio_out_of_its_range_opens_the_townships() -> None:
    births = np.full(16, 1500.0)
    boys = np.rint(births * 112.0 / 212.0)
    towns = units(boys, births, then=[np.nan] * 16)
    whole = units([boys.sum()], [births.sum()], then=[np.nan])
    held = Matter("sr", "sex_ratio", "above", whole, towns, ends=SEX_RATIO_ENDS, natural=NATURAL)
    month = judge_month([held])
    assert told(month, "range") == {WHOLE}
    assert ("sr", "township") in month.listed
    assert [test.level for test in month.of("sr", "county")] == ["county"]


def test_of_two_changes_that_disagree_the_surer_stands() -> None:
    up = judged.Tested("a", "county", "county", WHOLE, "change", 0.001, "up", 12, 0.01, True)
    down = judged.Tested("a", "county", "county", WHOLE, "step", 0.0001, "down", 1, 0.001, True)
    other = up._replace(key="b")
    kept = _agreeing([up, down, other])
    assert [test.announced for test in kept] == [False, True, True]
    # Two that are as sure: the first.
    kept = _agreeing([up, down._replace(q=0.01)])
    assert [test.announced for test in kept] == [True, False]


def test_nothing_is_announced_to_both_sides() -> None:
    """Forty counties in which much is amiss."""
    for seed in range(40):
        rng = np.random.default_rng((3, seed))
        shares = {
            key: np.clip(rate + rng.normal(0, 0.06, 185) + rng.normal(0, 0.03, (36, 1)), 0.05, 0.99)
            for key, rate in {"compliance": 0.9, "filing": 0.8, "timeliness": 0.9}.items()
        }
        month = judge_month(county(World("odd", shares=shares), seed))
        assert any(test.announced for test in month.tests)
        assert not contradicts(month)


def test_the_same_figures_in_another_order_are_judged_alike() -> None:
    matters = county(World("any", shares={"filing": 0.7}), 11)
    month, other = judge_month(matters), judge_month(matters[::-1])
    by = {(t.key, t.place, t.unit, t.question): (t.p, t.q, t.announced) for t in month.tests}
    assert by == {(t.key, t.place, t.unit, t.question): (t.p, t.q, t.announced)
                  for t in other.tests}  # fmt: skip
