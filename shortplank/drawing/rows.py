"""Words at the rows of a dot plot: names at the left, columns of figures at the right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shortplank.drawing.theme import Style


@dataclass(frozen=True)
class Words:
    """A column of words: its heading, a text a row, and where it ends, in sizes of a label."""

    heading: str
    texts: list[str]
    ends: float


def row_words(
    names: Sequence[str], columns: Sequence[Words], places: Sequence[int], style: Style
) -> list[dict[str, Any]]:
    """Return annotations for the rows at ``places``, headings one row above the first."""
    t = style.tokens
    left = {"xref": "paper", "yref": "y", "showarrow": False, "xanchor": "right"}
    label = {"size": style.label, "color": t.ink}
    notes: list[dict[str, Any]] = [
        {**left, "x": 0, "xshift": -8, "y": place, "text": name, "font": label}
        for name, place in zip(names, places, strict=True)
    ]
    top = max(places, default=0) + 1.0
    for column in columns:
        at = {**left, "x": 1, "xshift": round(column.ends * style.label)}
        heading = {"size": style.axis, "color": t.muted}
        notes.append({**at, "y": top, "text": column.heading, "font": heading})
        notes += [
            {**at, "y": place, "text": text, "font": label}
            for text, place in zip(column.texts, places, strict=True)
        ]
    return notes


def ranks_text(rank: float, best: float, worst: float) -> str:
    """Return a rank with the span that changed weights give it: 第 4（3–5）; – without one.

    >>> ranks_text(4, 3, 5), ranks_text(1, 1, 1), ranks_text(math.nan, math.nan, math.nan)
    ('第 4（3–5）', '第 1', '–')
    """
    if math.isnan(rank):
        return "–"
    span = "" if best == worst else f"（{int(best)}–{int(worst)}）"
    return f"第 {int(rank)}{span}"
