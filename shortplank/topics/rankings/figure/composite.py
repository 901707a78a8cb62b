"""Composite scores as dots, with the ranks that other weights would give in a column."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing import picks
from shortplank.drawing.marks import dots, scored_rows, stems
from shortplank.drawing.picks import hover, numbered, pickable, says
from shortplank.drawing.rows import Words, ranks_text
from shortplank.drawing.theme import Style
from shortplank.topics.rankings.answer.composite import CompositeRanking
from shortplank.wording.numbers import number_text, value_text


def composite_figure(made: CompositeRanking, style: Style) -> dict[str, Any]:
    """Return the townships' scores from 0 to 100, the best at the top."""
    t = style.tokens
    rows = [i for i in range(len(made.codes)) if not np.isnan(made.total[i])]
    places = range(len(rows), 0, -1)
    totals = [float(made.total[i]) for i in rows]
    marker = {"size": 12, "color": t.similar}
    figure = scored_rows(
        [
            stems(zip([0.0] * len(rows), totals, places, strict=True), t.grid, 6),
            dots(totals, places, marker, [hover(made.names[i], _told(made, i)) for i in rows]),
        ],
        numbered([made.names[i] for i in rows], present=style.present),
        [
            Words("得分", [number_text(total, 1) for total in totals], 4),
            Words("位次（±20%）", [_rank(made, i) for i in rows], 13),
        ],
        style,
        span=(0, 102),
        suffix=" 分",
        ticks=6,
        right=15,
        grid=False,
    )
    keys, names = [made.codes[i] for i in rows], [made.names[i] for i in rows]
    told = [says(_told(made, i)) for i in rows]
    return pickable(figure, picks.rows(keys, names, told, places))


def _told(made: CompositeRanking, i: int) -> list[str]:
    """Return a township's score in words, and what it is made of."""
    lines = [f"{number_text(made.total[i], 1)} 分"]
    for at, (part, item) in enumerate(made.parts):
        value = made.values[i, at]
        told = "未报，不计入" if np.isnan(value) else value_text(item, value)
        score = "" if np.isnan(value) else f"，得 {number_text(made.scores[i, at], 0)} 分"
        lines.append(f"{item.label} {told}{score}（权重 {part.weight:g}）")
    return lines


def _rank(made: CompositeRanking, i: int) -> str:
    return ranks_text(made.ranks[i], made.best[i], made.worst[i])
