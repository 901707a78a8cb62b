"""Files of boundaries that tests make up: squares side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

Ring = list[list[float]]


def square(west: float, south: float, side: float = 0.1) -> Ring:
    """Return a closed square ring, against the clock."""
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: object, *rings: object, kind: str = "Polygon") -> dict[str, Any]:
    """Return an area with one polygon of these rings."""
    return {
        "type": "Feature",
        "properties": {"area_code": code, "name": "某地"},
        "geometry": {"type": kind, "coordinates": list(rings)},
    }


def collection(features: Iterable[object], **more: object) -> bytes:
    """Return a file of features."""
    return json.dumps(
        {"type": "FeatureCollection", **more, "features": list(features)}, ensure_ascii=False
    ).encode()


def row_of_squares(codes: Iterable[str], **more: object) -> bytes:
    """Return a file of squares, each beside the one before."""
    places = enumerate(codes)
    return collection((feature(c, square(117 + k / 10, 30)) for k, c in places), **more)
