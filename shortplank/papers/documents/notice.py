"""The notice (通报): how the month or the quarter stands, in words that need no statistics.

Sentences are the answers' own; how they came about stands in the last attachment.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from docx.document import Document

from shortplank.papers.documents.attached import GONE, WARNED, Attached, attachments
from shortplank.papers.documents.office import office_of
from shortplank.papers.documents.official import (
    addressed,
    attachment,
    body,
    enclosures,
    head,
    new_official,
    saved,
    signed,
    subhead,
    title,
    write_head,
)
from shortplank.papers.documents.words import (
    NOBODY,
    followed_text,
    given_text,
    helped_text,
    late_text,
    period_words,
    place_words,
    signals_words,
    town_text,
)
from shortplank.papers.pack import Chapter, Pack
from shortplank.papers.quarters import QuarterTold, quarter_told
from shortplank.reading.judged.announced import finding_text
from shortplank.reading.judged.ledger import findings_for, ledger_of
from shortplank.records.follow_ups import FollowUp
from shortplank.records.meeting import meeting_of
from shortplank.topics.overview.answer import Concern
from shortplank.wording.judged import FOOTER, NOBODY_OFF_LIST, nothing_listed_text
from shortplank.wording.numbers import value_text
from shortplank.wording.sides import target_text
from shortplank.wording.verdicts import STATE_WORDS

INTERNAL = "内部使用"
# So many villages or signals are named in the text; the attachments and the workbook have all.
MOST_NAMED = 6
_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def notice_docx(made: Pack) -> bytes:
    """Return the notice of the pack's month or quarter with its attachments."""
    view, quarter = made.view, quarter_told(made)
    attached = attachments(made, quarter)
    day = issued(made)
    office = office_of(view.ws.path)
    document = new_official(internal=INTERNAL if view.may("see_exact") else "")
    write_head(document, office, day.year)
    title(document, f"关于{made.when}", f"{office.subject}情况的通报")
    addressed(document, f"{office.to}：")
    body(document, f"现将{view.county.name}{made.when_text}{office.subject}情况通报如下。")
    _whole(document, made, quarter)
    _figures(document, made)
    _matters(document, made, attached)
    _next(document, made, attached)
    body(document, "特此通报。", keep=True)
    enclosures(document, [each.name for each in attached])
    signed(document, office, day)
    for number, each in enumerate(attached, start=1):
        attachment(document, number, each.name, wide=each.wide, alone=len(attached) == 1)
        each.write(document)
    return saved(document)


def issued(made: Pack) -> date:
    """Return the day of a document: when the meeting's edition was frozen, else published."""
    meeting = meeting_of(made.view)
    return (meeting.at if meeting else made.view.published.published_at).date()


# --- one, two -------------------------------------------------------------------------------------
def _whole(document: Document, made: Pack, quarter: QuarterTold | None) -> None:
    head(document, "一、总的情况")
    body(document, f"{made.overview.title}。")
    if quarter is not None:
        body(document, quarter.moved)
    reports = made.overview.reports
    if reports.unreported or reports.late:
        body(document, late_text(reports.unreported, reports.late))
    elif reports.all_clear:
        body(document, reports.all_clear)


def _figures(document: Document, made: Pack) -> None:
    head(document, "二、主要指标")
    for at, chapter in enumerate(made.chapters, start=1):
        first, rest = _told(chapter)
        number = f"（{_numbered(at)}）"
        subhead(document, f"{number}{first}。", f"{rest}。" if rest else "")
    for line in _moved(made):
        body(document, f"{line}。")


def _numbered(at: int) -> str:
    """Return a number as headings have it: 十二, 二十."""
    tens, ones = divmod(at, 10)
    if at <= 10:
        return _NUMBERS[at - 1]
    return f"{_NUMBERS[tens - 1] if tens > 1 else ''}十{_NUMBERS[ones - 1] if ones else ''}"


def _told(chapter: Chapter) -> tuple[str, str]:
    """Return an indicator's title, and what stands beside it: period, target, place."""
    tile, item = chapter.tile, chapter.item
    known = not np.isnan(tile.value)
    if chapter.trend is not None and chapter.trend.title:
        first = chapter.trend.title
    else:
        value = value_text(item, tile.value) if known else STATE_WORDS.get(tile.state, "未报")
        first = f"{item.label} {value}"
    parts = []
    if known:
        parts.append(period_words(tile.window))
    if known and tile.target is not None:
        parts.append(target_text(item, tile.value, tile.target.value))
    if known and tile.rank is not None and tile.ranked_among > 1:
        parts.append(place_words(tile.rank, tile.ranked_among))
    return first, "，".join(parts)


