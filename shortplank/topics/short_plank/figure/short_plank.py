"""The barrel: villages as staves grouped by township, with water at the level of the shortest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from shortplank.drawing.labels import EndLabel, end_labels, spread
from shortplank.drawing.picks import Pick, columns, hover, pickable, says
from shortplank.drawing.theme import Style, layout
from shortplank.reading.measured import Floats
from shortplank.reading.planks import Planks
from shortplank.topics.short_plank.answer.short_plank import NAMED, ShortPlank
from shortplank.topics.short_plank.answer.standing import verdict_of
from shortplank.topics.short_plank.figure.village_bands import bands_figure
from shortplank.wording.judged import SHRUNKEN
from shortplank.wording.numbers import (
    interval_text,
    number_text,
    points_text,
    points_unit,
    short_value,
    unit_suffix,
    value_text,
)
from shortplank.wording.planks import BY_SHORTEST, listed_mark
from shortplank.wording.verdicts import VERDICT_MARKS

HEIGHT = 440
GAP = 1.6
STAVE_EDGE = 0.7
# About how wide the drawing is at 1366 px, to tell when names of townships would touch.
DRAWN_PX = 930


@dataclass(frozen=True)
class Staves:
    """Where each village stands: its place on the axis, and each township's middle and edges."""

    order: list[int]
    x: list[float]
    towns: list[str]
    middle: list[float]
    end: float


def short_plank_figure(
    answer: ShortPlank, style: Style, *, height: int | None = None
) -> dict[str, Any]:
    """Return the page's main picture: the barrel, the contributions, or births in bands."""
    tall = height or HEIGHT + 260 * style.present
    if answer.bands is not None:
        return bands_figure(answer.bands, style, tall)
    assert answer.planks is not None
    if answer.kind == "barrel":
        return _barrel_figure(answer.planks, style, tall)
    return _contribution_figure(answer.planks, style, tall)


def staves(towns: Sequence[str], values: Floats) -> Staves:
    """Return where the villages stand: by township in the register's order, short to long in it.

    Villages without a value have no stave, a township without any keeps its name and a gap.
    """
    order: list[int] = []
    xs: list[float] = []
    names: list[str] = []
    middle: list[float] = []
    at = 0.0
    for town, members in groupby(range(len(towns)), key=lambda i: towns[i]):
        known = sorted((i for i in members if not math.isnan(values[i])), key=lambda i: values[i])
        width = max(len(known), 3)
        order += known
        xs += [at + k for k in range(len(known))]
        names.append(town)
        middle.append(at + (width - 1) / 2)
        at += width + GAP
    return Staves(order, xs, names, middle, at - GAP)


