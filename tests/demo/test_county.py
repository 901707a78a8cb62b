"""What is planted, what merged, what came late, and that every rule of the catalogue holds."""

from __future__ import annotations

import csv
from datetime import date, datetime

import numpy as np
import pytest
from scipy import stats

from shortplank.catalogue import load_workspace
from tests.demo.conftest import DEMO, SNAPSHOTS, Published, manifests
from tests.shared import shared_or_skip

SILENT, SMOOTH, ERROR = "990101109", "990101213", "990101214"


def read(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# --- planted faults -------------------------------------------------------------------------------
def test_one_township_is_silent_in_one_month_and_still_is(latest: Published) -> None:
    """松崖镇 2009-02: no row and no submission of either monthly form."""
    february = "stat_month = date '2009-02-01'"
    for dataset in ("village_month", "township_month", "submission"):
        silent = f"select count(*) from {dataset} where {february} and area_code[:9] = '{SILENT}'"
        assert latest.one(silent) == 0
        assert latest.one(silent.replace("= date", "<> date")) > 0
    towns = f"select count(distinct area_code[:9]) from village_month where {february}"
    assert latest.one(towns) == 15


@pytest.mark.parametrize("unit", ["area_code", "area_code[:9]"])
def test_one_township_files_more_smoothly_than_chance_allows(latest: Published, unit: str) -> None:
    """杉野乡: over two years filed migrants vary far below binomial chance; nowhere else do they.

    By village and by township: the dispersion test's lower tail.
    """
    spread = latest.rows(
        f"""with monthly as (
                select area_code[:9] as township, {unit} as unit, stat_month,
                    sum(migrants_filed) as filed, sum(migrants_due) as due
                from village_month where stat_month >= date '2008-06-01' group by all
            ), share as (
                select *, sum(filed) over (partition by unit)
                    / sum(due) over (partition by unit) as p
                from monthly
            )
            select township, sum((filed - due * p) ** 2 / (due * p * (1 - p))),
                count(*) - count(distinct unit)
            from share group by township"""
    )
    low = {township for township, chi2, df in spread if stats.chi2.cdf(chi2, df) < 0.0001}
    assert len(spread) == 16
    assert low == {SMOOTH}


def test_one_procedure_error_stands_at_a_city_inspection(latest: Published) -> None:
    """泉岚乡 2009-07, at township level; no other inspection of procedures found one."""
    wrong = latest.rows(
        """select area_code, stat_month, level, kind from inspection
           where subject = 'procedures'
               and omitted + duplicate + "false" + misclassified > 0"""
    )
    assert wrong == [(ERROR, date(2009, 7, 1), "city", "sample")]
    beside = latest.one(
        """select count(*) from inspection
           where subject = 'procedures' and stat_month = date '2009-07-01'"""
    )
    assert beside > 1


def test_measures_about_procedures_have_no_village(latest: Published) -> None:
    """Township tables hold townships, and procedure samples name no village."""
    for dataset in ("township_month", "township_quarter", "cross_source", "submission"):
        assert latest.one(f"select max(length(area_code)) from {dataset}") == 9
    samples = "select max(length(area_code)) from inspection where subject = 'procedures'"
    assert latest.one(samples) == 9


# --- the shape of the data ------------------------------------------------------------------------
def test_three_villages_merge_in_july_2008(latest: Published) -> None:
    """187 villages before, 185 after; the successor takes over the stocks."""
    merged = tuple(row["old_code"] for row in read("successors.csv"))
    heir = read("successors.csv")[0]["new_code"]
    counts = dict(latest.rows("select stat_month, count(*) from village_month group by stat_month"))
    assert counts[date(2008, 6, 1)] == 187
    assert counts[date(2008, 7, 1)] == 185
    before = latest.one(
        f"""select sum(pop_end) from village_month
            where stat_month = date '2008-06-01' and area_code in {merged}"""
    )
    after = latest.one(
        f"""select pop_end from village_month
            where stat_month = date '2008-07-01' and area_code = '{heir}'"""
    )
    assert after == pytest.approx(before, rel=0.01)
    assert latest.one(
        f"""select count(*) from village_month
            where area_code in {merged} and stat_month >= date '2008-07-01'
               or area_code = '{heir}' and stat_month < date '2008-07-01'"""
    ) == 0  # fmt: skip


def test_every_month_is_there(latest: Published) -> None:
    """October 2006 to May 2010, 16 townships and 29 peers."""
    for dataset in ("village_month", "township_month", "peer_month", "city_month", "submission"):
        months = latest.rows(f"select min(stat_month), max(stat_month) from {dataset}")
        assert months == [(date(2006, 10, 1), date(2010, 5, 1))]
        assert latest.one(f"select count(distinct stat_month) from {dataset}") == 44
    assert latest.one("select count(distinct area_code) from peer_month") == 29
    quarters = "select distinct month(stat_month) from township_quarter order by 1"
    assert latest.rows(quarters) == [(3,), (6,), (9,), (12,)]


@pytest.mark.parametrize(
    ("dataset", "rule"),
    [
        ("village_month", "births_p1_in <= births_p1_m + births_p1_f"),
        ("village_month", "births_p2_in <= births_p2_m + births_p2_f"),
        ("village_month", "births_p3_in <= births_p3_m + births_p3_f"),
        (
            "village_month",
            "births_out_migrant <= births_p1_m + births_p1_f + births_p2_m + births_p2_f"
            " + births_p3_m + births_p3_f - births_p1_in - births_p2_in - births_p3_in",
        ),
        ("village_month", "migrants_filed <= migrants_due"),
        ("village_month", "benefits_paid <= benefits_due"),
        ("village_month", "least(pop_end, deaths, births_late, births_out_migrant) >= 0"),
        ("village_month", "least(births_p1_m, births_p1_f, births_p2_m, births_p2_f) >= 0"),
        ("village_month", "least(births_p3_m, births_p3_f, births_p1_in, births_p3_in) >= 0"),
        ("township_month", "procedures_done <= procedures_due"),
        ("township_month", "backlog_cleared <= backlog_due"),
        ("township_month", "pregnancies_early <= pregnancies_known"),
        ("township_month", "fees_collected <= fees_levied"),
        ("township_month", "petitions_confirmed <= petitions_verifiable"),
        ("township_month", "petitions_verifiable <= petitions_received"),
        ("township_quarter", "stations_standard <= stations and leaders_in_post <= leader_posts"),
        ("township_quarter", "village_rooms_standard <= village_rooms"),
        ("township_quarter", "staff_in_post <= staff_posts and funds_paid <= funds_due"),
        ("township_quarter", "village_led_villages <= village_rooms"),
        ("inspection", 'coalesce(omitted + duplicate + "false" + misclassified <= verified, true)'),
        ("recount", "least(births_m, births_f) >= 0"),
        ("submission", "received_at > stat_month and revision >= 1"),
    ],
)
def test_the_rules_hold_in_every_edition(dataset: str, rule: str) -> None:
    """No published file of any edition breaks a rule, restated ones included."""
    files = {f["path"] for m in manifests() for f in m["files"]}
    every = [str(SNAPSHOTS / path) for path in sorted(files) if path.split("/")[1] == dataset]
    rows = Published(manifests()[0]).connection.read_parquet(every, hive_partitioning=False)
    assert rows.filter(f"not ({rule})").fetchall() == []
    assert len(rows.limit(1).fetchall()) == 1


def test_population_moves_by_less_than_a_warning(latest: Published) -> None:
    """No village's population moves by 5 % between two reports."""
    step = """
        select max(abs(pop_end / before - 1)) from (
            select pop_end, lag(pop_end) over (partition by area_code order by stat_month) as before
            from village_month
        )"""
    assert latest.one(step) < 0.03


def test_june_samples_are_no_storm_of_outliers(latest: Published) -> None:
    """May's stocks lie within 2 % (or one) of what the June reports will say."""
    with shared_or_skip("samples/good/expected.csv").open(encoding="utf-8-sig") as file:
        june = {row["area_code"]: row for row in csv.DictReader(file)}
    for name in ("pop_end", "migrants_due", "benefits_due"):
        may = latest.rows(
            f"select area_code, {name} from village_month where stat_month = date '2010-05-01'"
        )
        assert len(may) == len(june) == 185
        for code, value in may:
            level = int(june[code][name])
            assert abs(value - level) <= max(1, 0.02 * level), (name, code, value, level)


@pytest.mark.parametrize("name", ["pop_end", "migrants_due", "migrants_filed", "benefits_due"])
def test_few_june_values_are_outliers_of_their_own_year(latest: Published, name: str) -> None:
    """Beside the last twelve months, under 3 % of June's values lie beyond the extreme limit."""
    with shared_or_skip("samples/good/expected.csv").open(encoding="utf-8-sig") as file:
        june = {row["area_code"]: int(row[name]) for row in csv.DictReader(file)}
    year = latest.rows(
        f"""select area_code, list({name}) from village_month
            where stat_month >= date '2009-06-01' group by area_code"""
    )
    extreme = 0
    for code, values in year:
        away = np.abs(np.array(values) - np.median(values))
        scale = np.median(away) / 0.6745 or np.mean(away) / 0.7979
        extreme += abs(june[code] - np.median(values)) > 5 * scale
    assert extreme < 0.03 * len(year)


def test_names_are_fictional() -> None:
    """No county or township bears the name of a real one."""
    real: set[str] = set()
    for name in ("areas.csv", "streets.csv"):
        with shared_or_skip(f"real/cn_divisions/{name}").open(encoding="utf-8") as file:
            real |= {row["name"] for row in csv.DictReader(file)}
    names = {row["name"] for row in read("areas.csv")} | {row["name"] for row in read("peers.csv")}
    assert len(real) > 30_000
    assert not names & real


# --- editions -------------------------------------------------------------------------------------
def test_editions_come_in_the_order_of_time() -> None:
    """History first, then one a month, recounts and restatements between, all at stated moments."""
    published = [datetime.fromisoformat(m["published_at"]) for m in manifests()]
    assert published == sorted(published)
    assert published[0].date() == date(2008, 10, 8)
    assert published[-1].date() == date(2010, 6, 8)
    assert 24 <= len(published) <= 28
    assert sum(1 for m in manifests() if m["restates"]) == 3
    assert all(m["who"] and m["why"] for m in manifests())


def test_a_restated_month_says_what_it_said_before() -> None:
    """The edition before a restatement holds the first version, and fewer births."""
    every = manifests()
    births = "births_p1_m + births_p1_f + births_p2_m + births_p2_f + births_p3_m + births_p3_f"
    place = next(i for i, m in enumerate(every) if m["restates"] == ["2009-04"])
    month = f"select sum({births}) from village_month where stat_month = date '2009-04-01'"
    before, after = Published(every[place - 1]).one(month), Published(every[place]).one(month)
    assert before < after
    again = "select count(*) from submission where stat_month = date '2009-04-01' and revision = 2"
    assert Published(every[place - 1]).one(again) == 0
    assert Published(every[place]).one(again) == 1


def test_some_reports_come_late_and_some_miss_their_edition(latest: Published) -> None:
    """About 94 % come by the due day; what came after the edition is in the next one."""
    share = latest.one(
        """select avg((received_at <= stat_month + interval 1 month + interval 4 day)::INTEGER)
           from submission where revision = 1 and stat_month >= date '2008-10-01'"""
    )
    assert share == pytest.approx(0.94, abs=0.02)
    missed = latest.rows(
        """select distinct stat_month, form, area_code from submission
           where revision = 1 and stat_month >= date '2008-10-01' and form = 'village_month'
               and received_at > stat_month + interval 1 month + interval 7 day"""
    )
    assert missed
    for month, _, township in missed:
        then = [m for m in manifests() if f"{month.year}年{month.month}月报表" in m["why"]]
        rows = f"""select count(*) from village_month
            where stat_month = date '{month}' and area_code[:9] = '{township}'"""
        assert Published(then[0]).one(rows) == 0
        assert latest.one(rows) > 0


def test_found_births_are_restated_later(latest: Published) -> None:
    """After a recount, townships report more births of earlier years than usual."""
    late = dict(
        latest.rows("select stat_month, sum(births_late) from village_month group by stat_month")
    )
    usual = sum(late[date(2009, month, 1)] for month in range(7, 13)) / 6
    assert sum(late[date(2010, month, 1)] for month in (1, 2, 3)) / 3 > 1.4 * usual


def test_the_workspace_loads_and_its_registers_are_dated() -> None:
    """Status, support and targets name documents, and no target rests on births."""
    workspace = load_workspace(DEMO)
    assert workspace.settings.demo and workspace.home.name == "云洲县"
    assert all(row.source for row in (*workspace.status, *workspace.support, *workspace.targets))
    assert {row.status for row in workspace.status} == {
        "星级服务村",
        "滞后村预警",
        "村为主合格村",
        "示范乡镇",
        "两无一满意",
        "重点管理",
    }
    assert {row.role for row in workspace.support} == {"联系乡镇", "帮扶单位"}
    for row in workspace.targets:
        assert workspace.indicators[row.indicator].family in ("service", "quality", "team")


def test_the_demo_is_small() -> None:
    """The checked-in workspace stays well under 10 MB."""
    size = sum(
        path.stat().st_size
        for path in DEMO.rglob("*")
        if path.is_file() and "marts" not in path.relative_to(DEMO).parts
    )
    assert size < 6_000_000
