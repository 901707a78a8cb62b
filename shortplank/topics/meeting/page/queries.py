"""The pinned queries of the meeting: run again for who looks, drawn as they were kept."""

from __future__ import annotations

import streamlit as st

from shortplank.frame import history
from shortplank.frame.html import anchor, paragraph, write_html
from shortplank.frame.links import address
from shortplank.frame.open_page import Page
from shortplank.reading.maps import offers_map, shapes_for
from shortplank.topics.bench.answer import drawn_note, drawn_pinned, paper_lines
from shortplank.topics.bench.figure import result_figure
from shortplank.topics.bench.kept import Pinned, pinned_queries

HEADING, OPEN = "钉住的查询", "在自助查询里打开"


def write_queries(page: Page) -> None:
    """Write each pinned query that who looks may see: what it says, its picture and its rows."""
    with st.spinner("正在查询…"):
        found = pinned_queries(page.view)
    if not found:
        return
    page.part(HEADING)
    for number, pinned in enumerate(found, start=1):
        _write_query(page, number, pinned)


def _write_query(page: Page, number: int, pinned: Pinned) -> None:
    title, lines = pinned.statement.title, paper_lines(page.view.ws, pinned)
    page.say(f"{title}：{lines[0]}")
    made = drawn_pinned(pinned)
    if made is not None and (made.kind != "map" or offers_map(page.view)):
        shapes = shapes_for(page.view, made.codes) if made.kind == "map" else None
        page.chart(result_figure(made, page.style, shapes), key=f"query-{number}", alt=title)
        page.notes([note] if (note := drawn_note(made)) else [])
    if pinned.answer is not None:
        page.table(pinned.answer.table, name=title, key=f"query-{number}", height=300)
    if page.view.may("query") and not page.style.present:
        told = {**history.county(), "query": pinned.statement.name}
        write_html(paragraph(anchor(address("bench", told), OPEN), "notes"), explain=False)
