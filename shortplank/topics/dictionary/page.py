"""The dictionary's cards as HTML, with search, and the forms' headers; every text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st
from markupsafe import escape

from shortplank.frame.open_page import Desk
from shortplank.topics.dictionary.answer import (
    FAMILIES,
    Card,
    cards,
    dictionary_table,
    found_cards,
    headers_table,
)

PROJECTED = ("定义", "公式", "方向")


def write_cards(desk: Desk) -> None:
    """Write the cards; the one that the link names stands first, open."""
    known = cards(desk.shared.ws)
    named = st.query_params.get("indicator", "")
    chosen = next((card for card in known if card.indicator == named), None)
    if named and chosen is None:
        st.warning("链接里的指标不存在，下面是全部指标。")
    if chosen is not None:
        desk.title(f"{chosen.label}：{chosen.definition}", chosen.family)
        if desk.style.present:
            for term in PROJECTED:
                if text := chosen.text_of(term):
                    desk.say(f"{term}：{text}")
            return
        st.html(card_html(chosen, opened=True))
    else:
        desk.title(f"{len(known)} 个指标：定义、公式、来源和界限", "点开一个指标看它的卡片")
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with left:
        text = st.text_input("查找", key="dictionary-search", placeholder="如：建档、村月报")
    with right:
        labels = [label for label in FAMILIES.values() if any(c.family == label for c in known)]
        family = st.segmented_control("类别", ["", *labels], default="", required=True,
                                      format_func=lambda each: each or "全部")  # fmt: skip
    shown = [card for card in found_cards(known, text, family or "") if card is not chosen]
    if shown:
        st.html(cards_html(shown, opened=bool(text.strip()) and len(shown) <= 3))
    else:
        desk.say("没有找到。换一个词试试，或选“全部”。")
    desk.table(dictionary_table(known), name="指标字典", key="table", height=320)


def cards_html(shown: Sequence[Card], *, opened: bool) -> str:
    """Return the cards under the headings of their families."""
    parts, family = list[str](), ""
    for card in shown:
        if card.family != family:
            family = card.family
            parts.append(f'<h2 class="part">{escape(family)}</h2>')
        parts.append(card_html(card, opened=opened))
    return "".join(parts)


def card_html(card: Card, *, opened: bool) -> str:
    """Return one card; shut, it shows name and definition."""
    rows = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in card.lines)
    links = " · ".join(
        f'<a href="/{page}?{urlencode({"indicator": card.indicator})}" target="_self">{label}</a>'
        for page, label in card.pages
    )
    return (
        f'<details class="card"{" open" if opened else ""}><summary><b>{escape(card.label)}</b> '
        f'<span class="town">{escape(card.definition)}</span></summary>'
        f"<dl>{rows}</dl><p>{links}</p></details>"
    )


def write_forms(desk: Desk) -> None:
    """Write the headers that each form knows, as analysts need them when one is not known."""
    forms = desk.shared.ws.forms
    desk.title(
        f"{len(forms)} 种报表认得的表头",
        "空格、全角半角、多级合并都不影响；不认得的写法在“数据上报”里认可",
    )
    chosen = st.selectbox(
        "报表", list(forms), format_func=lambda key: forms[key].label, key="dictionary-form"
    )
    form = forms[chosen]
    if form.columns:
        desk.table(headers_table(desk.shared.ws, form), name=f"{form.label}_表头", key="headers")
    else:
        desk.say("这种表按指标名称认栏，见“指标”。")
