"""What was published: every edition, the difference between two, going back, checking the files."""

from __future__ import annotations

import pyarrow as pa
import streamlit as st

from shortplank.errors import Overtaken, ShortplankError
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import as_written, write_down, write_signer
from shortplank.reading.published import moment_text
from shortplank.store import Store
from shortplank.topics.intake.answer.editions import (
    SHOWN_CHANGES,
    changes_sentence,
    changes_table,
    editions_table,
)

OPENED = "imports-opened"
"""The newest edition when the list was opened; other looks forget it."""


def write_history(desk: Desk) -> None:
    """Write the list of editions, with going back and checking the files for analysts."""
    store = desk.store
    numbers = store.numbers()
    if not numbers:
        desk.title("还没有发布过版本", "上报第一批报表后，这里列出每一版")
        return
    newest = store.edition(numbers[-1])
    about = (
        f"最新一版由{newest.who}发布于 {moment_text(newest.published_at)}",
        "旧版永不改动，可随时恢复",
    )
    desk.title(f"共发布过 {len(numbers)} 版", *about)
    desk.table(editions_table(store), name="历次版本", key="history", height=420)
    if desk.may("restore"):
        _write_overtaken(store, newest.number)
        _write_restore(desk, store, numbers)
        _write_verify(store)


def _write_overtaken(store: Store, newest: int) -> None:
    """Say which editions came in since the list was opened; until something is restored."""
    since = store.between(st.session_state.setdefault(OPENED, newest), newest)
    if since:
        told = "、".join(edition.byline for edition in since)
        st.warning(f"您打开此页之后又发布了{as_written(told)}，上表已更新，请看过再恢复。")


def _write_restore(desk: Desk, store: Store, numbers: list[int]) -> None:
    desk.part("恢复")
    desk.say("恢复是把旧版的数作为新的一版再发布一次，中间的版本都保留。")
    columns = st.columns([2, 5, 1], vertical_alignment="bottom")
    with columns[0]:
        number = st.selectbox(
            "恢复到", list(reversed(numbers[:-1])) or numbers, format_func=_label,
            key="imports-restore-to",
        )  # fmt: skip
    with columns[1]:
        why = st.text_input("理由", key="imports-restore-why", max_chars=200).strip()
    with columns[2]:
        # A button of its own for each list: a press beside an older one is no consent.
        wanted = st.button("恢复", key=f"imports-restore-{numbers[-1]}")
    write_signer(st, desk.actor, "恢复")
    if not wanted or number is None:
        return
    if not why:
        st.error("请写明恢复的理由。")
        return
    write_down(lambda: _restore(store, number, why, numbers[-1]))


def _restore(store: Store, number: int, why: str, seen: int) -> None:
    """Restore over the edition that was seen; where another came in, the page says so anew."""
    try:
        edition = store.restore(number, why=why, expected=seen)
    except Overtaken:
        return
    st.session_state[OPENED] = edition.number
    st.session_state["imports-restored"] = f"已把第{number}版恢复为第{edition.number}版。"


def _label(number: int) -> str:
    return f"第{number}版"


def _write_verify(store: Store) -> None:
    if said := st.session_state.pop("imports-restored", ""):
        st.success(said)
    if not st.button("核验全部文件", key="imports-verify"):
        return
    with st.spinner("正在逐个核验文件…"):
        faults = store.verify()
    for fault in faults:
        st.error(fault)
    if not faults:
        st.success("全部文件与发布时一致。")


def write_differences(desk: Desk) -> None:
    """Write the changed counts between any two editions."""
    store, ws = desk.shared.store, desk.shared.ws
    st.session_state.pop(OPENED, None)
    numbers = store.numbers()
    if len(numbers) < 2:
        desk.title("还没有可以比较的两版", "发布第二版后，这里逐数比较")
        return
    if not desk.may("see_exact"):
        why = f"{desk.actor.name}看到的是分档数，两版相减会露出精确数"
        desk.title("版本差异只给分析员看", why)
        return
    head = st.container()
    columns = st.columns(2)
    with columns[0]:
        old = st.selectbox(
            "旧版", numbers, index=len(numbers) - 2, format_func=_label, key="imports-old"
        )
    with columns[1]:
        new = st.selectbox(
            "新版", numbers, index=len(numbers) - 1, format_func=_label, key="imports-new"
        )
    try:
        changes = desk.diff(old, new)
    except ShortplankError as error:
        st.error(error.sentence)
        return
    with head:
        edition = store.edition(new)
        why = f"第{new}版：{edition.why}（{edition.who}，{moment_text(edition.published_at)}）"
        desk.title(changes_sentence(ws, changes), f"第{old}版 → 第{new}版", why)
    if changes.num_rows:
        write_changes(desk, changes, f"第{old}版至第{new}版差异", key="diff", height=480)


def write_changes(desk: Desk, changes: pa.Table, name: str, *, key: str, height: int) -> None:
    """Write changed counts: the first rows on the screen, all of them in the file."""
    ws = desk.shared.ws
    if changes.num_rows > SHOWN_CHANGES:
        desk.notes([f"下表列前 {SHOWN_CHANGES:,} 行，全部 {changes.num_rows:,} 行见下载"])
    first = changes_table(ws, changes.slice(0, SHOWN_CHANGES))
    desk.table(first, name=name, key=key, height=height, whole=lambda: changes_table(ws, changes))
