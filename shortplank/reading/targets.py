"""The target of an area, indicator and statistical year: from the register, else the card's own."""

from __future__ import annotations

from dataclasses import dataclass

from shortplank.catalogue.models import Indicator, Threshold
from shortplank.reading.view import View
from shortplank.wording.numbers import unit_suffix
from shortplank.wording.sides import line_word


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


def lines_in_force(view: View, indicator: str, area: str) -> list[Threshold]:
    """Return the card's lines; one drawn at the card's own target moves with the year's target."""
    item, target = view.ws.indicators[indicator], target_of(view, indicator, area)
    weak = {"up": "below", "down": "above"}.get(item.polarity)
    return [
        line.model_copy(
            update={"value": target.value, "label": _named(item, target), "source": target.source}
        )
        if target is not None and line.side == weak and line.value == item.target
        else line
        for line in item.thresholds
    ]


def _named(item: Indicator, target: TargetLine) -> str:
    return f"{target.value:g}{unit_suffix(item)} {line_word(item)}"


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
