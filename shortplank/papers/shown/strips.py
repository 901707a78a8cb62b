"""A document's drawings in HTML: groups of plain shapes as SVG, all others by what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn
from markupsafe import Markup

from shortplank.frame.html import joined

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_S = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_TOLD = Markup(
    '<div style="border:1px solid #C9CDD3;padding:8px;color:#5B6470;font-size:11px">图：{}</div>'
)


def drawings(paragraph: Any) -> Iterator[Markup]:
    """Yield each drawing of a paragraph that says what it is."""
    for frame in paragraph.iter(qn("wp:inline"), qn("wp:anchor")):
        told = next(frame.iter(qn("wp:docPr"))).get("descr") or ""
        size = frame.find(qn("wp:extent"))
        shapes = [part for shape in frame.iter(f"{_S}spPr") for part in _shape(shape)]
        if told and shapes:
            yield Markup(
                '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" style="width:100%">{}</svg>'
            ).format(size.get("cx"), size.get("cy"), told, joined(shapes))
        elif told:
            yield _TOLD.format(told)


def _shape(look: Any) -> Iterator[Markup]:
    """Yield a shape as it is filled or, where it is not, edged."""
    place = look.find(f"{_A}xfrm")
    kind, fill, edge = (look.find(f"{_A}{name}") for name in ("prstGeom", "solidFill", "ln"))
    colour = _colour(fill) if fill is not None else "none"
    line = None if edge is None else edge.find(f"{_A}solidFill")
    stroke = _colour(line) if line is not None else "none"
    if place is None or kind is None or (colour, stroke) == ("none", "none"):
        return
    at, size = place.find(f"{_A}off"), place.find(f"{_A}ext")
    x, y = (int(at.get(name)) for name in ("x", "y"))
    w, h = (int(size.get(name)) for name in ("cx", "cy"))
    corners = _corners(kind.get("prst"), x, y, w, h)
    width = int(edge.get("w") or 9525) if stroke != "none" else 0
    style = Markup('fill="{}" stroke="{}" stroke-width="{}"').format(colour, stroke, width)
    if kind.get("prst") == "ellipse":
        dot = Markup('<ellipse cx="{}" cy="{}" rx="{}" ry="{}" {}/>')
        yield dot.format(x + w // 2, y + h // 2, w // 2, h // 2, style)
    else:
        yield Markup('<polygon points="{}" {}/>').format(corners, style)


def _corners(kind: str, x: int, y: int, w: int, h: int) -> str:
    shapes = {
        "diamond": ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
        "triangle": ((0.5, 0), (1, 1), (0, 1)),
    }
    places = shapes.get(kind, ((0, 0), (1, 0), (1, 1), (0, 1)))
    return " ".join(f"{round(x + a * w)},{round(y + b * h)}" for a, b in places)


def _colour(fill: Any) -> str:
    found = fill.find(f"{_A}srgbClr")
    return f"#{found.get('val')}" if found is not None else "none"
