"""Boundaries of areas: a GeoJSON file of the workspace, checked, simplified once and kept.

`maps` is what pages use; it loads Shapely (`geojson`, `simplify`) only where nothing is kept yet.
"""

from shortplank.store.boundaries.maps import MapShapes, Shape, has_boundaries, shapes_of

__all__ = ["MapShapes", "Shape", "has_boundaries", "shapes_of"]
