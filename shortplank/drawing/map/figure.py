"""A map: a filled shape an area, its name where it fits, and the rest under the pointer.

The axes are plain ones. Plotly's own maps ask a server for the outlines of the world before they
draw anything; shapes of our own are drawn without a network, and can be selected like all else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shortplank.drawing.map.labels import Label, Placed, Room, placed
from shortplank.drawing.picks import Pick, pickable
from shortplank.drawing.theme import Style, faded, layout, text_on
from shortplank.store.boundaries import MapShapes, Shape

HEIGHT = 560
# What a picture surely has of a screen, to tell which names fit: the narrowest page, and a hall's.
PAGE, HALL = (480, 540), (1100, 460)
MARGIN = 8
JUDGED = ("better", "worse", "higher", "lower")
QUIET, COUNTED = 0.4, 0.16
# Up to so many announced areas are named whether their name fits or not: more would hide the map.
NAMED = 8
# From so many areas on, frames are thin: they would fill what they frame.
MANY = 100
# How a legend shows a fill: the marks of what is announced stand on the map, too.
SWATCHES = {"better": "▲", "worse": "▼", "higher": "△", "lower": "▽", "too_few": "▨"}


@dataclass(frozen=True)
class Fill:
    """How an area is filled: in a colour, hatched where it is too few, framed where it is named."""

    colour: str
    hatch: str = ""
    frame: str = ""


@dataclass(frozen=True)
class Area:
    """An area of a map: its figure as it is selected, and all that the pointer says."""

    key: str
    name: str
    says: str
    hover: str
    fill: Fill
    mark: str = ""
    first: bool = False
    """Whether its name is written even where it reaches over the borders."""


def plain(style: Style) -> Fill:
    """Return the fill of an area without a figure: the paper's own."""
    return Fill(style.tokens.paper)


def verdict_fill(code: str, style: Style) -> Fill:
    """Return the fill of a verdict; what is not told apart stands back, too few is hatched."""
    t = style.tokens
    if code == "too_few":
        return Fill(faded(t.too_few, t.paper, 0.15), hatch=t.too_few)
    if code in JUDGED:
        return Fill(t.verdict(code), frame=t.ink)
    return Fill(faded(t.similar, t.paper, QUIET if code == "similar" else COUNTED))


def verdict_legend(
    codes: Iterable[str], wording: Callable[[str], str | None], style: Style
) -> list[tuple[str, str, str]]:
    """Return what the fills of the verdicts that occur mean: colour, mark and words.

    The announced first; nothing of a verdict that ``wording`` has no words for.
    """
    found = sorted(dict.fromkeys(codes), key=lambda code: (code not in JUDGED, code == "too_few"))
    told = [(code, text) for code in found if (text := wording(code))]
    return [(_swatch(code, style), SWATCHES.get(code, "■"), text) for code, text in told]


def _swatch(code: str, style: Style) -> str:
    return style.tokens.too_few if code == "too_few" else verdict_fill(code, style).colour


def map_figure(
    areas: Sequence[Area],
    shapes: MapShapes,
    style: Style,
    *,
    above: Sequence[tuple[str, Sequence[str]]] = (),
    more: Sequence[dict[str, Any]] = (),
    foot: int = 0,
) -> dict[str, Any]:
    """Return the map of those areas that have a shape, in the order in which they are told.

    ``above`` names the area above and the keys of its parts, whose names stand on the map where
    those of the parts leave room; ``more`` are traces besides, such as a key of colours, for which
    ``foot`` leaves pixels below.
    """
    drawn = [(area, shapes.shapes[area.key]) for area in areas if area.key in shapes.shapes]
    framed_last = sorted(drawn, key=lambda each: bool(each[0].fill.frame))
    frame = 2 if len(drawn) < MANY else 1
    data = [_filled(area, shape, style, frame) for area, shape in framed_last]
    if shapes.outlines:
        data.append(_outlines(shapes, style))
    data += _names(drawn, shapes, above, style)
    width, height = shapes.size
    figure = {
        "data": [*data, *more],
        "layout": layout(
            style,
            height=HEIGHT + foot,
            margin={"l": MARGIN, "r": MARGIN, "t": MARGIN, "b": MARGIN + foot},
            # The plot gives way, not the ranges: a hall's picture grows after it was drawn.
            xaxis={"visible": False, "range": [0, width], "constrain": "domain"},
            yaxis={
                "visible": False,
                "range": [0, height],
                "scaleanchor": "x",
                "constrain": "domain",
            },
            hovermode="closest",
        ),
    }
    return pickable(figure, [_pick(area, shape) for area, shape in drawn])


