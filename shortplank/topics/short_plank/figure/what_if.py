"""The county before and after help, between the peers and the line."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.theme import Style, faded, layout
from shortplank.topics.short_plank.answer.what_if import Standing, WhatIf
from shortplank.wording.numbers import interval_text, value_text
from shortplank.wording.sides import line_label

HEIGHT = 240


def what_if_figure(made: WhatIf, style: Style) -> dict[str, Any]:
    """Return two rows, now and then, with the peers as ticks above."""
    t, item = style.tokens, made.item
    rows = [(made.before, 2, "现在", t.similar), (made.after, 1, "推演", t.better)]
    data: list[dict[str, Any]] = []
    if made.peers is not None:
        known = [
            i
            for i in range(len(made.peers.codes))
            if i != made.peers.home and not np.isnan(made.peers.values[i])
        ]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [float(made.peers.values[i]) for i in known],
                "y": [3] * len(known),
                "marker": {"symbol": "line-ns-open", "size": 18, "color": t.muted},
                "customdata": [
                    f"{made.peers.names[i]} {value_text(item, made.peers.values[i])}" for i in known
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    for standing, row, name, colour in rows:
        assert standing is not None
        data += _row(made, standing, row, name, colour, style)
    shapes = []
    if not np.isnan(made.line):
        shapes.append(
            {
                "type": "line",
                "x0": made.line,
                "x1": made.line,
                "y0": 0.5,
                "y1": 3.4,
                "line": {"color": t.worse, "width": 2, "dash": "dot"},
            }
        )
    return {
        "data": data,
        "layout": layout(
            style,
            height=HEIGHT,
            margin={"l": 5 * style.label, "r": 12 * style.label, "t": 8, "b": 12 + style.axis},
            xaxis={"ticksuffix": item.unit if item.unit in "%‰" else "", "nticks": 8},
            yaxis={
                "range": [0.4, 3.6],
                "tickvals": [1, 2, 3],
                "ticktext": ["推演", "现在", "同类县"],
                "showgrid": False,
                "tickfont": {"size": style.label, "color": t.ink},
            },
            shapes=shapes,
            annotations=[
                {
                    "x": 1,
                    "xref": "paper",
                    "xanchor": "left",
                    "xshift": 10,
                    "y": row,
                    "text": _text(made, standing),
                    "showarrow": False,
                    "font": {"size": style.label, "color": t.ink},
                }
                for standing, row, _, _ in rows
                if standing is not None
            ]
            + _line_note(made, style),
            hovermode="closest",
        ),
    }


def _line_note(made: WhatIf, style: Style) -> list[dict[str, Any]]:
    """Return the line's name at its foot."""
    if np.isnan(made.line):
        return []
    return [
        {
            "x": made.line,
            "y": 0.5,
            "text": line_label(made.item, made.line),
            "showarrow": False,
            "xanchor": "left",
            "xshift": 6,
            "yanchor": "bottom",
            "font": {"size": style.label, "color": style.tokens.worse},
        }
    ]


def _row(
    made: WhatIf, standing: Standing, row: int, name: str, colour: str, style: Style
) -> list[dict[str, Any]]:
    t, item = style.tokens, made.item
    span = interval_text(item, standing.lower, standing.upper)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [standing.lower, standing.upper],
            "y": [row, row],
            "hoverinfo": "skip",
            "line": {"width": 8, "color": faded(colour, t.paper, 0.4)},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [standing.value],
            "y": [row],
            "marker": {"size": 14, "color": colour},
            "customdata": [f"<b>{name}</b> {value_text(item, standing.value)}<br>{span}"],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]


def _text(made: WhatIf, standing: Standing) -> str:
    value = value_text(made.item, standing.value)
    if standing.rank is None or made.peers is None:
        return value
    return f"{value}，{made.peers.size} 县第 {standing.rank}"
