"""The looks of the rankings page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from shortplank.drawing.map import verdict_legend
from shortplank.frame.html import write_html
from shortplank.frame.open_page import Page
from shortplank.frame.styles import marks_legend
from shortplank.reading.maps import shapes_for, told_on_map
from shortplank.topics.rankings.answer.composite import composite, composite_table
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table
from shortplank.topics.rankings.answer.league import bump, bump_table, league, league_table
from shortplank.topics.rankings.answer.ranking import ranking, ranking_table
from shortplank.topics.rankings.answer.spine import spine, spine_table
from shortplank.topics.rankings.figure.bump import bump_figure
from shortplank.topics.rankings.figure.composite import composite_figure
from shortplank.topics.rankings.figure.funnel import funnel_figure
from shortplank.topics.rankings.figure.league import league_figure
from shortplank.topics.rankings.figure.map import ranking_map
from shortplank.topics.rankings.figure.ranking import ranking_figure
from shortplank.topics.rankings.figure.spine import spine_figure
from shortplank.wording.verdicts import MIXED_LEDGER, ledger_legend


def write_ranking(page: Page) -> None:
    """Write the townships in order, beside the county and its peers."""
    made = ranking(page.view)
    page.show(
        made,
        ranking_figure,
        ranking_table,
        key="ranking",
        name="乡镇排名",
        decimals=made.item.decimals,
        legend=lambda: page.legend(made.verdicts, partial(ledger_legend, made.item)),
    )


def write_map(page: Page) -> None:
    """Write the same townships on a map."""
    made = ranking(page.view)
    made = replace(made, about=made.about[:3])  # a map has no bars to be explained
    codes, names = made.towns.codes, made.towns.names
    shapes = shapes_for(page.view, codes)
    words = partial(ledger_legend, made.item)
    page.show(
        told_on_map(made, shapes, codes, names, "乡镇"),
        partial(ranking_map, shapes=shapes) if shapes.shapes else None,
        ranking_table,
        key="map",
        name="乡镇排名",
        decimals=made.item.decimals,
        legend=lambda: write_html(marks_legend(verdict_legend(made.verdicts, words, page.style))),
    )


def write_funnel(page: Page) -> None:
    """Write the funnel of the townships, and the list of them."""
    made, places = funnel(page.view), page.view.item.decimals
    page.show(made, funnel_figure, funnel_table, key="funnel", name="漏斗图", decimals=places)


def write_league(page: Page) -> None:
    """Write the county's place among the peers in every indicator."""
    page.show(league(page.view), league_figure, league_table, key="league", name="同类县位次")


def write_spine(page: Page) -> None:
    """Write one township in every indicator, beside the county and the other townships."""
    towns = page.view.towns
    if not towns:
        page.say("这个县的登记册里本月没有乡镇。")
        return
    with st.container(width=320):
        town = page.choose_town(towns, next(iter(towns)))
    made = spine(page.view, town)
    page.show(
        made,
        spine_figure,
        spine_table,
        key="spine",
        name=f"各指标_{made.name}",
        legend=lambda: page.legend(made.codes, MIXED_LEDGER.get),
    )


def write_bump(page: Page) -> None:
    """Write how the county's place moved over the last months."""
    page.show(bump(page.view), bump_figure, bump_table, key="bump", name="位次变化")


def write_composite(page: Page) -> None:
    """Write the townships by composite score, and what the order owes to the weights."""
    made = composite(page.view)
    page.show(made, composite_figure, composite_table, key="composite", name="综合得分")