# --- the barrel -----------------------------------------------------------------------------------
def _barrel_figure(found: Planks, style: Style, height: int) -> dict[str, Any]:
    t = style.tokens
    placed = staves(found.towns, found.rate)
    named = found.weakest[:NAMED]
    water = float(found.rate[named[0]])
    floor, top = _scale(found)
    head = top + (top - floor) * 0.2
    colours = [
        t.worse if found.announced[i] else t.similar if i in named else t.stave
        for i in placed.order
    ]
    bars = {
        "type": "bar",
        "x": placed.x,
        "y": [float(found.rate[i]) for i in placed.order],
        "width": 1,
        "marker": {"color": colours, "line": {"width": STAVE_EDGE, "color": t.paper}},
        "customdata": [village_hover(found, i) for i in placed.order],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    shapes = [
        {
            "type": "rect",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": floor,
            "y1": water,
            "fillcolor": t.water,
            "line": {"width": 0},
            "layer": "below",
        },
        _level(water, t.better, 2, "solid"),
    ]
    notes = [_water_note(found, water, floor, style)]
    levels = _levels(found, style)
    for value, _, colour, dash in levels:
        shapes.append(_level(value, colour, 2, dash))
    labels = [EndLabel(value, text, colour) for value, text, colour, _ in levels]
    notes += end_labels(labels, [floor, head], height - 60, style)
    notes += _named_notes(found, placed, named, found.rate, head, style)
    figure = {
        "data": [bars],
        "layout": _stave_layout(
            placed, style, height, [floor, head], found.item.unit, shapes, notes
        ),
    }
    return pickable(figure, _picks(found, placed))


def _picks(found: Planks, placed: Staves) -> list[Pick]:
    """Return the staves' villages, as a pointer finds them: from floor to top."""
    order, villages = placed.order, found.villages
    names = [f"{found.towns[i]} {villages.names[i]}" for i in order]
    told = [says(village_told(found, i)) for i in order]
    return columns([villages.codes[i] for i in order], names, told, placed.x)


def _scale(found: Planks) -> tuple[float, float]:
    """Return where the axis starts and the highest thing on it, so that differences are seen."""
    values = found.rate[~np.isnan(found.rate)]
    high = max([float(values.max()), found.county, *([found.line.value] if found.line else [])])
    low = float(values.min())
    step = 5.0 if high - low > 2 else 1.0
    floor = math.floor((low - 1.2 * (high - low)) / step) * step
    return max(floor, 0.0), high


def _levels(found: Planks, style: Style) -> list[tuple[float, str, str, str]]:
    t, item = style.tokens, found.item
    levels = [(found.county, f"全县 {short_value(item, found.county)}", t.ink, "solid")]
    if found.line is not None:
        levels.append((found.line.value, found.line.label, t.worse, "dot"))
    return levels


def _level(value: float, colour: str, width: int, dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": colour, "width": width, "dash": dash},
    }


def _water_note(found: Planks, water: float, floor: float, style: Style) -> dict[str, Any]:
    t = style.tokens
    text = f"水位 {short_value(found.item, water)}，{BY_SHORTEST}"
    if floor > 0:
        text += f"（纵轴自 {floor:g}{unit_suffix(found.item)} 起）"
    return {
        "xref": "paper",
        "x": 0.01,
        "y": floor,
        "yshift": 18,
        "text": text,
        "showarrow": False,
        "xanchor": "left",
        "bgcolor": t.water,
        "borderpad": 5,
        "font": {"size": style.label, "color": t.ink},
    }


def _named_notes(
    found: Planks,
    placed: Staves,
    named: list[int],
    values: Floats,
    head: float,
    style: Style,
) -> list[dict[str, Any]]:
    """Return names and values of the weakest few above the staves, each led to its mark."""
    t = style.tokens
    at = dict(zip(placed.order, placed.x, strict=True))
    ordered = sorted(named, key=lambda i: at[i])
    width = placed.end * (112 + 40 * style.present) / DRAWN_PX
    wished = spread([at[i] for i in ordered], width)
    places = apart(wished, width, width / 2, placed.end - width / 2)
    notes = []
    for i, place in zip(ordered, places, strict=True):
        colour = t.worse if found.announced[i] else t.ink
        name = found.villages.names[i]
        value = short_value(found.item, float(values[i]))
        notes.append(
            {
                "x": at[i],
                "y": float(values[i]),
                "ax": place,
                "ay": head,
                "axref": "x",
                "ayref": "y",
                "text": f"<b>{name}</b> {value}",
                "showarrow": True,
                "arrowhead": 0,
                "arrowwidth": 1,
                "arrowcolor": colour,
                "yanchor": "top",
                "standoff": 1,
                "font": {"size": style.label, "color": colour},
            }
        )
    return notes


def apart(places: Sequence[float], width: float, low: float, high: float) -> list[float]:
    """Return places moved as little as needed to stand a width apart, within low and high.

    >>> apart([1.0, 1.5, 9.0], 2.0, 0.0, 10.0)
    [1.0, 3.0, 9.0]
    >>> apart([9.0, 9.5], 2.0, 0.0, 10.0)
    [8.0, 10.0]
    """
    moved = [min(max(place, low), high) for place in places]
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + width)
    over = high
    for i in range(len(moved) - 1, -1, -1):
        moved[i] = min(moved[i], over)
        over = moved[i] - width
    return moved


def _stave_layout(
    placed: Staves,
    style: Style,
    height: int,
    span: list[float],
    unit: str,
    shapes: list[dict[str, Any]],
    notes: list[dict[str, Any]],
) -> dict[str, Any]:
    size = style.label
    names, rows = _town_labels(placed, size)
    upright = rows == 0
    bottom = size * 4 if upright else int(size * 1.6 * rows) + 8
    return layout(
        style,
        height=height,
        margin={"l": 60 + 12 * style.present, "r": 96 + 30 * style.present, "t": 8, "b": bottom},
        xaxis={
            "range": [-2, placed.end + 1],
            "tickvals": placed.middle,
            "ticktext": names,
            "tickangle": -90 if upright else 0,
            "showgrid": False,
            "ticks": "",
            "tickfont": {"size": size, "color": style.tokens.ink},
        },
        yaxis={"range": span, "ticksuffix": unit if unit in ("%", "‰") else "", "nticks": 6},
        shapes=shapes,
        annotations=notes,
        bargap=0,
        hovermode="closest",
    )


