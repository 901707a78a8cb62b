"""Shapes for a picture: projected, simplified together so that neighbours do not gape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

# The longer side of a picture in its own units: ten to a pixel of a large screen.
SIDE = 10_000
# The finest detail that is kept: less than half a pixel.
FINEST = 3.0
# With the names of places this is 400 kB in a page for 368 areas.
MOST_POINTS = 8_000
COARSER = 1.4
_COARSEST = SIDE / 20
Shapes = NDArray[np.object_]
Ring = list[tuple[int, int]]


def drawn(shapes: Mapping[str, shapely.MultiPolygon], groups: Mapping[str, str]) -> dict[str, Any]:
    """Return what a map is drawn from, as it is kept.

    ``shapes`` has, by code, its rings and where its name stands; ``outlines`` the rings around each
    of the ``groups`` of codes where there are several; ``size`` the picture's width and height.
    Rings are closed, those around an area run against the clock and those of holes with it.
    """
    codes = sorted(shapes)
    placed, size = _placed(np.array([shapes[code] for code in codes], dtype=object))
    simple = _simplified(placed)
    made = {
        code: {"rings": rings, "at": _middle(shape)}
        for code, shape, rings in zip(codes, simple, map(_rings, simple), strict=True)
    }
    return {"size": size, "shapes": made, "outlines": _outlines(codes, simple, groups)}


def _placed(shapes: Shapes) -> tuple[Shapes, tuple[int, int]]:
    """Return shapes in units of the picture, and its size.

    A degree of longitude is as wide as it is at the middle latitude: of a county and of an island
    nation nobody sees a difference from a better projection.
    """
    west, south, east, north = shapely.total_bounds(shapes)
    narrow = float(np.cos(np.radians((south + north) / 2)))
    width, height = (east - west) * narrow, north - south
    unit = SIDE / max(width, height)
    origin, scale = np.array([west, south]), np.array([unit * narrow, unit])
    # Rounded, so that points which neighbours write with other last digits are the same again.
    placed = shapely.transform(shapes, lambda points: np.round((points - origin) * scale, 1))
    return placed, (round(width * unit), round(height * unit))


def _simplified(shapes: Shapes) -> Shapes:
    """Return shapes of few points, their common borders simplified alike."""
    detail, found = FINEST, shapely.coverage_simplify(shapes, FINEST)
    while shapely.get_num_coordinates(found).sum() > MOST_POINTS and detail < _COARSEST:
        detail *= COARSER
        found = shapely.coverage_simplify(found, detail)
    return np.asarray(shapely.orient_polygons(found))


def _rings(shape: shapely.Geometry) -> list[Ring]:
    """Return a shape's rings in whole units; the largest stays, however small it is."""
    parts = sorted(shapely.get_parts(shape), key=shapely.area, reverse=True)
    rings = [
        ring
        for part in parts
        for line in (part.exterior, *part.interiors)
        if len(ring := _whole(line)) > 3
    ]
    return rings or [_dot(parts[0])]


def _whole(line: shapely.Geometry) -> Ring:
    """Return a ring in whole units, without points that fall together."""
    points = np.rint(shapely.get_coordinates(line)).astype(int)
    moved = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]
    return [(int(x), int(y)) for x, y in points[moved]]


def _dot(shape: shapely.Geometry) -> Ring:
    x, y = (round(each) for each in shapely.get_coordinates(shapely.centroid(shape))[0])
    return [(x, y), (x + 2, y), (x + 1, y + 2), (x, y)]


def _middle(shape: shapely.Geometry) -> tuple[int, int]:
    """Return the point of a shape that is furthest from its borders: its name stands there."""
    largest = max(shapely.get_parts(shape), key=shapely.area)
    if not shapely.area(largest) > 0:
        x, y = shapely.get_coordinates(largest)[0]
    else:
        x, y = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest))[0]
    return round(x), round(y)


def _outlines(codes: list[str], shapes: Shapes, groups: Mapping[str, str]) -> list[Ring]:
    """Return the rings around each group, none where all is one group or shapes overlap."""
    members: dict[str, list[shapely.Geometry]] = {}
    for code, shape in zip(codes, shapes, strict=True):
        members.setdefault(groups.get(code, ""), []).append(shape)
    if len(members) < 2:
        return []
    try:
        return [ring for each in members.values() for ring in _around(each)]
    except shapely.GEOSException:  # shapes of a file that lie over one another
        return []


def _around(shapes: Iterable[shapely.Geometry]) -> list[Ring]:
    whole = shapely.union_all(list(shapes), grid_size=1.0)
    return [ring for part in shapely.get_parts(whole) if len(ring := _whole(part.exterior)) > 3]
