"""The server: `streamlit run asgi.py` serves app.py, warmed up, with safe headers and /healthz."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import streamlit as st

from shortplank import topics
from shortplank.doors.routes import routes_of as doors_of
from shortplank.frame.asking import routes as asking
from shortplank.frame.entrance import entrance
from shortplank.frame.headers import base_path
from shortplank.frame.made.routes import PLACE, routes_of
from shortplank.frame.runtime.streamlit_once import find_own_components
from shortplank.frame.server import ROUTES, begin_log, warmed
from shortplank.frame.table.takeaways import route_of

if TYPE_CHECKING:
    from shortplank.frame.made.ahead import Looks
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


def early() -> Sequence[Callable[[View], object]]:
    """Return the answers that are the same for a month whatever is chosen, and dear."""
    from shortplank.topics.overview.answer import overview
    from shortplank.topics.points.answer import points
    from shortplank.topics.quality.answer.signals import signals
    from shortplank.topics.trends.answer.year_end import headline_ends

    return overview, headline_ends, points, signals


def rankings_looks() -> Looks:
    """Return what the rankings offer; imported when somebody first looks at them."""
    from shortplank.topics.rankings.page import looks_of

    return looks_of


def trends_looks() -> Looks:
    """Return what the trends offer."""
    from shortplank.topics.trends.page import looks_of

    return looks_of


begin_log()
find_own_components()
ahead = {"rankings": rankings_looks, "trends": trends_looks}
gate = entrance((*(f"{PLACE}{page}" for page in ahead), *asking.PLACES))
app = st.App(
    Path(__file__).parent / "app.py",
    lifespan=gate.announcing(warmed(first_page, REST, early)),
    middleware=gate.middleware,
    routes=[
        *ROUTES,
        *routes_of(ahead, base_path()),
        *asking.routes_of(base_path()),
        route_of(base_path()),
        *doors_of(base_path()),
    ],
)
