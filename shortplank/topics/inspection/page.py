"""抽查预演: the plan's controls, which live in the link, and the lists below the picture."""

from __future__ import annotations

import streamlit as st

from shortplank.frame.links import link
from shortplank.frame.open_page import Page
from shortplank.reading.view import View
from shortplank.topics.inspection.answer.draw import Plan
from shortplank.topics.inspection.answer.rehearsal import (
    MOST_DRAWN,
    Rehearsal,
    default_plan,
    may_rehearse,
)
from shortplank.topics.short_plank.page.planks import listing_html
from shortplank.wording.naming import size_word
from shortplank.wording.sides import line_kind

STAGES = {"one": "直接抽村", "two": "先抽乡镇再抽村"}


def choose_plan(page: Page) -> Plan:
    """Offer how villages are drawn, and return the plan; all of it stands in the link."""
    view, usual = page.view, default_plan(page.view)
    if not may_rehearse(view):
        return usual
    rule = view.ws.scheme.inspection
    weights = {"equal": "机会相同", "size": f"按{size_word(view.ws, view.item)}"}
    first, second = st.columns([3, 2], vertical_alignment="bottom")
    with first:
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            stages = page.switch("stages", "抽法", STAGES, "one")
        with right:
            weight = page.switch("weight", "机会", weights, "equal")
    with second:
        boxes = st.columns(3 if usual.line is not None else 2, vertical_alignment="bottom")
        townships = None
        if stages == "two":
            with boxes[0]:
                most = max(len(view.ws.areas_below.get(view.county.area_code, ())), 1)
                towns = min(rule.townships if rule else 3, most)
                townships = int(page.amount("towns", "乡镇数", 1, most, towns))
        with boxes[1 if stages == "two" else 0]:
            name, label = ("each", "每镇村数") if stages == "two" else ("villages", "抽几个村")
            fallback = 2 if stages == "two" else usual.villages
            most = MOST_DRAWN // (townships or 1)
            villages = int(page.amount(name, label, 1, max(most, 1), min(fallback, max(most, 1))))
        line = usual.line
        if line is not None:
            top = view.item.factor
            with boxes[2 if stages == "two" else 1]:
                line = page.amount("line", line_kind(view.item), 0, top, line, 0.5)
    return Plan(villages, townships, weight == "size", line)


def write_levers(page: Page, answer: Rehearsal) -> None:
    """Write where help lowers the risk most: townships and villages side by side."""
    if answer.towns is None or answer.villages is None:
        return
    left, right = st.columns(2, gap="large")
    with left:
        body = listing_html(
            answer.towns, page.view, page.style, mark=None, place="乡镇", to=_ranking_link
        )
        page.part(answer.towns.heading, body)
    with right:
        body = listing_html(answer.villages, page.view, page.style, mark=None)
        page.part(answer.villages.heading, body)


def _ranking_link(view: View, _area: str) -> str:
    who = view.actor.query
    return link("rankings", view, indicator=view.indicator, window=view.window, **who)
