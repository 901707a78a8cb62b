"""What the marts must hold, in plain loops over rows: no SQL, no catalogue, nothing shared.

The definitions are those of the catalogue's table, written out once more by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Row = Mapping[str, Any]
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


def shift(month: date, count: int) -> date:
    """Return the first of the month so many months later."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def year_start(month: date) -> date:
    """Return October of the statistical year that holds the month."""
    return date(month.year if month.month >= 10 else month.year - 1, 10, 1)


@dataclass
class County:
    """The register and the rows of one county."""

    areas: list[tuple[str, str, str, date, date | None]]  # code, parent, level, from, to
    successors: list[tuple[str, str, date]]
    rows: dict[str, list[dict[str, Any]]]

    def valid(self, month: date, level: str) -> list[tuple[str, str]]:
        """Return the areas of a level that exist in the month, with their parents."""
        return [
            (code, parent)
            for code, parent, at, begins, ends in self.areas
            if at == level and begins <= month and (ends is None or ends >= month)
        ]

    def heir(self, code: str, month: date) -> str:
        """Return where a code's figures are counted in a month."""
        for old, new, begins in self.successors:
            if old == code and begins <= month:
                return self.heir(new, month)
        return code

    def parent(self, code: str) -> str:
        """Return the area above."""
        return next(parent for area, parent, *_ in self.areas if area == code)

    def level(self, code: str) -> str:
        """Return the area's level."""
        return next(level for area, _, level, *_ in self.areas if area == code)

    def months(self) -> list[date]:
        """Return every month from the first to the last monthly report."""
        held = [r["stat_month"] for d in ("village_month", "township_month") for r in self.rows[d]]
        months = [min(held)]
        while months[-1] < max(held):
            months.append(shift(months[-1], 1))
        return months


