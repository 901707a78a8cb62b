"""Publishing what was accepted: one edition of the chosen files, bound to what was previewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import streamlit as st
from markupsafe import Markup

from shortplank import ingest
from shortplank.errors import Overtaken, ShortplankError
from shortplank.frame.html import joined, paragraph, write_html
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import as_written, write_down, write_signer
from shortplank.ingest import Preview
from shortplank.records import tray
from shortplank.records.tray import Item
from shortplank.topics.intake.answer.tray import item_label
from shortplank.topics.intake.page.intake import month_link, write_preview

WHY = 200
SEEN = "tray-seen"
"""How each item stood when the session last saw it; what it does itself forgets it."""
Key = tuple[tuple[str, ...], int]


@dataclass
class Publishing:
    """What a session has before it that is to be published."""

    key: Key | None = None
    """The chosen items and the edition that they were previewed against."""
    first: int = 0
    """The edition against which the chosen items were previewed first."""
    preview: Preview | None = None
    fault: str = ""
    done: str = ""
    links: list[Markup] = field(default_factory=list)
    told: str = ""
    """Why nothing was published, to be said once."""


def write_publishing(desk: Desk, state: Publishing, accepted: Sequence[Item]) -> tuple[str, str]:
    """Write the choice, what would change and the form; return the title and what is below it."""
    if state.told:
        st.warning(as_written(state.told))
        state.told = ""
    if not accepted:
        if state.done:
            write_html(paragraph(joined(state.links, " · "), "say"))
            return state.done, "新的数已在各页显示"
        return "没有已收下、待发布的报表", "先在“待收”里收下"
    chosen = _chosen(desk, accepted)
    if not chosen:
        return "请选要发布的报表", f"已收下 {len(accepted)} 份"
    _look(desk, state, chosen)
    corrections = sum(item.correction for item in chosen)
    about = f"初报 {len(chosen) - corrections} 份，更正 {corrections} 份"
    if state.preview is None:
        st.error(state.fault)
        return f"{len(chosen)} 份有错误，不能发布", about
    write_preview(desk, state.preview)
    _write_form(desk, state, chosen, state.preview)
    if state.preview.between:
        return "这之间有新的一版，请看过新的差异再发布", about
    return f"{len(chosen)} 份可以作为一版发布", about


def _chosen(desk: Desk, accepted: Sequence[Item]) -> list[Item]:
    """Offer what is accepted, all of it at first."""
    labels = {item.id: item_label(desk.shared.ws, item) for item in accepted}
    keys = st.multiselect(
        "发布哪几份", list(labels), default=list(labels), placeholder="可选多份",
        format_func=lambda key: labels.get(key, ""), key=f"tray-chosen-{'-'.join(labels)}",
    )  # fmt: skip
    return [item for item in accepted if item.id in keys]


def _look(desk: Desk, state: Publishing, chosen: Sequence[Item]) -> None:
    """Preview the chosen items once for each edition that is the newest."""
    ids, newest = tuple(item.id for item in chosen), desk.store.newest()
    if state.key == (ids, newest):
        return
    same = state.key is not None and state.key[0] == ids
    state.first = state.first if same else newest
    state.preview, state.fault, state.key = None, "", None
    with st.spinner("正在核对和预览…"):
        try:
            batch = tray.batch_of(desk.store, ids)
            state.preview = ingest.preview(desk.store, batch, since=state.first)
        except ShortplankError as error:
            state.fault = error.sentence
    state.key = (ids, newest)


def _write_form(desk: Desk, state: Publishing, chosen: Sequence[Item], seen: Preview) -> None:
    desk.part("发布")
    chosen_key = "-".join(item.id for item in chosen)
    given = any(item.correction for item in chosen) and not seen.between
    columns = st.columns([6, 1], vertical_alignment="bottom")
    with columns[0]:
        label = "重报的理由（必填）" if seen.reasons and not given else "事由（可不填）"
        why = st.text_input(label, key="tray-why", max_chars=WHY).strip()
    with columns[1]:
        # A button of its own for each preview: a press beside an older difference is no consent.
        wanted = st.button(
            "发布", type="primary", key=f"tray-publish-{seen.edition}-{chosen_key}",
            width="stretch", disabled=not desk.may("publish"),
        )  # fmt: skip
    write_signer(st, desk.actor, "发布")
    if given:
        desk.notes(["不填事由的，写上各份更正的理由"])
    if not wanted:
        return
    if seen.reasons and not why and not given:
        st.error(f"这一批要改已发布的数（{'、'.join(seen.reasons)}）。请写明重报的理由。")
        return
    write_down(lambda: _commit(desk, state, chosen, seen, why))


def _commit(desk: Desk, state: Publishing, chosen: Sequence[Item], seen: Preview, why: str) -> None:
    """Publish what was previewed; where somebody was first, nothing is and the page says so."""
    try:
        edition = tray.publish_accepted(desk.store, [i.id for i in chosen], why=why, seen=seen)
    except Overtaken as error:
        if state.key is not None and desk.store.newest() == state.key[1]:
            state.told, state.key = error.sentence, None
        return
    st.session_state.pop(SEEN, None)
    months = sorted({month for item in chosen for month in item.months})
    state.key = None
    state.done = f"已发布第{edition.number}版"
    state.links = [month_link(date.fromisoformat(f"{month}-01")) for month in months]
