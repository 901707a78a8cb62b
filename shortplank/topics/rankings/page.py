"""The looks of the rankings page besides the ranking itself."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from shortplank.frame.open_page import Page
from shortplank.topics.rankings.answer.composite import composite, composite_table
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table
from shortplank.topics.rankings.answer.league import bump, bump_table, league, league_table
from shortplank.topics.rankings.answer.spine import WORDING, spine, spine_table
from shortplank.topics.rankings.figure.bump import bump_figure
from shortplank.topics.rankings.figure.composite import composite_figure
from shortplank.topics.rankings.figure.funnel import funnel_figure
from shortplank.topics.rankings.figure.league import league_figure
from shortplank.topics.rankings.figure.spine import spine_figure


def write_funnel(page: Page, head: DeltaGenerator) -> None:
    """Write the funnel of the townships, and the list with its tests."""
    made = funnel(page.view)
    with head:
        page.title(made.title, *made.about, "实线为偶然的 95% 和 99.8% 界限")
    if not made.is_empty:
        page.chart(funnel_figure(made, page.style), key="funnel", alt=made.title)
    page.say(made.sentence)
    if not made.is_empty:
        page.table(funnel_table(made), name="漏斗图", key="funnel", decimals=made.item.decimals)


def write_league(page: Page, head: DeltaGenerator) -> None:
    """Write the county's place among the peers in every indicator."""
    made = league(page.view)
    with head:
        page.title(
            made.title,
            f"{page.view.county.name}在同类县中的位次",
            made.region,
            "实心为通报，空心为重算",
        )
    if made.places:
        page.chart(league_figure(made, page.style), key="league", alt=made.title)
    page.say(made.sentence)
    if made.places:
        page.table(league_table(made), name="同类县位次", key="league")


def write_spine(page: Page, head: DeltaGenerator) -> None:
    """Write one township in every indicator, beside the county and the other townships."""
    towns = page.view.towns
    if not towns:
        page.say("这个县的登记册里本月没有乡镇。")
        return
    with st.container(width=320):
        town = page.choose("town", "乡镇", towns, next(iter(towns)))
    made = spine(page.view, town)
    with head:
        page.title(
            made.title,
            "各指标与全县相比",
            "浅条为各乡镇，深条为居中的一半，细线为 95% 区间，空心圆不作评价",
        )
    if not made.is_empty:
        page.chart(spine_figure(made, page.style), key="spine", alt=made.title)
        page.legend(made.codes, WORDING.get)
    page.say(made.sentence)
    page.notes(made.notes)
    if not made.is_empty:
        page.table(spine_table(made), name=f"各指标_{made.name}", key="spine")


def write_bump(page: Page, head: DeltaGenerator) -> None:
    """Write how the county's place moved over the last months."""
    made = bump(page.view)
    with head:
        page.title(made.title, made.item.label, "年度累计位次", "灰线为其他同类县")
    if not made.is_empty:
        page.chart(bump_figure(made, page.style), key="bump", alt=made.title)
    page.say(made.sentence)
    if not made.is_empty:
        page.table(bump_table(made), name="位次变化", key="bump")


def write_composite(page: Page, head: DeltaGenerator) -> None:
    """Write the townships by composite score, and what the order owes to the weights."""
    made = composite(page.view)
    parts = "、".join(f"{item.label} {part.weight:g}" for part, item in made.parts)
    with head:
        page.title(made.title, "综合得分（服务和质量指标）", f"权重：{parts}" if parts else "")
    if not made.is_empty:
        page.chart(composite_figure(made, page.style), key="composite", alt=made.title)
    page.say(made.sentence)
    page.notes([made.note] if made.note else [])
    if not made.is_empty:
        page.table(composite_table(made), name="综合得分", key="composite")
