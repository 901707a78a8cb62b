"""The minutes (会议纪要) as a skeleton: what was before the meeting, and room for its decisions."""

from __future__ import annotations

from docx.document import Document

from shortplank.papers.decisions import HEADS
from shortplank.papers.documents.notice import INTERNAL, issued
from shortplank.papers.documents.office import office_of
from shortplank.papers.documents.official import (
    body,
    filled_in,
    grid_table,
    head,
    new_official,
    note,
    saved,
    subhead,
    title,
    write_head,
)
from shortplank.papers.documents.words import followed_text
from shortplank.papers.pack import Pack
from shortplank.papers.quarters import quarter_told
from shortplank.records.follow_ups import FollowUp, may_follow
from shortplank.wording.periods import day_text

# So many rows are left for the meeting's decisions.
EMPTY = 8
_SHARES = (4.6, 2.4, 2.6, 2.6, 2.2)
# In twips, 11 mm: room for a hand.
_TALL = 620
_POSTS = "（只写单位和岗位，不写姓名）"
_PLACES = {
    "时间": "（　　年　月　日）",
    "地点": "（会议室）",
    "主持": _POSTS,
    "出席": _POSTS,
    "列席": _POSTS,
    "记录": _POSTS,
}
# Other heads than those of the table that is read back: what is registered is not read again.
REGISTERED = ("已登记事项", "所属单位", "指标", "责任单位", "期限")


def minutes_docx(made: Pack) -> bytes:
    """Return the minutes of the pack's meeting, to be filled in by hand or at a machine."""
    view = made.view
    day, office = issued(made), office_of(view.ws.path)
    document = new_official(internal=INTERNAL if view.may("see_exact") else "")
    write_head(document, office, day.year)
    title(document, f"{view.county.name}{made.when}", f"{office.subject}调度会议纪要")
    for number, (place, hint) in enumerate(_PLACES.items(), start=201):
        filled_in(document, place, hint, number=number)
    _agenda(document, made)
    _decided(document, made)
    return saved(document)


def _agenda(document: Document, made: Pack) -> None:
    head(document, "一、会议议题")
    quarter = quarter_told(made)
    subhead(document, f"（一）听取{'本季度' if quarter else '当月'}情况")
    if quarter is not None:
        body(document, quarter.moved)
    body(document, f"{made.overview.title}。")
    for concern in made.overview.concerns:
        body(document, f"{concern.text}。")
    subhead(document, "（二）听取上次事项办理情况")
    for number, each in enumerate(made.last, start=1):
        told = followed_text(each.area, each.item, each.label, each.then, each.now, each.outcome)
        body(document, f"{number}. {told}")
    if not made.last:
        body(document, "没有上次会议留下的事项。")


def _decided(document: Document, made: Pack) -> None:
    head(document, "二、议定事项")
    labels = [item.label for item in made.view.ws.indicators.values() if may_follow(item)]
    body(document, "会议议定事项如下，每行一项，责任单位写单位或岗位。", keep=True)
    grid_table(document, HEADS, [[""] * len(HEADS)] * EMPTY, _SHARES, lowest=_TALL)
    known = f"可填：{'、'.join(labels)}" if labels else "本县目录里没有可以跟进的指标"
    note(
        document,
        "填表说明：单位写乡镇、村（写上乡镇名）或县，空着为全县；期限写如 6月30日；"
        f"依据指标{known}。填好后在会议材料页读回登记。",
    )
    if made.items:
        head(document, "三、会前已登记的事项")
        rows = [_registered(each) for each in made.items]
        grid_table(document, REGISTERED, rows, _SHARES, centred=(4,))


def _registered(each: FollowUp) -> tuple[str, ...]:
    return each.item, each.area, each.label, each.owner, day_text(each.deadline)
