"""Plausible boundaries of the fictional county, marked as made up: villages' cells, and townships.

Townships' and villages' seats are spread by a few steps of Lloyd's; a village is what is nearer to
its seat than to any other, a township all its villages.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from shortplank.demo.register import Register
from shortplank.demo.streams import stream

Floats = NDArray[np.float64]
Cells = NDArray[np.object_]
# Somewhere between the two rivers of the peers' groups; degrees, and half of the county's width.
MIDDLE, REACH = (117.3, 30.6), 0.28
DECIMALS = 3  # about 100 m: a village is 3 km wide
STEPS = 12


def write_boundaries(path: Path, seed: int, register: Register) -> None:
    """Write the county's boundaries as GeoJSON, a feature a line."""
    shapes = draw_boundaries(seed, register)
    head = '{"type":"FeatureCollection","illustrative":true,"features":'
    lines = ",\n".join(_feature(code, register.names[code], shapes[code]) for code in shapes)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"{head}[\n{lines}\n]}}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def draw_boundaries(seed: int, register: Register) -> dict[str, shapely.Geometry]:
    """Return the shape of every township and village, those that merged too, by code."""
    rng = stream(seed, "boundaries")
    outline = _outline(rng)
    towns = _cells(_spread(rng, outline, len(register.townships)), outline)
    leaves = [v for v in range(len(register.villages)) if not _is_merger(register, v)]
    at = [v for town in range(len(towns)) for v in leaves if register.township_of[v] == town]
    seats = [
        _seats(rng, cell, [v for v in at if register.township_of[v] == town], register)
        for town, cell in enumerate(towns)
    ]
    cells = shapely.set_precision(_cells(np.vstack(seats), outline), 10.0**-DECIMALS)
    own = dict(zip(at, cells, strict=True))
    return _named(own, register)


def _named(own: dict[int, shapely.Geometry], register: Register) -> dict[str, shapely.Geometry]:
    """Return townships, each before its villages; what merged is the sum of what it was."""
    heirs = {v: [old for old in own if register.now[old] == v] for v in range(len(register.now))}
    found: dict[str, shapely.Geometry] = {}
    for town, code in enumerate(register.townships):
        villages = [int(v) for v in np.flatnonzero(register.township_of == town)]
        found[code] = shapely.union_all([own[v] for v in villages if v in own])
        for v in villages:
            found[register.villages[v]] = own.get(v) or shapely.union_all(
                [own[old] for old in heirs[v]]
            )
    return found


def _is_merger(register: Register, village: int) -> bool:
    return bool((register.now == village).sum() > 1)


def _outline(rng: np.random.Generator) -> shapely.Polygon:
    """Return the county's outline: a circle that a few waves bend."""
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = np.ones(turn.size)
    for wave in range(2, 9):
        radius += rng.normal(0, 0.16 / wave) * np.cos(wave * turn + rng.uniform(0, 2 * np.pi))
    radius += rng.normal(0, 0.012, turn.size)
    points = np.column_stack([np.cos(turn), 0.85 * np.sin(turn)]) * radius[:, None]
    return shapely.Polygon(np.round(np.array(MIDDLE) + REACH * points, DECIMALS))


def _seats(
    rng: np.random.Generator, cell: shapely.Geometry, villages: list[int], register: Register
) -> Floats:
    """Return the seats of a township's villages; those that merge later are neighbours."""
    seats = _spread(rng, cell, len(villages))
    merging = [k for k, v in enumerate(villages) if register.now[v] != v]
    if not merging:
        return seats
    corner = seats[int(np.argmin(seats.sum(axis=1)))]
    near = np.argsort(np.hypot(*(seats - corner).T), kind="stable")
    others = [k for k in range(len(villages)) if k not in merging]
    placed = np.empty_like(seats)
    placed[[*merging, *others]] = seats[near]
    return placed


def _spread(rng: np.random.Generator, within: shapely.Geometry, count: int) -> Floats:
    """Return points spread over a shape by Lloyd's steps."""
    west, south, east, north = within.bounds
    points: list[list[float]] = []
    while len(points) < count:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(within, x, y):
            points.append([x, y])
    spread = np.array(points)
    for _ in range(STEPS):
        spread = shapely.get_coordinates(shapely.centroid(_cells(spread, within)))
    return spread


def _cells(seats: Floats, within: shapely.Geometry) -> Cells:
    """Return what of a shape is nearest to each seat."""
    if len(seats) == 1:
        return np.array([within], dtype=object)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seats), extend_to=within, ordered=True)
    return np.asarray(shapely.intersection(shapely.get_parts(cells), within))


def _feature(code: str, name: str, shape: shapely.Geometry) -> str:
    polygons = [
        [_ring(line) for line in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shapely.orient_polygons(shape))
    ]
    kind = "Polygon" if len(polygons) == 1 else "MultiPolygon"
    feature: dict[str, Any] = {
        "type": "Feature",
        "properties": {"area_code": code, "name": name},
        "geometry": {
            "type": kind,
            "coordinates": polygons[0] if kind == "Polygon" else polygons,
        },
    }
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))


def _ring(line: shapely.Geometry) -> list[list[float]]:
    return [[round(float(x), DECIMALS), round(float(y), DECIMALS)] for x, y in line.coords]
