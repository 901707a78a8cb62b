"""The looks of the trends page, and a decision on the limits."""

from __future__ import annotations

from datetime import date

import streamlit as st

from shortplank.frame import filters
from shortplank.frame.open_page import Page
from shortplank.frame.writing import write_down, write_signer
from shortplank.records.rebases import decide_rebase, decisions
from shortplank.topics.trends.answer.comparison import (
    MOST_CHOSEN,
    comparison,
    comparison_table,
    opened_with,
)
from shortplank.topics.trends.answer.control import Control
from shortplank.topics.trends.answer.trend import PICTURES, Trend, trend, trend_table
from shortplank.topics.trends.answer.year_end import year_end, year_end_table
from shortplank.topics.trends.figure.comparison import comparison_figure
from shortplank.topics.trends.figure.trend import trend_figure
from shortplank.topics.trends.figure.year_end import year_end_figure
from shortplank.wording.periods import month_key


def write_trend(page: Page, picture: str) -> None:
    """Write one indicator over the months, and the decisions on its limits."""
    answer = trend(page.view, picture)
    page.show(
        answer,
        trend_figure,
        trend_table,
        key=picture,
        name=f"指标趋势_{PICTURES[picture]}",
        decimals=answer.item.decimals,
        hall=answer.event_notes,
    )
    write_rebase(page, answer)


def write_year_end(page: Page) -> None:
    """Write where the statistical year will end."""
    made, places = year_end(page.view), page.view.item.decimals
    page.show(made, year_end_figure, year_end_table, key="end", name="年底预测", decimals=places)


def write_comparison(page: Page) -> None:
    """Write several townships over the months, the rest in grey."""
    view = page.view
    with st.container(width=640):
        label = f"比较的乡镇（最多 {MOST_CHOSEN} 个）"
        first = opened_with(view)
        chosen = filters.choose_some(page.key, "areas", label, view.towns, MOST_CHOSEN, first)
    made = comparison(view, chosen)
    page.show(
        made,
        comparison_figure,
        comparison_table,
        key="compare",
        name="乡镇比较",
        decimals=view.item.decimals,
    )


def write_rebase(page: Page, answer: Trend) -> None:
    """Let an analyst begin new limits at a month, with the reason, or withdraw that."""
    if not page.view.may("rebase") or page.style.present:
        return
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
