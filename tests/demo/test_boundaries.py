"""The demo county's boundaries: plausible, whole, of every area, and marked as made up."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from shortplank.catalogue import load_workspace
from shortplank.demo.boundaries import draw_boundaries
from shortplank.demo.build import SEED
from shortplank.demo.register import load_register
from shortplank.store.boundaries.adding import covered
from shortplank.store.boundaries.geojson import Boundaries, read_boundaries
from shortplank.store.boundaries.maps import boundaries_file
from tests.demo.conftest import DEMO


@pytest.fixture(scope="module")
def read() -> Boundaries:
    """The checked-in boundaries."""
    return read_boundaries(boundaries_file(DEMO), load_workspace(DEMO).area_by_code)


def test_every_area_has_a_boundary_and_is_one_piece(read: Boundaries) -> None:
    ws = load_workspace(DEMO)
    assert set(read.shapes) == set(ws.area_by_code) - {ws.settings.home}
    assert all(len(shape.geoms) == 1 for shape in read.shapes.values())
    towns, villages = covered(ws, read)
    assert (towns.number, villages.number) == (16, 185)
    assert towns.fits and villages.fits and not towns.lacking + villages.lacking


def test_it_says_that_it_is_made_up_and_is_small(read: Boundaries) -> None:
    assert read.illustrative
    assert boundaries_file(DEMO).stat().st_size < 60_000


def test_a_township_is_its_villages_and_a_merged_one_its_parts(read: Boundaries) -> None:
    ws = load_workspace(DEMO)
    standing = [a for a in ws.areas if a.level == "village" and a.valid_to is None]
    for town in ws.areas_below[ws.settings.home]:
        own = [read.shapes[a.area_code] for a in standing if a.parent_code == town.area_code]
        assert shapely.union_all(own).equals(read.shapes[town.area_code])
    for code in {line.new_code for line in ws.successors}:
        parts = [read.shapes[line.old_code] for line in ws.successors if line.new_code == code]
        assert shapely.union_all(parts).equals(read.shapes[code])


def test_another_seed_is_another_county() -> None:
    one, other = (draw_boundaries(seed, load_register()) for seed in (SEED, SEED + 1))
    assert set(one) == set(other)
    assert not any(one[code].equals(other[code]) for code in list(one)[:5])
    areas = np.array([shape.area for shape in other.values()])
    assert (areas > 0).all()
