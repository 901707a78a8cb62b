"""A native chart of a deck as a small drawing: its values as lines, dots or bars, without words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from shortplank.drawing.theme import LIGHT
from shortplank.frame.html import joined
from shortplank.papers.shown.colours import A, filled

# In points.
_WIDE, _TALL = 400.0, 200.0
_INNER = (0.02, 0.04, 0.96, 0.92)
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
Point = tuple[float, float]


@dataclass(frozen=True)
class _Drawn:
    """One series: what it is drawn as, in which colours, and its places among the categories."""

    kind: str
    colour: str
    points: list[tuple[int, Point]]
    line: bool
    dash: bool
    mark: float
    own: Mapping[int, str]
    """The colours of single points, by their places."""


@dataclass(frozen=True)
class _Scale:
    """Where a value stands in the drawing."""

    left: float
    right: float
    low: float
    high: float
    inner: tuple[float, float, float, float]
    """The plot's left, top, width and height."""

    def at(self, x: float, y: float) -> Point:
        """Return a value's place; what lies beyond the axis stands at its end."""
        x0, y0, wide, tall = self.inner
        across = (x - self.left) / ((self.right - self.left) or 1)
        up = (min(max(y, self.low), self.high) - self.low) / ((self.high - self.low) or 1)
        return x0 + across * wide, y0 + (1 - up) * tall


def chart_svg(
    chart: Any, colours: Mapping[str, str], wide: float = _WIDE, tall: float = _TALL
) -> Markup:
    """Return a chart's values as an SVG that fills its box, of so many points."""
    drawn = [_series(plot, each, colours) for plot in chart.plots for each in plot.series]
    if not any(each.points for each in drawn):
        return Markup("")
    scale = _scale(chart, drawn, wide, tall)
    body = joined(part for each in drawn for part in _parts(each, scale))
    return Markup(
        '<svg viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" '
        'style="width:100%;height:100%">{}</svg>'
    ).format(wide, tall, body)


def _scale(chart: Any, drawn: Sequence[_Drawn], wide: float, tall: float) -> _Scale:
    element = chart._chartSpace
    every = [point for each in drawn for _, point in each.points]
    xs, ys = [x for x, _ in every], [y for _, y in every]
    if any(each.kind == "scatter" for each in drawn):
        left, right = min(xs), max(xs)
    else:
        count = max(len(list(s.values)) for plot in chart.plots for s in plot.series)
        left, right = -0.5, count - 0.5
    if any(each.kind.startswith("bar") for each in drawn):
        ys.append(0.0)
    axis = next(element.iter(f"{_C}valAx"), None)
    low, high = (_end(axis, name) for name in ("min", "max"))
    x, y, w, h = _inner(element)
    inner = (x * wide, y * tall, w * wide, h * tall)
    low, high = min(ys) if low is None else low, max(ys) if high is None else high
    return _Scale(left, right, low, high, inner)


def _end(axis: Any, name: str) -> float | None:
    found = None if axis is None else axis.find(f"{_C}scaling/{_C}{name}")
    return None if found is None else float(found.get("val"))


def _inner(element: Any) -> tuple[float, float, float, float]:
    """Return the plot's place within the chart, as the file has it."""
    layout = element.find(f"{_C}chart/{_C}plotArea/{_C}layout/{_C}manualLayout")
    if layout is None:
        return _INNER
    parts = [layout.find(f"{_C}{name}") for name in "xywh"]
    if any(part is None for part in parts):
        return _INNER
    x, y, w, h = (float(part.get("val")) for part in parts)
    return x, y, w, h


def _series(plot: Any, series: Any, colours: Mapping[str, str]) -> _Drawn:
    kind, element = _kind(plot), series._element
    look = element.find(f"{_C}spPr")
    line = None if look is None else look.find(f"{A}ln")
    dash = None if line is None else line.find(f"{A}prstDash")
    mark = element.find(f"{_C}marker")
    sign = None if mark is None else mark.find(f"{_C}symbol")
    size = None if mark is None else mark.find(f"{_C}size")
    marked = sign is not None and sign.get("val") != "none"
    inks = (filled(look, colours), filled(line, colours))
    ink = next(filter(None, inks), "")
    if marked and mark is not None and (line is None or line.find(f"{A}noFill") is not None):
        ink = filled(mark.find(f"{_C}spPr"), colours) or ink
    return _Drawn(
        kind,
        ink or LIGHT.similar,
        _points(series),
        line is None or line.find(f"{A}noFill") is None,
        dash is not None and dash.get("val") != "solid",
        (float(size.get("val")) if size is not None else 5.0) if marked else 0.0,
        {
            int(each.find(f"{_C}idx").get("val")): filled(each.find(f"{_C}spPr"), colours)
            for each in element.findall(f"{_C}dPt")
        },
    )


def _kind(plot: Any) -> str:
    """Return what a plot draws: line, scatter, bar or area, and bars along the page as barh."""
    element = plot._element
    name = element.tag.rpartition("}")[2].removesuffix("Chart")
    along = element.find(f"{_C}barDir")
    return "barh" if name == "bar" and along is not None and along.get("val") == "bar" else name


def _points(series: Any) -> list[tuple[int, Point]]:
    ys = list(series.values)
    along = series._element.find(f"{_C}xVal")
    xs: Sequence[Any] = range(len(ys))
    if along is not None:
        xs = [float(v.text) for v in along.iter(f"{_C}v")] or xs
    return [
        (place, (float(x), float(y)))
        for place, (x, y) in enumerate(zip(xs, ys, strict=False))
        if y is not None and math.isfinite(y)
    ]


def _parts(each: _Drawn, scale: _Scale) -> Iterator[Markup]:
    places = [scale.at(x, y) for _, (x, y) in each.points]
    ground = scale.at(0.0, 0.0)[1]
    if each.kind == "area":
        yield _area(places, scale, each.colour)
    elif each.kind.startswith("bar"):
        wide = max(scale.inner[2] / (scale.right - scale.left) * 0.7, 0.5)
        bar = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.2f}" height="{:.1f}" fill="{}"/>')
        for (place, _), (x, y) in zip(each.points, places, strict=True):
            colour = each.own.get(place) or each.colour
            yield bar.format(x - wide / 2, min(y, ground), wide, abs(ground - y), colour)
    elif each.kind == "line" and each.line:
        line = Markup(
            '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="2"{}/>'
        )
        dash = Markup(' stroke-dasharray="5 3"') if each.dash else Markup("")
        yield from (line.format(*one, *two, each.colour, dash) for one, two in pairwise(places))
    if each.kind == "scatter" or each.mark:
        dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}"/>')
        size = max(each.mark, 4.0) / 2
        yield from (dot.format(x, y, size, each.colour) for x, y in places)


def _area(places: Sequence[Point], scale: _Scale, colour: str) -> Markup:
    """Return a band from the axis up to its values, over the whole width of its categories."""
    if not places:
        return Markup("")
    x, y, wide, tall = scale.inner
    tops = [(x, places[0][1]), *places, (x + wide, places[-1][1])]
    told = " ".join(f"{a:.1f},{b:.1f}" for a, b in [*tops, (x + wide, y + tall), (x, y + tall)])
    return Markup('<polygon points="{}" fill="{}"/>').format(told, colour)
