"""An exact export is taken on purpose: who, when and what stand in the journal."""

from __future__ import annotations

from datetime import UTC, datetime

from shortplank.reading.view import View
from shortplank.store.posts import write_line
from shortplank.wording.periods import month_key

JOURNAL = "exact_exports"


def note_exact(view: View, what: str, *, at: datetime | None = None) -> None:
    """Remember that exact figures were taken away; `NotAllowed` for a viewer or nobody."""
    who = view.actor.signs("export_exact")
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    line = {
        "what": what,
        "month": month_key(view.month),
        "edition": view.edition,
        "who": who,
        "at": moment.isoformat(),
    }
    write_line(view.ws, JOURNAL, line)
