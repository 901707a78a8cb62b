"""Whole answers in files: the same again, from a damaged file anew, and nothing but answers."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shortplank.access import READS, Actor
from shortplank.reading.view import View, first_view
from shortplank.store import Engine, engine
from shortplank.store.answers import from_bytes, kept_answer, to_bytes
from shortplank.topics.overview.answer import overview
from shortplank.topics.points.answer import points
from shortplank.topics.quality.answer.signals import signals
from shortplank.topics.trends.answer.year_end import headline_ends
from tests.copies import demo_copy

ANSWERS: dict[str, Callable[[View], Any]] = {
    "overview": overview,
    "points": points,
    "signals": signals,
    "ends": headline_ends,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county in which nothing has been answered."""
    made = demo_copy(tmp_path_factory.mktemp("answers") / "county")
    for path in (made / "marts/answers").glob("*"):
        path.unlink()
    return made


def view_of(folder: Path, reads: str) -> View:
    """Return the first look in an engine that has answered nothing."""
    view = first_view(Engine(engine(folder).ws), Actor(reads))  # type: ignore[arg-type]
    assert view is not None
    return view.of_month


def same(one: object, other: object) -> bool:
    """Return whether two answers hold the same, NaN like NaN."""
    return repr(one) == repr(other)


@pytest.mark.parametrize("reads", READS)
@pytest.mark.parametrize("name", ANSWERS)
def test_another_process_reads_what_one_worked_out(name: str, reads: str, folder: Path) -> None:
    first = ANSWERS[name](view_of(folder, reads))
    held = {path: path.stat().st_mtime_ns for path in (folder / "marts/answers").iterdir()}
    again = view_of(folder, reads)
    assert same(ANSWERS[name](again), first)
    assert held == {path: path.stat().st_mtime_ns for path in (folder / "marts/answers").iterdir()}
    if name == "overview":
        tiles = ANSWERS[name](again).tiles
        assert tiles and all(tile.item is again.ws.indicators[tile.indicator] for tile in tiles)


@pytest.mark.parametrize("harm", ["cut", "flipped", "replaced", "gone"])
def test_a_damaged_file_is_worked_out_again(harm: str, folder: Path) -> None:
    first = overview(view_of(folder, "analyst"))
    for path in (folder / "marts/answers").iterdir():
        data = bytearray(path.read_bytes())
        path.unlink()
        if harm == "cut":
            path.write_bytes(data[: len(data) // 2])
        elif harm == "flipped":
            data[len(data) // 2] ^= 0xFF
            path.write_bytes(data)
        elif harm == "replaced":
            path.write_bytes(pickle.dumps(os.getpid))
    assert same(overview(view_of(folder, "analyst")), first)


def test_roles_keep_their_own(folder: Path) -> None:
    """What only analysts may see is in no file that a viewer's answer is read from."""
    files: dict[str, set[Path]] = {}
    for reads in READS:
        for path in (folder / "marts/answers").iterdir():
            path.unlink()
        for answer in ANSWERS.values():
            answer(view_of(folder, reads))
        files[reads] = set((folder / "marts/answers").iterdir())
        assert files[reads]
    keys = [{path.name.partition("-")[0] for path in found} for found in files.values()]
    assert not set.intersection(*keys)


def test_a_province_and_its_county_keep_their_own(tmp_path: Path) -> None:
    """A look at a county from the province says the same of itself as the county's own."""
    edition, ws = engine().edition(), replace(engine().ws, path=tmp_path)
    other = replace(ws, settings=ws.settings.model_copy(update={"home": "another"}))
    assert kept_answer(ws, edition, "look", ("said",), lambda: "county") == "county"
    assert kept_answer(other, edition, "look", ("said",), lambda: "province") == "province"
    assert kept_answer(ws, edition, "look", ("said",), lambda: "anew") == "county"


@pytest.mark.parametrize(
    "value",
    [print, os.system, Path(), Engine.open, Engine, engine, pickle.loads],
    ids=["print", "system", "Path", "method", "class", "function", "loads"],
)
def test_nothing_else_is_read(value: object) -> None:
    data = pickle.dumps(value)
    with pytest.raises(pickle.UnpicklingError):
        from_bytes(engine().ws, data)


def test_values_come_back() -> None:
    ws = engine().ws
    item = next(iter(ws.indicators.values()))
    told = {"day": date(2010, 5, 1), "item": item, "set": frozenset({1}), "x": np.arange(3.0)}
    back = from_bytes(ws, to_bytes(ws, told))
    assert back["item"] is item and (back["day"], back["set"]) == (told["day"], told["set"])
    assert np.array_equal(back["x"], np.arange(3.0))
