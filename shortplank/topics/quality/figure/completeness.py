"""The matrix of reports: who reported when, four states with four looks."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.picks import Pick, pickable, says
from shortplank.drawing.theme import Style, faded, layout
from shortplank.topics.quality.answer.completeness import STATE_LABELS, STATES, Matrix
from shortplank.wording.periods import month_key

LEAST_ROW, ROW = 5, 14
# Beyond so many rows only their groups are named.
MOST_NAMED = 40


def state_colours(style: Style) -> list[str]:
    """Return the states' colours in their order."""
    t = style.tokens
    return [
        faded(t.better, t.paper, 0.35),
        faded(t.better, t.paper, 0.7),
        faded(t.worse, t.paper, 0.45),
        t.worse,
        t.paper,
        faded(t.muted, t.paper, 0.4),
    ]


def matrix_figure(matrix: Matrix, style: Style) -> dict[str, Any]:
    """Return the matrix as a heat map, the newest month at the right, the first row at the top."""
    t, rows = style.tokens, len(matrix.rows)
    named = rows <= MOST_NAMED and not style.present  # in a hall a township is read, not a form
    row = ROW if named else LEAST_ROW
    colours = state_colours(style)
    steps = len(colours)
    scale = [
        [edge, colour]
        for at, colour in enumerate(colours)
        for edge in (at / steps, (at + 1) / steps)
    ]
    ticks, texts = _ticks(matrix, named)
    longest = max((len(text) for text in texts), default=4)
    figure = {
        "data": [
            {
                "type": "heatmap",
                "x": [month_key(month) for month in matrix.months],
                "y": list(range(rows)),
                "z": matrix.states.tolist(),
                "zmin": -0.5,
                "zmax": steps - 0.5,
                "colorscale": scale,
                "showscale": False,
                "xgap": 1,
                "ygap": 1 if named else 0,
                "text": matrix.hovers or _hovers(matrix),
                "hovertemplate": "%{text}<extra></extra>",
            }
        ],
        "layout": layout(
            style,
            height=int(row * rows + 60 + style.axis),
            margin={"l": 16 + style.axis * longest, "r": 12, "t": 8, "b": 20 + style.axis},
            xaxis={"type": "category", "showgrid": False, "nticks": 12, "tickangle": 0},
            yaxis={
                "autorange": "reversed",
                "tickvals": ticks,
                "ticktext": texts,
                "showgrid": False,
                "tickfont": {"size": min(style.axis, 13) if named else style.axis, "color": t.ink},
            },
            hovermode="closest",
        ),
    }
    return pickable(figure, _picks(matrix))


def _picks(matrix: Matrix) -> list[Pick]:
    """Return each area's rows together, and what was owed in the newest month."""
    found = []
    for code in dict.fromkeys(matrix.codes):
        rows = [row for row, each in enumerate(matrix.codes) if each == code]
        names = [matrix.rows[row] for row in rows]
        told = [
            f"{name} {STATE_LABELS[STATES[matrix.states[row, -1]]]}"
            for name, row in zip(names, rows, strict=True)
        ]
        heading = f"{matrix.groups[rows[0]]} {month_key(matrix.months[-1])}"
        found.append(Pick(code, heading, says(told), y=(rows[0] - 0.5, rows[-1] + 0.5)))
    return found


def _ticks(matrix: Matrix, named: bool) -> tuple[list[float], list[str]]:
    """Return a tick a row, or one in the middle of each township's rows."""
    if named:
        return [float(i) for i in range(len(matrix.rows))], list(matrix.rows)
    groups = np.array(matrix.groups)
    names = list(dict.fromkeys(matrix.groups))
    return [float(np.flatnonzero(groups == name).mean()) for name in names], names


def _hovers(matrix: Matrix) -> list[list[str]]:
    return [
        [
            f"<b>{group}{name}</b><br>{month_key(month)} {STATE_LABELS[STATES[state]]}"
            for month, state in zip(matrix.months, states, strict=True)
        ]
        for group, name, states in zip(matrix.groups, matrix.rows, matrix.states, strict=True)
    ]
