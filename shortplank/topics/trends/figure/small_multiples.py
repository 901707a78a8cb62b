"""The townships' lines side by side on one scale, drawn on one pair of axes.

Sixteen pairs of axes take Plotly several times as long to lay out as one; each panel here is a cell
of one plane, and the scale stands at the left edge of every row.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from shortplank.drawing.picks import Pick, pickable, says
from shortplank.drawing.theme import Style, layout
from shortplank.reading.series import Series
from shortplank.topics.trends.answer.trend import Trend
from shortplank.topics.trends.figure.trend_parts import (
    figure_text,
    figure_told,
    origin_text,
    other_lines,
)
from shortplank.wording.numbers import short_value
from shortplank.wording.periods import month_key, month_text
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS

PANEL, HEAD = 118, 0.30
WIDTH = 0.88


def towns_figure(answer: Trend, style: Style) -> dict[str, Any]:
    """Return the panels: each township in ink over the county in grey, one scale for all."""
    towns = answer.towns
    columns = _columns(len(towns))
    rows = math.ceil(len(towns) / columns)
    span = _span(answer)
    months = sorted({month for town in towns for month in town.months})
    plane = _Plane(columns, span, {month: n for n, month in enumerate(months)}, len(months))
    data = [_county(answer, style, plane), _lines(answer, style, plane)]
    data += [_open_points(answer, style, plane), _last_points(answer, style, plane)]
    size = PANEL + 40 * style.present
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=int(size * rows + 44),
            margin={"l": 64 + 12 * style.present, "r": 8, "t": 4, "b": 36},
            xaxis={"range": [0, columns - 1 + WIDTH + 0.06], "visible": False},
            yaxis={"range": [-rows, 0.0], "visible": False},
            shapes=[s for i in range(len(towns)) for s in _frame(answer, style, plane, i)],
            annotations=[
                *(a for i in range(len(towns)) for a in _heads(answer, style, plane, i)),
                *_scales(answer, style, plane, rows),
            ],
            hovermode="closest",
        ),
    }
    return pickable(figure, _picks(answer, plane))


def _picks(answer: Trend, plane: _Plane) -> list[Pick]:
    """Return the panels, each a township."""
    found = []
    for i, town in enumerate(answer.towns):
        left, top = plane.corner(i)
        told = says(figure_told(answer, town, len(town.months) - 1)) if town.months else ""
        across, up = (left - 0.02, left + WIDTH + 0.06), (top - 1, top)
        found.append(Pick(town.code, town.name, told, x=across, y=up))
    return found


class _Plane:
    """Where a panel's point lies on the common plane."""

    def __init__(
        self, columns: int, span: tuple[float, float], order: dict[Any, int], months: int
    ) -> None:
        self.columns, self.span, self.order = columns, span, order
        self.step = WIDTH / max(months - 1, 1)

    def corner(self, i: int) -> tuple[float, float]:
        return float(i % self.columns), -float(i // self.columns)

    def x(self, i: int, month: Any) -> float:
        return self.corner(i)[0] + 0.02 + self.order[month] * self.step

    def y(self, i: int, value: float) -> float | None:
        if not np.isfinite(value):
            return None
        low, high = self.span
        share = (value - low) / (high - low)
        return self.corner(i)[1] - 1 + 0.06 + min(max(share, 0.0), 1.0) * (1 - HEAD - 0.06)


def _columns(count: int) -> int:
    return max(1, min(count, 4 if count <= 20 else 6))


def _span(answer: Trend) -> tuple[float, float]:
    values = np.concatenate([t.measured.value for t in answer.towns] + [np.array([np.nan])])
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = max(high - low, 0.02 * abs(high), 0.1)
    step = 10.0 ** math.floor(math.log10(room / 2))
    bottom = 0.0 if 0 <= low < 0.3 * high else math.floor(low / step) * step
    return bottom, max(math.ceil(high / step) * step, bottom + step)


def _series_of(answer: Trend) -> Series:
    return answer.beside or answer.series


def _county(answer: Trend, style: Style, plane: _Plane) -> dict[str, Any]:
    county = _series_of(answer)
    x: list[Any] = []
    y: list[Any] = []
    for i in range(len(answer.towns)):
        for n, month in enumerate(county.months):
            if month in plane.order:
                if county.restarts(n, answer.window):
                    x.append(None)
                    y.append(None)
                x.append(plane.x(i, month))
                y.append(plane.y(i, county.measured.value[n]))
        x.append(None)
        y.append(None)
    return _trace(x, y, other_lines(style), 1.5)


def _trace(x: list[Any], y: list[Any], colour: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "connectgaps": False,
        "hoverinfo": "skip",
        "line": {"color": colour, "width": width},
    }


def _lines(answer: Trend, style: Style, plane: _Plane) -> dict[str, Any]:
    x: list[Any] = []
    y: list[Any] = []
    texts: list[str] = []
    for i, town in enumerate(answer.towns):
        for n, month in enumerate(town.months):
            if town.restarts(n, answer.window):
                x.append(None)
                y.append(None)
                texts.append("")
            x.append(plane.x(i, month))
            y.append(plane.y(i, town.measured.value[n]))
            texts.append(figure_text(answer, town, n))
        x.append(None)
        y.append(None)
        texts.append("")
    trace = _trace(x, y, style.tokens.ink, 2)
    del trace["hoverinfo"]
    hover = f"%{{customdata}}<br>{origin_text(answer)}<extra></extra>"
    return trace | {"customdata": texts, "hovertemplate": hover}


def _open_points(answer: Trend, style: Style, plane: _Plane) -> dict[str, Any]:
    """Return the months that are not fully reported, drawn open."""
    found = [
        (plane.x(i, month), plane.y(i, town.measured.value[n]))
        for i, town in enumerate(answer.towns)
        for n, month in enumerate(town.months)
        if not town.whole[n] and np.isfinite(town.measured.value[n])
    ]
    t = style.tokens
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in found],
        "y": [y for _, y in found],
        "hoverinfo": "skip",
        "marker": {"size": 7, "color": t.paper, "line": {"width": 1.5, "color": t.ink}},
    }


