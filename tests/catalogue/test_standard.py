"""The standard catalogue holds every measure and indicator of the county's review."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shortplank.catalogue import STANDARD, Workspace, copy_standard, load_workspace
from tests.store import workspaces as w

C, CT, CTV = {"county"}, {"county", "township"}, {"county", "township", "village"}
# id: 名称, polarity, levels, least denominator, numerator, denominator, interval
INDICATORS: dict[str, tuple[str, str, set[str], float, str, str, str]] = {
    "policy_compliance": ("政策符合率", "up", CTV, 20, "births_in", "births", "wilson"),
    "births_out": ("政策外出生数", "none", CTV, 0, "births_out", "", "none"),
    "villages_out_ge3": (
        *("政策外生育3例以上村占比", "down", CT, 0),
        *("births_out", "villages", "wilson"),
    ),
    "out_births_migrant_share": (
        *("政策外出生流动人口占比", "none", CT, 20),
        *("births_out_migrant", "births_out", "wilson"),
    ),
    "sex_ratio_at_birth": ("出生人口性别比", "range", CT, 50, "births_m", "births_f", "srb"),
    "sex_ratio_p1": ("一孩性别比", "range", CT, 50, "births_p1_m", "births_p1_f", "srb"),
    "sex_ratio_p2": ("二孩性别比", "range", CT, 50, "births_p2_m", "births_p2_f", "srb"),
    "sex_ratio_p3": ("多孩性别比", "range", CT, 50, "births_p3_m", "births_p3_f", "srb"),
    "crude_birth_rate": ("出生率", "none", CT, 1000 / 12, "births", "pop_end", "byar"),
    "natural_increase_rate": (
        *("自然增长率", "none", CT, 1000 / 12),
        *("natural_increase", "pop_end", "none"),
    ),
    "birth_order_share_p2": ("二孩率", "none", CT, 50, "births_p2", "births", "wilson"),
    "birth_order_share_p3": ("多孩率", "none", CT, 50, "births_p3", "births", "wilson"),
    "late_registration_share": (
        *("往年补报占比", "none", CT, 30),
        *("births_late", "births_with_late", "wilson"),
    ),
    "migrant_filing": (
        *("流动人口建档率", "up", CTV, 20),
        *("migrants_filed", "migrants_due", "wilson"),
    ),
    "benefit_delivery": (
        *("奖励优惠兑现率", "up", CTV, 10),
        *("benefits_paid", "benefits_due", "wilson"),
    ),
    "procedure_completion": (
        *("手术新帐完成率", "none", CT, 0),
        *("procedures_done", "procedures_due", "wilson"),
    ),
    "procedure_backlog_clearance": (
        *("手术欠帐清理率", "none", CT, 0),
        *("backlog_cleared", "backlog_due", "wilson"),
    ),
    "early_registration": (
        *("早孕发现率", "none", CT, 0),
        *("pregnancies_early", "pregnancies_known", "wilson"),
    ),
    "fee_collection": (
        *("社会抚养费征收率", "none", CT, 0),
        *("fees_collected", "fees_levied", "none"),
    ),
    "sex_selection_cases": ("两非案件查实数", "none", CT, 0, "sex_selection_cases", "", "none"),
    "room_standard": (
        *("村室标准化率", "up", CT, 0),
        *("village_rooms_standard", "village_rooms", "none"),
    ),
    "leader_coverage": ("专抓领导到位率", "up", CT, 0, "leaders_in_post", "leader_posts", "none"),
    "staff_coverage": ("村级队伍到位率", "up", CT, 0, "staff_in_post", "staff_posts", "none"),
    "funds_in_place": ("经费到位率", "up", CT, 0, "funds_paid", "funds_due", "none"),
    "village_led_share": (
        *("村为主合格村占比", "up", CT, 0),
        *("village_led_villages", "villages", "none"),
    ),
    "petition_confirmed_share": (
        *("举报属实率", "none", C, 5),
        *("petitions_confirmed", "petitions_verifiable", "wilson"),
    ),
    "cross_source_gap": (
        *("部门比对差距率", "range", CT, 30),
        *("cross_source_excess", "births_largest", "paired"),
    ),
    "recount_gap": (
        *("回溯差距率", "range", CTV, 30),
        *("recount_excess", "recount_births", "paired"),
    ),
    "statistical_accuracy": (
        *("统计准确率", "up", CT, 30),
        *("inspected_accurate", "inspected_verified", "wilson"),
    ),
    "omission_rate": (
        *("出生漏报率", "down", CT, 30),
        *("inspected_omitted", "inspected_verified", "wilson"),
    ),
    "report_completeness": (
        *("报表完整率", "up", CT, 0),
        *("reports_received", "reports_expected", "wilson"),
    ),
    "report_timeliness": (
        *("报表及时率", "up", CT, 0),
        *("reports_timely", "reports_expected", "wilson"),
    ),
    "key_check_streak": (
        *("重点核查连续次数", "down", C, 0),
        *("key_check_listed,key_check_confirmed", "", "none"),
    ),
    "overall": ("综合位次", "up", C, 0, "", "", "none"),
}
FAMILIES = {
    "births": {
        *("policy_compliance", "births_out", "villages_out_ge3", "out_births_migrant_share"),
        *("sex_ratio_at_birth", "sex_ratio_p1", "sex_ratio_p2", "sex_ratio_p3"),
    },
    "context": {
        *("crude_birth_rate", "natural_increase_rate", "birth_order_share_p2"),
        *("birth_order_share_p3", "late_registration_share", "petition_confirmed_share"),
        *("key_check_streak", "overall"),
    },
    "service": {"migrant_filing", "benefit_delivery"},
    "quality": {
        *("cross_source_gap", "recount_gap", "statistical_accuracy", "omission_rate"),
        *("report_completeness", "report_timeliness"),
    },
    "procedure": {
        *("procedure_completion", "procedure_backlog_clearance", "early_registration"),
        *("fee_collection", "sex_selection_cases"),
    },
    "team": {
        *("room_standard", "leader_coverage", "staff_coverage", "funds_in_place"),
        "village_led_share",
    },
}
TARGETS = {
    "policy_compliance": 90,
    "migrant_filing": 85,
    "benefit_delivery": 100,
    "room_standard": 100,
    "leader_coverage": 100,
    "staff_coverage": 100,
    "funds_in_place": 100,
    "statistical_accuracy": 95,
    "omission_rate": 5,
    "report_completeness": 100,
    "report_timeliness": 100,
}
RANGES = {
    **dict.fromkeys(("sex_ratio_at_birth", "sex_ratio_p1", "sex_ratio_p2"), (103, 107)),
    "sex_ratio_p3": (103, 107),
    "cross_source_gap": (-5, 5),
    "recount_gap": (-5, 5),
}
LINES = {
    "policy_compliance": (90, "below"),
    "villages_out_ge3": (47.57, "above"),
    "out_births_migrant_share": (90, "above"),
    "sex_ratio_at_birth": (120, "above"),
    "sex_ratio_p2": (130, "above"),
    "key_check_streak": (3, "above"),
}
STOCKS = {
    *("pop_end", "migrants_due", "migrants_filed", "benefits_due", "benefits_paid"),
    *("backlog_due", "backlog_cleared", "stations", "stations_standard", "village_rooms"),
    *("village_rooms_standard", "leader_posts", "leaders_in_post", "staff_posts"),
    *("staff_in_post", "funds_due", "funds_paid", "village_led_villages"),
}


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return load_workspace(w.make(tmp_path_factory.mktemp("standard")))


def test_there_is_every_indicator_and_no_other(ws: Workspace) -> None:
    assert set(ws.indicators) == set(INDICATORS)


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_is_as_the_review_defines_it(ws: Workspace, name: str) -> None:
    item = ws.indicators[name]
    label, polarity, levels, least, top, bottom, interval = INDICATORS[name]
    assert item.label == label
    assert (item.polarity, set(item.levels)) == (polarity, levels)
    assert item.min_denominator == pytest.approx(least)
    assert (",".join(item.numerator), ",".join(item.denominator)) == (top, bottom)
    assert item.interval == interval
    assert item.target == TARGETS.get(name)
    assert item.target_range == RANGES.get(name)
    assert item.definition and item.why and item.source
    if name in LINES:
        assert LINES[name] in {(line.value, line.side) for line in item.thresholds}


@pytest.mark.parametrize("family", FAMILIES)
def test_families_hold_what_belongs_together(ws: Workspace, family: str) -> None:
    assert {k for k, item in ws.indicators.items() if item.family == family} == FAMILIES[family]


def test_births_and_procedures_are_never_a_lever(ws: Workspace) -> None:
    helpable = {key for key, item in ws.indicators.items() if item.helpable}
    assert helpable == FAMILIES["service"] | FAMILIES["quality"]


def test_procedures_pregnancies_and_fees_have_no_village_target_or_judgement(
    ws: Workspace,
) -> None:
    for name in FAMILIES["procedure"]:
        item = ws.indicators[name]
        assert "village" not in item.levels
        assert (item.target, item.target_range, item.polarity) == (None, None, "none")
        assert item.historical
        assert name not in {part.indicator for part in ws.scheme.composite}
    assert ws.datasets["township_month"].level == "township"


def test_sex_selection_cases_of_townships_are_closed_years_only(ws: Workspace) -> None:
    assert [k for k, i in ws.indicators.items() if i.closed_years_only] == ["sex_selection_cases"]


def test_historical_rules_end_when_they_ended(ws: Workspace) -> None:
    for name in ("policy_compliance", "births_out", "villages_out_ge3", "fee_collection"):
        assert str(ws.indicators[name].valid_to) == "2021-08-31"
        assert ws.indicators[name].historical


def test_sex_ratios_are_grey_below_300_births(ws: Workspace) -> None:
    for name in ("sex_ratio_at_birth", "sex_ratio_p1", "sex_ratio_p2", "sex_ratio_p3"):
        assert (ws.indicators[name].grey_denominator, ws.indicators[name].min_denominator) == (
            300,
            50,
        )
        assert ws.indicators[name].default_window == "r12"


def test_stocks_and_flows_are_told_apart(ws: Workspace) -> None:
    assert {k for k, m in ws.measures.items() if m.kind == "stock"} == STOCKS
    assert [k for k, m in ws.measures.items() if m.window == "mean"] == ["pop_end"]


def test_births_of_villages_are_sensitive_and_services_are_not(ws: Workspace) -> None:
    village = [k for k, item in ws.indicators.items() if "village" in item.levels]
    assert {k for k in village if ws.sensitive(k)} == {
        "policy_compliance",
        "births_out",
        "recount_gap",
    }
    assert {k for k in village if not ws.sensitive(k)} == {"migrant_filing", "benefit_delivery"}


def test_the_composite_is_service_and_quality(ws: Workspace) -> None:
    parts = [part.indicator for part in ws.scheme.composite]
    assert parts == ["migrant_filing", "benefit_delivery", "recount_gap"]
    assert ws.scheme.keep_rank == 28
    assert ws.scheme.headline == (
        *("policy_compliance", "sex_ratio_at_birth", "migrant_filing"),
        *("benefit_delivery", "report_timeliness", "statistical_accuracy"),
    )


def test_every_township_owes_its_reports(ws: Workspace) -> None:
    assert {key: form.expected for key, form in ws.forms.items() if form.expected} == {
        "village_month": "month",
        "township_month": "month",
        "township_quarter": "quarter",
    }


def test_forms_cover_the_measures_of_their_datasets(ws: Workspace) -> None:
    for key in ("village_month", "township_month", "township_quarter"):
        measures = {k for k, m in ws.measures.items() if m.dataset == key}
        assert set(ws.forms[key].columns) == measures


def test_the_standard_is_copied_once_and_never_over_changes(tmp_path: Path) -> None:
    copy_standard(tmp_path)
    names = {p.relative_to(STANDARD).as_posix() for p in STANDARD.rglob("*.toml")}
    copied = {p.relative_to(tmp_path / "catalogue").as_posix() for p in tmp_path.rglob("*.toml")}
    assert copied == names
    (tmp_path / "catalogue/scheme.toml").write_text("changed", "utf-8")
    copy_standard(tmp_path)
    assert (tmp_path / "catalogue/scheme.toml").read_text("utf-8") == "changed"


@pytest.mark.parametrize(
    ("month", "year", "start"),
    [("2009-09-01", 2009, "2008-10-01"), ("2009-10-01", 2010, "2009-10-01")],
)
def test_the_statistical_year_is_named_by_its_end(
    ws: Workspace, month: str, year: int, start: str
) -> None:
    at = date.fromisoformat(month)
    assert (ws.statistical_year(at), str(ws.year_start(at))) == (year, start)


def test_calendar_years_are_their_own(tmp_path: Path) -> None:
    settings = w.SETTINGS.replace("first_month = 10", "first_month = 1")
    ws = load_workspace(w.make(tmp_path, settings=settings))
    assert ws.statistical_year(date(2009, 12, 1)) == 2009
    assert ws.year_start(date(2009, 12, 1)) == date(2009, 1, 1)
