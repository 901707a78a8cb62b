"""The dictionary's cards as HTML, with search, and the forms' headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st
from markupsafe import Markup

from shortplank.frame import history
from shortplank.frame.html import anchor, joined, write_html
from shortplank.frame.links import address
from shortplank.frame.open_page import Desk
from shortplank.ingest.text import today
from shortplank.records.settings_changes import redefined
from shortplank.topics.dictionary.answer.cards import (
    FAMILIES,
    REVIEWS,
    Card,
    cards,
    dictionary_table,
    found_cards,
    headers_table,
    review_sentence,
    unreviewed,
)
from shortplank.wording.glossary import PHRASES

PROJECTED = ("定义", "公式", "方向")


def looks_of(desk: Desk) -> dict[str, str]:
    """Return the looks that the page offers; who may change cards has two more."""
    looks = {"cards": "指标", "phrases": "用语", "forms": "报表表头"}
    if desk.may("settle") and not desk.shared.ws.is_province and not desk.style.present:
        looks |= {"edit": "改指标", "changes": "改动记录"}
    return looks


def write_cards(desk: Desk) -> None:
    """Write the cards; the one that the link names stands first, open."""
    shared, day = desk.shared, today()
    known = shared.keep(("cards", day), lambda: cards(shared.ws, day))
    named = history.said("indicator") or ""
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
        write_html(card_html(chosen, opened=True))
        if said := redefined(shared.ws, chosen.indicator):
            desk.say(f"{said}。")
    else:
        desk.title(f"{len(known)} 个指标：定义、公式、来源和线", "点开一个指标看它的卡片")
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with left:
        text = st.text_input("查找", key="dictionary-search", placeholder="如：建档、村月报")
    with right:
        labels = [label for label in FAMILIES.values() if any(c.family == label for c in known)]
        family = st.segmented_control("类别", ["", *labels], default="", required=True,
                                      format_func=lambda each: each or "全部")  # fmt: skip
    shown = [card for card in found_cards(known, text, family or "") if card is not chosen]
    if chosen is None and not (text.strip() or family):
        carried = tuple(history.county().items())
        write_html(shared.kept.beside(known, ("shut", carried), lambda: _all_shut(known)))
    elif shown:
        write_html(cards_html(shown, opened=bool(text.strip()) and len(shown) <= 3))
    else:
        desk.say("没有找到。换一个词试试，或选“全部”。")
    desk.table(dictionary_table(known), name="指标字典", key="table", height=320)


def _all_shut(known: Sequence[Card]) -> Markup:
    """Return how the cards stand to their review, and all of them, shut."""
    return reviews_html(known) + cards_html(known, opened=False)


def cards_html(shown: Sequence[Card], *, opened: bool) -> Markup:
    """Return the cards under the headings of their families."""
    parts, family = list[Markup](), ""
    for card in shown:
        if card.family != family:
            family = card.family
            parts.append(Markup('<h2 class="part">{}</h2>').format(family))
        parts.append(card_html(card, opened=opened))
    return joined(parts)


def reviews_html(known: Sequence[Card]) -> Markup:
    """Return how the cards stand to their review, and the names of those that are to be."""
    rows = [(REVIEWS[key], _links(listed)) for key, listed in unreviewed(known).items()]
    return Markup(
        '<details class="card"><summary><b>卡片复核</b> '
        '<span class="town">{}</span></summary>{}</details>'
    ).format(review_sentence(known), _lines(rows))


def _lines(rows: Iterable[tuple[str, str]]) -> Markup:
    """Return terms and what is said of them."""
    line = Markup("<dt>{}</dt><dd>{}</dd>")
    return Markup("<dl>{}</dl>").format(joined(line.format(*row) for row in rows))


def _links(listed: Sequence[Card]) -> Markup:
    """Return the names as links; a name and the mark behind it stay on one line."""
    keep = Markup('<span class="keep">{}{}</span>')
    last = listed[-1] if listed else None
    return joined(
        keep.format(_link("dictionary", card, card.label), "" if card is last else "、")
        for card in listed
    )


def _link(page: str, card: Card, label: str) -> Markup:
    return anchor(address(page, {**history.county(), "indicator": card.indicator}), label)


def card_html(card: Card, *, opened: bool) -> Markup:
    """Return one card; shut, it shows name and definition."""
    links = joined((_link(page, card, label) for page, label in card.pages), " · ")
    return Markup(
        '<details class="card"{}><summary><b>{}</b> '
        '<span class="town">{}</span></summary>{}<p>{}</p></details>'
    ).format(
        Markup(" open" if opened else ""), card.label, card.definition, _lines(card.lines), links
    )


def write_phrases(desk: Desk) -> None:
    """Write the phrases of what is announced, each with what it means and what it does not."""
    desk.title(
        f"{len(PHRASES)} 个用语各是什么意思", "页面上带虚线的词，指着或点一下就能看到同一句话"
    )
    write_html(phrases_html())


def phrases_html() -> Markup:
    """Return the phrases with what they mean."""
    line = Markup("<dt>{}</dt><dd>{}</dd>")
    rows = joined(line.format(phrase.text, phrase.means) for phrase in PHRASES)
    return Markup('<dl class="terms">{}</dl>').format(rows)


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
