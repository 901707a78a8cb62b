"""Boundaries into a workspace: checked against its register, put in place whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Area, Level
from shortplank.store import files
from shortplank.store.boundaries.geojson import Boundaries, parse_boundaries
from shortplank.store.boundaries.maps import boundaries_file
from shortplank.store.editions import Store


@dataclass(frozen=True)
class Covered:
    """How many areas of a level have boundaries, the names of those that have none today.

    ``fits`` says whether neighbours share their borders: neither gaps nor overlaps between them.
    """

    level: Level
    number: int
    lacking: list[str]
    fits: bool


def add_boundaries(store: Store, data: bytes) -> Boundaries:
    """Check a file and put it in place of the workspace's own; a fault changes nothing."""
    store.actor.must("publish")
    found = parse_boundaries(data, store.workspace.area_by_code)
    files.write_once(boundaries_file(store.root), data)
    return found


def covered(ws: Workspace, found: Boundaries) -> list[Covered]:
    """Return how much of the home county the boundaries cover, townships and villages."""
    towns = _standing(ws.areas_below.get(ws.settings.home, ()))
    villages = [
        area for town in towns for area in _standing(ws.areas_below.get(town.area_code, ()))
    ]
    return [_covered(found, "township", towns), _covered(found, "village", villages)]


def _standing(areas: Sequence[Area]) -> list[Area]:
    return [area for area in areas if area.valid_to is None]


def _covered(found: Boundaries, level: Level, areas: list[Area]) -> Covered:
    shapes = [found.shapes[a.area_code] for a in areas if a.area_code in found.shapes]
    lacking = [a.name for a in areas if a.area_code not in found.shapes]
    fits = bool(shapely.coverage_is_valid(np.array(shapes, dtype=object))) if shapes else True
    return Covered(level, len(shapes), lacking, fits)
