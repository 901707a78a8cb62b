"""The marts against a naive oracle, and in small figures worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shortplank.store import Store
from tests.store import history
from tests.store import workspaces as w
from tests.store.figures import FIGURES, Figures, assert_same, marts
from tests.store.oracle import INDICATORS, County, Oracle


@pytest.fixture(scope="module")
def villages(published: Store) -> Figures:
    return marts(published, w.COUNTY)


# --- the whole mart, against plain loops --------------------------------------------------------
def test_every_figure_of_counties_and_townships_is_the_oracles(
    towns: Figures, made: County
) -> None:
    assert_same(towns, Oracle(made).mart(("county", "township")))


def test_every_figure_of_villages_is_the_oracles(villages: Figures, made: County) -> None:
    assert_same(villages, Oracle(made).mart(("village",)))


def test_the_oracle_knows_every_indicator_that_is_built(published: Store) -> None:
    built = {k for k, i in published.workspace.indicators.items() if i.kind != "published"}
    assert built == set(INDICATORS)


# --- what the definitions mean, in small figures ------------------------------------------------
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = w.months(date(2009, 8, 1), 4)


def test_the_year_to_date_starts_anew_with_the_statistical_year(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    rows = [
        w.village(w.N1, month, births_p1_m=births, births_p1_in=1, migrants_due=due)
        for month, births, due in ((AUGUST, 3, 8), (SEPTEMBER, 5, 9), (OCTOBER, 7, 4))
    ]
    w.publish(store, village_month=rows)
    towns = marts(store)
    births = [
        towns[w.NORTH, m, "policy_compliance"]["ytd_denominator"] for m in (SEPTEMBER, OCTOBER)
    ]
    due = [towns[w.NORTH, m, "migrant_filing"]["ytd_denominator"] for m in (SEPTEMBER, OCTOBER)]
    assert births == [8, 7]  # a flow is summed
    assert due == [9, 4]  # of a stock the last value stands


def test_population_is_counted_in_person_years(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    sizes = {AUGUST: 1200, SEPTEMBER: 1800}
    w.publish(store, village_month=[w.village(w.N1, m, pop_end=n) for m, n in sizes.items()])
    row = marts(store)[w.COUNTY, SEPTEMBER, "crude_birth_rate"]
    assert (row["denominator"], row["ytd_denominator"]) == (150, 250)


def test_twelve_months_are_not_shown_before_there_are_twelve(towns: Figures) -> None:
    months = w.months(history.FIRST, history.COUNT)
    rows = [towns[w.SOUTH, month, "policy_compliance"]["r12_numerator"] for month in months]
    assert rows[:11] == [None] * 11
    assert None not in rows[11:]


def test_a_silent_township_is_unknown_not_zero(towns: Figures) -> None:
    row = towns[w.NORTH, history.SILENT, "policy_compliance"]
    assert (row["numerator"], row["denominator"]) == (None, None)
    assert (row["expected"], row["reported"]) == (3, 0)
    assert (
        row["ytd_denominator"]
        == towns[w.NORTH, date(2009, 3, 1), "policy_compliance"]["ytd_denominator"]
    )
    assert towns[w.COUNTY, history.SILENT, "policy_compliance"]["reported"] == 3


def test_a_reported_zero_is_zero(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    w.publish(store, village_month=[w.village(code, AUGUST) for code in w.VILLAGES[:3]])
    towns = marts(store)
    assert towns[w.NORTH, AUGUST, "births_out"]["numerator"] == 0
    assert towns[w.NORTH, AUGUST, "policy_compliance"]["denominator"] == 0
    assert towns[w.SOUTH, AUGUST, "births_out"]["numerator"] is None


def test_villages_that_merge_stand_for_themselves_before_and_hand_on_after(
    villages: Figures,
) -> None:
    before, after = date(2009, 1, 1), history.MERGER
    codes = {month: {a for a, m, _ in villages if m == month} for month in (before, after)}
    assert {history.N4, history.N5} <= codes[before] and w.N3 not in codes[before]
    assert w.N3 in codes[after] and not {history.N4, history.N5} & codes[after]
    old = [
        villages[code, before, "births_out"]["ytd_numerator"] for code in (history.N4, history.N5)
    ]
    new = villages[w.N3, after, "births_out"]
    assert new["ytd_numerator"] == sum(old) + new["numerator"]


def test_villages_over_the_line_are_those_of_the_month(tmp_path: Path) -> None:
    areas, successors = history.AREAS, history.SUCCESSORS
    store = Store(w.make(tmp_path, areas=areas, successors=successors))
    rows = [
        w.village(code, month, births_p1_m=2)
        for month in (date(2009, 1, 1), date(2009, 2, 1))
        for code in ((history.N4, history.N5) if month.month == 1 else (w.N3,))
    ]
    w.publish(store, village_month=rows)
    towns = marts(store)
    over = {m: towns[w.NORTH, date(2009, m, 1), "villages_out_ge3"] for m in (1, 2)}
    assert (over[1]["ytd_numerator"], over[1]["ytd_denominator"]) == (0, 4)
    assert (over[2]["ytd_numerator"], over[2]["ytd_denominator"]) == (1, 3)


def test_villages_over_the_line_are_unknown_where_nothing_is_reported(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    rows = [w.village(code, SEPTEMBER, births_p1_m=5) for code in w.VILLAGES]
    rows += [w.village(code, OCTOBER, births_p1_m=5) for code in w.VILLAGES[3:]]
    w.publish(store, village_month=rows)
    towns = marts(store)
    wanted = {w.NORTH: None, w.SOUTH: 3, w.COUNTY: 3}
    for code, count in wanted.items():
        assert towns[code, OCTOBER, "villages_out_ge3"]["ytd_numerator"] == count, code


def test_a_renamed_area_is_counted_once(tmp_path: Path) -> None:
    old = f"{w.N1},{w.NORTH},village,上坪村,村,2000-01-01,"
    renamed = old + f"2009-08-31\n{w.N1},{w.NORTH},village,高坪村,村,2009-09-01,"
    store = Store(w.make(tmp_path, areas=w.AREAS.replace(old, renamed)))
    w.publish(store, village_month=[w.village(w.N1, m, deaths=2) for m in (AUGUST, SEPTEMBER)])
    row = marts(store)[w.NORTH, SEPTEMBER, "natural_increase_rate"]
    assert (row["numerator"], row["ytd_numerator"], row["expected"]) == (-2, -4, 3)
    assert marts(store, w.COUNTY)[w.N1, AUGUST, "births_out"]["numerator"] == 0


def test_timely_is_what_came_first_by_the_due_day(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    reports = [
        w.filed(w.NORTH, AUGUST, "village_month", date(2009, 9, 5)),
        w.filed(w.NORTH, AUGUST, "village_month", date(2009, 9, 20), revision=2),
        w.filed(w.NORTH, AUGUST, "township_month", date(2009, 9, 6)),
    ]
    w.publish(store, village_month=[w.village(w.N1, AUGUST)], submission=reports)
    towns = marts(store)
    assert [towns[w.NORTH, AUGUST, "report_timeliness"][k] for k in FIGURES[:2]] == [1, 2]
    assert [towns[w.NORTH, AUGUST, "report_completeness"][k] for k in FIGURES[:2]] == [2, 2]
    assert [towns[w.COUNTY, AUGUST, "report_completeness"][k] for k in FIGURES[:2]] == [2, 4]


def test_a_form_that_nobody_owes_does_not_stand_for_one_that_is_owed(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    extra = 'label = "另表"\ndataset = "village_month"\n[columns]\ndeaths = ["deaths"]\n'
    (tmp_path / "catalogue/forms/extra.toml").write_text(extra, "utf-8")
    reports = [
        w.filed(w.NORTH, AUGUST, form, date(2009, 9, 1)) for form in ("village_month", "extra")
    ]
    w.publish(store, village_month=[w.village(w.N1, AUGUST)], submission=reports)
    assert marts(store)[w.NORTH, AUGUST, "report_completeness"]["numerator"] == 1


def test_the_latest_recount_is_matched_with_what_those_villages_had_reported(
    tmp_path: Path,
) -> None:
    store = w.store(tmp_path)
    births = [w.village(code, AUGUST, births_p1_m=4) for code in w.VILLAGES[:2]]
    recounts = [
        {
            "area_code": w.N1,
            "stat_month": AUGUST,
            "recount_date": date(2009, month, 1),
            "births_m": count,
            "births_f": 1,
        }
        for month, count in ((10, 9), (11, 5))
    ]
    w.publish(store, village_month=births, recount=recounts)
    row = marts(store)[w.NORTH, AUGUST, "recount_gap"]
    assert (row["ytd_numerator"], row["ytd_denominator"]) == (2, 6)


def test_the_largest_department_is_compared_with_the_reports_of_the_same_month(
    tmp_path: Path,
) -> None:
    store = w.store(tmp_path)
    births = [w.village(w.N1, m, births_p1_m=10) for m in (AUGUST, SEPTEMBER)]
    sources = [
        {"area_code": w.NORTH, "stat_month": AUGUST, "source": "hospital", "births_hospital": 12},
        {
            "area_code": w.NORTH,
            "stat_month": AUGUST,
            "source": "vaccination",
            "births_vaccination": 14,
        },
    ]
    w.publish(store, village_month=births, cross_source=sources)
    row = marts(store)[w.NORTH, SEPTEMBER, "cross_source_gap"]
    assert (row["numerator"], row["ytd_numerator"], row["ytd_denominator"]) == (None, 4, 14)


def test_a_measure_added_later_is_unknown_in_older_months(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    w.publish(store, village_month=[w.village(w.N1, AUGUST, deaths=1)])
    measures = tmp_path / "catalogue/measures.toml"
    added = '[measures]\nrooms_opened = { label = "新开村室", dataset = "village_month" }\n'
    measures.write_text(measures.read_text("utf-8").replace("[measures]\n", added, 1), "utf-8")
    card = 'label = "新开"\nkind = "count"\nfamily = "team"\nnumerator = ["rooms_opened"]\n'
    card += (
        'polarity = "none"\nlevels = ["township"]\ndefinition = "数"\nwhy = "数"\nsource = "表"\n'
    )
    (tmp_path / "catalogue/indicators/rooms.toml").write_text("[rooms_opened]\n" + card, "utf-8")
    store = w.reload(store)
    later = w.village(w.N1, SEPTEMBER, rooms_opened=3)
    w.publish(store, day=2, village_month=[later])
    towns = marts(store)
    assert towns[w.NORTH, AUGUST, "rooms_opened"]["numerator"] is None
    assert towns[w.NORTH, AUGUST, "natural_increase_rate"]["numerator"] == -1
    assert towns[w.NORTH, SEPTEMBER, "rooms_opened"]["ytd_numerator"] == 3


def closing(code: str) -> str:
    """Return the register with an area, and what is under it, gone from September on."""
    lines = [
        line + "2009-08-31" if line.startswith(code) else line for line in w.AREAS.splitlines()
    ]
    return "\n".join(lines) + "\n"


def test_what_a_township_counted_stays_with_the_county_when_it_is_gone(tmp_path: Path) -> None:
    store = Store(w.make(tmp_path, areas=closing(w.SOUTH)))
    rows = [w.village(code, AUGUST, births_p1_m=3, migrants_due=5) for code in (w.N1, w.S1)]
    w.publish(store, village_month=[*rows, w.village(w.N1, SEPTEMBER, migrants_due=4)])
    towns = marts(store)
    assert (w.SOUTH, AUGUST, "births_out") in towns
    assert (w.SOUTH, SEPTEMBER, "births_out") not in towns
    assert towns[w.COUNTY, SEPTEMBER, "births_out"]["ytd_numerator"] == 6  # a flow was
    assert towns[w.COUNTY, SEPTEMBER, "migrant_filing"]["ytd_denominator"] == 4  # a stock is
    assert towns[w.COUNTY, SEPTEMBER, "villages_out_ge3"]["ytd_numerator"] == 1
    assert towns[w.COUNTY, SEPTEMBER, "villages_out_ge3"]["ytd_denominator"] == 3


def test_a_township_hands_on_to_its_successor(tmp_path: Path) -> None:
    moved = f"old_code,new_code,from\n{w.SOUTH},{w.NORTH},2009-09-01\n"
    store = Store(w.make(tmp_path, areas=closing(w.SOUTH), successors=moved))
    rows = [w.village(code, AUGUST, births_p1_m=3) for code in (w.N1, w.S1)]
    done = [
        {"area_code": code, "stat_month": AUGUST, "procedures_due": 4, "procedures_done": 2}
        for code in (w.NORTH, w.SOUTH)
    ]
    w.publish(store, village_month=[*rows, w.village(w.N1, SEPTEMBER)], township_month=done)
    towns = marts(store)
    for code, births in ((w.NORTH, 3), (w.SOUTH, 3), (w.COUNTY, 6)):
        assert towns[code, AUGUST, "births_out"]["ytd_numerator"] == births, code
    assert towns[w.NORTH, SEPTEMBER, "births_out"]["ytd_numerator"] == 6
    assert towns[w.NORTH, SEPTEMBER, "procedure_completion"]["ytd_denominator"] == 8
