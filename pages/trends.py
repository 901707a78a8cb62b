"""指标趋势: one indicator over the months, against its own past, its target and a year before."""

import streamlit as st

from shortplank.answers.trend import PICTURES, default_picture, trend, trend_table
from shortplank.figures.trend import trend_figure
from shortplank.ui.frame import open_page

with open_page("trends", indicators=lambda item: item.kind != "published", areas="towns") as page:
    head = st.container()
    picture = page.switch("look", "看法", PICTURES, default_picture(page.view))
    answer = trend(page.view, picture)
    with head:
        page.title(answer.title, answer.item.label, answer.period, answer.item.unit, answer.about)
    if not answer.is_empty:
        page.chart(trend_figure(answer, page.style), key=picture, alt=answer.title)
    page.say(answer.sentence)
    page.notes(answer.notes)
    if not answer.is_empty:
        page.table(
            trend_table(answer),
            name=f"指标趋势_{PICTURES[picture]}",
            key="table",
            decimals=answer.item.decimals,
        )
    page.stamp()
