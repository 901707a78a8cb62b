"""性别比: townships by birth order and period, faded by how little their births can say."""

import streamlit as st

from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import open_page
from shortplank.topics.sex_ratio.answer.ratio_words import MAP
from shortplank.topics.sex_ratio.answer.sex_ratio import (
    default_span,
    looks_of,
    order_labels,
    sex_ratio,
    sex_ratio_table,
    spans_of,
)
from shortplank.topics.sex_ratio.figure.map import on_map
from shortplank.topics.sex_ratio.figure.sex_ratio import sex_ratio_figure
from shortplank.wording.naming import home_units, home_whole

with open_page("sex_ratio") as page:
    view = page.view
    looks, spans, orders = looks_of(view), spans_of(view), order_labels(view)
    look, span, indicator = next(iter(looks)), default_span(view), next(iter(orders))
    with st.container(horizontal=True):
        look = page.switch("look", "看法", looks, look)
        offered = {k: v for k, v in spans.items() if look != "periods" or k != "ytd"}
        if len(offered) > 1:
            span = page.switch("span", "时段", offered, span)
        if look != "orders" and len(orders) > 1:
            indicator = page.switch("indicator", "孩次", orders, indicator)
    answer = sex_ratio(view, look, span, indicator)
    if look == MAP:
        answer_on_map, figure = on_map(view, answer)
        page.show(answer_on_map, Look(look, figure))
    else:
        page.show(answer, Look(look, sex_ratio_figure))
    if not answer.is_empty:
        page.part(f"{home_whole()}历年")
        page.table(answer.years, name=f"性别比_{home_whole()}历年", key="years")
        page.part(f"各{home_units()}")
        page.table(sex_ratio_table(answer), name=f"性别比_{looks[look]}", key="table", decimals=1)
    page.stamp()
