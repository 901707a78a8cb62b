"""The target of an area, indicator and statistical year: from the register, else the card's own."""

from __future__ import annotations

from dataclasses import dataclass

from shortplank.answers.view import View


@dataclass(frozen=True)
class TargetLine:
    """A target with where it comes from."""

    value: float
    source: str


def target_of(view: View, indicator: str, area: str) -> TargetLine | None:
    """Return the target that holds in the view's statistical year, None where there is none."""
    item = view.ws.indicators[indicator]
    if item.family == "procedure" or item.target_range is not None:
        return None
    if item.family == "births":  # births have a line on their card, never a target in the register
        return None if item.target is None else TargetLine(item.target, "指标目录")
    table = view.ask("targets_by_year", year=view.statistical_year)
    for row in table.to_pylist():
        if row["area_code"] == area and row["indicator"] == indicator:
            return TargetLine(row["target"], row["source"])
    return None if item.target is None else TargetLine(item.target, "指标目录")


def targets_by_year(view: View, indicator: str, area: str) -> dict[int, TargetLine]:
    """Return the register's targets of an area by statistical year; empty where none may be."""
    item = view.ws.indicators[indicator]
    if item.family in ("births", "procedure") or item.target_range is not None:
        return {}
    table = view.ask("targets_by_area", indicator=indicator)
    return {
        row["statistical_year"]: TargetLine(row["target"], row["source"])
        for row in table.to_pylist()
        if row["area_code"] == area
    }
