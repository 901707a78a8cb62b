"""Every figure of the speech, asserted from the published Parquet with SQL of its own."""

from __future__ import annotations

import csv

import pytest

from tests.demo.conftest import DEMO, Published

YEAR_2009 = "stat_month between date '2008-10-01' and date '2009-09-01'"
YEAR_2010 = "stat_month between date '2009-10-01' and date '2010-05-01'"
STANDING = "area_code = '990101' and stat_month = date '2009-09-01'"

VILLAGES = f"""
    with village as (
        select
            area_code, substr(area_code, 1, 9) as township,
            sum(births_p1_m + births_p1_f + births_p2_m + births_p2_f + births_p3_m + births_p3_f)
                as births,
            sum(births_p1_m + births_p2_m + births_p3_m) as males,
            sum(births_p1_f + births_p2_f + births_p3_f) as females,
            sum(births_p1_m) as p1_m, sum(births_p1_f) as p1_f,
            sum(births_p2_m) as p2_m, sum(births_p2_f) as p2_f,
            sum(births_p3_m + births_p3_f) as p3,
            sum(births_p1_in + births_p2_in + births_p3_in) as births_in,
            sum(births_out_migrant) as migrants
        from village_month where {YEAR_2009} group by area_code
    ),
    township as (
        select
            township, sum(births) as births, sum(births_in) as births_in, sum(males) as males,
            sum(females) as females, sum(p2_m) as p2_m, sum(p2_f) as p2_f
        from village group by township
    )
"""


def test_policy_compliance_of_the_county_in_2009_is_90_94(latest: Published) -> None:
    """政策符合率 90.94 %."""
    share = latest.one(
        f"{VILLAGES} select round(100.0 * sum(births_in) / sum(births), 2) from village"
    )
    assert float(share) == 90.94


def test_4_townships_lie_below_90_in_2009(latest: Published) -> None:
    """4 个乡镇低于 90 %."""
    low = f"{VILLAGES} select count(*) from township where births_in * 100 < births * 90"
    assert latest.one(low) == 4


def test_procedure_completion_of_2010_to_date_is_90_64(latest: Published) -> None:
    """手术新帐完成率 90.64 %, and 13 townships below the county's value."""
    done = f"""
        with township as (
            select area_code, sum(procedures_done) as done, sum(procedures_due) as due
            from township_month where {YEAR_2010} group by area_code
        ), county as (select sum(done) as done, sum(due) as due from township)
    """
    share = latest.one(f"{done} select round(100.0 * done / due, 2) from county")
    assert float(share) == 90.64
    below = f"""{done} select count(*) from township, county
        where township.done * county.due < county.done * township.due"""
    assert latest.one(below) == 13
    assert latest.one(f"{done} select count(*) from township") == 16


def test_88_of_185_villages_have_3_or_more_out_of_policy_births(latest: Published) -> None:
    """政策外出生 3 例以上村 88 of 185 = 47.57 %."""
    [(high, villages)] = latest.rows(
        f"{VILLAGES} select count(*) filter (where births - births_in >= 3), count(*) from village"
    )
    assert (high, villages) == (88, 185)
    assert round(100 * high / villages, 2) == 47.57


def test_the_most_out_of_policy_births_in_one_village_are_13(latest: Published) -> None:
    """一村最多 13 例."""
    assert latest.one(f"{VILLAGES} select max(births - births_in) from village") == 13


def test_the_lowest_village_compliance_is_69_23(latest: Published) -> None:
    """最低的村 69.23 %: of 26 or 39 births, and no village of any size is lower."""
    lowest = latest.rows(
        f"""{VILLAGES} select births_in, births from village
            order by births_in::DOUBLE / births, births desc limit 1"""
    )
    assert lowest in ([(18, 26)], [(27, 39)])
    assert round(100 * lowest[0][0] / lowest[0][1], 2) == 69.23


@pytest.mark.parametrize(
    ("males", "females", "line", "townships"),
    [("males", "females", 120, 4), ("p2_m", "p2_f", 130, 11)],
)
def test_townships_above_the_lines_of_the_sex_ratio(
    latest: Published, males: str, females: str, line: int, townships: int
) -> None:
    """性别比高于 120 in 4 townships; 二孩 above 130 in 11, of those with births enough to show."""
    above = f"""{VILLAGES} select
            count(*) filter (where {males} * 100 > {females} * {line}),
            count(*) from township where {males} + {females} >= 50"""
    assert latest.rows(above) == [(townships, 16)]


