"""月积分: the townships' monthly points, each mark traced, and what brings the next one."""

import streamlit as st

from shortplank.frame.open_page import open_page
from shortplank.topics.points.answer import points, points_table, statement_table
from shortplank.topics.points.figure import points_figure

with open_page("points", windows=()) as page:
    made = points(page.view)
    marks = [] if made.is_empty else ["实心为年度月均，空心为本月"]
    page.title(made.title, "月积分", f"截至 {page.view.month:%Y-%m}", *marks)
    if not made.is_empty:
        page.chart(points_figure(made, page.style), key="points", alt=made.title)
    page.say(made.sentence)
    page.notes(made.notes)
    if not made.is_empty:
        page.table(points_table(made), name="月积分", key="points", decimals=1)
        if not page.style.present:
            names = dict(zip(made.codes, made.names, strict=True))
            page.part("一个乡镇的积分单")
            with st.container(width=320):
                town = page.choose("town", "乡镇", names, made.codes[0])
            table = statement_table(made, town)
            page.table(table, name=f"积分单_{names[town]}", key="statement", height=420)
    page.stamp()
