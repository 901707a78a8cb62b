"""指标趋势: one indicator over the months, against its own past, its target and a year before."""

import streamlit as st

from shortplank.frame.open_page import open_page
from shortplank.topics.trends.answer.trend import PICTURES, default_picture, trend, trend_table
from shortplank.topics.trends.answer.year_end import has_year_end, year_end, year_end_table
from shortplank.topics.trends.figure.trend import trend_figure
from shortplank.topics.trends.figure.year_end import year_end_figure
from shortplank.topics.trends.page import write_comparison, write_rebase

with open_page("trends", indicators=lambda item: item.kind != "published", areas="towns") as page:
    head, item = st.container(), page.view.item
    looks = PICTURES | ({"compare": "比较"} if "township" in item.levels else {})
    looks |= {"end": "年底预测"} if has_year_end(item) else {}
    look = page.switch("look", "看法", looks, default_picture(page.view))
    if look == "compare":
        write_comparison(page, head)
    elif look == "end":
        outlook = year_end(page.view)
        with head:
            page.title(outlook.title, item.label, "年度累计", item.unit, outlook.about)
        if not outlook.trend.is_empty:
            page.chart(year_end_figure(outlook, page.style), key="end", alt=outlook.title)
        page.say(outlook.sentence)
        if not outlook.is_empty:
            page.table(year_end_table(outlook), name="年底预测", key="end", decimals=item.decimals)
    else:
        answer = trend(page.view, look)
        with head:
            page.title(answer.title, item.label, answer.period, item.unit, answer.about)
        if not answer.is_empty:
            page.chart(trend_figure(answer, page.style), key=look, alt=answer.title)
        page.say(answer.sentence)
        page.notes(answer.event_notes, hall=True)
        page.notes(answer.notes)
        if not answer.is_empty:
            name = f"指标趋势_{PICTURES[look]}"
            page.table(trend_table(answer), name=name, key="table", decimals=item.decimals)
        write_rebase(page, answer)
    page.stamp()
