"""The meeting's edition, frozen once and carried by every paper; what was restated since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shortplank.catalogue import Workspace
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.records.follow_ups import FollowUp
from shortplank.store import Edition
from shortplank.store.posts import lines_of, write_line
from shortplank.wording.naming import joined
from shortplank.wording.periods import day_text, month_key, month_text

JOURNAL = "freezes"


@dataclass(frozen=True)
class Meeting:
    """A month's meeting: the edition that it looks at, and who froze it."""

    month: date
    edition: int
    who: str
    at: datetime

    @property
    def text(self) -> str:
        """Return the freeze in words: 2010年5月会议，第26版，办公室于2010年6月9日定版."""
        day = day_text(self.at.astimezone().date())
        return f"{month_text(self.month)}会议，第{self.edition}版，{self.who}于{day}定版"


def meetings(ws: Workspace) -> dict[date, Meeting]:
    """Return the frozen meetings by month; the last line on a month counts."""
    found: dict[date, Meeting] = {}
    for line in lines_of(ws, JOURNAL):
        try:
            month = date.fromisoformat(f"{line['month']}-01")
            made = Meeting(
                month, int(line["edition"]), str(line["who"]), datetime.fromisoformat(line["at"])
            )
        except (KeyError, TypeError, ValueError):
            continue
        found[month] = made
    return found


def meeting_of(view: View) -> Meeting | None:
    """Return the frozen meeting of the view's month, None where it is not frozen."""
    return meetings(view.ws).get(view.month)


def last_meeting(view: View) -> Meeting | None:
    """Return the newest frozen meeting before the view's month."""
    earlier = [m for month, m in meetings(view.ws).items() if month < view.month]
    return max(earlier, key=lambda m: m.month, default=None)


def freeze(view: View, *, at: datetime | None = None) -> Meeting:
    """Freeze the view's edition for its month's meeting; `NotAllowed` where it may not be."""
    who = view.actor.signs("freeze")
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    made = Meeting(view.month, view.edition, who, moment)
    line = {"month": month_key(view.month), "edition": view.edition}
    write_line(view.ws, JOURNAL, {**line, "who": made.who, "at": moment.isoformat()})
    return made


def frozen_view(view: View) -> View:
    """Return the view in its meeting's frozen edition, as it is where none is frozen."""
    meeting = meeting_of(view)
    if meeting is None or meeting.edition not in view.engine.store.numbers():
        return view
    return view.with_(edition=meeting.edition)


def restated_since(view: View) -> list[str]:
    """Return what was restated since the last meeting, a line an edition, the newest first."""
    last = last_meeting(view)
    found = []
    for number in reversed(view.engine.store.numbers()):
        if number > view.edition:
            continue
        if last is not None and number <= last.edition:
            break
        edition = view.engine.edition(number)
        earlier = [m for m in edition.restates if m < month_key(view.month)]
        if earlier:
            found.append(restatement_text(edition, earlier))
    return found


def restatement_text(edition: Edition, months: Sequence[str]) -> str:
    """Return that an edition restated some months: 第26版（2010年6月8日）订正 2010年4月：…."""
    day = day_text(edition.published_at.astimezone().date())
    told = joined([month_text(date.fromisoformat(f"{m}-01")) for m in months], 4)
    return f"第{edition.number}版（{day}）订正 {told}：{edition.why}"


def since_text(view: View) -> str:
    """Return what the list of restatements counts from."""
    last = last_meeting(view)
    if last is None:
        return "还没有定过版的会议，以下是至今的全部订正"
    return f"自{month_text(last.month)}会议（第{last.edition}版）以来"


def meeting_told(view: View, last: list[FollowUp], now: list[FollowUp]) -> Told:
    """Return whether the edition is frozen and what is open, and what to do next."""
    meeting, when = meeting_of(view), month_text(view.month)
    title = f"{when}会议用第{meeting.edition}版" if meeting else f"{when}会议还没有定版"
    pending = [each for each in last if not each.closed]
    if pending:
        title += f"，上次事项 {len(pending)} 项未办结"
    earlier = last_meeting(view)
    parts = [f"上次是{earlier.text}" if earlier else "以前的会议都没有定版"]
    if last:
        known = sum(each.compared for each in last)
        parts.append(f"上次 {len(last)} 项里 {known} 项当时和现在都有数")
    parts.append(f"本次登记了 {len(now)} 项" if now else "本次还没有登记事项")
    about = (f"{view.county.name}月度调度会",)
    return Told(title=title, about=about, sentence="；".join(parts) + "。")
