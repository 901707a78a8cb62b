"""The county's place among its peers over the months: one line stands out, the rest is grey."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.picks import Pick, pickable, points
from shortplank.drawing.theme import Style, layout
from shortplank.topics.rankings.answer.league import Bump
from shortplank.wording.numbers import number_text
from shortplank.wording.periods import month_key, month_text

HEIGHT = 480


def bump_figure(made: Bump, style: Style) -> dict[str, Any]:
    """Return the bump chart, the first place at the top."""
    t, told = style.tokens, made.told
    most = int(np.nanmax(told))
    months = [f"{month:%Y-%m-%d}" for month in made.months]
    data = [_line(made, at, months, style) for at in range(len(made.codes)) if at != made.home]
    notes = []
    if made.home is not None:
        data.append(_line(made, made.home, months, style, home=True))
        line = told[made.home]
        last = int(np.flatnonzero(~np.isnan(line))[-1])
        notes.append(
            {
                "x": months[last],
                "y": float(line[last]),
                "text": f"{made.names[made.home]} 第 {int(line[last])}",
                "showarrow": False,
                "xanchor": "left",
                "xshift": 12,
                "font": {"size": style.label, "color": t.ink},
            }
        )
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=HEIGHT,
            margin={"l": 56, "r": 40 + 7 * style.label, "t": 12, "b": 24 + style.axis},
            xaxis={"type": "date", "tickformat": "%Y年%-m月", "showgrid": False, "nticks": 8},
            yaxis={
                "range": [most + 0.8, 0.2],
                "tickvals": [1, *range(5, most, 5), most],
                "tickprefix": "第 ",
            },
            annotations=notes,
            hovermode="closest",
        ),
    }
    return pickable(figure, _picks(made, months), "month")


def _picks(made: Bump, months: list[str]) -> list[Pick]:
    """Return the months of the county's own line."""
    if made.home is None:
        return []
    ranks, own = made.told[made.home], made.names[made.home]
    names = [f"{own} {month_text(month)}" for month in made.months]
    told = [f"第 {number_text(rank)} 位" for rank in ranks]
    return points([month_key(month) for month in made.months], names, told, months, list(ranks))


def _line(
    made: Bump, at: int, months: list[str], style: Style, *, home: bool = False
) -> dict[str, Any]:
    t, ranks = style.tokens, made.told[at]
    return {
        "type": "scatter",
        "mode": "lines+markers" if home else "lines",
        "x": months,
        "y": [None if np.isnan(v) else int(v) for v in ranks],
        "line": {"color": t.ink if home else t.grid, "width": 3 if home else 1.5},
        "marker": {"size": 7, "color": t.ink},
        "customdata": [
            f"<b>{made.names[at]}</b> {month_text(month)}<br>第 {number_text(rank)} 位"
            for month, rank in zip(made.months, ranks, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
