"""The server: `streamlit run asgi.py` serves app.py, warmed up, with safe headers and /healthz."""

from __future__ import annotations

from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import streamlit as st

from shortplank import topics
from shortplank.frame.entrance import entrance
from shortplank.frame.server import ROUTES, begin_log, warmed

if TYPE_CHECKING:
    from shortplank.reading.view import View

# What the pages after the first need, imported when the first is drawn: every topic's answers.
REST = (
    *(
        module.name
        for module in walk_packages(topics.__path__, f"{topics.__name__}.")
        if ".answer" in module.name
    ),
    "plotly.graph_objs",
)


def first_page(view: View) -> None:
    """Answer the overview, so that the first visitor finds it made."""
    from shortplank.frame import open_page  # noqa: F401
    from shortplank.topics.overview.answer import overview
    from shortplank.topics.overview.page import tiles_html  # noqa: F401

    overview(view)


begin_log()
gate = entrance()
app = st.App(
    Path(__file__).parent / "app.py",
    lifespan=gate.announcing(warmed(first_page, REST)),
    middleware=gate.middleware,
    routes=ROUTES,
)