class Oracle:
    """Computes the mart rows of a county, one month and unit after the other."""

    def __init__(self, county: County, due_day: int = 5) -> None:
        self.county, self.due_day = county, due_day
        self.known: dict[tuple[date, str], dict[str, float]] = {}
        for month in county.months():
            self._count(month)

    # --- one month ---------------------------------------------------------------------------
    def _rows(self, dataset: str, month: date) -> list[dict[str, Any]]:
        return [r for r in self.county.rows.get(dataset, []) if r["stat_month"] == month]

    def _add(self, area: str, month: date, measure: str, value: Value) -> None:
        """Count a value to its area and, for a village, to its township."""
        units = [area]
        if self.county.level(area) == "village":
            units.append(self.county.parent(area))
        for unit in units:
            if value is not None:
                counts = self.known.setdefault((month, measure), {})
                counts[unit] = counts.get(unit, 0) + value

    def _count(self, month: date) -> None:
        for dataset in ("village_month", "township_month", "township_quarter", "cross_source"):
            for row in self._rows(dataset, month):
                for name, value in row.items():
                    if name not in ("area_code", "stat_month", "source"):
                        self._add(row["area_code"], month, name, value)
        self._count_recounts(month)
        self._count_sources(month)
        self._count_inspections(month)
        self._count_reports(month)
        for _, township in self.county.valid(month, "village"):
            self._add(township, month, "villages", 1)

    def _count_recounts(self, month: date) -> None:
        latest: dict[str, dict[str, Any]] = {}
        for row in self._rows("recount", month):
            code = row["area_code"]
            if code not in latest or row["recount_date"] > latest[code]["recount_date"]:
                latest[code] = row
        for code, row in latest.items():
            self._add(code, month, "recount_births_m", row["births_m"])
            self._add(code, month, "recount_births_f", row["births_f"])
            for report in self._rows("village_month", month):
                if report["area_code"] == code:
                    self._add(code, month, "recount_reported", sum(report[b] for b in BIRTHS))

    def _count_sources(self, month: date) -> None:
        for township in {row["area_code"] for row in self._rows("cross_source", month)}:
            for report in self._rows("village_month", month):
                if self.county.parent(report["area_code"]) == township:
                    births = sum(report[b] for b in BIRTHS)
                    self._add(township, month, "cross_source_reported", births)

    def _count_inspections(self, month: date) -> None:
        for row in self._rows("inspection", month):
            if row["kind"] == "sample" and row["subject"] == "births":
                for name in ("verified", "omitted", "duplicate", "false", "misclassified"):
                    self._add(row["area_code"], month, f"inspected_{name}", row[name])

    def _count_reports(self, month: date) -> None:
        due = shift(month, 1).replace(day=self.due_day)
        forms = ["village_month", "township_month"]
        forms += ["township_quarter"] if month.month in (3, 6, 9, 12) else []
        for township, _ in self.county.valid(month, "township"):
            first: dict[str, date] = {}
            for row in self._rows("submission", month):
                if row["area_code"] == township and row["form"] in forms:
                    at = row["received_at"]
                    first[row["form"]] = min(at, first.get(row["form"], at))
            timely = sum(at <= due for at in first.values())
            self._add(township, month, "reports_expected", len(forms))
            self._add(township, month, "reports_received", len(first))
            self._add(township, month, "reports_timely", timely)

    # --- windows -----------------------------------------------------------------------------
    def unit(self, area: str, month: date, window: list[date], measure: str) -> Value:
        """Return a village's or township's measure over a window, seen from a month."""
        by_month = []
        for each in window:
            values = [
                value
                for code, value in self.known.get((each, measure), {}).items()
                if self.county.heir(code, month) == area
            ]
            if values:
                by_month.append(sum(values))
        if not by_month:
            return None
        if measure in STOCKS:
            return by_month[-1]
        return sum(by_month) / 12 if measure == "pop_end" else sum(by_month)

    def value(self, area: str, month: date, window: list[date], measure: str) -> Value:
        """Return a measure of any area over a window."""
        if measure == "villages_over":
            return self.villages_over(area, month, window)
        if measure == "streak":
            return self.streak(month)
        if self.county.level(area) != "county":
            return self.unit(area, month, window, measure)
        parts = [
            self.unit(township, month, window, measure)
            for township, _ in self.county.valid(month, "township")
        ]
        known = [part for part in parts if part is not None]
        return sum(known) if known else None

    def villages_over(self, area: str, month: date, window: list[date]) -> Value:
        """Return how many villages of the area have three out-of-policy births in the window."""
        totals: dict[str, int] = {}
        for row in self.county.rows["village_month"]:
            if row["stat_month"] in window:
                code = self.county.heir(row["area_code"], month)
                out = sum(row[b] for b in BIRTHS) - sum(row[b] for b in BIRTHS_IN)
                totals[code] = totals.get(code, 0) + out
        within = {
            code: out
            for code, out in totals.items()
            if area in (self.county.parent(code), self.county.parent(self.county.parent(code)))
        }
        return sum(out >= 3 for out in within.values()) if within else None

    def streak(self, month: date) -> Value:
        """Return the number of latest key checks in a row that were listed and confirmed."""
        checks = [r for r in self.county.rows.get("inspection", []) if r["kind"] == "key_check"]
        checks = sorted(
            (r for r in checks if r["stat_month"] <= month), key=lambda r: str(r["date"])
        )
        if not checks:
            return None
        count = 0
        for row in reversed(checks):
            if not (row["listed"] and row["confirmed"]):
                break
            count += 1
        return count

    # --- reports -----------------------------------------------------------------------------
    def expected(self, area: str, month: date, dataset: str) -> Value:
        """Return how many reports the area owes for the month; none where none can be due."""
        level = self.county.level(area)
        if dataset == "reports":
            return self.value(area, month, [month], "reports_expected")
        if dataset == "village_month":
            if level == "village":
                return 1
            return self.value(area, month, [month], "villages")
        quarterly = dataset == "township_quarter" and month.month in (3, 6, 9, 12)
        if dataset == "township_month" or quarterly:
            return 1 if level == "township" else len(self.county.valid(month, "township"))
        return None

    def reported(self, area: str, month: date, dataset: str) -> Value:
        """Return how many areas within the area have a row for the month."""
        if dataset == "reports":
            return self.value(area, month, [month], "reports_received")
        codes = {row["area_code"] for row in self._rows(dataset, month)}
        chains = [(code, self.county.parent(code)) for code in codes]
        return sum(
            area in (code, parent) or self.county.level(area) == "county" for code, parent in chains
        )

    # --- the mart ----------------------------------------------------------------------------
    def mart(self, levels: tuple[str, ...]) -> dict[tuple[str, date, str], dict[str, Value]]:
        """Return the mart's figures by area, month and indicator."""
        found = {}
        months = self.county.months()
        for month in months:
            windows = {
                "month": [month],
                "ytd": [m for m in months if year_start(month) <= m <= month],
                "r12": [m for m in months if shift(month, -11) <= m <= month],
            }
            if shift(month, -11) < months[0]:
                del windows["r12"]
            for level in levels:
                for area, _ in self.county.valid(month, level):
                    for name, (at, *_rest) in INDICATORS.items():
                        if level in at:
                            found[area, month, name] = self._row(area, month, name, windows)
        return found

    def _row(
        self, area: str, month: date, name: str, windows: dict[str, list[date]]
    ) -> dict[str, Value]:
        _, dataset, top, bottom, kinds = INDICATORS[name]
        row: dict[str, Value] = {
            "expected": self.expected(area, month, dataset),
            "reported": self.reported(area, month, dataset),
        }
        for window in ALL:
            prefix = "" if window == "month" else f"{window}_"
            row[f"{prefix}numerator"] = row[f"{prefix}denominator"] = None
            if window in kinds and window in windows:

                def get(measure: str, months: list[date] = windows[window]) -> Value:
                    return self.value(area, month, months, measure)

                row[f"{prefix}numerator"] = top(get) if top else None
                if row[f"{prefix}numerator"] is not None:
                    row[f"{prefix}denominator"] = bottom(get) if bottom else None
        return row
