"""乡镇排名: the townships with their intervals beside the peers, as a funnel, and by composite."""

import streamlit as st

from shortplank.frame.open_page import open_page
from shortplank.topics.rankings.answer.funnel import has_funnel
from shortplank.topics.rankings.answer.ranking import ranking, ranking_table
from shortplank.topics.rankings.figure.ranking import ranking_figure
from shortplank.topics.rankings.page import (
    write_bump,
    write_composite,
    write_funnel,
    write_league,
    write_spine,
)

LOOKS = {
    "funnel": write_funnel,
    "league": write_league,
    "bump": write_bump,
    "composite": write_composite,
    "spine": write_spine,
}

with open_page("rankings", indicators=lambda item: "township" in item.levels) as page:
    head = st.container()
    looks = {"ranks": "排名"} | ({"funnel": "漏斗图"} if has_funnel(page.view.item) else {})
    looks |= {"league": "同类县位次", "bump": "位次变化", "composite": "综合", "spine": "一个乡镇"}
    look = page.switch("look", "看法", looks, "ranks")
    if look in LOOKS:
        LOOKS[look](page, head)
    else:
        answer = ranking(page.view)
        item = answer.item
        with head:
            bars = "横条为 95% 区间" if item.interval != "none" else ""
            page.title(answer.title, item.label, answer.period, item.unit, bars)
        if answer.is_empty:
            page.say("本期没有乡镇数据。")
        else:
            if answer.has_values:
                page.chart(ranking_figure(answer, page.style), key="ranking", alt=answer.title)
                page.legend(answer.verdicts)
            page.say(answer.sentence)
            page.notes(answer.notes)
            table = ranking_table(answer)
            page.table(table, name="乡镇排名", key="table", decimals=item.decimals)
    page.stamp()
