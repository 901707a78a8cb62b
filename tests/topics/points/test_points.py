"""The monthly points: traced, by hand on the demo; no true report costs its reporter a mark."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortplank.access import Actor
from shortplank.catalogue import load_workspace
from shortplank.drawing.theme import Style
from shortplank.errors import WorkspaceError
from shortplank.reading.view import View
from shortplank.store import Engine, Store, add_months, engine
from shortplank.topics.points.answer import Points, points, points_table, statement_table
from shortplank.topics.points.figure import points_figure
from tests.store import workspaces as w
from tests.topics import villages
from tests.topics.polarities import polar_county
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
MAY = date(2010, 5, 1)
FIRST = date(2009, 10, 1)
COUNT = 3


def demo(month: date = MAY, role: str = "analyst") -> Points:
    shared = engine(DEMO)
    return points(
        View(shared, shared.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")
    )  # type: ignore[arg-type]


def test_a_month_is_its_rules_by_hand() -> None:
    made = demo()
    shared = engine(DEMO)
    rows = shared.ask("townships_by_indicator", None, "analyst", county="990101", month=MAY)
    own = {r["indicator"]: r for r in rows.to_pylist() if r["area_code"] == "990101216"}
    rate = {
        k: own[k]["numerator"] / own[k]["denominator"]
        for k in ("migrant_filing", "benefit_delivery")
    }
    expected = 20 * own["report_timeliness"]["numerator"] / own["report_timeliness"]["denominator"]
    expected += (
        20 * own["report_completeness"]["numerator"] / own["report_completeness"]["denominator"]
    )
    expected += 20 * (100 * rate["migrant_filing"] - 60) / 35
    expected += 20 * (100 * rate["benefit_delivery"] - 60) / 40
    # Accuracy leaves both sides: 80 marks can be earned, and points are out of 100.
    assert made.now[made.codes.index("990101216")] == pytest.approx(100 * expected / 80)


def test_every_mark_leads_to_its_rule_counts_and_edition() -> None:
    made = demo()
    rows = statement_table(made, "990101216").to_pylist()
    assert {r["月份"] for r in rows} == {f"{add_months(FIRST, n):%Y-%m}" for n in range(8)}
    assert all(r["规则"] == "第 1 版" and r["版次"].startswith("第") for r in rows)
    filing = next(r for r in rows if r["项目"] == "建档" and r["月份"] == "2010-05")
    assert filing["数值"] == pytest.approx(100 * filing["分子"] / filing["分母"], abs=0.01)


def test_a_silent_month_is_said_and_earns_nothing() -> None:
    made = demo(date(2009, 9, 1))
    assert made.silent["990101109"] == 1 and "松崖镇 1 个月" in made.sentence
    texts = [r["得分"] for r in statement_table(made, "990101109").to_pylist()]
    assert "未报，不得分" in texts


def test_the_order_and_its_sensitivity_hold_together() -> None:
    made = demo()
    assert (np.diff(made.year) <= 1e-9).all()
    assert (made.best <= made.ranks).all() and (made.ranks <= made.worst).all()
    assert points_table(made).num_rows == 16


def test_viewers_get_the_same_points() -> None:
    assert demo(role="viewer").year == pytest.approx(demo().year)
    assert demo(role="viewer").codes == demo().codes


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_no_points_give_a_sample_villages_count_away(role: str) -> None:
    """Were accuracy among them, the points less the other marks would be a sample village's own."""
    made = demo(role=role)
    marks = [m for own in made.marks.values() for m in own if m.rule.id == "accuracy"]
    assert marks and all((m.marks, m.possible, m.state) == (0, 0, "uncounted") for m in marks)
    if role == "viewer":
        assert all(np.isnan([m.value, m.numerator, m.denominator]).all() for m in marks)
    assert any("不计分" in note for note in made.notes)


def test_a_statement_shows_viewers_no_figure_that_they_are_not_given() -> None:
    """What is left out of the points, as the total would give it away, is not listed."""
    made = demo(role="viewer")
    for code in made.codes:
        rows = [m for m in made.marks[code] if m.state == "uncounted"]
        labels = {m.label for m in rows}
        table = statement_table(made, code).to_pylist()
        shown = [row for row in table if row["指标"] in labels]
        assert shown and all(
            row[part] is None for row in shown for part in ("数值", "分子", "分母")
        )


def test_births_procedures_and_fees_are_refused_by_the_loader(tmp_path: Path) -> None:
    root = w.make(tmp_path)
    scheme = root / "catalogue/scheme.toml"
    text = scheme.read_text("utf-8")
    for key in ("policy_compliance", "procedure_completion", "fee_collection"):
        scheme.write_text(
            text.replace('indicator = "migrant_filing", weight', f'indicator = "{key}", weight'),
            "utf-8",
        )
        with pytest.raises(WorkspaceError, match="月积分不能给") as caught:
            load_workspace(root)
        assert "不计分" in caught.value.mend


