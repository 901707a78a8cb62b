"""The forest: the county's and its townships' sex ratios with their intervals, on a log scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing import picks
from shortplank.drawing.marks import dots, stems
from shortplank.drawing.picks import pickable
from shortplank.drawing.theme import Style, faded, layout
from shortplank.topics.sex_ratio.answer.ratio_words import Column, absent_words
from shortplank.topics.sex_ratio.answer.sex_ratio import SexRatio
from shortplank.topics.sex_ratio.figure.heat import HIGHEST, LOWEST, hover_text, short_told
from shortplank.wording.judged import LISTED
from shortplank.wording.numbers import number_text
from shortplank.wording.verdicts import VERDICT_MARKS, VERDICT_WORDS


def forest_figure(answer: SexRatio, style: Style) -> dict[str, Any]:
    """Return the intervals of the county and its townships on a ratio scale, widest last."""
    t, c = style.tokens, answer.columns[0]
    m = c.measured
    order = [
        0,
        *sorted(c.towns, key=lambda row: (np.isnan(m.value[row]), -np.nan_to_num(m.value[row]))),
    ]
    places = {row: -place - (place > 0) * 0.4 for place, row in enumerate(order)}
    span = _ratio_span(c)
    figure = {
        "data": [*_bars(c, places, style), _dots(answer, c, places, style)],
        "layout": layout(
            style,
            height=int((28 + 8 * style.present) * (len(order) + 0.9) + 60),
            margin={
                "l": 16 + (style.label + 2) * max(map(len, m.names)),
                "r": 230 + 60 * style.present,
                "t": 24,
                "b": 36,
            },
            xaxis={
                "type": "log",
                "range": [float(np.log10(v)) for v in span],
                "tickvals": [
                    v
                    for v in (40, 60, 80, 100, 120, 140, 160, 200, 250, 300, 400)
                    if span[0] <= v <= span[1]
                ],
                "minor": {"showgrid": False},
            },
            yaxis={
                "range": [min(places.values()) - 0.7, 0.7],
                "showgrid": False,
                "tickvals": [places[row] for row in order],
                "ticktext": [
                    f"<b>{m.names[row]}</b>" if row == 0 else m.names[row] for row in order
                ],
                "tickfont": {"size": style.label, "color": t.ink},
            },
            shapes=_forest_lines(c, style),
            annotations=[*_forest_labels(c, style), *_right_column(c, places, style)],
            hovermode="closest",
        ),
    }
    towns = order[1:]
    keys, names = [m.codes[row] for row in towns], [m.names[row] for row in towns]
    told = [short_told(c, row) for row in towns]
    return pickable(figure, picks.rows(keys, names, told, [places[row] for row in towns]))


def _ratio_span(c: Column) -> tuple[float, float]:
    """Return the axis: at least 60 to 160, wider where an interval is, up to 40 to 400."""
    ends = np.concatenate([c.measured.lower, c.measured.upper])
    ends = ends[np.isfinite(ends)]
    low = min([LOWEST, *(float(v) for v in ends)])
    high = max([HIGHEST, *(float(v) for v in ends)])
    return max(low * 0.97, 40.0), min(high * 1.03, 400.0)


def _verdict_colour(code: str, style: Style) -> str:
    t = style.tokens
    return {"higher": t.ratio_high, "lower": t.ratio_low}.get(code, t.similar)


def _bars(c: Column, places: dict[int, float], style: Style) -> list[dict[str, Any]]:
    m, bars = c.measured, []
    for code in dict.fromkeys(c.verdicts):
        spans = [
            (m.lower[row], min(m.upper[row], 1e6), place)
            for row, place in places.items()
            if c.verdicts[row] == code and np.isfinite(m.lower[row])
        ]
        strength = 0.45 if code in ("higher", "lower") else 0.3
        colour = faded(_verdict_colour(code, style), style.tokens.paper, strength)
        bars.append(stems(spans, colour, 8))
    return bars


def _dots(answer: SexRatio, c: Column, places: dict[int, float], style: Style) -> dict[str, Any]:
    m = c.measured
    shown = [row for row in places if np.isfinite(m.value[row])]
    return dots(
        [float(m.value[row]) for row in shown],
        [places[row] for row in shown],
        {
            "size": [13 if row == 0 else 11 for row in shown],
            "opacity": 1,
            "color": [_verdict_colour(c.verdicts[row], style) for row in shown],
        },
        [hover_text(answer, c, row) for row in shown],
    )


def _forest_lines(c: Column, style: Style) -> list[dict[str, Any]]:
    t = style.tokens
    low, high = c.item.target_range or (103.0, 107.0)
    shapes: list[dict[str, Any]] = [
        {
            "type": "rect",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "x0": low,
            "x1": high,
            "fillcolor": t.grid,
            "opacity": 0.9,
            "line": {"width": 0},
            "layer": "below",
        }
    ]
    shapes += [
        {
            "type": "line",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "x0": line.value,
            "x1": line.value,
            "line": {"color": t.ink, "width": 1.5, "dash": "dot"},
            "layer": "below",
        }
        for line in c.item.thresholds
    ]
    return shapes


def _forest_labels(c: Column, style: Style) -> list[dict[str, Any]]:
    t = style.tokens
    low, high = c.item.target_range or (103.0, 107.0)
    labels = [((low * high) ** 0.5, f"自然范围 {low:g}–{high:g}", "right")]
    labels += [(line.value, f"线 {line.value:g}", "left") for line in c.item.thresholds]
    return [
        {
            "x": float(np.log10(x)),
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "text": text,
            "xanchor": anchor,
            "showarrow": False,
            "font": {"size": style.axis, "color": t.muted},
        }
        for x, text, anchor in labels
    ]


def _right_column(c: Column, places: dict[int, float], style: Style) -> list[dict[str, Any]]:
    """Return value, interval, births and the verdict's mark in a column of their own."""
    t, m, notes = style.tokens, c.measured, []
    for row, place in places.items():
        if np.isnan(m.value[row]):
            births = "" if not m.base[row] > 0 else f"　{number_text(m.base[row])} 人"
            text, colour = f"{absent_words(m, row)}{births}", t.muted
        else:
            beyond = c.verdicts[row] in ("higher", "lower")
            said = LISTED if row in c.towns else VERDICT_WORDS[c.verdicts[row]]
            mark = f" {VERDICT_MARKS[c.verdicts[row]]}{said}"
            text = (
                f"<b>{number_text(m.value[row])}</b>"
                f"（{number_text(m.lower[row])}–{number_text(m.upper[row])}）"
                f"{number_text(m.base[row])} 人{mark if beyond else ''}"
            )
            colour = t.muted if c.grey(row) and not beyond else t.ink
        notes.append(
            {
                "x": 1,
                "xref": "paper",
                "y": place,
                "text": text,
                "showarrow": False,
                "xanchor": "left",
                "xshift": 10,
                "font": {"size": style.label, "color": colour},
            }
        )
    return notes
