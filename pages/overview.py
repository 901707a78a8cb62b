"""调度总览: the county's month at a glance."""

import streamlit as st

from shortplank.frame.beside.tour import write_door
from shortplank.frame.html import write_html
from shortplank.frame.made.legends import plain_list
from shortplank.frame.open_page import open_page
from shortplank.records.follow_ups import last_items
from shortplank.records.meeting import last_meeting, restated_since, since_text
from shortplank.topics.overview import page as tiles
from shortplank.topics.overview.answer import overview

with open_page("overview") as page:
    view = page.view
    answer = overview(view)
    page.title(answer.title, *answer.about)
    write_door(page)
    write_html(tiles.clock_html(answer.months_passed, answer.period))
    grid = page.kept(answer, "tiles", lambda: tiles.tiles_html(answer.tiles, view, page.style))
    write_html(grid)
    if not page.style.present:
        # Forecasts need more of the statistics than the tiles, which are drawn before them.
        from shortplank.topics.trends.answer.year_end import headline_ends

        left, right = st.columns([3, 2], gap="large")
        with left:
            asked = page.kept(
                answer,
                "concerns",
                lambda: tiles.concerns_html(answer.concerns, answer.tested, view),
            )
            page.part("需要过问", asked)
            if items := last_items(view):
                page.part("上次会议的事项", tiles.items_html(items, view))
            over = answer.months_passed == 12
            ends = headline_ends(view)
            listed = page.kept(ends, "ends", lambda: tiles.ends_html(ends, view))
            page.part("年底" if over else "年底预计", listed)
        with right:
            if view.ws.is_province:
                page.part("各县", tiles.counties_html(view))
            if answer.reports.kinds:
                filed = page.kept(answer, "reports", lambda: tiles.reports_html(answer.reports))
                page.part("报表", filed)
            restated = restated_since(view) if last_meeting(view) else None
            if restated is None:
                page.part("近期修订", tiles.restatements_html(answer.restatements))
            else:
                page.part(f"订正（{since_text(view)}）", plain_list(restated, "没有订正。"))
    page.how(answer.how)
    page.notes(answer.notes)
    page.stamp()
