"""Villages by births in bands, in greys: a background, beside what one common rate would give."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.theme import Style, faded, layout, text_on
from shortplank.topics.short_plank.answer.village_bands import Bands
from shortplank.wording.planks import one_rate_text

STRENGTH = {"none": 0.3, "few": 0.55, "many": 0.95, "hidden": 0.15, "band": 0.6}


def bands_figure(bands: Bands, style: Style, height: int) -> dict[str, Any]:
    """Return the villages by their number of cases, or by the bands that a viewer may see."""
    t = style.tokens
    places = list(range(len(bands.labels)))
    colours = [faded(t.similar, t.paper, STRENGTH[code]) for code in bands.codes]
    top = max([*bands.counts, *(v for v in bands.expected if not np.isnan(v)), 1])
    head = top * (1.42 if bands.exact else 1.14)
    tall = [count >= 0.09 * head for count in bands.counts]
    bars = {
        "type": "bar",
        "x": places,
        "y": bands.counts,
        "text": [str(n) if n else "" for n in bands.counts],
        "textposition": ["inside" if inside else "outside" for inside in tall],
        "insidetextanchor": "start",
        "textangle": 0,
        "textfont": {
            "size": style.label,
            "color": [
                text_on(colour, t) if inside else t.ink
                for colour, inside in zip(colours, tall, strict=True)
            ],
        },
        "cliponaxis": False,
        "marker": {"color": colours},
        "customdata": [_bar_text(bands, k) for k in places],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    data = [bars]
    if not np.isnan(bands.expected).all():
        data.append(_expected_marks(bands, style))
    shapes, notes = _band_heads(bands, style, head) if bands.exact else ([], [])
    return {
        "data": data,
        "layout": layout(
            style,
            height=height,
            margin={"l": 64, "r": 16, "t": 8, "b": 64 + 16 * style.present},
            xaxis={
                "tickvals": places,
                "ticktext": bands.labels,
                "showgrid": False,
                "ticks": "",
                "title": {
                    "text": _bands_axis(bands),
                    "font": {"size": style.axis, "color": t.muted},
                },
            },
            yaxis={
                "range": [0, head],
                "nticks": 6,
                "title": {"text": "村数", "font": {"size": style.axis, "color": t.muted}},
            },
            shapes=shapes,
            annotations=notes,
            bargap=0.25,
        ),
    }


def _bands_axis(bands: Bands) -> str:
    return f"{bands.case}（例）" if bands.exact else bands.item.label


def _bar_text(bands: Bands, k: int) -> str:
    label = f"{bands.labels[k]} 例" if bands.exact else bands.labels[k]
    text = f"<b>{label}</b>：{bands.counts[k]} 个村"
    if not np.isnan(bands.expected[k]):
        text += f"<br>{one_rate_text(bands.item, float(bands.expected[k]))}"
    return text


def _expected_marks(bands: Bands, style: Style) -> dict[str, Any]:
    t = style.tokens
    values = [float(v) for v in bands.expected]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(range(len(values))),
        "y": values,
        "marker": {
            "symbol": "line-ew-open",
            "size": 22,
            "line": {"width": 3, "color": t.ink},
            "color": t.ink,
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _band_heads(
    bands: Bands, style: Style, head: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the three bands' names and counts above their bars, with lines between them."""
    t = style.tokens
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for band in bands.bands:
        at = [k for k, code in enumerate(bands.codes) if code == band.code]
        if band.code != "none":
            edge = at[0] - 0.5
            shapes.append(
                {
                    "type": "line",
                    "x0": edge,
                    "x1": edge,
                    "y0": 0,
                    "y1": head,
                    "line": {"color": t.muted, "width": 1, "dash": "dot"},
                }
            )
        text = f"<b>{band.label}</b><br>{band.count} 个村"
        if band.code == "many":
            text += f"，占 {bands.share:.2f}%"
            if not np.isnan(band.expected):
                text += f"<br>{one_rate_text(bands.item, band.expected)}（短横）"
        notes.append(
            {
                "x": (at[0] + at[-1]) / 2,
                "y": head,
                "yanchor": "top",
                "text": text,
                "showarrow": False,
                "align": "center",
                "font": {"size": style.label + (2 if band.code == "many" else 0), "color": t.ink},
            }
        )
    return shapes, notes
