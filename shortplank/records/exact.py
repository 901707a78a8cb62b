"""An exact export is taken on purpose: who, when and what stand in the journal."""

from __future__ import annotations

from datetime import UTC, datetime

from shortplank.errors import ShortplankError
from shortplank.reading.view import View
from shortplank.store.posts import write_line
from shortplank.wording.periods import month_key

JOURNAL = "exact_exports"


def note_exact(view: View, what: str, *, who: str, at: datetime | None = None) -> None:
    """Remember that exact figures were taken away; `ShortplankError` for a viewer or nobody."""
    view.actor.must("export_exact")
    if not who.strip():
        raise ShortplankError("没有写明取用的单位或岗位", place="取用人", mend="请填写后再导出")
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    line = {
        "what": what,
        "month": month_key(view.month),
        "edition": view.edition,
        "who": who.strip(),
        "at": moment.isoformat(),
    }
    write_line(view.ws, JOURNAL, line)
