"""The funnel: each township at its size, between limits."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.picks import hover, pickable, points, says
from shortplank.drawing.theme import Style, faded, layout
from shortplank.topics.rankings.answer.funnel import Funnel, Limits
from shortplank.topics.rankings.answer.ranking import verdict_word
from shortplank.wording.naming import home_whole
from shortplank.wording.numbers import interval_text, number_text, short_value, value_text
from shortplank.wording.verdicts import VERDICT_MARKS

HEIGHT = 460


def funnel_figure(made: Funnel, style: Style) -> dict[str, Any]:
    """Return the funnel plot; only townships that are announced are coloured and named."""
    t = style.tokens
    data = [_curve(each, side, style, wide=False) for each in made.limits for side in (0, 1)]
    data += [_curve(each, side, style, wide=True) for each in made.wide_limits for side in (0, 1)]
    data.append(_dots(made, style))
    towns = made.towns
    told = [says(_told(made, i)) for i in range(len(towns.codes))]
    values = [float(v) for v in towns.value]
    picks = points(towns.codes, towns.names, told, [float(v) for v in made.size], values)
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=HEIGHT,
            margin={"l": 64, "r": int(7.5 * style.axis), "t": 16, "b": 48 + style.axis},
            xaxis={
                "title": {"text": _size_word(made), "font": {"size": style.axis, "color": t.muted}},
                "showgrid": False,
                "tickformat": ",d",
            },
            yaxis={"ticksuffix": made.item.unit if made.item.unit in "%‰" else "", "nticks": 7},
            shapes=[
                {
                    "type": "line",
                    "xref": "paper",
                    "x0": 0,
                    "x1": 1,
                    "y0": made.centre,
                    "y1": made.centre,
                    "line": {"color": t.ink, "width": 2},
                    "layer": "below",
                }
            ],
            annotations=[*_names(made, style), *_edge_labels(made, style)],
            hovermode="closest",
        ),
    }
    return pickable(figure, picks)


def _size_word(made: Funnel) -> str:
    return "出生数" if made.item.interval == "srb" else "分母（n）"


def _curve(limits: Limits, side: int, style: Style, *, wide: bool) -> dict[str, Any]:
    t = style.tokens
    values = (limits.lower, limits.upper)[side]
    strong = limits.level > 0.99
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [round(float(v), 1) for v in limits.n],
        "y": [None if np.isnan(v) else round(float(v), 4) for v in values],
        "hoverinfo": "skip",
        "line": {
            "color": t.muted if strong else faded(t.muted, t.paper, 0.6),
            "width": 2 if strong else 1.5,
            "dash": "dash" if wide else "solid",
        },
    }


def _dots(made: Funnel, style: Style) -> dict[str, Any]:
    t, towns = style.tokens, made.towns
    told = set(made.announced)
    colours = [t.verdict(code) if i in told else t.similar for i, code in enumerate(made.codes)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [float(v) for v in made.size],
        "y": [float(v) for v in towns.value],
        "marker": {"size": 12, "color": colours, "line": {"width": 1, "color": t.paper}},
        "customdata": [
            hover(name, [*_told(made, i), *made.origin]) for i, name in enumerate(towns.names)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _told(made: Funnel, i: int) -> list[str]:
    """Return a township's figures in words, the value first."""
    towns, item, code = made.towns, made.item, made.codes[i]
    return [
        value_text(item, towns.value[i]),
        f"{_size_word(made)} {number_text(made.size[i])}",
        f"95% 区间 {interval_text(item, towns.lower[i], towns.upper[i])}",
        f"{VERDICT_MARKS[code]} {verdict_word(item, code, towns.state[i])}",
    ]


def _names(made: Funnel, style: Style) -> list[dict[str, Any]]:
    t = style.tokens
    return [
        {
            "x": float(made.size[i]),
            "y": float(made.towns.value[i]),
            "text": made.towns.names[i],
            "showarrow": False,
            "yshift": 16 if made.towns.value[i] >= made.centre else -16,
            "font": {
                "size": style.label,
                "color": t.verdict(made.codes[i]),
            },
        }
        for i in made.announced
    ]


def _edge_labels(made: Funnel, style: Style) -> list[dict[str, Any]]:
    """Return what the lines are, at their right ends."""
    t = style.tokens
    ends = [(made.centre, f"{home_whole()} {short_value(made.item, made.centre)}", t.ink)]
    drawn = made.wide_limits or made.limits
    if drawn:
        strong = drawn[-1]
        label = "99.8%" + ("（放宽）" if made.wide_limits else "")
        ends += [
            (float(strong.upper[-1]), label, t.muted),
            (float(strong.lower[-1]), label, t.muted),
        ]
    return [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 4,
            "y": y,
            "text": text,
            "showarrow": False,
            "font": {"size": style.axis, "color": colour},
        }
        for y, text, colour in ends
        if not np.isnan(y)
    ]
