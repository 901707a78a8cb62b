"""A county of two townships over many months, published whole: what trends are tested on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from shortplank.access import Actor, Role
from shortplank.catalogue import load_workspace
from shortplank.catalogue.models import Window
from shortplank.reading.view import View
from shortplank.store import Engine
from tests.store import workspaces as w

FIRST = date(2007, 10, 1)


def engine_of(
    path: Path,
    count: int,
    counts: Callable[[str, int], dict[str, int]],
    *,
    silent: Iterable[tuple[str, int]] = (),
    targets: str = "",
) -> Engine:
    """Return the engine of a county whose villages report ``counts(village, number)``.

    ``silent`` names (township, month's number) without any report.
    """
    store = w.store(path)
    if targets:
        (path / "registers").mkdir(exist_ok=True)
        (path / "registers" / "targets.csv").write_text(targets, "utf-8")
        store = w.reload(store)
    quiet = set(silent)
    rows = [
        w.village(code, month, **counts(code, number))
        for number, month in enumerate(w.months(FIRST, count))
        for code in w.VILLAGES
        if (code[:9], number) not in quiet
    ]
    w.publish(store, village_month=rows)
    return Engine(load_workspace(path))


def look(
    engine: Engine,
    indicator: str,
    month: date,
    *,
    window: Window = "month",
    area: str = w.COUNTY,
    role: Role = "analyst",
) -> View:
    """Return a view of the newest edition."""
    return View(engine, engine.newest(), Actor(role), month, window, indicator, area)
