"""Townships as lines on one scale: the chosen in ink and named at their ends, the rest grey."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.labels import EndLabel, end_labels
from shortplank.drawing.picks import Pick, pickable, says
from shortplank.drawing.theme import Style, layout
from shortplank.reading.series import Series
from shortplank.topics.trends.answer.comparison import Comparison
from shortplank.topics.trends.figure.trend_parts import (
    broken,
    figure_text,
    figure_told,
    line_trace,
    origin_text,
    other_lines,
    series_line,
)
from shortplank.wording.numbers import short_value

HEIGHT = 460
DASHES = ("solid", "dash", "dot", "dashdot")


def comparison_figure(made: Comparison, style: Style) -> dict[str, Any]:
    """Return the lines; hover says township, month, value and counts."""
    t = style.tokens
    colours = (t.ink, t.better, t.worse, t.higher)
    data = [
        _line(made, town, other_lines(style), 1.5, "solid")
        for town in made.towns
        if town.code not in made.chosen
    ]
    ends = []
    for at, town in enumerate(made.marked):
        data.append(_line(made, town, colours[at], 3, DASHES[at]))
        data.append(_open_months(town, colours[at], style))
        known = np.flatnonzero(~np.isnan(town.measured.value))
        if len(known):
            value = float(town.measured.value[known[-1]])
            text = f"{town.name} {short_value(made.item, value)}"
            ends.append(EndLabel(value, text, colours[at]))
    values = np.concatenate([town.measured.value for town in made.towns])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    pad = max((high - low) * 0.06, 0.5)
    span = [low - pad, high + pad]
    right = 16 + max((len(end.text) for end in ends), default=2) * style.label
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=HEIGHT,
            margin={"l": 60, "r": right, "t": 12, "b": 20 + style.axis},
            xaxis={"type": "date", "tickformat": "%Y年%-m月", "showgrid": False, "nticks": 8},
            yaxis={
                "range": span,
                "ticksuffix": made.item.unit if made.item.unit in "%‰" else "",
            },
            annotations=end_labels(ends, span, HEIGHT - 32 - style.axis, style),
            hovermode="closest",
        ),
    }
    return pickable(figure, _picks(made))


def _picks(made: Comparison) -> list[Pick]:
    """Return each township at the end of its line."""
    found = []
    for town in made.towns:
        known = np.flatnonzero(~np.isnan(town.measured.value))
        if len(known):
            last = int(known[-1])
            at, value = town.months[last].isoformat(), float(town.measured.value[last])
            told = says(figure_told(made, town, last))
            found.append(Pick(town.code, town.name, told, x=(at, at), y=(value, value)))
    return found


def _line(made: Comparison, town: Series, colour: str, width: float, dash: str) -> dict[str, Any]:
    months = range(len(town.months))
    texts = [figure_text(made, town, i) for i in months]
    trace = line_trace(series_line(town, made.window), colour, width, dash)
    return trace | {
        "hoverinfo": "text",
        "customdata": broken(months, texts, lambda i: town.restarts(i, made.window))[1],
        "hovertemplate": f"%{{customdata}}<br>{origin_text(made)}<extra></extra>",
    }


def _open_months(town: Series, colour: str, style: Style) -> dict[str, Any]:
    """Return the months that are not fully reported, drawn open."""
    values = town.measured.value
    rows = [i for i in range(len(values)) if not town.whole[i] and np.isfinite(values[i])]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [town.months[i].isoformat() for i in rows],
        "y": [float(values[i]) for i in rows],
        "hoverinfo": "skip",
        "marker": {
            "size": 9,
            "opacity": 1,
            "color": style.tokens.paper,
            "line": {"width": 2, "color": colour},
        },
    }
