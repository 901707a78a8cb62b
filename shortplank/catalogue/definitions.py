"""What a figure of an indicator is made of, and what it is held against: its definition."""

from __future__ import annotations

from collections.abc import Sequence

from shortplank.catalogue.workspace import Workspace

# With another of these a figure is another, or is read against something else.
CARD = (
    *("kind", "numerator", "denominator", "factor", "over", "unit", "interval", "polarity"),
    *("target", "target_range", "thresholds", "county_line", "levels", "windows"),
    *("min_denominator", "grey_denominator"),
)
_MEASURE = ("dataset", "kind", "window", "column", "filter", "matched", "level")
_TOTAL = ("plus", "minus", "op")


def redefined_keys(before: Workspace | None, after: Workspace) -> list[str]:
    """Return the indicators of both whose figures are others now, or are read against others."""
    if before is None:
        return []
    return [
        key
        for key in after.indicators
        if key in before.indicators and definition_of(before, key) != definition_of(after, key)
    ]


def definition_of(ws: Workspace, key: str) -> list[object]:
    """Return what an indicator's figures are made of, down to the counts of the reports."""
    item = ws.indicators[key]
    said: list[object] = [getattr(item, name) for name in CARD]
    for name in sorted(_parts(ws, (*item.numerator, *item.denominator))):
        if name in ws.derived:
            said.append((name, *(getattr(ws.derived[name], field) for field in _TOTAL)))
        elif name in ws.measures:
            said.append((name, *(getattr(ws.measures[name], field) for field in _MEASURE)))
    return said


def _parts(ws: Workspace, names: Sequence[str]) -> set[str]:
    """Return the measures and totals that names rest on, themselves among them."""
    found = set(names)
    for name in names:
        if name in ws.derived:
            found |= _parts(ws, (*ws.derived[name].plus, *ws.derived[name].minus))
    return found


def units_of(ws: Workspace) -> tuple[object, ...]:
    """Return what says which units there are, whose they are, and when their year begins."""
    return ws.areas, ws.successors, ws.settings.home, ws.settings.statistical_year_first_month
