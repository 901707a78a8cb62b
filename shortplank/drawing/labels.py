"""Labels at the ends of lines, moved apart so that none hides another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shortplank.drawing.theme import Style


@dataclass(frozen=True)
class EndLabel:
    """A label that belongs at a height of the axis."""

    y: float
    text: str
    colour: str


def spread(places: list[float], gap: float) -> list[float]:
    """Return places in the same order, at least ``gap`` apart, moved as little as is simple.

    >>> spread([0.0, 1.0, 10.0], 2.0)
    [-0.5, 1.5, 10.0]
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    blocks: list[tuple[float, list[int]]] = []
    for i in order:
        blocks.append((places[i], [i]))
        while len(blocks) > 1 and _overlap(blocks[-2], blocks[-1], gap):
            (low, first), (high, second) = blocks[-2], blocks[-1]
            size = len(first) + len(second)
            centre = (low * len(first) + high * len(second)) / size
            blocks[-2:] = [(centre, [*first, *second])]
    moved = list(places)
    for centre, members in blocks:
        for step, i in enumerate(members):
            moved[i] = centre + gap * (step - (len(members) - 1) / 2)
    return moved


def _overlap(below: tuple[float, list[int]], above: tuple[float, list[int]], gap: float) -> bool:
    top = below[0] + gap * (len(below[1]) - 1) / 2
    bottom = above[0] - gap * (len(above[1]) - 1) / 2
    return bottom - top < gap


def end_labels(
    labels: list[EndLabel], span: list[float], height: float, style: Style
) -> list[dict[str, Any]]:
    """Return annotations at the right edge; ``height`` is the plot's in pixels."""
    unit = (span[1] - span[0]) / max(height, 1.0)
    places = spread(
        [min(max(each.y, span[0]), span[1]) for each in labels], (style.label + 5) * unit
    )
    return [
        {
            "x": 1,
            "xref": "paper",
            "y": place,
            "yref": "y",
            "text": each.text,
            "showarrow": False,
            "xanchor": "left",
            "xshift": 10,
            "yanchor": "middle",
            "font": {"size": style.label, "color": each.colour},
        }
        for each, place in zip(labels, places, strict=True)
    ]


def number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def width(text: str) -> float:
    """Return a text's width in ems: Chinese characters are twice as wide as digits."""
    plain = text.replace("<b>", "").replace("</b>", "")
    return sum(1.0 if ord(c) > 0x2E00 else 0.58 for c in plain)
