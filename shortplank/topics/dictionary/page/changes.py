"""What was changed of indicators, registers and settings: who, when, why, line by line; back."""

from __future__ import annotations

import pyarrow as pa
import streamlit as st

from shortplank.errors import Overtaken
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import as_written, write_down, write_signer
from shortplank.reading.published import moment_text
from shortplank.records.settings_changes import (
    LONGEST_WHY,
    Changed,
    changes,
    difference_of,
    restore,
)

SAID = "dictionary-restored"


def write_changes(desk: Desk) -> None:
    """Write every change, the newest first, what one did line by line, and the way back."""
    root = desk.shared.ws.path
    known = changes(root)[::-1]
    if said := st.session_state.pop(SAID, ""):
        st.success(as_written(said))
    if not known:
        desk.title("指标、名册和设置还没有在这里改过", "改过之后，这里列出每一次")
        return
    newest = known[0]
    desk.title(
        f"指标、名册和设置改过 {len(known)} 次",
        f"最近一次由{newest.who}改于 {moment_text(newest.at)}",
        "每一次都留着，可以恢复",
    )
    desk.table(changes_table(desk, known), name="改动记录", key="changes", height=360)
    numbers = [each.number for each in known]
    number = st.selectbox(
        "逐行看第几次", numbers, key=f"dictionary-change-{newest.number}", format_func=_label
    )
    found = next(each for each in known if each.number == number)
    st.code(difference_of(root, found), language="diff", wrap_lines=True)
    _write_restore(desk, numbers)


def changes_table(desk: Desk, known: list[Changed]) -> pa.Table:
    """Return the changes as a table, to be taken away."""
    items = desk.shared.ws.indicators
    named = [[items[key].label for key in each.indicators if key in items] for each in known]
    return pa.table(
        {
            "次": [_label(each.number) for each in known],
            "时间": [moment_text(each.at) for each in known],
            "谁": [each.who for each in known],
            "为什么": [each.why for each in known],
            "文件": ["、".join(each.files) for each in known],
            "口径变了的指标": ["、".join(labels) or "–" for labels in named],
            "版次": [f"第{each.edition}版" if each.edition else "–" for each in known],
        }
    )


def _label(number: int) -> str:
    return f"第 {number} 次" if number else "最初，一次也没有改过"


def _write_restore(desk: Desk, numbers: list[int]) -> None:
    desk.part("恢复")
    columns = st.columns([2, 5, 1], vertical_alignment="bottom")
    with columns[0]:
        number = st.selectbox(
            "恢复到哪一次之后", [*numbers[1:], 0], key="dictionary-restore-to", format_func=_label
        )
    with columns[1]:
        why = st.text_input("为什么恢复", key="dictionary-restore-why", max_chars=LONGEST_WHY)
    with columns[2]:
        # A button of its own for each list: a press beside an older one is no consent.
        wanted = st.button("恢复", key=f"dictionary-restore-{numbers[0]}")
    write_signer(st, desk.actor, "恢复")
    if wanted and not why.strip():
        st.error("请写明恢复的原因。")
    elif wanted:
        write_down(lambda: _restore(desk, int(number), why, numbers[0]))


def _restore(desk: Desk, number: int, why: str, seen: int) -> None:
    """Go back over the change that was seen; where another came in, the page lists it anew."""
    try:
        made = restore(desk.store, number, why, expected=seen)
    except Overtaken as error:
        st.session_state[SAID] = error.sentence
        return
    st.session_state[SAID] = f"已恢复，记为第 {made.number} 次改动。"
