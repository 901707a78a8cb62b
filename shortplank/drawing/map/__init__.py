"""Maps as filled polygons on plain axes: what they share, whatever colours them."""

from shortplank.drawing.map.figure import (
    JUDGED,
    Area,
    Fill,
    map_figure,
    plain,
    verdict_fill,
    verdict_legend,
)

__all__ = ["JUDGED", "Area", "Fill", "map_figure", "plain", "verdict_fill", "verdict_legend"]