def _filled(area: Area, shape: Shape, style: Style, frame: float) -> dict[str, Any]:
    t, fill = style.tokens, area.fill
    xs, ys = _path(shape.rings)
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "fill": "toself",
        "fillcolor": fill.colour,
        "line": {"color": fill.frame or t.muted, "width": frame if fill.frame else 0.7},
        "hoveron": "fills",
        "hoverinfo": "text",
        "text": area.hover,
        "name": area.name,
    }
    if fill.hatch:
        trace["fillpattern"] = {
            "shape": "/",
            "size": 8,
            "solidity": 0.16,
            "fgcolor": fill.hatch,
            "bgcolor": fill.colour,
        }
    return trace


def _path(rings: Sequence[Sequence[tuple[int, int]]]) -> tuple[list[int | None], list[int | None]]:
    """Return rings one after the other, with a gap between them."""
    xs: list[int | None] = []
    ys: list[int | None] = []
    for ring in rings:
        if xs:
            xs.append(None)
            ys.append(None)
        xs += [x for x, _ in ring]
        ys += [y for _, y in ring]
    return xs, ys


def _outlines(shapes: MapShapes, style: Style) -> dict[str, Any]:
    """Return the borders of the areas above, over those of their parts."""
    xs, ys = _path(shapes.outlines)
    line = {"color": style.tokens.ink, "width": 1.6}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "line": line,
        "hoverinfo": "skip",
    }


def _names(
    drawn: Sequence[tuple[Area, Shape]],
    shapes: MapShapes,
    above: Sequence[tuple[str, Sequence[str]]],
    style: Style,
) -> list[dict[str, Any]]:
    """Return the names where they fit, those that are announced before the rest."""
    few = sum(bool(area.fill.frame) for area, _ in drawn) <= NAMED
    wanted = [_label(area, shape, style, few=few) for area, shape in drawn]
    wanted += [label for name, keys in above if (label := _label_above(name, keys, shapes, style))]
    across, down = HALL if style.present else PAGE
    room = Room(shapes.size, min(across / shapes.size[0], down / shapes.size[1]), style.label)
    found = placed(wanted, room)
    inner = [(name, name.label.colour) for name in found if name.fits]
    outer = [(name, style.tokens.ink) for name in found if not name.fits]
    return [
        *([_texts(inner, style)] if inner else []),
        *([_texts(outer, style, halo=style.tokens.paper)] if outer else []),
    ]


def _texts(names: Sequence[tuple[Placed, str]], style: Style, *, halo: str = "") -> dict[str, Any]:
    """Return names as one trace; those that reach over borders with a halo."""
    font: dict[str, Any] = {"size": style.label, "color": [colour for _, colour in names]}
    if halo:
        font["shadow"] = ",".join(f"{x}px {y}px 2px {halo}" for x in (-1, 1) for y in (-1, 1))
    return {
        "type": "scatter",
        "mode": "text",
        "x": [name.label.at[0] for name, _ in names],
        "y": [name.label.at[1] for name, _ in names],
        "text": [name.text for name, _ in names],
        "textfont": font,
        "textposition": "middle center",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _label(area: Area, shape: Shape, style: Style, *, few: bool) -> Label:
    name = f"{area.name}{area.mark}"
    texts = (f"{name}<br>{area.says}", name) if area.says else (name,)
    colour = text_on(area.fill.colour, style.tokens)
    return Label(
        shape.at, texts, colour, shape.rings[0], area.first or (few and bool(area.fill.frame))
    )


def _label_above(name: str, keys: Sequence[str], shapes: MapShapes, style: Style) -> Label | None:
    """Return the name of an area above, in the middle of its parts."""
    at = [shapes.shapes[key].at for key in keys if key in shapes.shapes]
    if not at:
        return None
    middle = (sum(x for x, _ in at) // len(at), sum(y for _, y in at) // len(at))
    return Label(middle, (f"<b>{name}</b>",), style.tokens.ink)


def _pick(area: Area, shape: Shape) -> Pick:
    xs, ys = zip(*(point for ring in shape.rings for point in ring), strict=True)
    bounds = (min(xs), max(xs)), (min(ys), max(ys))
    return Pick(area.key, area.name, area.says, *bounds, rings=shape.rings)
