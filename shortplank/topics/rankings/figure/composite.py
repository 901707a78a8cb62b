"""Composite scores as dots, with the ranks that other weights would give in a column."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.rows import Words, ranks_text, row_words
from shortplank.drawing.theme import Style, layout
from shortplank.topics.rankings.answer.composite import CompositeRanking
from shortplank.wording.numbers import number_text, value_text

ROW = 28


def composite_figure(made: CompositeRanking, style: Style) -> dict[str, Any]:
    """Return the townships' scores from 0 to 100, the best at the top."""
    t = style.tokens
    rows = [i for i in range(len(made.codes)) if not np.isnan(made.total[i])]
    places = list(range(len(rows), 0, -1))
    stems: list[float | None] = []
    heights: list[float | None] = []
    for i, place in zip(rows, places, strict=True):
        stems += [0.0, float(made.total[i]), None]
        heights += [place, place, None]
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": stems,
            "y": heights,
            "hoverinfo": "skip",
            "line": {"color": t.grid, "width": 6},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [float(made.total[i]) for i in rows],
            "y": places,
            "marker": {"size": 12, "color": t.similar},
            "customdata": [_hover(made, i) for i in rows],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]
    return {
        "data": data,
        "layout": layout(
            style,
            height=int(ROW * (len(rows) + 1.5) + 50),
            margin={
                "l": 16 + (style.label + 2) * max((len(made.names[i]) for i in rows), default=4),
                "r": 15 * style.label,
                "t": style.axis + 14,
                "b": 20 + style.axis,
            },
            xaxis={"range": [0, 102], "nticks": 6, "ticksuffix": " 分"},
            yaxis={"range": [0.3, len(rows) + 0.9], "showticklabels": False, "showgrid": False},
            annotations=row_words(
                [made.names[i] for i in rows],
                [
                    Words("得分", [number_text(made.total[i], 1) for i in rows], 4),
                    Words("位次（±20%）", [_rank(made, i) for i in rows], 13),
                ],
                places,
                style,
            ),
            hovermode="closest",
        ),
    }


def _hover(made: CompositeRanking, i: int) -> str:
    lines = [f"<b>{made.names[i]}</b> {number_text(made.total[i], 1)} 分"]
    for at, (part, item) in enumerate(made.parts):
        value = made.values[i, at]
        told = "未报，不计入" if np.isnan(value) else value_text(item, value)
        score = "" if np.isnan(value) else f"，得 {number_text(made.scores[i, at], 0)} 分"
        lines.append(f"{item.label} {told}{score}（权重 {part.weight:g}）")
    return "<br>".join(lines)


def _rank(made: CompositeRanking, i: int) -> str:
    return ranks_text(made.ranks[i], made.best[i], made.worst[i])
