"""A file of boundaries as it is read: every fault is one sentence with the place and the mend.

GeoJSON (RFC 7946): a FeatureCollection of Polygons and MultiPolygons in degrees of WGS 84, each
with the code of its area (`docs/map.md`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import shapely
from numpy.typing import NDArray

from shortplank.catalogue.models import Area
from shortplank.errors import ShortplankError
from shortplank.store.personal import refuse_personal

MOST_BYTES = 20 << 20
# Each position is a list of its own: a file with more of them would take a gigabyte to read.
MOST_LISTS = 2_000_000
LONGEST_SOURCE = 200
# Frames whose degrees are those of WGS 84 within a metre.
_SAME_AS_WGS84 = re.compile(r"CRS:?84|EPSG:+(4326|4490)", re.IGNORECASE)
_CODE = re.compile(r"[0-9A-Za-z]{1,20}")
_NEAR = re.compile(r"\[(-?[\d.]+) (-?[\d.]+)")
Floats = NDArray[np.float64]


class BoundaryError(ShortplankError):
    """A file of boundaries that cannot be used as it stands."""


@dataclass(frozen=True)
class Boundaries:
    """Areas' shapes by code; whether they are made up, and who is to be named for them."""

    shapes: dict[str, shapely.MultiPolygon]
    illustrative: bool = False
    source: str = ""


