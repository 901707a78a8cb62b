"""What a meeting decided, read back from a filled table: seen first, then registered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from shortplank.errors import ShortplankError
from shortplank.frame.html import bullets, paragraph, write_html
from shortplank.frame.open_page import Page
from shortplank.frame.writing import as_written, write_down, write_signer
from shortplank.wording.periods import month_key

if TYPE_CHECKING:
    from shortplank.papers.decided import Decisions

STATE = "briefing-decided"


@dataclass
class Dropped:
    """What was dropped: its hash with the month, what it holds, or why it was refused."""

    turn: int = 0
    key: tuple[str, ...] = ()
    found: Decisions | None = None
    refused: str = ""
    done: str = ""

    def put_away(self) -> None:
        """Let go of the file, and empty the uploader."""
        self.turn += 1
        self.key, self.found, self.refused = (), None, ""


def write_decided(page: Page) -> None:
    """Let an analyst drop a filled table, see what it would register, and register it."""
    view = page.view
    if not view.may("follow_up") or page.style.present:
        return
    state: Dropped = st.session_state.setdefault(STATE, Dropped())
    page.part(
        "读回议定事项",
        paragraph("把填好议定事项表的幻灯片、会议纪要或工作簿拖到这里，先看会登记什么。"),
    )
    if state.done:
        write_html(paragraph(state.done, "say"))
    with st.container(key="one-paper"):
        dropped = st.file_uploader(
            "把填好的材料拖到这里",
            key=f"briefing-decided-{state.turn}",
            label_visibility="collapsed",
        )
    if dropped is None:
        if state.key:
            state.key, state.found, state.refused = (), None, ""
        return
    _read(page, state, dropped.name, dropped.getvalue())
    if state.refused:
        st.error(as_written(state.refused))
    if state.found is not None:
        _write_found(page, state, state.found)


def _read(page: Page, state: Dropped, name: str, data: bytes) -> None:
    """Read a file once for its month and edition; a refused one says why."""
    from shortplank.papers.decided import read_decisions  # slow to import

    view = page.view
    place = (str(view.ws.path), month_key(view.month), str(view.edition), view.actor.account)
    key = (name, hashlib.sha256(data).hexdigest(), *place)
    if key == state.key:
        return
    state.found, state.refused, state.done = None, "", ""
    try:
        with st.spinner("正在读取…"):
            state.found = read_decisions(view, name, data)
    except ShortplankError as error:
        state.refused = error.sentence
    state.key = key


def _write_found(page: Page, state: Dropped, found: Decisions) -> None:
    """Write the rows with what becomes of each, and the button where all is well."""
    write_html(paragraph(found.sentence, "say"))
    if faults := found.of("fault"):
        write_html(bullets([row.said for row in faults]))
    if found.rows:
        page.table(found.table, name="读到的议定事项", key="decided")
    new = found.of("new")
    if not new or found.of("fault"):
        return
    with st.form("briefing-decided-accept", border=False):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        write_signer(left, page.view.actor)
        if right.form_submit_button(f"登记 {len(new)} 项"):
            write_down(lambda: _register(page, state, found))


def _register(page: Page, state: Dropped, found: Decisions) -> None:
    from shortplank.papers.decided import add_decisions

    ids = add_decisions(page.view, found)
    state.put_away()
    state.done = f"已登记 {len(ids)} 项，见本次事项。"
