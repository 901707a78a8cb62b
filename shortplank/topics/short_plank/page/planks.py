"""The short plank's lists, badges and side-by-side table as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from markupsafe import Markup

from shortplank.drawing.theme import Style, Tokens
from shortplank.frame.html import (
    NOTHING,
    anchor,
    bullets,
    cells,
    paragraph,
    part_html,
    table,
    write_html,
)
from shortplank.frame.links import link
from shortplank.frame.made.legends import marks_legend
from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import Page
from shortplank.reading.sources import sources, sources_table
from shortplank.reading.view import View
from shortplank.topics.short_plank.answer.on_map import plank_map
from shortplank.topics.short_plank.answer.short_plank import (
    NAMED,
    Listed,
    Listing,
    ShortPlank,
    listings,
    why_they_differ,
)
from shortplank.topics.short_plank.answer.village import (
    Badge,
    History,
    ProfileRow,
    Village,
    history_table,
)
from shortplank.topics.short_plank.figure.map import plank_map_figure, plank_map_legend
from shortplank.topics.short_plank.figure.village import village_figure
from shortplank.wording.judged import ALIKE
from shortplank.wording.periods import month_text
from shortplank.wording.planks import SHORTEST, listed_mark
from shortplank.wording.verdicts import VERDICT_MARKS


def listing_html(
    listing: Listing,
    view: View,
    style: Style,
    *,
    mark: str | None = "worse",
    place: str = "村",
    to: Callable[[View, str], str] | None = None,
) -> Markup:
    """Return a list of villages, each a link to its profile (or where ``to`` leads).

    A marked village carries the mark of a verdict, or is bold where ``mark`` is None.
    """
    about = paragraph(listing.about, "notes") if listing.about else NOTHING
    if not listing.rows:
        return about
    rows = [
        _row(row, (to or profile_link)(view, row.area_code), style.tokens, mark)
        for row in listing.rows
    ]
    return about + table((place, *listing.columns), rows, sortable=True)


def _row(row: Listed, href: str, tokens: Tokens, mark: str | None) -> Markup:
    own, (first, *rest) = NOTHING, row.cells
    value = cells([first])
    if row.marked and mark is None:
        own = Markup(' class="own"')
    elif row.marked and mark is not None:
        coloured = Markup('<td style="color:{}">{} {}</td>')
        value = coloured.format(tokens.verdict(mark), first, VERDICT_MARKS[mark])
    place = _place(row, href)
    return Markup('<tr{}><td class="place">{}</td>{}{}</tr>').format(own, place, value, cells(rest))


def _place(row: Listed, href: str) -> Markup:
    place = anchor(href, row.name) + Markup(' <span class="town">{}</span>').format(row.town)
    status = Markup('<span class="status">{}</span>').format(row.status) if row.status else NOTHING
    return place + status


def profile_link(view: View, area_code: str) -> str:
    """Return the link to a village's profile."""
    return link(
        "short_plank",
        view,
        indicator=view.indicator,
        window=view.window,
        look="village",
        area=area_code,
        **view.actor.query,
    )


def legend_html(answer: ShortPlank, style: Style) -> Markup:
    """Return what the staves' colours mean, each with its mark and word; nothing without staves."""
    if answer.kind != "barrel" or answer.planks is None:
        return NOTHING
    t, announced = style.tokens, answer.planks.announced
    shown = [(t.stave, "■", "其余的村")]
    if not all(announced[i] for i in answer.planks.weakest[:NAMED]):
        shown.insert(0, (t.similar, "■", f"{SHORTEST}几块，{ALIKE}"))
    if any(announced):
        shown.insert(0, (t.worse, VERDICT_MARKS["worse"], listed_mark(answer.item)))
    return marks_legend(shown)


def write_map(page: Page, answer: ShortPlank) -> None:
    """Write the villages, or the townships, on a map; the lists stand below villages."""
    made = plank_map(page.view, answer)

    look = Look(
        "map",
        plank_map_figure,
        legend=lambda made, style: marks_legend(plank_map_legend(made, style)),
    )
    page.show(made, look)
    if made.planks is not None:
        write_lists(page, answer, most=NAMED)


def badges_html(badges: Sequence[Badge]) -> Markup:
    """Return the dated statuses and supporting units of a village."""
    if not badges:
        return paragraph("登记册里本月没有状态或帮扶单位。", "notes")
    item = Markup('<span class="badge">{}　{}</span> {}<br><span class="town">{}</span>')
    return bullets((item.format(b.kind, b.label, b.dates, b.source) for b in badges), "badges")


def profile_html(rows: Sequence[ProfileRow], town: str, view: View, style: Style) -> Markup:
    """Return the village's indicators beside its township and county."""
    heads = ("指标", "本村", "95% 区间", "分子/分母", town, "全县", "与全县比")
    return table(heads, [_profile_row(row, view, style.tokens) for row in rows])


def _profile_row(row: ProfileRow, view: View, tokens: Tokens) -> Markup:
    shown = row.label
    if row.indicator == view.indicator:
        shown = f"{row.label}（见下）"
    figures = (row.value, row.interval, row.n, row.town, row.county)
    colour = tokens.ink if row.code == "none" else tokens.verdict(row.code)
    if row.code == "too_few":  # its grey marks areas, too pale for type
        colour = tokens.muted
    return Markup('<tr><td class="place">{}</td>{}<td style="color:{}">{} {}</td></tr>').format(
        shown, cells(figures), colour, VERDICT_MARKS[row.code], row.word
    )


def history_html(history: History) -> Markup:
    """Return what stands where there is no line: a banded village's closed years, or why not."""
    if not history.is_empty:
        return NOTHING
    if not history.years:
        return paragraph("还没有可以画的月份。", "notes")
    return bullets(f"{year}统计年度　{text}" for year, text in history.years)


def write_lists(page: Page, answer: ShortPlank, most: int) -> None:
    """Write the two lists side by side, and why they are not the same."""
    if answer.planks is None or page.style.present:
        return
    for place, column in enumerate(st.columns(2, gap="large")):
        with column:
            write_html(
                page.kept(answer, f"list-{place}-{most}", partial(_side, page, answer, most, place))
            )
    if sentence := why_they_differ(answer, most):
        page.say(sentence)


def _side(page: Page, answer: ShortPlank, most: int, place: int) -> Markup:
    """Return one of the two lists under its heading."""
    listing = listings(answer, most)[place]
    return part_html(listing.heading, listing_html(listing, page.view, page.style))


def write_village(page: Page, view: View, own: Village) -> None:
    """Write a village's indicators, history, badges, and the villages of its size."""
    write_html(profile_html(own.rows, own.town, view, page.style))
    left, right = st.columns([3, 2], gap="large")
    with left:
        page.part(own.history.heading, history_html(own.history))
        if not own.history.is_empty:
            page.chart(village_figure(own, page.style), key="history", alt=own.title)
            with st.expander("图里的数"):
                page.table(history_table(own), name=f"村情_{own.name}", key="history")
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
