"""A month's judgement in its file says what it said when it was made; no other file is believed."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank.access import Actor
from shortplank.catalogue import load_workspace
from shortplank.reading.judged import keeping
from shortplank.reading.judged.ledger import Ledger, judge_months, ledger_of
from shortplank.reading.view import View
from shortplank.store import Engine
from tests.copies import demo_copy

MAY = date(2010, 5, 1)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_copy(tmp_path_factory.mktemp("kept") / "demo", without=("ledger",))


def book(root: Path, month: date = MAY) -> Ledger:
    """Return the ledger as another process would read it."""
    shared = Engine(load_workspace(root))
    home = shared.ws.settings.home
    return ledger_of(
        View(shared, shared.newest(), Actor("viewer"), month, "ytd", "migrant_filing", home)
    )


def files(root: Path) -> list[Path]:
    return sorted((root / "marts" / "ledger").glob("*"))


def said(made: Ledger) -> list[object]:
    """Return all that a ledger says, its figures included."""
    told: list[object] = [*made.findings, made.tests, sorted(made.month.changes.items())]
    for key in made.subjects:
        for place in ("township", "village"):
            standing = made.standing(key, place)
            for each in fields(standing) if standing else ():
                value = getattr(standing, each.name)
                told.append(value.tolist() if isinstance(value, np.ndarray) else value)
                if each.name == "units":
                    told[-1] = [value.x.tolist(), value.n.tolist()]
    return json.loads(json.dumps(told, default=str))  # NaN equals itself as text


def test_the_file_says_what_was_made(root: Path) -> None:
    made = book(root)
    assert len(files(root)) == 2 and made.findings  # its own month, and the one before
    before = {path: path.stat().st_mtime_ns for path in files(root)}
    again = book(root)
    assert str(said(again)) == str(said(made))
    assert {path: path.stat().st_mtime_ns for path in files(root)} == before


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00" * 100])
def test_a_damaged_file_is_made_again(root: Path, damage: bytes) -> None:
    made, kept = book(root), {path: path.read_bytes() for path in files(root)}
    for path in kept:
        path.write_bytes(damage)
    assert str(said(book(root))) == str(said(made))
    assert {path: path.read_bytes() for path in files(root)} == kept


def test_another_judge_judges_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book(root)
    many = len(files(root))
    monkeypatch.setattr(keeping, "_judge_version", lambda: "another")
    book(root)
    assert len(files(root)) == 2 * many


def test_a_workspace_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    root = demo_copy(tmp_path / "demo", without=("ledger",))
    (root / "marts" / "ledger").write_text("in the way", "utf-8")
    assert book(root).findings


def test_building_judges_every_month_ahead(tmp_path: Path) -> None:
    root = demo_copy(tmp_path / "demo", without=("ledger",))
    judge_months(Engine(load_workspace(root)))
    assert len(files(root)) == 44
    book(root)
    assert len(files(root)) == 44
