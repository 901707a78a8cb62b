"""One township's statement of points below the picture."""

from __future__ import annotations

import streamlit as st

from shortplank.frame.open_page import Page
from shortplank.topics.points.answer import Points, statement_table


def write_statement(page: Page, made: Points) -> None:
    """Offer the townships, and write every mark of the chosen one."""
    if made.is_empty or page.style.present:
        return
    names = dict(zip(made.codes, made.names, strict=True))
    page.part("一个乡镇的积分单")
    with st.container(width=320):
        town = page.choose("town", "乡镇", names, made.codes[0])
    table = statement_table(made, town)
    page.table(table, name=f"积分单_{names[town]}", key="statement", height=420)
