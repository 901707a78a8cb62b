"""The catalogue's formulas, written out once more by hand as functions of measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Value = float | None
Get = Callable[[str], Value]

ORDERS = ("p1", "p2", "p3")
BIRTHS = tuple(f"births_{order}_{sex}" for order in ORDERS for sex in "mf")
BIRTHS_IN = tuple(f"births_{order}_in" for order in ORDERS)
STOCKS = (
    *("migrants_due", "migrants_filed", "benefits_due", "benefits_paid"),
    *("backlog_due", "backlog_cleared", "village_rooms", "village_rooms_standard"),
    *("leader_posts", "leaders_in_post", "staff_posts", "staff_in_post", "funds_due"),
    *("funds_paid", "village_led_villages", "villages"),
)
SOURCES = ("births_hospital", "births_vaccination", "births_registered")
ERRORS = ("inspected_omitted", "inspected_duplicate", "inspected_false", "inspected_misclassified")


def total(*names: str, less: Iterable[str] = ()) -> Callable[[Get], Value]:
    """Return the sum of measures, none where one of them is not known."""

    def value(get: Get) -> Value:
        plus, minus = [get(name) for name in names], [get(name) for name in less]
        if None in plus or None in minus:
            return None
        return sum(x for x in plus if x is not None) - sum(x for x in minus if x is not None)

    return value


def largest(get: Get) -> Value:
    """Return the largest of the departments' counts that are known."""
    known = [value for name in SOURCES if (value := get(name)) is not None]
    return max(known) if known else None


def gap(get: Get) -> Value:
    """Return what the largest department counted more than was reported."""
    most, reported = largest(get), get("cross_source_reported")
    return None if most is None or reported is None else most - reported


# indicator: levels, dataset of its reports, numerator, denominator, windows
CT, CTV, C = ("county", "township"), ("county", "township", "village"), ("county",)
ALL, LONG = ("month", "ytd", "r12"), ("ytd", "r12")
ONE = None
Formula = Callable[[Get], Value] | None
INDICATORS: dict[str, tuple[tuple[str, ...], str, Formula, Formula, tuple[str, ...]]] = {
    "policy_compliance": (CTV, "village_month", total(*BIRTHS_IN), total(*BIRTHS), ALL),
    "births_out": (CTV, "village_month", total(*BIRTHS, less=BIRTHS_IN), ONE, ALL),
    "villages_out_ge3": (CT, "village_month", total("villages_over"), total("villages"), LONG),
    "out_births_migrant_share": (
        CT,
        "village_month",
        total("births_out_migrant"),
        total(*BIRTHS, less=BIRTHS_IN),
        ALL,
    ),
    "sex_ratio_at_birth": (CT, "village_month", total(*BIRTHS[::2]), total(*BIRTHS[1::2]), ALL),
    "sex_ratio_p1": (CT, "village_month", total("births_p1_m"), total("births_p1_f"), ALL),
    "sex_ratio_p2": (CT, "village_month", total("births_p2_m"), total("births_p2_f"), ALL),
    "sex_ratio_p3": (CT, "village_month", total("births_p3_m"), total("births_p3_f"), ALL),
    "crude_birth_rate": (CT, "village_month", total(*BIRTHS), total("pop_end"), ALL),
    "natural_increase_rate": (
        CT,
        "village_month",
        total(*BIRTHS, less=["deaths"]),
        total("pop_end"),
        ALL,
    ),
    "birth_order_share_p2": (CT, "village_month", total(*BIRTHS[2:4]), total(*BIRTHS), ALL),
    "birth_order_share_p3": (CT, "village_month", total(*BIRTHS[4:6]), total(*BIRTHS), ALL),
    "late_registration_share": (
        CT,
        "village_month",
        total("births_late"),
        total(*BIRTHS, "births_late"),
        ALL,
    ),
    "migrant_filing": (CTV, "village_month", total("migrants_filed"), total("migrants_due"), ALL),
    "benefit_delivery": (CTV, "village_month", total("benefits_paid"), total("benefits_due"), ALL),
    "procedure_completion": (
        CT,
        "township_month",
        total("procedures_done"),
        total("procedures_due"),
        ALL,
    ),
    "procedure_backlog_clearance": (
        CT,
        "township_month",
        total("backlog_cleared"),
        total("backlog_due"),
        ALL,
    ),
    "early_registration": (
        CT,
        "township_month",
        total("pregnancies_early"),
        total("pregnancies_known"),
        ALL,
    ),
    "fee_collection": (CT, "township_month", total("fees_collected"), total("fees_levied"), ALL),
    "sex_selection_cases": (CT, "township_month", total("sex_selection_cases"), ONE, ALL),
    "petition_confirmed_share": (
        C,
        "township_month",
        total("petitions_confirmed"),
        total("petitions_verifiable"),
        ALL,
    ),
    "room_standard": (
        CT,
        "township_quarter",
        total("village_rooms_standard"),
        total("village_rooms"),
        ALL,
    ),
    "leader_coverage": (
        CT,
        "township_quarter",
        total("leaders_in_post"),
        total("leader_posts"),
        ALL,
    ),
    "staff_coverage": (CT, "township_quarter", total("staff_in_post"), total("staff_posts"), ALL),
    "funds_in_place": (CT, "township_quarter", total("funds_paid"), total("funds_due"), ALL),
    "village_led_share": (
        CT,
        "township_quarter",
        total("village_led_villages"),
        total("villages"),
        ALL,
    ),
    "cross_source_gap": (CT, "cross_source", gap, largest, ALL),
    "recount_gap": (
        CTV,
        "recount",
        total("recount_births_m", "recount_births_f", less=["recount_reported"]),
        total("recount_births_m", "recount_births_f"),
        LONG,
    ),
    "statistical_accuracy": (
        CT,
        "inspection",
        total("inspected_verified", less=ERRORS),
        total("inspected_verified"),
        ALL,
    ),
    "omission_rate": (
        CT,
        "inspection",
        total("inspected_omitted"),
        total("inspected_verified"),
        ALL,
    ),
    "report_completeness": (
        CT,
        "reports",
        total("reports_received"),
        total("reports_expected"),
        ALL,
    ),
    "report_timeliness": (CT, "reports", total("reports_timely"), total("reports_expected"), ALL),
    "key_check_streak": (C, "inspection", total("streak"), ONE, ALL),
}
