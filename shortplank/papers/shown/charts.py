"""A native chart of a deck as a small drawing: its values as lines, dots or bars, without words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from shortplank.drawing.theme import LIGHT
from shortplank.frame.html import joined

_WIDE, _HIGH, _EDGE = 400.0, 200.0, 8.0
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def chart_svg(chart: Any) -> Markup:
    """Return a chart's values as an SVG that fills its box."""
    drawn = [(plot, each) for plot in chart.plots for each in plot.series]
    series = [(_kind(plot), _colour(each), _points(each)) for plot, each in drawn]
    every = [point for _, _, points in series for point in points]
    if not every:
        return Markup("")
    xs, ys = [x for x, _ in every], [y for _, y in every]
    if any(kind.startswith("bar") for kind, _, _ in series):
        ys.append(0.0)
    body = joined(
        _drawn(kind, colour, [_at(point, xs, ys) for point in points], _at((0, 0.0), xs, ys)[1])
        for kind, colour, points in series
    )
    return Markup(
        '<svg viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" '
        'style="width:100%;height:100%">{}</svg>'
    ).format(_WIDE, _HIGH, body)


def _kind(plot: Any) -> str:
    """Return what a plot draws: line, scatter, bar or area, and bars along the page as barh."""
    element = plot._element
    name = element.tag.rpartition("}")[2].removesuffix("Chart")
    along = element.find(f"{_C}barDir")
    return "barh" if name == "bar" and along is not None and along.get("val") == "bar" else name


def _colour(series: Any) -> str:
    element = series._element
    found = element.find(f"{_C}spPr")
    for part in found.iter(f"{_A}srgbClr") if found is not None else ():
        return f"#{part.get('val')}"
    return LIGHT.similar


def _points(series: Any) -> list[tuple[float, float]]:
    ys = list(series.values)
    along = series._element.find(f"{_C}xVal")
    xs: Sequence[Any] = range(len(ys))
    if along is not None:
        xs = [float(v.text) for v in along.iter(f"{_C}v")] or xs
    return [
        (float(x), float(y))
        for x, y in zip(xs, ys, strict=False)
        if y is not None and math.isfinite(y)
    ]


def _at(
    point: tuple[float, float], xs: Sequence[float], ys: Sequence[float]
) -> tuple[float, float]:
    x, y = point
    across = (x - min(xs)) / ((max(xs) - min(xs)) or 1)
    up = (y - min(ys)) / ((max(ys) - min(ys)) or 1)
    return _EDGE + across * (_WIDE - 2 * _EDGE), _HIGH - _EDGE - up * (_HIGH - 2 * _EDGE)


def _drawn(kind: str, colour: str, places: Sequence[tuple[float, float]], ground: float) -> Markup:
    if kind in ("line", "area"):
        line = Markup(
            '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="2"/>'
        )
        return joined(line.format(*one, *two, colour) for one, two in pairwise(places))
    if kind.startswith("bar"):
        wide = max((_WIDE - 2 * _EDGE) / max(len(places), 1) * 0.7, 1)
        bar = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>')
        return joined(
            bar.format(x - wide / 2, min(y, ground), wide, abs(ground - y), colour)
            for x, y in places
        )
    dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}"/>')
    return joined(dot.format(x, y, colour) for x, y in places)
