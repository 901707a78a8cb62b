"""A spine chart: one township in every indicator, the county in the middle of each row."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing import picks
from shortplank.drawing.labels import number, width
from shortplank.drawing.marks import dots, stems, verdict_marker
from shortplank.drawing.picks import hover, pickable, says
from shortplank.drawing.rows import Words, row_words
from shortplank.drawing.theme import Style, faded, layout
from shortplank.reading.measured import Floats
from shortplank.topics.rankings.answer.spine import Spine, SpineRow
from shortplank.wording.naming import home_units, home_whole
from shortplank.wording.numbers import counts_text, interval_text, short_value
from shortplank.wording.periods import WINDOW_LABELS

ROW = 27
EDGE = 1.06


def spine_figure(made: Spine, style: Style) -> dict[str, Any]:
    """Return a row an indicator: all townships' range, their middle half, the township's dot."""
    t, rows = style.tokens, made.rows
    places = list(range(len(rows), 0, -1))
    names = [_name(row) for row in rows]
    columns = [
        Words(made.name, [row.told for row in rows], 5.5),
        Words(home_whole(), [short_value(row.item, row.county) for row in rows], 9.5),
        Words("位次", [row.place for row in rows], 13.0),
    ]
    top = len(rows) + 1.7
    heading = {"y": top - 0.55, "showarrow": False, "font": {"size": style.axis, "color": t.muted}}
    figure = {
        "data": [
            _bars(rows, places, (0, 100), faded(t.similar, t.paper, 0.16), 9),
            _bars(rows, places, (25, 75), faded(t.similar, t.paper, 0.4), 9),
            _intervals(rows, places, style),
            _dots(made, places, style),
        ],
        "layout": layout(
            style,
            height=int((ROW + 5 * style.present) * (len(rows) + 2) + 20),
            margin={
                "l": int(max(width(name) for name in names) * style.label) + 20,
                "r": int(13.5 * style.label),
                "t": 4,
                "b": 8,
            },
            xaxis={"range": [-EDGE, EDGE], "visible": False},
            yaxis={"range": [0.3, top], "visible": False},
            shapes=[
                {
                    "type": "line",
                    "x0": 0,
                    "x1": 0,
                    "y0": 0.4,
                    "y1": len(rows) + 0.7,
                    "line": {"color": t.muted, "width": 1.5},
                }
            ],
            annotations=[
                *row_words(names, columns, places, style),
                {**heading, "x": -EDGE, "xanchor": "left", "text": "◂ 较差，或较低"},
                {**heading, "x": 0, "text": home_whole()},
                {**heading, "x": EDGE, "xanchor": "right", "text": "较好，或较高 ▸"},
            ],
            hovermode="closest",
        ),
    }
    told = [says(_told(row)) for row in rows]
    keys = [row.indicator for row in rows]
    return pickable(figure, picks.rows(keys, names, told, places), "indicator")


def _name(row: SpineRow) -> str:
    window = "" if row.window == "ytd" else f"（{WINDOW_LABELS[row.window]}）"
    return f"{row.item.label}{window}"


def _bars(
    rows: list[SpineRow], places: list[int], shares: tuple[int, int], colour: str, size: int
) -> dict[str, Any]:
    """Return a bar a row from one percentile of the townships to another."""
    ends = [np.nanpercentile(row.across(row.towns.value), shares) for row in rows]
    return stems(_level(ends, places), colour, size)


def _intervals(rows: list[SpineRow], places: list[int], style: Style) -> dict[str, Any]:
    """Return the township's own 95 % intervals; those that reach further end at the edge."""
    ends = [
        np.clip(
            row.across(np.array([row.towns.lower[row.at], row.towns.upper[row.at]])), -EDGE, EDGE
        )
        for row in rows
    ]
    return stems(_level(ends, places), style.tokens.muted, 1.5)


def _level(ends: list[Floats], places: list[int]) -> list[tuple[float, float, float]]:
    return [(low, high, place) for (low, high), place in zip(ends, places, strict=True)]


def _dots(made: Spine, places: list[int], style: Style) -> dict[str, Any]:
    rows = made.rows
    return dots(
        [number(float(row.across(np.array([row.value]))[0])) for row in rows],
        places,
        verdict_marker([row.code for row in rows], style.tokens),
        [_hover(made, row) for row in rows],
    )


def _hover(made: Spine, row: SpineRow) -> str:
    name = f"{made.name} {row.item.label}（{WINDOW_LABELS[row.window]}）"
    return hover(name, [*_told(row), f"第{made.edition}版 · {row.item.source}"])


def _told(row: SpineRow) -> list[str]:
    """Return the township's figures in words, the value first."""
    item, m, i = row.item, row.towns, row.at
    parts = [row.told]
    if not np.isnan(m.lower[i]):
        parts.append(f"95% 区间 {interval_text(item, m.lower[i], m.upper[i])}")
    if item.denominator:
        parts.append(counts_text(item, m.x[i], m.n[i]))
    low, high = (short_value(item, float(f(m.value))) for f in (np.nanmin, np.nanmax))
    parts.append(
        f"{home_whole()} {short_value(item, row.county)}，各{home_units()} {low} 至 {high}"
    )
    return parts
