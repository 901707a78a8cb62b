"""The years over each other, with the fan in which this one will end."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.theme import Style, faded
from shortplank.topics.trends.answer.year_end import YearEndOutlook
from shortplank.topics.trends.figure.trend_years import years_figure
from shortplank.wording.numbers import interval_text, short_value


def year_end_figure(made: YearEndOutlook, style: Style) -> dict[str, Any]:
    """Return the cumulative years with the forecast's 95 % fan from the last month to the end."""
    figure = years_figure(made.trend, style)
    series = made.trend.series
    known = np.flatnonzero(~np.isnan(series.measured.value))
    if made.is_empty or not len(known):
        return figure
    last = int(known[-1])
    now, place = float(series.measured.value[last]), made.months_passed
    t = style.tokens
    if place < 12:
        figure["data"] = [
            {
                "type": "scatter",
                "mode": "lines",
                "x": [place, 12, 12, place],
                "y": [now, made.upper, made.lower, now],
                "fill": "toself",
                "fillcolor": faded(t.better, t.paper, 0.25),
                "line": {"width": 0},
                "hoverinfo": "skip",
            },
            *figure["data"],
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [place, 12],
                "y": [now, made.value],
                "line": {"color": t.ink, "width": 2, "dash": "dot"},
                "marker": {"size": [1, 10], "color": t.ink, "symbol": "circle-open"},
                "customdata": ["", _hover(made)],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        ]
    _widen(figure, made)
    # The note beside the last month would stand on the fan.
    notes = figure["layout"]["annotations"]
    figure["layout"]["annotations"] = [note for note in notes if "bgcolor" not in note]
    return figure


def _hover(made: YearEndOutlook) -> str:
    if made.is_over:
        return f"<b>年底</b> {short_value(made.item, made.value)}"
    span = interval_text(made.item, made.lower, made.upper)
    return f"<b>年底预计</b> {short_value(made.item, made.value)}<br>95% 区间 {span}"


def _widen(figure: dict[str, Any], made: YearEndOutlook) -> None:
    """Let the axis hold the fan too."""
    low, high = figure["layout"]["yaxis"]["range"]
    pad = (high - low) * 0.04
    figure["layout"]["yaxis"]["range"] = [min(low, made.lower - pad), max(high, made.upper + pad)]