def test_verified_sex_selection_cases_of_2009_are_12(latest: Published) -> None:
    """两非案件查实 12 件."""
    assert (
        latest.one(f"select sum(sex_selection_cases) from township_month where {YEAR_2009}") == 12
    )


def test_more_than_90_percent_of_out_of_policy_births_are_by_migrants(latest: Published) -> None:
    """政策外出生中流动人口占 90 % 以上."""
    share = latest.one(
        f"{VILLAGES} select 100.0 * sum(migrants) / sum(births - births_in) from village"
    )
    assert 90 < float(share) < 100


@pytest.mark.parametrize(
    ("indicator", "rank"),
    [("overall", 28), ("procedure_completion", 29), ("migrant_filing", 29)],
)
def test_the_published_standing_among_the_29(latest: Published, indicator: str, rank: int) -> None:
    """28th overall; 29th in procedure completion and migrant filing, as the values say too."""
    own = f"select * from peer_month where {STANDING} and indicator = '{indicator}'"
    [(published, value)] = latest.rows(f"select published_rank, value from ({own})")
    others = f"""from peer_month where stat_month = date '2009-09-01'
        and indicator = '{indicator}' and area_code <> '990101'"""
    assert published == rank
    assert latest.one(f"select count(*) {others}") == 28
    assert latest.one(f"select 1 + count(*) {others} and value > {value}") == rank
    assert latest.one(f"select count(*) {others} and value = {value}") == 0


def test_overall_and_procedure_completion_are_only_published(latest: Published) -> None:
    """No numerator or denominator stands beside them."""
    assert latest.one(
        """select count(numerator) + count(denominator) from peer_month
           where indicator in ('overall', 'procedure_completion')"""
    ) == 0  # fmt: skip


def test_the_class_register_is_one_for_eight_years_then_lost_and_regained() -> None:
    """一类 for 8 years running, then lost, then regained."""
    with (DEMO / "class_history.csv").open(encoding="utf-8") as file:
        classes = [row["class"] for row in csv.DictReader(file)]
    assert classes[:8] == ["一类"] * 8
    assert classes[8] != "一类"
    assert classes[-1] == "一类"
    lost = [place for place, name in enumerate(classes) if name != "一类"]
    assert lost == list(range(8, 8 + len(lost))) and lost[-1] < len(classes) - 1


def test_recounts_find_visibly_more_births_than_were_reported(latest: Published) -> None:
    """回溯: a few per cent more, in many villages, and the later recount finds more again."""
    counted = latest.rows(
        f"""select recount_date, sum(births_m + births_f) from recount
            where {YEAR_2009} group by recount_date order by recount_date"""
    )
    assert len(counted) == 2
    reported = latest.one(f"{VILLAGES} select sum(births) from village")
    gaps = [100 * (births - reported) / births for _, births in counted]
    assert 1 < gaps[0] < gaps[1] < 6
    more = latest.one(
        f"""{VILLAGES}, counted as (
                select area_code, sum(births_m + births_f) as births from recount
                where {YEAR_2009}
                    and recount_date = (select max(recount_date) from recount)
                group by area_code
            )
            select count(*) from counted join village using (area_code)
            where counted.births > village.births"""
    )
    assert more > 60


def test_births_of_2009_are_as_many_and_of_the_orders_that_were_known(latest: Published) -> None:
    """5,500–5,900 births; shares about 63/33/4 %; first births about 105, second about 136."""
    [(births, p1, p2, p3, first, second)] = latest.rows(
        f"""{VILLAGES} select sum(births), 100.0 * sum(p1_m + p1_f) / sum(births),
                100.0 * sum(p2_m + p2_f) / sum(births), 100.0 * sum(p3) / sum(births),
                100.0 * sum(p1_m) / sum(p1_f), 100.0 * sum(p2_m) / sum(p2_f) from village"""
    )
    assert 5500 <= births <= 5900
    assert [float(p) for p in (p1, p2, p3)] == pytest.approx([63, 33, 4], abs=1.5)
    assert float(first) == pytest.approx(105, abs=1.5)
    assert float(second) == pytest.approx(136, abs=2.5)
