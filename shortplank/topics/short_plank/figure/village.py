"""A village's history: its line with the interval, its township and county behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from shortplank.drawing.labels import EndLabel, end_labels
from shortplank.drawing.picks import hover, pickable, points, says
from shortplank.drawing.theme import Style, faded, layout
from shortplank.reading.measured import Floats
from shortplank.topics.short_plank.answer.village import Village
from shortplank.wording.numbers import interval_text, value_text
from shortplank.wording.periods import WINDOW_LABELS, month_key, month_text

HEIGHT = 340


def village_figure(answer: Village, style: Style, *, height: int | None = None) -> dict[str, Any]:
    """Return the history of the chosen indicator; township and county only where they compare."""
    t, history = style.tokens, answer.history
    months = [month.isoformat() for month in history.months]
    comparable = bool(history.item.denominator)
    data = _band(answer, style, months)
    ends: list[EndLabel] = []
    if comparable:
        for values, name, dash in (
            (history.county, "全县", "solid"),
            (history.town, answer.town, "dot"),
        ):
            data.append(_line(months, values, t.muted, 1.5, dash))
            ends.append(EndLabel(_last(values), name, t.muted))
    data.append(
        {
            **_line(months, history.village, t.ink, 3),
            "mode": "lines+markers",
            "marker": {"size": 5, "color": t.ink},
            "customdata": [_hover(answer, i) for i in range(len(months))],
            "hovertemplate": "%{customdata}<extra></extra>",
            "hoverinfo": "all",
        }
    )
    ends.append(EndLabel(_last(history.village), answer.name, t.ink))
    shapes, notes = _line_shape(answer, style)
    tall = height or HEIGHT + 200 * style.present
    span = _span(answer, comparable)
    notes += end_labels([end for end in ends if not np.isnan(end.y)], span, tall - 44, style)
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=tall,
            margin={"l": 56, "r": 90 + 30 * style.present, "t": 8, "b": 36},
            xaxis={
                "type": "date",
                "tickformat": "%Y年%-m月",
                "showgrid": False,
                "nticks": 7,
                "tickangle": 0,
                "range": _from_to(answer),
            },
            yaxis={
                "range": span,
                "ticksuffix": history.item.unit if history.item.unit in ("%", "‰") else "",
            },
            shapes=shapes,
            annotations=notes,
            hovermode="closest",
        ),
    }
    at = np.flatnonzero(~np.isnan(history.village)).tolist()
    names = [month_text(history.months[i]) for i in at]
    keys, told = [month_key(history.months[i]) for i in at], [says(_told(answer, i)) for i in at]
    own_values = [float(value) for value in history.village[at]]
    picks = points(keys, names, told, [months[i] for i in at], own_values)
    return pickable(figure, picks, "month")


def _line(
    months: list[str], values: Floats, colour: str, width: float, dash: str = "solid"
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": months,
        "y": _none(values),
        "line": {"color": colour, "width": width, "dash": dash},
        "connectgaps": False,
        "hoverinfo": "skip",
    }


def _none(values: Floats) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]


def _band(answer: Village, style: Style, months: list[str]) -> list[dict[str, Any]]:
    """Return the pale band of the village's interval, broken where a month is missing."""
    history, t = answer.history, style.tokens
    known = ~np.isnan(history.lower)
    traces = []
    start = None
    for i, is_known in enumerate([*known, False]):
        if is_known and start is None:
            start = i
        elif not is_known and start is not None:
            run = slice(start, i)
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": months[run] + months[run][::-1],
                    "y": [*_none(history.upper[run]), *_none(history.lower[run])[::-1]],
                    "fill": "toself",
                    "fillcolor": faded(t.similar, t.paper, 0.22),
                    "line": {"width": 0},
                    "hoverinfo": "skip",
                }
            )
            start = None
    return traces


def _from_to(answer: Village) -> list[str]:
    """Return the axis's ends: half a month beyond the months, so that no mark is cut."""
    first, last = answer.history.months[0], answer.history.months[-1]
    return [(first - timedelta(days=15)).isoformat(), (last + timedelta(days=15)).isoformat()]


def _last(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known[-1]) if known.size else float("nan")


def _span(answer: Village, comparable: bool) -> list[float]:
    history = answer.history
    parts = [history.village, history.lower, history.upper]
    if comparable:
        parts += [history.town, history.county]
    if history.line is not None:
        parts.append(np.array([history.line.value]))
    values = np.concatenate(parts)
    values = values[~np.isnan(values)]
    low, high = float(values.min()), float(values.max())
    pad = max(0.06 * (high - low), 0.5)
    if not comparable:
        return [min(low, 0.0), high + pad]
    return [low - pad if low < 0 else max(low - pad, 0.0), high + pad]


def _line_shape(answer: Village, style: Style) -> tuple[list[Any], list[Any]]:
    history, t = answer.history, style.tokens
    if history.line is None:
        return [], []
    value = history.line.value
    shape = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": t.worse, "width": 2, "dash": "dot"},
    }
    note = {
        "xref": "paper",
        "x": 0,
        "y": value,
        "xanchor": "left",
        "yanchor": "bottom",
        "text": history.line.label,
        "showarrow": False,
        "font": {"size": style.axis, "color": t.worse},
    }
    return [shape], [note]


def _hover(answer: Village, i: int) -> str:
    history = answer.history
    name = month_text(history.months[i])
    return hover(name, [WINDOW_LABELS[history.window], *_told(answer, i)])


def _told(answer: Village, i: int) -> list[str]:
    """Return a month's figures of the village in words, its own first."""
    history, parts = answer.history, list[str]()
    value = float(history.village[i])
    parts.append(f"{answer.name} {value_text(history.item, value)}")
    if not np.isnan(history.lower[i]):
        low, high = float(history.lower[i]), float(history.upper[i])
        parts.append(f"95% 区间 {interval_text(history.item, low, high)}")
    if history.item.denominator:
        for name, values in ((answer.town, history.town), ("全县", history.county)):
            parts.append(f"{name} {value_text(history.item, float(values[i]))}")
    return parts
