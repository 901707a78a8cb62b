"""Reported against recounted births by birth month."""

from __future__ import annotations

from typing import Any

from shortplank.drawing.theme import Style, faded, layout
from shortplank.topics.quality.answer.recounts import Recounts
from shortplank.wording.periods import month_key

HEIGHT = 380


def recounts_figure(made: Recounts, style: Style) -> dict[str, Any]:
    """Return two lines over the birth months, the gap between them shaded."""
    t = style.tokens
    months = [month_key(month) for month in made.months]
    before = [float(v) for v in made.reported]
    again = [float(v) for v in made.recounted]
    gap = {
        "type": "scatter",
        "mode": "lines",
        "x": [*months, *months[::-1]],
        "y": [*again, *before[::-1]],
        "fill": "toself",
        "fillcolor": faded(t.worse, t.paper, 0.25),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return {
        "data": [
            gap,
            _line(months, again, "回溯", t.ink, "solid"),
            _line(months, before, "上报", t.muted, "dash"),
        ],
        "layout": layout(
            style,
            height=HEIGHT,
            margin={"l": 56, "r": 6 * style.label, "t": 12, "b": 16 + style.axis},
            xaxis={"type": "category", "showgrid": False},
            yaxis={"nticks": 6, "rangemode": "normal"},
            annotations=_ends(months, again, before, style),
            hovermode="closest",
        ),
    }


def _line(
    months: list[str], values: list[float], name: str, colour: str, dash: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": months,
        "y": values,
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "marker": {"size": 6, "color": colour},
        "hovertemplate": f"%{{x}} {name} %{{y:,.0f}} 例<extra></extra>",
    }


def _ends(
    months: list[str], again: list[float], before: list[float], style: Style
) -> list[dict[str, Any]]:
    t = style.tokens
    higher = again[-1] >= before[-1]
    return [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 8,
            "y": value,
            "yshift": 10 if up else -10,
            "text": text,
            "showarrow": False,
            "font": {"size": style.label, "color": colour},
        }
        for value, text, colour, up in (
            (again[-1], "回溯", t.ink, higher),
            (before[-1], "上报", t.muted, not higher),
        )
    ]
