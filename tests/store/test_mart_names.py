"""What marts are named by: all that they are made from, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shortplank.catalogue import Workspace, load_workspace
from shortplank.catalogue import models as m
from shortplank.catalogue.workspace import READ_BY_MARTS
from shortplank.store import Store
from shortplank.store.mart_files import MartFiles
from shortplank.store.marts import MartBuilder
from tests.store import workspaces as w

MODELS = {
    "settings": m.Settings,
    "areas": m.Area,
    "successors": m.Successor,
    "datasets": m.Dataset,
    "measures": m.Measure,
    "derived": m.Derived,
    "indicators": m.Indicator,
    "forms": m.Form,
}
# The fields that stand as the key of a line.
KEYS = {("areas", "area_code"), ("successors", "old_code")}
OTHERS = {"aliases", "peers", "class_history", "status", "support", "targets", "posts"} | {
    "rules",
    "scheme",
    "events",
    "fingerprint",
    "path",
    "read",
}


class Read:
    """A line or card that notes which of its fields are read."""

    def __init__(self, name: str, item: object, noted: set[tuple[str, str]]) -> None:
        self._about = name, item, noted

    def __getattr__(self, field: str) -> Any:
        name, item, noted = self._about
        noted.add((name, field))
        return getattr(item, field)


def fields(model: type) -> list[str]:
    return list(getattr(model, "model_fields", None) or model.__dataclass_fields__)


def changed(ws: Workspace, name: str, change: Callable[[Any], Any]) -> Workspace:
    """Return a workspace in which one part's first item, or a part that is one item, is changed."""
    part = getattr(ws, name)
    if isinstance(part, dict):
        first = next(iter(part))
        return replace(ws, **{name: {**part, first: change(part[first])}})
    if isinstance(part, tuple):
        return replace(ws, **{name: (change(part[0]), *part[1:])})
    return replace(ws, **{name: change(part)})


def other(item: Any, field: str) -> Any:
    """Return an item with another value in one field."""
    if hasattr(item, "model_copy"):
        return item.model_copy(update={field: "other"})
    return replace(item, **{field: "other"})


def names(ws: Workspace, store: Store) -> set[str]:
    """Return all keys of the marts' files."""
    named = MartFiles(ws, store.edition())
    return {
        make(month, county).key
        for make in (named.measure, named.indicator)
        for county in (None, w.COUNTY)
        for month in named.months
    }


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    successors = f"old_code,new_code,from\n{w.S3},{w.S2},2009-05-01\n"
    store = Store(w.make(tmp_path_factory.mktemp("named"), successors=successors))
    rows = [w.village(code, month) for code in w.VILLAGES for month in (w.APRIL, w.MAY)]
    filed = [w.filed(w.NORTH, w.APRIL, "village_month", date(2009, 5, 3))]
    w.publish(store, village_month=rows, submission=filed)
    return store


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, model in MODELS.items() for field in fields(model)]
)
def test_the_marts_names_move_with_what_they_are_made_from_and_with_nothing_else(
    store: Store, name: str, field: str
) -> None:
    ws = store.workspace
    moved = names(changed(ws, name, lambda item: other(item, field)), store).isdisjoint(
        names(ws, store)
    )
    assert moved == (field in READ_BY_MARTS[name] or (name, field) in KEYS)


def test_every_part_of_a_workspace_is_known_to_move_them_or_not() -> None:
    assert set(Workspace.__dataclass_fields__) == set(MODELS) | OTHERS


def test_building_reads_no_field_that_the_names_leave_out(published: Store, tmp_path: Path) -> None:
    shutil.copytree(published.root, tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "marts", ignore_errors=True)
    store = Store(tmp_path)
    ws, noted = store.workspace, set[tuple[str, str]]()
    for name in MODELS:
        part = getattr(ws, name)
        if isinstance(part, dict):
            read: Any = {key: Read(name, item, noted) for key, item in part.items()}
        elif isinstance(part, tuple):
            read = tuple(Read(name, item, noted) for item in part)
        else:
            read = Read(name, part, noted)
        ws = replace(ws, **{name: read})
    known = {(name, field) for name, held in READ_BY_MARTS.items() for field in held} | KEYS
    vars(ws)["mart_fingerprint"] = store.workspace.mart_fingerprint
    for county in (None, w.COUNTY):
        MartBuilder(ws, store.edition(), county=county).build()
    # The register's table carries the names along; no mart holds them.
    assert noted - {("areas", "name"), ("areas", "kind")} <= known
    assert {("settings", "due_day"), ("forms", "expected"), ("indicators", "over")} <= noted


def test_a_renamed_workspace_and_another_home_have_the_same_marts(tmp_path: Path) -> None:
    store = Store(w.make(tmp_path, areas=w.AREAS + f"{w.PEER},99,county,大溪县,县,2000-01-01,\n"))
    w.publish(store, village_month=[w.village(w.N1, w.APRIL)])
    for county in (None, w.COUNTY):
        MartBuilder(store.workspace, store.edition(), county=county).build()
    text = w.SETTINGS.replace("小溪县", "大溪县").replace(w.COUNTY, w.PEER)
    (tmp_path / "workspace.toml").write_text(text, "utf-8")
    ws = load_workspace(tmp_path)
    assert ws.fingerprint != store.workspace.fingerprint and ws.settings.home == w.PEER
    for county in (None, w.COUNTY):
        assert MartBuilder(ws, store.edition(), county=county).missing() == []
