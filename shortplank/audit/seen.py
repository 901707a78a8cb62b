"""What an account looks at and takes away: a line where it changes, not at every run of a page."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shortplank.audit.lines import note, note_first

# Where a browser's session keeps what was written last, so that nothing is written twice.
_NOW, _LOOKED, _PARTS = "audit-now", "audit-looked", "audit-looked-parts"
_REFUSED = "audit-refused"


@dataclass(frozen=True)
class Seen:
    """What is looked at, in which workspace and by which account."""

    workspace: Path
    account: str
    facts: dict[str, str | int]


def seen_of(workspace: Path, account: str, **facts: str | int) -> Seen:
    """Return what is looked at, with the facts that a line of it holds."""
    return Seen(workspace, account, facts)


def note_look(seen: Seen, session: MutableMapping[Any, Any]) -> None:
    """Write what a page shows where it is something else than the session's page before it."""
    session[_NOW] = seen
    if session.get(_LOOKED) == seen:
        return
    session[_LOOKED], session[_PARTS] = seen, {}
    note(seen.workspace, seen.account, "look", **seen.facts)


def note_ahead(seen: Seen) -> None:
    """Write what a browser is given before it is chosen; the run that chooses it writes a look."""
    note(seen.workspace, seen.account, "look", **seen.facts)


def note_part(seen: Seen, part: str, session: MutableMapping[Any, Any]) -> None:
    """Write what is chosen within a page, a village, where it is another than before."""
    parts = session.get(_PARTS, {})
    if parts.get(part) != seen:
        session[_PARTS] = {**parts, part: seen}
        note(seen.workspace, seen.account, "look", **seen.facts)


def note_refusal(session: MutableMapping[Any, Any], seen: Seen | None = None) -> None:
    """Write that a page, or the work on the one that is open, was refused; once a page."""
    refused = seen or session.get(_NOW)
    if refused is None or session.get(_REFUSED) == refused:
        return
    session[_REFUSED] = refused
    note(refused.workspace, refused.account, "refused", **refused.facts)


def note_export(seen: Seen, ending: str, rows: int | None, *, exact: bool) -> None:
    """Write that a file is given; `ShortplankError` where exact figures would go without a line."""
    facts: dict[str, str | int] = {**seen.facts, "format": ending}
    facts |= {"figures": "exact" if exact else "banded"}
    if rows is not None:
        facts["rows"] = rows
    (note_first if exact else note)(seen.workspace, seen.account, "export", **facts)