# --- no single true report lowers its reporter's points -------------------------------------------
def reports(due: int, filed: int, number: int) -> list[w.Row]:
    month = add_months(FIRST, number)
    counts = {"benefits_due": 20, "benefits_paid": 15, "births_p1_m": 3, "births_p1_in": 3}
    return [
        w.village(code, month, migrants_due=due, migrants_filed=min(filed, due), **counts)
        for code in w.VILLAGES
    ]


def filings(number: int) -> list[w.Row]:
    month = add_months(FIRST, number)
    return [
        w.filed(town, month, form, add_months(month, 1))
        for town in (w.NORTH, w.SOUTH)
        for form in ("village_month", "township_month")
    ]


def north(row: w.Row) -> bool:
    return str(row["area_code"]).startswith(w.NORTH)


def base(root: Path, due: int, filed: int) -> Store:
    store = w.store(root)
    for number in range(COUNT):
        w.publish(
            store, number + 1, village_month=reports(due, filed, number), submission=filings(number)
        )
    return store


def year_of(store: Store) -> float:
    shared = Engine(load_workspace(store.root))
    last = add_months(FIRST, COUNT - 1)
    made = points(
        View(shared, shared.newest(), Actor("analyst"), last, "ytd", "migrant_filing", w.COUNTY)
    )
    return float(made.year[made.codes.index(w.NORTH)])


@settings(max_examples=12, deadline=None)
@given(
    due=st.integers(30, 60),
    filed=st.integers(0, 60),
    number=st.integers(0, COUNT - 1),
    more=st.integers(0, 80),
    fewer=st.integers(0, 60),
    late=st.integers(0, 9),
)
def test_no_honest_restatement_or_late_birth_costs_a_mark(
    due: int, filed: int, number: int, more: int, fewer: int, late: int
) -> None:
    """A township finds more to file, fewer filed, or births of earlier years, and says so."""
    with tempfile.TemporaryDirectory() as folder:
        store = base(Path(folder) / "county", due, filed)
        before = year_of(store)
        month = add_months(FIRST, number)
        true = [
            {
                **row,
                "migrants_due": row["migrants_due"] + more,
                "migrants_filed": max(row["migrants_filed"] - fewer, 0),
                "births_late": late,
            }
            if row["area_code"].startswith(w.NORTH)
            else row
            for row in reports(due, filed, number)
        ]
        again = [w.filed(w.NORTH, month, "village_month", date(2010, 1, 20), revision=2)]
        w.publish(store, 20, village_month=true, submission=[*filings(number), *again])
        assert year_of(store) >= before - 1e-9


def test_a_bad_figure_is_never_worse_than_silence(tmp_path: Path) -> None:
    """A first report of a silent month, however bad, adds marks or leaves them as they are."""
    store = w.store(tmp_path / "county")
    for number in range(COUNT):
        rows = [
            r
            for r in reports(40, 30, number)
            if number != 1 or not r["area_code"].startswith(w.NORTH)
        ]
        came = [r for r in filings(number) if number != 1 or r["area_code"] != w.NORTH]
        w.publish(store, number + 1, village_month=rows, submission=came)
    before = year_of(store)
    month = add_months(FIRST, 1)
    bad = [
        {**r, "migrants_filed": 0, "benefits_paid": 0}
        for r in reports(40, 30, 1)
        if r["area_code"].startswith(w.NORTH)
    ]
    others = [r for r in reports(40, 30, 1) if not r["area_code"].startswith(w.NORTH)]
    came = [*filings(1)[2:], w.filed(w.NORTH, month, "village_month", date(2010, 1, 20))]
    w.publish(store, 20, village_month=[*bad, *others], submission=came)
    assert year_of(store) >= before


@pytest.mark.parametrize(
    ("towns", "title", "rank"),
    [(1, "只有乡0镇有年度积分（50.0），不排名次", None), (2, "2 个乡镇的年度积分都是 50.0", 1)],
)
def test_where_all_are_alike_nobody_has_the_most_or_the_fewest(
    tmp_path: Path, towns: int, title: str, rank: int | None
) -> None:
    shared = polar_county(tmp_path / "alike", [(100, 0, 100)] * 4, towns=towns)
    made = points(villages.view_of(shared, "migrant_filing"))
    assert made.title == title and "名次" not in made.sentence
    assert points_table(made)["位次"].to_pylist() == [rank] * towns
    assert points_figure(made, Style())["data"]


def test_a_tie_at_the_top_is_named_whole(tmp_path: Path) -> None:
    counts = [(100, 0, 100)] * 4 + [(100, 30, 80)] * 2
    made = points(
        villages.view_of(polar_county(tmp_path / "tie", counts, towns=3), "migrant_filing")
    )
    assert made.title == "年度积分最高的是乡0镇、乡1镇，最低的是乡2镇"
    assert "名次不变" in made.sentence
