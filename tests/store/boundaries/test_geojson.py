"""A file of boundaries: what is read of it, and one sentence with place and mend for each fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.catalogue import load_workspace
from shortplank.errors import ShortplankError
from shortplank.store.boundaries import geojson
from shortplank.store.boundaries.geojson import BoundaryError, parse_boundaries, read_boundaries
from tests.store.boundaries.files import collection, feature, row_of_squares, square
from tests.topics.villages import make_county

TOWN = "990101101"
OPEN = square(117, 30)[:-1]
BOW = [[117, 30], [118, 31], [118, 30], [117, 31], [117, 30]]


def one(**changes: object) -> bytes:
    """Return a file of one area, of which something is changed."""
    return collection([{**feature(TOWN, square(117, 30)), **changes}])


def coordinates(*rings: object, kind: str = "Polygon") -> bytes:
    return collection([feature(TOWN, *rings, kind=kind)])


def text(data: str) -> bytes:
    return row_of_squares([TOWN]).replace(b"117.1", data.encode(), 1)


FAULTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "边界文件不是 JSON"),
    "no JSON": (b"\xe8\xbe\xb9\xe7\x95\x8c", "第 1 行：边界文件不是 JSON"),
    "cut off": (row_of_squares([TOWN])[:-20], "边界文件不是 JSON"),
    "GBK": ("边界".encode("gbk"), "边界文件不是 UTF-8 编码"),
    "UTF-16": (row_of_squares([TOWN]).decode().encode("utf-16"), "边界文件不是 UTF-8 编码"),
    "a shapefile": (b"PK\x03\x04\xff\xff", "边界文件不是 UTF-8 编码"),
    "nested": (b"[" * 100_000 + b"]" * 100_000, "括号嵌套太深"),
    "nested objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "括号嵌套太深"),
    "a list": (b"[]", "边界文件不是 FeatureCollection"),
    "TopoJSON": (b'{"type":"Topology","objects":{}}', "边界文件不是 FeatureCollection"),
    "a feature": (json.dumps(feature(TOWN, square(117, 30))).encode(), "不是 FeatureCollection"),
    "no list": (b'{"type":"FeatureCollection","features":{}}', "features：没有要素的列表"),
    "empty": (collection([]), "features：没有一个要素"),
    "no feature": (collection([None]), "第 1 个要素：不是一个 Feature"),
    "text": (collection(["Feature"]), "第 1 个要素：不是一个 Feature"),
    "NaN": (text("NaN"), "边界文件里有 NaN，不是数"),
    "infinity": (text("-Infinity"), "边界文件里有 -Infinity，不是数"),
    "huge": (text("1e999"), "坐标不是经纬度"),
    "digits": (text("9" * 6000), "边界文件里有读不了的数"),
    "no properties": (one(properties=None), "第 1 个要素：没有代码"),
    "a list of properties": (one(properties=[TOWN]), "第 1 个要素：没有代码"),
    "no code": (one(properties={"name": "某镇"}), "请在 properties 里写上 area_code"),
    "a number": (one(properties={"area_code": 990101101}), "代码的写法不对"),
    "a long text": (one(properties={"area_code": "1" * 99}), "代码的写法不对"),
    "markup": (one(properties={"area_code": "<b>1</b>"}), "代码的写法不对"),
    "unknown": (row_of_squares([TOWN, "990101999"]), "第 2 个要素：登记册里没有代码 990101999"),
    "twice": (row_of_squares([TOWN, TOWN]), f"第 2 个要素：代码 {TOWN} 出现了两次"),
    "no geometry": (one(geometry=None), f"第 1 个要素（{TOWN} 乡1镇）：不是面"),
    "a point": (one(geometry={"type": "Point", "coordinates": [117, 30]}), "不是面"),
    "a line": (coordinates(square(117, 30), kind="LineString"), "不是面"),
    "no coordinates": (one(geometry={"type": "Polygon"}), "没有图形"),
    "no rings": (coordinates(), "没有图形"),
    "no polygons": (coordinates([], kind="MultiPolygon"), "没有图形"),
    "coordinates of text": (one(geometry={"type": "Polygon", "coordinates": "x"}), "没有图形"),
    "a polygon too deep": (coordinates([square(117, 30)]), "坐标的写法不对"),
    "a ring too shallow": (coordinates([117, 30]), "坐标的写法不对"),
    "a ring of nothing": (coordinates([]), "坐标的写法不对"),
    "a ring of text": (coordinates([["117", "30"]] * 4), "坐标的写法不对"),
    "a ring of truths": (coordinates([[True, False]] * 4), "坐标的写法不对"),
    "a ring of objects": (coordinates([{"x": 1}] * 4), "坐标的写法不对"),
    "unlike positions": (coordinates([[117, 30], [117]]), "坐标的写法不对"),
    "null": (coordinates([[117, None]] * 4), "坐标的写法不对"),
    "metres": (coordinates(square(500_000, 3_300_000)), "坐标不是经纬度"),
    "latitude first": (coordinates([[y, x] for x, y in square(117, 30)]), "坐标不是经纬度"),
    "open": (coordinates(OPEN), "边界没有闭合"),
    "three points": (coordinates([[117, 30], [118, 30], [117, 30]]), "边界没有闭合"),
    "a bow": (coordinates(BOW), "边界自己相交或重叠（117.5, 30.5 附近）"),
    "flat": (coordinates([[117, 30], [118, 30], [119, 30], [117, 30]]), "边界自己相交或重叠"),
    "one over another": (
        coordinates([square(117, 30)], [square(117.05, 30.05)], kind="MultiPolygon"),
        "边界自己相交或重叠",
    ),
    "a hole outside": (coordinates(square(117, 30), square(118, 30)), "边界自己相交或重叠"),
    "Beijing 1954": (
        row_of_squares([TOWN], crs={"type": "name", "properties": {"name": "EPSG:2437"}}),
        "crs：坐标系不是 WGS84 经纬度",
    ),
    "half made up": (row_of_squares([TOWN], illustrative="no"), "只能是 true 或 false"),
    "a long source": (row_of_squares([TOWN], source="字" * 201), "source：来源应是一行"),
    "two lines": (row_of_squares([TOWN], source="甲\n乙"), "source：来源应是一行"),
}


@pytest.fixture(scope="module")
def areas(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """The register of a county of three townships."""
    root = make_county(tmp_path_factory.mktemp("geo") / "county", (1, 1, 1))
    return load_workspace(root).area_by_code


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_sentence_with_its_mend(name: str, areas) -> None:  # type: ignore[no-untyped-def]
    data, said = FAULTS[name]
    with pytest.raises(BoundaryError) as caught:
        parse_boundaries(data, areas)
    assert said in caught.value.sentence
    assert caught.value.mend and "\n" not in caught.value.sentence


def test_a_file_that_is_too_large_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BoundaryError, match="超过 20 MB"):
        parse_boundaries(b" " * (geojson.MOST_BYTES + 1))
    with pytest.raises(BoundaryError, match="点太多"):
        parse_boundaries(b"[" * (geojson.MOST_LISTS + 1))
    monkeypatch.setattr(geojson, "MOST_BYTES", 100)
    with pytest.raises(BoundaryError, match="超过"):
        parse_boundaries(row_of_squares([TOWN]))


def test_a_source_that_names_a_person_is_refused() -> None:
    with pytest.raises(ShortplankError, match="像是"):
        parse_boundaries(row_of_squares([TOWN], source="测绘员：张某，电话 13800000000"))


def test_what_a_file_may_hold_besides(areas) -> None:  # type: ignore[no-untyped-def]
    """A BOM, heights, holes, several parts, the frame's old name, properties of others."""
    parts = [[square(117, 30), square(117.02, 30.02, 0.02)[::-1]], [square(118, 30)]]
    high = [[x, y, 12.5] for x, y in square(119, 30)]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    features = [
        feature("990101100", *parts, kind="MultiPolygon"),
        {**feature(TOWN, high), "id": 7, "bbox": [1, 2]},
    ]
    data = collection(features, crs=crs, illustrative=True, source="某测绘单位。", name="x")
    found = parse_boundaries(b"\xef\xbb\xbf" + data, areas)
    assert list(found.shapes) == ["990101100", TOWN]
    assert found.shapes["990101100"].area == pytest.approx(0.01 - 0.0004 + 0.01)
    assert found.illustrative and found.source == "某测绘单位"


def test_without_a_register_every_code_is_taken(tmp_path: Path) -> None:
    """A page draws what it can: a code that has left the register is no fault there."""
    path = tmp_path / "areas.geojson"
    path.write_bytes(row_of_squares(["990101999"]))
    assert list(read_boundaries(path).shapes) == ["990101999"]
    with pytest.raises(BoundaryError, match="没有这个文件"):
        read_boundaries(tmp_path / "other.geojson")


NUMBERS = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text(max_size=3))
JSON = st.recursive(
    NUMBERS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "crs"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(geometry=JSON, properties=JSON, crs=JSON)
def test_whatever_stands_there_is_a_sentence_or_a_shape(
    geometry: object, properties: object, crs: object
) -> None:
    files = [
        one(geometry=geometry),
        one(properties=properties),
        coordinates(geometry),
        coordinates(geometry, kind="MultiPolygon"),
        row_of_squares([TOWN], crs=crs),
        json.dumps(geometry).encode(),
    ]
    for data in files:
        try:
            assert parse_boundaries(data).shapes
        except BoundaryError as error:
            assert error.mend
