"""The month's ledger: the marts' own counts in one window each, and nobody named but who is bad."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank.access import Actor, Role
from shortplank.catalogue import load_workspace
from shortplank.reading.judged.announced import finding_text, other_window_note, standing_title
from shortplank.reading.judged.ledger import Ledger, findings_for, ledger_of, masked
from shortplank.reading.judged.matters import Subject, subjects
from shortplank.reading.view import View
from shortplank.store import Engine, add_months, engine
from shortplank.topics.overview.answer import overview
from tests.copies import DEMO
from tests.store import workspaces as w
from tests.topics import villages as v
from tests.topics.judged import one_bad, townships
from tests.topics.months import FIRST, engine_of, look

MAY = date(2010, 5, 1)
FILING, FIT, RATIO = "migrant_filing", "policy_compliance", "sex_ratio_at_birth"
BOYS = tuple(f"births_p{k}_m" for k in (1, 2, 3))
BIRTHS = (*BOYS, *(f"births_p{k}_f" for k in (1, 2, 3)))
FITTING = tuple(f"births_p{k}_in" for k in (1, 2, 3))


def demo(role: Role = "analyst", month: date = MAY) -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), Actor(role), month, "ytd", FILING, "990101")


def steady(code: str, number: int) -> dict[str, int]:
    """A village's month in which nothing is to be found."""
    return {
        "births_p1_m": 20 + number % 2,
        "births_p1_f": 20,
        "births_p1_in": 36,
        "migrants_due": 100,
        "migrants_filed": 80,
    }


def books(path: Path, months: int, **more: object) -> tuple[View, Ledger]:
    """Return the last month of a county of steady villages, and its ledger."""
    shared = engine_of(path, months, steady, **more)  # type: ignore[arg-type]
    view = look(shared, FIT, add_months(FIRST, months - 1))
    return view, ledger_of(view)


# --- counts are the editions' own -----------------------------------------------------------------
def by_hand(view: View, months: int, *names: str) -> dict[str, float]:
    """Return the county's and its townships' counts, added up from the edition's own tables."""
    found: dict[str, float] = {}
    for step in range(months):
        table = view.engine.edition().table("village_month", add_months(view.month, -step))
        assert table is not None
        for row in table.to_pylist():
            for code in (row["area_code"][:6], row["area_code"][:9]):
                found[code] = found.get(code, 0.0) + sum(row[name] or 0 for name in names)
    return found