def read_boundaries(path: Path, areas: Mapping[str, Area] | None = None) -> Boundaries:
    """Return the boundaries of a file, as `parse_boundaries` does."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise BoundaryError("没有这个文件", place=path.name, mend="请检查路径") from error
    except OSError as error:
        raise BoundaryError("边界文件无法读取", place=path.name, mend="请检查权限") from error
    return parse_boundaries(data, areas)


def parse_boundaries(data: bytes, areas: Mapping[str, Area] | None = None) -> Boundaries:
    """Return the boundaries that a file's bytes say; `BoundaryError` names the first fault.

    ``areas`` is the register: with it a code that it does not know is a fault too.
    """
    collection = _loaded(data)
    found: dict[str, shapely.MultiPolygon] = {}
    for number, feature in enumerate(_features(collection), start=1):
        code = _code(feature, number)
        if areas is not None and code not in areas:
            raise BoundaryError(
                f"登记册里没有代码 {code}",
                place=f"第 {number} 个要素",
                mend="请改正代码，或先在 areas.csv 登记，或从文件中删去这个要素",
            )
        if code in found:
            raise BoundaryError(
                f"代码 {code} 出现了两次",
                place=f"第 {number} 个要素",
                mend="请合并为一个 MultiPolygon",
            )
        name = areas[code].name if areas is not None else ""
        found[code] = _shape(feature, f"第 {number} 个要素（{code}{f' {name}' if name else ''}）")
    if not found:
        raise BoundaryError("没有一个要素", place="features", mend="请重新导出")
    return Boundaries(found, _illustrative(collection), _source(collection))


# --- the file -------------------------------------------------------------------------------------
def _loaded(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise BoundaryError(
            f"边界文件超过 {MOST_BYTES >> 20} MB", mend="请先简化边界（如 mapshaper、QGIS）再导入"
        )
    if data.count(b"[") > MOST_LISTS:
        raise BoundaryError("边界的点太多", mend="请先简化边界（如 mapshaper、QGIS）再导入")
    try:
        made = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BoundaryError("边界文件不是 UTF-8 编码", mend="请另存为 UTF-8 后重试") from error
    except RecursionError as error:
        raise BoundaryError("边界文件的括号嵌套太深", mend="请重新导出 GeoJSON") from error
    except json.JSONDecodeError as error:
        raise BoundaryError(
            "边界文件不是 JSON", place=f"第 {error.lineno} 行", mend="请重新导出 GeoJSON"
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise BoundaryError("边界文件里有读不了的数", mend="请重新导出 GeoJSON") from error
    if not isinstance(made, dict) or made.get("type") != "FeatureCollection":
        raise BoundaryError(
            "边界文件不是 FeatureCollection",
            mend="请导出为 GeoJSON（不是 TopoJSON、Shapefile 或单个图形）",
        )
    _check_frame(made.get("crs"))
    return made


def _no_constant(text: str) -> NoReturn:
    raise BoundaryError(f"边界文件里有 {text}，不是数", mend="请删去这个点后重新导出")


def _check_frame(crs: object) -> None:
    """Refuse what older files say of their frame where it is not WGS 84."""
    if crs is not None and not _SAME_AS_WGS84.search(json.dumps(crs)):
        raise BoundaryError(
            "坐标系不是 WGS84 经纬度", place="crs", mend="请转换为 WGS84（EPSG:4326）后再导出"
        )


def _features(collection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    features = collection.get("features")
    if not isinstance(features, list):
        raise BoundaryError("没有要素的列表", place="features", mend="请重新导出 GeoJSON")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise BoundaryError(
                "不是一个 Feature", place=f"第 {number} 个要素", mend="请重新导出 GeoJSON"
            )
        yield feature


def _illustrative(collection: dict[str, Any]) -> bool:
    value = collection.get("illustrative", False)
    if not isinstance(value, bool):
        raise BoundaryError("只能是 true 或 false", place="illustrative", mend="请改正")
    return value


def _source(collection: dict[str, Any]) -> str:
    """Return who is to be named for the boundaries, as the file says."""
    value = collection.get("source", "")
    if not isinstance(value, str) or len(value) > LONGEST_SOURCE or not value.isprintable():
        raise BoundaryError(
            f"来源应是一行不超过 {LONGEST_SOURCE} 字的文字", place="source", mend="请改写"
        )
    refuse_personal(value)
    return value.strip().rstrip("。")


# --- a feature ------------------------------------------------------------------------------------
def _code(feature: dict[str, Any], number: int) -> str:
    properties = feature.get("properties")
    code = properties.get("area_code") if isinstance(properties, dict) else None
    if isinstance(code, str) and _CODE.fullmatch(code):
        return code
    if code is None:
        raise BoundaryError(
            "没有代码", place=f"第 {number} 个要素", mend="请在 properties 里写上 area_code"
        )
    raise BoundaryError(
        "代码的写法不对",
        place=f"第 {number} 个要素",
        mend='请写成文字，如 "area_code": "990101101"',
    )


def _shape(feature: dict[str, Any], place: str) -> shapely.MultiPolygon:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise BoundaryError(
            "不是面", place=place, mend="边界须为 Polygon 或 MultiPolygon，请改正后重新导出"
        )
    written = geometry.get("coordinates")
    polygons: list[Any] = [written] if kind == "Polygon" else written  # type: ignore[assignment]
    if not _is_filled(polygons) or not all(map(_is_filled, polygons)):
        raise BoundaryError("没有图形", place=place, mend="请补上边界，或从文件中删去这个要素")
    made = shapely.MultiPolygon([_polygon(rings, place) for rings in polygons])
    if not shapely.is_valid(made):
        near = _NEAR.search(shapely.is_valid_reason(made))
        where = f"（{near[1]}, {near[2]} 附近）" if near else ""
        raise BoundaryError(
            f"边界自己相交或重叠{where}", place=place, mend="请在 QGIS 中修复几何图形后再导出"
        )
    return made


def _is_filled(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0


def _polygon(rings: list[Any], place: str) -> shapely.Polygon:
    outer, *holes = (_ring(ring, place) for ring in rings)
    return shapely.Polygon(outer, holes)


def _ring(written: object, place: str) -> Floats:
    """Return a ring's positions, longitude and latitude; a height is passed over."""
    try:
        points = np.asarray(written)
    except ValueError:  # positions of unlike length
        points = np.empty(0)
    if points.ndim != 2 or points.dtype.kind not in "iuf" or points.shape[1] not in (2, 3):
        raise BoundaryError("坐标的写法不对", place=place, mend="每个点应为 [经度, 纬度]")
    ring = points[:, :2].astype(np.float64)
    if not (np.abs(ring) <= (180.0, 90.0)).all():  # also where one is infinite
        raise BoundaryError(
            "坐标不是经纬度",
            place=place,
            mend="请转换为 WGS84 经纬度（度），经度在前、纬度在后",
        )
    if len(ring) < 4 or not np.array_equal(ring[0], ring[-1]):
        raise BoundaryError(
            "边界没有闭合", place=place, mend="首尾两点应相同，且至少四个点，请重新导出"
        )
    return ring
