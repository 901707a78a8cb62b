"""Editing a card: its fields, what is wrong beside each, the newest month by it, and the saving."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import REGISTER_MEASURES
from shortplank.errors import Overtaken, ShortplankError
from shortplank.frame import history
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import as_written, write_down, write_signer
from shortplank.records.settings_changes import LONGEST_WHY, Texts, change, seen_of
from shortplank.topics.dictionary.answer.cards import measure_label
from shortplank.topics.dictionary.answer.preview import Preview, preview
from shortplank.topics.dictionary.answer.texts import (
    card_texts,
    faults_of,
    headline_texts,
    named_by,
    total_texts,
    without_card,
)
from shortplank.topics.dictionary.page.fields import Fields, first_of, write_fields

NEW = ""
STATE, SAID = "dictionary-editing", "dictionary-saved"


@dataclass
class Editing:
    """What a session has looked at and may save: the texts, and what they were made from."""

    card: str = ""
    texts: Texts = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    preview: Preview | None = None
    told: str = ""
    """Why nothing was saved, to be said once."""


def write_editing(desk: Desk) -> None:
    """Write the choice of a card, its fields, and below what else an analyst may change."""
    ws, state = desk.shared.ws, _state()
    if said := st.session_state.pop(SAID, ""):
        st.success(as_written(said))
    if state.told:
        st.warning(as_written(state.told))
        state.told = ""
    chosen = _chosen(ws)
    item = ws.indicators.get(chosen)
    desk.title(
        f"改“{item.label}”的卡片" if item else "新建一个指标",
        "先核对并预览，再保存",
        "口径改了，记为新的一版",
    )
    made = _write_card(desk, state, chosen)
    if state.texts and state.card == made.name:
        _write_saving(desk, state)
    if item is not None:
        _write_removal(desk, chosen)
    _write_total(desk)
    _write_headline(desk)


def _state() -> Editing:
    found: Editing = st.session_state.setdefault(STATE, Editing())
    return found


def _chosen(ws: Workspace) -> str:
    """Offer the cards, the one that the link names first, and a new one."""
    named = history.said("indicator") or NEW
    keys = [NEW, *ws.indicators]
    return str(
        st.selectbox(
            "指标", keys, keys.index(named) if named in keys else 0, key="dictionary-edited",
            format_func=lambda key: ws.indicators[key].label if key else "（新指标）",
        )
    )  # fmt: skip


def _write_card(desk: Desk, state: Editing, chosen: str) -> Fields:
    """Write the fields; where they are looked through, what is wrong or what would be."""
    ws = desk.shared.ws
    item = ws.indicators.get(chosen)
    if any(target.indicator == chosen for target in ws.targets):
        desk.notes(["登记了年度目标的单位，以目标登记（registers/targets.csv）为准"])
    # A card that somebody else changed meanwhile is another: its fields begin anew.
    version = hashlib.sha256(repr(item).encode()).hexdigest()[:8]
    with st.form(f"dictionary-form-{chosen}-{version}"):
        made = write_fields(
            ws, f"{chosen}-{version}", first_of(item, _free_key(ws)), new=item is None
        )
        wanted = st.form_submit_button("核对并预览")
    if wanted:
        _look(desk, state, chosen or str(made.said.get("key", "")), made)
    return made


def _free_key(ws: Workspace) -> str:
    number = 1
    while f"own_{number}" in ws.indicators:
        number += 1
    return f"own_{number}"


def _look(desk: Desk, state: Editing, key: str, made: Fields) -> None:
    """Look a card through and preview it; what is wrong stands beside its field."""
    ws, store = desk.shared.ws, desk.store
    said = {name: value for name, value in made.said.items() if name != "key"}
    new = not made.name.partition("-")[0]
    state.card, state.texts, state.preview = made.name, {}, None
    faults = faults_of(said)
    if new and key in ws.indicators:
        faults["key"] = "已有这个代号的指标，请换一个"
    if faults:
        made.tell(faults)
        return
    try:
        texts = card_texts(ws, key, said)
        with st.spinner("正在按新卡片算最近一个月…"):
            state.preview = preview(store, ws, key, texts)
        state.seen, state.texts = seen_of(ws.path, [*texts]), texts
    except ShortplankError as error:
        made.tell({"": error.sentence})


def _write_saving(desk: Desk, state: Editing) -> None:
    """Write what the newest month would be, and the form that saves exactly that."""
    desk.part("预览")
    if state.preview is None:
        desk.say("还没有可以重算的数，保存后从下一次发布起用这张卡片。")
    else:
        desk.say(f"{state.preview.sentence}。")
        desk.table(state.preview.table(), name="口径改动预览", key="preview", height=360)
    shown = hashlib.sha256(repr(sorted(state.texts.items())).encode()).hexdigest()[:8]
    columns = st.columns([6, 1], vertical_alignment="bottom")
    why = columns[0].text_input("为什么改（必填）", key="dictionary-why", max_chars=LONGEST_WHY)
    # A button of its own for each preview: a press beside an older one is no consent.
    wanted = columns[1].button("保存", type="primary", key=f"dictionary-save-{shown}")
    write_signer(st, desk.actor, "保存")
    if wanted:
        write_down(lambda: _save(desk, state, state.texts, why, state.seen))


def _save(desk: Desk, state: Editing, texts: Texts, why: str, seen: Mapping[str, str]) -> None:
    """Save what was looked at; where somebody was first, nothing is and the page says so."""
    try:
        made = change(desk.store, texts, why, seen=seen)
    except Overtaken as error:
        state.texts, state.preview, state.told = {}, None, error.sentence
        return
    state.texts, state.preview = {}, None
    of = f"，记为第{made.edition}版" if made.edition else ""
    st.session_state[SAID] = f"已保存第 {made.number} 次改动{of}。"


# --- away, totals, the head of the overview -------------------------------------------------------
def _write_removal(desk: Desk, key: str) -> None:
    ws = desk.shared.ws
    label = ws.indicators[key].label
    with st.expander("删去这个指标"):
        if used := named_by(ws, key):
            desk.say(f"“{label}”还用在{'、'.join(used)}，先在那里换成别的指标，才能删去。")
            return
        _write_simple(desk, "remove", f"删去“{label}”", lambda: without_card(ws, key), name=key)


def _write_total(desk: Desk) -> None:
    ws = desk.shared.ws
    with st.expander("新建一个合计（给分子、分母用）"):
        known = [*ws.measures, *ws.derived, *REGISTER_MEASURES]
        one, two = st.columns(2)
        key = one.text_input("合计的代号", key="dictionary-total-key", max_chars=40).strip()
        label = two.text_input("合计的名称", key="dictionary-total-label", max_chars=40)

        def some(place: Any, said: str, name: str) -> list[str]:
            return place.multiselect(
                said, known, key=f"dictionary-total-{name}", placeholder="可选多个",
                format_func=lambda each: f"{measure_label(ws, each)}（{each}）",
            )  # fmt: skip

        plus, minus = some(one, "相加", "plus"), some(two, "减去", "minus")
        _write_simple(desk, "total", "新建合计", lambda: total_texts(ws, key, label, plus, minus))


def _write_headline(desk: Desk) -> None:
    ws = desk.shared.ws
    with st.expander("首页指标"):
        chosen = st.multiselect(
            "首页指标，按选的先后", list(ws.indicators), default=list(ws.scheme.headline),
            key="dictionary-headline", placeholder="可选多个",
            format_func=lambda key: ws.indicators[key].label,
        )  # fmt: skip
        _write_simple(desk, "headline", "保存首页指标", lambda: headline_texts(ws, chosen))


def _write_simple(desk: Desk, key: str, label: str, make: Any, *, name: str = "") -> None:
    """Write the reason and the button of a change that needs no preview."""
    why = st.text_input(
        "为什么改（必填）", key=f"dictionary-{key}-why-{name}", max_chars=LONGEST_WHY
    )
    write_signer(st, desk.actor, "保存")
    if st.button(label, key=f"dictionary-{key}-do-{name}"):

        def save() -> None:
            texts = make()
            _save(desk, _state(), texts, why, seen_of(desk.shared.ws.path, [*texts]))

        write_down(save)
