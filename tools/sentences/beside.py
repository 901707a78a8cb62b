"""The sentences that stand beside an answer's own: of its lists, rows and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.topics.inspection.answer.rehearsal import Rehearsal
from shortplank.topics.overview.answer import Overview
from shortplank.topics.quality.answer.recounts import Recounts, reranked
from shortplank.topics.quality.answer.signals import Signals
from shortplank.topics.rankings.answer.ranking import Ranking, ranking_table
from shortplank.topics.short_plank.answer.short_plank import (
    ShortPlank,
    listings,
    why_they_differ,
)
from shortplank.topics.short_plank.answer.village import Village
from shortplank.topics.short_plank.answer.warning_list import WarningList
from shortplank.topics.short_plank.answer.what_if import WhatIf, what_if_table
from shortplank.topics.trends.answer.trend import Trend, trend_table
from shortplank.topics.trends.answer.year_end import headline_outlooks, outlook_text
from shortplank.wording.judged import check_text
from shortplank.wording.sides import target_text


def beside(view: View, told: Told) -> Iterator[str]:
    """Return what is written beside the title, sentence and notes of an answer."""
    write = _BESIDE.get(type(told))
    if write is not None:
        yield from write(view, told)


def _overview(view: View, made: Overview) -> Iterator[str]:
    for tile in made.tiles:
        words = [tile.word, tile.counted.told if tile.counted else tile.moved]
        if tile.target is not None and tile.value == tile.value:
            words.append(target_text(tile.item, tile.value, tile.target.value))
        yield f"{tile.item.label}：{'；'.join(word for word in words if word)}"
    for each in made.concerns:
        yield each.text
        if each.check:
            yield check_text(each.check)
    yield from (outlook_text(outlook) for _, outlook in headline_outlooks(view))
    yield from made.reports.unreported
    yield from made.reports.late


def _trend(_view: View, made: Trend) -> Iterator[str]:
    yield from made.event_notes
    if not made.is_empty:
        remarks = [text for text in trend_table(made)["说明"].to_pylist() if text]
        yield from dict.fromkeys(remarks)


def _ranking(_view: View, made: Ranking) -> Iterator[str]:
    if not made.is_empty:
        table = ranking_table(made)
        (verdicts,) = (name for name in table.column_names if name.startswith("与"))
        words = table[verdicts].to_pylist()
        if len(set(words)) > 1:
            rows = zip(table["乡镇"].to_pylist(), words, strict=True)
            yield f"{verdicts}：{'，'.join(f'{name} {word}' for name, word in rows)}"
        else:
            yield f"{verdicts}：各乡镇都是 {words[0]}"
        yield from (name for name in table.column_names if name.startswith("再"))


def _short_plank(_view: View, made: ShortPlank) -> Iterator[str]:
    yield from (f"{each.heading}：{each.about}" for each in listings(made))
    if why := why_they_differ(made):
        yield why


def _village(_view: View, made: Village) -> Iterator[str]:
    for row in made.rows:
        if row.label == made.history.item.label:
            yield f"{row.label} {row.value}，全县 {row.county}，与全县比：{row.word}"


def _what_if(_view: View, made: WhatIf) -> Iterator[str]:
    yield from what_if_table(made).column_names[-1:] if made.rows else []


def _warnings(_view: View, made: WarningList) -> Iterator[str]:
    for row in made.rows[:4]:
        yield f"{row.town}{row.name} {row.label}{row.reason}：{row.evidence}"


def _rehearsal(_view: View, made: Rehearsal) -> Iterator[str]:
    for each in (made.towns, made.villages):
        if each is not None:
            yield f"{each.heading}：{each.about}"


def _signals(_view: View, made: Signals) -> Iterator[str]:
    shown = {(row.label, row.words, row.rate): row for row in reversed(made.rows)}
    for row in list(shown.values())[::-1][:6]:
        yield f"{row.area} {row.month:%Y-%m} {row.label} {row.words}：{row.evidence}（{row.rate}）"


def _recounts(view: View, made: Recounts) -> Iterator[str]:
    if (order := reranked(view, made)) is not None:
        yield order.sentence


_BESIDE: dict[type[Told], Callable[[View, Any], Iterator[str]]] = {
    Overview: _overview,
    Trend: _trend,
    Ranking: _ranking,
    ShortPlank: _short_plank,
    Village: _village,
    WhatIf: _what_if,
    WarningList: _warnings,
    Rehearsal: _rehearsal,
    Signals: _signals,
    Recounts: _recounts,
}
