"""Townships' sex ratios on a map, in the colours of the heat map: the same bounds, faded alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from shortplank.drawing.map import Area, Fill, map_figure, plain, verdict_fill
from shortplank.drawing.theme import Style
from shortplank.reading.maps import shapes_for, told_on_map
from shortplank.reading.view import View
from shortplank.store.boundaries import MapShapes
from shortplank.topics.sex_ratio.answer.ratio_words import Column, absent_words
from shortplank.topics.sex_ratio.answer.sex_ratio import SexRatio
from shortplank.topics.sex_ratio.figure.heat import cell_colour, colour_key, hover_text, tint_of
from shortplank.wording.naming import home_units
from shortplank.wording.numbers import number_text
from shortplank.wording.verdicts import VERDICT_MARKS

FOOT = 60


def on_map(
    view: View, answer: SexRatio
) -> tuple[SexRatio, Callable[[SexRatio, Style], dict[str, Any]] | None]:
    """Return an answer that says of its map what is to be known, and how the map is drawn."""
    if answer.is_empty:
        return answer, None
    column = answer.columns[0]
    towns = column.measured.pick(column.towns)
    shapes = shapes_for(view, towns.codes)
    told = told_on_map(answer, shapes, towns.codes, towns.names, home_units())
    return told, partial(sex_ratio_map, shapes=shapes) if shapes.shapes else None


def sex_ratio_map(answer: SexRatio, style: Style, *, shapes: MapShapes) -> dict[str, Any]:
    """Return the townships of the chosen ratio as shapes, the most births bright."""
    column = answer.columns[0]
    areas = [_area(answer, column, row, style) for row in column.towns]
    return map_figure(areas, shapes, style, more=[_key(column, style)], foot=FOOT)


def _area(answer: SexRatio, c: Column, row: int, style: Style) -> Area:
    m, verdict = c.measured, c.verdicts[row]
    tint = tint_of(c, row)
    named = verdict in ("higher", "lower")
    return Area(
        key=m.codes[row],
        name=m.names[row],
        says=number_text(m.value[row]) if tint is not None else absent_words(m, row),
        hover=hover_text(answer, c, row),
        fill=_fill(m.state[row], tint, style, framed=named),
        mark=VERDICT_MARKS[verdict] if named else "",
    )


def _fill(state: str, tint: float | None, style: Style, *, framed: bool) -> Fill:
    if tint is None:
        return verdict_fill("too_few", style) if state == "too_few" else plain(style)
    return Fill(cell_colour(tint, style), frame=style.tokens.ink if framed else "")


def _key(c: Column, style: Style) -> dict[str, Any]:
    """Return a trace without a mark: it brings the key of the colours."""
    t = style.tokens
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "hoverinfo": "skip",
        "marker": {
            "color": [0],
            "cmin": -1,
            "cmax": 1,
            "colorscale": [[0, t.ratio_low], [0.5, t.ratio_mid], [1, t.ratio_high]],
            "showscale": True,
            "colorbar": colour_key(c, style),
        },
    }
