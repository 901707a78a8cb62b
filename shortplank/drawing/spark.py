"""Sparklines: a tile's last two years as a few strokes of SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from shortplank.drawing.theme import Tokens


def sparkline(
    values: Sequence[float], tokens: Tokens, *, width: int = 132, height: int = 40, alt: str = ""
) -> Markup:
    """Return the values as an image of an SVG line; missing months are gaps, the last is marked.

    An image, because Streamlit strips inline SVG out of HTML.
    """
    known = [v for v in values if not math.isnan(v)]
    if len(known) < 2:
        return Markup("")
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (width - 10) / max(len(values) - 1, 1)

    def point(i: int, value: float) -> str:
        return f"{4 + i * step:.1f},{height - 5 - (height - 10) * (value - low) / span:.1f}"

    strokes: list[list[str]] = [[]]
    for i, value in enumerate(values):
        if math.isnan(value):
            strokes.append([])
        else:
            strokes[-1].append(point(i, value))
    lines = "".join(
        f'<polyline points="{" ".join(stroke)}" fill="none" stroke="{tokens.muted}" '
        'stroke-width="1.5"/>'
        for stroke in strokes
        if len(stroke) > 1
    )
    last = ""
    if not math.isnan(values[-1]):
        x, y = point(len(values) - 1, values[-1]).split(",")
        last = f'<circle cx="{x}" cy="{y}" r="3.5" fill="{tokens.ink}"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{lines}{last}</svg>'
    )
    image = Markup('<img src="data:image/svg+xml,{}" alt="{}" height="{}">')
    return image.format(quote(svg), alt, height)
