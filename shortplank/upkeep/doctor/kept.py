"""What is kept: the workspace, its newest edition and marts, the last backup, and the clock."""

from __future__ import annotations

import json
import os
import sqlite3
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from shortplank.audit.state import state_place
from shortplank.catalogue import load_workspace
from shortplank.catalogue.models import Settings
from shortplank.errors import ShortplankError
from shortplank.gate.database import NAME as DATABASE
from shortplank.gate.sessions import AHEAD
from shortplank.store import Store
from shortplank.store.boundaries.maps import boundaries_file
from shortplank.upkeep.doctor.found import Found, found
from shortplank.upkeep.ready import missing_marts
from shortplank.wording.upkeep import NEWEST

LAST_BACKUP = "last_backup.json"
# A county publishes once a month and corrects for a week; the timer runs every day.
OLD_DAYS = 7
_TAIL = 65_536


def workspace(path: Path) -> Iterator[Found]:
    """Yield whether the workspace opens, and what it holds."""
    if not path.is_dir():
        yield found("workspace", "wrong", "workspace_gone", path=path)
        return
    ws, newest = load_workspace(path), Store(path).edition().number
    name = ws.settings.name
    if newest:
        yield found("workspace", "ok", "workspace_ok", name=name, edition=newest)
    else:
        yield found("workspace", "ok", "workspace_empty", name=name)


def form(path: Path) -> Iterator[Found]:
    """Yield whether this version reads the workspace's form."""
    known = max(get_args(Settings.model_fields["schema_version"].annotation))
    try:
        held = tomllib.loads((path / "workspace.toml").read_text("utf-8-sig")).get("schema_version")
    except (OSError, ValueError):  # the workspace's own line says why
        return
    if type(held) is not int:
        yield found("form", "wrong", "form_none")
        return
    key = "form_ok" if held == known else "form_old" if held < known else "form_new"
    state = "ok" if held == known else "wrong"
    yield found("form", state, key, version=held, known=known)  # type: ignore[arg-type]


def verified(path: Path) -> Iterator[Found]:
    """Yield whether every file of the newest edition is as it was published."""
    store = Store(path)
    edition = store.edition()
    if not edition.number:
        yield found("verified", "ok", "verified_empty")
        return
    faults = store.verify(edition.number)
    if faults:
        first = faults[0].partition("。")[0]
        yield found("verified", "wrong", "verified_faults", number=len(faults), first=first)
    else:
        about = {"edition": edition.number, "files": len(edition.data)}
        yield found("verified", "ok", "verified_ok", **about)


def boundaries(path: Path) -> Iterator[Found]:
    """Yield whether the boundaries that maps are drawn from can be read; none are no fault."""
    if not boundaries_file(path).is_file():
        yield found("boundaries", "ok", "boundaries_none")
        return
    from shortplank.store.boundaries.geojson import read_boundaries  # slow to load

    held = read_boundaries(boundaries_file(path), load_workspace(path).area_by_code)
    yield found("boundaries", "ok", "boundaries_ok", number=len(held.shapes))


def marts(path: Path) -> Iterator[Found]:
    """Yield whether the newest edition can be shown at once."""
    missing = missing_marts(load_workspace(path), Store(path).edition())
    if missing:
        yield found("marts", "warn", "marts_missing", number=missing)
    else:
        yield found("marts", "ok", "marts_ok")


# --- the last backup ------------------------------------------------------------------------------
def backup(path: Path, now: float | None = None) -> Iterator[Found]:
    """Yield when the workspace was last backed up, and what is not in it."""
    try:
        made = last_backup(path)
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        yield found("backup", "warn", "backup_unread")
        return
    if made is None:
        yield found("backup", "warn", "backup_none")
        return
    numbers = Store(path).numbers()
    moment = datetime.fromisoformat(str(made["at"])).astimezone()
    days = int(((time.time() if now is None else now) - moment.timestamp()) // 86_400)
    behind = len(numbers) - _count(made["editions"])
    file = Path(str(made["file"]))
    if days > OLD_DAYS and numbers:
        yield found("backup", "warn", "backup_old", days=days)
    elif behind > 0:
        yield found("backup", "warn", "backup_behind", number=behind)
    elif not file.is_file() or file.stat().st_size != made["bytes"]:
        yield found("backup", "warn", "backup_gone", file=file)
    else:
        about = {"at": f"{moment:%Y-%m-%d %H:%M}", "file": file, "edition": max(numbers, default=0)}
        yield found("backup", "ok", "backup_ok", **about)


def last_backup(path: Path) -> dict[str, Any] | None:
    """Return what the state folder says of the last backup, None where there is none."""
    try:
        held = json.loads((state_place(path) / LAST_BACKUP).read_text("utf-8"))
    except FileNotFoundError:
        return None
    made = held.get(str(path.resolve())) or held.get(str(path))
    if made is not None:  # asked for here, so that what is half there is told as damaged
        datetime.fromisoformat(str(made["at"]))
        _count(made["editions"])
        str(made["file"]), int(made["bytes"])
    return made


def _count(editions: object) -> int:
    return len(editions) if isinstance(editions, list) else int(str(editions))


# --- the clock ------------------------------------------------------------------------------------
def clock(path: Path, now: float | None = None) -> Iterator[Found]:
    """Yield whether anything was written later than the clock says that it is."""
    at = time.time() if now is None else now
    shown = f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M}"
    moments = dict(_moments(path))
    newest = max(moments, key=lambda name: moments[name], default="")
    if newest and moments[newest] > at + AHEAD:
        then = f"{datetime.fromtimestamp(moments[newest]):%Y-%m-%d %H:%M}"
        about = {"now": shown, "what": NEWEST[newest], "newest": then}
        yield found("clock", "wrong", "clock_back", **about)
    else:
        yield found("clock", "ok", "clock_ok", now=shown)


def _moments(path: Path) -> Iterator[tuple[str, float]]:
    """Yield when the newest edition, session and line of the journal were written."""
    with suppress(ShortplankError):
        edition = Store(path).edition()
        if edition.number:
            yield "edition", edition.published_at.timestamp()
    if (session := _newest_session(state_place(path) / DATABASE)) is not None:
        yield "session", session
    lines = [moment for file in path.glob("journal/*.jsonl") if (moment := _last_line(file))]
    if lines:
        yield "journal", max(lines)


def _newest_session(database: Path) -> float | None:
    """Return when a session was last begun or used; None where the server's account must look.

    Another account would leave files there that the server could not write to.
    """
    own = getattr(os, "geteuid", lambda: None)()
    try:
        if own is not None and database.stat().st_uid != own:
            return None
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True)) as found:
            ((newest,),) = found.execute("SELECT max(max(created, seen)) FROM session").fetchall()
    except (OSError, sqlite3.Error):
        return None
    return newest if isinstance(newest, float) else None


def _last_line(file: Path) -> float | None:
    """Return when the last whole line of a journal was written, None where none says so."""
    try:
        with file.open("rb") as lines:
            lines.seek(max(0, file.stat().st_size - _TAIL))
            found = lines.read().splitlines()
    except OSError:
        return None
    for raw in reversed(found):
        with suppress(ValueError, TypeError, AttributeError):
            text = str(json.loads(raw).get("at", ""))
            if "T" in text:
                moment = datetime.fromisoformat(text)
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None
