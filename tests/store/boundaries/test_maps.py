"""What maps are drawn from is made once, kept by what it rests on, and made again where damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shortplank.access import Actor
from shortplank.catalogue import Workspace, load_workspace
from shortplank.errors import NotAllowed, StoreError
from shortplank.store import Store
from shortplank.store.boundaries import has_boundaries, maps, shapes_of
from shortplank.store.boundaries.adding import add_boundaries, covered
from shortplank.store.boundaries.geojson import BoundaryError, parse_boundaries
from tests.store.boundaries.files import row_of_squares
from tests.topics.villages import make_county

TOWNS = ["990101100", "990101101", "990101102"]


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A county of three townships, the first two of them with boundaries."""
    ws = load_workspace(make_county(tmp_path / "county", (2, 1, 1)))
    add_boundaries(Store(ws.path, ws), row_of_squares(TOWNS[:2], source="某单位"))
    return ws


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often shapes are made anew; nothing is held in memory."""
    made: list[int] = []
    real = maps._made

    def counting(*parts):  # type: ignore[no-untyped-def]
        made.append(1)
        return real(*parts)

    monkeypatch.setattr(maps, "_made", counting)
    monkeypatch.setattr(maps, "_shapes", maps._shapes.__wrapped__)
    monkeypatch.setattr(maps, "_digest", maps._digest.__wrapped__)
    return made


def kept(ws: Workspace) -> list[Path]:
    return sorted((ws.path / "marts" / "map").glob("*.json"))


def test_a_map_is_made_once(ws: Workspace, counted: list[int]) -> None:
    first, second = shapes_of(ws, TOWNS), shapes_of(ws, reversed(TOWNS))
    assert first == second and set(first.shapes) == set(TOWNS[:2])
    assert first.source == "某单位" and not first.illustrative
    assert len(counted) == 1 and len(kept(ws)) == 1


def test_other_areas_and_another_file_are_another_map(ws: Workspace, counted: list[int]) -> None:
    shapes_of(ws, TOWNS)
    assert set(shapes_of(ws, TOWNS[:1]).shapes) == set(TOWNS[:1])
    add_boundaries(Store(ws.path, ws), row_of_squares(TOWNS, illustrative=True))
    again = shapes_of(ws, TOWNS)
    assert set(again.shapes) == set(TOWNS) and again.illustrative
    assert len(counted) == 3 and len(kept(ws)) == 3


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"shapes":{}}'])
def test_a_damaged_file_is_made_again(ws: Workspace, counted: list[int], damage: bytes) -> None:
    whole = shapes_of(ws, TOWNS)
    kept(ws)[0].write_bytes(damage)
    assert shapes_of(ws, TOWNS) == whole and len(counted) == 2


def test_without_a_file_there_is_no_map(ws: Workspace) -> None:
    shutil.rmtree(ws.path / "geo")
    assert not has_boundaries(ws)
    assert not shapes_of(ws, TOWNS).shapes


def test_a_file_that_was_spoilt_by_hand_is_one_sentence(ws: Workspace) -> None:
    (ws.path / "geo" / "areas.geojson").write_bytes(row_of_squares(TOWNS)[:-9])
    with pytest.raises(BoundaryError) as caught:
        shapes_of(ws, TOWNS)
    assert caught.value.sentence.startswith("geo/areas.geojson，第 1 行：边界文件不是 JSON。")


def test_a_fault_changes_nothing(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ws.path / "geo" / "areas.geojson"
    before, store = path.read_bytes(), Store(ws.path, ws)
    with pytest.raises(BoundaryError, match="没有代码 990101999"):
        add_boundaries(store, row_of_squares(["990101999"]))
    with pytest.raises(NotAllowed):
        add_boundaries(store.acting_for(Actor("viewer")), row_of_squares(TOWNS))

    def full(*_parts: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(StoreError, match="磁盘已满"):
        add_boundaries(store, row_of_squares(TOWNS))
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["areas.geojson"]


def test_who_has_no_boundary_is_told(ws: Workspace) -> None:
    towns, villages = covered(ws, parse_boundaries(row_of_squares(TOWNS[:2])))
    assert (towns.number, towns.lacking, towns.fits) == (2, ["乡2镇"], True)
    assert villages.number == 0 and len(villages.lacking) == 4
