"""The marks of a dot plot: dots that answer to the pointer, stems, lines and notes.

A mark is a dict as Plotly takes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from shortplank.drawing.labels import number
from shortplank.drawing.rows import Words, row_words
from shortplank.drawing.theme import FILLED, SYMBOLS, Style, Tokens, layout

ROW = 28


def dots(
    xs: Sequence[float | int | None],
    ys: Sequence[float],
    marker: dict[str, Any],
    hovers: Sequence[str],
) -> dict[str, Any]:
    """Return dots that say their own text under the pointer."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(xs),
        "y": list(ys),
        "marker": marker,
        "customdata": list(hovers),
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def verdict_marker(codes: Sequence[str], tokens: Tokens) -> dict[str, Any]:
    """Return the marker of verdicts: symbol, colour, filled where it is beyond the test."""
    colours = [tokens.verdict(code) for code in codes]
    return {
        "size": 13,
        "opacity": 1,
        "symbol": [SYMBOLS.get(code, "circle") for code in codes],
        "color": [
            colour if code in FILLED else tokens.paper
            for code, colour in zip(codes, colours, strict=True)
        ],
        "line": {"width": 2, "color": colours},
    }


def stems(spans: Iterable[tuple[float, float, float]], colour: str, width: float) -> dict[str, Any]:
    """Return one stroke a (from, to, row), level and apart from the next."""
    x: list[float | None] = []
    y: list[float | None] = []
    for low, high, row in spans:
        x += [number(low), number(high), None]
        y += [row, row, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "hoverinfo": "skip",
        "line": {"color": colour, "width": width},
    }


def note(
    x: float,
    y: float,
    text: str,
    style: Style,
    *,
    colour: str,
    anchor: str,
    x_ref: str = "x",
    shift: int = 0,
    y_shift: int = 0,
    size: int | None = None,
) -> dict[str, Any]:
    """Return words at a place of the picture, in the size of the axis unless told."""
    return {
        "x": x,
        "y": y,
        "xref": x_ref,
        "yref": "y",
        "text": text,
        "showarrow": False,
        "xanchor": anchor,
        "xshift": shift,
        "yshift": y_shift,
        "font": {"size": size or style.axis, "color": colour},
    }


def scored_rows(
    data: list[dict[str, Any]],
    names: Sequence[str],
    columns: Sequence[Words],
    style: Style,
    *,
    span: tuple[float, float],
    suffix: str,
    ticks: int,
    right: float,
    grid: bool = True,
) -> dict[str, Any]:
    """Return a picture of scores: a row a name, the first at the top, words beside."""
    rows = list(range(len(names), 0, -1))
    yaxis = {"range": [0.3, len(rows) + 0.9], "showticklabels": False}
    return {
        "data": data,
        "layout": layout(
            style,
            height=int(ROW * (len(rows) + 1.5) + 50),
            margin={
                "l": 16 + (style.label + 2) * max(map(len, names), default=4),
                "r": int(right * style.label),
                "t": style.axis + 14,
                "b": 20 + style.axis,
            },
            xaxis={"range": list(span), "nticks": ticks, "ticksuffix": suffix},
            yaxis=yaxis if grid else {**yaxis, "showgrid": False},
            annotations=row_words(names, columns, rows, style),
            hovermode="closest",
        ),
    }


def known(values: Iterable[float]) -> list[float | None]:
    """Return values as a picture takes them: None where one is unknown.

    >>> known([1.0, float("nan")])
    [1.0, None]
    """
    return [None if np.isnan(value) else float(value) for value in values]
