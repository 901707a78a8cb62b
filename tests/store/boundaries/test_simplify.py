"""Shapes for a picture: nobody is lost, neighbours do not gape, and all of it fits a page."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from shortplank.demo.boundaries import draw_boundaries
from shortplank.demo.build import SEED
from shortplank.demo.register import load_register
from shortplank.store.boundaries.simplify import MOST_POINTS, SIDE, drawn


def polygons(rings: list[list[tuple[int, int]]]) -> shapely.Geometry:
    """Return the shape that rings draw: what runs with the clock is a hole."""
    signed = [(shapely.Polygon(r), shapely.is_ccw(shapely.LinearRing(r))) for r in rings]
    outer = shapely.union_all([shape for shape, ccw in signed if ccw])
    return outer.difference(shapely.union_all([shape for shape, ccw in signed if not ccw]))


@pytest.fixture(scope="module")
def demo() -> dict[str, shapely.MultiPolygon]:
    """The townships and villages of the demo county."""
    return draw_boundaries(SEED, load_register())


def dense(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape with the points of a surveyor, off the grid that the demo is written in."""
    return shapely.segmentize(shapely.set_precision(shape, 0), 0.00037)


@pytest.mark.parametrize("level", ["township", "village"])
def test_neighbours_share_their_borders_still(level: str, demo) -> None:  # type: ignore[no-untyped-def]
    register = load_register()
    codes = register.townships
    if level == "village":
        codes = tuple(register.villages[v] for v in register.current)
    made = drawn({code: dense(demo[code]) for code in codes}, {})
    shapes = {code: polygons(each["rings"]) for code, each in made["shapes"].items()}
    assert set(shapes) == set(codes)
    assert shapely.coverage_is_valid(np.array(list(shapes.values()), dtype=object))
    assert sum(len(r) for s in made["shapes"].values() for r in s["rings"]) <= MOST_POINTS
    whole = shapely.union_all(list(shapes.values())).area
    before = shapely.union_all([demo[code] for code in codes])
    stretched = np.cos(np.radians(sum(before.bounds[1::2]) / 2))
    unit = SIDE / max((before.bounds[2] - before.bounds[0]) * stretched,
                      before.bounds[3] - before.bounds[1])  # fmt: skip
    assert whole == pytest.approx(before.area * stretched * unit**2, rel=0.01)


def test_a_name_stands_within_its_area_on_the_picture(demo) -> None:  # type: ignore[no-untyped-def]
    made = drawn({code: demo[code] for code in load_register().townships}, {})
    width, height = made["size"]
    assert max(width, height) == SIDE
    for each in made["shapes"].values():
        x, y = each["at"]
        assert polygons(each["rings"]).contains(shapely.Point(x, y))
        assert all(0 <= px <= width and 0 <= py <= height for r in each["rings"] for px, py in r)


def test_villages_are_drawn_within_their_townships(demo) -> None:  # type: ignore[no-untyped-def]
    register = load_register()
    codes = [register.villages[v] for v in register.current]
    towns = {code: code[:9] for code in codes}
    outlines = drawn({code: demo[code] for code in codes}, towns)["outlines"]
    assert len(outlines) == len(register.townships)
    one = {code: "990101" for code in codes}
    assert drawn({code: demo[code] for code in codes}, one)["outlines"] == []


def test_a_hole_runs_the_other_way_and_a_rock_stays() -> None:
    ring = shapely.Polygon(shapely.box(117, 30, 118, 31).exterior.coords[::-1],
                           [shapely.box(117.4, 30.4, 117.6, 30.6).exterior.coords])  # fmt: skip
    rock = shapely.MultiPolygon([shapely.box(118.5, 30, 118.5 + 1e-9, 30 + 1e-9)])
    made = drawn({"1": shapely.MultiPolygon([ring]), "2": rock}, {})["shapes"]
    turns = [shapely.is_ccw(shapely.LinearRing(r)) for r in made["1"]["rings"]]
    assert turns == [True, False]
    assert len(made["2"]["rings"]) == 1 and len(made["2"]["rings"][0]) >= 4


def test_shapes_that_lie_over_one_another_are_drawn_all_the_same() -> None:
    shapes = {
        str(k): shapely.MultiPolygon([shapely.box(117 + k / 3, 30, 117.7 + k / 3, 31)])
        for k in range(4)
    }
    made = drawn(shapes, {code: code for code in shapes})
    assert set(made["shapes"]) == set(shapes)
    assert all(each["rings"] for each in made["shapes"].values())
