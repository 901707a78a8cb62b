"""The server: `streamlit run asgi.py` serves app.py, warmed up, with safe headers and /healthz."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from shortplank.frame.server import MIDDLEWARE, ROUTES, warmed

if TYPE_CHECKING:
    from shortplank.reading.view import View

# What the pages after the first need, imported when the first is drawn.
REST = (
    "shortplank.topics.trends.answer.trend",
    "shortplank.topics.sex_ratio.answer.sex_ratio",
    "shortplank.topics.short_plank.answer.short_plank",
    "shortplank.topics.inspection.answer.rehearsal",
    "shortplank.topics.short_plank.answer.village",
    "plotly.graph_objs",
)


def first_page(view: View) -> None:
    """Answer the overview, so that the first visitor finds it made."""
    from shortplank.frame import open_page  # noqa: F401
    from shortplank.topics.overview.answer import overview
    from shortplank.topics.overview.page import tiles_html  # noqa: F401

    overview(view)


app = st.App(
    Path(__file__).parent / "app.py",
    lifespan=warmed(first_page, REST),
    middleware=MIDDLEWARE,
    routes=ROUTES,
)
