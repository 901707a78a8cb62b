"""Marks on checks of the figures: who looked at which, and what was found."""

from __future__ import annotations

from datetime import UTC, datetime

from shortplank.reading.view import View
from shortplank.store.posts import lines_of, write_line

JOURNAL = "checked_signals"


def checked_marks(view: View) -> dict[str, str]:
    """Return each checked signal's note, with who and when; the last line on it counts."""
    found: dict[str, str] = {}
    for line in lines_of(view.ws, JOURNAL):
        key, day = str(line.get("signal", "")), str(line.get("at", ""))[:10]
        if line.get("note"):
            found[key] = f"{line['note']}（{line.get('who', '')}，{day}）"
        else:
            found.pop(key, None)
    return found


def mark_checked(view: View, signal: str, note: str, *, at: datetime | None = None) -> None:
    """Remember that someone has checked a signal; without a note the mark is taken back.

    `NotAllowed` where a viewer asks, or nobody.
    """
    who = view.actor.signs("mark")
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    line = {"signal": signal, "note": note.strip(), "who": who, "at": moment.isoformat()}
    write_line(view.ws, JOURNAL, line)
