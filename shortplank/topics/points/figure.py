"""The townships' points as dots from 0 to 100, this month's beside the year's mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing import picks
from shortplank.drawing.marks import dots, known, scored_rows
from shortplank.drawing.picks import hover, numbered, pickable, says
from shortplank.drawing.rows import Words, ranks_text
from shortplank.drawing.theme import Style
from shortplank.topics.points.answer import Points
from shortplank.wording.numbers import number_text


def points_figure(made: Points, style: Style) -> dict[str, Any]:
    """Return the year's mean as filled dots and the month as open ones, the best at the top."""
    t = style.tokens
    rows = [i for i in range(len(made.codes)) if not np.isnan(made.year[i])]
    places, hovers = range(len(rows), 0, -1), [hover(made.names[i], _told(made, i)) for i in rows]
    low = float(np.nanmin([np.nanmin(made.year), np.nanmin(made.now)]))
    figure = scored_rows(
        [
            dots(known(made.now[rows]), places, _marker("circle-open", t.muted), hovers),
            dots(known(made.year[rows]), places, _marker("circle", t.ink), hovers),
        ],
        numbered([made.names[i] for i in rows], present=style.present),
        [
            Words("月均", [number_text(made.year[i], 1) for i in rows], 4),
            Words("位次（±20%）", [_rank(made, i) for i in rows], 12),
        ],
        style,
        span=(max(low - 4, 0), 104),
        suffix=" 分",
        ticks=7,
        right=13,
    )
    keys, names = [made.codes[i] for i in rows], [made.names[i] for i in rows]
    told = [says(_told(made, i)) for i in rows]
    return pickable(figure, picks.rows(keys, names, told, places))


def _marker(symbol: str, colour: str) -> dict[str, Any]:
    return {"symbol": symbol, "size": 12, "color": colour, "line": {"width": 2}}


def _told(made: Points, i: int) -> list[str]:
    """Return a township's points in words, and what brings the next."""
    year, now = (number_text(points[i], 1) for points in (made.year, made.now))
    return [f"年度月均 {year}，本月 {now}", made.advice[made.codes[i]]]


def _rank(made: Points, i: int) -> str:
    return ranks_text(made.ranks[i], made.best[i], made.worst[i])
