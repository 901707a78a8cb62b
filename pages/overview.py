"""调度总览: the county's month at a glance."""

import streamlit as st

from shortplank.answers.overview import overview
from shortplank.ui import tiles
from shortplank.ui.frame import open_page

with open_page("overview", windows=()) as page:
    view = page.view
    answer = overview(view)
    page.title(answer.title, f"{view.county.name}月度调度", answer.period, answer.overall)
    st.html(tiles.clock_html(answer.months_passed, answer.period))
    st.html(tiles.tiles_html(answer.tiles, view, page.style))
    left, right = st.columns([3, 2], gap="large")
    with left:
        page.part("需要过问", tiles.concerns_html(answer.concerns, answer.tested, view))
    with right:
        if answer.reports_due:
            page.part("报表", tiles.reports_html(answer.unreported, answer.late))
        page.part("近期修订", tiles.restatements_html(answer.restatements))
    page.notes(answer.notes)
    page.stamp()
