"""What a map says of itself: whether it is made up, and who has no boundary on it."""

from __future__ import annotations

from collections.abc import Sequence

from shortplank.wording.naming import joined

LOOK = "地图"
ILLUSTRATIVE = "边界为示意"
# Why the map of the villages' page shows townships.
NO_VILLAGES = "没有村界，图上为乡镇的数"
BIRTHS_BY_TOWN = "村级出生数不上图，图上为乡镇的数"

# The villages that a picture names where no order by rate is shown.
MOST_PULL = "贡献最大的几个村"


def without_boundary(names: Sequence[str], unit: str) -> str:
    """Return who has no boundary: 3 个乡镇没有边界：甲镇、乙镇、丙乡."""
    return f"{len(names)} 个{unit}没有边界：{joined(names, 5)}"


def none_drawn(unit: str) -> str:
    """Return that the file of boundaries has none of those that the picture is of."""
    return f"边界文件里没有一个{unit}，画不成地图，数请看表。"


def source_text(source: str) -> str:
    """Return who is to be named for the boundaries."""
    return f"边界来源：{source}"


def gaping(unit: str) -> str:
    """Return that neighbours do not share their borders, which is seen and no fault."""
    return f"相邻{unit}的边界之间有缝隙或重叠，地图照画；可在 QGIS 中用拓扑检查修正。"
