"""What a month announces, its facts and its signals, as one JSON object for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from shortplank.catalogue.models import Window
from shortplank.reading.filed import refuse_unknown_month, reports_of
from shortplank.reading.judged.announced import finding_text, judged_window
from shortplank.reading.judged.counts import count_changes
from shortplank.reading.judged.ledger import RATE, Finding, findings_for, ledger_of
from shortplank.reading.planks import planks
from shortplank.reading.view import View
from shortplank.topics.overview.answer import Tile, overview
from shortplank.topics.quality.answer.signal_kinds import Signal
from shortplank.topics.quality.answer.signals import signals
from shortplank.topics.rankings.answer.ranking import rankable, ranking
from shortplank.topics.sex_ratio.answer.sex_ratio import default_span, sex_ratio
from shortplank.topics.short_plank.answer.standing import under_text
from shortplank.topics.short_plank.answer.warning_list import warned_indicators
from shortplank.wording.numbers import value_text
from shortplank.wording.periods import month_key
from shortplank.wording.sides import has_target, target_text

Row = dict[str, Any]
# Where the evidence of a finding stands, by its level; sex ratios have their own page.
_PAGES = {"county": "trends", "township": "rankings", "village": "short_plank"}
DIGITS = 6


def month_findings(view: View) -> Row:
    """Return the month as the role of the view may have it.

    ``findings`` is all that is announced, and empty in a quiet month; ``facts`` and ``signals``
    are told beside it and are no warning; ``tests`` is how many comparisons stand behind, and
    ``rate`` the share of quiet months in which anything is announced at the most.
    """
    refuse_unknown_month(view)
    return {
        "county": view.county.name,
        "month": month_key(view.month),
        "edition": view.edition,
        "role": view.actor.reads,
        "findings": [_finding(view, each) for each in findings_for(view)],
        "facts": list(_facts(view)),
        "signals": [_signal(each) for each in signals(view).rows if not each.missing],
        "tests": ledger_of(view).tests,
        "rate": RATE,
    }


def _finding(view: View, found: Finding) -> Row:
    page = "sex_ratio" if found.item.interval == "srb" else _PAGES[found.level]
    return {
        "page": page,
        "level": found.level,
        "area_code": found.area_code,
        "area": found.area,
        "indicator": found.indicator,
        "window": judged_window(ledger_of(view), found.indicator),
        "kind": found.kind,
        "direction": found.direction,
        "p": _number(found.p),
        "q": _number(found.q),
        "value": _number(found.value),
        "county": _number(found.county),
        "n": _number(found.n),
        "sentence": finding_text(view, found),
    }


def _number(value: float | None) -> float | None:
    """Return a number that JSON has; a p-value keeps six significant digits."""
    if value is None or not np.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


# --- facts ----------------------------------------------------------------------------------------
def _facts(view: View) -> Iterator[Row]:
    made = overview(view)
    for tile in made.tiles:
        yield from _target(tile)
        if tile.rank is not None:
            yield {
                "kind": "place",
                "indicator": tile.indicator,
                "rank": tile.rank,
                "among": tile.ranked_among,
                "sentence": f"{tile.item.label}：{tile.ranked_among} 县第 {tile.rank}",
            }
    yield from _lines(view)
    for text in reports_of(view).unreported:
        yield {"kind": "unfiled", "sentence": text}
    for count in count_changes(view):
        yield {
            "kind": "count_change",
            "indicator": count.indicator,
            "direction": count.direction,
            "value": _number(count.now),
            "before": _number(count.before),
            "percent": _number(count.percent),
            "lower": _number(count.lower),
            "upper": _number(count.upper),
            "sentence": count.sentence,
        }


def _target(tile: Tile) -> Iterator[Row]:
    """Yield whether a headline's target is met: by the figure itself, a fact."""
    if tile.target is None or np.isnan(tile.value) or not has_target(tile.item):
        return
    text = f"{tile.item.label} {value_text(tile.item, tile.value)}"
    yield {
        "kind": "target",
        "indicator": tile.indicator,
        "met": tile.code == "better",
        "value": _number(tile.value),
        "target": tile.target.value,
        "sentence": f"{text}，{target_text(tile.item, tile.value, tile.target.value)}",
    }


def _lines(view: View) -> Iterator[Row]:
    """Yield how many townships and villages stand beyond the cards' lines, and how many would."""
    for key, item in view.ws.indicators.items():
        if not (item.thresholds or item.county_line) or "township" not in item.levels:
            continue
        if item.interval == "srb":
            yield from _ratio_lines(view, key)
        elif rankable(item):
            own = view.with_(indicator=key, window=_offered(view, key))
            for line in ranking(own).beyond:
                yield _line(key, "township", line.count, f"{item.label}：{line.sentence}")
    for key in warned_indicators(view):
        found = planks(view.with_(indicator=key, window=_offered(view, key)))
        if found.under is not None and (text := under_text(found)):
            yield _line(key, "village", found.under.seen, f"{found.item.label}：{text}")


def _line(key: str, level: str, count: int, sentence: str) -> Row:
    return {
        "kind": "line",
        "indicator": key,
        "level": level,
        "count": count,
        "sentence": sentence,
    }


def _offered(view: View, key: str) -> Window:
    return view.ws.indicators[key].default_window


def _ratio_lines(view: View, key: str) -> Iterator[Row]:
    made = sex_ratio(view, "forest", default_span(view), key)
    for line in made.lines:
        if line.key == key:
            yield _line(key, "township", line.count, line.text())


# --- signals --------------------------------------------------------------------------------------
def _signal(found: Signal) -> Row:
    """Return a signal of the figures themselves, with its own stated rate."""
    return {
        "kind": found.kind,
        "area": found.area,
        "month": month_key(found.month),
        "indicator": found.label,
        "sentence": f"{found.area}{month_key(found.month)}{found.label}：{found.evidence}",
        "rate": found.rate,
    }
