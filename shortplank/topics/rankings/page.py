"""The looks of the rankings page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from shortplank.drawing.map import verdict_legend
from shortplank.frame.made.ahead import PageLook, Shows
from shortplank.frame.made.legends import legend, marks_legend
from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import Page
from shortplank.reading.maps import offers_map, shapes_for, told_on_map
from shortplank.reading.view import View
from shortplank.topics.rankings.answer.composite import composite, composite_table
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table, has_funnel
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
from shortplank.wording.naming import home_units
from shortplank.wording.pictures.maps import LOOK
from shortplank.wording.verdicts import ledger_legend, mixed_ledger


def looks_of(view: View) -> tuple[dict[str, PageLook], str]:
    """Return the looks that the page offers, and the first of them."""
    looks = {"ranks": PageLook("排名", write_ranking)}
    if offers_map(view):
        looks["map"] = PageLook(LOOK, write_map)
    if has_funnel(view.item):
        looks["funnel"] = PageLook("漏斗图", write_funnel)
    if not view.ws.is_province:  # which has no like
        looks["league"] = PageLook("同类县位次", write_league)
        looks["bump"] = PageLook("位次变化", write_bump)
    looks["composite"] = PageLook("综合", write_composite)
    looks["spine"] = PageLook(f"一个{home_units()}", write_spine, alone=False)
    return looks, "ranks"


def write_ranking(page: Shows) -> None:
    """Write the townships in order, beside the county and its peers."""
    made = ranking(page.view)
    look = Look(
        "ranking",
        ranking_figure,
        ranking_table,
        f"{home_units()}排名",
        made.item.decimals,
        lambda made, style: legend(style.tokens, partial(ledger_legend, made.item), made.verdicts),
    )
    page.show(made, look)


def write_map(page: Shows) -> None:
    """Write the same townships on a map."""
    made = ranking(page.view)
    made = replace(made, about=made.about[:3])  # a map has no bars to be explained
    codes, names = made.towns.codes, made.towns.names
    shapes = shapes_for(page.view, codes)
    words = partial(ledger_legend, made.item)
    look = Look(
        "map",
        partial(ranking_map, shapes=shapes) if shapes.shapes else None,
        ranking_table,
        f"{home_units()}排名",
        made.item.decimals,
        lambda made, style: marks_legend(verdict_legend(made.verdicts, words, style)),
    )
    page.show(told_on_map(made, shapes, codes, names, home_units()), look)


def write_funnel(page: Shows) -> None:
    """Write the funnel of the townships, and the list of them."""
    made, places = funnel(page.view), page.view.item.decimals
    page.show(made, Look("funnel", funnel_figure, funnel_table, "漏斗图", places))


def write_league(page: Shows) -> None:
    """Write the county's place among the peers in every indicator."""
    page.show(league(page.view), Look("league", league_figure, league_table, "同类县位次"))


def write_spine(page: Page) -> None:
    """Write one township in every indicator, beside the county and the other townships."""
    towns = page.view.towns
    if not towns:
        page.say(f"这个县的登记册里本月没有{home_units()}。")
        return
    with st.container(width=320):
        town = page.choose_town(towns, next(iter(towns)))
    made = spine(page.view, town)
    look = Look(
        "spine",
        spine_figure,
        spine_table,
        f"各指标_{made.name}",
        legend=lambda made, style: legend(style.tokens, mixed_ledger().get, made.codes),
    )
    page.show(made, look)


def write_bump(page: Shows) -> None:
    """Write how the county's place moved over the last months."""
    page.show(bump(page.view), Look("bump", bump_figure, bump_table, "位次变化"))


def write_composite(page: Shows) -> None:
    """Write the townships by composite score, and what the order owes to the weights."""
    made = composite(page.view)
    page.show(made, Look("composite", composite_figure, composite_table, "综合得分"))
