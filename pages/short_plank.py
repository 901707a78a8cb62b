"""短板村: the barrel, a map, the two lists that people confuse, and the profile of one village."""

import streamlit as st

from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import open_page
from shortplank.topics.short_plank.answer.on_map import may_map
from shortplank.topics.short_plank.answer.short_plank import (
    short_plank,
    short_plank_table,
)
from shortplank.topics.short_plank.answer.village import village, village_choices
from shortplank.topics.short_plank.answer.warning_list import warned_indicators
from shortplank.topics.short_plank.answer.what_if import may_what_if
from shortplank.topics.short_plank.figure.short_plank import short_plank_figure
from shortplank.topics.short_plank.page.planks import (
    legend_html,
    write_lists,
    write_map,
    write_village,
)
from shortplank.topics.short_plank.page.warnings import write_visits, write_warnings, write_what_if
from shortplank.wording.pictures.maps import LOOK

with open_page("short_plank") as page:
    answer = short_plank(page.view)
    choices = village_choices(page.view)
    looks = {"barrel": answer.picture}
    looks |= {"map": LOOK} if may_map(page.view, answer) else {}
    looks |= {"lists": "名单", "village": "村情"}
    looks |= {"what_if": "推演"} if may_what_if(page.view.item) else {}
    looks |= {"warnings": "预警名单"} if warned_indicators(page.view) else {}
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        look = page.switch("look", "看法", looks, "barrel") if choices else "barrel"
    if look == "what_if":
        write_what_if(page)
    elif look == "map":
        write_map(page, answer)
    elif look == "warnings":
        write_warnings(page)
    elif look == "village":
        with right:
            view = page.choose_village(choices, answer.first_village)
        own = village(view)
        page.title(own.title, *own.about)
        page.say(own.sentence)
        page.how(own.how)
        write_village(page, view, own)
        page.notes(own.notes)
    else:
        picture = short_plank_figure if look == "barrel" else None
        page.show(answer, Look("barrel", picture, legend=legend_html))
        if look == "barrel":
            write_visits(page)
        write_lists(page, answer, most=5 if look == "barrel" else 15)
        if look == "lists" and not answer.is_empty:
            table = short_plank_table(page.view, answer)
            page.table(table, name="短板村", key="table", height=420, decimals=4)
    page.stamp()
