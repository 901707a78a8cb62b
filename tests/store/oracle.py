"""What the marts must hold, in plain loops over rows: no SQL, no catalogue, nothing shared.

The definitions are those of the catalogue's table, written out once more by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.store.formulas import ALL, BIRTHS, BIRTHS_IN, INDICATORS, STOCKS, Value


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
