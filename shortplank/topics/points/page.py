"""One township's statement of points below the picture."""

from __future__ import annotations

import streamlit as st

from shortplank.frame.open_page import Desk, Page
from shortplank.reading.view import first_view
from shortplank.topics.points.answer import Points, own_text, points, statement_table


def write_statement(page: Page, made: Points) -> None:
    """Offer the townships, and write every mark of the chosen one."""
    if made.is_empty or page.style.present:
        return
    names = dict(zip(made.codes, made.names, strict=True))
    page.part("一个乡镇的积分单")
    with st.container(width=320):
        town = page.choose_town(names, made.codes[0])
    table = statement_table(made, town)
    page.table(table, name=f"积分单_{names[town]}", key="statement", height=420)


def write_own(desk: Desk, code: str) -> None:
    """Write a township's points of the newest month on its own desk, and every mark of them."""
    view = first_view(desk.shared, desk.actor)
    made = points(view) if view else None
    if made is None or not (said := own_text(made, code)):
        return
    desk.part("月积分")
    desk.say(said)
    name = made.names[made.codes.index(code)]
    desk.table(statement_table(made, code), name=f"积分单_{name}", key="statement", height=420)