def _last_points(answer: Trend, style: Style, plane: _Plane) -> dict[str, Any]:
    found = []
    for i, town in enumerate(answer.towns):
        if town.months and np.isfinite(town.measured.value[-1]):
            found.append(
                (
                    plane.x(i, town.months[-1]),
                    plane.y(i, town.measured.value[-1]),
                    style.tokens.verdict(answer.town_code(town.code)),
                )
            )
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [f[0] for f in found],
        "y": [f[1] for f in found],
        "hoverinfo": "skip",
        "cliponaxis": False,
        "marker": {"size": 8, "color": [f[2] for f in found]},
    }


def _frame(answer: Trend, style: Style, plane: _Plane, i: int) -> list[dict[str, Any]]:
    """Return a panel's two grid lines; the chosen township's are in ink."""
    t, (left, _) = style.tokens, plane.corner(i)
    chosen = answer.towns[i].code == answer.series.code
    lines = []
    for value in plane.span:
        y = plane.y(i, value)
        lines.append(
            {
                "type": "line",
                "x0": left,
                "x1": left + WIDTH + 0.04,
                "y0": y,
                "y1": y,
                "layer": "below",
                "line": {"color": t.ink if chosen else t.grid, "width": 1},
            }
        )
    return lines


def _heads(answer: Trend, style: Style, plane: _Plane, i: int) -> list[dict[str, Any]]:
    """Return a panel's name, last value, whether it is listed, and the move in a year."""
    t, town, change = style.tokens, answer.towns[i], answer.changes[i]
    left, top = plane.corner(i)
    state = town.measured.state[-1] if town.months else "not_expected"
    if state in ("ok", "zero"):
        value = short_value(answer.item, town.measured.value[-1])
    else:
        value = STATE_WORDS[state]
    code = answer.town_code(town.code)
    listed = code != "similar"
    colour = t.verdict(code) if listed else t.muted
    mark = VERDICT_MARKS[code] if listed else ""
    if change.known and plane.columns <= 4:
        mark = f"{mark} {change.size.split(' ')[0]}".strip()
    base = {"y": top - 0.02, "yanchor": "top", "showarrow": False}
    return [
        {
            **base,
            "x": left + 0.01,
            "xanchor": "left",
            "text": f"<b>{town.name}</b>　{value}",
            "font": {"size": style.label, "color": t.ink},
        },
        {
            **base,
            "x": left + WIDTH + 0.04,
            "xanchor": "right",
            "text": mark,
            "font": {"size": style.label, "color": colour},
        },
    ]


def _scales(answer: Trend, style: Style, plane: _Plane, rows: int) -> list[dict[str, Any]]:
    """Return the common scale at the left of every row and the months below the last."""
    t, item = style.tokens, answer.item
    suffix = item.unit if item.unit in ("%", "‰") else ""
    font = {"size": style.axis, "color": t.muted}
    notes = [
        {
            "x": 0,
            "y": plane.y(row * plane.columns, value),
            "text": f"{value:g}{suffix}",
            "xanchor": "right",
            "xshift": -6,
            "showarrow": False,
            "font": font,
        }
        for row in range(rows)
        for value in plane.span
    ]
    months = list(plane.order)
    for month, anchor in ((months[0], "left"), (months[-1], "right")) if months else ():
        notes.append(
            {
                "x": plane.x(0, month),
                "y": -rows,
                "text": month_text(month) if plane.columns <= 4 else month_key(month),
                "xanchor": anchor,
                "yanchor": "top",
                "yshift": -6,
                "showarrow": False,
                "font": font,
            }
        )
    return notes
