"""Townships as lines on one scale: the chosen in ink and named at their ends, the rest grey."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.answers import words
from shortplank.answers.comparison import Comparison
from shortplank.answers.series import Series
from shortplank.figures.labels import EndLabel, end_labels
from shortplank.figures.theme import Style, layout

HEIGHT = 460
DASHES = ("solid", "dash", "dot", "dashdot")


def comparison_figure(made: Comparison, style: Style) -> dict[str, Any]:
    """Return the lines; hover says township, month, value and counts."""
    t = style.tokens
    colours = (t.ink, t.better, t.worse, t.higher)
    data = [
        _line(made, town, t.grid, 1.5, "solid")
        for town in made.towns
        if town.code not in made.chosen
    ]
    ends = []
    for at, town in enumerate(made.marked):
        data.append(_line(made, town, colours[at], 3, DASHES[at]))
        known = np.flatnonzero(~np.isnan(town.measured.value))
        if len(known):
            value = float(town.measured.value[known[-1]])
            text = f"{town.name} {words.short_value(made.item, value)}"
            ends.append(EndLabel(value, text, colours[at]))
    values = np.concatenate([town.measured.value for town in made.towns])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    pad = max((high - low) * 0.06, 0.5)
    span = [low - pad, high + pad]
    right = 16 + max((len(end.text) for end in ends), default=2) * style.label
    return {
        "data": data,
        "layout": layout(
            style,
            height=HEIGHT,
            margin={"l": 60, "r": right, "t": 12, "b": 20 + style.axis},
            xaxis={"type": "date", "tickformat": "%Y-%m", "showgrid": False, "nticks": 8},
            yaxis={
                "range": span,
                "ticksuffix": made.item.unit if made.item.unit in "%‰" else "",
            },
            annotations=end_labels(ends, span, HEIGHT - 32 - style.axis, style),
            hovermode="closest",
        ),
    }


def _line(made: Comparison, town: Series, colour: str, width: float, dash: str) -> dict[str, Any]:
    measured = town.measured
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [f"{month:%Y-%m-%d}" for month in town.months],
        "y": [None if np.isnan(v) else float(v) for v in measured.value],
        "line": {"color": colour, "width": width, "dash": dash},
        "customdata": [
            f"<b>{town.name}</b> {words.month_text(month)}<br>"
            f"{words.value_text(made.item, measured.value[i])}"
            f"（{words.number_text(measured.x[i])}/{words.number_text(measured.n[i])}）"
            for i, month in enumerate(town.months)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
