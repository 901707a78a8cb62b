"""The meeting's deck: native, editable charts and tables, the finding as each title."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from shortplank.drawing.table_book import AUTHOR, CREATED
from shortplank.papers.deck.frame import Deck
from shortplank.papers.deck.lists import (
    absent_slide,
    decisions_slide,
    items_slide,
    last_slide,
    ledger_slide,
    query_slides,
    restated_slide,
    warnings_slide,
)
from shortplank.papers.deck.opening import concerns_slide, cover_slide
from shortplank.papers.deck.quarter import quarter_slides
from shortplank.papers.deck.ratios import sex_ratio_slide
from shortplank.papers.deck.reports import reports_slide, signals_slide
from shortplank.papers.deck.tables import appendix_slides
from shortplank.papers.deck.template import deck_template
from shortplank.papers.deck.tiles import tiles_slides
from shortplank.papers.deck.towns import ranking_slides
from shortplank.papers.deck.trends import trend_slide, year_end_slide
from shortplank.papers.deck.villages import inspection_slide, plank_slide
from shortplank.papers.pack import Chapter, Pack

__all__ = ["deck_pptx", "deck_template"]


def deck_pptx(made: Pack) -> bytes:
    """Return the deck on the house's template or the workspace's own.

    `ShortplankError` for a template that cannot be used.
    The findings first, the meeting's own tables next, and what did not fit in the appendix.
    """
    show, _ = deck_template(made.view.ws)
    _name(show)
    deck = Deck(show, made)
    told = _told(made.chapters)
    cover_slide(deck)
    concerns_slide(deck)
    if made.last or made.items:
        last_slide(deck)
    tiles_slides(deck, "；".join([made.overview.period, *_untold(made, told)]) + "。")
    quarter_slides(deck)
    for chapter in told:
        _chapter(deck, chapter)
    year_end_slide(deck)
    _villages(deck)
    reports_slide(deck)
    signals_slide(deck)
    ledger_slide(deck)
    warnings_slide(deck)
    restated_slide(deck)
    query_slides(deck)
    items_slide(deck)
    absent_slide(deck)
    decisions_slide(deck)
    appendix_slides(deck)
    sink = io.BytesIO()
    show.save(sink)
    return sink.getvalue()


def _chapter(deck: Deck, chapter: Chapter) -> None:
    if chapter.trend is not None and chapter.trend.is_empty:
        deck.absent.append(f"{chapter.trend.title}。")
    elif chapter.trend is not None:
        trend_slide(deck, chapter, chapter.trend)
    if chapter.ranking is None:
        return
    if chapter.ranking.has_picture:
        ranking_slides(deck, chapter, chapter.ranking)
    elif chapter.trend is None or not chapter.trend.is_empty:
        deck.absent.append(f"{chapter.ranking.title}。")


def _villages(deck: Deck) -> None:
    """Write sex ratios, villages and their draw, or why there is nothing of them."""
    made = deck.made
    if made.sex_ratio is not None:
        sex_ratio_slide(deck, made.sex_ratio)
    else:
        deck.absent.append("这个月没有可以列出的出生人口性别比。")
    if made.plank is not None:
        plank_slide(deck, made.plank)
    else:
        deck.absent.append("这个月没有可以比较的村级服务数。")
    if made.inspection is not None:
        inspection_slide(deck, made.inspection)
    else:
        deck.absent.append("这个月无从预演抽查。")


def _told(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Return the chapters that are drawn: the first births line and the services."""
    helpable = [chapter for chapter in chapters if chapter.item.helpable]
    return helpable[:2] or list(chapters[:1])


def _untold(made: Pack, told: Sequence[Chapter]) -> list[str]:
    """Return that pictures of the other headline indicators are not in the deck."""
    left = len(made.chapters) - len(told)
    labels = "、".join(chapter.item.label for chapter in told)
    return [f"后面只画{labels}的走势和各乡镇，余 {left} 项见工作簿"] if left else []


def _name(show: Any) -> None:
    """Let nothing of the file name a person."""
    core = show.core_properties
    core.author, core.last_modified_by, core.title = AUTHOR, AUTHOR, ""
    core.subject = core.keywords = core.comments = core.category = core.content_status = ""
    core.created = core.modified = CREATED.replace(tzinfo=UTC)
