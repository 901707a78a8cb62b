"""The filters of what was done, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pyarrow as pa
import streamlit as st

from shortplank.audit.reading import Asked, Found, days, found
from shortplank.frame.open_page import Desk
from shortplank.frame.pages import PAGES
from shortplank.topics.audit.answer import WHATS, audit_table, audit_title, empty_text

# As many as are looked through at a glance, and as a file holds.
SHOWN, TAKEN = 500, 100_000
ALL = "全部"
A_WEEK = timedelta(days=6)


def write_audit(desk: Desk) -> None:
    """Write what was done by whom, for admins alone."""
    desk.actor.must("see_audit", ws=desk.shared.ws)
    known, ws = days(desk.shared.ws.path), desk.shared.ws
    head = st.container()
    asked = _asked(known)
    made = found(ws.path, asked, SHOWN) if known else Found((), 0, False)
    kept = f"保存 {ws.settings.audit.days} 天，到期删除"
    with head:
        desk.title(audit_title(made, SHOWN), f"翻看了 {made.looked} 条", kept)
    if not made.lines:
        desk.say(empty_text(known, made.looked))
        return

    def whole() -> pa.Table:
        return audit_table(ws, found(ws.path, asked, TAKEN).lines)

    table = audit_table(ws, made.lines)
    desk.table(table, name="操作记录", key="lines", height=460, whole=whole)


def _asked(known: Sequence[date]) -> Asked:
    """Offer the filters and return what is asked for; the last week by default."""
    offered = list(reversed(known)) or [date.min]
    week = min((day for day in offered if day >= offered[0] - A_WEEK), default=offered[0])
    columns = st.columns([2, 2, 2, 2, 2], vertical_alignment="bottom")
    with columns[0]:
        first = st.selectbox("从", offered, index=offered.index(week), key="audit-first")
    with columns[1]:
        last = st.selectbox("到", offered, index=0, key="audit-last")
    with columns[2]:
        account = st.text_input("账号", key="audit-account", placeholder=ALL, max_chars=128)
    with columns[3]:
        what = st.selectbox(
            "事项", ["", *WHATS], key="audit-what", format_func=lambda key: _label(WHATS, key)
        )
    with columns[4]:
        page = st.selectbox(
            "页面", ["", *PAGES], key="audit-page", format_func=lambda key: _label(PAGES, key)
        )
    return Asked(first, last, account.strip(), what, page)


def _label(labels: object, key: str) -> str:
    assert isinstance(labels, dict)
    return str(labels.get(key, ALL))
