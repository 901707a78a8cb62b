"""What a month's papers would go out without, said before they are made."""

from __future__ import annotations

from collections.abc import Sequence

from shortplank.errors import ShortplankError
from shortplank.papers import OWN_TEMPLATE
from shortplank.reading.filed import reports_of
from shortplank.reading.view import View
from shortplank.records.follow_ups import FollowUp
from shortplank.records.meeting import meeting_of
from shortplank.wording.naming import joined
from shortplank.wording.periods import month_text

# So many areas are named in a sentence.
_MOST = 4


def lacking(view: View, items: Sequence[FollowUp], last: Sequence[FollowUp]) -> list[str]:
    """Return what is missing, a sentence each; none where nothing that was looked for is.

    ``items`` are the meeting's own, ``last`` those of the meetings before.
    Looked for are the frozen edition, outcomes and figures of the items, reports, and the layouts
    of the county's own template.
    """
    found = []
    if meeting_of(view) is None:
        found.append(f"{month_text(view.month)}会议还没有定版，材料按最新一版，并注明“未定版”")
    if pending := [each for each in last if not each.closed]:
        found.append(f"上次事项 {len(pending)} 项没有写结果：{_named(pending)}")
    if uncounted := [each for each in last if not each.compared]:
        found.append(f"上次事项 {len(uncounted)} 项当时或现在没有数：{_named(uncounted)}")
    if not items:
        found.append("本次还没有登记跟进事项")
    return [*(f"{each}。" for each in found), *_unreported(view), *_of_template(view)]


LOOKED_FOR = "定版、各事项的结果和数、各单位的报表、幻灯片模板"


def _unreported(view: View) -> list[str]:
    """Return whose reports are missing, or why that cannot be told."""
    try:
        return [f"未报 {each}。" for each in reports_of(view).unreported]
    except ShortplankError as error:
        return [error.sentence]


def _of_template(view: View) -> list[str]:
    """Return which layouts the county's own template lacks, or why it cannot be used."""
    if not (view.ws.path / OWN_TEMPLATE).is_file():
        return []
    from shortplank.papers.deck.template import deck_template  # slow to import

    try:
        return deck_template(view.ws)[1]
    except ShortplankError as error:
        return [error.sentence]


def _named(items: list[FollowUp]) -> str:
    return joined([each.area for each in items], _MOST)
