"""The looks of the trends page, and a decision on the limits."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from shortplank.frame import filters
from shortplank.frame.made.ahead import PageLook, Shows
from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import Page
from shortplank.frame.writing import write_down, write_signer
from shortplank.reading.view import View
from shortplank.records.rebases import decide_rebase, decisions
from shortplank.topics.trends.answer.comparison import (
    MOST_CHOSEN,
    comparison,
    comparison_table,
    opened_with,
)
from shortplank.topics.trends.answer.control import Control
from shortplank.topics.trends.answer.trend import (
    PICTURES,
    default_picture,
    picture_labels,
    trend,
    trend_table,
)
from shortplank.topics.trends.answer.year_end import has_year_end, year_end, year_end_table
from shortplank.topics.trends.figure.comparison import comparison_figure
from shortplank.topics.trends.figure.trend import trend_figure
from shortplank.topics.trends.figure.year_end import year_end_figure
from shortplank.wording.naming import home_units
from shortplank.wording.periods import month_key


def looks_of(view: View) -> tuple[dict[str, PageLook], str]:
    """Return the looks that the page offers, and the first of them."""
    looks = {
        key: PageLook(label, partial(write_trend, picture=key))
        for key, label in picture_labels().items()
    }
    if "township" in view.item.levels:
        looks["compare"] = PageLook("比较", write_comparison, alone=False)
    if has_year_end(view.item):
        looks["end"] = PageLook("年底预测", write_year_end)
    return looks, default_picture(view)


def write_trend(page: Shows, picture: str) -> None:
    """Write one indicator over the months."""
    answer = trend(page.view, picture)
    name, places = f"指标趋势_{picture_labels()[picture]}", answer.item.decimals
    look = Look(picture, trend_figure, trend_table, name, places, hall=answer.event_notes)
    page.show(answer, look)


def write_year_end(page: Shows) -> None:
    """Write where the statistical year will end."""
    made, places = year_end(page.view), page.view.item.decimals
    page.show(made, Look("end", year_end_figure, year_end_table, "年底预测", places))


def write_comparison(page: Page) -> None:
    """Write several townships over the months, the rest in grey."""
    view = page.view
    with st.container(width=640):
        label = f"比较的{home_units()}（最多 {MOST_CHOSEN} 个）"
        first = opened_with(view)
        chosen = filters.choose_some(page.key, "areas", label, view.towns, MOST_CHOSEN, first)
    places = view.item.decimals
    look = Look("compare", comparison_figure, comparison_table, f"{home_units()}比较", places)
    page.show(comparison(view, chosen), look)


def write_rebase(page: Page, look: str) -> None:
    """Let an analyst begin new limits at a month, with the reason, or withdraw that."""
    if not page.view.may("rebase") or page.style.present or look not in PICTURES:
        return
    answer = trend(page.view, look)
    if not isinstance(answer.control, Control):
        return
    months = answer.series.months
    keys = [month_key(month) for month in months]
    with st.expander("重算界限"):
        with st.form("trends-rebase", border=False):
            one, two = st.columns([1, 3])
            chosen = one.selectbox("从哪个月起", keys[::-1])
            reason = two.text_input("原因（留空则撤销这个月的决定）", max_chars=80)
            write_signer(st, page.view.actor)
            if st.form_submit_button("保存"):
                month = date.fromisoformat(f"{chosen}-01")
                write_down(lambda: decide_rebase(page.view, month, reason, months=months))
        page.notes([each.text for each in decisions(page.view)])
