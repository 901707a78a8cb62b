"""The short plank's lists, badges and side-by-side table as HTML; every text is escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from shortplank.drawing.theme import Style, Tokens
from shortplank.frame.links import link
from shortplank.frame.open_page import Page
from shortplank.frame.styles import escape
from shortplank.reading.view import View
from shortplank.topics.short_plank.answer.short_plank import (
    NAMED,
    Listed,
    Listing,
    ShortPlank,
    listings,
    why_they_differ,
)
from shortplank.topics.short_plank.answer.sources import sources, sources_table
from shortplank.topics.short_plank.answer.village import Badge, History, ProfileRow, Village
from shortplank.topics.short_plank.figure.village import village_figure
from shortplank.wording.chance import BEYOND
from shortplank.wording.periods import month_text
from shortplank.wording.sides import weak_side
from shortplank.wording.verdicts import VERDICT_MARKS


def listing_html(
    listing: Listing,
    view: View,
    style: Style,
    *,
    mark: str | None = "worse",
    place: str = "村",
    to: Callable[[View, str], str] | None = None,
) -> str:
    """Return a list of villages, each a link to its profile (or where ``to`` leads).

    A marked village carries the mark of a verdict, or is bold where ``mark`` is None.
    """
    about = f'<p class="notes">{escape(listing.about)}</p>' if listing.about else ""
    if not listing.rows:
        return about
    heads = "".join(f"<th>{escape(text)}</th>" for text in listing.columns)
    rows = "".join(
        _row(row, (to or profile_link)(view, row.area_code), style.tokens, mark)
        for row in listing.rows
    )
    return (
        f'{about}<table class="list"><thead><tr><th class="place">{place}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(row: Listed, href: str, tokens: Tokens, mark: str | None) -> str:
    sign = colour = own = ""
    if row.marked and mark is None:
        own = ' class="own"'
    elif row.marked and mark is not None:
        sign = f" {VERDICT_MARKS[mark]}"
        colour = f' style="color:{tokens.verdict(mark)}"'
    first, *rest = row.cells
    cells = f"<td{colour}>{escape(first)}{sign}</td>"
    cells += "".join(f"<td>{escape(cell)}</td>" for cell in rest)
    return f'<tr{own}><td class="place">{_place(row, href)}</td>{cells}</tr>'


def _place(row: Listed, href: str) -> str:
    return (
        f'<a href="{escape(href)}" target="_self">{escape(row.name)}</a>'
        f' <span class="town">{escape(row.town)}</span>'
        + (f'<span class="status">{escape(row.status)}</span>' if row.status else "")
    )


def profile_link(view: View, area_code: str) -> str:
    """Return the link to a village's profile."""
    role = {"role": "viewer"} if view.role == "viewer" else {}
    return link(
        "short_plank",
        view,
        indicator=view.indicator,
        window=view.window,
        look="village",
        area=area_code,
        **role,
    )


def write_legend(page: Page, answer: ShortPlank) -> None:
    """Write what the staves' colours mean, each with its mark and word; nothing without staves."""
    if answer.kind != "barrel" or answer.planks is None:
        return
    t, below = page.style.tokens, answer.planks.below
    shown = [(t.stave, "■", "其余的村")]
    if not all(below[i] for i in answer.planks.weakest[:NAMED]):
        shown.insert(0, (t.similar, "■", "最短的几块，与全县的差异未超出偶然"))
    if any(below):
        side = weak_side(answer.item)
        shown.insert(0, (t.worse, VERDICT_MARKS["worse"], f"{side}全县，{BEYOND}"))
    items = "".join(
        f'<span><span style="color:{colour}">{mark}</span> {text}</span>'
        for colour, mark, text in shown
    )
    st.html(f'<div class="legend">{items}</div>')


def badges_html(badges: Sequence[Badge]) -> str:
    """Return the dated statuses and supporting units of a village."""
    if not badges:
        return '<p class="notes">登记册里本月没有状态或帮扶单位。</p>'
    items = "".join(
        f'<li><span class="badge">{escape(badge.kind)}　{escape(badge.label)}</span> '
        f'{escape(badge.dates)}<br><span class="town">{escape(badge.source)}</span></li>'
        for badge in badges
    )
    return f'<ul class="badges">{items}</ul>'


def profile_html(rows: Sequence[ProfileRow], town: str, view: View, style: Style) -> str:
    """Return the village's indicators beside its township and county."""
    heads = "".join(
        f"<th>{escape(text)}</th>"
        for text in ("本村", "95% 区间", "分子/分母", town, "全县", "与全县比")
    )
    body = "".join(_profile_row(row, view, style.tokens) for row in rows)
    return (
        f'<table class="list"><thead><tr><th class="place">指标</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _profile_row(row: ProfileRow, view: View, tokens: Tokens) -> str:
    shown = row.label
    if row.indicator == view.indicator:
        shown = f"{row.label}（见下）"
    cells = (row.value, row.interval, row.n, row.town, row.county)
    colour = tokens.ink if row.code == "none" else tokens.verdict(row.code)
    if row.code == "too_few":  # its grey marks areas, too pale for type
        colour = tokens.muted
    mark = VERDICT_MARKS[row.code]
    verdict = f'<td style="color:{colour}">{mark} {escape(row.word)}</td>'
    return (
        f'<tr><td class="place">{escape(shown)}</td>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + verdict
        + "</tr>"
    )


def history_html(history: History) -> str:
    """Return what stands where there is no line: a banded village's closed years, or why not."""
    if not history.is_empty:
        return ""
    if not history.years:
        return '<p class="notes">还没有可以画的月份。</p>'
    items = "".join(f"<li>统计年度{year}　{escape(text)}</li>" for year, text in history.years)
    return f'<ul class="plain">{items}</ul>'


def write_lists(page: Page, answer: ShortPlank, most: int) -> None:
    """Write the two lists side by side, and why they are not the same."""
    sides = listings(answer, most)
    if not sides or page.style.present:
        return
    for column, listing in zip(st.columns(2, gap="large"), sides, strict=True):
        with column:
            page.part(listing.heading, listing_html(listing, page.view, page.style))
    if sentence := why_they_differ(answer, most):
        page.say(sentence)


def write_village(page: Page, view: View, own: Village) -> None:
    """Write a village's indicators, history, badges, and the villages of its size."""
    st.html(profile_html(own.rows, own.town, view, page.style))
    left, right = st.columns([3, 2], gap="large")
    with left:
        page.part(own.history.heading, history_html(own.history))
        if not own.history.is_empty:
            page.chart(village_figure(own, page.style), key="history", alt=own.title)
    with right:
        page.part("状态和帮扶单位", badges_html(own.badges))
        if own.peers is not None:
            peers = listing_html(own.peers, view, page.style, mark=None)
            page.part(own.peers.heading, peers)
    write_sources(page, view)


def write_sources(page: Page, view: View) -> None:
    """Write which report, file, sheet and cell the area's figures of the month were read from."""
    if page.style.present:
        return
    found = sources(view, view.area, view.month)
    with st.expander(f"{month_text(view.month)}的来源：{len(found)} 份报表"):
        page.table(sources_table(view, found), name="来源", key="sources")
