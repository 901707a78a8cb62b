"""A chapter of the handbook as the app shows it, with ways into the pages that it tells of."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from shortplank.frame import history
from shortplank.frame.html import write_html
from shortplank.frame.links import address
from shortplank.frame.open_page import Desk
from shortplank.topics.handbook.answer import (
    CHAPTERS,
    chapter,
    linked_chapter,
    linked_page,
    one_file,
    titles,
)


def write_handbook(desk: Desk) -> None:
    """Write the chapter that is chosen, by default that of who looks, and offer the whole."""

    def way(link: str) -> str:
        if page := linked_page(link):
            return address(page, history.county()) if desk.actor.opens(page) else ""
        if key := linked_chapter(link):
            return address(desk.key, {**history.county(), "chapter": key})
        return ""

    chosen = chapter(desk.choose("chapter", "篇", titles(), own_chapter(desk)), way)
    desk.title(chosen.title, chosen.about)
    for piece in chosen.pieces:
        if isinstance(piece, Markup):
            write_html(Markup('<div class="handbook">{}</div>').format(piece), explain=False)
        else:
            st.image(str(piece.path), caption=piece.says, alt=piece.says)
    desk.download(
        one_file,
        "短板看板使用手册.html",
        key="html",
        label="下载整本手册（一个网页，不用联网）",
        exact=False,
        named=True,
    )


def own_chapter(desk: Desk) -> str:
    """Return the chapter for what who looks may do."""
    if desk.may("manage_accounts"):
        return "administrators"
    if desk.may("publish"):
        return "analysts"
    return "townships" if desk.actor.may("submit") else CHAPTERS[0]
