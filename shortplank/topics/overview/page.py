"""The overview's tiles and lists as HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from shortplank.drawing.spark import sparkline
from shortplank.drawing.theme import Style
from shortplank.frame.html import NOTHING, anchor, bullets, joined, paragraph
from shortplank.frame.links import link
from shortplank.frame.signed_in import COUNTY
from shortplank.reading.filed import Reports
from shortplank.reading.view import View
from shortplank.records.follow_ups import FollowUp
from shortplank.topics.overview.answer import Concern, Restatement, Tile
from shortplank.wording.judged import (
    FOOTER,
    NO_WINDOW,
    check_text,
    not_tested_text,
    nothing_listed_text,
)
from shortplank.wording.naming import joined as names_text
from shortplank.wording.numbers import (
    interval_text,
    number_text,
    place_text,
    points_text,
    short_value,
)
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.sides import target_text
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS

if TYPE_CHECKING:
    from shortplank.topics.trends.answer.year_end import Ends


def tiles_html(tiles: Sequence[Tile], view: View, style: Style) -> Markup:
    """Return the grid of tiles."""
    columns = 2 if len(tiles) in (2, 4) else 3
    body = joined(_tile(t, view, style) for t in tiles)
    return Markup('<div class="tiles" style="--columns:{}">{}</div>').format(columns, body)


def _tile(tile: Tile, view: View, style: Style) -> Markup:
    item = tile.item
    page = "sex_ratio" if item.interval == "srb" else "rankings"
    href = link(page, view, indicator=tile.indicator, window=tile.window)
    name = f"{item.label}（{WINDOW_LABELS[tile.window]}）"
    if math.isnan(tile.value):
        value = STATE_WORDS.get(tile.state, "–")
    else:
        value = short_value(item, tile.value)
    spark = sparkline(tile.spark, style.tokens, alt=f"{item.label}近两年走势")
    colour = style.tokens.verdict(tile.code)
    lines = joined(
        Markup('<div class="line{}">{}</div>').format(" detail" * detail, text)
        for text, detail in _lines(tile)
    )
    return Markup(
        '<div class="tile"><div class="name">{}</div>'
        '<div class="head"><span class="value">{}</span>{}</div>'
        '<div class="word" style="color:{}">{} {}</div>{}</div>'
    ).format(anchor(href, name), value, spark, colour, VERDICT_MARKS[tile.code], tile.word, lines)


def _lines(tile: Tile) -> list[tuple[str, bool]]:
    """Return the lines below the verdict; a small screen in projection leaves out the details."""
    item, lines = tile.item, list[tuple[str, bool]]()
    first = []
    if not math.isnan(tile.lower):
        first.append(f"区间 {interval_text(item, tile.lower, tile.upper)}")
    if not math.isnan(tile.base) and item.denominator:
        first.append(f"n={number_text(tile.base)}")
    if tile.target is not None and not math.isnan(tile.value):
        lines.append((target_text(item, tile.value, tile.target.value), False))
    lines.insert(0, (" · ".join(first), True))
    if tile.judged:
        lines.append((tile.judged, True))
    difference = tile.change[0]
    if tile.counted is not None:
        lines.append((tile.counted.told, True))
    elif not math.isnan(difference):
        change = f"同比 {points_text(item, difference, min(item.decimals, 1))}"
        lines.append((" · ".join(part for part in (change, tile.moved) if part), True))
    if tile.rank is not None:
        cumulative = "" if tile.window == "ytd" else f"{WINDOW_LABELS['ytd']}："
        place = place_text(tile.rank, tile.ranked_among, tile.rank_move)
        lines.append((f"{cumulative}{place}", False))
    return [line for line in lines if line[0]]


# Where the evidence of a finding stands, by its level.
_EVIDENCE = {"county": "trends", "township": "rankings", "village": "short_plank"}


def concerns_html(concerns: Sequence[Concern], tested: int, view: View) -> Markup:
    """Return what the month's ledger announces, each a link to its evidence and what to check."""
    if not tested:
        return paragraph(f"{not_tested_text(NO_WINDOW)}。")
    if not concerns:
        return paragraph(f"{nothing_listed_text(tested)}。") + _villages_html(view)
    items = (_concern(each, view) for each in concerns)
    return bullets(items) + paragraph(FOOTER, "notes") + _villages_html(view)


def _concern(made: Concern, view: View) -> Markup:
    item = view.ws.indicators[made.indicator]
    page = "sex_ratio" if item.interval == "srb" else _EVIDENCE[made.level]
    href = link(page, view, indicator=made.indicator, window=item.default_window)
    check = paragraph(check_text(made.check), "notes") if made.check else NOTHING
    return anchor(href, made.text) + check


def _villages_html(view: View) -> Markup:
    """Return the way to the villages' warning list."""
    if view.ws.scheme.short_plank_default is None or view.ws.is_province:
        return NOTHING
    href = link("short_plank", view, look="warnings")
    return paragraph(anchor(href, "哪些村要先去看：预警名单"), "say")


def counties_html(view: View) -> Markup:
    """Return the counties of a province, each a link to its own overview."""
    ways = (
        anchor(link("overview", view, **{COUNTY: code}), name) for code, name in view.towns.items()
    )
    return bullets(ways)


def reports_html(reports: Reports) -> Markup:
    """Return who has not filed and who filed late."""
    if reports.all_clear:
        return paragraph(reports.all_clear)
    items = [f"未报　{text}" for text in reports.unreported]
    items += [f"迟报　{text}" for text in reports.late]
    return bullets(items)


def ends_html(ends: Ends, view: View) -> Markup:
    """Return where the headline indicators will end the year, each a link to its forecast."""
    if not ends.lines:
        return paragraph(ends.about)
    items = (
        anchor(link("trends", view, indicator=key, look="end", window="ytd"), text)
        for key, text in ends.lines
    )
    return bullets(items) + (paragraph(ends.about, "notes") if ends.about else NOTHING)


def items_html(items: Sequence[FollowUp], view: View) -> Markup:
    """Return the items of the meetings before, with their figures then and now."""
    return bullets(
        Markup("{}：{}").format(
            anchor(link("briefing", view), each.area),
            f"{each.item}　{each.label} {each.then} → {each.now}"
            f"（{each.change}）　{each.outcome or '未办结'}",
        )
        for each in items
    )


def restatements_html(restatements: Sequence[Restatement]) -> Markup:
    """Return the editions that changed earlier months."""
    if not restatements:
        return paragraph("本期没有修订以前月份的数。")
    return bullets(
        f"第{r.number}版（{r.published.month}月{r.published.day}日）："
        f"{names_text(r.months, 4)}　{r.why}"
        for r in restatements
    )


def clock_html(passed: int, period: str) -> Markup:
    """Return the statistical year as twelve strokes, those passed filled."""
    full, empty = (
        Markup('<span class="stroke full"></span>'),
        Markup('<span class="stroke"></span>'),
    )
    strokes = full * passed + empty * (12 - passed)
    return Markup('<div class="clock" role="img" aria-label="{}">{}</div>').format(period, strokes)