def _moved(made: Pack) -> list[str]:
    """Return the county's changes for sure in indicators that no tile shows."""
    shown = {chapter.indicator for chapter in made.chapters if chapter.trend is not None}
    return [
        finding_text(made.view, each)
        for each in findings_for(made.view)
        if each.kind == "changed" and each.indicator not in shown
    ]


# --- three ----------------------------------------------------------------------------------------
def _matters(document: Document, made: Pack, attached: list[Attached]) -> None:
    head(document, "三、存在问题")
    listed = [each for each in made.overview.concerns if not _is_change(made, each)]
    for at, each in enumerate(listed, start=1):
        body(document, f"（{_numbered(at)}）{each.text}。")
    if made.overview.concerns:
        body(document, FOOTER)
    if not listed:
        tests = ledger_of(made.view).tests
        body(document, f"{nothing_listed_text(tests)}。" if tests else f"{NOBODY}。")
    if made.quarter is None:
        names = [each.name for each in attached]
        number = names.index(GONE) + 1 if GONE in names else 0
        body(document, f"{GONE}见附件{number}。" if number else f"{NOBODY_OFF_LIST}。")
    rows = [row for row in made.signals.rows if not row.mark and not row.missing]
    if rows:
        seen = list(dict.fromkeys(f"{row.area}{row.label}" for row in rows))
        body(document, signals_words(made.signals.title, seen, MOST_NAMED))


def _is_change(made: Pack, concern: Concern) -> bool:
    """Return whether a concern is of the county's changes alone: its title has told them."""
    found = ledger_of(made.view).of(concern.indicator, concern.level)
    return all(each.kind == "changed" for each in found)


# --- four -----------------------------------------------------------------------------------------
def _next(document: Document, made: Pack, attached: list[Attached]) -> None:
    parts = [
        ("先核对", _checks(made)),
        ("需要帮助的乡镇和村", [*_listed_towns(made), *_helped(made, attached)]),
        ("本次跟进事项", [_given(each) for each in made.items]),
        ("上次事项", [_followed(each) for each in made.last]),
    ]
    head(document, "四、下步要核对和帮助的")
    kept = [(name, lines) for name, lines in parts if lines]
    for at, (name, lines) in enumerate(kept, start=1):
        subhead(document, f"（{_numbered(at)}）{name}")
        for number, line in enumerate(lines, start=1):
            body(document, f"{number}. {line}" if len(lines) > 1 else line)
    if not kept:
        body(document, f"{made.warnings.title}。")


def _checks(made: Pack) -> list[str]:
    """Return what is to be looked at first, an indicator each."""
    checks = {each.indicator: each.check for each in made.overview.concerns if each.check}
    items = made.view.ws.indicators
    return [f"{items[key].label}：{what}。" for key, what in checks.items()]


def _listed_towns(made: Pack) -> list[str]:
    """Return which townships are listed, each with all that it is listed for."""
    towns: dict[str, list[str]] = {}
    for each in findings_for(made.view):
        if each.level == "township" and each.kind in ("named", "listed"):
            towns.setdefault(each.area, []).append(each.item.label)
    return [town_text(town, labels) for town, labels in towns.items()]


def _helped(made: Pack, attached: list[Attached]) -> list[str]:
    rows = made.warnings.rows
    told = [
        helped_text(f"{row.town}{row.name}", row.value, row.owner, row.deadline)
        for row in rows[:MOST_NAMED]
    ]
    if len(rows) > MOST_NAMED:
        number = 1 + [each.name for each in attached].index(WARNED)
        told.append(f"其余 {len(rows) - MOST_NAMED} 项见附件{number}。")
    return told


def _given(each: FollowUp) -> str:
    return given_text(each.area, each.item, f"{each.label} {each.then}", each.owner, each.deadline)


def _followed(each: FollowUp) -> str:
    return followed_text(each.area, each.item, each.label, each.then, each.now, each.outcome)
