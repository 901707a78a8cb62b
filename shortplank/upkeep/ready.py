"""Whether pages can be drawn at once: the workspace opens, and the newest edition's marts stand."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Literal

from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.store import Edition, Store, engine
from shortplank.store.marts import MartBuilder

log = logging.getLogger("shortplank")
Lack = Literal["", "workspace", "marts"]
# Anybody may ask: the disk is looked at so often at the most.
KEPT_SECONDS = 2.0
_lock = threading.Lock()
_known: dict[Path, tuple[float, Lack]] = {}
_made: dict[tuple[Path, int], threading.Event] = {}


def unready(workspace: Path) -> Lack:
    """Return what a workspace lacks before pages can be drawn, "" where it lacks nothing."""
    with _lock:
        at, known = _known.get(workspace, (float("-inf"), ""))
        if not 0 <= time.monotonic() - at < KEPT_SECONDS:
            known = _lack(workspace)
            _known[workspace] = (time.monotonic(), known)
        return known


def _lack(workspace: Path) -> Lack:
    try:
        ws = engine(workspace).ws
        edition = Store(ws.path, ws).edition()
        return "marts" if missing_marts(ws, edition) else ""
    except (ShortplankError, OSError):
        return "workspace"


def begin(workspace: Path) -> bool:
    """Return whether a workspace is ready, or was tried to be made so; else its marts are begun.

    Who draws no pages waits for them elsewhere: they are built once an edition, in a thread of
    their own. Where they cannot be kept, each question builds what it needs.
    """
    if unready(workspace) != "marts":
        return True
    ws = engine(workspace).ws
    edition = Store(ws.path, ws).edition()
    key = (workspace, edition.number)
    with _lock:
        if key in _made:
            return _made[key].is_set()
        done = _made[key] = threading.Event()
    threading.Thread(target=_make, args=(ws, edition, done), name="marts", daemon=True).start()
    return False


def _make(ws: Workspace, edition: Edition, done: threading.Event) -> None:
    try:
        for county in (None,) if ws.is_province else (None, ws.settings.home):
            MartBuilder(ws.whole, edition, county=county).build()
    except ShortplankError as error:  # the question says it to whoever asks
        log.warning("no marts: %s", error)
    finally:
        done.set()


def missing_marts(ws: Workspace, edition: Edition) -> int:
    """Return how many months' marts of an edition are not there: townships', and home villages'."""
    counties = (None,) if ws.is_province else (None, ws.settings.home)
    return sum(len(MartBuilder(ws.whole, edition, county=county).missing()) for county in counties)
