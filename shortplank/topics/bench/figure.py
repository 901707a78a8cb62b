"""A result of the bench as lines, bars, dots or a map: its own columns, nothing judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from shortplank.drawing.map import Area, Fill, map_figure, plain
from shortplank.drawing.marks import ROW, dots, known
from shortplank.drawing.picks import hover
from shortplank.drawing.theme import Style, faded, layout
from shortplank.store.boundaries import MapShapes
from shortplank.topics.bench.answer import Drawn
from shortplank.wording.numbers import number_text

LINE_HEIGHT, FOOT = 380, 48
# The lines of a result are told apart by these tokens, in this order, then by dashes.
_LINES = ("better", "worse", "higher", "lower")
_DASHES = ("solid", "dash")
# How much of its colour the least and the most of a map have.
_PALE, _FULL = 0.12, 0.85


def result_figure(made: Drawn, style: Style, shapes: MapShapes | None = None) -> dict[str, Any]:
    """Return a result's picture; a map has those areas that have a shape."""
    if made.kind == "map" and shapes is not None:
        return _map(made, style, shapes)
    return _lines(made, style) if made.kind == "line" else _rows(made, style)


def value_label(value: float) -> str:
    """Return a value as it stands at a mark: whole as it is, a fraction with two places.

    >>> value_label(12.0), value_label(0.126), value_label(float("nan"))
    ('12', '0.13', '–')
    """
    if not math.isfinite(value):
        return "–"
    return number_text(value, 0 if value == int(value) else 2)


def _rows(made: Drawn, style: Style) -> dict[str, Any]:
    """Return a row a label, in the result's own order, with its value at its end."""
    t, (labels, values) = style.tokens, made.series[""]
    places = [-float(n) for n in range(len(labels))]
    hovers = [
        hover(label, [value_label(value)]) for label, value in zip(labels, values, strict=True)
    ]
    if made.kind == "bar":
        marks: dict[str, Any] = {
            "type": "bar", "orientation": "h", "x": known(values), "y": places,
            "marker": {"color": t.similar}, "customdata": hovers,
            "hovertemplate": "%{customdata}<extra></extra>",
        }  # fmt: skip
    else:
        marks = dots(known(values), places, {"size": 11, "color": t.better}, hovers)
    finite = [value for value in values if math.isfinite(value)]
    texts = {
        "type": "scatter", "mode": "text", "x": known(values), "y": places, "hoverinfo": "skip",
        "text": [f" {value_label(value)}" for value in values], "textposition": "middle right",
        "textfont": {"size": style.axis, "color": t.ink}, "cliponaxis": False,
    }  # fmt: skip
    low, high = min([0.0, *finite]), max([0.0, *finite])
    room = (high - low or 1.0) * 0.14
    return {
        "data": [marks, texts],
        "layout": layout(
            style,
            height=ROW * max(len(labels), 1) + FOOT,
            margin={"l": 8, "r": 16, "t": 8, "b": 40},
            bargap=0.35,
            xaxis={"range": [low - (room if low < 0 else 0), high + room], "title": made.y,
                   "automargin": True},
            yaxis={"tickvals": places, "ticktext": labels, "automargin": True, "showgrid": False,
                   "range": [-len(labels) + 0.4, 0.6]},
            hovermode="closest",
        ),
    }  # fmt: skip


def _lines(made: Drawn, style: Style) -> dict[str, Any]:
    """Return a line a series, each with its name at its end; what is not there breaks the line."""
    t = style.tokens
    days = sorted({label for labels, _ in made.series.values() for label in labels})
    at = {label: n for n, label in enumerate(days)}
    data, notes = list[dict[str, Any]](), list[dict[str, Any]]()
    for n, (name, (labels, values)) in enumerate(made.series.items()):
        colour = getattr(t, _LINES[n % len(_LINES)]) if len(made.series) > 1 else t.ink
        dash = _DASHES[n // len(_LINES) % len(_DASHES)]
        found = sorted(zip(map(at.__getitem__, labels), values, labels, strict=True))
        data.append({
            "type": "scatter", "mode": "lines+markers",
            "x": [x for x, _, _ in found], "y": known([y for _, y, _ in found]),
            "line": {"color": colour, "width": 2, "dash": dash}, "marker": {"size": 5},
            "customdata": [hover(name or label, [label, value_label(y)]) for _, y, label in found],
            "hovertemplate": "%{customdata}<extra></extra>", "connectgaps": False,
        })  # fmt: skip
        ends = [(x, y) for x, y, _ in found if math.isfinite(y)]
        if name and ends:
            notes.append({
                "x": ends[-1][0], "y": ends[-1][1], "text": name, "xanchor": "left", "xshift": 6,
                "showarrow": False, "font": {"size": style.axis, "color": colour},
            })  # fmt: skip
    step = max(len(days) // 8, 1)
    widest = max((len(name) for name in made.series), default=0)
    return {
        "data": data,
        "layout": layout(
            style,
            height=LINE_HEIGHT + 120 * style.present,
            margin={"l": 8, "r": 12 + min(widest, 10) * style.axis, "t": 12, "b": 8},
            xaxis={"tickvals": list(range(0, len(days), step)), "ticktext": days[::step],
                   "automargin": True},
            yaxis={"title": made.y, "automargin": True},
            annotations=notes,
            hovermode="closest",
        ),
    }  # fmt: skip


def _map(made: Drawn, style: Style, shapes: MapShapes) -> dict[str, Any]:
    labels, values = made.series[""]
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    areas = [
        Area(
            key=code,
            name=label,
            says=value_label(value),
            hover=hover(label, [f"{made.y} {value_label(value)}"]),
            fill=_fill(value, low, high, style),
        )
        for code, label, value in zip(made.codes, labels, values, strict=True)
    ]
    return map_figure(_once(areas), shapes, style)


def _once(areas: Sequence[Area]) -> list[Area]:
    """Return one of each area, the first: a map has no room for another row of it."""
    return list({area.key: area for area in reversed(areas)}.values())[::-1]


def _fill(value: float, low: float, high: float, style: Style) -> Fill:
    """Return a paler or a fuller fill as the value is smaller or larger among the result's own."""
    if not math.isfinite(value):
        return plain(style)
    share = (value - low) / (high - low) if high > low else 0.5
    t = style.tokens
    return Fill(faded(t.better, t.paper, _PALE + share * (_FULL - _PALE)))
