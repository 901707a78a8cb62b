"""Rebase decisions: from which month limits are computed anew, why, and who decided it.

Limits never move by themselves. A person says that something has changed for good; the decision
is dated, kept in the journal, drawn, and can be withdrawn by a later one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shortplank.catalogue.models import Event
from shortplank.errors import ShortplankError
from shortplank.reading.view import View
from shortplank.store.posts import lines_of, write_line
from shortplank.wording.periods import month_key, month_text

JOURNAL = "rebases"
# Fewer months on a side give no limits worth the name.
LEAST_SIDE = 6


@dataclass(frozen=True)
class Rebase:
    """One decision on an area's indicator; without a reason it withdraws the one on its month."""

    month: date
    reason: str
    who: str
    at: str

    @property
    def event(self) -> Event:
        """Return the decision as a dated event of the picture."""
        label = f"界限重算：{self.reason}"
        return Event(month=self.month, label=label, source=f"{self.who}，{self.at[:10]}")

    @property
    def text(self) -> str:
        """Return the decision in words, with its day and who took it."""
        month = month_text(self.month)
        what = f"{month}起重算，{self.reason}" if self.reason else f"撤销{month}的决定"
        return f"{self.at[:10]} {self.who}：{what}"


def decisions(view: View) -> list[Rebase]:
    """Return every decision on the view's area and indicator, the oldest first."""
    found = []
    for line in lines_of(view.ws, JOURNAL):
        if line.get("indicator") != view.indicator or line.get("area") != view.area:
            continue
        try:
            month = date.fromisoformat(f"{line['month']}-01")
        except (KeyError, TypeError, ValueError):
            continue
        reason, who, at = (str(line.get(key, "")) for key in ("reason", "who", "at"))
        found.append(Rebase(month, reason, who, at))
    return found


def rebases(view: View) -> list[Rebase]:
    """Return the decisions that stand on the view's area and indicator, in month order."""
    last = {each.month: each for each in decisions(view)}
    return [last[month] for month in sorted(last) if last[month].reason]


def rebase_places(view: View, months: Sequence[date]) -> list[int]:
    """Return where in a series the decisions begin a new segment."""
    return [months.index(each.month) for each in rebases(view) if each.month in months]


def decide_rebase(
    view: View,
    month: date,
    reason: str,
    *,
    months: Sequence[date],
    at: datetime | None = None,
) -> None:
    """Begin new limits at a month; without a reason the decision on that month is withdrawn.

    ``months`` are those of the series. `ShortplankError` for a viewer, nobody, an unknown month or
    one that leaves too few months on a side.
    """
    who = view.actor.signs("rebase")
    if month not in months:
        raise ShortplankError("没有这个月的数", place=month_key(month), mend="请改选月份")
    place = months.index(month)
    if reason.strip() and min(place, len(months) - place) < LEAST_SIDE:
        raise ShortplankError(
            f"前后都要有至少 {LEAST_SIDE} 个月",
            place=month_key(month),
            mend="请改选月份，或等数多一些再决定",
        )
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    line = {
        "indicator": view.indicator,
        "area": view.area,
        "month": month_key(month),
        "reason": reason.strip(),
        "who": who,
        "at": moment.isoformat(),
    }
    write_line(view.ws, JOURNAL, line)