def counts_of(subject: Subject, county: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return x and n of the county and its townships, by code."""
    codes = [county, *(code for code, _ in subject.towns)]
    matter = subject.matter
    return (
        dict(zip(codes, [*matter.county.x, *matter.towns.x], strict=True)),
        dict(zip(codes, [*matter.county.n, *matter.towns.n], strict=True)),
    )


@pytest.mark.parametrize(
    ("key", "window", "months", "top", "bottom"),
    [
        (FILING, "ytd", 1, ("migrants_filed",), ("migrants_due",)),
        (FIT, "r12", 12, FITTING, BIRTHS),
        (RATIO, "r12", 36, BOYS, BIRTHS),  # n of a sex ratio is births, not girls
    ],
)
def test_the_judge_gets_the_editions_counts_in_one_window(
    key: str, window: str, months: int, top: tuple[str, ...], bottom: tuple[str, ...]
) -> None:
    view = demo()
    subject = ledger_of(view).subjects[key]
    assert (subject.window, subject.months) == (window, months)
    x, n = counts_of(subject, "990101")
    assert len(x) == 17
    assert x == by_hand(view, months, *top) and n == by_hand(view, months, *bottom)


def test_thirty_six_months_are_three_windows_of_twelve() -> None:
    view = demo()
    table = view.ask("judged_townships_by_month", county="990101", month=MAY, indicators=RATIO)
    rows = {(r["area_code"], r["stat_month"]): r for r in table.to_pylist()}
    ends = [add_months(MAY, -12 * step) for step in range(3)]
    x, n = counts_of(ledger_of(view).subjects[RATIO], "990101")
    for code in x:
        boys = sum(rows[code, end]["r12_numerator"] for end in ends)
        assert x[code] == boys
        assert n[code] == boys + sum(rows[code, end]["r12_denominator"] for end in ends)


def fresh(view: View, key: str) -> Subject:
    """Return an indicator as the judge gets it, with its single months."""
    return next(each for each in subjects(view) if each.key == key)


def test_villages_are_those_of_the_month_with_their_township() -> None:
    subject = fresh(demo(), FILING)
    assert len(subject.villages) == 185 and ("990101101" in subject.villages[0][0])
    assert all(
        name.startswith(("峰浦镇", "桂浦镇")) or len(name) > 3 for _, name in subject.villages
    )
    held = subject.matter.villages
    assert held is not None and len(held.x_months) == 25
    assert held.x.sum() == subject.matter.county.x[0] and held.n.sum() == subject.matter.county.n[0]


def test_a_village_that_merged_is_judged_as_the_one_it_went_into(tmp_path: Path) -> None:
    root, former = tmp_path / "ws", "990101100901"
    v.make_county(root, (3, 2), former=(former,))
    first, *others = v.codes((3, 2))
    months = {}
    for month in w.months(date(2008, 9, 1), 13):
        rows = {code: v.filed(100, 80) | v.born(10, 1) for code in others}
        rows[first if month >= date(2009, 7, 1) else former] = v.filed(40, 30) | v.born(7, 2)
        months[month] = rows
    book = ledger_of(v.view_of(v.publish(root, months), FILING))
    filing, fit = book.subjects[FILING], book.subjects[FIT]
    assert [code for code, _ in filing.villages] == [first, *others]
    assert filing.villages[0] == (first, "乡0镇首村")
    assert fit.matter.villages is not None and fit.matter.villages.n[0] == 12 * 7
    assert fit.matter.towns.n.tolist() == [12 * 27, 12 * 20]


def test_a_silent_township_lacks_its_month_and_nothing_is_made_up(tmp_path: Path) -> None:
    _, whole = books(tmp_path / "whole", 24)
    view, lacking = books(tmp_path / "lacking", 24, silent=[(w.SOUTH, 23)])
    for key, months in ((FIT, 12), (RATIO, 24)):
        then, now = whole.subjects[key].matter, lacking.subjects[key].matter
        assert now.towns.n[0] == then.towns.n[0]
        assert now.towns.n[1] == pytest.approx(then.towns.n[1] * (months - 1) / months, rel=0.002)
        singles = fresh(view, key).matter.towns.n_months
        assert np.isnan(singles[-1, 1]) and not np.isnan(singles[-2, 1])
        assert now.county.n[0] == now.towns.n.sum()
    stock = lacking.subjects[FILING].matter.towns
    singles = fresh(view, FILING).matter.towns.n_months
    assert stock.n.tolist() == [300, 300] and np.isnan(singles[-1, 1])  # its last report


# --- short histories ------------------------------------------------------------------------------
def test_under_twelve_months_only_what_stands_at_the_months_end_is_judged(tmp_path: Path) -> None:
    view, book = books(tmp_path / "ws", 11)
    assert FIT not in book.subjects and RATIO not in book.subjects
    assert {subject.months for subject in book.subjects.values()} == {1}
    assert standing_title(view, FIT, "township") == "历史不足，没有可判的完整时段，未作比较"
    assert book.findings == []


def test_where_only_flows_are_judged_a_short_history_is_said_to_be(tmp_path: Path) -> None:
    """Twelve months are not there, and no stock has a month's end."""
    engine_of(tmp_path, 11, steady)
    for path in (tmp_path / "catalogue" / "indicators").glob("*.toml"):
        cards = re.split(r"(?m)^(?=\[\w+\]$)", path.read_text("utf-8"))
        kept = [
            card if card.startswith(f"[{RATIO}]") else card.replace("judged = true\n", "")
            for card in cards
        ]
        path.write_text("".join(kept), "utf-8")
    view = look(Engine(load_workspace(tmp_path)), RATIO, add_months(FIRST, 10))
    book = ledger_of(view)
    assert (book.tests, book.findings, book.subjects) == (0, [], {})
    made = overview(view)
    assert "历史不足，没有可判的完整时段，未作比较" in made.title
    assert (made.concerns, made.tested, made.how) == ([], 0, ())


@pytest.mark.parametrize(("months", "ratio"), [(24, 24), (35, 24), (36, 36)])
def test_sex_ratios_take_whole_years_up_to_three(tmp_path: Path, months: int, ratio: int) -> None:
    view, book = books(tmp_path / "ws", months)
    assert book.subjects[RATIO].months == ratio and book.subjects[FIT].months == 12
    births = sum(6 * (40 + number % 2) for number in range(months - ratio, months))
    assert book.subjects[RATIO].matter.county.n[0] == births
    assert other_window_note(view, RATIO) == [f"本页看当月；列不列按近{ratio}月判"]


@pytest.mark.parametrize("months", [12, 23])
def test_a_history_of_less_than_two_years_judges_no_sex_ratio_and_no_change(
    tmp_path: Path, months: int
) -> None:
    view, book = books(tmp_path / "ws", months)
    assert RATIO not in book.subjects and book.subjects[FIT].months == 12
    assert np.isnan(book.subjects[FIT].matter.county.x_then[0])
    assert "未作比较" in standing_title(view, RATIO, "township")


def test_a_workspace_of_one_month_is_judged_over_the_whole_of_it(tmp_path: Path) -> None:
    view, book = books(tmp_path / "ws", 1)
    assert {(s.window, s.months) for s in book.subjects.values()} == {("ytd", 1)}
    assert book.subjects[RATIO].matter.county.n[0] == 240 and book.tests > 0
    assert standing_title(view, FIT, "township").startswith("2 个乡镇看不出差别，本月不列")


# --- one ledger for all ---------------------------------------------------------------------------
@pytest.mark.parametrize("month", [date(2008, 10, 1), date(2009, 9, 1), MAY])
def test_every_role_is_told_the_same_and_of_the_same(month: date) -> None:
    analyst, viewer = demo("analyst", month), demo("viewer", month)
    assert ledger_of(analyst).findings == ledger_of(viewer).findings
    told = [[each.key for each in findings_for(view)] for view in (analyst, viewer)]
    assert told[0] == told[1] and told[0]
    exact, masked = findings_for(analyst), findings_for(viewer)
    for own, given in zip(exact, masked, strict=True):
        figures = (given.p, given.q, given.value, given.n)
        hidden = given.level == "village" and viewer.banded(given.indicator)
        hidden |= given.level != "county" and viewer.actor.stops_at_county(
            viewer.ws, given.indicator
        )
        assert (figures == (None,) * 4) if hidden else (given == own)
        assert given.key == own.key
        if given.level != "county" and given.kind != "spread":
            assert given.area in finding_text(viewer, given)


def test_a_banded_village_is_named_without_its_figures(tmp_path: Path) -> None:
    """One village where half is out of policy; villages' births are banded for viewers."""
    bad = v.codes((12, 12))[3]
    shared = one_bad(tmp_path, bad, lambda poor: v.born(60, 30 if poor else 6), judged=FIT)
    said = {}
    for role in ("analyst", "viewer"):
        view = v.view_of(shared, FIT, role=role)  # type: ignore[arg-type]
        found = [f for f in findings_for(view) if f.level == "village" and f.kind == "named"]
        assert [f.area_code for f in found] == [bad]
        said[role] = (found[0], finding_text(view, found[0]))
    own, text = said["analyst"]
    assert own.value == 50.0 and own.n == 60 and "50.0" in text
    given, text = said["viewer"]
    assert (given.p, given.q, given.value, given.n) == (None,) * 4
    assert given.area in text and "列入核对" in text and "50" not in text and "n=" not in text


def test_an_area_that_a_role_may_not_have_is_named_without_its_figures() -> None:
    viewer = demo("viewer")
    ws = viewer.ws
    hidden = next(key for key in ws.indicators if viewer.actor.stops_at_county(ws, key))
    found = next(f for f in ledger_of(viewer).findings if f.level == "township")
    assert masked(viewer, found) is found  # townships' sex ratios are told
    given = masked(viewer, replace(found, indicator=hidden))
    assert (given.p, given.q, given.value, given.n, given.area) == (*(None,) * 4, found.area)
    county = replace(found, indicator=hidden, level="county")
    assert masked(viewer, county) is county


def test_what_stood_in_the_month_before_is_marked(tmp_path: Path) -> None:
    book, before = ledger_of(demo()), ledger_of(demo(month=add_months(MAY, -1)))
    then = {each.key for each in before.findings}
    assert [each.again for each in book.findings] == [each.key in then for each in book.findings]
    assert any(each.again for each in book.findings)
    shared = townships(tmp_path, 0.70, months=2)
    months = [date(2009, 8, 1), date(2009, 9, 1)]
    first, second = (ledger_of(v.view_of(shared, FILING, month=m)) for m in months)
    assert [f.again for f in first.of(FILING, "township", "named")] == [False]
    assert [f.again for f in second.of(FILING, "township", "named")] == [True]


def test_one_ledger_is_kept_for_an_edition_and_month() -> None:
    one = ledger_of(demo())
    assert ledger_of(demo("viewer")) is one
    assert ledger_of(demo().with_(indicator=RATIO, window="r12", area="990101101")) is one
    assert ledger_of(demo(month=date(2010, 4, 1))) is not one


# --- who is named ---------------------------------------------------------------------------------
def test_a_township_eight_points_below_is_named_and_nobody_else(tmp_path: Path) -> None:
    view = v.view_of(townships(tmp_path, 0.76), FILING)
    found = ledger_of(view).findings
    named = [each for each in found if each.kind in ("named", "listed")]
    assert [(each.area, each.level, each.kind) for each in named] == [
        ("乡0镇", "township", "named")
    ]
    assert named[0].direction == "below" and named[0].q is not None and named[0].q <= 0.05
    assert named[0].n == 800 and named[0].value is not None and named[0].county is not None
    assert standing_title(view, FILING, "township") == "乡0镇明显差于全县，列入本月核对名单"
    assert overview(view).title.startswith("2009年9月：1 个乡镇列入核对")


def test_a_village_of_half_the_rate_is_named_and_nobody_else(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    bad = v.codes((12, 12))[17]
    shared = one_bad(
        tmp_path, bad, lambda poor: v.filed(40, 16 if poor else int(rng.binomial(40, 0.82)))
    )
    view = v.view_of(shared, FILING)
    units = [f for f in ledger_of(view).findings if f.kind in ("named", "listed")]
    assert [(f.area_code, f.level, f.value) for f in units] == [(bad, "village", 40.0)]
    standing = ledger_of(view).standing(FILING, "village")
    assert standing is not None and standing.announced_names == ["乡1镇村01006"]
    assert standing.is_announced(bad) and not standing.is_announced(v.codes((12, 12))[0])
    assert standing.compared == 24 and not standing.is_announced("990101199")
    assert [concern.first for concern in overview(view).concerns][:1] == [bad]


def test_a_quiet_county_has_an_empty_list(tmp_path: Path) -> None:
    view = v.view_of(townships(tmp_path, 0.84), FILING)
    book = ledger_of(view)
    assert book.findings == [] and findings_for(view) == [] and book.tests > 90
    assert standing_title(view, FILING, "township").startswith("10 个乡镇看不出差别，本月不列")
    made = overview(view)
    assert made.title.startswith("2009年9月：没有单位列入核对") and made.concerns == []
    assert made.named == () and made.tested == book.tests


# --- which indicators -----------------------------------------------------------------------------
def test_what_is_judged_is_on_the_cards_and_no_procedure_ever() -> None:
    ws = engine(DEMO).ws
    book = ledger_of(demo())
    assert set(book.subjects) <= {key for key, item in ws.indicators.items() if item.judged}
    assert not any(ws.indicators[key].family in ("procedure", "context") for key in book.subjects)
    for key in ("procedure_completion", "early_registration", "fee_collection", "births_out"):
        assert (
            not book.judges(key) and book.of(key) == [] and book.standing(key, "township") is None
        )
        assert standing_title(demo(), key, "township") == "这项指标只列数，不列入核对"


def test_a_regions_own_natural_range_moves_who_stands_apart(tmp_path: Path) -> None:
    """115 boys per 100 girls: above 107, within a range that ends at 116."""

    def boys(_code: str, _number: int) -> dict[str, int]:
        return {"births_p1_m": 46, "births_p1_f": 40, "births_p1_in": 80}

    shared = engine_of(tmp_path, 24, boys)
    month = add_months(FIRST, 23)
    found = ledger_of(look(shared, RATIO, month)).of(RATIO)
    assert {each.level for each in found} == {"county", "township"}
    path = tmp_path / "workspace.toml"
    path.write_text(
        path.read_text("utf-8") + "[natural]\nlowest = 104\nhighest = 116\nusual = 112\n", "utf-8"
    )
    moved = Engine(load_workspace(tmp_path))
    for key in (RATIO, "sex_ratio_p1", "sex_ratio_p2", "sex_ratio_p3"):
        assert moved.ws.indicators[key].target_range == (104.0, 116.0)
    assert ledger_of(look(moved, RATIO, month)).of(RATIO) == []
