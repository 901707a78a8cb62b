"""The overview's tiles and lists as HTML; every text is escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shortplank.drawing.spark import sparkline
from shortplank.drawing.theme import Style
from shortplank.frame.links import link
from shortplank.frame.styles import escape
from shortplank.reading.filed import Reports
from shortplank.reading.view import View
from shortplank.records.follow_ups import FollowUp
from shortplank.topics.overview.answer import ONE_SIDE, Concern, Restatement, Tile
from shortplank.wording.naming import joined
from shortplank.wording.numbers import (
    count_text,
    interval_text,
    move_mark,
    number_text,
    points_text,
    short_value,
)
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.sides import target_text
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS


def tiles_html(tiles: Sequence[Tile], view: View, style: Style) -> str:
    """Return the grid of tiles."""
    columns = 2 if len(tiles) in (2, 4) else 3
    body = "".join(_tile(t, view, style) for t in tiles)
    return f'<div class="tiles" style="--columns:{columns}">{body}</div>'


def _tile(tile: Tile, view: View, style: Style) -> str:
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
    lines = "".join(
        f'<div class="line{" detail" * detail}">{escape(text)}</div>'
        for text, detail in _lines(tile)
    )
    return (
        f'<div class="tile"><div class="name"><a href="{escape(href)}" target="_self">'
        f"{escape(name)}</a></div>"
        f'<div class="head"><span class="value">{escape(value)}</span>{spark}</div>'
        f'<div class="word" style="color:{colour}">{VERDICT_MARKS[tile.code]} '
        f"{escape(tile.word)}</div>{lines}</div>"
    )


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
    difference = tile.change[0]
    if not math.isnan(difference):
        change = f"同比 {points_text(item, difference, min(item.decimals, 1))}"
        lines.append((f"{change} · {tile.changed_word}", True))
    if tile.rank is not None:
        move = "" if tile.rank_move is None else f"（{move_mark(tile.rank_move)}）"
        cumulative = "" if tile.window == "ytd" else "年度累计"
        lines.append((f"{cumulative}{tile.ranked_among} 县第 {tile.rank}{move}", False))
    return [line for line in lines if line[0]]


def concerns_html(concerns: Sequence[Concern], tested: int, view: View) -> str:
    """Return the townships to ask about, each a link to its evidence, and the way to the villages.

    Villages are asked about on their own page: their warnings need their own marts.
    """
    return _townships_html(concerns, tested, view) + _villages_html(view)


def _villages_html(view: View) -> str:
    if view.ws.scheme.short_plank_default is None:
        return ""
    href = escape(link("short_plank", view, look="warnings"))
    return f'<p class="say"><a href="{href}" target="_self">哪些村要先去看：预警名单</a></p>'


def _townships_html(concerns: Sequence[Concern], tested: int, view: View) -> str:
    if not tested:
        return "<p>没有可以逐个乡镇比较的服务或质量指标。</p>"
    if not concerns:
        return (
            f"<p>已比较 {tested} 个数（各乡镇 × 各指标），没有一个差于全县而超出 99.8% 界限。</p>"
        )
    items = "".join(
        f'<li><a href="{escape(link("rankings", view, indicator=c.indicator))}" target="_self">'
        f"{escape(c.name)}</a>：{escape(c.text)}</li>"
        for c in concerns
    )
    chance = count_text(ONE_SIDE * tested)
    note = f"共比较 {tested} 个数（各乡镇 × 各指标），99.8% 界限下仅凭偶然约 {chance} 个。"
    return f'<ul class="plain">{items}</ul><p class="notes">{note}</p>'


def reports_html(reports: Reports) -> str:
    """Return who has not filed and who filed late."""
    if reports.all_clear:
        return f"<p>{escape(reports.all_clear)}</p>"
    items = [f"<li>未报　{escape(text)}</li>" for text in reports.unreported]
    items += [f"<li>迟报　{escape(text)}</li>" for text in reports.late]
    return f'<ul class="plain">{"".join(items)}</ul>'


def outlooks_html(view: View) -> str:
    """Return where the headline indicators will end the year, each a link to its forecast."""
    # Forecasts need more of the statistics than the tiles, which are drawn before them.
    from shortplank.topics.trends.answer.year_end import (
        calibration_line,
        headline_outlooks,
        outlook_text,
        without_outlook,
    )

    found = headline_outlooks(view)
    if not found:
        return f"<p>{escape(without_outlook(view))}</p>"
    items = "".join(
        f'<li><a href="{escape(link("trends", view, indicator=key, look="end", window="ytd"))}" '
        f'target="_self">{escape(outlook_text(made))}</a></li>'
        for key, made in found
    )
    held = calibration_line([made for _, made in found])
    notes = f'<p class="notes">{escape(held)}。</p>' if held else ""
    return f'<ul class="plain">{items}</ul>{notes}'


def items_html(items: Sequence[FollowUp], view: View) -> str:
    """Return the items of the meetings before, with their figures then and now."""
    lines = "".join(
        f'<li><a href="{escape(link("briefing", view))}" target="_self">{escape(each.area)}</a>：'
        f"{escape(each.item)}　{escape(each.label)} {escape(each.then)} → {escape(each.now)}"
        f"（{escape(each.change)}）　{escape(each.outcome or '未办结')}</li>"
        for each in items
    )
    return f'<ul class="plain">{lines}</ul>'


def restatements_html(restatements: Sequence[Restatement]) -> str:
    """Return the editions that changed earlier months."""
    if not restatements:
        return "<p>本期没有修订以前月份的数。</p>"
    items = "".join(
        f"<li>第{r.number}版（{r.published.month}月{r.published.day}日）："
        f"{escape(joined(r.months, 4))}　{escape(r.why)}</li>"
        for r in restatements
    )
    return f'<ul class="plain">{items}</ul>'


def clock_html(passed: int, period: str) -> str:
    """Return the statistical year as twelve strokes, those passed filled."""
    strokes = "".join(
        f'<span class="stroke{" full" if n < passed else ""}"></span>' for n in range(12)
    )
    return f'<div class="clock" role="img" aria-label="{escape(period)}">{strokes}</div>'
