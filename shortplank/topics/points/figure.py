"""The townships' points as dots from 0 to 100, this month's beside the year's mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.rows import Words, ranks_text, row_words
from shortplank.drawing.theme import Style, layout
from shortplank.topics.points.answer import Points
from shortplank.wording.numbers import number_text

ROW = 28


def points_figure(made: Points, style: Style) -> dict[str, Any]:
    """Return the year's mean as filled dots and the month as open ones, the best at the top."""
    t = style.tokens
    rows = [i for i in range(len(made.codes)) if not np.isnan(made.year[i])]
    places = list(range(len(rows), 0, -1))
    low = float(np.nanmin([np.nanmin(made.year), np.nanmin(made.now)]))
    filled = _dots(made, rows, places, "circle", t.ink, [float(made.year[i]) for i in rows])
    now = [None if np.isnan(made.now[i]) else float(made.now[i]) for i in rows]
    return {
        "data": [_dots(made, rows, places, "circle-open", t.muted, now), filled],
        "layout": layout(
            style,
            height=int(ROW * (len(rows) + 1.5) + 50),
            margin={
                "l": 16 + (style.label + 2) * max((len(made.names[i]) for i in rows), default=4),
                "r": 13 * style.label,
                "t": style.axis + 14,
                "b": 20 + style.axis,
            },
            xaxis={"range": [max(low - 4, 0), 104], "nticks": 7, "ticksuffix": " 分"},
            yaxis={"range": [0.3, len(rows) + 0.9], "showticklabels": False},
            annotations=row_words(
                [made.names[i] for i in rows],
                [
                    Words("月均", [number_text(made.year[i], 1) for i in rows], 4),
                    Words("位次（±20%）", [_rank(made, i) for i in rows], 12),
                ],
                places,
                style,
            ),
            hovermode="closest",
        ),
    }


def _dots(
    made: Points,
    rows: list[int],
    places: list[int],
    symbol: str,
    colour: str,
    values: list[Any],
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": places,
        "marker": {"symbol": symbol, "size": 12, "color": colour, "line": {"width": 2}},
        "customdata": [
            f"<b>{made.names[i]}</b><br>年度月均 {number_text(made.year[i], 1)}，"
            f"本月 {number_text(made.now[i], 1)}<br>{made.advice[made.codes[i]]}"
            for i in rows
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _rank(made: Points, i: int) -> str:
    return ranks_text(made.ranks[i], made.best[i], made.worst[i])
