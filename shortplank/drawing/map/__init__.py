"""Maps as filled polygons on plain axes: what they share, whatever colours them."""

from shortplank.drawing.map.figure import QUIET, Area, Fill, map_figure, plain, verdict_fill

__all__ = ["QUIET", "Area", "Fill", "map_figure", "plain", "verdict_fill"]
