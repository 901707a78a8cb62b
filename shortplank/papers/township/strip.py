"""A row of the spine as shapes: townships' range, the county, the target, the township's own."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np

from shortplank.drawing.theme import LIGHT, faded
from shortplank.names import printable
from shortplank.papers.township.told import Row

EDGE = 1.06
_EMU = 12_700
_SPACES = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
# Shape, turned upside down, filled: the marks of words.VERDICT_MARKS.
_MARKS = {
    "worse": ("triangle", True, True),
    "higher": ("triangle", False, False),
    "lower": ("triangle", True, False),
    "similar": ("ellipse", False, True),
}
DOT, BAR, SPAN, COUNTY = 6.4, 9.0, 1.5, 1.4


def strip_xml(row: Row, number: int, width: float, height: float, about: str) -> str:
    """Return one row's drawing, in line with the text; ``about`` is its alternative text.

    The county stands in the middle of every strip, better is right; what lies beyond the strip
    stands at its edge.
    """
    middle = height / 2
    values = row.across(row.towns)

    def at(value: float) -> float:
        return float((np.clip(value, -EDGE, EDGE) / EDGE + 1) / 2 * (width - DOT) + DOT / 2)

    shapes = [_shape("rect", 0, 0, width, height, "")]
    bars = (((0, 100), 0.16), ((25, 75), 0.4)) if np.isfinite(values).any() else ()
    for shares, strength in bars:
        low, high = (at(float(each)) for each in np.nanpercentile(values, shares))
        colour = faded(LIGHT.similar, LIGHT.paper, strength)
        shapes.append(_shape("rect", low, middle - BAR / 2, max(high - low, 1.0), BAR, colour))
    if np.isfinite(row.county):
        shapes.append(_shape("rect", at(0) - COUNTY / 2, 0, COUNTY, height, LIGHT.muted))
    shapes += _target(row, at, middle)
    shapes += _own(row, at, middle)
    return _group(shapes, number, width, height, about)


def _target(row: Row, at: Callable[[float], float], middle: float) -> list[str]:
    if row.target is None or not np.isfinite(row.towns).any():
        return []
    place = at(float(row.across(np.array([row.target]))[0]))
    if np.isnan(place):
        return []
    size = DOT + 0.6
    left, top = place - size / 2, middle - size / 2
    return [_shape("diamond", left, top, size, size, LIGHT.paper, LIGHT.ink, 0.9)]


def _own(row: Row, at: Callable[[float], float], middle: float) -> list[str]:
    if np.isnan(row.value):
        return []
    low, high, own = row.across(np.array([row.lower, row.upper, row.value]))
    colour = LIGHT.verdict(row.code)
    shapes = []
    if np.isfinite([low, high]).all():
        left, right = sorted((at(float(low)), at(float(high))))
        shapes.append(_shape("rect", left, middle - SPAN / 2, max(right - left, 0.8), SPAN, colour))
    kind, turned, filled = _MARKS.get(row.code, ("ellipse", False, False))
    size = DOT + (1.4 if kind == "triangle" else 0.0)
    ground = colour if filled else LIGHT.paper
    left, top = at(float(own)) - size / 2, middle - size / 2
    shapes.append(_shape(kind, left, top, size, size, ground, colour, 1.1, turned=turned))
    return shapes


def _shape(
    kind: str,
    left: float,
    top: float,
    width: float,
    height: float,
    fill: str,
    edge: str = "",
    thick: float = 0.0,
    *,
    turned: bool = False,
) -> str:
    ground = f"<a:solidFill>{_colour(fill)}</a:solidFill>" if fill else "<a:noFill/>"
    rim = f'<a:ln w="{round(thick * _EMU)}"><a:solidFill>{_colour(edge)}</a:solidFill></a:ln>'
    x, y, cx, cy = (round(each * _EMU) for each in (left, top, width, height))
    return (
        "<wps:wsp><wps:cNvSpPr/><wps:spPr>"
        f"<a:xfrm{' flipV=' + chr(34) + '1' + chr(34) if turned else ''}>"
        f'<a:off x="{x}" y="{y}"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm>'
        f'<a:prstGeom prst="{kind}"><a:avLst/></a:prstGeom>{ground}'
        f"{rim if edge else '<a:ln><a:noFill/></a:ln>'}</wps:spPr><wps:bodyPr/></wps:wsp>"
    )


def _colour(colour: str) -> str:
    return f'<a:srgbClr val="{colour.removeprefix("#")}"/>'


def _group(shapes: list[str], number: int, width: float, height: float, about: str) -> str:
    size = f'cx="{round(width * _EMU)}" cy="{round(height * _EMU)}"'
    return (
        f'<mc:AlternateContent {_SPACES}><mc:Choice Requires="wpg"><w:drawing>'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        '<wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{number}" name="标尺 {number}" descr="{escape(printable(about))}"/>'
        "<wp:cNvGraphicFramePr/><a:graphic><a:graphicData "
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup">'
        '<wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext {size}/><a:chOff x="0" y="0"/><a:chExt {size}/></a:xfrm></wpg:grpSpPr>'
        f"{''.join(shapes)}</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing>"
        "</mc:Choice></mc:AlternateContent>"
    )
