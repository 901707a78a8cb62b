"""The trends page's form: a person decides from which month limits are computed anew."""

from __future__ import annotations

from datetime import date

import streamlit as st

from shortplank.answers import words
from shortplank.answers.control import Control
from shortplank.answers.rebases import decide_rebase
from shortplank.answers.trend import Trend
from shortplank.errors import ShortplankError
from shortplank.ui.frame import Page


def write_rebase(page: Page, answer: Trend) -> None:
    """Let an analyst begin new limits at a month, with the reason, or withdraw that."""
    if page.view.role != "analyst" or page.style.present:
        return
    if not isinstance(answer.control, Control):
        return
    months = answer.series.months
    keys = [words.month_key(month) for month in months]
    with st.expander("重算界限"), st.form("trends-rebase", border=False):
        one, two, three = st.columns([1, 3, 2])
        chosen = one.selectbox("从哪个月起", keys[::-1])
        reason = two.text_input("原因（留空则撤销这个月的决定）", max_chars=80)
        who = three.text_input("决定的单位或岗位", max_chars=40)
        if st.form_submit_button("保存"):
            month = date.fromisoformat(f"{chosen}-01")
            try:
                decide_rebase(page.view, month, reason, who=who, months=months)
            except ShortplankError as error:
                st.error(error.sentence)
            else:
                st.rerun()
