"""The short plank's looks ahead: what help would change, and the list of villages to warn."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from shortplank.answers.planks import line_of
from shortplank.answers.warning_list import warning_list, warning_table
from shortplank.answers.what_if import what_if, what_if_table
from shortplank.figures.what_if import what_if_figure
from shortplank.ui.frame import Page
from shortplank.ui.styles import escape

USUAL = 10
# As many as one screen holds in projection.
MOST = 8


def write_what_if(page: Page, head: DeltaGenerator) -> None:
    """Write what the county's value would be if the weakest villages reached a rate."""
    line = line_of(page.view)
    goal = float(line.value) if line else 90.0
    count = float(USUAL)
    if not page.style.present:
        with st.container(horizontal=True):
            count = page.amount("n", "最弱的几个村", 1, 200, USUAL)
            goal = page.amount("to", f"都达到（{page.view.item.unit}）", 0, 100, goal, 0.5)
    made = what_if(page.view, int(count), goal)
    with head:
        page.title(made.title, made.item.label, "推演，不是目标")
    if made.rows:
        page.chart(what_if_figure(made, page.style), key="what-if", alt=made.title)
    page.say(made.sentence)
    if made.rows:
        page.table(what_if_table(made), name="推演", key="what-if")


def write_warnings(page: Page, head: DeltaGenerator) -> None:
    """Write the warning list, to be taken away as a document too."""
    made = warning_list(page.view)
    with head:
        page.title(made.title, "滞后村预警", "、".join(made.indicators))
    page.say(made.sentence)
    if made.rows:
        page.table(warning_table(made), name="滞后村预警", key="warnings")

    def document() -> bytes:
        from shortplank.reports.warning_list import warning_docx  # slow to import

        return warning_docx(made, page.about_rows())

    if page.style.present:
        items = "".join(
            f"<li>{escape(row.town + row.name)}　{escape(row.label)} {escape(row.evidence)}</li>"
            for row in made.rows[:MOST]
        )
        st.html(f'<ul class="plain">{items}</ul>')
    else:
        page.download(document, "滞后村预警.docx", key="warnings-docx", label="下载 Word")
