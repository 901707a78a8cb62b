"""What a draw would show: the drawn result's distribution beside the true value and the line."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.theme import Style, faded, layout
from shortplank.topics.inspection.answer.draw import Bars
from shortplank.topics.inspection.answer.rehearsal import Rehearsal
from shortplank.wording.chance import likely_text
from shortplank.wording.numbers import short_value, unit_suffix
from shortplank.wording.sides import PASSED, SHORT, is_weak, line_label
from shortplank.wording.verdicts import VERDICT_MARKS

HEIGHT = 330


def inspection_figure(
    answer: Rehearsal, style: Style, *, height: int | None = None
) -> dict[str, Any]:
    """Return the drawn rate's distribution, or how many weak villages a draw holds."""
    assert answer.drawn is not None
    tall = height or HEIGHT + 260 * style.present
    if answer.drawn.rates is None:
        return _counts_figure(answer, style, tall)
    return _rates_figure(answer, answer.drawn.rates, style, tall)


# --- the drawn rate -------------------------------------------------------------------------------
def _rates_figure(answer: Rehearsal, bars: Bars, style: Style, height: int) -> dict[str, Any]:
    t, item = style.tokens, answer.item
    edges = item.factor * bars.edges
    line = answer.plan.line or 0.0
    middle = (edges[:-1] + edges[1:]) / 2
    missed = [is_weak(item, each, line) for each in middle]
    top = float(bars.shares.max()) or 1.0
    head = top * 1.42
    trace = {
        "type": "bar",
        "x": [float(v) for v in middle],
        "y": [float(v) for v in bars.shares],
        "width": float(edges[1] - edges[0]),
        "marker": {
            "color": [t.worse if flag else t.better for flag in missed],
            "line": {"width": 0.7, "color": t.paper},
        },
        "customdata": [
            f"抽到的合计 {low:.1f}–{high:.1f}{unit_suffix(item)}：{100 * share:.1f}% 的抽法"
            for low, high, share in zip(edges[:-1], edges[1:], bars.shares, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    span = _span(edges, line, answer.county)
    shapes = [
        _upright(answer.county, t.ink, 3, "solid", top * 1.06),
        _upright(line, t.worse, 2, "dot", top * 1.06),
    ]
    return {
        "data": [trace],
        "layout": layout(
            style,
            height=height,
            margin={"l": 16, "r": 16, "t": 8, "b": 56 + 20 * style.present},
            xaxis={
                "range": span,
                "ticksuffix": item.unit if item.unit in ("%", "‰") else "",
                "showgrid": False,
                "nticks": 8,
                "title": _axis_title("抽到的村合计", style),
            },
            yaxis={"range": [0, head], "visible": False},
            shapes=shapes,
            annotations=[
                *_line_names(answer, line, span, top, style),
                *_side_words(answer, edges, line, span, head, style),
            ],
            bargap=0,
            hovermode="closest",
        ),
    }


def _axis_title(text: str, style: Style) -> dict[str, Any]:
    return {"text": text, "font": {"size": style.axis, "color": style.tokens.muted}}


def _span(edges: Any, line: float, county: float) -> list[float]:
    low, high = min(float(edges[0]), line, county), max(float(edges[-1]), line, county)
    pad = 0.12 * (high - low or 1.0)
    return [low - pad, high + pad]


def _upright(x: float, colour: str, width: int, dash: str, top: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": top,
        "line": {"color": colour, "width": width, "dash": dash},
    }


def _line_names(
    answer: Rehearsal, line: float, span: list[float], top: float, style: Style
) -> list[dict[str, Any]]:
    """Return the names of the true value and the line at their tops, turned from each other."""
    t, item = style.tokens, answer.item
    named = [
        (answer.county, f"全县真值 {short_value(item, answer.county)}", t.ink),
        (line, line_label(item, line), t.worse),
    ]
    named.sort(key=lambda each: each[0])
    return [
        {
            "x": x,
            "y": top * 1.06,
            "text": f"<b>{text}</b>",
            "showarrow": False,
            "xanchor": "right" if k == 0 else "left",
            "xshift": -6 if k == 0 else 6,
            "yanchor": "middle",
            "font": {"size": style.label, "color": colour},
        }
        for k, (x, text, colour) in enumerate(named)
    ]


def _side_words(
    answer: Rehearsal, edges: Any, line: float, span: list[float], head: float, style: Style
) -> list[dict[str, Any]]:
    """Return on each side of the line what share of the draws falls there, in words."""
    assert answer.drawn is not None
    t, miss = style.tokens, answer.drawn.miss.chance
    up = answer.item.polarity == "up"
    left, right = (miss, 1 - miss) if up else (1 - miss, miss)
    missed = f"{VERDICT_MARKS['worse']} {SHORT}"
    passed = f"{VERDICT_MARKS['better']} {PASSED}"
    words_of = (missed, passed) if up else (passed, missed)
    colours = (t.worse, t.better) if up else (t.better, t.worse)
    return [
        {
            "xref": "paper",
            "x": x,
            "y": head,
            "text": f"<b>{word}</b> {likely_text(share)}",
            "showarrow": False,
            "xanchor": anchor,
            "yanchor": "top",
            "font": {"size": style.label + 2, "color": colour},
        }
        for x, anchor, word, share, colour in (
            (0.0, "left", words_of[0], left, colours[0]),
            (1.0, "right", words_of[1], right, colours[1]),
        )
    ]


# --- how many weak villages -----------------------------------------------------------------------
def _counts_figure(answer: Rehearsal, style: Style, height: int) -> dict[str, Any]:
    assert answer.drawn is not None
    t, shares = style.tokens, answer.drawn.weak_chances
    last = int(np.flatnonzero(shares > 0.0005).max(initial=0))
    shown = shares[: last + 1]
    head = float(shown.max() or 1.0) * 1.2
    return {
        "data": [
            {
                "type": "bar",
                "x": list(range(shown.size)),
                "y": [float(v) for v in shown],
                "text": [f"{100 * v:.1f}%" for v in shown],
                "textposition": "outside",
                "textfont": {"size": style.label, "color": t.ink},
                "cliponaxis": False,
                "marker": {
                    "color": [faded(t.similar, t.paper, 0.45 if j == 0 else 0.9)
                              for j in range(shown.size)]
                },
                "customdata": [
                    f"抽到 {j} 个这样的村：{100 * v:.1f}% 的抽法" for j, v in enumerate(shown)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        ],
        "layout": layout(
            style,
            height=height,
            margin={"l": 16, "r": 16, "t": 8, "b": 56 + 20 * style.present},
            xaxis={
                "tickvals": list(range(shown.size)),
                "ticktext": [f"{j} 个" for j in range(shown.size)],
                "showgrid": False,
                "ticks": "",
                "title": _axis_title("抽到的这样的村数", style),
            },
            yaxis={"range": [0, head], "visible": False},
            bargap=0.25,
            hovermode="closest",
        ),
    }  # fmt: skip