def _town_labels(placed: Staves, size: int) -> tuple[list[str], int]:
    """Return the townships' names on one row, on two where they would touch, else upright (0)."""
    if len(placed.towns) < 2:
        return list(placed.towns), 1
    px = DRAWN_PX / (placed.end + 3)
    need = max(len(name) for name in placed.towns) * size + 6
    steps = np.diff(placed.middle) * px
    if (steps >= need).all():
        return list(placed.towns), 1
    if ((steps[1:] + steps[:-1]) >= need).all():
        return [f"<br>{name}" if k % 2 else name for k, name in enumerate(placed.towns)], 2
    return list(placed.towns), 0


def village_hover(found: Planks, i: int) -> str:
    """Return what the pointer says of a village: rates, counts, its part, months, verdict."""
    return hover(f"{found.towns[i]} {found.villages.names[i]}", village_told(found, i))


def village_told(found: Planks, i: int) -> list[str]:
    """Return a village's figures in words."""
    villages, item, parts = found.villages, found.item, list[str]()
    if not np.isnan(found.rate[i]) and found.scattered:
        low, high = found.rate_lower[i], found.rate_upper[i]
        parts.append(
            f"{SHRUNKEN} {value_text(item, float(found.rate[i]))}"
            f"（95% 区间 {interval_text(item, float(low), float(high))}）"
        )
    parts.append(
        f"原始率 {found.raw_text(i)}（{number_text(villages.x[i])}/{number_text(villages.n[i])}）"
    )
    parts.append(f"贡献 {points_text(item, float(found.contribution[i]), 2)}")
    if text := found.months_text(i):
        parts.append(text)
    code, word = verdict_of(found.standing, found.at[i], villages.state[i])
    parts.append(f"{VERDICT_MARKS[code]} {listed_mark(item) if code == 'worse' else word}")
    return parts


# --- contributions --------------------------------------------------------------------------------
def _contribution_figure(found: Planks, style: Style, height: int) -> dict[str, Any]:
    t = style.tokens
    parts = found.contribution
    placed = staves(found.towns, parts)
    named = found.largest[:NAMED]
    known = parts[~np.isnan(parts)]
    low, high = min(float(known.min()), 0.0), max(float(known.max()), 0.0)
    pad = max(high - low, 1e-9)
    bars = {
        "type": "bar",
        "x": placed.x,
        "y": [float(parts[i]) for i in placed.order],
        "width": 1,
        "marker": {
            "color": [
                t.worse if found.announced[i] else t.ink if i in named else t.stave
                for i in placed.order
            ],
            "line": {"width": STAVE_EDGE, "color": t.paper},
        },
        "customdata": [village_hover(found, i) for i in placed.order],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    head = high + 0.22 * pad
    notes = _contribution_notes(found, placed, named, head, style)
    figure: dict[str, Any] = {
        "data": [bars],
        "layout": _stave_layout(
            placed,
            style,
            height,
            [low - 0.06 * pad, head],
            "",
            [_level(0.0, t.muted, 1, "solid")],
            notes,
        ),
    }
    figure["layout"]["yaxis"]["tickformat"] = ".2~f"
    figure["layout"]["yaxis"]["title"] = {
        "text": f"贡献（{points_unit(found.item)}）",
        "font": {"size": style.axis, "color": t.muted},
    }
    figure["layout"]["margin"]["l"] += 24
    return pickable(figure, _picks(found, placed))


def _contribution_notes(
    found: Planks, placed: Staves, named: list[int], head: float, style: Style
) -> list[dict[str, Any]]:
    notes = _named_notes(found, placed, named, found.contribution, head, style)
    order = sorted(named, key=lambda i: placed.x[placed.order.index(i)])
    for note, i in zip(notes, order, strict=True):
        value = number_text(float(found.contribution[i]), 2)
        note["text"] = f"<b>{found.villages.names[i]}</b> {value}"
        note["font"]["color"] = note["arrowcolor"] = style.tokens.ink
    return notes
