"""Data quality: the demo's planted faults are found, clean counties stay quiet, gaps told apart."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from shortplank.access import Actor
from shortplank.catalogue import load_workspace
from shortplank.errors import ShortplankError
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.records.marks import mark_checked
from shortplank.store import Engine, add_months, engine
from shortplank.topics.quality.answer import signal_kinds as kinds
from shortplank.topics.quality.answer import signals as s
from shortplank.topics.quality.answer.checks_found import checks_found
from shortplank.topics.quality.answer.completeness import STATES, completeness, villages
from shortplank.topics.quality.answer.recounts import (
    recounts,
    recounts_table,
    reranked,
    sources_of_births,
    sources_told,
)
from tests.copies import DEMO, demo_copy
from tests.store import workspaces as w
from tests.topics.months import engine_of, look
from tools.sentences.county import TOWNSHIP

MAY, YEAR = date(2010, 5, 1), date(2009, 9, 1)
COUNTIES = 200


def view(
    month: date = MAY,
    role: str = "analyst",
    shared: Engine | None = None,
    account: str = "tongji01",
) -> View:
    shared = shared or engine(DEMO)
    return View(
        shared, shared.newest(), Actor(role, account), month, "ytd", "migrant_filing", "990101"
    )  # type: ignore[arg-type]


# --- the demo's planted faults --------------------------------------------------------------------
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_every_planted_fault_is_named_and_nothing_else(role: str) -> None:
    rows = s.signals(view(role=role)).rows
    found = {(row.area, f"{row.month:%Y-%m}", row.kind) for row in rows}
    assert found == {
        ("松崖镇", "2009-02", "missing"),
        ("杉野乡", "2010-05", "smooth"),
        ("杉野乡", "2010-05", "alike"),
        ("泉岚乡", "2009-07", "inspected"),
        ("全县", "2009-09", "recounted"),
    }
    assert {row.words for row in rows} == {"未报", "值得核对"}


def test_a_signal_that_the_sentence_names_says_how_often_it_would_speak() -> None:
    made = s.signals(view())
    top = next(row for row in made.rows if not row.missing)
    assert f"{top.evidence}（{top.rate}）" in made.sentence
    assert "数据正常时误报的可能，每个乡镇 0.05%" in {row.rate for row in made.rows}
    assert all(row.rate for row in made.rows) and not made.named  # no warning of anybody


def test_the_list_is_ordered_by_the_people_affected_not_by_z() -> None:
    rows = [row for row in s.signals(view()).rows if row.words == "值得核对"]
    affected = [row.affected for row in rows]
    assert affected == sorted(affected, reverse=True)


def test_the_matrix_tells_who_was_late_and_who_was_silent() -> None:
    made = completeness(view())
    assert made.matrix.states.shape == (32, 44)
    at = made.matrix.months.index(date(2009, 2, 1))
    silent = np.flatnonzero(made.matrix.states[:, at] == STATES.index("missing"))
    assert {made.matrix.groups[i] for i in silent} == {"松崖镇"}
    assert "松崖镇（2009年2月）" in made.sentence and made.missing_now == []
    assert set(made.late_now) == {"潭渚镇", "桂浦镇", "雁崖乡"}


def test_villages_that_are_gone_are_not_missing() -> None:
    made = villages(view())
    assert len(made.rows) == 188 and len(made.months) == 44
    now = made.states[:, -1]
    assert (now == STATES.index("on_time")).sum() == 185
    assert made.count("missing") == sum(g == "松崖镇" for g in made.groups) - sum(
        g == "松崖镇" and made.states[i, -1] == STATES.index("not_due")
        for i, g in enumerate(made.groups)
    )


def test_recounts_are_those_of_the_question() -> None:
    made = recounts(view())
    shared = engine(DEMO)
    rows = shared.ask("townships_by_indicator", None, "analyst", county="990101", month=YEAR)
    own = [r for r in rows.to_pylist() if r["indicator"] == "recount_gap"]
    county = next(r for r in own if r["level"] == "county")
    assert made.recounted.sum() == county["ytd_denominator"]
    assert (made.recounted - made.reported).sum() == county["ytd_numerator"]
    gaps = {r["name"]: r["ytd_numerator"] for r in own if r["level"] == "township"}
    assert {r["乡镇"]: r["差（例）"] for r in recounts_table(view(), made).to_pylist()} == gaps
    assert made.absolute == pytest.approx(
        100 * sum(abs(g) for g in gaps.values()) / county["ytd_denominator"]
    )
    assert "核实系数 1.0" in made.sentence and "95% 区间" in made.sentence


def test_departments_stand_beside_the_reports() -> None:
    rows = sources_of_births(view(YEAR)).to_pylist()
    assert len(rows) == 16 and rows[0]["乡镇"] == "松崖镇"
    assert rows[0]["说明"] == "部门数多于上报"


def test_who_is_listed_for_a_gap_is_who_the_ledger_lists() -> None:
    """A gap whose own interval leaves nothing out is a figure: only the ledger lists anybody."""
    for role, month in product(("analyst", "viewer"), (MAY, YEAR)):
        own = view(month, role)
        book = ledger_of(own)
        standing = book.standing("cross_source_gap", "township")
        assert standing is not None and standing.compared == 16
        told = sources_told(own)
        assert told.named == tuple(standing.announced_names) and told.tested == 16
        assert told.title == "按近12月判，16 个乡镇看不出差别，本月不列" and told.how
        assert set(sources_of_births(own)["结论"].to_pylist()) == {"看不出差别"}
        made = recounts(own)
        again = book.standing("recount_gap", "township")
        assert made.named == (tuple(again.announced_names) if again else ())
        assert ("结论" in recounts_table(own, made).column_names) == (again is not None)
        assert (
            again is not None or role == "viewer" or ("各乡镇的差距只列数，不作评价" in made.notes)
        )


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_only_a_gap_beyond_the_range_is_listed_for_both_roles(tmp_path: Path, role: str) -> None:
    months = w.months(date(2008, 10, 1), 12)
    births = {"births_p1_m": 6, "births_p1_f": 4, "births_p1_in": 10}
    told = [
        {"area_code": town, "stat_month": month, "source": "hospital", "births_hospital": count}
        for at, month in enumerate(months)
        for town, count in ((w.NORTH, 44 + 2 * (at % 2)), (w.SOUTH, 30 + 2 * (at % 2)))
    ]
    w.publish(
        w.store(tmp_path),
        village_month=[w.village(code, m, **births) for m in months for code in w.VILLAGES],
        cross_source=told,
    )
    own = look(Engine(load_workspace(tmp_path)), "policy_compliance", months[-1], role=role)  # type: ignore[arg-type]
    assert {each.area for each in ledger_of(own).of("cross_source_gap", "township")} == {"北岭乡"}
    assert sources_told(own).named == ("北岭乡",)
    rows = {row["乡镇"]: row for row in sources_of_births(own).to_pylist()}
    assert rows["北岭乡"]["结论"].endswith("列入核对") and rows["北岭乡"]["差距（%）"] > 5
    assert rows["南溪镇"]["结论"] == "看不出差别"


def test_signals_say_how_often_they_are_wrong_and_none_is_an_announcement() -> None:
    for role in ("analyst", "viewer"):
        made = s.signals(view(role=role))
        assert not made.named and all(row.rate for row in made.rows)
        told = "".join((made.title, made.sentence, *(r.evidence + r.rate for r in made.rows)))
        assert not re.search("偶然|列入核对|明显|区间之外", told)
        (again,) = [row for row in made.rows if row.kind == "recounted"]
        assert "核实系数" in again.evidence and "95% 区间" in again.evidence


def test_inspections_stop_at_the_township_and_viewers_see_the_county_for_births() -> None:
    made = checks_found(view())
    assert made.streak == 2 and "再有一次就到 3 次的线" in made.sentence
    assert made.procedure_errors == ["泉岚乡（2009年7月，市查，虚报 1 例）"]
    shared = engine(DEMO)
    for role in ("analyst", "viewer"):
        rows = shared.ask("inspections_by_area", None, role, month=MAY).to_pylist()  # type: ignore[arg-type]
        assert {len(r["area_code"]) for r in rows} <= {6, 9}
        births = {len(r["area_code"]) for r in rows if r["subject"] == "births"}
        assert births == ({6} if role == "viewer" else {6, 9} & births)


# --- clean counties -------------------------------------------------------------------------------
def clean(rng: np.random.Generator, stock: bool) -> kinds.Series:
    towns, months = 16, 44
    size = rng.integers(900, 3500, towns)[:, None]
    if stock:  # the same people month after month: a walk, not fresh draws
        n = np.maximum(size + np.cumsum(rng.normal(0, size**0.5 / 3, (towns, months)), axis=1), 50)
        logit = 1.6 + np.cumsum(rng.normal(0, 0.03, (towns, months)), axis=1)
        n = np.rint(n)
        x = rng.binomial(n.astype(int), 1 / (1 + np.exp(-logit)))
    else:
        n = rng.poisson(np.broadcast_to(size / 100, (towns, months))).astype(float)
        x = rng.binomial(n.astype(int), 0.9)
    due = np.full((towns, months), 12.0)
    return kinds.Series("指标", x.astype(float), n.astype(float), due, due, stock)


def test_clean_counties_stay_within_the_stated_rates() -> None:
    """200 simulated counties in which nothing is going on, alarm by alarm."""
    rng = np.random.default_rng(20100609)
    towns = [f"乡{i}" for i in range(16)]
    months = w.months(date(2006, 10, 1), 44)
    alarms = dict.fromkeys(("smooth", "outlier", "jump", "repeated", "better", "alike"), 0)
    for _ in range(COUNTIES):
        stock, flow = clean(rng, True), clean(rng, False)
        alarms["smooth"] += bool(kinds.smooth_signals(towns, months, stock))
        alarms["outlier"] += bool(kinds.outlier_signals(towns, months, flow))
        alarms["jump"] += bool(kinds.jump_signals(towns, months, flow, 10))
        alarms["repeated"] += bool(kinds.repeated_signals(towns, months, stock))
        alarms["better"] += bool(kinds.better_signals(towns, months, flow))
        groups = []
        for _ in towns:
            sizes = rng.integers(100, 400, 12)
            groups.append((rng.binomial(sizes, 0.83).astype(float), sizes.astype(float)))
        alarms["alike"] += bool(kinds.alike_signals(months[-1], "指标", towns, groups))
    # Upper 99 % limits of what the stated rates give in 200 counties.
    assert alarms["smooth"] <= 9 and alarms["outlier"] <= 19, alarms
    assert alarms["jump"] <= 3 and alarms["repeated"] == 0 and alarms["better"] == 0, alarms
    assert alarms["alike"] <= 6, alarms  # 16 townships at 0.05 % each


# --- gaps told apart ------------------------------------------------------------------------------
def test_a_month_missing_everywhere_an_area_missing_and_blanks_are_told_apart(
    tmp_path: Path,
) -> None:
    silent = [(town, 4) for town in (w.NORTH, w.SOUTH)] + [(w.SOUTH, n) for n in (7, 8, 9)]
    shared = engine_of(
        tmp_path,
        14,
        lambda code, n: (
            {} if (code, n) == (w.N1, 11) else {"migrants_due": 30 + n, "migrants_filed": 20}
        ),
        silent=silent,
    )
    seen = s.signals(look(shared, "migrant_filing", date(2008, 11, 1)))
    texts = {(r.area, f"{r.month:%Y-%m}"): r.evidence for r in seen.rows if r.words == "未报"}
    assert texts[("全县", "2008-02")] == "各乡镇都没有报表"
    months = [month for (area, month), text in texts.items() if text == "整个乡镇没有报表"]
    assert sorted(months) == ["2008-05", "2008-06", "2008-07"]


# --- marks ----------------------------------------------------------------------------------------
@pytest.fixture
def copied(tmp_path: Path) -> Engine:
    return engine(demo_copy(tmp_path / "demo", without=("journal",)))


def test_a_mark_stays_beside_the_row_and_can_be_taken_back(copied: Engine) -> None:
    seen = view(shared=copied)
    first = s.signals(seen).rows[0]
    mark_checked(seen, first.key, "已补报")
    marked = s.signals(seen).rows[0]
    assert "已补报（tongji01，" in marked.mark and len(s.signals(seen).rows) == 6
    mark_checked(seen, first.key, "")
    assert s.signals(seen).rows[0].mark == ""


def test_a_viewer_and_a_nameless_mark_are_refused(copied: Engine) -> None:
    with pytest.raises(ShortplankError, match="浏览者"):
        mark_checked(view(role="viewer", shared=copied), "x", "y")
    with pytest.raises(ShortplankError, match="没有登录账号"):
        mark_checked(view(shared=copied, account=""), "x", "y")


def test_ranks_on_recounted_births_are_those_of_the_recounts_own_counts() -> None:
    own = view(YEAR)
    made = recounts(own)
    found = reranked(own, made)
    assert found is not None and "29 县" in found.sentence
    counted: dict[str, list[int]] = {}
    latest: dict[tuple[str, date], dict] = {}
    for month in w.months(date(2008, 10, 1), 12):
        table = own.published.table("recount", month)
        assert table is not None
        for row in table.to_pylist():
            key = (row["area_code"], row["stat_month"])
            if key not in latest or row["recount_date"] > latest[key]["recount_date"]:
                latest[key] = row
    for (code, _), row in latest.items():
        sums = counted.setdefault(own.ws.area_by_code[code[:9]].name, [0, 0])
        sums[0] += row["births_m"]
        sums[1] += row["births_f"]
    ratios = {name: round(100 * m / f, 1) for name, (m, f) in counted.items()}
    assert {r["乡镇"]: r["回溯性别比"] for r in found.table.to_pylist()} == ratios
    assert sum(m + f for m, f in counted.values()) == made.recounted.sum()


@pytest.mark.parametrize(
    ("month", "gone", "title", "told"),
    [
        (w.APRIL, [], "2009年4月各乡镇都已报送", ""),
        (
            w.APRIL,
            [("village_month", w.NORTH)],
            "2009年4月：北岭乡未报",
            "个别乡镇未报：北岭乡（2009年4月）",
        ),
        (
            w.APRIL,
            [("village_month", w.NORTH), ("village_month", w.SOUTH)],
            "2009年4月：全县都没有村月报",
            "2009年4月全县都没有村月报，不是个别乡镇的问题",
        ),
        (
            w.APRIL,
            [("village_month", w.NORTH), ("village_month", w.SOUTH), ("township_month", w.NORTH)],
            "2009年4月：全县都没有村月报，北岭乡未报",
            "不是个别乡镇的问题；个别乡镇未报：北岭乡（2009年4月）",
        ),
        (
            date(2009, 3, 1),
            [(form, town) for form in ("village_month", "township_month")
             for town in (w.NORTH, w.SOUTH)],
            "2009年4月各乡镇都已报送",
            "2009年3月全县都没有报表，不是个别乡镇的问题",
        ),
    ],
)  # fmt: skip
def test_a_form_that_nobody_filed_is_no_single_townships_fault(
    tmp_path: Path, month: date, gone: list[tuple[str, str]], title: str, told: str
) -> None:
    # A month of which nothing at all has come is no month of the register while it is the last.
    months = w.months(date(2009, 2, 1), 3)
    villages_came = [
        w.village(code, each)
        for each in months
        for code in w.VILLAGES
        if each != month or ("village_month", code[:9]) not in gone
    ]
    towns_came = [
        {"area_code": town, "stat_month": each, **TOWNSHIP}
        for each in months
        for town in (w.NORTH, w.SOUTH)
        if each != month or ("township_month", town) not in gone
    ]
    filed = [
        w.filed(town, each, form, add_months(each, 1))
        for each in months
        for town in (w.NORTH, w.SOUTH)
        for form in ("village_month", "township_month")
    ]
    w.publish(
        w.store(tmp_path),
        village_month=villages_came, township_month=towns_came, submission=filed,
    )  # fmt: skip
    shared = Engine(load_workspace(tmp_path))
    made = completeness(look(shared, "migrant_filing", w.APRIL))
    assert made.title == title
    assert told in made.sentence and ("个别乡镇未报" in made.sentence) == ("个别乡镇未报" in told)
